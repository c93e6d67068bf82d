package pipeline_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
)

// read writes one template and returns its first pipeline.
func read(t *testing.T, content string) *pipeline.Pipeline {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "t.yaml"), []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	stacks, err := template.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	all := pipeline.Read(dir, stacks)
	if len(all) == 0 {
		t.Fatal("found no pipeline")
	}
	return all[0]
}

// steps are the commands of an action in one line, with a dash before those whose failure is lost.
func steps(a *pipeline.Action) string {
	var all []string
	for _, s := range a.Steps {
		mark := ""
		if s.Lost != "" {
			mark = "-"
		}
		all = append(all, s.Phase+" "+mark+s.Text)
	}
	return strings.Join(all, "; ")
}

const one = `Resources:
  P: {Type: AWS::CodePipeline::Pipeline, Properties: {Stages: [{Name: S, Actions: [{Name: A, ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild}, Configuration: {ProjectName: !Ref B, %CONFIGURATION%}}]}]}}
  B:
    Type: AWS::CodeBuild::Project
    Properties:
      Environment: {EnvironmentVariables: [{Name: TOOL, Value: make}, {Name: SECRET, Value: arn, Type: SECRETS_MANAGER}]}
      Source:
        Type: CODEPIPELINE
        BuildSpec: %SPEC%
`

// Each case catches a buildspec that is read in another order, with other variables, or with another fate of its commands than CodeBuild
// gives them.
func TestBuildspecs(t *testing.T) {
	for name, c := range map[string]struct{ configuration, spec, want string }{
		"phases in their order": {"", "{version: 0.2, phases: {post_build: {commands: [d]}, install: {commands: [a], finally: [a2]}, build: {commands: [c]}, pre_build: {commands: b}}}",
			"install a; install a2; pre_build b; build c; post_build d"},
		"on-failure":                            {"", "{phases: {build: {on-failure: CONTINUE, commands: [a], finally: [b]}, post_build: {on-failure: ABORT, commands: [c]}}}", "build -a; build -b; post_build c"},
		"retry":                                 {"", "{phases: {build: {on-failure: RETRY-3, commands: [a]}}}", "build a"},
		"variables":                             {"", "{env: {variables: {TOOL: other, X: x}}, phases: {build: {commands: ['$TOOL $X $SECRET']}}}", "build $TOOL $X $SECRET"},
		"a colon":                               {"", "{phases: {build: {commands: [{echo a: b}, c]}}}", "build c"},
		"JSON in a text":                        {"", `'{"version": "0.2", "phases": {"build": {"commands": ["a || true"]}}}'`, "build -a"},
		"several lines":                         {"", `"phases:\n  build:\n    commands:\n      - |\n        set -e\n        a\n        b\n"`, "build a; build b"},
		"a function of one, called by the next": {"", "{phases: {build: {commands: ['f() { a || true; }', f]}}}", "build f; build -a"},
		"an override":                           {"BuildspecOverride: '{\"phases\": {\"build\": {\"commands\": [\"z\"]}}}'", "{phases: {build: {commands: [a]}}}", "build z"},
		"a batch not asked for":                 {"", "{batch: {build-list: [{ignore-failure: true}]}, phases: {build: {commands: [a]}}}", "build a"},
		"a batch":                               {"BatchEnabled: true", "{batch: {build-graph: [{identifier: x}, {identifier: y, ignore-failure: true}]}, phases: {build: {commands: [a]}}}", "build a; build -a"},
		"a matrix":                              {"BatchEnabled: true", "{batch: {build-matrix: {static: {ignore-failure: true}, dynamic: {env: {variables: {V: [1, 2]}}}}}, phases: {build: {commands: [a]}}}", "build -a"},
	} {
		p := read(t, strings.NewReplacer("%CONFIGURATION%", c.configuration, "%SPEC%", c.spec).Replace(one))
		got := steps(p.Actions()[0])
		if got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

// Catches: a variable of the project that the action overrides, a secret taken for its value, and a project's name taken for its id.
func TestVariables(t *testing.T) {
	p := read(t, strings.NewReplacer("%CONFIGURATION%", `EnvironmentVariables: '[{"name": "TOOL", "value": "ninja"}]'`, "%SPEC%", "{env: {variables: {TOOL: cmake, X: x}}, phases: {build: {commands: ['$TOOL $X $SECRET']}}}").Replace(one))
	a := p.Actions()[0]
	if got := strings.Join(a.Steps[0].Forms[0], "|"); got != "ninja|x|$SECRET" {
		t.Errorf("got %s", got)
	}
	if a.Own["TOOL"] != "ninja" || a.Project != "B" || a.ProjectName != "" || p.Name != "P" {
		t.Errorf("%+v", a)
	}
}

// Catches: actions in another order than they run, accounts and regions from the wrong place, and conditions that are lost.
func TestStructure(t *testing.T) {
	p := read(t, `
Conditions: {C: !Equals [a, b]}
Resources:
  P:
    Type: AWS::CodePipeline::Pipeline
    Properties:
      Name: !Sub "${AWS::StackName}-x"
      Stages:
        - Name: S
          OnFailure: {Result: RETRY, RetryConfiguration: {RetryMode: ALL_ACTIONS}}
          BeforeEntry: {Conditions: [{Result: SKIP, Rules: [{Name: W, RuleTypeId: {Category: Rule, Owner: AWS, Provider: DeploymentWindow}, Configuration: {Cron: x}}]}]}
          Actions:
            - {Name: Late, RunOrder: 2, Region: us-east-1, RoleArn: !Sub "arn:aws:iam::222222222222:role/x", ActionTypeId: {Category: Deploy, Owner: AWS, Provider: CloudFormation}, InputArtifacts: [{Name: I}]}
            - !If [C, {Name: Perhaps, ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild}, Configuration: {ProjectName: !Ref B}}, !Ref "AWS::NoValue"]
            - !If [C, !Ref "AWS::NoValue", !Ref "AWS::NoValue"]
            - {Name: Early, ActionTypeId: {Category: Compute, Owner: AWS, Provider: Commands}, Commands: [a, b || true], OutputArtifacts: [{Name: O}], EnvironmentVariables: [{Name: V, Value: v}]}
  B: {Type: AWS::CodeBuild::Project, Properties: {Source: {BuildSpec: {phases: {build: {commands: [x]}}}}}}
  Alone: {Type: AWS::CodeBuild::Project, Properties: {Name: alone, Source: {BuildSpec: {phases: {build: {commands: [y]}}}}}}
`)
	var names []string
	for _, a := range p.Actions() {
		names = append(names, a.Name+":"+steps(a))
	}
	if got, want := strings.Join(names, ", "), "Perhaps:build x, Early:commands a; commands -b, Late:"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	late, early := p.Actions()[2], p.Actions()[1]
	if !early.Before(late) || late.Before(early) || late.Account != "222222222222" || late.Region != "us-east-1" || late.Inputs[0] != "I" || early.Outputs[0] != "O" || early.Own["V"] != "v" {
		t.Errorf("%+v %+v", early, late)
	}
	s := p.Stages[0]
	if p.Name != "t-x" || s.OnFailure != "RETRY" || s.Entry[0].Result != "SKIP" || s.Entry[0].Rules[0].Provider != "DeploymentWindow" || s.Entry[0].Rules[0].Configuration["Cron"] != "x" {
		t.Errorf("%s %+v", p.Name, s)
	}
	if len(p.Unattached) != 1 || p.Unattached[0].Project != "alone" || steps(p.Unattached[0]) != "build y" {
		t.Errorf("unattached is %+v", p.Unattached)
	}
}
