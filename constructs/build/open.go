package build

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// executionID is the running execution, as CodePipeline writes it into the configuration of its actions.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-variables.html
const executionID = "#{codepipeline.PipelineExecutionId}"

// OpenCheckProps configures an [OpenCheck].
type OpenCheckProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is any output of an earlier step; a CodeBuild action must have one. Default: the pipeline's first source.
	Input pipelines.IFileSetProducer
	// Pipeline is the name of the pipeline that asks. Required.
	Pipeline string
	// Account is the 12-digit id of the account of the parameters, the one that the check runs in. Required.
	Account string
	// Region of the parameters. Required.
	Region string
	// BreakGlass is the SSM parameter with the execution that a person lets pass. Nothing creates it but that person. Required.
	BreakGlass string
	// Environments that can be closed. At least one is required.
	Environments []OpenEnvironment
}

// OpenEnvironment is an environment that an [OpenCheck] knows.
type OpenEnvironment struct {
	// ID names the environment, uniquely among those of the check. Required.
	ID string
	// Stop is the SSM parameter that closes the environment. Nothing creates it but people. Required.
	Stop string
	// Windows are the times in which releases may begin. Default: always.
	Windows []environment.Window
	// Freezes are times in which no release begins. Default: none.
	Freezes []environment.Freeze
}

// Validate reports every problem in p.
func (p *OpenCheckProps) Validate() error {
	var c check
	c.project(p.Project)
	c.matches("Pipeline", p.Pipeline, pipelineForm, "1 to 100 letters, digits and . @ _ -")
	c.matches("Account", p.Account, accountForm, "12 digits")
	c.region("Region", p.Region)
	c.matches("BreakGlass", p.BreakGlass, parameterForm, "a slash, and then letters, digits and . _ - /")
	seen := map[string]bool{}
	for i, e := range p.Environments {
		at := "Environments[" + itoa(i) + "]"
		c.target(at, e.ID, seen)
		c.Under(at, e.Validate())
	}
	c.some("Environments", len(p.Environments))
	return c.Err()
}

// Validate reports every problem in e but its ID, which must be unique among others.
func (e OpenEnvironment) Validate() error {
	var c check
	c.matches("Stop", e.Stop, parameterForm, "a slash, and then letters, digits and . _ - /")
	c.Add(environment.CheckOpenings(e.Windows, e.Freezes))
	return c.Err()
}

// variables of the script: each a line for each window, freeze and time zone.
func (e OpenEnvironment) variables() [][2]string {
	var windows, freezes, zones []string
	seen := map[string]bool{}
	for _, w := range e.Windows {
		from, to := w.Minutes()
		windows = append(windows, fmt.Sprintf("%s %s %d %d %s", w.Zone(), w.Weekdays(), from, to, w))
		if seen[w.Zone()] {
			continue
		}
		seen[w.Zone()] = true
		changes, until := environment.ZoneChanges(w.Zone())
		line := w.Zone()
		for _, c := range changes {
			line += fmt.Sprintf(" %d:%d", c.At.Unix(), c.East)
		}
		zones = append(zones, fmt.Sprintf("%s %d:", line, until.Unix()))
	}
	for _, f := range e.Freezes {
		from, to := f.Span()
		freezes = append(freezes, fmt.Sprintf("%d %d %s", from.Unix(), to.Unix(), f))
	}
	return [][2]string{
		{"STOP", e.Stop}, {"WINDOWS", strings.Join(windows, "\n")}, {"FREEZES", strings.Join(freezes, "\n")}, {"ZONES", strings.Join(zones, "\n")},
	}
}

func (p *OpenCheckProps) withDefaults() *OpenCheckProps {
	if p == nil {
		return &OpenCheckProps{}
	}
	d := *p
	return &d
}

// OpenCheck looks whether an environment takes releases now, and stops the stage where it does not. It belongs after the approval
// and before everything else of a stage: so a stop holds that comes while the approval waits. It is closed while the parameter
// Stop has a value other than "open", with or without words after it; a parameter that is not there is open, one that
// cannot be read is closed. It is closed outside of its windows, where it has some, and in a freeze. A person lets one execution pass by writing its id, who and why, into BreakGlass: the log, the
// parameter's history and CloudTrail keep it, and no other execution passes by it. One project serves all environments of a pipeline.
type OpenCheck struct {
	node.Construct
	// Project runs the check.
	Project awscodebuild.PipelineProject

	environments targetProject
	// windows says which environments have some.
	windows map[string]bool
}

// InWindow ends the name of the check's action where it looks at windows, so that people and `storeship conformance` see it.
const InWindow = "InWindow"

// NewOpenCheck creates the project. It costs a build minute of a small host a stage.
func NewOpenCheck(scope constructs.Construct, id string, props *OpenCheckProps) *OpenCheck {
	p := props.withDefaults()
	node.Must("build.OpenCheck", scope, id, p.Validate())
	c := &OpenCheck{windows: map[string]bool{}}
	node.Init(c, scope, id)
	arn := func(parameter string) string {
		return "arn:aws:ssm:" + p.Region + ":" + p.Account + ":parameter" + parameter
	}
	read := permission{actions: []string{"ssm:GetParameter", "ssm:GetParameterHistory"}, resources: []string{arn(p.BreakGlass)}}
	var environments []targetVariables
	for _, e := range p.Environments {
		c.windows[e.ID] = len(e.Windows) > 0
		read.resources = append(read.resources, arn(e.Stop))
		environments = append(environments, targetVariables{e.ID, e.variables()})
	}
	c.Project = newProject(c, id, step{
		project: p.Project, timeout: 10 * time.Minute,
		commands:    []string{scriptFor(environments, "open")},
		variables:   map[string]string{"TOOLS": p.Region, "PIPELINE": p.Pipeline, "BREAK_GLASS": p.BreakGlass},
		permissions: []permission{read},
	})
	c.environments = targetProject{id: id, project: c.Project, input: p.Input, targets: ids(environments)}
	return c
}

// In is the check of the environment of that ID, of the props', in the stage of that name, which the check tells people to retry.
func (c *OpenCheck) In(environment, stage string) *TargetActions {
	actions := c.environments.in([]string{environment}, map[string]string{"STAGE": stage, "EXECUTION": executionID})
	if c.windows[environment] {
		actions.id += InWindow
	}
	return actions
}
