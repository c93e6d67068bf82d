package e2e

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

func TestMain(m *testing.M) {
	code := m.Run()
	if only != nil {
		if err := only.forget(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// run runs a command in dir with more environment, fails the test if it fails, and returns its standard output.
func run(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	// The outer make would hand its variables on to the inner one.
	cmd.Env = append(harness.Environ(), append([]string{"MAKEFLAGS=", "MFLAGS=", "CONFIG=storeship.yaml", "OUT=cdk.out", "SCOPE=", "IMAGE="}, env...)...)
	stderr := &strings.Builder{}
	cmd.Stderr = stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%s %s in %s:\n%s%s", name, strings.Join(args, " "), dir, out, stderr)
	require.NotContains(t, stderr.String(), "goroutine ", "%s %s printed a stack trace", name, strings.Join(args, " "))
	return string(out)
}

// templates reads the templates of a cloud assembly by their path.
func templates(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".template.json") {
			return err
		}
		text, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		found[name] = string(text)
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, found)
	return found
}

// Catches a delivery repository that works only next to the checkout: a file that is not embedded or not packed, a missing
// line of go.sum, a Makefile that needs something that init does not write, a module that does not survive vendoring.
func TestInitThenSynth(t *testing.T) {
	p := pack(t)
	dir := filepath.Join(t.TempDir(), "delivery")

	// As a user runs the released program.
	said := run(t, t.TempDir(), p.released(t), "go", "run", module+"/apps/storeship@"+p.version, "init", "-store", "shop", dir)
	require.Contains(t, said, filepath.Join(dir, "storeship.yaml"))

	run(t, dir, p.download(t), "make", "synth")
	first := templates(t, filepath.Join(dir, "cdk.out"))
	run(t, dir, p.offline(), "make", "plan", "bootstrap")

	run(t, dir, p.download(t), "go", "mod", "vendor")
	run(t, dir, append(p.offline(), "GOMODCACHE="+t.TempDir()), "make", "fast")
	require.Equal(t, first, templates(t, filepath.Join(dir, "cdk.out")), "vendored modules give other templates")
}

// Catches a checkout that cannot be tried without a release, and a go.mod that is not tidy at a user's first commit.
func TestInitFromCheckout(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "delivery")
	run(t, harness.Root, nil, "go", "run", "./apps/storeship", "init", "-replace", ".", dir)
	run(t, dir, nil, "go", "mod", "tidy", "-diff")
	run(t, dir, []string{"GOPROXY=off"}, "go", "list", "-deps", "./...")
	said := run(t, dir, []string{"GOPROXY=off"}, "make", "validate")
	require.Contains(t, said, "storeship.yaml: ok")
}

// Catches an example that builds by its replace directive only: an app team imports the packed module.
func TestSingleServiceFromPackedModule(t *testing.T) {
	p := pack(t)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(harness.Root, "examples", "single-service"))))
	run(t, dir, p.released(t), "go", "mod", "edit", "-dropreplace", module, "-require", module+"@"+p.version)
	run(t, dir, p.released(t), "go", "build", "-buildvcs=false", "-o", "bin/app", ".")
	out := filepath.Join(dir, "cdk.out")
	run(t, dir, []string{"CDK_OUTDIR=" + out, "CDK_VALIDATION=false"}, filepath.Join(dir, "bin", "app"))
	templates(t, out)
}
