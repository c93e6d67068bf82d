package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const twoAccounts = `
store: shop
tools: {account: "111111111111", region: us-west-2}
environments:
  beta:
    kind: test
    account: "222222222222"
    domain: none
    waves: [{regions: [eu-west-1]}]
services:
  ui:
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: {path: /*}
`

// inFolder writes a storeship.yaml into a folder of its own and works there.
func inFolder(t *testing.T, name, content string) {
	t.Helper()
	t.Chdir(t.TempDir())
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// The plan of a file, as text and as JSON. Catches a verb that is not in the table, and flags that do nothing.
func TestPlan(t *testing.T) {
	inFolder(t, "storeship.yaml", twoAccounts)
	var out, errOut strings.Builder
	if code := run([]string{"plan"}, &out, &errOut); code != 0 || errOut.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	for _, want := range []string{
		"Store shop: 1 service in 1 target, 2 accounts.\n",
		"  npx cdk deploy shop-artifacts-us-west-2 shop-artifacts-eu-west-1 -c scope=artifacts\n",
		"  go tool storeship bootstrap -format sh > bootstrap.sh\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, out.String())
		}
	}
	out.Reset()
	if code := run([]string{"plan", "-format", "json"}, &out, &errOut); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	var plan struct{ Store string }
	if err := json.Unmarshal([]byte(out.String()), &plan); err != nil || plan.Store != "shop" {
		t.Errorf("got %v, %v", plan, err)
	}
}

// Commands must name a file that the CDK app would not read by itself.
func TestPlanOfAnotherFile(t *testing.T) {
	inFolder(t, "stores/shop.yaml", twoAccounts)
	var out, errOut strings.Builder
	if code := run([]string{"plan", "-config", "stores/shop.yaml"}, &out, &errOut); code != 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	for _, want := range []string{" -c config=stores/shop.yaml\n", "storeship bootstrap -config stores/shop.yaml -format sh"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q", want)
		}
	}
}

// The bootstrap of a file, as text and as a script.
func TestBootstrap(t *testing.T) {
	inFolder(t, "storeship.yaml", twoAccounts)
	for format, want := range map[string]string{"text": "Store shop: 2 accounts to prepare", "sh": "#!/bin/sh\n# Prepares the accounts of store shop "} {
		var out, errOut strings.Builder
		if code := run([]string{"bootstrap", "-format", format, "-execution-policy", "shop-deployments"}, &out, &errOut); code != 0 || errOut.Len() > 0 {
			t.Fatalf("exit code %d: %s", code, errOut.String())
		}
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s begins with %.80s", format, out.String())
		}
		for _, command := range []string{
			"npx cdk bootstrap aws://222222222222/us-west-2 --app '' --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::222222222222:policy/shop-deployments ",
			"npx cdk bootstrap aws://222222222222/eu-west-1 ",
			"npx cdk bootstrap aws://111111111111/eu-west-1 --app '' --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess ",
		} {
			if !strings.Contains(out.String(), command) {
				t.Errorf("%s: no %s", format, command)
			}
		}
	}
}

// What is wrong is said in a line, and nothing is printed that someone might run.
func TestPlanAndBootstrapRefuse(t *testing.T) {
	inFolder(t, "storeship.yaml", strings.Replace(twoAccounts, "kind: test", "kind: tset", 1))
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"plan"}, "storeship.yaml:6:11: environments.beta.kind: "},
		{[]string{"bootstrap", "-format", "sh"}, "storeship.yaml:6:11: environments.beta.kind: "},
		{[]string{"plan", "-config", "none.yaml"}, "none.yaml"},
		{[]string{"plan", "-format", "yaml"}, "-format must be text or json, got \"yaml\""},
		{[]string{"bootstrap", "-format", "json"}, "-format must be text or sh, got \"json\""},
		{[]string{"bootstrap", "-execution-policy", "not a name"}, "must be the ARN or the name of a managed policy"},
		{[]string{"plan", "beta"}, "takes 0 or 2 arguments, got 1"},
	} {
		var out, errOut strings.Builder
		if code := run(c.args, &out, &errOut); code != 1 || out.Len() > 0 || !strings.Contains(errOut.String(), c.want) {
			t.Errorf("%v: exit code %d, output %q, error %q, want %q", c.args, code, out.String(), errOut.String(), c.want)
		}
	}
}

// write writes files next to storeship.yaml, where [inFolder] works.
func write(t *testing.T, files map[string]string) {
	t.Helper()
	for name, content := range files {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// Two files: what changes and the steps, with the exit code that a check of a pull request looks at.
func TestPlanOfAChange(t *testing.T) {
	inFolder(t, "old.yaml", twoAccounts)
	write(t, map[string]string{
		"storeship.yaml": strings.Replace(twoAccounts, "[eu-west-1]", "[eu-west-1, eu-central-1]", 1),
		"other.yaml":     strings.Replace(twoAccounts, "services:", "services:\n  cart: {build: {preset: go}}", 1),
		"refused.yaml":   strings.Replace(twoAccounts, "port: 8080", "port: 9090", 1),
	})
	for _, c := range []struct {
		args []string
		code int
		want []string
	}{
		{[]string{"old.yaml", "storeship.yaml"}, 0, []string{"Store shop: from old.yaml to storeship.yaml.\n", "    + beta eu-central-1, in wave 1\n",
			"     npx cdk deploy shop-artifacts-eu-central-1 -c scope=artifacts\n"}},
		{[]string{"old.yaml", "other.yaml"}, 0, []string{"     npx cdk deploy shop-cart-pipeline -c scope=cart -c config=other.yaml\n",
			"   With storeship.yaml as other.yaml has it: "}},
		{[]string{"old.yaml", "old.yaml"}, 0, []string{"No change"}},
		{[]string{"old.yaml", "-format", "json", "storeship.yaml"}, 0, []string{`"differences": [`, `"kind": "added"`}},
		{[]string{"old.yaml", "refused.yaml"}, codeRefused, []string{"refused.yaml:13:18: services.ui.http.port: 8080 → 9090 in beta\n"}},
	} {
		var out, errOut strings.Builder
		if code := run(append([]string{"plan"}, c.args...), &out, &errOut); code != c.code || errOut.Len() > 0 {
			t.Errorf("%v: exit code %d: %s", c.args, code, errOut.String())
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, out.String())
			}
		}
	}
}

// Everything that is wrong with either file is said at once, and nothing is printed that someone might run.
func TestPlanOfAChangeRefuses(t *testing.T) {
	inFolder(t, "old.yaml", strings.Replace(twoAccounts, "kind: test", "kind: tset", 1))
	write(t, map[string]string{"new.yaml": strings.Replace(twoAccounts, "preset: go", "preset: cobol", 1), "good.yaml": twoAccounts})
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"old.yaml", "new.yaml"}, []string{"old.yaml:6:11: environments.beta.kind: ", "new.yaml:12:21: services.ui.build.preset: "}},
		{[]string{"good.yaml", "none.yaml"}, []string{"none.yaml: no such file"}},
		{[]string{"-config", "good.yaml", "good.yaml", "good.yaml"}, []string{"takes either -config or two files, not both"}},
		{[]string{"good.yaml", "good.yaml", "good.yaml"}, []string{"takes 0 or 2 arguments, got 3"}},
		{[]string{"-format", "yaml", "good.yaml", "good.yaml"}, []string{"-format must be text or json"}},
	} {
		var out, errOut strings.Builder
		if code := run(append([]string{"plan"}, c.args...), &out, &errOut); code != 1 || out.Len() > 0 {
			t.Errorf("%v: exit code %d, output %q", c.args, code, out.String())
		}
		for _, want := range c.want {
			if !strings.Contains(errOut.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, errOut.String())
			}
		}
	}
}

// Catches: a warning that nobody sees who asks for the plan only, as a check of a pull request does; and one that is said of every change
// although nothing about it changes.
func TestPlanWarns(t *testing.T) {
	approved := strings.Replace(twoAccounts, "kind: test", "approval: {}\n    kind: production", 1)
	inFolder(t, "storeship.yaml", strings.Replace(approved, "    approval: {}\n", "", 1))
	write(t, map[string]string{"old.yaml": approved})
	const approval, tls = "storeship.yaml:5:3: environments.beta.approval: warning: no one approves a release to production\n",
		"storeship.yaml:8:13: environments.beta.domain: warning: production answers over HTTP without TLS\n"
	for args, want := range map[string]string{
		"plan":                         approval + tls,
		"plan -format json":            approval + tls,
		"plan old.yaml storeship.yaml": approval,
		"plan -format json old.yaml storeship.yaml": approval,
		"plan storeship.yaml storeship.yaml":        "",
		"plan storeship.yaml old.yaml":              "",
	} {
		var out, errOut strings.Builder
		if code := run(strings.Fields(args), &out, &errOut); code != 0 || errOut.String() != want {
			t.Errorf("%s: exit code %d, warnings\n%s", args, code, errOut.String())
		}
		if strings.Contains(out.String(), "warning:") {
			t.Errorf("%s: a warning is in what others read", args)
		}
	}
}
