package build_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func removeAll(path string) error { return os.RemoveAll(path) }

// sourceFile puts an empty file into the service's folder.
func (h *host) sourceFile(name string) {
	h.t.Helper()
	must(h.t, os.WriteFile(filepath.Join(h.source, "src/app", name), nil, 0o600))
}

// Catches tools without a version, tests outside the service's folder, and coverage that no report can read.
func TestGoPreset(t *testing.T) {
	h := newHost(t, "Go")
	h.write("reports", "reports/junit.xml")
	h.run(nil)
	h.succeeds()
	installs := strings.Join(h.calls("go install"), "\n")
	if !strings.Contains(installs, "gotest.tools/gotestsum@v1.") || !strings.Contains(installs, "gocover-cobertura@v1.") {
		t.Errorf("installs: %s", installs)
	}
	if got := h.calls("gotestsum"); len(got) != 1 || !strings.Contains(got[0], "--junitfile reports/junit.xml -- ") {
		t.Errorf("tests: %q", got)
	}
	if _, err := os.Stat(filepath.Join(h.source, "src/app/reports/coverage.xml")); err != nil {
		t.Error(err)
	}
}

// Catches a failing test, or a failing install, whose exit code gets lost on the way.
func TestGoPresetFails(t *testing.T) {
	for _, tool := range []string{"go", "gotestsum", "gocover-cobertura"} {
		h := newHost(t, "Go")
		h.write("reports", "reports/junit.xml")
		h.write("fail/"+tool, "")
		h.run(nil)
		h.fails()
	}
}

// Catches a gate that passes although no test ran.
func TestNoReportFails(t *testing.T) {
	h := newHost(t, "Go")
	h.run(nil)
	h.fails("the tests wrote no report that matches reports/junit.xml")
}

// Catches a wrapper that cannot run because its mode got lost, and a plugin version that floats.
func TestJavaPreset(t *testing.T) {
	h := newHost(t, "Java")
	h.run(nil)
	h.fails("there is no mvnw in")
	h = newHost(t, "Java")
	wrapper := `mkdir -p target/surefire-reports; echo "$*" > "$STATE/maven"; touch target/surefire-reports/TEST-a.xml`
	must(t, os.WriteFile(filepath.Join(h.source, "src/app/mvnw"), []byte(wrapper), 0o600))
	h.run(nil)
	h.succeeds()
	text, _ := os.ReadFile(filepath.Join(h.state, "maven"))
	if got := string(text); !strings.Contains(got, "jacoco-maven-plugin:0.8.14:prepare-agent test org.jacoco:jacoco-maven-plugin:0.8.14:report") {
		t.Errorf("maven: %s", got)
	}
}

// Catches an install that moves versions: each package manager has its own word for "exactly the lock file".
func TestNodePreset(t *testing.T) {
	for name, c := range map[string]struct{ lock, yarn, install, test string }{
		"npm":     {"package-lock.json", "", "npm ci", "npm test -- --ci"},
		"classic": {"yarn.lock", "1.22.22\n", "yarn install --frozen-lockfile", "yarn test --ci"},
		"berry":   {"yarn.lock", "4.9.1\n", "yarn install --immutable", "yarn test --ci"},
		"pnpm":    {"pnpm-lock.yaml", "", "pnpm install --frozen-lockfile", "pnpm test --ci"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, "Node")
			h.sourceFile(c.lock)
			h.write("yarn-version", c.yarn)
			must(t, os.MkdirAll(filepath.Join(h.source, "src/app/reports"), 0o755))
			h.sourceFile("reports/junit.xml")
			h.run(nil)
			h.succeeds()
			if len(h.calls(c.install)) != 1 {
				t.Errorf("no %q among %q", c.install, h.calls(""))
			}
			test := h.calls(c.test)
			if len(test) != 1 || !strings.Contains(test[0], "--reporters="+h.home+"/.storeship/node_modules/jest-junit") {
				t.Errorf("test: %q", test)
			}
			tool := h.calls("npm install")
			if len(tool) != 1 || !strings.Contains(tool[0], "--ignore-scripts") || !strings.Contains(tool[0], "jest-junit@17.0.0") ||
				!strings.Contains(tool[0], "--before 20") {
				t.Errorf("tool: %q", tool)
			}
		})
	}
	h := newHost(t, "Node")
	h.run(nil)
	h.fails("commit one, for a build without it installs other versions every day")
}

// Catches a preset that replaces the versions that a project brings, or leaves out a dependency of its own tools.
func TestPythonPreset(t *testing.T) {
	h := newHost(t, "Python")
	h.sourceFile("requirements.txt")
	h.sourceFile("requirements-dev.txt")
	h.write("reports", "reports/junit.xml")
	h.write("installed/pytest", "")
	h.run(nil)
	h.succeeds()
	if got := h.calls("pip install --disable-pip-version-check --requirement"); len(got) != 2 {
		t.Errorf("requirements: %q", got)
	}
	pins := h.calls("pip install --disable-pip-version-check --no-deps")
	if len(pins) != 6 || strings.Contains(strings.Join(pins, " "), "pytest==") {
		t.Errorf("pins: %q", pins)
	}
	if got := h.calls("python -m pytest --junitxml=reports/junit.xml"); len(got) != 1 {
		t.Errorf("tests: %q", h.calls("python"))
	}
}

// Catches own commands that run in another folder or shell each, or that fail unseen: in a pipe, or before the last line.
func TestOwnCommands(t *testing.T) {
	h := newHost(t, "Own")
	h.write("reports", "build/out/a.xml")
	h.run(nil)
	h.succeeds()
	if got := h.calls("gotestsum first set"); len(got) != 1 {
		t.Errorf("the variable of the first command is lost: %q", h.calls(""))
	}
	if _, err := os.Stat(filepath.Join(h.source, "src/app/build/out/a.xml")); err != nil {
		t.Error(err)
	}
	for _, tool := range []string{"gotestsum", "npm"} {
		h := newHost(t, "Own")
		h.write("reports", "build/out/a.xml")
		h.write("fail/"+tool, "")
		h.run(nil)
		h.fails()
		if got := h.calls("gotestsum last"); len(got) != 0 {
			t.Errorf("%s fails and the build goes on", tool)
		}
	}
}
