package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// conformanceRow is a gate as the program's JSON has it: the tests know nothing of the catalogue.
type conformanceRow struct {
	Gate, Level, State, Reason string
	Evidence                   []struct {
		Stage, Action, Project, Command, Reason string
		Blocks, CanFail                         bool
	}
}

// judged runs the program over a folder and returns the rows of the only pipeline, by their gates.
func judged(t *testing.T, dir string, args ...string) (code int, rows map[string]conformanceRow) {
	t.Helper()
	code, out, errOut := execute(append([]string{"conformance", dir, "-format", "json"}, args...)...)
	var report struct {
		Pipelines []struct {
			Pipeline string
			Rows     []conformanceRow
		}
	}
	if err := json.Unmarshal([]byte(out), &report); err != nil || len(report.Pipelines) != 1 {
		t.Fatalf("%v: %d pipelines, exit code %d\n%s", err, len(report.Pipelines), code, errOut)
	}
	rows = map[string]conformanceRow{}
	for _, r := range report.Pipelines[0].Rows {
		rows[r.Gate] = r
	}
	return code, rows
}

// bad says whether a row is one that a team has to do something about.
func bad(state string) bool { return state == "missing" || state == "hollow" }

// turned lists the gates that are worse than before.
func turned(before, after map[string]conformanceRow) []string {
	var gates []string
	for gate, r := range after {
		if bad(r.State) && !bad(before[gate].State) {
			gates = append(gates, gate)
		}
	}
	slices.Sort(gates)
	return gates
}

// only fails the test unless exactly one gate turned, and that for a reason with the given words.
func only(t *testing.T, name string, before, after map[string]conformanceRow, gate, state, reason string) {
	t.Helper()
	if got := turned(before, after); !slices.Equal(got, []string{gate}) {
		t.Errorf("%s: turned %v, want %s", name, got, gate)
		return
	}
	if r := after[gate]; r.State != state || !strings.Contains(r.Reason, reason) {
		t.Errorf("%s: %s is %s: %s; want %s: %s", name, gate, r.State, r.Reason, state, reason)
	}
}

// copied copies a folder of testdata into an empty one.
func copied(t *testing.T, name string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "conformance", name))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// assemblyFile is the template of the pipeline within the assembly.
const assemblyFile = "Pipeline.template.json"

// edited is the complete assembly with its pipeline's template changed.
func edited(t *testing.T, change func(f *fixture)) string {
	t.Helper()
	dir := copied(t, "assembly")
	f := &fixture{t: t, dir: dir}
	f.read(assemblyFile, &f.template)
	change(f)
	f.write(assemblyFile, f.template)
	return dir
}

// fixture is an assembly that a test changes.
type fixture struct {
	t        *testing.T
	dir      string
	template map[string]any
}

func (f *fixture) read(name string, into any) {
	f.t.Helper()
	data, err := os.ReadFile(filepath.Join(f.dir, name))
	if err == nil {
		err = json.Unmarshal(data, into)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) write(name string, v any) {
	f.t.Helper()
	data, err := json.Marshal(v)
	if err == nil {
		err = os.WriteFile(filepath.Join(f.dir, name), data, 0o644)
	}
	if err != nil {
		f.t.Fatal(err)
	}
}

// properties of a resource of the pipeline's template.
func (f *fixture) properties(id string) map[string]any {
	return f.template["Resources"].(map[string]any)[id].(map[string]any)["Properties"].(map[string]any)
}

func (f *fixture) stages() []any { return f.properties("Pipeline")["Stages"].([]any) }

func (f *fixture) setStages(stages []any) { f.properties("Pipeline")["Stages"] = stages }

func (f *fixture) stage(name string) map[string]any {
	f.t.Helper()
	for _, s := range f.stages() {
		if s := s.(map[string]any); s["Name"] == name {
			return s
		}
	}
	f.t.Fatalf("there is no stage %s", name)
	return nil
}

// take removes an action and returns it.
func (f *fixture) take(stage, action string) map[string]any {
	f.t.Helper()
	s := f.stage(stage)
	actions := s["Actions"].([]any)
	for i, a := range actions {
		if a := a.(map[string]any); a["Name"] == action {
			s["Actions"] = slices.Delete(slices.Clone(actions), i, i+1)
			return a
		}
	}
	f.t.Fatalf("there is no action %s in %s", action, stage)
	return nil
}

func (f *fixture) put(stage string, order int, action map[string]any) {
	action["RunOrder"] = float64(order)
	s := f.stage(stage)
	s["Actions"] = append(s["Actions"].([]any), action)
}

// spec changes the buildspec of a project.
func (f *fixture) spec(project string, change func(spec map[string]any)) {
	f.t.Helper()
	source := f.properties(project)["Source"].(map[string]any)
	var spec map[string]any
	if err := json.Unmarshal([]byte(source["BuildSpec"].(string)), &spec); err != nil {
		f.t.Fatal(err)
	}
	change(spec)
	data, err := json.Marshal(spec)
	if err != nil {
		f.t.Fatal(err)
	}
	source["BuildSpec"] = string(data)
}

// command changes the last command of a project.
func (f *fixture) command(project string, change func(string) string) {
	f.spec(project, func(spec map[string]any) {
		build := spec["phases"].(map[string]any)["build"].(map[string]any)
		commands := build["commands"].([]any)
		commands[len(commands)-1] = change(commands[len(commands)-1].(string))
	})
}

// Each case catches an exit code that a pipeline takes for another, a stream that a script would take for something else, and a
// broken input whose place is not said.
func TestConformance(t *testing.T) {
	complete, err := filepath.Abs(filepath.Join("testdata", "conformance", "assembly"))
	if err != nil {
		t.Fatal(err)
	}
	const pipeline = `Resources: {P: {Type: AWS::CodePipeline::Pipeline, Properties: {Name: p, Stages: []}}}`
	const manifest = `{"version": "54.0.0", "artifacts": {"a": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "properties": {"templateFile": "a.json"}}}}`
	hidden := strings.Replace(pipeline, "Stages: []", "Stages: [{Name: S, Actions: [{Name: A, ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild}, Configuration: {ProjectName: x}}]}]", 1)
	inFilledFolder(t, map[string]string{
		"empty/.gitkeep":       "",
		"text/README.md":       "x",
		"queue/t.yaml":         "Resources: {Q: {Type: AWS::SQS::Queue}}",
		"poor/t.yaml":          pipeline,
		"hidden/t.yaml":        hidden,
		"broken/t.json":        "{\n  \"Resources\": {,\n",
		"torn/manifest.json":   manifest,
		"torn/a.json":          `{"Resources": `,
		"halved/manifest.json": manifest,
		"team.yaml":            "gates:\n  - {id: sast, level: must}\n",
		"few.yaml":             "replace: true\ngates:\n  - {id: x, title: X, area: build, level: required, evidence: [{command: x}]}\n",
	})
	if err := os.Remove("empty/.gitkeep"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args        string
		code        int
		out, errOut string // what each begins with; "" for nothing
	}{
		{"conformance " + complete, 0, "shop (Pipeline.template.json, 111111111111 us-east-1)\n  beta is test (1 target); gamma is preproduction (2 targets); prod is production (2 targets)\n", ""},
		{"conformance " + complete + " -format=markdown", 0, "## shop (Pipeline.template.json, 111111111111 us-east-1)\n", ""},
		{"conformance --format json " + complete, 0, "{\n  \"pipelines\": [\n", ""},
		{"conformance poor", 1, "p (t.yaml)\n  deploys to no environment\n", ""},
		{"conformance poor/t.yaml", 1, "p (t.yaml)\n", ""},
		{"conformance hidden -catalogue few.yaml", 0, "p (t.yaml)\n", ""},
		{"conformance hidden -catalogue few.yaml -strict", 1, "p (t.yaml)\n", ""},
		{"conformance poor -catalogue few.yaml", 1, "p (t.yaml)\n", ""},
		{"conformance poor -catalogue team.yaml", 2, "", `team.yaml:2:23: gates[0].level: must be required, recommended or off, got "must"` + "\n"},
		{"conformance poor -catalogue none.yaml", 2, "", "none.yaml: no such file\n"},
		{"conformance nowhere", 2, "", "storeship conformance: nowhere: no such file or folder\n"},
		{"conformance empty", 2, "", "storeship conformance: empty: is empty: it has neither a cloud assembly nor templates\n"},
		{"conformance text", 2, "", "storeship conformance: text: is no cloud assembly (it has no manifest.json), and none of its files is a CloudFormation template\n"},
		{"conformance queue", 2, "", "storeship conformance: queue: has no AWS::CodePipeline::Pipeline in its 1 template: there is nothing to judge\n"},
		{"conformance broken", 2, "", "storeship conformance: broken/t.json:2:17: invalid character ',' looking for beginning of object key string\n"},
		{"conformance torn", 2, "", "storeship conformance: torn/a.json:1:14: unexpected end of JSON input\n"},
		{"conformance halved", 2, "", "storeship conformance: halved is not a whole cloud assembly, the output of a synth: open halved/a.json: no such file"},
		{"conformance poor -format html", 2, "", `storeship conformance: -format must be table, markdown or json, got "html"` + "\n"},
		{"conformance", 2, "", "storeship conformance: takes 1 argument, got 0\nusage: storeship conformance DIR [flags]\n"},
		{"conformance -wrong x", 2, "", "flag provided but not defined: -wrong\n"},
		{"conformance -h", 0, "", "usage: storeship conformance DIR [flags]\n"},
	} {
		code, out, errOut := execute(strings.Fields(c.args)...)
		if code != c.code || !strings.HasPrefix(out, c.out) || !strings.HasPrefix(errOut, c.errOut) || c.out == "" && out != "" || c.errOut == "" && errOut != "" {
			t.Errorf("storeship %s: exit code %d\nout: %.300s\nerr: %s", c.args, code, out, errOut)
		}
	}
}

// Catches: a table or a page whose form changes unseen. The page of the documentation quotes the table.
func TestConformanceForms(t *testing.T) {
	dir := copied(t, "plain")
	path := filepath.Join(dir, "pipeline.yaml")
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.NewReplacer("- bandit -r src", "- bandit -r src || true", "ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: \"1\"}",
		"ActionTypeId: {Category: Invoke, Owner: AWS, Provider: Lambda, Version: \"1\"}\n              Configuration: {FunctionName: ask}").Replace(string(content))
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
	for format, golden := range map[string]string{"table": "table.txt", "markdown": "page.md"} {
		_, out, _ := execute("conformance", dir, "-format", format)
		golden = filepath.Join("testdata", "conformance", golden)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(golden, []byte(out), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if want, err := os.ReadFile(golden); err != nil || string(want) != out {
			t.Errorf("the %s differs from %s; run UPDATE_GOLDEN=1 go test ./apps/storeship: %v", format, golden, err)
		}
	}
}
