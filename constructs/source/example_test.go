package source_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

// A repository for a service.
func ExampleNewRepository() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Sources"), nil)
	source.NewRepository(stack, "Catalog", &source.RepositoryProps{Name: "shop-catalog"})

	assertions.Template_FromStack(stack, nil).HasResource(jsii.String("AWS::CodeCommit::Repository"), map[string]any{
		"DeletionPolicy": "RetainExceptOnCreate",
	})
	fmt.Println("a repository that outlives its stack")
	// Output: a repository that outlives its stack
}

// A pipeline that every push to a branch starts.
func ExampleCodeCommit() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Pipe"), nil)
	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
	pipelines.NewCodePipeline(stack, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineType: awscodepipeline.PipelineType_V2,
		Synth: pipelines.NewShellStep(jsii.String("Synth"), &pipelines.ShellStepProps{
			Input: code.Step, Commands: jsii.Strings("npx cdk synth"),
		}),
	})

	assertions.Template_FromStack(stack, nil).ResourceCountIs(jsii.String("AWS::Events::Rule"), jsii.Number(1))
	fmt.Println("starts at every push")
	// Output: starts at every push
}

// A pipeline that pushes to GitHub start, when they change the service's files.
func ExampleConnection() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Pipe"), nil)
	code := source.Connection(&source.ConnectionProps{
		ARN:   "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
		Owner: "acme", Repository: "shop", Branch: "main",
		FilePaths: environment.FilePaths{Includes: []string{"services/catalog/**"}},
	}).Source(stack, "Code", true)
	pipeline := pipelines.NewCodePipeline(stack, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineType: awscodepipeline.PipelineType_V2,
		Synth: pipelines.NewShellStep(jsii.String("Synth"), &pipelines.ShellStepProps{
			Input: code.Step, Commands: jsii.Strings("npx cdk synth"),
		}),
	})
	pipeline.BuildPipeline()
	code.Complete(pipeline.Pipeline())

	assertions.Template_FromStack(stack, nil).HasResourceProperties(jsii.String("AWS::CodePipeline::Pipeline"), map[string]any{
		"Triggers": assertions.Match_AnyValue(),
	})
	fmt.Println("starts at pushes that change the catalog")
	// Output: starts at pushes that change the catalog
}
