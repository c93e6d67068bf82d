package delivery_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodecommit"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
)

func shop() *environment.Store {
	return &environment.Store{
		Name:  "shop",
		Tools: environment.Tools{Account: "111111111111", Region: "us-west-2"},
		Environments: []*environment.Environment{
			{
				Name: "beta", Kind: environment.Test, Account: "222222222222",
				Waves: []environment.Wave{{Regions: []string{"us-west-2"}}},
			},
			{
				Name: "prod", Kind: environment.Production, Account: "444444444444",
				Waves:    []environment.Wave{{Regions: []string{"us-west-2", "us-east-1"}}, {Regions: []string{"eu-west-1"}}},
				Approval: &environment.Approval{Notify: []string{"release@shop.example.com"}},
			},
		},
	}
}

func stackIn(app awscdk.App, id, account, region string) awscdk.Stack {
	return awscdk.NewStack(app, jsii.String(id), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
}

// A pipeline of one wave, with a stack and an approval, in a bare stack of the tools account.
func ExampleNewPipeline() {
	store := shop()
	app := awscdk.NewApp(nil)
	stack := stackIn(app, "Delivery", store.Tools.Account, store.Tools.Region)

	pl := delivery.NewPipeline(stack, "Pipeline", &delivery.PipelineProps{Store: store, Service: "catalog"})
	repository := awscodecommit.Repository_FromRepositoryName(stack, jsii.String("Code"), jsii.String("shop-catalog"))
	pl.Synthesize(pipelines.NewShellStep(jsii.String("Synth"), &pipelines.ShellStepProps{
		Input:    pipelines.CodePipelineSource_CodeCommit(repository, jsii.String("main"), nil),
		Commands: jsii.Strings("npx cdk synth"),
	}))
	prod := store.Environment("prod")
	stage := awscdk.NewStage(stack, jsii.String("prod-us-west-2"), &awscdk.StageProps{
		Env: &awscdk.Environment{Account: &prod.Account, Region: jsii.String("us-west-2")},
	})
	awssqs.NewQueue(awscdk.NewStack(stage, jsii.String("Orders"), nil), jsii.String("Queue"), nil)
	wave := pl.Pipeline.AddWave(jsii.String("prod"), nil)
	wave.AddPre(pl.Approval(prod))
	wave.AddStage(stage, nil)
	pl.Build()

	for _, s := range *pl.Pipeline.Pipeline().Stages() {
		fmt.Println(*s.StageName())
	}
	// Output:
	// Source
	// Build
	// UpdatePipeline
	// prod-us-west-2
}

// What an environment's account lets the pipelines do.
func ExampleNewAccess() {
	store := shop()
	app := awscdk.NewApp(nil)
	stack := stackIn(app, "Access", "222222222222", "us-west-2")
	access := delivery.NewAccess(stack, "Access", &delivery.AccessProps{Store: store, Environment: store.Environment("beta")})
	fmt.Println(access.Deployer != nil, store.Environment("beta").DeployerRoleName(store))
	// Output: true shop-beta-deployer
}

// The bucket and key of all pipelines in one region.
func ExampleNewArtifacts() {
	store := shop()
	app := awscdk.NewApp(nil)
	stack := stackIn(app, "Artifacts", store.Tools.Account, "us-east-1")
	artifacts := delivery.NewArtifacts(stack, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: "us-east-1"})
	fmt.Println(artifacts.Bucket != nil, store.ArtifactBucketName("us-east-1"))
	// Output: true shop-artifacts-111111111111-us-east-1
}
