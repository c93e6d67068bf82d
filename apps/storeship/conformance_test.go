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
