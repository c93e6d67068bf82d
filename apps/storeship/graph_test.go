package main

import (
	"strings"
	"testing"
)

// Catches: a picture that is none, and an error that takes more than its line or ends the program as if all were well.
func TestGraph(t *testing.T) {
	inFilledFolder(t, map[string]string{
		"out/manifest.json": `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "properties": {"templateFile": "a.json"}}}}`,
		"out/a.json":        `{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": "shop", "Stages": [{"Name": "Source", "Actions": []}]}}}}`,
	})
	code, out, errOut := execute("graph", "out")
	if code != 0 || errOut != "" || !strings.HasPrefix(out, "<svg ") || !strings.Contains(out, ">shop</text>") || !strings.HasSuffix(out, "</svg>\n") {
		t.Errorf("exit code %d\nout: %s\nerr: %s", code, out, errOut)
	}
	for _, c := range []struct{ args, want string }{
		{"graph nowhere", "storeship graph: nowhere is not a whole cloud assembly"},
		{"graph", "storeship graph: takes 1 argument, got 0\nusage: storeship graph DIR [flags]\n"},
	} {
		if code, out, errOut := execute(strings.Fields(c.args)...); code != 1 || out != "" || !strings.HasPrefix(errOut, c.want) {
			t.Errorf("storeship %s: exit code %d\nout: %s\nerr: %s", c.args, code, out, errOut)
		}
	}
}
