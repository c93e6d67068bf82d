package synth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// Options say how a store is synthesized.
type Options struct {
	// Config is the configuration file, which the app is told by its context. Required.
	Config string
	// Out is the folder of the cloud assembly. An assembly that is there is replaced when the new one is complete; a folder
	// that holds anything else is refused. Required.
	Out string
	// Scope is what is synthesized: a service, platform, access, artifacts, or several of them, separated by commas. Default:
	// everything.
	Scope string
	// Image is the digest of the image that a service releases. Default: none; the task definitions name a marker.
	Image string
	// Strict validates every template, and takes warnings for errors. Default: no validation, which is much faster.
	Strict bool
	// Jobs is how many processes work side by side, at least 1; fewer where the store is too small to be worth them. Default:
	// one for each processor, and with Strict for every two of them, because each then validates in a thread of its own beside the
	// app's; at most [MaxJobs]; one where a Scope is given.
	Jobs int
	// CDK is the CDK CLI with its first arguments. Default: the one in node_modules of the working folder, which also has the
	// Node.js that it and the app run on.
	CDK []string
}

// MaxJobs bounds the processes that are started without being asked for: each takes up to a gigabyte of memory with
// validation.
const MaxJobs = 4

// Result is what a synth did.
type Result struct {
	// Templates in the assembly.
	Templates int
	// Jobs is how many processes worked.
	Jobs int
	// Took is how long it took.
	Took time.Duration
	// Said is what the processes printed, every line once.
	Said string
}

// Error is a synth that failed.
type Error struct {
	// Said is what the processes printed, every line once.
	Said string
	// Partial is the folder with what was synthesized; empty where nothing was.
	Partial string
	// Err is why.
	Err error
}

// Error is why the synth failed.
func (e *Error) Error() string { return e.Err.Error() }

// Unwrap is why the synth failed.
func (e *Error) Unwrap() error { return e.Err }

// Run synthesizes a store.
func Run(ctx context.Context, plan *environment.Plan, o Options) (*Result, error) {
	start := time.Now()
	o = o.withDefaults()
	if err := replaceable(o.Out); err != nil {
		return nil, err
	}
	scopes := []string{o.Scope}
	if o.Scope == "" {
		scopes = Parts(plan, o.Jobs, o.Strict)
	}
	if _, err := exec.LookPath(o.CDK[0]); err != nil {
		return nil, fmt.Errorf("there is no CDK CLI at %s: run this in the folder of the delivery repository, after npm ci --ignore-scripts, "+
			"which make synth does", o.CDK[0])
	}
	if err := known(plan, o.Scope); err != nil {
		return nil, err
	}
	partial := o.Out + ".partial"
	if err := os.RemoveAll(partial); err != nil {
		return nil, err
	}
	// Node.js does not give up over a folder that cannot be made.
	if err := os.MkdirAll(partial, 0o777); err != nil {
		return nil, err
	}
	folders := []string{partial}
	if len(scopes) > 1 {
		folders = nil
		for i := range scopes {
			folders = append(folders, filepath.Join(partial, "part-"+strconv.Itoa(i+1)))
		}
	}
	if len(scopes) > 1 {
		if err := o.build(ctx); err != nil {
			return nil, err
		}
	}
	said, err := o.all(ctx, scopes, folders)
	if err != nil {
		return nil, failed(err, said, partial, folders)
	}
	whole := partial
	if len(folders) > 1 {
		whole = filepath.Join(partial, "whole")
		if err := merge(whole, folders); err != nil {
			return nil, &Error{Said: said, Partial: partial, Err: err}
		}
	}
	if err := os.RemoveAll(o.Out); err != nil {
		return nil, err
	}
	if err := os.Rename(whole, o.Out); err != nil {
		return nil, err
	}
	if err := os.RemoveAll(partial); err != nil {
		return nil, err
	}
	templates, err := count(o.Out)
	return &Result{Templates: templates, Jobs: len(scopes), Took: time.Since(start), Said: said}, err
}

func (o Options) withDefaults() Options {
	o.Out = filepath.Clean(o.Out)
	if o.Jobs == 0 {
		o.Jobs = defaultJobs(runtime.NumCPU(), o.Strict)
	}
	if len(o.CDK) == 0 {
		o.CDK = []string{filepath.Join("node_modules", ".bin", "cdk")}
	}
	return o
}

// defaultJobs is how many processes work side by side where nobody says it. On two processors two strict ones would take each other's:
// ten services took 15 s in one and 18 s in two.
func defaultJobs(processors int, strict bool) int {
	if strict {
		processors /= 2
	}
	return min(max(processors, 1), MaxJobs)
}

// replaceable refuses a folder that is no cloud assembly, and would be lost.
func replaceable(out string) error {
	info, err := os.Stat(out)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file; name a folder", out)
	}
	entries, err := os.ReadDir(out)
	if err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(out, "cdk.out")); err != nil && len(entries) > 0 {
		return fmt.Errorf("%s is not a cloud assembly, and would be replaced; choose a new folder", out)
	}
	return nil
}

// build runs the build of cdk.json, once for all processes: none may write the app while another runs it.
func (o Options) build(ctx context.Context) error {
	b, err := os.ReadFile("cdk.json")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var file struct {
		Build string `json:"build"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return fmt.Errorf("cdk.json: %w", err)
	}
	if file.Build == "" {
		return nil
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", file.Build)
	cmd.Env = environ()
	said, err := cmd.CombinedOutput()
	if err != nil {
		return &Error{Said: string(said), Err: fmt.Errorf("the build of cdk.json failed: %w", err)}
	}
	return nil
}

// all runs the CDK CLI once for each scope, side by side, and returns what was said.
func (o Options) all(ctx context.Context, scopes, folders []string) (string, error) {
	said, errs := make([]string, len(scopes)), make([]error, len(scopes))
	var group sync.WaitGroup
	for i := range scopes {
		group.Go(func() { said[i], errs[i] = o.one(ctx, scopes[i], folders[i]) })
	}
	group.Wait()
	if ctx.Err() != nil {
		return "", errors.New("interrupted")
	}
	return once(said), errors.Join(errs...)
}

// one runs the CDK CLI. With --ci it says on standard output what is no mistake.
func (o Options) one(ctx context.Context, scope, folder string) (string, error) {
	args := append(o.CDK[1:len(o.CDK):len(o.CDK)], "synth", "--quiet", "--ci", "--no-lookups", "--output", folder, "-c", "config="+o.Config)
	if o.Strict {
		args = append(args, "--strict")
	}
	if scope != "" {
		args = append(args, "-c", "scope="+scope)
	}
	if o.Image != "" {
		args = append(args, "-c", "image="+o.Image)
	}
	if o.Scope == "" && scope != "" {
		args = append(args, "--build", "true") // it was built before
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, o.CDK[0], args...)
	cmd.Env = append(environ(), "CDK_VALIDATION="+strconv.FormatBool(o.Strict))
	cmd.Stderr = &said
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = errors.New("cdk synth failed")
		if scope != "" {
			err = fmt.Errorf("cdk synth of %s failed", text.List(strings.Split(scope, ",")))
		}
	}
	return said.String(), err
}

// environ is the environment with the Node.js of node_modules first: jsii starts the first one of the PATH. Node.js keeps the compiled
// JavaScript of the CDK CLI, a quarter of its time; the kernel keeps its own elsewhere.
// https://nodejs.org/docs/latest-v22.x/api/module.html#module-compile-cache
func environ() []string {
	env := os.Environ()
	if bin, err := filepath.Abs(filepath.Join("node_modules", ".bin")); err == nil {
		env = append(env, "PATH="+bin+string(filepath.ListSeparator)+os.Getenv("PATH"))
	}
	if cache, err := os.UserCacheDir(); err == nil && os.Getenv("NODE_COMPILE_CACHE") == "" {
		env = append(env, "NODE_COMPILE_CACHE="+filepath.Join(cache, "storeship", "cli"))
	}
	return env
}

// once joins what several processes said, every line once: what is wrong with the whole store each of them says.
func once(said []string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, s := range said {
		for line := range strings.Lines(s) {
			if len(said) > 1 && seen[line] {
				continue
			}
			seen[line] = true
			b.WriteString(line)
		}
	}
	return b.String()
}

// failed is the error of a synth that failed. What was synthesized stays for inspection.
func failed(err error, said, partial string, folders []string) error {
	e := &Error{Said: said, Err: err}
	for _, f := range folders {
		if _, err := os.Stat(filepath.Join(f, "manifest.json")); err == nil {
			e.Partial = partial
			return e
		}
	}
	if err := os.RemoveAll(partial); err != nil {
		e.Err = errors.Join(e.Err, err)
	}
	return e
}

// count is the number of templates of an assembly.
func count(out string) (int, error) {
	n := 0
	return n, filepath.WalkDir(out, func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".template.json") {
			n++
		}
		return err
	})
}
