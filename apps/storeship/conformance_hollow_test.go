package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// gates of the complete assembly that commands make: the row, the action, and the project behind it.
var commandGates = []struct{ gate, stage, action, project string }{
	{"unit-tests", "Build", "UnitTests", "Unit"},
	{"coverage", "Build", "Floor", "Coverage"},
	{"code-quality", "Build", "Style", "Quality"},
	{"secrets-detection", "Build", "Leaks", "Leaks"},
	{"sast", "Build", "Flaws", "Sast"},
	{"sca", "Build", "Third", "Deps"},
	{"sbom", "Build", "Bill", "Bill"},
	{"package", "Build", "Image", "Image"},
	{"image-scan", "Build", "Look", "Scan"},
	{"signing", "Build", "Seal", "Sign"},
	{"signature-verification", "Build", "Unseal", "Verify"},
	{"integration-tests", "beta", "Checks", "Checks"},
	{"acceptance-tests", "beta", "Journeys", "Journeys"},
	{"performance-tests", "gamma", "gamma-us-east-1.Load", "Load"},
}

// swallows are ways to let a command run and its failure go, with words of the reason.
var swallows = []struct {
	name, reason string
	change       func(string) string
}{
	{"|| true", "`|| true` takes its place", func(c string) string { return c + " || true" }},
	{"|| :", "`|| :` takes its place", func(c string) string { return c + " || :" }},
	{"|| echo", "takes its place", func(c string) string { return c + " || echo found something" }},
	{"; exit 0", "`exit 0` follows it", func(c string) string { return c + "; exit 0" }},
	{"set +e", "`set +e` is in effect", func(c string) string { return "set +e\n" + c }},
	{"set +e and more", "`set +e` is in effect", func(c string) string { return "set -e\nset +e\n" + c + "\necho done" }},
	{"not the last line", "`echo done` follows it", func(c string) string { return c + "\necho done" }},
	{"a pipe", "pipe to `tee log`", func(c string) string { return c + " | tee log" }},
	{"the background", "in the background", func(c string) string { return c + " &" }},
	{"an if", "an `if` looks at its result", func(c string) string { return "if " + c + "; then echo fine; else echo bad; fi" }},
	{"a negation", "turns its failure into success", func(c string) string { return "! " + c }},
	{"an argument", "in an argument is lost", func(c string) string { return "echo \"$(" + c + ")\"" }},
	{"a function", "takes its place", func(c string) string { return "run() {\n" + c + "\n}\nrun || true" }},
	{"a subshell", "takes its place", func(c string) string { return "(set -e\n" + c + "\n) || true" }},
	{"another shell", "follows it", func(c string) string { return "bash <<'END'\n" + c + "\necho done\nEND" }},
	{"a trap", "ends the shell with 0", func(c string) string { return "trap 'exit 0' EXIT\n" + c }},
	{"a dead branch", "never runs", func(c string) string { return "if false; then " + c + "; fi" }},
	{"after the end", "never runs", func(c string) string { return "exit 0\n" + c }},
}

// Catches: a complete pipeline that is judged incomplete, be it of CDK Pipelines or by hand.
func TestConformanceOfTheComplete(t *testing.T) {
	for _, name := range []string{"assembly", "plain"} {
		code, rows := judged(t, filepath.Join("testdata", "conformance", name))
		if code != 0 || len(rows) < 35 {
			t.Errorf("%s: exit code %d, %d rows", name, code, len(rows))
		}
		for gate, r := range rows {
			switch r.State {
			case "present":
				if len(r.Evidence) == 0 || !r.Evidence[0].Blocks || !r.Evidence[0].CanFail {
					t.Errorf("%s: %s is present by nothing: %+v", name, gate, r)
				}
			case "not applicable":
				if !strings.HasSuffix(gate, "-database") {
					t.Errorf("%s: %s is not applicable: %s", name, gate, r.Reason)
				}
			case "not visible":
				if gate != "static-assets" && gate != "static-configuration" {
					t.Errorf("%s: %s is not visible: %s", name, gate, r.Reason)
				}
			default:
				t.Errorf("%s: %s is %s: %s", name, gate, r.State, r.Reason)
			}
		}
	}
}

// Catches: a gate that is taken for present though its command is gone, or its failure goes nowhere; and one gate's loss that is
// told of another one.
func TestConformanceOfHollowCommands(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "assembly"))
	for _, g := range commandGates {
		for _, s := range swallows {
			dir := edited(t, func(f *fixture) { f.command(g.project, s.change) })
			_, after := judged(t, dir)
			only(t, g.gate+" with "+s.name, before, after, g.gate, "hollow", s.reason)
		}
		_, after := judged(t, edited(t, func(f *fixture) { f.command(g.project, func(string) string { return "echo skipped" }) }))
		if g.gate == "package" || g.gate == "coverage" || before[g.gate].State != "present" {
			continue // what is left of these runs other commands
		}
		only(t, g.gate+" with nothing to run", before, after, g.gate, after[g.gate].State, "")
	}
}

// Catches: a phase, a batch, a stage or a place in the pipeline that makes a gate no gate, whatever its command is.
func TestConformanceOfHollowPlaces(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "assembly"))
	for _, g := range commandGates {
		test := g.stage != "Build"
		cases := []struct {
			name, state, reason string
			change              func(f *fixture)
		}{
			{"on-failure: CONTINUE", "hollow", "on-failure: CONTINUE", func(f *fixture) {
				f.spec(g.project, func(spec map[string]any) {
					spec["phases"].(map[string]any)["build"].(map[string]any)["on-failure"] = "CONTINUE"
				})
			}},
			{"a batch that ignores it", "hollow", "ignore-failure: true", func(f *fixture) {
				f.spec(g.project, func(spec map[string]any) {
					spec["batch"] = map[string]any{"build-list": []any{map[string]any{"identifier": "one", "ignore-failure": true}}}
				})
				for _, st := range f.stages() {
					for _, a := range st.(map[string]any)["Actions"].([]any) {
						c := a.(map[string]any)["Configuration"].(map[string]any)
						if ref, ok := c["ProjectName"].(map[string]any); ok && ref["Ref"] == g.project {
							c["BatchEnabled"] = "true"
						}
					}
				}
			}},
			{"no action that runs it", "hollow", "no action of the pipeline runs the project " + g.project, func(f *fixture) {
				f.take(g.stage, g.action)
				if g.gate == "performance-tests" {
					f.take("gamma", "gamma-eu-west-1.Load")
				}
			}},
			{"nothing at all", "missing", "nothing does it", func(f *fixture) {
				f.take(g.stage, g.action)
				if g.gate == "performance-tests" {
					f.take("gamma", "gamma-eu-west-1.Load")
				}
				delete(f.template["Resources"].(map[string]any), g.project)
			}},
		}
		if !test {
			cases = append(cases, []struct {
				name, state, reason string
				change              func(f *fixture)
			}{
				{"a place after the deployment", "hollow", "it runs after beta/Service.Deploy, which it should guard", func(f *fixture) { f.put("UpdatePipeline", 2, f.take("Build", g.action)); moveToEnd(f, g.action) }},
				{"a place beside the deployment", "hollow", "it runs beside beta/Service.Deploy, which does not wait for it", func(f *fixture) { f.put("beta", 2, f.take("Build", g.action)) }},
				{"a stage whose failure is skipped", "hollow", "has OnFailure: SKIP", func(f *fixture) {
					alone(f, g.action, map[string]any{"OnFailure": map[string]any{"Result": "SKIP"}})
				}},
				{"a stage that is skipped", "hollow", "Result: SKIP", func(f *fixture) {
					alone(f, g.action, map[string]any{"BeforeEntry": map[string]any{"Conditions": []any{map[string]any{"Result": "SKIP", "Rules": []any{}}}}})
				}},
			}...)
		}
		for _, c := range cases {
			_, after := judged(t, edited(t, c.change))
			only(t, g.gate+" with "+c.name, before, after, g.gate, c.state, c.reason)
		}
	}
}

// moveToEnd puts an action of the stage UpdatePipeline after everything that is deployed.
func moveToEnd(f *fixture, action string) {
	a := f.take("UpdatePipeline", action)
	a["RunOrder"] = 1.0
	f.setStages(append(f.stages(), map[string]any{"Name": "Afterwards", "Actions": []any{a}}))
}

// alone puts an action of the build into a stage of its own, with conditions.
func alone(f *fixture, action string, conditions map[string]any) {
	a := f.take("Build", action)
	a["RunOrder"] = 1.0
	conditions["Name"], conditions["Actions"] = "Alone", []any{a}
	stages := f.stages()
	f.setStages(append(append(append([]any{}, stages[:2]...), conditions), stages[2:]...))
}
