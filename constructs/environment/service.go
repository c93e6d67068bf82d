package environment

import "time"

// Plan is everything that one delivery system delivers: the store and its services.
type Plan struct {
	// Store is where services are released to. Required.
	Store *Store
	// Source is what services and the delivery repository have in common: Provider, Connection, Owner and Filter, and
	// nothing else of it. Default: codecommit, without a filter.
	Source Source
	// Delivery is the repository of the program that synthesizes this plan: Provider, Connection, Owner, Repository and
	// Branch. Default: that of Source, where it is no s3, and else codecommit; repository "<store>-delivery", branch "main".
	Delivery Source
	// Services in any order; nothing is derived from the order. At least one is required.
	Services []*Service
}

// Service is one container image with its own pipeline.
type Service struct {
	// Name is part of every derived name: 2 to 20 characters, lower-case letters, digits, single hyphens; a letter first.
	// Required.
	Name string
	// Source is where the service's code is.
	Source Source
	// Build says how the code becomes an image.
	Build Build
	// Runtime is how the service runs, in every environment that Overrides does not change.
	Runtime Runtime
	// Overrides change a copy of Runtime for the environment of that name. Default: none.
	Overrides map[string]func(*Runtime)
}

// In returns how the service runs in the environment of that name, with every default filled in for its kind.
func (s *Service) In(e *Environment) Runtime {
	r := s.Runtime.clone()
	if override := s.Overrides[e.Name]; override != nil {
		override(&r)
	}
	return r.WithDefaults(e.Kind)
}

// Preset chooses the commands and reports of the build for a language.
type Preset string

// The presets.
const (
	// PresetGo tests with gotestsum and reports Cobertura coverage.
	PresetGo Preset = "go"
	// PresetJavaMaven tests with the Maven wrapper and reports JaCoCo coverage.
	PresetJavaMaven Preset = "java-maven"
	// PresetNode tests with the package's own test script, and reports JUnit and Clover.
	PresetNode Preset = "node"
	// PresetPython tests with pytest and reports Cobertura coverage.
	PresetPython Preset = "python"
)

// Presets lists all presets.
var Presets = []Preset{PresetGo, PresetJavaMaven, PresetNode, PresetPython}

// Architecture is the processor that an image is built for and runs on.
type Architecture string

// The architectures that Fargate offers.
const (
	X8664 Architecture = "x86_64"
	Arm64 Architecture = "arm64"
)

// Build says how the code of a service becomes an image.
type Build struct {
	// Preset chooses the commands and reports that the other fields leave out. Required, unless TestCommands is given.
	Preset Preset
	// Architecture of the image, and of the tasks. Default: x86_64.
	Architecture Architecture
	// Dockerfile relative to the source's path. Default: "Dockerfile".
	Dockerfile string
	// Docker gives the unit tests a Docker daemon, in a privileged build; for tests that start databases, say. Default:
	// none.
	Docker bool
	// TestCommands run the unit tests, in the source's path. Default: the preset's.
	TestCommands []string
	// TestReports is the JUnit XML file or pattern that the tests write, relative to the source's path. Default: the
	// preset's.
	TestReports string
	// CoverageReport is the coverage file that the tests write, relative to the source's path. Default: the preset's.
	CoverageReport string
	// CoverageFormat is CodeBuild's name of its format, such as COBERTURAXML, JACOCOXML or CLOVERXML. Default: the
	// preset's.
	CoverageFormat string
	// CoverageMinimum is how many percent of the lines the tests must cover at least, 0 to 100, as CoverageReport counts them: fewer,
	// or no report, stop the pipeline. TestCommands need a CoverageReport beside it. Default: 0, no floor.
	CoverageMinimum int
	// TestTimeout is how long the unit tests of a build may take, whole minutes, [MinUnitTests] to [MaxUnitTests]. Who waits longer for
	// them goes on to the next thing. Default: [DefaultUnitTests].
	TestTimeout time.Duration
	// Gates are the other checks before an image is built. Default: all of them, and what they find stops the pipeline.
	Gates Gates
}

// Protocol is what a container speaks to its load balancer.
type Protocol string

// The protocols of a target group.
const (
	HTTP1 Protocol = "http"
	HTTP2 Protocol = "http2"
	GRPC  Protocol = "grpc"
)

// Engine is what replaces the tasks of a service at a release.
type Engine string

// The release engines.
const (
	// CodeDeploy releases blue/green, by CodePipeline's CodeDeployToECS action.
	CodeDeploy Engine = "codedeploy"
	// ECS releases blue/green by itself: the stack's deployment is the release, and CloudFormation waits for its end.
	ECS Engine = "ecs"
	// Rolling releases by CloudFormation, with the circuit breaker of ECS.
	Rolling Engine = "rolling"
)

// Engines lists all engines.
var Engines = []Engine{CodeDeploy, ECS, Rolling}

// Shifts says whether the engine shifts traffic from the old tasks to the new, each in a target group of their own.
func (e Engine) Shifts() bool { return e == CodeDeploy || e == ECS }

// Strategy is how the engines codedeploy and ecs shift traffic to the new tasks.
type Strategy string

// The strategies.
const (
	// AllAtOnce shifts all traffic at once.
	AllAtOnce Strategy = "all-at-once"
	// Canary shifts a percentage, waits, and shifts the rest.
	Canary Strategy = "canary"
	// Linear shifts a percentage again and again.
	Linear Strategy = "linear"
)

// Runtime is how a service runs in an environment.
type Runtime struct {
	// CPU in units of 1/1024 vCPU; one that Fargate offers. Less than the least, 256, becomes the least. Default: 512.
	CPU int
	// MemoryMiB; one that Fargate offers with that CPU. Less than the least becomes the least. Default: 1024, or the least that
	// Fargate offers with that CPU if that is more.
	MemoryMiB int
	// HTTP is the port that the container listens on. Default: none; the service is a worker.
	HTTP *HTTP
	// Expose says who can reach the service. Required with HTTP, not allowed without.
	Expose *Expose
	// Variables of the container's environment. They can refer to services, see [Plan.Resolve], as those of tests can; a
	// reference anywhere else is refused.
	Variables map[string]string
	// Secrets of the container's environment: "secretsmanager:<name>/credentials#<key>" or "ssm:/<parameter>".
	Secrets map[string]string
	// Command replaces the image's. Default: the image's.
	Command []string
	// HealthCommand is a program of the image with its arguments, run in the container every [HealthIntervalSeconds]; a status
	// other than 0 says that the container is unhealthy, and ECS replaces the task. It is how ECS knows whether a worker is
	// well, and with http it is asked beside the load balancer's health check. It runs without a shell; for one, write
	// sh, -c and the command. Default: none, because ECS ignores a HEALTHCHECK of the image, and an image may have nothing to
	// run; a worker is then healthy as long as it runs.
	HealthCommand []string
	// HealthGraceSeconds is how long a starting container may fail its HealthCommand, 1 to 300. Default: 60.
	HealthGraceSeconds int
	// WritablePaths are the only folders that the container can write to, for the root file system is read-only. Default:
	// none.
	WritablePaths []string
	// KeepVolumePermissions leaves writable paths as the image's VOLUME instructions made them. By default a short-lived
	// container of the same image opens them to every user first, which needs a chmod in the image: Fargate mounts an
	// empty volume as root's.
	KeepVolumePermissions bool
	// Scale is the number of tasks.
	Scale Scale
	// Release says how a new version replaces the old.
	Release Release
	// Alarms say what rolls a release back.
	Alarms Alarms
	// Checks are what a new version must answer before it takes a customer's request, at most [MaxChecks]. Not with grpc, for a
	// worker, or for an internal service with the engine rolling. Default: none; then the load balancer's health check is all
	// that says a new version is well before it takes traffic.
	Checks []Check
	// Synthetics says how the service is asked all the time, from outside or from within the VPC, and what of that stops a release;
	// only for a service behind a load balancer, and not with grpc.
	Synthetics Synthetics
	// Tests are what a release must pass where it runs, before the next wave. WithDefaults keeps those that run in the environment.
	Tests Tests
	// LogRetentionDays is how long logs are kept, one of the periods that CloudWatch Logs offers. Default: 30 in test
	// environments, 365 elsewhere.
	LogRetentionDays int
}

// HTTP is what a container serves.
type HTTP struct {
	// Port that the container listens on, 1 to 65535. Required.
	Port int
	// Health is the path that the load balancer asks, with a slash first; with grpc a method, "/package.Service/Method", which
	// says by the status of the call whether all is well. Required, except with grpc. Default with grpc: [GRPCHealth].
	Health string
	// Protocol is what the container speaks. Both http2 and grpc need a domain, for load balancers speak them over TLS only.
	// Default: http.
	Protocol Protocol
	// GraceSeconds is how long a starting task may fail its health checks, 1 to 2147483647. Default: 60.
	GraceSeconds int
}

// Expose says who can reach a service: either Internal, or Path.
type Expose struct {
	// Internal services are reached by the other services of the target, at a port of their own.
	Internal bool
	// Port settles a collision of two internal services' derived ports: 20000 to 29999. Default: derived from the name.
	Port int
	// Path of a public service, with at most the wildcard * at its end. Required unless Internal.
	Path string
	// Host of a public service: a name under the environment's domain, without it ("admin"). Default: the domain itself.
	Host string
	// Block lists paths that the web ACL answers with 403, exact or with a * at the end. Default: none.
	Block []string
	// Priority settles a collision of two public services' derived rule priorities: 1 to 50000. Default: derived.
	Priority int
}

// Scale is the number of tasks and what it follows: the average CPU and memory of all of them. It does not follow requests:
// their number per task is counted for one target group, and a blue/green release changes groups.
//
// During a release with the engines ecs and rolling the number may grow and does not shrink: Application Auto Scaling turns scaling
// in off while ECS deploys. With codedeploy nothing is blocked. A service that scales while traffic shifts must be steady again within
// five minutes, or CodeDeploy stops the release, which rolls back; and as old and new tasks may count as one number, up to twice
// of what is needed may be asked for, though never more than Max. So release before a peak, not in it, and give Min enough for
// the load of the hour in which you release. docs/scaling.md says how to suspend scaling, and why that is not done for you.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-bluegreen.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/troubleshoot-service-auto-scaling.html
type Scale struct {
	// Min tasks, the floor that an override raises in one environment. Default: 1 in test environments, 2 in preproduction, 3 in production.
	Min int
	// Max tasks. Default: twice Min.
	Max int
	// CPUPercent is the average that scaling aims at, 10 to 90. Default: 60.
	CPUPercent int
	// MemoryPercent is the average that scaling aims at, 10 to 95. Default: 75.
	MemoryPercent int
	// Peaks are times of known load, in any order; no two may overlap. At most 100. Default: none.
	Peaks []Peak
}

// Release says how a new version replaces the old.
type Release struct {
	// Engine that replaces the tasks. Default: codedeploy; rolling for a worker.
	Engine Engine
	// Strategy of the shift; only with codedeploy and ecs. Default: all-at-once in test environments, canary elsewhere.
	Strategy Strategy
	// Percent of the first shift of a canary, or of every shift of linear, 1 to 99; with ecs at least [MinLinearPercent] for
	// linear. Default: 10.
	Percent int
	// Interval between shifts, whole minutes, at least 1m; with ecs at most [MaxECSInterval]. Default: 5m for canary, 1m for
	// linear.
	Interval time.Duration
	// CheckTimeout is how long a new version has to pass all Checks of the service, which are asked again and again until then: 1m
	// to [MaxCheckTimeout]. Only with Checks and an engine that shifts traffic. Default: [DefaultCheckTimeout].
	CheckTimeout time.Duration
	// MinHealthyPercent of the desired tasks while rolling, 0 to 100. Default: 100.
	MinHealthyPercent *int
	// MaxHealthyPercent of the desired tasks while rolling, 101 to 200. Default: 200.
	MaxHealthyPercent int
}

// Service returns the service of that name, or nil.
func (p *Plan) Service(name string) *Service {
	for _, s := range p.Services {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// PortOf is the production port of an internal service, derived or given.
func (x *Expose) PortOf(service string) int {
	if x.Port != 0 {
		return x.Port
	}
	return InternalPort(service)
}

// Covers says whether requests for path reach this service by its own rule.
func (x *Expose) Covers(path string) bool { return covers(x.Path, path) }

// PriorityOf is the priority of a public service's listener rule, derived or given.
func (x *Expose) PriorityOf(service string) int {
	if x.Priority != 0 {
		return x.Priority
	}
	return RulePriority(service, x.Host, x.Path)
}
