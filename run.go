package storeship

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/internal/kernel"
)

// Run makes an app, lets compose fill it, synthesizes it and ends the process: with status 0, or with status 1 after one
// line for each mistake. A mistake in a construct's props or an error of the CDK names the caller's own file and line,
// and never prints a stack trace; STORESHIP_DEBUG=1 in the process's environment adds it.
//
// Output folder and context come from the CDK CLI, as in any CDK app. The assembly has no tree.json, which only tools that
// draw constructs read: it would be a third of a store's assembly, and a twentieth of the time of a synth.
func Run(compose func(app awscdk.App)) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(400) // a synth lives for seconds on some fifty megabytes: collecting less often is a twentieth of its processor time
	}
	stop := kernel.Prepare()
	jsii.Close() // jsii has read the environment already; closing makes it read it anew
	end := kernel.Keep()
	code := run(compose, os.Stderr)
	end()
	closeQuietly(os.Stderr)
	stop()
	os.Exit(code)
}

// run is Run without the end of the process.
func run(compose func(app awscdk.App), stderr io.Writer) (code int) {
	defer func() {
		if r := recover(); r != nil {
			code = 1
			for _, line := range report(r, userFrame()) {
				fmt.Fprintln(stderr, line)
			}
			if os.Getenv("STORESHIP_DEBUG") != "" {
				fmt.Fprintf(stderr, "%s\n", debug.Stack())
			}
		}
	}()
	defaults := Context()
	app := awscdk.NewApp(&awscdk.AppProps{Context: &defaults, TreeMetadata: jsii.Bool(false)})
	compose(app)
	app.Synth(nil)
	return 0
}

// Located is implemented by errors that say themselves where in the user's files they are, such as those of a
// configuration file. They are printed as they are.
type Located interface {
	error
	// Located says whether each line of the error begins with a file and a line.
	Located() bool
}

// Listed is implemented by errors of several problems, such as those of a construct's props. Each is printed as a line.
type Listed interface {
	error
	// Problems are lines for a person.
	Problems() []string
}

// report turns what a constructor or the CDK panicked with into lines for a person.
func report(r any, frame string) []string {
	err, ok := r.(error)
	if !ok {
		return []string{frame + firstLine(fmt.Sprint(r))}
	}
	var located Located
	if errors.As(err, &located) && located.Located() {
		return strings.Split(strings.TrimRight(located.Error(), "\n"), "\n")
	}
	var listed Listed
	if errors.As(err, &listed) {
		lines := listed.Problems()
		for i, line := range lines {
			lines[i] = frame + line
		}
		return lines
	}
	return []string{frame + firstLine(err.Error())}
}

// firstLine drops the JavaScript stack that follows the message of a jsii exception.
func firstLine(s string) string {
	var kept []string
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "at ") || strings.HasPrefix(line, "Stack:") {
			break
		}
		if line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, " ")
}

// library is the prefix of the functions of this library; a user's own are elsewhere, or in package main.
const library = "github.com/storeship/storeship"

// userFrame is the file and line of the innermost frame of the panic that is the user's own code, as "main.go:12: ".
func userFrame() string {
	pc := make([]uintptr, 128)
	frames := runtime.CallersFrames(pc[:runtime.Callers(3, pc)])
	for {
		f, more := frames.Next()
		if isUser(f.Function) && !strings.HasPrefix(f.File, standard) {
			return fmt.Sprintf("%s:%d: ", relative(f.File), f.Line)
		}
		if !more {
			return ""
		}
	}
}

// standard is the folder of Go's own sources. In a program that was built with -trimpath it has no name, and so nothing is in it.
var standard = func() string {
	f := runtime.FuncForPC(reflect.ValueOf(strings.TrimSpace).Pointer())
	file, _ := f.FileLine(f.Entry())
	if folder := strings.TrimSuffix(file, "strings/strings.go"); folder != "" {
		return folder
	}
	return "\x00"
}()

func isUser(function string) bool {
	for _, prefix := range []string{"runtime.", "reflect.", "github.com/aws/", "github.com/cdklabs/", library + ".", library + "/"} {
		if strings.HasPrefix(function, prefix) {
			return false
		}
	}
	return function != ""
}

// relative shortens a path below the working directory, which is where the user ran the program.
func relative(path string) string {
	wd, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(wd, path); err == nil && !strings.HasPrefix(rel, "..") {
		return rel
	}
	return path
}

// lostRace is what jsii says when the kernel ends: it waits for the process twice, and reports that one of them was late.
var lostRace = regexp.MustCompile(`Runtime process exited abnormally: [^\n]*\n?`)

// closeQuietly ends the jsii kernel; without that, every run leaves megabytes in the temporary folder. What JavaScript has printed and
// nobody has read yet, such as the findings of a validation, comes to stderr; that the kernel has ended does not.
func closeQuietly(stderr io.Writer) {
	r, w, err := os.Pipe()
	if err != nil {
		jsii.Close()
		return
	}
	os.Stderr = w
	rest := make(chan []byte)
	go func() {
		b, _ := io.ReadAll(r)
		rest <- b
	}()
	jsii.Close()
	w.Close()
	stderr.Write(lostRace.ReplaceAll(<-rest, nil))
}
