package harness

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
)

// Root is the repository's folder, where the CLI runs and where cdk.json is.
var Root = root()

// work is a folder of this test run with the app's binary and everything that it synthesizes.
var work string

// program is the app's binary, once it is built; failure says why it could not be.
var (
	build   sync.Once
	program string
	failure string
)

// outputs keeps what was synthesized, an *output for each input: many tests look at the same store, several at a time.
var outputs sync.Map

// output is what one test synthesizes and others wait for.
type output struct {
	once sync.Once
	*Output
	err error
}

func root() string {
	dir, err := os.Getwd()
	for err == nil {
		if _, e := os.Stat(filepath.Join(dir, "cdk.json")); e == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			break
		}
		dir = filepath.Dir(dir)
	}
	panic("no cdk.json in the folders above the tests")
}

// Main runs the tests, removes what they left, and ends the process.
func Main(m *testing.M) {
	code := func() int {
		var err error
		if work, err = os.MkdirTemp("", "storeship-test"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(work)
		return m.Run()
	}()
	os.Exit(code)
}

// Folder makes a folder that is removed when all tests of the run are over.
func Folder(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.MkdirTemp(work, name)
	require.NoError(t, err)
	return dir
}

// app builds apps/storefront, once in a test run, and returns the program.
func app(t testing.TB) string {
	t.Helper()
	build.Do(func() {
		built := filepath.Join(work, "storefront")
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", built, "./apps/storefront")
		cmd.Dir = Root
		if out, err := cmd.CombinedOutput(); err != nil {
			failure = fmt.Sprintf("go build ./apps/storefront: %v\n%s", err, out)
			return
		}
		program = built
	})
	require.Empty(t, failure)
	return program
}

// Input is one run of the app.
type Input struct {
	// Config is a storeship.yaml, relative to [Root] or absolute.
	Config string
	// Context holds more context values, as -c gives them.
	Context map[string]string
	// Validate turns on CDK's strict validation of every template; see [Output.Report].
	Validate bool
	// Env holds more of the environment, as "NAME=value".
	Env []string
	// Fresh asks for a run of its own, where the output of an earlier one with the same input would do.
	Fresh bool
}

// Output is what a run of the app wrote.
type Output struct {
	// Dir is the cloud assembly.
	Dir string
	// Assembly is what is in it.
	Assembly *assembly.Assembly
	// Stderr is what the app said.
	Stderr string
}

// Validated are stores that some test of the package validates whole. Who looks at one of them without validation gets the output of
// that run, which is the same: a test compares the two.
var Validated []string

// Synth runs the app and fails the test if it does not succeed. Tests that run side by side share what they synthesize.
func Synth(t testing.TB, in Input) *Output {
	t.Helper()
	o := &output{}
	in.Validate = in.Validate || len(in.Context)+len(in.Env) == 0 && !in.Fresh && slices.Contains(Validated, in.Config)
	if !in.Fresh {
		shared, _ := outputs.LoadOrStore(fmt.Sprintf("%q", []any{in.Config, in.Context, in.Validate, in.Env}), o)
		o = shared.(*output)
	}
	o.once.Do(func() {
		if o.Output, o.err = Run(t, in); o.err == nil {
			o.Assembly, o.err = assembly.Open(o.Dir)
		}
	})
	require.NotNil(t, o.Output, "another test could not start the app")
	require.NoError(t, o.err, o.Stderr)
	return o.Output
}

// Run runs the app with the environment that the CLI gives it, and returns what the process returned.
func Run(t testing.TB, in Input) (*Output, error) {
	t.Helper()
	dir, err := os.MkdirTemp(work, "cdk.out")
	require.NoError(t, err)
	context := Context(t)
	context["config"] = in.Config
	for name, value := range in.Context {
		context[name] = value
	}
	encoded, err := json.Marshal(context)
	require.NoError(t, err)
	cmd := exec.Command(app(t))
	cmd.Dir = Root
	cmd.Env = append(Environ(), "CDK_OUTDIR="+dir, "CDK_CONTEXT_JSON="+string(encoded))
	cmd.Env = append(cmd.Env, in.Env...)
	if !in.Validate {
		cmd.Env = append(cmd.Env, "CDK_VALIDATION=false")
	}
	stderr := &strings.Builder{}
	cmd.Stdout, cmd.Stderr = stderr, stderr
	err = cmd.Run()
	return &Output{Dir: dir, Stderr: stderr.String()}, err
}

// CLI runs the repository's own CDK CLI with args and returns its output.
func CLI(t testing.TB, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(filepath.Join(Root, "node_modules", ".bin", "cdk"), args...)
	cmd.Dir = Root
	cmd.Env = Environ()
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// Path is the PATH with the repository's own Node first, as in the Makefile.
func Path() string {
	return filepath.Join(Root, "node_modules", ".bin") + string(filepath.ListSeparator) + os.Getenv("PATH")
}

// Environ is the test's environment with the repository's own Node, and without anything that the CLI or an account would
// bring.
func Environ() []string {
	env := slices.DeleteFunc(os.Environ(), func(e string) bool {
		return strings.HasPrefix(e, "CDK_") || strings.HasPrefix(e, "AWS_") || strings.HasPrefix(e, "PATH=")
	})
	return append(env, "PATH="+Path(), "NO_COLOR=1")
}

// Context is the context that the CLI hands to the app: cdk.json's, and what its settings add.
func Context(t testing.TB) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(Root, "cdk.json"))
	require.NoError(t, err)
	var file struct {
		Context map[string]any `json:"context"`
	}
	require.NoError(t, json.Unmarshal(b, &file))
	for name, value := range map[string]any{
		"aws:cdk:enable-path-metadata":              true,
		"aws:cdk:enable-asset-metadata":             true,
		"aws:cdk:disable-version-reporting":         true,
		"aws:cdk:bundling-stacks":                   []string{"**"},
		"@aws-cdk/core:failSynthOnValidationErrors": false,
	} {
		file.Context[name] = value
	}
	return file.Context
}

// Files returns the files of the assembly whose path with slashes satisfies keep, by that path.
func (o *Output) Files(t testing.TB, keep func(path string) bool) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(o.Dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(o.Dir, path)
		if err != nil {
			return err
		}
		if rel = filepath.ToSlash(rel); keep(rel) {
			files[rel], err = os.ReadFile(path)
		}
		return err
	})
	require.NoError(t, err)
	return files
}

// Templates returns the templates and the release files: everything that decides what is deployed.
func (o *Output) Templates(t testing.TB) map[string][]byte {
	t.Helper()
	return o.Files(t, func(path string) bool {
		return strings.HasSuffix(path, ".template.json") || strings.HasPrefix(path, "releases/")
	})
}

// BootstrapTemplate is the template that the repository's own CLI deploys with `cdk bootstrap`.
func BootstrapTemplate() string {
	return filepath.Join(Root, "node_modules", "aws-cdk", "lib", "api", "bootstrap", "bootstrap-template.yaml")
}
