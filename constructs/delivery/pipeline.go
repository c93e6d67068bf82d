package delivery

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/constructs/internal/where"
)

// The versions of the CDK's own programs that run in a pipeline; CDK Pipelines would take the newest.
const (
	// CliVersion of aws-cdk, which updates the pipeline. The same as in package.json.
	CliVersion = "2.1148.1"
	// AssetsCliVersion of cdk-assets, which publishes files to the environments.
	AssetsCliVersion = "4.7.3"
)

// PipelineProps configures a [Pipeline].
type PipelineProps struct {
	// Store that the pipeline belongs to. Its tools account and region are the stack's. Required.
	Store *environment.Store
	// Service that the pipeline releases, or [environment.PlatformName]. Required.
	Service string
}

// Validate reports every problem, joined.
func (p *PipelineProps) Validate() error {
	var problems problem.List
	if p.Store == nil {
		problems.Addf("Store", "required")
	}
	if p.Service == "" {
		problems.Addf("Service", "required")
	}
	return problems.Err()
}

// fits checks that the stack is where the props say.
func (p *PipelineProps) fits(scope constructs.Construct) error {
	if p.Store == nil {
		return nil
	}
	var l problem.List
	where.Check(&l, scope, where.Said{Field: "Store.Tools.Account", Value: p.Store.Tools.Account}, where.Said{Field: "Store.Tools.Region", Value: p.Store.Tools.Region})
	return l.Err()
}

// Pipeline is a CDK pipeline that mutates itself, keeps its artifacts in the store's [Artifacts] and acts under the role
// names that the environments' accounts trust. It costs by execution: CodePipeline V2 and CodeBuild charge by the minute.
type Pipeline struct {
	node.Construct
	// Pipeline takes waves and stages, which Build renders. Nil until Synthesize.
	Pipeline pipelines.CodePipeline
	// Role of the pipeline and of all its actions without a role of their own.
	Role awsiam.Role
	// CheckRole of the builds that look into targets, as the environments' inspectors. Nil until CheckProject.
	CheckRole awsiam.Role
	// Logs of all builds of the pipeline.
	Logs awslogs.LogGroup

	store   *environment.Store
	service string
	key     awskms.IKey
	buckets map[string]awss3.IBucket
	checks  *build.Role
	// deployers by environment, as far as they were asked for.
	deployers map[string]awsiam.IRole
	open      *build.OpenCheck
	review    pipelines.CodeBuildStep
}

// NewPipeline creates the pipeline's role and its log group. Make the steps of the build stage with
// Project, hand the last of them to Synthesize, add waves, then call Build.
func NewPipeline(scope constructs.Construct, id string, props *PipelineProps) *Pipeline {
	if props == nil {
		props = &PipelineProps{}
	}
	node.Must("delivery.Pipeline", scope, id, errors.Join(props.Validate(), props.fits(scope)))
	p := &Pipeline{store: props.Store, service: props.Service, deployers: map[string]awsiam.IRole{}}
	node.Init(p, scope, id)
	p.key = p.artifactKey()
	p.Logs = awslogs.NewLogGroup(p, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(p.store.PipelineLogGroupName(p.service)),
		Retention:     awslogs.RetentionDays_ONE_YEAR,
		EncryptionKey: p.key,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	p.addRole()
	p.importBuckets()
	return p
}

// Project is what the build steps of this pipeline have in common.
func (p *Pipeline) Project() build.Project {
	return build.Project{Artifacts: p.buckets[p.store.Tools.Region], LogGroup: p.Logs}
}

// CheckProject is Project for the steps that look into targets: they share CheckRole, which the first of them creates.
func (p *Pipeline) CheckProject() build.Project {
	project := p.Project()
	if p.checks == nil {
		p.checks = build.NewSharedRole(p, "CheckRole", p.store.CheckRoleName(p.service))
		p.CheckRole = p.checks.Role
	}
	project.Role = p.checks
	return project
}

// Synthesize creates the pipeline with the step that writes its cloud assembly; the step's inputs become the source and
// build stages.
func (p *Pipeline) Synthesize(synth pipelines.IFileSetProducer) {
	p.needs(synth != nil, "Synthesize", "needs the step that writes the cloud assembly")
	p.Pipeline = pipelines.NewCodePipeline(p, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineName:                  jsii.String(p.store.PipelineName(p.service)),
		PipelineType:                  awscodepipeline.PipelineType_V2,
		Synth:                         synth,
		Role:                          p.Role,
		UsePipelineRoleForActions:     jsii.Bool(true),
		CrossAccountKeys:              jsii.Bool(true),
		CrossRegionReplicationBuckets: &p.buckets,
		// A change set is executed once, and gone then: a deployment that failed could not be retried without the action before it,
		// which a retry of what failed leaves out. https://github.com/aws/aws-cdk/issues/21677
		UseChangeSets:       jsii.Bool(false),
		CliVersion:          jsii.String(CliVersion),
		CdkAssetsCliVersion: jsii.String(AssetsCliVersion),
		// Not CodeBuildDefaults: the steps of package build say all of it themselves, and CDK Pipelines would hand the defaults
		// to every step that is written in Go, which costs a call for each of their properties.
		SelfMutationCodeBuildDefaults:    p.ownBuilds(),
		AssetPublishingCodeBuildDefaults: p.ownBuilds(),
	})
}

// ownBuilds is how the builds run that CDK Pipelines adds by itself.
func (p *Pipeline) ownBuilds() *pipelines.CodeBuildOptions {
	return &pipelines.CodeBuildOptions{
		BuildEnvironment: &awscodebuild.BuildEnvironment{
			BuildImage:  once.BuildImage(build.Image),
			ComputeType: awscodebuild.ComputeType_SMALL,
		},
		Logging: &awscodebuild.LoggingOptions{CloudWatch: &awscodebuild.CloudWatchLoggingOptions{LogGroup: p.Logs}},
	}
}

// artifactKey is the key of the artifacts in the tools region, by the ARN that the artifacts stack wrote down.
func (p *Pipeline) artifactKey() awskms.IKey {
	arn := awsssm.StringParameter_ValueForStringParameter(p, jsii.String(p.store.ToolsParameter(environment.ArtifactKeyARN)), nil)
	return awskms.Key_FromKeyArn(p, jsii.String("ArtifactKey"), arn)
}

// importBuckets imports the artifact bucket of every region of the store. Keys of other regions are named by the ARN of their
// alias, for a parameter can be read in its own region only; the CDK's own cross-region support does the same.
func (p *Pipeline) importBuckets() {
	p.buckets = map[string]awss3.IBucket{}
	var keys []string
	for _, region := range p.store.Regions() {
		k := p.key
		if region != p.store.Tools.Region {
			alias := "arn:aws:kms:" + region + ":" + p.store.Tools.Account + ":" + p.store.ArtifactKeyAlias()
			k = awskms.Key_FromKeyArn(p, jsii.String("ArtifactKey-"+region), jsii.String(alias))
			keys = append(keys, "arn:aws:kms:"+region+":"+p.store.Tools.Account+":key/*")
		}
		p.buckets[region] = awss3.Bucket_FromBucketAttributes(p, jsii.String("Artifacts-"+region), &awss3.BucketAttributes{
			BucketName:    jsii.String(p.store.ArtifactBucketName(region)),
			EncryptionKey: k,
			Region:        jsii.String(region),
		})
	}
	if len(keys) == 0 {
		return
	}
	// KMS knows a key by its own ARN when it looks at a policy, never by its alias's.
	p.Role.AddToPolicy(awsiam.PolicyStatement_FromJson(allow(
		[]string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}, keys,
		map[string]any{"ForAnyValue:StringEquals": map[string]any{"kms:ResourceAliases": p.store.ArtifactKeyAlias()}},
	)))
}

func (p *Pipeline) addRole() {
	p.Role = awsiam.NewRole(p, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:    jsii.String(p.store.PipelineRoleName(p.service)),
		Description: jsii.String("Pipeline " + p.store.PipelineName(p.service)),
		AssumedBy:   once.ServiceFor("codepipeline.amazonaws.com", p.store.Tools.Account),
	})
}

// deployer is the role of an environment's account that releases and tests there; see [Access].
func (p *Pipeline) deployer(e *environment.Environment) awsiam.IRole {
	if p.deployers[e.Name] == nil {
		p.deployers[e.Name] = awsiam.Role_FromRoleArn(p, jsii.String("Deployer-"+e.Name),
			jsii.String(e.RoleARN(e.DeployerRoleName(p.store))), &awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)})
	}
	return p.deployers[e.Name]
}

// Open are the actions that look whether the environment takes releases now, in the stage of its wave i; see [build.OpenCheck]. They
// belong after the approval and before everything else. input is any output of an earlier step. Nil where the environment
// cannot be closed.
func (p *Pipeline) Open(e *environment.Environment, i int, input pipelines.IFileSetProducer) *build.TargetActions {
	p.needs(e != nil, "Open", "needs an environment")
	if !e.CanClose() {
		return nil
	}
	if p.open == nil {
		p.addOpen(input)
	}
	return p.open.In(e.Name, e.StageID(i))
}

// addOpen creates the check of all environments that can be closed.
func (p *Pipeline) addOpen(input pipelines.IFileSetProducer) {
	props := &build.OpenCheckProps{
		Project:    p.Project(),
		Input:      input,
		Pipeline:   p.store.PipelineName(p.service),
		Account:    p.store.Tools.Account,
		Region:     p.store.Tools.Region,
		BreakGlass: p.store.ToolsParameter(environment.BreakGlass(p.service)),
	}
	for _, e := range p.store.Environments {
		if e.CanClose() {
			props.Environments = append(props.Environments, build.OpenEnvironment{
				ID: e.Name, Stop: p.store.ToolsParameter(environment.StopSwitch(e.Name)), Windows: e.Windows, Freezes: e.Freezes,
			})
		}
	}
	p.open = build.NewOpenCheck(once.StackOf(p), "OpenForRelease", props)
}

// Review is the step that compares what is to be deployed with what the pipeline released last; see [build.Review]. input is the
// output directory [build.Reviewed] of the synth.
func (p *Pipeline) Review(input pipelines.IFileSetProducer) pipelines.Step {
	p.review = build.Review(once.StackOf(p), "Review", &build.ReviewProps{
		Project:   p.Project(),
		Input:     input,
		Pipeline:  p.store.PipelineName(p.service),
		Account:   p.store.Tools.Account,
		Region:    p.store.Tools.Region,
		Parameter: p.store.ToolsParameter(environment.AcceptedReview(p.service)),
	})
	return p.review
}

// Baseline is the step that keeps what was released for the next Review; see [build.Baseline].
func (p *Pipeline) Baseline(input pipelines.IFileSetProducer) pipelines.Step {
	stack, project := once.StackOf(p), p.Project()
	// By its name the artifact bucket knows the only role that may write there.
	project.Role = build.NewRole(stack, "BaselineRole", p.store.BaselineRoleName(p.service))
	return build.Baseline(stack, "Baseline", &build.BaselineProps{
		Project: project, Input: input, Pipeline: p.store.PipelineName(p.service),
	})
}

// needs panics with what a method needs, unless it has it.
func (p *Pipeline) needs(has bool, method, what string) {
	if !has {
		var l problem.List
		l.Addf(method, "%s", what)
		node.MustBe("delivery.Pipeline", p, l.Err())
	}
}

// Build renders the pipeline. Nothing can be added after it.
func (p *Pipeline) Build() {
	p.needs(p.Pipeline != nil, "Build", "needs the pipeline, which Synthesize makes; call that before")
	p.Pipeline.BuildPipeline()
	p.acknowledge()
}
