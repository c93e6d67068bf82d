package build

import (
	"strconv"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// SyntheticTestProps configures a [SyntheticTest].
type SyntheticTestProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is any output of an earlier step; a CodeBuild action must have one. Default: the pipeline's first source.
	Input pipelines.IFileSetProducer
	// Targets whose canaries are looked at. At least one is required.
	Targets []SyntheticTarget
}

// SyntheticTarget is the canary of a service in one target.
type SyntheticTarget struct {
	// ID names the target in the pipeline: letters, digits, periods, hyphens and underscores, unique. Required.
	ID string
	// InspectorRoleARN is the role of the target's account that may read the canary's runs. Required.
	InspectorRoleARN string
	// Region of the canary. Required.
	Region string
	// Canary is its name. Required.
	Canary string
	// Asks says what the canary asks, for a person: "GET /health at https://catalog.internal.shop.example.com:21234". Required.
	Asks string
	// Interval between two of its runs, in whole minutes, 1m to [environment.MaxCanaryRun]. Required.
	Interval time.Duration
	// Settled is how long all requests have gone to the new version when the test begins, at least, in whole minutes up to
	// [environment.MaxBake]: the bake that the release before it waited out. Runs since then count. Default: only runs that begin with
	// the test or later.
	Settled time.Duration
}

// Validate reports every problem in p.
func (p *SyntheticTestProps) Validate() error {
	var c check
	c.project(p.Project)
	seen := map[string]bool{}
	for i, t := range p.Targets {
		at := "Targets[" + itoa(i) + "]"
		c.target(at, t.ID, seen)
		c.Under(at, t.Validate())
	}
	c.some("Targets", len(p.Targets))
	return c.Err()
}

// Validate reports every problem in t but its ID, which must be unique among others.
func (t SyntheticTarget) Validate() error {
	var c check
	c.role(t.InspectorRoleARN)
	c.region("Region", t.Region)
	c.matches("Canary", t.Canary, canaryForm, "1 to 255 lower-case letters, digits, hyphens and underscores")
	if t.Asks == "" {
		c.Addf("Asks", "required: what the canary asks, for a person")
	}
	if t.Interval < time.Minute || t.Interval > environment.MaxCanaryRun || t.Interval%time.Minute != 0 {
		c.Addf("Interval", "must be whole minutes, 1m to %dm, got %s", int(environment.MaxCanaryRun.Minutes()), t.Interval)
	}
	if t.Settled < 0 || t.Settled > environment.MaxBake || t.Settled%time.Minute != 0 {
		c.Addf("Settled", "must be whole minutes up to %dh, got %s", int(environment.MaxBake.Hours()), t.Settled)
	}
	return c.Err()
}

func (p *SyntheticTestProps) withDefaults() *SyntheticTestProps {
	if p == nil {
		return &SyntheticTestProps{}
	}
	d := *p
	return &d
}

// SyntheticTest looks whether the canaries of a service have passed since its release: [environment.SyntheticRuns] runs in a row. As many
// failed ones in a row end it at once, and so does the time in which the runs must have come. One project serves all targets of a
// pipeline; [SyntheticTest.In] is the test of those of a wave. It belongs after the release, and after the bake that the release waits
// out: then the runs that count are there already, as a rule, and it takes seconds.
type SyntheticTest struct {
	node.Construct
	// Project runs the test.
	Project awscodebuild.PipelineProject

	targets targetProject
}

// NewSyntheticTest creates the project. It costs build minutes of a small host, for as long as runs are waited for: without a bake some
// six minutes with a canary of every three. The inspector roles need synthetics:GetCanaryRuns.
func NewSyntheticTest(scope constructs.Construct, id string, props *SyntheticTestProps) *SyntheticTest {
	p := props.withDefaults()
	node.Must("build.SyntheticTest", scope, id, p.Validate())
	s := &SyntheticTest{}
	node.Init(s, scope, id)
	var targets []targetVariables
	var roles []string
	var interval time.Duration
	for _, t := range p.Targets {
		interval = max(interval, t.Interval)
		roles = append(roles, t.InspectorRoleARN)
		targets = append(targets, targetVariables{t.ID, [][2]string{
			{"INSPECTOR_ROLE_ARN", t.InspectorRoleARN},
			{"TARGET_REGION", t.Region},
			{"CANARY", t.Canary},
			{"ASKS", t.Asks},
			{"LOGS", environment.CanaryLogGroups(t.Canary)},
			{"INTERVAL_MINUTES", minutes(t.Interval)},
			{"SETTLED_MINUTES", minutes(t.Settled)},
		}})
	}
	// The script's own time for the runs, a tenth more for its calls, and that of the host to start.
	longest := (environment.SyntheticRuns+2)*interval + 2*time.Minute
	longest += longest/10 + 10*time.Minute
	s.Project = newProject(s, id, step{
		project: p.Project, timeout: longest.Round(time.Minute),
		commands:    []string{scriptFor(targets, "inspector", "synthetic")},
		variables:   map[string]string{"RUNS": strconv.Itoa(environment.SyntheticRuns)},
		permissions: inspect(roles...),
	})
	s.targets = targetProject{id: id, project: s.Project, input: p.Input, targets: ids(targets)}
	return s
}

// In is the test of the targets of those IDs, of the props'.
func (s *SyntheticTest) In(targets ...string) *TargetActions { return s.targets.in(targets, nil) }
