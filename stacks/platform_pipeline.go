package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

// PlatformPipeline is the stack of the pipeline that deploys what services stand on: the repositories in the tools
// account, then network and ingress in every target. It holds the delivery repository, whose pushes start it.
type PlatformPipeline struct {
	// Stack is what CloudFormation deploys: one per pipeline.
	Stack awscdk.Stack
	// Repository of the program that synthesizes the plan.
	Repository *source.Repository
	// Pipeline of the platform.
	Pipeline *delivery.Pipeline
	// Sources has the services' source repositories.
	Sources *Sources
	// Registries has the image repositories of every region, the tools region first.
	Registries []*Registry
	// Networks has the network of every target, in the order of release.
	Networks []*Network
	// Ingresses has the ingress of every target, in the order of release.
	Ingresses []*Ingress

	props *StorefrontProps
}

func newPlatformPipeline(app awscdk.App, props *StorefrontProps) *PlatformPipeline {
	store := props.Plan.Store
	name := store.PipelineStackName(environment.PlatformName)
	p := &PlatformPipeline{props: props}
	p.Stack = toolsStack(app, store, name, name, "Pipeline of the platform of "+store.Name, store.Tools.Region)
	program := props.Plan.DeliverySource()
	p.Repository = source.NewRepository(p.Stack, "Repository", &source.RepositoryProps{
		Name:        program.Repository,
		Description: "Delivery of " + store.Name,
	})
	p.Pipeline = delivery.NewPipeline(p.Stack, "Delivery", &delivery.PipelineProps{Store: store, Service: environment.PlatformName})
	p.Pipeline.Synthesize(build.Synth(p.Stack, "Synth", &build.SynthProps{
		Project: p.Pipeline.Project(),
		Source:  source.CodeCommit(program.Repository, program.Branch).Source(p.Stack, "Program", true),
		Scope:   ScopePlatform,
	}))
	p.addTools()
	for _, e := range store.Environments {
		for i, w := range e.Waves {
			p.addWave(e, i, w)
		}
	}
	p.Pipeline.Build()
	return p
}

// addTools adds the wave of the tools account: registries in all regions at once, and the source repositories.
func (p *PlatformPipeline) addTools() {
	store := p.props.Plan.Store
	wave := p.Pipeline.Pipeline.AddWave(jsii.String("tools"), nil)
	for _, region := range store.Regions() {
		stage := p.stage("tools-"+region, store.Tools.Account, region)
		p.Registries = append(p.Registries, NewRegistry(stage, p.props.Plan, region))
		if region == store.Tools.Region {
			p.Sources = NewSources(stage, p.props.Plan)
		}
		p.add(wave, stage)
	}
}

// addWave adds the targets that change together: in each the network, then the ingress.
func (p *PlatformPipeline) addWave(e *environment.Environment, i int, w environment.Wave) {
	wave := p.Pipeline.Pipeline.AddWave(jsii.String(e.WaveID(i)), nil)
	if i == 0 && e.Approval != nil {
		wave.AddPre(p.Pipeline.Approval(e))
	}
	for _, region := range w.Regions {
		t := environment.Target{Store: p.props.Plan.Store, Environment: e, Region: region}
		stage := p.stage(t.ID(), e.Account, region)
		network := NewNetwork(stage, t)
		ingress := NewIngress(stage, p.props.Plan, t)
		// The ingress reads what the network writes into the contract.
		ingress.Stack.AddStackDependency(network.Stack, nil)
		p.Networks, p.Ingresses = append(p.Networks, network), append(p.Ingresses, ingress)
		p.add(wave, stage)
	}
}

func (p *PlatformPipeline) stage(id, account, region string) awscdk.Stage {
	return awscdk.NewStage(p.Stack, jsii.String(id), &awscdk.StageProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
}

func (p *PlatformPipeline) add(wave pipelines.Wave, stage awscdk.Stage) {
	if p.props.BeforeStage != nil {
		p.props.BeforeStage(stage)
	}
	wave.AddStage(stage, nil)
}
