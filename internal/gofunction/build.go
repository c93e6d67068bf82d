package gofunction

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Program is a function's source.
type Program struct {
	// Name of the function, for the names of files. Required.
	Name string
	// Source has the folders of the program's packages, all that they import beside Go's own library. Required.
	Source fs.FS
	// Folder is the import path of what Source has. Required.
	Folder string
	// Main is the folder of the program in Source. Required.
	Main string
}

// Bootstrap is the name of the program in the ZIP file: Lambda's runtimes for programs start what is called so.
// https://docs.aws.amazon.com/lambda/latest/dg/golang-package.html
const Bootstrap = "bootstrap"

// language is the least version of Go that the programs need, that of this module.
const language = "1.25.0"

// settings are what a program is built with, whatever the user's own settings are. Together with -trimpath they make the same
// bytes of the same source and the same Go, on any machine.
var settings = []string{
	"GOOS=linux", "GOARCH=arm64", "GOARM64=v8.0", "CGO_ENABLED=0",
	"GOENV=off", "GOFLAGS=", "GOWORK=off", "GO111MODULE=on", "GOEXPERIMENT=", "GOPROXY=off", "GOTOOLCHAIN=local",
}

var flags = []string{"-trimpath", "-buildvcs=false", "-ldflags=-s -w"}

// Build is the path of a ZIP file with the program for Lambda on arm64. It needs Go the first time, and no network.
func Build(p *Program) (string, error) {
	files, err := p.files()
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	fmt.Fprintln(sum, runtime.Version(), language, settings, flags, p.Folder, p.Main)
	for _, f := range files {
		fmt.Fprintf(sum, "%s %x\n", f.name, sha256.Sum256(f.content))
	}
	return kept(fmt.Sprintf("%s-%x.zip", p.Name, sum.Sum(nil)[:16]), func(w io.Writer) error {
		program, err := p.compile(files)
		if err != nil {
			return err
		}
		return pack(w, program)
	})
}

type file struct {
	name    string
	content []byte
}

// files are the sources, in the order of their names. Vendored modules come without tests: those make no difference.
func (p *Program) files() ([]file, error) {
	var files []file
	err := fs.WalkDir(p.Source, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(name, "_test.go") {
			return err
		}
		content, err := fs.ReadFile(p.Source, name)
		files = append(files, file{name, content})
		return err
	})
	return files, err
}

// compile builds the program in a module of its own.
func (p *Program) compile(files []file) ([]byte, error) {
	dir, err := os.MkdirTemp("", "storeship-"+p.Name+"-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	files = append([]file{{"go.mod", []byte("module " + p.Folder + "\n\ngo " + language + "\n")}}, files...)
	for _, f := range files {
		name := filepath.Join(dir, filepath.FromSlash(f.name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o777), os.WriteFile(name, f.content, 0o666)); err != nil {
			return nil, err
		}
	}
	command, err := goCommand()
	if err != nil {
		return nil, err
	}
	out := filepath.Join(dir, "out")
	build := exec.Command(command, append(append([]string{"build"}, flags...), "-o", out, "./"+path.Clean(p.Main))...)
	build.Dir = dir
	build.Env = append(append(os.Environ(), settings...), "PWD="+dir, "GOPATH="+filepath.Join(dir, "path"))
	if _, err := os.UserCacheDir(); err != nil && os.Getenv("GOCACHE") == "" {
		build.Env = append(build.Env, "GOCACHE="+filepath.Join(dir, "cache"))
	}
	if said, err := build.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("go build of the function %s: %w: %s", p.Name, err, oneLine(said))
	}
	return os.ReadFile(out)
}

// goCommand is the Go that works on the module of the working folder: where the PATH has an older one, that is in the module
// cache, and is the one that built this program.
func goCommand() (string, error) {
	name, err := exec.LookPath("go")
	if err != nil {
		return "", errors.New("a function has to be built once, which needs Go: install Go 1.25 or newer, or synthesize once where it is and keep the cache folder")
	}
	root, err := exec.Command(name, "env", "GOROOT").Output()
	if err != nil {
		return name, nil // the build will say what is wrong
	}
	if own := filepath.Join(strings.TrimSpace(string(root)), "bin", filepath.Base(name)); isFile(own) {
		return own, nil
	}
	return name, nil
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

func oneLine(text []byte) string { return strings.Join(strings.Fields(string(text)), " ") }

// modified is the time of everything in a ZIP file: the first that the format has.
var modified = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// pack writes a ZIP file with the program, which anyone may run: whatever becomes of a file's mode on the way through artifacts
// does not touch what is in a ZIP file.
func pack(w io.Writer, program []byte) error {
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	if err := put(z, Bootstrap, 0o755, program); err != nil {
		return err
	}
	return z.Close()
}

func put(z *zip.Writer, name string, mode fs.FileMode, content []byte) error {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: modified}
	h.SetMode(mode)
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// Add is the path of a copy of a ZIP file that Build made, with one file more.
func Add(archive, name string, content []byte) (string, error) {
	base, ok := strings.CutSuffix(filepath.Base(archive), ".zip")
	if !ok {
		return "", fmt.Errorf("%s is no ZIP file", archive)
	}
	sum := sha256.Sum256(append([]byte(name+"\n"), content...))
	return kept(fmt.Sprintf("%s-%x.zip", base, sum[:8]), func(w io.Writer) error {
		r, err := zip.OpenReader(archive)
		if err != nil {
			return err
		}
		defer r.Close()
		z := zip.NewWriter(w)
		for _, f := range r.File {
			// As it is: to pack the program again would take as long as all the rest of a synth.
			if err := z.Copy(f); err != nil {
				return err
			}
		}
		if err := put(z, name, 0o644, content); err != nil {
			return err
		}
		return z.Close()
	})
}

// kept is the path of a file of the cache, which write makes where it is not there yet. Several processes may make it at once.
func kept(name string, write func(io.Writer) error) (string, error) {
	dir, err := os.UserCacheDir()
	if err == nil {
		dir = filepath.Join(dir, "storeship", "functions")
		if at := filepath.Join(dir, name); isFile(at) {
			return at, nil
		}
		err = os.MkdirAll(dir, 0o777)
	}
	if err != nil {
		// A machine without a home, or one that may not be written to: this run has it for itself.
		if dir, err = os.MkdirTemp("", "storeship-functions-"); err != nil {
			return "", err
		}
	}
	var content bytes.Buffer
	if err := write(&content); err != nil {
		return "", err
	}
	at := filepath.Join(dir, name)
	part, err := os.CreateTemp(dir, name+".*")
	if err != nil {
		return "", err
	}
	_, err = part.Write(content.Bytes())
	if err = errors.Join(err, part.Close(), os.Chmod(part.Name(), 0o644)); err == nil {
		err = os.Rename(part.Name(), at)
	}
	if err != nil {
		os.Remove(part.Name())
		return "", err
	}
	return at, nil
}
