package pinned_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/pinned"
)

// Catches a tool that floats, that nobody can trace to its source, or whose download anyone may exchange.
func TestEveryPinIsWhole(t *testing.T) {
	date, digest := regexp.MustCompile(`^20\d\d-\d\d(-\d\d)?$`), regexp.MustCompile(`^[0-9a-f]{64}$`)
	version := map[pinned.Hold]*regexp.Regexp{
		pinned.Archive: regexp.MustCompile(`^\d+(\.\d+)+$`), pinned.Wheels: regexp.MustCompile(`^\d+(\.\d+)+$`), pinned.Exact: regexp.MustCompile(`^\d+(\.\d+)+$`),
		pinned.Checksums: regexp.MustCompile(`^v\d+\.\d+\.\d+$`), pinned.Commit: regexp.MustCompile(`^[0-9a-f]{40}$`),
	}
	last := ""
	for _, p := range pinned.All() {
		form := version[p.Held]
		if p.Name <= last && strings.ToLower(p.Name) <= strings.ToLower(last) {
			t.Errorf("%s stands after %s", p.Name, last)
		}
		last = p.Name
		switch {
		case form == nil:
			t.Errorf("%s: nothing says what holds it", p.Name)
		case !form.MatchString(p.Version):
			t.Errorf("%s: %q is no exact version of what is held by %s", p.Name, p.Version, p.Held)
		case !date.MatchString(p.Date) || !strings.HasPrefix(p.Source, "https://github.com/") && !strings.HasPrefix(p.Source, "https://docs.aws.amazon.com/"):
			t.Errorf("%s: of %q, from %q", p.Name, p.Date, p.Source)
		case p.Held == pinned.Archive && !digest.MatchString(p.SHA256), p.SHA256 != "" && !digest.MatchString(p.SHA256):
			t.Errorf("%s: %q is no SHA-256", p.Name, p.SHA256)
		case p.Date > pinned.Reviewed:
			t.Errorf("%s is of %s, after the last review at %s", p.Name, p.Date, pinned.Reviewed)
		}
	}
}

// Catches a tool that the list forgets: one that is defined and not in All.
func TestAllHasEveryPin(t *testing.T) {
	text, err := os.ReadFile("pins.go")
	if err != nil {
		t.Fatal(err)
	}
	if defined := len(regexp.MustCompile(`(?m)^\t\w+ += Pin\{`).FindAll(text, -1)); defined != len(pinned.All()) {
		t.Errorf("%d pins are defined, and All has %d", defined, len(pinned.All()))
	}
}

// Catches a package of semgrep's without a digest, which pip then refuses at night, and a version that differs from the list's.
func TestSemgrepWheels(t *testing.T) {
	lines := strings.Split(strings.TrimSpace(pinned.SemgrepWheels), "\n")
	form := regexp.MustCompile(`^[a-z0-9-]+==[0-9a-z.]+( --hash=sha256:[0-9a-f]{64})+$`)
	for _, line := range lines {
		if !form.MatchString(line) {
			t.Errorf("%q", line)
		}
	}
	packages := pinned.SemgrepPackages()
	if len(packages) != len(lines) || len(packages) < 30 || !strings.Contains("\n"+pinned.SemgrepWheels, "\nsemgrep=="+pinned.Semgrep.Version+" ") {
		t.Errorf("%d lines, %d packages: %q", len(lines), len(packages), packages)
	}
}

// Catches a page that tells other versions than those that run.
func TestPageHasEveryPin(t *testing.T) {
	page, err := os.ReadFile("../../docs/gates.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range pinned.All() {
		version := p.Version
		if p.Held == pinned.Commit {
			version = version[:7]
		}
		row := "| [" + p.Name + "](" + p.Source + ") | " + version + " | " + p.Date + " | " + string(p.Held) + " |"
		if !strings.Contains(string(page), row+"\n") {
			t.Errorf("docs/gates.md lacks the row\n%s", row)
		}
	}
	if !strings.Contains(string(page), pinned.Reviewed) {
		t.Errorf("docs/gates.md does not say when they were reviewed: %s", pinned.Reviewed)
	}
}
