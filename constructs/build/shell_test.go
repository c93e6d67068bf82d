package build_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	commit = "0123456789abcdef0123456789abcdef01234567"
	first  = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	second = "sha256:2222222222222222222222222222222222222222222222222222222222222222"
	marker = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
)

// recorded are the tools that have a stand-in of their own kind; the others only record their calls.
var simple = []string{
	"go", "npm", "yarn", "pnpm", "corepack", "pip", "python", "gotestsum", "gocover-cobertura", "sleep",
}

// host is a build host: a home, a source folder, stand-ins for every tool, and their state.
type host struct {
	t                         *testing.T
	project                   project
	home, source, state, path string
	// output is everything that the build printed; failed is whether it did; exported are the variables that it exports.
	output   string
	failed   bool
	exported map[string]string
}

func newHost(t *testing.T, step string) *host {
	t.Helper()
	return hostOf(t, projectOf(t, step))
}

func hostOf(t *testing.T, p project) *host {
	t.Helper()
	root := t.TempDir()
	h := &host{t: t, project: p, exported: map[string]string{}}
	for name, folder := range map[string]*string{"home": &h.home, "src": &h.source, "state": &h.state, "bin": &h.path} {
		*folder = filepath.Join(root, name)
		must(t, os.MkdirAll(*folder, 0o755))
	}
	must(t, os.MkdirAll(filepath.Join(h.source, "src/app"), 0o755))
	for _, name := range []string{"aws", "docker", "crane", "curl", "npx", "next"} {
		h.install(name, name)
	}
	for _, name := range simple {
		h.install(name, "any")
	}
	h.write("built", first)
	return h
}

func (h *host) install(name, stub string) {
	text, err := os.ReadFile(filepath.Join("testdata", "stubs", stub))
	must(h.t, err)
	must(h.t, os.WriteFile(filepath.Join(h.path, name), text, 0o755))
}

// write puts a file into the state of the stand-ins.
func (h *host) write(name, text string) {
	h.t.Helper()
	file := filepath.Join(h.state, name)
	must(h.t, os.MkdirAll(filepath.Dir(file), 0o755))
	must(h.t, os.WriteFile(file, []byte(text), 0o600))
}

// has puts images into the registry: region, tag, digest.
func (h *host) has(region, tag, digest string) { h.write("ecr/"+region+"/"+tag, digest) }

// image is the digest of a tag in the registry.
func (h *host) image(region, tag string) string {
	text, _ := os.ReadFile(filepath.Join(h.state, "ecr", region, tag))
	return string(text)
}

// run executes the commands of the buildspec as CodeBuild does: each as a script of its own, in the environment and the
// folder that the one before left; the first that fails ends the build.
func (h *host) run(variables map[string]string) {
	h.t.Helper()
	if h.project.spec.Env.Shell != "bash" {
		h.t.Fatalf("shell: %q", h.project.spec.Env.Shell)
	}
	root := filepath.Dir(h.home)
	environment := "export HOME='" + h.home + "' STATE='" + h.state + "' STUBS='" + h.path + "' CODEBUILD_SRC_DIR='" + h.source + "'\n" +
		"export PATH='" + h.path + "':/usr/bin:/bin\n"
	for name, value := range h.project.variables {
		if given, ok := variables[name]; ok {
			value = given
		}
		if strings.Contains(value, "#{") {
			h.t.Fatalf("%s: the test gives no value for %s", name, value)
		}
		environment += "export " + name + "='" + strings.ReplaceAll(value, "'", `'\''`) + "'\n"
	}
	for name, value := range variables {
		if strings.HasPrefix(name, "CODEBUILD_") { // CodeBuild sets these itself
			environment += "export " + name + "='" + value + "'\n"
		}
	}
	must(h.t, os.WriteFile(filepath.Join(root, "env.sh"), []byte(environment), 0o600))
	must(h.t, os.WriteFile(filepath.Join(root, "dir"), []byte(h.source), 0o600))
	for _, phase := range []string{"install", "pre_build", "build", "post_build"} {
		for _, command := range h.project.spec.Phases[phase].Commands {
			if h.command(root, command); h.failed {
				return
			}
		}
	}
	for _, name := range h.project.spec.Env.Exported {
		text, err := exec.Command("bash", "-c", `. "$0"; printf '%s' "${`+name+`-}"`, filepath.Join(root, "env.sh")).Output()
		must(h.t, err)
		h.exported[name] = string(text)
	}
}

func (h *host) command(root, command string) {
	h.t.Helper()
	script := `cd "$(cat '` + root + `/dir')"
. '` + root + `/env.sh'
` + command + `
last=$?
export -p > '` + root + `/env.sh'
pwd > '` + root + `/dir'
exit $last
`
	file := filepath.Join(root, "script.sh")
	must(h.t, os.WriteFile(file, []byte(script), 0o600))
	c := exec.Command("bash", file)
	c.Env = []string{"PATH=/usr/bin:/bin"}
	out, err := c.CombinedOutput()
	h.output += string(out)
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		h.failed = true
		return
	}
	must(h.t, err)
}

// calls are the recorded calls that begin with prefix.
func (h *host) calls(prefix string) []string {
	text, _ := os.ReadFile(filepath.Join(h.state, "calls"))
	var found []string
	for _, line := range strings.Split(string(text), "\n") {
		if strings.HasPrefix(line, prefix) {
			found = append(found, line)
		}
	}
	return found
}

// succeeds and fails check the end of the build, and what it says.
func (h *host) succeeds() {
	h.t.Helper()
	if h.failed {
		h.t.Fatalf("the build failed:\n%s", h.output)
	}
	h.secretless()
}

func (h *host) fails(says ...string) {
	h.t.Helper()
	if !h.failed {
		h.t.Fatalf("the build succeeded:\n%s", h.output)
	}
	for _, text := range says {
		if !strings.Contains(h.output, text) {
			h.t.Errorf("does not say %q:\n%s", text, h.output)
		}
	}
	h.secretless()
}

// secretless checks that no log holds a credential.
func (h *host) secretless() {
	h.t.Helper()
	for _, secret := range []string{"password-of", "secret-key", "secret-token"} {
		if strings.Contains(h.output, secret) {
			h.t.Errorf("prints a secret:\n%s", h.output)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
