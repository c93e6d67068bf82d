package pipeline

import (
	"regexp"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/shell"
	"github.com/storeship/storeship/internal/template"
)

const codeBuild = "CodeBuild"

// Action is one action of a stage, or a build project that no action runs.
type Action struct {
	// Name of the action.
	Name string
	// Pipeline of the action.
	Pipeline *Pipeline
	// Stage of the action; nil for a project that no action runs.
	Stage *Stage
	// Category, Owner and Provider of the action's type.
	Category, Owner, Provider string
	// Order is the run order within the stage, 1 without one.
	Order int
	// Configuration of the action, as texts.
	Configuration map[string]string
	// Account and Region that the action acts in; empty where the template does not say.
	Account, Region string
	// Inputs and Outputs are the names of artifacts.
	Inputs, Outputs []string
	// Project is the build project, by its name or its logical id; empty for an action of another kind.
	Project string
	// ProjectName is the name of the build project; empty where the template leaves it to CloudFormation.
	ProjectName string
	// Variables that the commands of the action find, as far as the template says.
	Variables map[string]string
	// Own are the variables that the action gives the project; other actions of the same project have others.
	Own map[string]string
	// Steps are the commands, in order.
	Steps []Step
	// Hidden says why some or all of what the action does cannot be seen here; empty where it can.
	Hidden string
}

// Step is one command of an action.
type Step struct {
	shell.Command
	// Phase of the buildspec that the command is in.
	Phase string
}

// Before says whether a is over when b begins: in an earlier stage, or of lower order in the same one.
func (a *Action) Before(b *Action) bool {
	if a.Stage.Index != b.Stage.Index {
		return a.Stage.Index < b.Stage.Index
	}
	return a.Order < b.Order
}

// accountOf finds the account in the ARN of a role.
var accountOf = regexp.MustCompile(`:iam::([0-9]{12}):`)

func newAction(p *Pipeline, s *Stage, props map[string]any) *Action {
	id, _ := props["ActionTypeId"].(map[string]any)
	a := &Action{
		Name: text(props["Name"]), Pipeline: p, Stage: s, Order: 1,
		Category: text(id["Category"]), Owner: text(id["Owner"]), Provider: text(id["Provider"]),
		Configuration: texts(props["Configuration"]),
		Account:       p.Stack.Account, Region: text(props["Region"]),
		Inputs: artifacts(props["InputArtifacts"]), Outputs: artifacts(props["OutputArtifacts"]),
	}
	if n, ok := props["RunOrder"].(float64); ok {
		a.Order = int(n)
	}
	if a.Region == "" {
		a.Region = p.Stack.Region
	}
	for _, arn := range []string{text(props["RoleArn"]), a.Configuration["RoleArn"]} {
		if m := accountOf.FindStringSubmatch(arn); m != nil {
			a.Account = m[1]
			break
		}
	}
	return a
}

func artifacts(v any) []string {
	var names []string
	for _, item := range list(v) {
		if m, ok := item.(map[string]any); ok {
			names = append(names, text(m["Name"]))
		}
	}
	return names
}

// steps fills in what the action runs.
func (r *reader) steps(a *Action, props map[string]any, project any) {
	switch {
	case a.Provider == codeBuild && a.Owner == "AWS":
		r.codeBuild(a, project)
	case a.Provider == "Commands":
		a.Variables = pairs(props["EnvironmentVariables"])
		a.Own = a.Variables
		var commands []string
		for _, c := range list(props["Commands"]) {
			commands = append(commands, text(c))
		}
		a.run([]phase{{name: "commands", commands: commands}}, a.Variables, "")
	case a.Category == "Invoke" && a.Provider == "Lambda":
		a.Hidden = "a Lambda function does it: " + a.Configuration["FunctionName"]
	case a.Category == "Invoke" && a.Provider == "StepFunctions":
		a.Hidden = "a state machine does it: " + a.Configuration["StateMachineArn"]
	case a.Owner == "Custom" || a.Owner == "ThirdParty" && a.Category != "Source":
		a.Hidden = a.Provider + " does it, outside of AWS"
	case a.Category == "Test":
		a.Hidden = a.Provider + " does it"
	}
}

// codeBuild finds the project that the action runs.
func (r *reader) codeBuild(a *Action, reference any) {
	a.Project = a.Configuration["ProjectName"]
	stack := a.Pipeline.Stack
	if id, ok := template.In(stack).Resource(reference); ok {
		if res, _ := stack.Resource(id); res.Type == projectType {
			r.found(a, res)
			return
		}
	}
	// A project of another stack is known by its name, in the account and the region of the action.
	for _, s := range append([]*assembly.Stack{stack}, r.stacks...) {
		for _, res := range s.Resources(projectType) {
			if name := textIn(s, res.Properties["Name"]); name != "" && name == a.Project && s.Account == a.Account && s.Region == a.Region {
				r.found(a, res)
				return
			}
		}
	}
	a.Own = environment(a.Configuration["EnvironmentVariables"])
	a.Variables = a.Own
	a.Hidden = "the build project " + a.Project + " is not in these templates"
}

func (r *reader) found(a *Action, res assembly.Resource) {
	if r.used[res.Stack] == nil {
		r.used[res.Stack] = map[string]bool{}
	}
	r.used[res.Stack][res.LogicalID] = true
	r.build(a, res)
}

// run reads the commands of phases. Why is what loses the failure of them all.
func (a *Action) run(phases []phase, variables map[string]string, why string) {
	var scripts []string
	var of []phase
	for _, p := range phases {
		for _, c := range p.commands {
			scripts, of = append(scripts, c), append(of, p)
		}
	}
	for i, result := range shell.Read(scripts, variables) {
		if result.Err != nil {
			a.hide("a command is no shell script that can be read: " + strings.SplitN(strings.TrimSpace(scripts[i]), "\n", 2)[0])
		}
		for _, c := range result.Commands {
			for _, lost := range []string{of[i].lost, why} {
				if c.Lost == "" {
					c.Lost = lost
				}
			}
			a.Steps = append(a.Steps, Step{Command: c, Phase: of[i].name})
		}
	}
}

func (a *Action) hide(why string) {
	if a.Hidden == "" {
		a.Hidden = why
	}
}
