package main

import (
	"strings"
	"testing"
)

// Catches: a file that is not the service's, is another one each time, or goes to the wrong stream; and an unknown service or a mistake
// in the plan that ends as if all were well.
func TestPrecommit(t *testing.T) {
	const plan = "store: shop\ntools: {account: \"111111111111\", region: us-west-2}\nsandbox: true\nenvironments:\n" +
		"  beta: {kind: test, account: \"111111111111\", domain: none, waves: [{regions: [us-west-2]}]}\n" +
		"services:\n  web: {build: {preset: node}}\n  api: {build: {preset: go, coverageMinimum: 70}}\n"
	inFilledFolder(t, map[string]string{"storeship.yaml": plan, "bad.yaml": strings.ReplaceAll(plan, "70", "700")})
	code, out, errOut := execute("precommit", "api")
	if code != 0 || errOut != "" || !strings.HasPrefix(out, "# The gates of api of shop, ") || !strings.Contains(out, "\n            export COVERAGE_MINIMUM=70\n") {
		t.Errorf("exit code %d\nout: %s\nerr: %s", code, out, errOut)
	}
	if _, again, _ := execute("precommit", "api", "-config", "storeship.yaml"); again != out {
		t.Error("another file for the same plan")
	}
	for _, c := range []struct{ args, want string }{
		{"precommit", "storeship precommit: takes 1 argument, got 0\nusage: storeship precommit SERVICE [flags]\n"},
		{"precommit shop", "storeship precommit: storeship.yaml: there is no service \"shop\"; known: api, web\n"},
		{"precommit api -config bad.yaml", "bad.yaml:8:46: services.api.build.coverageMinimum: must be 0 to 100, got 700\n"},
		{"precommit api -config none.yaml", "none.yaml"},
	} {
		if code, out, errOut := execute(strings.Fields(c.args)...); code != 1 || out != "" || !strings.HasPrefix(errOut, c.want) {
			t.Errorf("storeship %s: exit code %d\nout: %s\nerr: %s", c.args, code, out, errOut)
		}
	}
}
