//go:build scanners

package precommit_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/pinned"
	"github.com/storeship/storeship/internal/precommit"
)

// These need pre-commit, Go and Python on the PATH, and their registries: make test-scanners. The first run takes minutes, for
// pre-commit builds its environments.

// clone is a repository with a remote, the hooks installed, and a service in it that is in order.
type clone struct {
	t   *testing.T
	dir string
}

func newClone(t *testing.T, s *environment.Service, rule string, source map[string]string) *clone {
	t.Helper()
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Fatalf("%v: pip install pre-commit==%s", err, pinned.PreCommit.Version)
	}
	root := t.TempDir()
	c := &clone{t, filepath.Join(root, "work")}
	text, err := precommit.File(plan(s), s.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"init", "--quiet", "--bare", filepath.Join(root, "remote")}, {"init", "--quiet", "--initial-branch", "main", c.dir}} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	c.must("git", "config", "user.name", "A")
	c.must("git", "config", "user.email", "a@example.com")
	c.must("git", "remote", "add", "origin", filepath.Join(root, "remote"))
	c.write(".pre-commit-config.yaml", text)
	c.write(".gitignore", "reports/\n__pycache__/\n.coverage\n.pytest_cache/\n.ruff_cache/\n")
	for name, text := range source {
		c.write(name, text)
	}
	// The rules are in a repository that a test must not depend on: a rule of the test's own stands where they are kept.
	languages := map[environment.Preset]string{environment.PresetGo: "go", environment.PresetPython: "python"}[s.Build.Preset]
	c.write(".git/storeship/"+s.Name+"/rules.of", pinned.SemgrepRules.Version+" "+languages)
	c.write(".git/storeship/"+s.Name+"/rules/rule.yaml", rule)
	c.must("pre-commit", "install")
	c.must("git", "add", "--all")
	c.must("git", "commit", "--message", "first")
	c.must("git", "push", "--set-upstream", "origin", "main")
	return c
}

func (c *clone) write(name, text string) {
	c.t.Helper()
	file := filepath.Join(c.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		c.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.t.Fatal(err)
	}
}

func (c *clone) run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = c.dir
	out, err := cmd.CombinedOutput()
	return string(out), err
}

func (c *clone) must(name string, args ...string) {
	c.t.Helper()
	if out, err := c.run(name, args...); err != nil {
		c.t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// stopped runs a command that a hook must stop, for the reason.
func (c *clone) stopped(says string, args ...string) {
	c.t.Helper()
	out, err := c.run("git", args...)
	if err == nil || !strings.Contains(out, says) {
		c.t.Errorf("git %s: %v, and does not say %q:\n%s", strings.Join(args, " "), err, says, out)
	}
}

// change writes a file and stages it; back undoes all that the remote does not have.
func (c *clone) change(name, text string) {
	c.t.Helper()
	c.write(name, text)
	c.must("git", "add", "--all")
}

func (c *clone) back() { c.must("git", "reset", "--quiet", "--hard", "origin/main") }

// goes says whether the remote has what the clone has.
func (c *clone) goes() {
	c.t.Helper()
	c.must("git", "commit", "--message", "more")
	c.must("git", "push")
}

// key is made up.
const key = "AKIA" + "IOSFODNN7ABCDEFG"

// secretsStop tries a secret that is committed, and one that no hook saw and that is pushed after it was removed.
func (c *clone) secretsStop() {
	c.t.Helper()
	c.change("settings", "key = \""+key+"\"\n")
	c.stopped("there are secrets in what is committed", "commit", "--message", "a key")
	if out, _ := c.run("git", "commit", "--message", "a key"); strings.Contains(out, key) {
		c.t.Errorf("shows the key:\n%s", out)
	}
	c.must("git", "commit", "--no-verify", "--message", "a key")
	c.must("git", "rm", "--quiet", "settings")
	c.must("git", "commit", "--no-verify", "--message", "no key")
	c.stopped("there are secrets in commits that are pushed", "push")
	c.back()
}

// Catches hooks that pre-commit does not take, that do not run, or that let pass what the pipeline stops: in a service in Go.
func TestGoWithPreCommit(t *testing.T) {
	price := "package shop\n\n// Price of some.\nfunc Price(n, each int) int {\n\tif n > 10 {\n\t\treturn n * each * 9 / 10\n\t}\n\treturn n * each\n}\n"
	test := "package shop\n\nimport \"testing\"\n\nfunc TestPrice(t *testing.T) {\n\tif Price(2, 3) != 6 || Price(20, 10) != 180 {\n\t\tt.Fatal(\"wrong\")\n\t}\n}\n"
	c := newClone(t, service("web", environment.PresetGo, func(s *environment.Service) { s.Build.CoverageMinimum = 90 }),
		"rules: [{id: shell, languages: [go], severity: ERROR, message: a shell, pattern: 'exec.Command(\"sh\", ...)'}]\n",
		map[string]string{"go.mod": "module example.com/shop\n\ngo 1.25\n", "price.go": price, "price_test.go": test})
	c.secretsStop()
	c.change("print.go", "package shop\n\nimport \"fmt\"\n\n// Print prints.\nfunc Print() { fmt.Printf(\"%d\\n\", \"x\") }\n")
	c.stopped("has arg \"x\" of wrong type string", "commit", "--message", "a fault")
	c.back()
	c.change("same.go", "package shop\n\n// Same is true.\nfunc Same(a int) bool { return a == a }\n")
	c.stopped("SA4000", "commit", "--message", "a fault that staticcheck finds")
	c.back()
	c.change("price_test.go", strings.Replace(test, "!= 6", "!= 7", 1))
	c.must("git", "commit", "--message", "a failing test")
	c.stopped("FAIL: . TestPrice", "push")
	c.back()
	c.change("price_test.go", strings.Replace(test, " || Price(20, 10) != 180", "", 1))
	c.must("git", "commit", "--message", "a line less")
	c.stopped("and at least 90 % must be", "push")
	c.back()
	c.change("shell.go", "package shop\n\nimport \"os/exec\"\n\n// Shell runs.\nfunc Shell(x string) error { return exec.Command(\"sh\", \"-c\", x).Run() }\n")
	c.must("git", "commit", "--message", "a weakness")
	c.stopped("semgrep found weaknesses", "push")
	c.back()
	c.change("README.md", "# Shop\n")
	c.goes()
}

// Catches the same of a service in Python, and of a gate that reports only: it says what it found, and the push goes on.
func TestPythonWithPreCommit(t *testing.T) {
	test := "from price import price\n\n\ndef test_price():\n    assert price(2, 3) == 6\n"
	c := newClone(t, service("web", environment.PresetPython, func(s *environment.Service) {
		s.Build.CoverageMinimum = 90
		s.Build.Gates.SAST = environment.Gate{Mode: environment.ReportOnly}
	}),
		"rules: [{id: shell, languages: [python], severity: ERROR, message: a shell, pattern: 'os.system(...)'}]\n",
		map[string]string{"price.py": "def price(n, each):\n    return n * each\n", "test_price.py": test})
	c.secretsStop()
	c.change("fault.py", "import os\n")
	c.stopped("ruff found faults", "commit", "--message", "a fault")
	c.back()
	c.change("test_price.py", strings.Replace(test, "== 6", "== 7", 1))
	c.must("git", "commit", "--message", "a failing test")
	c.stopped("assert 6 == 7", "push")
	c.back()
	c.change("weak.py", "import os\n\n\ndef weak(x):\n    os.system(x)\n")
	c.must("git", "commit", "--message", "a weakness")
	if out, err := c.run("git", "push"); err != nil || !strings.Contains(out, "report only: what was found stops nothing") {
		t.Errorf("%v\n%s", err, out)
	}
}
