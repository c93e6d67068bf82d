package stacks

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
	"github.com/storeship/storeship/internal/release"
)

// ServicePipeline is the stack of the pipeline that releases one service, with the stages that it deploys.
type ServicePipeline struct {
	// Stack is what CloudFormation deploys: one per pipeline.
	Stack awscdk.Stack
	// Pipeline of the service.
	Pipeline *delivery.Pipeline
	// Services has the service's stack in every target, in the order of release.
	Services []*Service

	props   *StorefrontProps
	service *environment.Service
	code    *source.Source
	program *source.Source
	tests   pipelines.CodeBuildStep
	image   pipelines.CodeBuildStep
	// scan looks at the image, and keeps its bill of materials.
	scan pipelines.CodeBuildStep
	// contract and smoke check every target before and after its release.
	contract *build.ContractCheck
	smoke    *build.SmokeTest
	// synthetic looks at the canaries of preproduction; nil where there are none.
	synthetic *build.SyntheticTest
	// assembly is the output of the synth. releases is its releases folder; nil where CodeDeploy releases nothing.
	assembly pipelines.CodeBuildStep
	releases pipelines.FileSet
	// reviewed is what the review compares with the last release, and what the next one is compared with.
	reviewed pipelines.FileSet
}

// newServicePipeline creates the pipeline of a service: source, unit tests and gates, package, synth with the image's digest, the
// pipeline's update of itself, and a wave of targets for each of the plan's.
func newServicePipeline(app awscdk.App, props *StorefrontProps, s *environment.Service) *ServicePipeline {
	store := props.Plan.Store
	name := store.PipelineStackName(s.Name)
	p := &ServicePipeline{props: props, service: s}
	p.Stack = toolsStack(app, store, name, name, "Pipeline of "+s.Name+" of "+store.Name, store.Tools.Region)
	p.Pipeline = delivery.NewPipeline(p.Stack, "Delivery", &delivery.PipelineProps{Store: store, Service: s.Name})
	p.addBuild()
	p.addChecks()
	for _, e := range store.Environments {
		for i, w := range e.Waves {
			p.addWave(e, i, w)
		}
	}
	p.Pipeline.Build()
	pipeline := p.Pipeline.Pipeline.Pipeline()
	p.code.Complete(pipeline)
	p.program.Complete(pipeline)
	build.AcknowledgePrivileged(p.image)
	if s.Build.Docker {
		build.AcknowledgePrivileged(p.tests)
	}
	return p
}

// addBuild creates everything before the first wave.
func (p *ServicePipeline) addBuild() {
	plan, s, stack := p.props.Plan, p.service, p.Stack
	store := plan.Store
	code, program := plan.SourceOf(s), plan.DeliverySource()
	project := p.Pipeline.Project()
	key := project.Artifacts.EncryptionKey()
	// What a change filter starts has no trigger of its own.
	p.code = providerOf(stack, store, code, key).Source(stack, "Code", plan.TriggerOf(s) != environment.OnChange)
	// Every service pipeline takes the delivery repository; a push to it starts the platform's only.
	p.program = providerOf(stack, store, program, key).Source(stack, "Program", false)
	p.tests = build.UnitTests(stack, "UnitTests", &build.UnitTestsProps{
		Project: project,
		Source:  p.code,
		Path:    code.Path,
		Name:    store.PipelineName(s.Name),
		Build:   s.Build,
		Docker:  s.Build.Docker,
	})
	p.image = build.Package(stack, "Package", &build.PackageProps{
		Project:      project,
		Source:       p.code,
		Path:         code.Path,
		Dockerfile:   s.Build.Dockerfile,
		Architecture: s.Build.Architecture,
		Registry:     p.registry(),
		PackSource:   p.tested(),
	})
	p.image.AddStepDependency(p.tests)
	for _, gate := range p.gates(project, code) {
		p.image.AddStepDependency(gate)
	}
	p.assembly = build.Synth(stack, "Synth", &build.SynthProps{
		Project: project, Source: p.program, Scope: s.Name, ImageDigest: build.Digest(p.image), Review: true,
	})
	p.addImageGates(project, code)
	p.reviewed = p.assembly.AddOutputDirectory(jsii.String(build.Reviewed))
	if p.usesCodeDeploy() {
		p.releases = p.assembly.AddOutputDirectory(jsii.String("cdk.out/" + release.Folder))
	}
	p.Pipeline.Synthesize(p.assembly)
}

// gates are what must let a commit pass before its image is built, side by side with the unit tests.
func (p *ServicePipeline) gates(project build.Project, code environment.Source) []pipelines.CodeBuildStep {
	props := func(gate environment.Gate) *build.GateProps {
		return &build.GateProps{
			Project: project, Source: p.code, Path: code.Path, Name: p.props.Plan.Store.PipelineName(p.service.Name), Gate: gate,
			Preset: p.service.Build.Preset,
		}
	}
	gates := p.service.Build.Gates
	return []pipelines.CodeBuildStep{
		build.Secrets(p.Stack, "Secrets", props(gates.Secrets)),
		build.SAST(p.Stack, "SAST", props(gates.SAST)),
		build.Quality(p.Stack, "Quality", props(gates.Quality)),
		build.SCA(p.Stack, "SCA", &build.SCAProps{
			Project: p.keeper(project, "SCARole", p.props.Plan.Store.SCARoleName(p.service.Name)),
			Source:  p.code,
			Path:    code.Path,
			Preset:  p.service.Build.Preset,
			Name:    p.props.Plan.Store.PipelineName(p.service.Name),
			Region:  p.props.Plan.Store.Tools.Region,
			Scan:    gates.SCA,
		}),
	}
}

// addImageGates adds what must let an image pass before anything that is made for its release.
func (p *ServicePipeline) addImageGates(project build.Project, code environment.Source) {
	store := p.props.Plan.Store
	p.scan = build.ImageScan(p.Stack, "ImageScan", &build.ImageScanProps{
		Project:     p.keeper(project, "ImageScanRole", store.ImageScanRoleName(p.service.Name)),
		Source:      p.code,
		Path:        code.Path,
		Preset:      p.service.Build.Preset,
		Name:        store.PipelineName(p.service.Name),
		Registry:    p.registry(),
		ImageDigest: build.Digest(p.image),
		Scan:        p.service.Build.Gates.ImageScan,
	})
	p.assembly.AddStepDependency(p.scan)
	if store.SigningProfile() == "" {
		return
	}
	p.assembly.AddStepDependency(build.VerifySignature(p.Stack, "VerifySignature", &build.VerifySignatureProps{
		Project:     project,
		Source:      p.code,
		ImageDigest: build.Digest(p.image),
		Registry:    p.registry(),
		Platform:    store.PipelineName(environment.PlatformName),
	}))
}

// keeper is project with a role that the artifact bucket knows by its name, and lets keep bills of materials.
func (p *ServicePipeline) keeper(project build.Project, id, name string) build.Project {
	project.Role = build.NewRole(p.Stack, id, name)
	return project
}

// usesCodeDeploy says whether CodeDeploy releases the service in any environment. Where it does not, there is no releases
// folder, and a build fails over an output that it does not write.
func (p *ServicePipeline) usesCodeDeploy() bool {
	return slices.ContainsFunc(p.props.Plan.Store.Environments, func(e *environment.Environment) bool {
		return p.service.In(e).Release.Engine == environment.CodeDeploy
	})
}

// tested says whether the service has tests in any environment: then its source goes there, too.
func (p *ServicePipeline) tested() bool {
	return slices.ContainsFunc(p.props.Plan.Store.Environments, func(e *environment.Environment) bool {
		return len(p.service.In(e).Tests.List()) > 0
	})
}

// input is what the builds take that need nothing but an input: CodePipeline asks for one.
func (p *ServicePipeline) input() pipelines.IFileSetProducer {
	if p.releases == nil {
		return p.assembly
	}
	return p.releases
}

func (p *ServicePipeline) registry() build.Registry {
	store := p.props.Plan.Store
	return build.Registry{
		Account:    store.Tools.Account,
		Repository: store.RepositoryName(p.service.Name),
		Regions:    store.Regions(),

		SigningProfile: store.SigningProfile(),
		SigningAccount: store.SigningAccount(),
	}
}

// addWave adds the targets that are released together.
func (p *ServicePipeline) addWave(e *environment.Environment, i int, w environment.Wave) {
	store := p.props.Plan.Store
	wave := p.Pipeline.Pipeline.AddWave(jsii.String(e.WaveID(i)), nil)
	var targets []environment.Target
	var ids []string
	for _, region := range w.Regions {
		t := environment.Target{Store: store, Environment: e, Region: region}
		targets, ids = append(targets, t), append(ids, t.ID())
	}
	// The actions of a stage run by their order whatever target they are for, so what comes before and after the stacks is
	// one step for all targets. It begins with the last word before the stage, after a person's.
	var checks []build.Actions
	if open := p.Pipeline.Open(e, i, p.input()); open != nil {
		checks = append(checks, open)
	}
	before := build.InOrder(append(checks, p.contract.In(ids...))...)
	if i == 0 && e == store.Environments[0] {
		review := p.Pipeline.Review(p.reviewed)
		wave.AddPre(review)
		before.AddStepDependency(review)
	}
	if i == 0 && e.Approval != nil {
		approval := p.Pipeline.Approval(e, append([]delivery.Fact{
			{Name: "Commit", Value: p.code.CommitID()},
			{Name: "Image", Value: store.RepositoryName(p.service.Name) + "@" + build.Digest(p.image)},
			{Name: "Bill of materials", Value: build.SBOM(p.scan)},
			{Name: "Unit tests", Value: pageOf(p.tests)},
			{Name: "Passed", Value: tested(store, p.service, e)},
			{Name: "Reports only, stops nothing", Value: lenient(store, p.service, e)},
		}, journey(store, e)...)...)
		wave.AddPre(approval)
		before.AddStepDependency(approval)
	}
	wave.AddPre(before)
	for _, t := range targets {
		p.addTarget(wave, t)
	}
	step := build.InOrder(p.after(e, targets, ids)...)
	wave.AddPost(step)
	last := e == store.Environments[len(store.Environments)-1] && i == len(e.Waves)-1
	if !last {
		return
	}
	then := func(next pipelines.Step) {
		next.AddStepDependency(step)
		wave.AddPost(next)
		step = next
	}
	mark := build.MarkReleased(p.Stack, "MarkReleased", &build.MarkReleasedProps{
		Project:     p.Pipeline.Project(),
		Input:       p.input(),
		CommitID:    p.code.CommitID(),
		ImageDigest: build.Digest(p.image),
		Registry:    p.registry(),
	})
	then(p.Pipeline.Baseline(p.reviewed))
	then(mark)
}

// after are the actions that follow the stacks of a wave: the release, where CodeDeploy makes it, and what looks at it.
func (p *ServicePipeline) after(e *environment.Environment, targets []environment.Target, ids []string) []build.Actions {
	r := p.service.In(e)
	var actions []build.Actions
	if r.Release.Engine == environment.CodeDeploy {
		actions = append(actions, p.Pipeline.BlueGreen(targets, p.service.Name, p.releases))
	}
	actions = append(actions, p.smoke.In(ids...))
	// Before a load, which the canary would notice.
	if e.LooksAtCanary(r) {
		actions = append(actions, p.synthetic.In(ids...))
	}
	if tests := r.Tests.List(); len(tests) > 0 {
		actions = append(actions, p.Pipeline.Tests(targets, p.service.Name, tests, p.image.PrimaryOutput(), map[string]string{
			"COMMIT_ID": p.code.CommitID(), "IMAGE_DIGEST": build.Digest(p.image),
		}))
	}
	return actions
}

// addTarget adds the service's stack in a target, with what CodeDeploy needs for its release.
func (p *ServicePipeline) addTarget(wave pipelines.Wave, t environment.Target) {
	stage := awscdk.NewStage(p.Stack, jsii.String(t.ID()), &awscdk.StageProps{
		Env: &awscdk.Environment{Account: jsii.String(t.Environment.Account), Region: jsii.String(t.Region)},
	})
	service := NewService(stage, p.props.Plan, p.service, t, p.props.Image)
	p.Services = append(p.Services, service)
	if p.props.ExtendService != nil {
		p.props.ExtendService(service)
	}
	if p.props.BeforeStage != nil {
		p.props.BeforeStage(stage)
	}
	wave.AddStage(stage, nil)
	if p.service.In(t.Environment).Release.Engine == environment.CodeDeploy {
		writeRelease(stage, service)
	}
}

// addChecks creates what looks into the targets.
func (p *ServicePipeline) addChecks() {
	store := p.props.Plan.Store
	contracts := &build.ContractCheckProps{
		Project: p.Pipeline.CheckProject(), Input: p.input(), Pipeline: store.PipelineName(environment.PlatformName),
	}
	smokes := &build.SmokeTestProps{Project: p.Pipeline.CheckProject(), Input: p.input(), ImageDigest: build.Digest(p.image)}
	for _, t := range store.Targets() {
		r := p.service.In(t.Environment)
		contracts.Targets = append(contracts.Targets, build.ContractTarget{
			ID:               t.ID(),
			InspectorRoleARN: t.Environment.RoleARN(t.Environment.InspectorRoleName(store)),
			Region:           t.Region,
			Parameters:       contract(t, p.service.Name, r),
		})
		smokes.Targets = append(smokes.Targets, smokeTarget(t, p.service.Name, r))
	}
	p.contract = build.NewContractCheck(p.Stack, "Contract", contracts)
	p.smoke = build.NewSmokeTest(p.Stack, "Smoke", smokes)
	p.addSynthetic()
}

// contract is what must be in the target before a service can be deployed there.
func contract(t environment.Target, service string, r environment.Runtime) []build.Parameter {
	var parameters []build.Parameter
	for _, name := range t.ServiceContract(r) {
		parameters = append(parameters, build.Parameter{Name: t.Parameter(name)})
	}
	if r.Expose == nil || r.Expose.Internal {
		return parameters
	}
	if b, ok := block(t, service, r.Expose); ok {
		// The web ACL must block what the plan says before the service answers there.
		parameters = append(parameters, build.Parameter{Name: t.Parameter(environment.BlockedPaths(service)), Value: b.Value()})
	}
	return parameters
}

// smokeTarget asks a public service by the target's regional name, and every service's tasks.
func smokeTarget(t environment.Target, service string, r environment.Runtime) build.SmokeTarget {
	target := build.SmokeTarget{
		ID:               t.ID(),
		InspectorRoleARN: t.Environment.RoleARN(t.Environment.InspectorRoleName(t.Store)),
		Region:           t.Region,
		Cluster:          t.ClusterName(),
		Service:          t.ServiceName(service),
		Engine:           r.Release.Engine,
	}
	if r.Release.Engine == environment.Rolling {
		target.Bake = t.Bake()
		if target.Bake > 0 {
			for _, a := range r.ArmedAlarms() {
				target.Alarms = append(target.Alarms, t.AlarmName(service, a))
			}
		}
	}
	// Where customers do not reach the health check, the health of the tasks says what there is to say.
	if !r.HealthReached() {
		return target
	}
	if t.Environment.Domain == nil {
		target.AddressParameter = t.Parameter(environment.PublicDNSName)
		target.Path = r.HTTP.Health
		return target
	}
	target.URL = fmt.Sprintf("https://%s%s", t.Host(), r.HTTP.Health)
	target.Host = t.PublicHost(r.Expose)
	return target
}
