package build

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"
)

// A check of every target of a pipeline is one project: its buildspec lists what differs between the targets, and the
// pipeline's actions say which one they mean. A project for each target would be most of a pipeline's template, and of the
// time to write and to deploy it.

// targetVariable is how an action tells the build its target.
const targetVariable = "TARGET"

// targetVariables are the variables of a script that differ between targets, in order; empty ones are not set.
type targetVariables struct {
	id        string
	variables [][2]string
}

func ids(targets []targetVariables) []string {
	var all []string
	for _, t := range targets {
		all = append(all, t.id)
	}
	return all
}

// scriptFor is like script, with the variables of the target that $TARGET names set first. They stay within the command.
func scriptFor(targets []targetVariables, names ...string) string {
	var b strings.Builder
	b.WriteString("case $" + targetVariable + " in\n")
	for _, t := range targets {
		b.WriteString(t.id + ")\n")
		for _, v := range t.variables {
			if v[1] != "" {
				b.WriteString(v[0] + "=" + shellQuote(v[1]) + "\n")
			}
		}
		b.WriteString(";;\n")
	}
	b.WriteString("*) fail \"this project knows no target '$" + targetVariable + "'\" ;;\nesac\n")
	return compose(b.String(), names...)
}

// shellQuote quotes s for a shell, whatever is in it.
func shellQuote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// targetProject is a project whose targets are known.
type targetProject struct {
	id      string
	project awscodebuild.IProject
	input   pipelines.IFileSetProducer
	targets []string
}

// in are the actions for targets. variables are what only the running pipeline knows.
func (p *targetProject) in(targets []string, variables map[string]string) *TargetActions {
	for _, target := range targets {
		if !slices.Contains(p.targets, target) {
			panic(fmt.Errorf("%s: no target %q; there are %s", p.id, target, strings.Join(p.targets, ", ")))
		}
	}
	a := &TargetActions{id: p.id, project: p.project, targets: targets, variables: variables}
	if p.input != nil {
		a.input = p.input.PrimaryOutput()
	}
	return a
}

// TargetActions run a project side by side, an action for each of the targets of a wave. They are a step of a pipeline with
// Step, or the end of another step, which hands itself to Join and adds the actions to a stage with Add.
//
// All of them are one step, because CDK Pipelines asks a step that is written in Go for its actions, and hands it 26
// properties one by one.
type TargetActions struct {
	id        string
	project   awscodebuild.IProject
	targets   []string
	input     pipelines.FileSet
	variables map[string]string
}

// Step is the actions as a step of a pipeline: before or after all targets of a wave.
func (a *TargetActions) Step() pipelines.Step { return InOrder(a) }

// InOrder is one step of several actions: those of the next run when all before have succeeded. It is called as the last of them;
// nil ones are left out.
func InOrder(all ...*TargetActions) pipelines.Step {
	s := &targetStep{}
	for _, a := range all {
		if a != nil {
			s.actions = append(s.actions, a)
		}
	}
	pipelines.NewStep_Override(s, &s.actions[len(s.actions)-1].id)
	for _, a := range s.actions {
		a.Join(s)
	}
	return s
}

// Join tells step what the actions need of earlier steps.
func (a *TargetActions) Join(step pipelines.Step) {
	if a.input != nil {
		step.AddDependencyFileSet(a.input)
	}
	if len(a.variables) > 0 {
		step.DiscoverReferencedOutputs(a.variables)
	}
}

// Add adds the actions to a stage, all with the same run order.
func (a *TargetActions) Add(stage awscodepipeline.IStage, runOrder float64, o *pipelines.ProduceActionOptions) {
	input := o.FallbackArtifact
	if a.input != nil {
		input = o.Artifacts.ToCodePipeline(a.input)
	}
	for _, target := range a.targets {
		variables := map[string]*awscodebuild.BuildEnvironmentVariable{targetVariable: {Value: target}}
		for name, value := range a.variables {
			variables[name] = &awscodebuild.BuildEnvironmentVariable{Value: value}
		}
		stage.AddAction(awscodepipelineactions.NewCodeBuildAction(&awscodepipelineactions.CodeBuildActionProps{
			ActionName:           jsii.String(TargetActionName(a.id, target, len(a.targets))),
			RunOrder:             &runOrder,
			Input:                input,
			Project:              a.project,
			EnvironmentVariables: &variables,
		}))
	}
}

// TargetActionName is the name of an action in a stage of so many targets, as CDK Pipelines makes it: "Smoke" where there is
// one, and with the target in front, "beta-us-west-2.Smoke", where there are several.
func TargetActionName(action, target string, targets int) string {
	if targets == 1 {
		return action
	}
	return target + "." + action
}

type targetStep struct {
	pipelines.Step
	actions []*TargetActions
}

// ProduceAction adds the CodeBuild actions; CDK Pipelines calls it while the pipeline is built.
func (s *targetStep) ProduceAction(stage awscodepipeline.IStage, o *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	for i, a := range s.actions {
		a.Add(stage, *o.RunOrder+float64(i), o)
	}
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(len(s.actions))}
}
