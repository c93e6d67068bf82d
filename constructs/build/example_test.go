package build_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

// The build stage of a service: unit tests and a gate beside them, one image for two regions, and the synthesis that releases its digest.
func Example() {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Catalog"), nil)
	project := build.Project{
		Artifacts: awss3.NewBucket(stack, jsii.String("Artifacts"), nil),
		LogGroup:  awslogs.NewLogGroup(stack, jsii.String("Logs"), nil),
	}
	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
	program := source.CodeCommit("shop-delivery", "main").Source(stack, "Program", false)

	tests := build.UnitTests(stack, "UnitTests", &build.UnitTestsProps{
		Project: project,
		Source:  code,
		Name:    "shop-catalog",
		Build:   environment.Build{Preset: environment.PresetGo},
	})
	secrets := build.Secrets(stack, "Secrets", &build.GateProps{Project: project, Source: code, Name: "shop-catalog"})
	image := build.Package(stack, "Package", &build.PackageProps{
		Project: project,
		Source:  code,
		Registry: build.Registry{
			Account: "111111111111", Repository: "shop/catalog", Regions: []string{"us-west-2", "us-east-1"},
		},
	})
	image.AddStepDependency(tests)
	image.AddStepDependency(secrets)
	synth := build.Synth(stack, "Synth", &build.SynthProps{
		Project: project, Source: program, Scope: "catalog", ImageDigest: build.Digest(image),
	})

	pipeline := pipelines.NewCodePipeline(stack, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		Synth: synth, ArtifactBucket: project.Artifacts, PipelineType: awscodepipeline.PipelineType_V2,
	})
	pipeline.BuildPipeline()
	build.AcknowledgePrivileged(image)

	template := assertions.Template_FromStack(stack, nil)
	template.ResourceCountIs(jsii.String("AWS::CodeBuild::ReportGroup"), jsii.Number(3))
	template.HasResourceProperties(jsii.String("AWS::CodeBuild::Project"), map[string]any{
		"Environment": map[string]any{"Image": "aws/codebuild/standard:8.0", "PrivilegedMode": true},
	})
	fmt.Println("unit tests and secrets, package, synth")
	// Output: unit tests and secrets, package, synth
}
