package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Catches a staticcheck that refuses the module because an older Go built it, one of no exact version, and a check that runs
// over no package or whose failure is lost.
func TestGoQuality(t *testing.T) {
	fresh := func() *host {
		h := newHost(t, "GoQuality")
		h.install("go", "go-tool")
		h.install("staticcheck", "any")
		h.write("packages", "example.com/a\n")
		return h
	}
	h := fresh()
	h.run(nil)
	h.succeeds()
	if got := h.calls("go install"); len(got) != 1 || got[0] != "go install honnef.co/go/tools/cmd/staticcheck@v0.7.0 [go1.26.3+auto]" {
		t.Errorf("install: %q", got)
	}
	if got := h.calls("go vet ./..."); len(got) != 1 {
		t.Errorf("vet: %q", h.calls("go"))
	}
	if got := h.calls("staticcheck ./..."); len(got) != 1 {
		t.Errorf("staticcheck: %q", h.calls(""))
	}
	for _, fail := range []string{"go-env", "go-install", "go-list", "go-vet", "staticcheck"} {
		h := fresh()
		h.write("fail/"+fail, "")
		h.run(nil)
		h.fails()
	}
	h = fresh()
	h.write("packages", "")
	h.run(nil)
	h.fails("there is no Go package in")
}

// Catches a plugin whose version floats, and bugs that stop nothing.
func TestJavaQuality(t *testing.T) {
	h := newHost(t, "JavaQuality")
	h.run(nil)
	h.fails("there is no mvnw in")
	for wrapper, fails := range map[string]bool{`echo "$*" > "$STATE/maven"`: false, `exit 1`: true} {
		h := newHost(t, "JavaQuality")
		must(t, os.WriteFile(filepath.Join(h.source, "src/app/mvnw"), []byte(wrapper+"\n"), 0o600))
		h.run(nil)
		if h.failed != fails {
			t.Errorf("%s: failed is %v: %s", wrapper, h.failed, h.output)
		}
		text, _ := os.ReadFile(filepath.Join(h.state, "maven"))
		if want := "test-compile com.github.spotbugs:spotbugs-maven-plugin:4.9.8.2:check -Dspotbugs.threshold=High"; !fails && !strings.Contains(string(text), want) {
			t.Errorf("maven: %s", text)
		}
	}
}

// Catches a package that nobody checks because it does not say how, another package manager's way, and another eslint than the
// package's own.
func TestNodeQuality(t *testing.T) {
	node, err := exec.LookPath("node")
	must(t, err)
	for name, c := range map[string]struct{ lock, manifest, file, want string }{
		"npm with a script":            {"package-lock.json", `{"scripts": {"lint": "eslint src"}}`, "eslint.config.js", "npm run lint"},
		"yarn with a script":           {"yarn.lock", `{"scripts": {"lint": "eslint src"}}`, "a", "yarn run lint"},
		"pnpm with a script":           {"pnpm-lock.yaml", `{"scripts": {"lint": "eslint src"}}`, "a", "pnpm run lint"},
		"npm with a configuration":     {"package-lock.json", `{"scripts": {"test": "jest"}}`, "eslint.config.mjs", "npx --no-install eslint ."},
		"yarn with an old one":         {"yarn.lock", `{}`, ".eslintrc.json", "yarn run eslint ."},
		"pnpm with one in its package": {"pnpm-lock.yaml", `{"eslintConfig": {"root": true}}`, "a", "pnpm exec eslint ."},
		"nothing":                      {"package-lock.json", `{"scripts": {"test": "jest"}}`, "a", ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, broken := range []bool{false, true} {
				h := newHost(t, "NodeQuality")
				h.install("npx", "any")
				must(t, os.Symlink(node, filepath.Join(h.path, "node")))
				h.sourceFile(c.lock)
				h.sourceFile(c.file)
				must(t, os.WriteFile(filepath.Join(h.source, "src/app/package.json"), []byte(c.manifest), 0o600))
				h.write("yarn-version", "1.22.22\n")
				if broken {
					h.write("fail/"+strings.Fields(c.want + " npm")[0], "")
				}
				h.run(nil)
				switch {
				case c.want == "":
					h.failed = true
					if !broken {
						h.fails("nothing says what good code is in")
					}
				case broken:
					h.fails()
				default:
					h.succeeds()
					if got := h.calls(c.want); len(got) != 1 {
						t.Errorf("no %q among %q", c.want, h.calls(""))
					}
				}
			}
		})
	}
}

// Catches a ruff of no exact content, rules of taste for a project that chose none, other rules than those that it chose, and
// a check of nothing.
func TestPythonQuality(t *testing.T) {
	fresh := func() *host {
		h := newHost(t, "PythonQuality")
		h.install("python", "python-venv")
		text, err := os.ReadFile("testdata/stubs/ruff")
		must(t, err)
		h.write("ruff", string(text))
		h.write("python", "a.py\n")
		return h
	}
	for name, c := range map[string]struct {
		file, text string
		own        bool
	}{
		"none":           {"a", "", false},
		"another tool's": {"pyproject.toml", "[tool.black]\n", false},
		"in the project": {"pyproject.toml", "[project]\n[tool.ruff.lint]\n", true},
		"of its own":     {"ruff.toml", "", true},
		"hidden":         {".ruff.toml", "", true},
	} {
		h := fresh()
		must(t, os.WriteFile(filepath.Join(h.source, "src/app", c.file), []byte(c.text), 0o600))
		h.run(nil)
		h.succeeds()
		check := h.calls("ruff check")
		if len(check) != 2 || strings.Contains(check[1], "--select E4,E7,E9,F") == c.own {
			t.Errorf("%s: %q", name, check)
		}
		if got := h.calls("pip install"); len(got) != 1 || !strings.Contains(got[0], "--require-hashes") {
			t.Errorf("%s: install: %q", name, got)
		}
	}
	for says, spoil := range map[string]func(h *host){
		"F821":                        func(h *host) { h.write("faults", "F821") },
		"there is no Python file in":  func(h *host) { h.write("python", "") },
		"ruff found faults, or could": func(h *host) { h.write("faults", "F821") },
	} {
		h := fresh()
		spoil(h)
		h.run(nil)
		h.fails(says)
	}
}
