package graph

import (
	"sort"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/value"
)

// Pipeline is one pipeline of CodePipeline.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/reference-pipeline-structure.html
type Pipeline struct {
	// Name of the pipeline; its logical id where CloudFormation names it.
	Name string `json:"name"`
	// Stack that the pipeline is in.
	Stack *assembly.Stack `json:"-"`
	// LogicalID of the pipeline within its stack.
	LogicalID string `json:"-"`
	// Account of the pipeline, empty when the app leaves it open.
	Account string `json:"account"`
	// Region of the pipeline, empty when the app leaves it open.
	Region string `json:"region"`
	// Stages in order.
	Stages []Stage `json:"stages"`
}

// Stage is one stage of a pipeline.
type Stage struct {
	// Name of the stage.
	Name string `json:"name"`
	// Actions by the order in which they run.
	Actions []Action `json:"actions"`
	// Conditions that hold the stage, by when: BeforeEntry, OnSuccess, OnFailure.
	Conditions map[string]any `json:"-"`
}

// Action is one action of a stage.
type Action struct {
	// Name of the action.
	Name string `json:"name"`
	// Category is Source, Build, Test, Deploy, Approval or Invoke.
	Category string `json:"category"`
	// Provider of the action: CodeBuild, CloudFormation, Manual.
	Provider string `json:"provider"`
	// Order of the action within its stage; actions of the same order run side by side.
	Order int `json:"order"`
	// Region that the action runs in.
	Region string `json:"region,omitempty"`
	// Deploys is the stack that the action deploys, empty for other actions.
	Deploys string `json:"deploys,omitempty"`
	// Configuration of the action, as the template has it.
	Configuration map[string]any `json:"-"`
	// Index of the action in the template, and of its stage.
	Index int `json:"-"`
}

// Guards says whether the action can stop a release: it approves, tests or checks.
func (a Action) Guards() bool {
	return a.Category == "Approval" || a.Category == "Test" || a.Category == "Build" || a.Category == "Invoke"
}

// Approves says whether a person must agree.
func (a Action) Approves() bool { return a.Category == "Approval" }

// pipelineType is a pipeline in a template.
const pipelineType = "AWS::CodePipeline::Pipeline"

// Pipelines lists the pipelines of the stacks, by name.
func Pipelines(stacks []*assembly.Stack) []Pipeline {
	var all []Pipeline
	for _, s := range stacks {
		for _, r := range s.Resources(pipelineType) {
			all = append(all, Read(r))
		}
	}
	sort.SliceStable(all, func(i, j int) bool { return all[i].Name < all[j].Name })
	return all
}

// Read reads a pipeline from its resource.
func Read(r assembly.Resource) Pipeline {
	p := Pipeline{Name: r.LogicalID, Stack: r.Stack, LogicalID: r.LogicalID}
	if r.Stack != nil {
		p.Account, p.Region = r.Stack.Account, r.Stack.Region
	}
	if name, ok := r.Properties["Name"].(string); ok {
		p.Name = name
	}
	for _, raw := range value.Objects(r.Properties["Stages"]) {
		s := Stage{Name: value.Show(raw["Name"], nil), Conditions: map[string]any{}}
		for _, when := range []string{"BeforeEntry", "OnSuccess", "OnFailure"} {
			if raw[when] != nil {
				s.Conditions[when] = raw[when]
			}
		}
		for i, a := range value.Objects(raw["Actions"]) {
			s.Actions = append(s.Actions, action(a, i, p.Region))
		}
		sort.SliceStable(s.Actions, func(i, j int) bool { return s.Actions[i].Order < s.Actions[j].Order })
		p.Stages = append(p.Stages, s)
	}
	return p
}

func action(raw map[string]any, index int, region string) Action {
	id, _ := raw["ActionTypeId"].(map[string]any)
	a := Action{Name: value.Show(raw["Name"], nil), Order: 1, Region: region, Index: index}
	a.Category, _ = id["Category"].(string)
	a.Provider, _ = id["Provider"].(string)
	if order, ok := raw["RunOrder"].(float64); ok {
		a.Order = int(order)
	}
	if r, ok := raw["Region"].(string); ok {
		a.Region = r
	}
	a.Configuration, _ = raw["Configuration"].(map[string]any)
	if a.Provider == "CloudFormation" {
		a.Deploys, _ = a.Configuration["StackName"].(string)
	}
	return a
}

// Target is what an action's name begins with, in a stage that deploys to several targets: "prod-eu-west-1" of
// "prod-eu-west-1.Smoke". It is the stage's name in a stage of one target.
func (s Stage) Target(a Action) string {
	if before, _, ok := strings.Cut(a.Name, "."); ok && (a.Deploys == "" || before != a.Deploys) {
		return before
	}
	return s.Name
}

// Targets lists the targets that the stage deploys to, in the order of their first action.
func (s Stage) Targets() []string {
	var all []string
	seen := map[string]bool{}
	for _, a := range s.Actions {
		if t := s.Target(a); a.Category == "Deploy" && !seen[t] {
			seen[t] = true
			all = append(all, t)
		}
	}
	return all
}
