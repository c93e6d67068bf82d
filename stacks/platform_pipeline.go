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
	// Repository of the program that synthesizes the plan. Nil where it is not in CodeCommit.
	Repository *source.Repository
	// Pipeline of the platform.
	Pipeline *delivery.Pipeline
	// Sources has the services' source repositories. Nil where none of them is in AWS.
	Sources *Sources
	// Operations watches the pipelines.
	Operations *Operations
	// Registries has the image repositories of every region, the tools region first.
	Registries []*Registry
	// Networks has the network of every target, in the order of release.
	Networks []*Network
	// Ingresses has the ingress of every target, in the order of release.
	Ingresses []*Ingress

	props *StorefrontProps
	// last is the wave of the last targets. fingerprints are those of all pipelines.
	last         pipelines.Wave
	fingerprints pipelines.FileSet
	// reviewed is what the review compares with the last release: the whole store, for what the platform's stacks write feeds
	// the services'.
	reviewed pipelines.FileSet
	// commit is that of the delivery repository.
	commit string
}

func newPlatformPipeline(app awscdk.App, props *StorefrontProps) *PlatformPipeline {
	store := props.Plan.Store
	name := store.PipelineStackName(environment.PlatformName)
	p := &PlatformPipeline{props: props}
	p.Stack = toolsStack(app, store, name, name, "Pipeline of the platform of "+store.Name, store.Tools.Region)
	program := props.Plan.DeliverySource()
	if program.Provider == environment.CodeCommit {
		p.Repository = source.NewRepository(p.Stack, "Repository", &source.RepositoryProps{
			Name:        program.Repository,
			Description: "Delivery of " + store.Name,
		})
	}
	p.Pipeline = delivery.NewPipeline(p.Stack, "Delivery", &delivery.PipelineProps{Store: store, Service: environment.PlatformName})
	code := providerOf(p.Stack, store, program, nil).Source(p.Stack, "Program", true)
	p.commit = code.CommitID()
	synth := build.Synth(p.Stack, "Synth", &build.SynthProps{
		Project:      p.Pipeline.Project(),
		Source:       code,
		Scope:        ScopePlatform,
		Fingerprints: true,
		Review:       true,
	})
	// The repository has no image to guard; its account numbers, names and history are the store's own.
	synth.AddStepDependency(build.Secrets(p.Stack, "Secrets", &build.GateProps{
		Project: p.Pipeline.Project(), Source: code, Name: store.PipelineName(environment.PlatformName),
	}))
	p.reviewed = synth.AddOutputDirectory(jsii.String(build.Reviewed))
	p.fingerprints = synth.AddOutputDirectory(jsii.String(build.Fingerprints))
	p.Pipeline.Synthesize(synth)
	p.addTools()
	for _, e := range store.Environments {
		for i, w := range e.Waves {
			p.addWave(e, i, w)
		}
	}
	p.addDispatch()
	p.Pipeline.Build()
	code.Complete(p.Pipeline.Pipeline.Pipeline())
	return p
}

// addTools adds the wave of the tools account: registries in all regions at once, the source repositories, and operations.
func (p *PlatformPipeline) addTools() {
	store := p.props.Plan.Store
	wave := p.Pipeline.Pipeline.AddWave(jsii.String("tools"), nil)
	wave.AddPre(p.Pipeline.Review(p.reviewed))
	for _, region := range store.Regions() {
		stage := p.stage("tools-"+region, store.Tools.Account, region)
		p.Registries = append(p.Registries, NewRegistry(stage, p.props.Plan, region))
		if region == store.Tools.Region {
			p.Sources = NewSources(stage, p.props.Plan)
			p.Operations = NewOperations(stage, p.props.Plan)
		}
		p.add(wave, stage)
	}
}

// addWave adds the targets that change together: in each the network, then the ingress.
func (p *PlatformPipeline) addWave(e *environment.Environment, i int, w environment.Wave) {
	wave := p.Pipeline.Pipeline.AddWave(jsii.String(e.WaveID(i)), nil)
	var open pipelines.Step
	if actions := p.Pipeline.Open(e, i, p.fingerprints); actions != nil {
		open = actions.Step()
		wave.AddPre(open)
	}
	if i == 0 && e.Approval != nil {
		approval := p.Pipeline.Approval(e, append([]delivery.Fact{{Name: "Commit", Value: p.commit}}, journey(p.props.Plan.Store, e)...)...)
		wave.AddPre(approval)
		if open != nil {
			open.AddStepDependency(approval)
		}
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
	p.last = wave
}

// addDispatch adds the step that starts the pipelines of the services that changed, once the platform is what they need, and
// before it the one that keeps what was released.
func (p *PlatformPipeline) addDispatch() {
	store := p.props.Plan.Store
	var services []build.DispatchedPipeline
	for _, s := range p.props.Plan.Services {
		services = append(services, build.DispatchedPipeline{
			Name:      store.PipelineName(s.Name),
			Parameter: store.ToolsParameter(environment.DispatchedFingerprint(s.Name)),
			Stack:     store.PipelineStackName(s.Name),
		})
	}
	dispatch := build.Dispatch(p.Stack, "Dispatch", &build.DispatchProps{
		Project:   p.Pipeline.Project(),
		Input:     p.fingerprints,
		Account:   store.Tools.Account,
		Region:    store.Tools.Region,
		Pipelines: services,
	})
	baseline := p.Pipeline.Baseline(p.reviewed)
	dispatch.AddStepDependency(baseline)
	p.last.AddPost(baseline, dispatch)
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
