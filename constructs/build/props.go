package build

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

// Project is what the steps of a pipeline have in common.
type Project struct {
	// Artifacts is the artifact bucket of the pipeline that the step becomes part of. Required.
	Artifacts awss3.IBucket
	// LogGroup takes the logs of the builds. Required.
	LogGroup awslogs.ILogGroup
	// Role of the builds, see [NewRole]; several steps can share one, see [NewSharedRole]. The step adds what its commands need,
	// and CDK Pipelines adds nothing. Default: a role of the step's own, without a name.
	Role *Role
	// ComputeType of the hosts. Default: medium for unit tests, packaging and synthesis, small for the rest.
	// https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
	ComputeType awscodebuild.ComputeType
	// Timeout of a build, whole minutes, 5m to 36h. Default: what the step needs with a margin; each says how long.
	// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
	Timeout time.Duration
}

// UnitTestsProps configures [UnitTests].
type UnitTestsProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source of the service. Required.
	Source *source.Source
	// Path is the folder of the service within the source. Default: ".", the whole source.
	Path string
	// Name begins the names of the report groups, "<name>-unit-tests" and "<name>-coverage": 2 to 100 letters, digits
	// and hyphens. Required.
	Name string
	// Build says which tests run, and on which architecture. A preset or test commands are required.
	Build environment.Build
	// Docker gives the tests a Docker daemon, in privileged mode; acknowledge it with [AcknowledgePrivileged]. Default:
	// none.
	Docker bool
}

// PackageProps configures [Package].
type PackageProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source of the service. Required.
	Source *source.Source
	// Path is the folder of the service within the source: the build context. Default: ".", the whole source.
	Path string
	// Dockerfile relative to Path. Default: "Dockerfile".
	Dockerfile string
	// Architecture of the image. Default: x86_64.
	Architecture environment.Architecture
	// Registry is where the image goes. Required.
	Registry Registry
	// PackSource also packs the source that the image was built from, as the step's output, for [TargetTests]. Default: no.
	PackSource bool
}

// Registry is one image repository in several regions.
type Registry struct {
	// Account is the 12-digit id of the account that has the repositories. Required.
	Account string
	// Repository is the repository's name, the same in every region. Required.
	Repository string
	// Regions that have the repository; the first is where images are pushed, the others get copies. At least one is
	// required.
	Regions []string
	// SigningProfile is the name of the AWS Signer profile that ECR signs what is pushed with, the same in every region. ECR signs as
	// the role that pushes. Default: images are not signed.
	SigningProfile string
	// SigningAccount is the 12-digit id of the account of the profiles. Default: Account.
	SigningAccount string
}

// MarkReleasedProps configures [MarkReleased].
type MarkReleasedProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is any output of an earlier step; a CodeBuild action must have one. Default: the pipeline's first source.
	Input pipelines.IFileSetProducer
	// CommitID of the released commit. Required.
	CommitID string
	// ImageDigest of the released image. Required.
	ImageDigest string
	// Registry is where the image is. Required.
	Registry Registry
}

// SynthProps configures [Synth].
type SynthProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source of the delivery repository. Required.
	Source *source.Source
	// Scope is the part of the store that is synthesized: a service's name or "platform". Required.
	Scope string
	// ImageDigest of the image to release, as [Digest] gives it. Default: none; the assembly then must need no image.
	ImageDigest string
	// Fingerprints also synthesizes the whole store, without a scope and without an image, so that a mistake in any part of
	// it fails the step; and writes the fingerprints of all pipelines into the folder [Fingerprints]. Default: neither.
	Fingerprints bool
	// Review also packs the templates, of the whole store with Fingerprints, and the program that compares them into the folder
	// [Reviewed]. Default: no.
	Review bool
}

// ContractCheckProps configures a [ContractCheck].
type ContractCheckProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is any output of an earlier step; a CodeBuild action must have one. Default: the pipeline's first source.
	Input pipelines.IFileSetProducer
	// Pipeline is the name of the pipeline that writes the parameters: what to run when one is missing. Required.
	Pipeline string
	// Targets to check. At least one is required.
	Targets []ContractTarget
}

// ContractTarget is what must be in one target.
type ContractTarget struct {
	// ID names the target in the pipeline: letters, digits, periods, hyphens and underscores, unique. Required.
	ID string
	// InspectorRoleARN is the role of the target's account that may read the parameters, with ssm:GetParameters. Required.
	InspectorRoleARN string
	// Region of the parameters. Required.
	Region string
	// Parameters that must exist. At least one is required.
	Parameters []Parameter
}

// Parameter is one SSM parameter of the platform contract.
type Parameter struct {
	// Name with its leading slash. Required.
	Name string
	// Value that the parameter must have. Default: any.
	Value string
}

// SmokeTestProps configures a [SmokeTest].
type SmokeTestProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is any output of an earlier step; a CodeBuild action must have one. Default: the pipeline's first source.
	Input pipelines.IFileSetProducer
	// ImageDigest that must run, as [Digest] gives it. Required with a Cluster in any target.
	ImageDigest string
	// Targets to test. At least one is required.
	Targets []SmokeTarget
	// Attempts until the test fails, 1 to 100. Default: [DefaultAttempts].
	Attempts int
	// Interval between attempts, whole seconds, 1s to 1m. Default: [DefaultInterval].
	Interval time.Duration
}

// SmokeTarget is what is tested in one target: the running service (Cluster), or answers over HTTP (URL, or
// AddressParameter), or both.
type SmokeTarget struct {
	// ID names the target in the pipeline: letters, digits, periods, hyphens and underscores, unique. Required.
	ID string
	// InspectorRoleARN is the role of the target's account that may read the service. Required with Cluster or
	// AddressParameter.
	InspectorRoleARN string
	// Region of the service. Required with Cluster or AddressParameter.
	Region string
	// Cluster and Service name an ECS service that must run the image in its primary task set or deployment, with all
	// tasks running and all targets healthy. Default: not checked.
	Cluster string
	// Service is the name of the ECS service. Required with Cluster.
	Service string
	// Engine says where the running version is found: in the task set (codedeploy) or in the deployment (ecs, rolling), and
	// how many target groups its tasks may be in.
	// Required with Cluster.
	Engine environment.Engine
	// URL that must answer with 200 to 399. Default: not asked.
	URL string
	// AddressParameter is the SSM parameter with the DNS name of a load balancer without a domain; then Path is asked
	// there, over HTTP. Default: none.
	AddressParameter string
	// Path to ask at the address, with a slash first. Required with AddressParameter.
	Path string
	// Host is sent as the Host header, for rules that need it. Default: the URL's own host.
	Host string
	// Bake is how long the service must stay well after the test, in whole minutes up to [environment.MaxWatchedBake]; it is
	// looked at every minute, and the step fails when it is not well for all Attempts. For the engines that do not watch a
	// release themselves. Only with Cluster. Default: none.
	Bake time.Duration
	// Alarms are names of CloudWatch alarms of the region, of which none may fire within Bake: one that does fails the step at
	// once. Only with Bake. Default: none.
	Alarms []string
}

// Defaults of a smoke test.
const (
	// DefaultAttempts of a smoke test.
	DefaultAttempts = 20
	// DefaultInterval between the attempts of a smoke test.
	DefaultInterval = 15 * time.Second
)
