//go:build scanners

package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// These need gitleaks and semgrep on the PATH: make test-scanners.

// Catches what the stand-in hides: that gitleaks finds nothing and says 0 where git refuses to work, and that what it finds is
// shown. The key is made up.
func TestSecretsWithGitleaks(t *testing.T) {
	real, err := exec.LookPath("gitleaks")
	must(t, err)
	h, _ := gateHost(t, "Secrets")
	variables := map[string]string{"GITLEAKS_SHA256": h.archived(real)}
	h.run(variables)
	h.succeeds()
	key := "AKIA" + "IOSFODNN7ABCDEFG"
	file := filepath.Join(h.source, "settings")
	must(t, os.WriteFile(file, []byte("key = \""+key+"\"\n"), 0o600))
	h.git("add", ".")
	h.git("commit", "--quiet", "--message", "add")
	must(t, os.Remove(file))
	h.git("commit", "--quiet", "--all", "--message", "remove")
	h.output = ""
	h.run(variables)
	h.fails("there are secrets in", "Fingerprint: ", ":settings:aws-access-token:1")
	report, err := os.ReadFile(filepath.Join(h.source, "storeship-reports/secrets.xml"))
	must(t, err)
	if strings.Contains(h.output, key) || strings.Contains(string(report), key) {
		t.Errorf("shows the key: %s\n%s", h.output, report)
	}
	if os.Getuid() != 0 {
		return
	}
	// A clone of another user, as CodeBuild may make it.
	must(t, exec.Command("chown", "-R", "65534", h.source).Run())
	h.failed, h.output = false, ""
	h.run(variables)
	h.fails("there are secrets in")
}

// Catches what the stand-in hides: flags that semgrep does not have, and a finding that it reports and ends with 0.
func TestSASTWithSemgrep(t *testing.T) {
	real, err := exec.LookPath("semgrep")
	must(t, err)
	h := sastHost(t, "SAST")
	h.write("semgrep", "#!/bin/sh\nexec '"+real+"' \"$@\"\n")
	h.write("rule", "rules: [{id: shell, languages: [go], severity: ERROR, message: a shell, pattern: 'exec.Command(\"sh\", ...)'}]\n")
	file := filepath.Join(h.source, "src/app/main.go")
	must(t, os.WriteFile(file, []byte("package main\n\nfunc main() {}\n"), 0o600))
	h.run(nil)
	h.succeeds()
	must(t, os.WriteFile(file, []byte("package main\n\nfunc main() { exec.Command(\"sh\", \"-c\", x).Run() }\n"), 0o600))
	h.output = ""
	h.run(nil)
	h.fails("semgrep found weaknesses")
	report, err := os.ReadFile(filepath.Join(h.source, "src/app/storeship-reports/sast.xml"))
	must(t, err)
	if !strings.Contains(string(report), "shell") {
		t.Errorf("report: %s", report)
	}
}
