package review_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// built is a pipeline that runs a build project with commands and variables. Where it makes something it has an artifact.
func built(t *testing.T, makes bool, onFailure string, variables object, commands ...string) string {
	t.Helper()
	phase := object{"commands": commands}
	if onFailure != "" {
		phase["on-failure"] = onFailure
	}
	spec, err := json.Marshal(object{"version": "0.2", "env": object{"shell": "bash"}, "phases": object{"build": phase}})
	if err != nil {
		t.Fatal(err)
	}
	list := []any{}
	for name, v := range variables {
		list = append(list, object{"Name": name, "Value": v})
	}
	action := object{"Name": "Check", "ActionTypeId": object{"Category": "Build", "Owner": "AWS", "Provider": "CodeBuild"}, "RunOrder": 1, "Configuration": object{"ProjectName": object{"Ref": "R"}}}
	if makes {
		action["OutputArtifacts"] = []any{object{"Name": "out"}}
	}
	content, err := json.Marshal(object{"Resources": object{
		"R": object{"Type": "AWS::CodeBuild::Project", "Properties": object{"Source": object{"BuildSpec": string(spec)}, "Environment": object{"EnvironmentVariables": list}}},
		"P": object{"Type": "AWS::CodePipeline::Pipeline", "Properties": object{"Name": "p", "Stages": []any{object{"Name": "Build", "Actions": []any{action}}}}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// Catches: a check made hollow told as other commands, and a newer version of a tool, or another wording, told as a hollow one.
func TestBuilds(t *testing.T) {
	const script = `set -eu
say() { printf '%s\n' "$*" >&2; }
fail() {
  say "error: $*"
  exit 1
}
curl --fail https://example.com/scan-1.2.3.tar.gz
scan --error . || fail "found something"
if [ -e closed ]; then
  fail "it is closed"
fi`
	in := func(s string) string { return "(\n" + s + "\n)" }
	with := func(pairs ...string) string {
		s := script
		for i := 0; i < len(pairs); i += 2 {
			if !strings.Contains(s, pairs[i]) {
				t.Fatalf("the script has no %s", pairs[i])
			}
			s = strings.ReplaceAll(s, pairs[i], pairs[i+1])
		}
		return in(s)
	}
	for _, c := range []struct {
		name, onFailure string
		makes           bool
		commands        []string
		want            string
	}{
		{"a failure that counts no more", "", false, []string{with(`|| fail "found something"`, "|| true")}, "safety-lost passes where it failed before"},
		{"a word instead of a failure", "", false, []string{with(`|| fail "found`, `|| say "found`)}, "safety-lost passes where it failed before"},
		{"a refusal that is none", "", false, []string{with(`  fail "it is`, `  say "it is`)}, "safety-lost passes where it failed before"},
		{"no option that makes it fail", "", false, []string{with(" --error", "")}, "safety-lost checks otherwise"},
		{"an option that makes it pass", "", false, []string{with(" --error", " --error --exit-code 0")}, "safety-lost checks otherwise"},
		{"a tool that is gone", "", false, []string{with(`scan --error . || fail "found something"`+"\n", "")}, "safety-lost passes where it failed before"},
		{"a phase that may fail", "CONTINUE", false, []string{in(script)}, "safety-lost passes where it failed before"},
		{"an end before it", "", false, []string{with("set -eu\n", "set -eu\nexit 0\n")}, "safety-lost passes where it failed before"},
		{"a function in its place", "", false, []string{with("set -eu\n", "set -eu\nscan() { true; }\n")}, "safety-lost passes where it failed before"},
		{"a newer version", "", false, []string{with("1.2.3", "1.3.0")}, "harmless says other words, or runs the same in other versions"},
		{"another threshold", "", false, []string{with("--error .", "--error --least 0.9 .")}, "safety-lost checks otherwise"},
		{"other words", "", false, []string{with("found something", "there is something"), "# a comment"}, "harmless says other words, or runs the same in other versions"},
		{"one more check", "", false, []string{in(script), "another --check"}, "harmless runs other commands"},
		{"what makes something", "", true, []string{with("curl --fail", "curl --fail --silent")}, "harmless runs other commands"},
		{"what makes something and no longer fails", "", true, []string{with(`|| fail "found something"`, "|| true")}, "safety-lost passes where it failed before"},
	} {
		r := templates(t, built(t, c.makes, "", nil, in(script)), built(t, c.makes, c.onFailure, nil, c.commands...))
		var got []string
		for _, f := range r.Findings {
			got = append(got, fmt.Sprintf("%s %s", f.Level, f.Effect))
		}
		if !slices.Equal(got, []string{c.want}) {
			t.Errorf("%s: got %q, want %q: %+v", c.name, got, c.want, r.Findings)
		}
	}
}

// Catches: the same change of many builds, or of many rules, told once for each of them.
func TestSameInAll(t *testing.T) {
	rules := func(n int, pipelines string) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"R%d": {"Type": "AWS::Events::Rule", "Properties": {"EventPattern": {"detail": {"pipeline": %s}}}}`, i, pipelines))
		}
		return `{"Resources": {` + strings.Join(all, ", ") + `}}`
	}
	for n, want := range map[int]int{2: 2, 5: 1} {
		r := templates(t, rules(n, `["a", "b"]`), rules(n, `["a"]`))
		if len(r.Findings) != want || want == 1 && (r.Findings[0].Path != "5 rules" || len(r.Findings[0].Where) != 5) {
			t.Errorf("%d: got %+v", n, r.Findings)
		}
	}
}

// Catches: a number with a point taken for a version, and the hashes of an asset for other commands.
func TestBuildNumbers(t *testing.T) {
	for _, c := range []struct{ was, is, want string }{
		{"scan --least 0.5", "scan --least 0.4", "safety-lost"},
		{"npx scan@1.2 .", "npx scan@1.3 .", "harmless"},
		{"publish " + strings.Repeat("a", 64) + ":1-r-7dc141f9", "publish " + strings.Repeat("b", 64) + ":1-r-19f77a02", "harmless"},
	} {
		r := templates(t, built(t, false, "", nil, c.was), built(t, false, "", nil, c.is))
		if len(r.Findings) > 1 || len(r.Findings) == 1 && string(r.Findings[0].Level) != c.want || c.want != "harmless" && len(r.Findings) == 0 {
			t.Errorf("%s → %s: got %+v, want %s", c.was, c.is, r.Findings, c.want)
		}
	}
}

// Catches: a floor that is lowered, a ceiling that is raised, a check that looks elsewhere, and any of them told of what is
// stricter, newer or more.
func TestBuildVariables(t *testing.T) {
	for _, c := range []struct {
		name, was, is, want string
	}{
		{"COVERAGE_MINIMUM", "60", "10", "safety-lost asks for less"},
		{"COVERAGE_MINIMUM", "60", "70", "harmless changes in place"},
		{"COVERAGE_MINIMUM", "60", "", "safety-lost asks for less"},
		{"THRESHOLDS", "critical=0 high=0", "critical=0 high=9", "safety-lost allows more"},
		{"THRESHOLDS", "critical=0 high=9", "critical=0 high=0", "harmless changes in place"},
		{"THRESHOLDS", "critical=0 high=0", "critical=0", "safety-lost allows more"},
		{"ATTEMPTS", "20", "0", "safety-lost no longer tries"},
		{"ATTEMPTS", "20", "10", "harmless changes in place"},
		{"RUNS", "2", "1", "safety-lost asks for less"},
		{"SOURCE_PATH", ".", "empty", "safety-lost looks at something else"},
		{"LANGUAGES", "go java", "go", "safety-lost looks at something else"},
		{"REGIONS", "us-west-2", "us-west-2 eu-west-1", "harmless changes in place"},
		{"EXCLUDE", "", "src", "safety-lost leaves something out"},
		{"TOOL_VERSION", "1.2.3", "1.3.0", "harmless changes in place"},
		{"SCAN_RULES", strings.Repeat("a", 40), strings.Repeat("b", 40), "harmless changes in place"},
		{"ANYTHING", "", "x", "harmless changes in place"},
	} {
		given := func(v string) object {
			if v == "" {
				return nil
			}
			return object{c.name: v}
		}
		r := templates(t, built(t, false, "", given(c.was), "scan"), built(t, false, "", given(c.is), "scan"))
		if len(r.Findings) != 1 || fmt.Sprintf("%s %s", r.Findings[0].Level, r.Findings[0].Effect) != c.want {
			t.Errorf("%s %s → %s: got %+v, want %s", c.name, c.was, c.is, r.Findings, c.want)
		}
	}
}
