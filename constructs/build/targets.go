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

	"github.com/storeship/storeship/constructs/internal/once"
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
		a.input = once.Property(p.input, "PrimaryOutput", p.input.PrimaryOutput)
	}
	return a
}

// TargetActions run a project side by side, an action for each of the targets of a wave. They are a step of a pipeline with
// Step, or a part of one with [InOrder].
type TargetActions struct {
	id        string
	project   awscodebuild.IProject
	targets   []string
	input     pipelines.FileSet
	variables map[string]string
}

// Step is the actions as a step of a pipeline: before or after all targets of a wave.
func (a *TargetActions) Step() pipelines.Step { return InOrder(a) }

// ID is what the actions are called.
func (a *TargetActions) ID() string { return a.id }

// Inputs is the input of all the actions, if they have one.
func (a *TargetActions) Inputs() []pipelines.FileSet {
	if a.input == nil {
		return nil
	}
	return []pipelines.FileSet{a.input}
}

// Variables of all the actions.
func (a *TargetActions) Variables() map[string]string { return a.variables }

// Add adds the actions to a stage, all with the same run order.
func (a *TargetActions) Add(stage awscodepipeline.IStage, runOrder float64, o *pipelines.ProduceActionOptions) (orders int) {
	input := o.FallbackArtifact
	if a.input != nil {
		input = Artifact(o, a.input)
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
	return 1
}

// TargetActionName is the name of an action in a stage of so many targets, as CDK Pipelines makes it: "Smoke" where there is
// one, and with the target in front, "beta-us-west-2.Smoke", where there are several.
func TargetActionName(action, target string, targets int) string {
	if targets == 1 {
		return action
	}
	return target + "." + action
}
