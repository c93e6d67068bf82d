package build

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
)

// Actions are a part of a step that [InOrder] makes: actions in the targets of a wave.
type Actions interface {
	// ID is what the actions are called.
	ID() string
	// Inputs are what earlier steps make and the actions take.
	Inputs() []pipelines.FileSet
	// Variables of the actions; they may tell what earlier steps export.
	Variables() map[string]string
	// Add adds the actions to a stage, beginning with the run order, and says how many orders they take.
	Add(stage awscodepipeline.IStage, runOrder float64, o *pipelines.ProduceActionOptions) (orders int)
}

// InOrder is one step of several actions: those of the next run when all before have succeeded. It is called as the last of them.
//
// It is one step, and not one for each, because CDK Pipelines asks a step that is written in Go for its actions, and hands it 26
// properties one by one.
func InOrder(all ...Actions) pipelines.Step {
	s := &orderedStep{actions: all}
	pipelines.NewStep_Override(s, jsii.String(all[len(all)-1].ID()))
	var inputs []pipelines.FileSet
	var variables []map[string]string
	for _, a := range all {
		for _, input := range a.Inputs() {
			if !slices.Contains(inputs, input) {
				inputs = append(inputs, input)
				s.AddDependencyFileSet(input)
			}
		}
		if v := a.Variables(); len(v) > 0 {
			variables = append(variables, v)
		}
	}
	if len(variables) > 0 {
		s.DiscoverReferencedOutputs(variables)
	}
	return s
}

type orderedStep struct {
	pipelines.Step
	actions []Actions
}

// ProduceAction adds the actions; CDK Pipelines calls it while the pipeline is built.
func (s *orderedStep) ProduceAction(stage awscodepipeline.IStage, o *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	orders := 0
	for _, a := range s.actions {
		orders += a.Add(stage, *o.RunOrder+float64(orders), o)
	}
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(orders)}
}

// Artifact is what CodePipeline has of an output of a step, which many actions take.
func Artifact(o *pipelines.ProduceActionOptions, output pipelines.FileSet) awscodepipeline.Artifact {
	return once.Property([2]any{o.Artifacts, output}, "Artifact", func() awscodepipeline.Artifact { return o.Artifacts.ToCodePipeline(output) })
}
