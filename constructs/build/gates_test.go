package build_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// gateHost is a host whose source is a clone of two commits, and that gitleaks can be downloaded to.
func gateHost(t *testing.T, step string) (*host, map[string]string) {
	t.Helper()
	h := newHost(t, step)
	h.install("curl", "curl-file")
	h.git("init", "--quiet", ".")
	for _, name := range []string{"first", "second"} {
		h.sourceFile(name)
		h.git("add", ".")
		h.git("commit", "--quiet", "--message", name)
	}
	release := filepath.Join(t.TempDir(), "gitleaks")
	text, err := os.ReadFile("testdata/stubs/gitleaks")
	must(t, err)
	must(t, os.WriteFile(release, text, 0o755))
	return h, map[string]string{"GITLEAKS_SHA256": h.archived(release)}
}

// archived packs a program as its release, and returns the SHA-256.
func (h *host) archived(program string) string {
	h.t.Helper()
	archive := filepath.Join(h.state, "files", "gitleaks_"+h.project.variables["GITLEAKS_VERSION"]+"_linux_x64.tar.gz")
	must(h.t, os.MkdirAll(filepath.Dir(archive), 0o755))
	out, err := exec.Command("tar", "-czf", archive, "-C", filepath.Dir(program), filepath.Base(program)).CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s: %v", out, err)
	}
	content, err := os.ReadFile(archive)
	must(h.t, err)
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}

func (h *host) git(args ...string) {
	h.t.Helper()
	c := exec.Command("git", append([]string{"-C", h.source, "-c", "user.name=a", "-c", "user.email=a@example.com"}, args...)...)
	if out, err := c.CombinedOutput(); err != nil {
		h.t.Fatalf("git %v: %s", args, out)
	}
}

// Catches a scan of one commit or one folder, of another branch, or with values in the log; a tool of no exact version; and a
// report that CodeBuild does not find.
func TestSecrets(t *testing.T) {
	h, variables := gateHost(t, "Secrets")
	h.run(variables)
	h.succeeds()
	curl, scan := h.calls("curl"), h.calls("gitleaks")
	if len(curl) != 1 || !strings.HasSuffix(curl[0], "/gitleaks/gitleaks/releases/download/v8.30.1/gitleaks_8.30.1_linux_x64.tar.gz") || !strings.Contains(curl[0], "--fail ") {
		t.Errorf("download: %q", curl)
	}
	if len(scan) != 1 || !strings.HasPrefix(scan[0], "gitleaks git --redact ") || !strings.Contains(scan[0], " --log-opts --full-history --diff-filter=tuxdb HEAD ") {
		t.Errorf("scan: %q", scan)
	}
	if !strings.Contains(h.output, "in 2 commits") {
		t.Errorf("says: %s", h.output)
	}
	for _, r := range h.project.spec.Reports {
		if _, err := os.Stat(filepath.Join(h.source, r.Folder, r.Files[0])); err != nil || r.Format != "JUNITXML" {
			t.Errorf("report: %v %s", err, r.Format)
		}
	}
	if len(h.project.spec.Reports) != 1 {
		t.Errorf("reports: %v", h.project.spec.Reports)
	}
}

// Catches each way in which a scan can find nothing because it did not look.
func TestSecretsFails(t *testing.T) {
	for says, spoil := range map[string]func(h *host, variables map[string]string){
		"there are secrets in":                func(h *host, _ map[string]string) { h.write("leaks", "Fingerprint: abc") },
		"gitleaks did not look at everything": func(h *host, _ map[string]string) { h.write("trouble", "[git] fatal: detected dubious ownership") },
		"gitleaks wrote no report":            func(h *host, _ map[string]string) { h.write("no-report", "") },
		"cannot download":                     func(h *host, _ map[string]string) { must(h.t, removeAll(filepath.Join(h.state, "files"))) },
		"is not what it was":                  func(_ *host, v map[string]string) { delete(v, "GITLEAKS_SHA256") },
		"there is no history in":              func(h *host, _ map[string]string) { must(h.t, removeAll(filepath.Join(h.source, ".git"))) },
		"the history in": func(h *host, _ map[string]string) {
			out, err := exec.Command("git", "-C", h.source, "rev-parse", "HEAD~1").Output()
			must(h.t, err)
			must(h.t, removeAll(filepath.Join(h.source, ".git", "objects", string(out[:2]))))
		},
		"the clone is shallow": func(h *host, _ map[string]string) {
			whole := h.source + "-whole"
			must(h.t, os.Rename(h.source, whole))
			out, err := exec.Command("git", "clone", "--quiet", "--depth", "1", "file://"+whole, h.source).CombinedOutput()
			if err != nil {
				h.t.Fatalf("%s", out)
			}
		},
	} {
		h, variables := gateHost(t, "Secrets")
		spoil(h, variables)
		h.run(variables)
		h.fails(says)
	}
}

// Catches a report-only gate that stops the pipeline over a finding, does not say that it does not, or passes without having
// looked.
func TestReportOnly(t *testing.T) {
	h, variables := gateHost(t, "Told-report-only")
	h.write("leaks", "Fingerprint: abc")
	h.run(variables)
	h.succeeds()
	for _, says := range []string{"there are secrets in", "report only: what was found stops nothing"} {
		if !strings.Contains(h.output, says) {
			t.Errorf("does not say %q: %s", says, h.output)
		}
	}
	h, _ = gateHost(t, "Told-report-only")
	h.run(nil)
	h.fails("is not what it was")
	h, variables = gateHost(t, "Told-report-only")
	h.write("no-report", "")
	h.run(variables)
	h.fails("the gate wrote no report that matches storeship-reports/secrets.xml")
}

// Catches a history that is asked for where there is none, and files that are taken for a history.
func TestSecretsOfAnArchive(t *testing.T) {
	h, variables := gateHost(t, "Zip")
	must(t, removeAll(filepath.Join(h.source, ".git")))
	h.run(variables)
	h.succeeds()
	if scan := h.calls("gitleaks"); len(scan) != 1 || !strings.HasPrefix(scan[0], "gitleaks dir --redact ") {
		t.Errorf("scan: %q", scan)
	}
	if !strings.Contains(h.output, "the source has no history") {
		t.Errorf("says: %s", h.output)
	}
	h.write("leaks", "Fingerprint: abc")
	h.run(variables)
	h.fails("there are secrets in")
}

// Catches own commands that run in another folder, beside the gate's, or whose failure is lost; and reports that they owe.
func TestGateOfOwnCommands(t *testing.T) {
	h := newHost(t, "OwnGate")
	h.write("reports", "out/a.xml")
	h.run(nil)
	h.succeeds()
	if _, err := os.Stat(filepath.Join(h.source, "src/app/out/a.xml")); err != nil {
		t.Error(err)
	}
	if got := h.calls(""); len(h.calls("gitleaks")) != 0 || len(h.calls("curl")) != 0 {
		t.Errorf("calls: %q", got)
	}
	h = newHost(t, "OwnGate")
	h.run(nil)
	h.fails("the gate wrote no report that matches out/*.xml")
	for step, want := range map[string]bool{"OwnGate": true, "OwnTold-report-only": false} {
		h := newHost(t, step)
		h.write("reports", "out/a.xml")
		h.write("fail/npm", "")
		h.run(nil)
		if h.failed != want {
			t.Errorf("%s: failed is %v: %s", step, h.failed, h.output)
		}
		if got := h.calls("gotestsum last"); len(got) != 0 {
			t.Errorf("%s goes on after the first failure", step)
		}
	}
}
