package environment

import (
	"errors"
	"slices"
	"strconv"
	"time"
)

// Kind says what an environment is for. Defaults, approvals and warnings hang on it, never on the environment's name.
type Kind string

// The kinds of environments.
const (
	// Test environments are where a change is tried first: small, one NAT gateway, all-at-once releases.
	Test Kind = "test"
	// Preproduction environments are as production-like as can be, without customers.
	Preproduction Kind = "preproduction"
	// Production environments have customers.
	Production Kind = "production"
)

// Kinds lists all kinds in the order in which a release passes them.
var Kinds = []Kind{Test, Preproduction, Production}

// Store is the whole workload: the account that its pipelines live in, and the environments that they release to.
type Store struct {
	// Name begins every derived name. 2 to 20 characters: lower-case letters, digits, single hyphens; a letter first.
	// Required.
	Name string
	// Tools is the account and region of the pipelines. Required.
	Tools Tools
	// Environments in the order of release. At least one is required.
	Environments []*Environment
	// Notifications say who hears of releases that fail, are rolled back, wait or are stopped. Default: nobody, until somebody
	// subscribes to the topic.
	Notifications Notifications
	// Sandbox allows environments to share an account with each other and with the tools, for a person with one account.
	// Default: every environment and the tools have an account each.
	Sandbox bool
	// Signing of the images. Default: the store's own, in every region.
	Signing Signing
}

// Tools is where repositories, builds and pipelines live.
type Tools struct {
	// Account is the 12-digit account id. Required.
	Account string
	// Region is where the pipelines run. Required. It stays for the life of the store: images and keys are named by it.
	Region string
}

// Environment is one AWS account that services are released to.
type Environment struct {
	// Name is part of every derived name: 2 to 12 characters, lower-case letters and digits, a letter first. Required.
	Name string
	// Kind says what the environment is for. Required.
	Kind Kind
	// Account is the 12-digit account id. Required.
	Account string
	// Domain is the DNS zone of the environment. Default: no domain, and with it no TLS.
	Domain *Domain
	// Waves are released one after the other. At least one is required.
	Waves []Wave
	// Dark lists regions of the waves that customers are not led to, yet or any more: there the load balancer has its regional
	// name, which tests use, but no record of the domain or of a public host. So a region comes to a live environment without
	// a 404, and goes from one. Needs Domain. Default: every region has customers.
	Dark []string
	// Approval asks a person before the first wave. Default: none.
	Approval *Approval
	// Windows are the times of the week in which releases may begin. Default: always.
	Windows []Window
	// Freezes are times in which no release begins. Default: none.
	Freezes []Freeze
	// Network sizes the VPC of every target.
	Network Network
}

// Domain is a public Route 53 hosted zone in the environment's account.
type Domain struct {
	// Name is the zone's name, "beta.shop.example.com". Required.
	Name string
	// ZoneID is the hosted zone's id, "Z0123456789". Environments of different accounts cannot have one zone. Required.
	ZoneID string
}

// Approval is a manual approval in front of an environment.
type Approval struct {
	// Notify lists the e-mail addresses that hear of a waiting approval. Each must confirm its subscription once.
	// Default: nobody is told; the approval waits in the console.
	Notify []string
}

// Wave is a list of regions that are released together.
type Wave struct {
	// Regions of the wave, at most [MaxWaveRegions]. At least one is required.
	Regions []string
	// Bake is how long the wave must stay healthy before the next may begin: whole minutes up to 48h, the longest wait
	// that CodeDeploy offers before it terminates the old tasks; where a service has the engine ecs, up to [MaxECSBake].
	// Default: none in test environments, [DefaultBake] elsewhere.
	Bake time.Duration
}

// BakeIn is the wave's bake time in an environment of that kind.
func (w Wave) BakeIn(kind Kind) time.Duration {
	if w.Bake == 0 && kind != Test {
		return DefaultBake
	}
	return w.Bake
}

// Network sizes the VPC of a target.
type Network struct {
	// AvailabilityZones is the number of zones, 2 or 3. Default: 2 in test environments, 3 elsewhere.
	AvailabilityZones int
	// NatGateways is the number of NAT gateways, 1 to AvailabilityZones. Default: 1 in test environments, one a zone
	// elsewhere.
	NatGateways int
	// Cidr is the VPC's address block, /16 to /20. Default: 10.0.0.0/16.
	Cidr string
	// Endpoints lists the AWS services that tasks reach without the NAT gateways, through an interface endpoint in every
	// zone. S3 has its gateway endpoint always: it costs nothing. Default: none in test environments,
	// [DefaultEndpoints] elsewhere; an empty list means none.
	Endpoints []string
}

// DefaultEndpoints are the interface endpoints outside test environments: what a task needs to start, to read its
// secrets and to log.
var DefaultEndpoints = []string{"ecr.api", "ecr.dkr", "logs", "secretsmanager", "ssm"}

// DefaultBake is the bake time of a wave outside test environments that names none.
const DefaultBake = 10 * time.Minute

// MaxBake is the longest bake time: CodeDeploy keeps the old tasks for at most two days.
// https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_BlueInstanceTerminationOption.html
const MaxBake = 48 * time.Hour

// MaxWatchedBake is the longest bake time of the engine rolling: a build watches it, which CodeBuild ends after 36 hours.
// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
const MaxWatchedBake = 16 * time.Hour

// MaxWaveRegions is how many regions can be released together: a release by CodeDeploy takes four actions in each, beside five that a stage
// has once at most, and a stage has at most [MaxStageActions]. Where a release looks at a canary or has tests, it is fewer; see
// [Plan.StageActions]. It holds for every engine, so that another one does not need other waves.
const MaxWaveRegions = 11

// DefaultCidr is the address block of a VPC that names none.
const DefaultCidr = "10.0.0.0/16"

// WithDefaults returns the network with everything filled in that kind decides.
func (n Network) WithDefaults(kind Kind) Network {
	if n.AvailabilityZones == 0 {
		n.AvailabilityZones = 3
		if kind == Test {
			n.AvailabilityZones = 2
		}
	}
	if n.NatGateways == 0 {
		n.NatGateways = n.AvailabilityZones
		if kind == Test {
			n.NatGateways = 1
		}
	}
	if n.Cidr == "" {
		n.Cidr = DefaultCidr
	}
	if n.Endpoints == nil && kind != Test {
		n.Endpoints = DefaultEndpoints
	}
	return n
}

// CanClose says whether releases to the environment are asked first whether it is open: in production, where the stop switch
// holds, and wherever there are windows or freezes; there it holds, too.
func (e *Environment) CanClose() bool {
	return e.Kind == Production || len(e.Windows) > 0 || len(e.Freezes) > 0
}

// Targets lists the environment's regions in the order of release.
func (e *Environment) Targets(s *Store) []Target {
	var ts []Target
	for _, w := range e.Waves {
		for _, r := range w.Regions {
			ts = append(ts, Target{Store: s, Environment: e, Region: r})
		}
	}
	return ts
}

// Targets lists all targets in the order of release.
func (s *Store) Targets() []Target {
	var ts []Target
	for _, e := range s.Environments {
		ts = append(ts, e.Targets(s)...)
	}
	return ts
}

// Environment returns the environment of that name, or nil.
func (s *Store) Environment(name string) *Environment {
	for _, e := range s.Environments {
		if e.Name == name {
			return e
		}
	}
	return nil
}

// Regions lists every region of the plan once: the tools region first, then in the order of release. Each of them has an
// artifact bucket and a repository per service in the tools account.
func (s *Store) Regions() []string {
	regions := []string{s.Tools.Region}
	seen := map[string]bool{s.Tools.Region: true}
	for _, t := range s.Targets() {
		if !seen[t.Region] {
			seen[t.Region] = true
			regions = append(regions, t.Region)
		}
	}
	return regions
}

// Target is one environment in one region.
type Target struct {
	// Store that the target belongs to.
	Store *Store
	// Environment that the target is part of.
	Environment *Environment
	// Region of the target, one of the environment's.
	Region string
}

// Validate says what is missing for the target's names, which have the store's and the environment's, joined.
func (t Target) Validate() error {
	var errs []error
	if t.Store == nil {
		errs = append(errs, errors.New("Target.Store: required"))
	}
	if t.Environment == nil {
		errs = append(errs, errors.New("Target.Environment: required"))
	}
	return errors.Join(errs...)
}

// Dark says whether customers are kept out of the target.
func (t Target) Dark() bool { return slices.Contains(t.Environment.Dark, t.Region) }

// ID names the target within the store: "beta-us-west-2".
func (t Target) ID() string { return t.Environment.Name + "-" + t.Region }

// WaveID names wave i of the environment in a pipeline: "prod-1", or only "beta" where there is one.
func (e *Environment) WaveID(i int) string {
	if len(e.Waves) == 1 {
		return e.Name
	}
	return e.Name + "-" + strconv.Itoa(i+1)
}

// StageID names the stage of wave i in a pipeline: a wave of one region is named after its target.
func (e *Environment) StageID(i int) string {
	if w := e.Waves[i]; len(w.Regions) == 1 {
		return Target{Environment: e, Region: w.Regions[0]}.ID()
	}
	return e.WaveID(i)
}

// Bake is how long the target's wave must stay healthy before the next may begin.
func (t Target) Bake() time.Duration {
	for _, w := range t.Environment.Waves {
		if slices.Contains(w.Regions, t.Region) {
			return w.BakeIn(t.Environment.Kind)
		}
	}
	return 0
}
