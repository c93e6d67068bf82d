package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// Catches an exit code that a pipeline takes for another, an accepted change that stops all the same, another one that passes
// with it, and an error that takes more than its line.
func TestReview(t *testing.T) {
	const stack = `"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "properties": `
	manifest := `{"version": "54.0.0", "artifacts": {"a": {` + stack + `{"templateFile": "a.json"}}}}`
	service := func(grace string) string {
		return `{"Resources": {"Service": {"Type": "AWS::ECS::Service", "Properties": {"DeploymentController": {"Type": "CODE_DEPLOY"}, "HealthCheckGracePeriodSeconds": ` + grace + `}}}}`
	}
	inFilledFolder(t, map[string]string{
		"old/manifest.json": manifest, "old/a.json": service("60"),
		"new/manifest.json": manifest, "new/a.json": service("90"),
		"other/manifest.json": manifest, "other/a.json": service("91"),
		"torn/manifest.json":   `{"version": "54.0.0", "artifacts": {"s": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "stage"}}}}`,
		"broken/manifest.json": manifest, "broken/a.json": "{",
		"folder/package.json": "{}",
		"plain/one.yaml":      "Resources:\n  Logs:\n    Type: AWS::Logs::LogGroup\n    Properties: {RetentionInDays: 30, LogGroupName: !Sub '${AWS::StackName}-logs'}\n",
		"plain/two.json":      `{"Resources": {"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": 7, "LogGroupName": {"Fn::Sub": "${AWS::StackName}-logs"}}}}}`,
		"plain/broken.yaml":   "Resources:\nA: [",
	})
	_, report, _ := execute("review", "old", "new", "-format", "json")
	var read struct {
		ID       string
		Findings []struct{ Rule, Level, Property, Effect string }
	}
	if err := json.Unmarshal([]byte(report), &read); err != nil || len(read.Findings) != 1 || read.Findings[0].Level != "will-fail" || read.Findings[0].Property != "HealthCheckGracePeriodSeconds" {
		t.Fatalf("%v: %s", err, report)
	}
	// The review step of the pipelines takes the id from the text.
	if _, out, _ := execute("review", "old", "new"); !strings.HasSuffix(out, "\nThis change is "+read.ID+".\n") {
		t.Errorf("the text ends with no id: %s", out)
	}
	for _, c := range []struct {
		args        string
		code        int
		out, errOut string // what each begins with
	}{
		{"review old old", 0, "1 stack compared, 1 unchanged, 0 new, 0 gone.\nThe two are the same.\nNothing to say against it.\n", ""},
		{"review old new", 2, "1 stack compared, 0 unchanged, 0 new, 0 gone.\n1 finding: 1 will-fail.\n\nwill-fail  AWS::ECS::Service Service: HealthCheckGracePeriodSeconds", ""},
		{"review old new -fail-on none", 0, "1 stack compared, ", ""},
		{"review old new -fail-on data-loss", 2, "1 stack compared, ", ""},
		{"review -format json old new", 2, "{\n  \"version\": 1,\n", ""},
		{"review -format markdown old new", 2, "## What this change does: 1 will-fail\n", ""},
		{"review -format html old new", 2, "<!doctype html>\n", ""},
		{"review old new -accept " + read.ID, 0, "1 stack compared, ", "storeship review: accepted: "},
		{"review old other -accept " + read.ID, 2, "1 stack compared, ", ""},
		{"review plain/one.yaml plain/two.json", 0, "1 stack compared, 0 unchanged, 0 new, 0 gone.\n1 finding: 1 safety-lost.\n\nsafety-lost  AWS::Logs::LogGroup Logs: RetentionInDays", ""},
		{"review plain/one.yaml plain/two.json -fail-on safety-lost", 2, "1 stack compared, ", ""},
		{"review old new -fail-on all", 1, "", `storeship review: -fail-on must be none, will-fail, data-loss, access-widened, safety-lost, traffic, interruption, cost or harmless, got "all"` + "\n"},
		{"review old new -format pdf", 1, "", `storeship review: -format must be text, markdown, json or html, got "pdf"` + "\n"},
		{"review old new -format markdown -limit 10", 1, "", "storeship review: -limit must be at least 2000, got 10\n"},
		{"review old plain/two.json", 1, "", "storeship review: compare two folders of cloud assemblies, or two templates; of old and plain/two.json one is a file\n"},
		{"review plain/one.yaml plain/broken.yaml", 1, "", "storeship review: plain/broken.yaml:2:1: did not find expected node content\n"},
		{"review folder new", 1, "", "storeship review: folder is not a whole cloud assembly, the output of a synth: "},
		{"review old torn", 1, "", "storeship review: torn is not a whole cloud assembly, the output of a synth: "},
		{"review nowhere new", 1, "", "storeship review: nowhere is not a whole cloud assembly, the output of a synth: "},
		{"review old broken", 1, "", "storeship review: broken/a.json:1:1: unexpected end of JSON input\n"},
		{"review old", 1, "", "storeship review: takes 2 arguments, got 1\nusage: storeship review OLD NEW [flags]\n"},
	} {
		code, out, errOut := execute(strings.Fields(c.args)...)
		if code != c.code || !strings.HasPrefix(out, c.out) || !strings.HasPrefix(errOut, c.errOut) || c.out == "" && out != "" || c.errOut == "" && errOut != "" {
			t.Errorf("storeship %s: exit code %d\nout: %s\nerr: %s", c.args, code, out, errOut)
		}
		if lines := strings.Count(errOut, "\n"); c.code == 1 && !strings.Contains(errOut, "usage") && lines != 1 {
			t.Errorf("storeship %s: the error has %d lines:\n%s", c.args, lines, errOut)
		}
	}
}

// Catches: the second of two broken inputs that is only heard of once the first is mended.
func TestReviewSaysAllThatIsWrong(t *testing.T) {
	inFilledFolder(t, map[string]string{
		"old/manifest.json": `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack", "environment": "aws://a/b", "properties": {"templateFile": "a.json"}},
			"b": {"type": "aws:cloudformation:stack", "environment": "aws://a/b", "properties": {"templateFile": "b.json"}}}}`,
		"old/a.json": "{", "old/b.json": "{\n  \"Resources\": oops}",
		"new/manifest.json": "{\n}",
	})
	code, out, errOut := execute("review", "old", "new")
	want := "storeship review: old/a.json:1:1: unexpected end of JSON input\n" +
		"storeship review: old/b.json:2:16: invalid character 'o' looking for beginning of value\n" +
		"storeship review: new/manifest.json: has no version, so it is not a cloud assembly's\n"
	if code != 1 || out != "" || errOut != want {
		t.Errorf("exit code %d\nout: %s\nerr: %s", code, out, errOut)
	}
}
