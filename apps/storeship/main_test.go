package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// good is a small configuration without problems or warnings.
const good = `store: shop
tools: {account: "111111111111", region: eu-west-1}
environments:
  beta: {kind: test, account: "222222222222", domain: none, waves: [{regions: [eu-west-1, us-east-1]}]}
services:
  web: {build: {preset: node}, http: {port: 3000, health: /}, expose: {path: /*}}
  mailer: {build: {preset: go}}
`

// inFilledFolder runs the test in an empty folder with the given files.
func inFilledFolder(t *testing.T, files map[string]string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for name, content := range files {
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// execute runs the program and returns what it printed.
func execute(args ...string) (code int, out, errOut string) {
	var o, e strings.Builder
	code = run(args, &o, &e)
	return code, o.String(), e.String()
}

// Each case catches an exit code, or a stream, that a script would take for something else.
func TestVerbs(t *testing.T) {
	inFilledFolder(t, map[string]string{
		"storeship.yaml": good,
		"bad.yaml":       strings.Replace(good, `"222222222222"`, `"2222"`, 1),
		"warned.yaml":    strings.Replace(good, "kind: test", "kind: production", 1),
	})
	for _, c := range []struct {
		args        string
		code        int
		out, errOut string // what each begins with; "-" for nothing
	}{
		{"", 1, "-", "usage: storeship VERB"},
		{"help", 0, "usage: storeship VERB", "-"},
		{"--help", 0, "usage: storeship VERB", "-"},
		{"validat", 1, "-", `storeship: unknown verb "validat"; did you mean "validate"?`},
		{"deploy", 1, "-", `storeship: unknown verb "deploy"; known: help, validate, explain,`},
		{"validate", 0, "storeship.yaml: ok: 2 services, 1 environment, 2 targets\n", "-"},
		{"validate -config bad.yaml", 1, "-", `bad.yaml:4:31: environments.beta.account: must be the 12 digits of an AWS account, got "2222"` + "\n"},
		{"validate -config none.yaml", 1, "-", "none.yaml: no such file\n"},
		{"validate --config=warned.yaml", 0, "warned.yaml: ok: ", "warned.yaml:4:3: environments.beta.approval: warning: no one approves"},
		{"validate bad.yaml", 1, "-", "storeship validate: takes 0 arguments, got 1; name the file with -config bad.yaml\nusage: storeship validate [flags]"},
		{"validate -confg x", 1, "-", "flag provided but not defined: -confg"},
		{"validate -h", 0, "-", "usage: storeship validate [flags]"},
		{"explain web beta", 0, "SETTING ", "-"},
		{"explain -config storeship.yaml web beta", 0, "SETTING ", "-"},
		{"explain web beta -config storeship.yaml", 0, "SETTING ", "-"},
		{"explain web", 1, "-", "storeship explain: takes 2 arguments, got 1\nusage: storeship explain SERVICE ENVIRONMENT"},
		{"explain wbe beta", 1, "-", `storeship.yaml: no service is named "wbe"; did you mean "web"?`},
		{"explain web beta -config bad.yaml", 1, "-", "bad.yaml:4:31: "},
		{"schema", 0, "{\n  \"$schema\": ", "-"},
	} {
		code, out, errOut := execute(strings.Fields(c.args)...)
		if code != c.code || !begins(out, c.out) || !begins(errOut, c.errOut) {
			t.Errorf("storeship %s: exit code %d\nout: %s\nerr: %s", c.args, code, out, errOut)
		}
	}
}

func begins(got, want string) bool {
	if want == "-" {
		return got == ""
	}
	return strings.HasPrefix(got, want)
}

// Catches columns of the table that are not aligned, or a line that ends in spaces.
func TestExplainIsAligned(t *testing.T) {
	inFilledFolder(t, map[string]string{"storeship.yaml": good})
	_, out, _ := execute("explain", "web", "beta")
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	column := strings.Index(lines[0], "FROM")
	for _, l := range lines[1:] {
		if len(l) <= column || l[column-1] != ' ' || l[column] == ' ' || strings.TrimRight(l, " ") != l {
			t.Errorf("not aligned: %q", l)
		}
	}
}

// Catches an import that makes every verb wait for Node: the program is plain Go.
func TestNoJsii(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, dep := range strings.Fields(string(out)) {
		if strings.Contains(dep, "jsii") || strings.Contains(dep, "awscdk") || strings.Contains(dep, "constructs-go") {
			t.Errorf("imports %s", dep)
		}
	}
	if !strings.Contains(string(out), "internal/config") {
		t.Error("go list printed no dependencies")
	}
}
