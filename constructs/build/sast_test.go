package build_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// sastHost is a host with stand-ins for what SAST installs.
func sastHost(t *testing.T, step string) *host {
	t.Helper()
	h := newHost(t, step)
	h.install("python", "python-venv")
	h.install("git", "git-rules")
	text, err := os.ReadFile("testdata/stubs/semgrep")
	must(t, err)
	h.write("semgrep", string(text))
	h.write("scanned", `"main.go"`)
	h.write("commit", h.project.variables["SAST_RULES"])
	h.write("rule", "rules: []\n")
	return h
}

// Catches rules or a scanner of no exact content, rules that are a matter of taste, and a scan that ends with 0 or tells others.
func TestSAST(t *testing.T) {
	h := sastHost(t, "SAST")
	h.run(nil)
	h.succeeds()
	if got := h.calls("pip install"); len(got) != 1 || !strings.Contains(got[0], "--require-hashes") || !strings.Contains(got[0], "--no-deps") {
		t.Errorf("install: %q", got)
	}
	pins, err := os.ReadFile(filepath.Join(h.home, ".storeship/semgrep.txt"))
	must(t, err)
	lines := strings.Split(strings.TrimSpace(string(pins)), "\n")
	form := regexp.MustCompile(`^[a-z0-9.-]+==[0-9a-z.]+ --hash=sha256:[0-9a-f]{64}$`)
	for _, line := range lines {
		if !form.MatchString(line) {
			t.Errorf("pin: %q", line)
		}
	}
	if !strings.Contains(string(pins), "semgrep==1.") || len(lines) < 30 {
		t.Errorf("pins: %s", pins)
	}
	var rules []string
	must(t, filepath.WalkDir(filepath.Join(h.home, ".storeship/rules"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rules = append(rules, path[len(h.home):])
		}
		return err
	}))
	if strings.Join(rules, " ") != "/.storeship/rules/go/lang/security/audit/rule.yaml" {
		t.Errorf("rules: %q", rules)
	}
	scan := h.calls("semgrep")
	if len(scan) != 1 {
		t.Fatalf("scan: %q", scan)
	}
	for _, flag := range []string{"--config " + h.home + "/.storeship/rules ", " --error ", " --severity ERROR ", " --metrics off ", " --disable-version-check "} {
		if !strings.Contains(scan[0], flag) {
			t.Errorf("no %s: %s", flag, scan[0])
		}
	}
	if _, err := os.Stat(filepath.Join(h.source, "src/app/storeship-reports/sast.xml")); err != nil {
		t.Error(err)
	}
}

// Catches each way in which a scan can find nothing because it did not look.
func TestSASTFails(t *testing.T) {
	for says, spoil := range map[string]func(h *host){
		"semgrep found weaknesses":   func(h *host) { h.write("weaknesses", "main.go: injection") },
		"semgrep looked at no file":  func(h *host) { h.write("scanned", "") },
		"semgrep wrote no report":    func(h *host) { h.write("no-report", "") },
		"these are other rules than": func(h *host) { h.write("commit", commit) },
		"has no rules for rust":      func(h *host) { h.project.variables["LANGUAGES"] = "go rust" },
		"":                           func(h *host) { h.write("fail/pip", "") },
	} {
		h := sastHost(t, "SAST")
		spoil(h)
		h.run(nil)
		h.fails(says)
	}
}

// Catches a preset whose language has no rules, and a service without one that is looked at for one language only.
func TestSASTOfEveryPreset(t *testing.T) {
	for step, want := range map[string]string{
		"SAST": "go", "JavaSAST": "java", "NodeSAST": "javascript typescript", "PythonSAST": "python", "AnySAST": "go java javascript typescript python",
	} {
		p := projectOf(t, step)
		if got := p.variables["LANGUAGES"]; got != want {
			t.Errorf("%s: %q, want %q", step, got, want)
		}
	}
}
