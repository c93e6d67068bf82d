package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// Catches output that the dispatch step of the platform pipeline does not read, and an error that takes more than its line.
func TestFingerprint(t *testing.T) {
	const stack = `"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "properties": `
	inFilledFolder(t, map[string]string{
		"cdk.out/manifest.json":   `{"version": "54.0.0", "artifacts": {"a": {` + stack + `{"templateFile": "a.json"}}, "b": {` + stack + `{"templateFile": "b.json"}}}}`,
		"cdk.out/a.json":          `{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": "shop-ui"}}}}`,
		"cdk.out/b.json":          `{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": "shop-cart"}}}}`,
		"none/manifest.json":      `{"version": "54.0.0"}`,
		"broken/manifest.json":    `{"version": "54.0.0", "artifacts": {"a": {` + stack + `{"templateFile": "a.json"}}}}`,
		"unreadable/package.json": `{}`,
	})
	code, out, errOut := execute("fingerprint", "cdk.out")
	if code != 0 || errOut != "" || !regexp.MustCompile(`^shop-cart [0-9a-f]{64}\nshop-ui [0-9a-f]{64}\n$`).MatchString(out) {
		t.Errorf("exit code %d\nout: %s\nerr: %s", code, out, errOut)
	}
	code, asJSON, errOut := execute("fingerprint", "-format", "json", "cdk.out")
	var read []struct{ Pipeline, SHA256 string }
	if err := json.Unmarshal([]byte(asJSON), &read); err != nil || code != 0 || errOut != "" || len(read) != 2 {
		t.Fatalf("exit code %d: %v\nout: %s\nerr: %s", code, err, asJSON, errOut)
	}
	if want := read[0].Pipeline + " " + read[0].SHA256 + "\n"; !strings.HasPrefix(out, want) {
		t.Errorf("json says %q, text %q", want, out)
	}
	for _, c := range []struct {
		args        string
		code        int
		out, errOut string
	}{
		{"fingerprint none", 0, "", ""},
		{"fingerprint -format json none", 0, "[]\n", ""},
		{"fingerprint unreadable", 1, "", "storeship fingerprint: unreadable is not a whole cloud assembly, the output of a synth: "},
		{"fingerprint broken", 1, "", "storeship fingerprint: broken is not a whole cloud assembly, the output of a synth: "},
		{"fingerprint nowhere", 1, "", "storeship fingerprint: nowhere is not a whole cloud assembly, the output of a synth: "},
		{"fingerprint -format yaml cdk.out", 1, "", `storeship fingerprint: -format must be text or json, got "yaml"` + "\n"},
		{"fingerprint", 1, "", "storeship fingerprint: takes 1 argument, got 0\nusage: storeship fingerprint DIR [flags]\n"},
	} {
		code, out, errOut := execute(strings.Fields(c.args)...)
		if code != c.code || out != c.out || !strings.HasPrefix(errOut, c.errOut) {
			t.Errorf("storeship %s: exit code %d\nout: %s\nerr: %s", c.args, code, out, errOut)
		}
		if lines := strings.Count(errOut, "\n"); c.code != 0 && !strings.Contains(errOut, "usage") && lines != 1 {
			t.Errorf("storeship %s: the error has %d lines:\n%s", c.args, lines, errOut)
		}
	}
}
