package pipeline

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/template"
)

// The types of resources that are read.
const (
	pipelineType = "AWS::CodePipeline::Pipeline"
	projectType  = "AWS::CodeBuild::Project"
)

// Pipeline is one pipeline of CodePipeline.
type Pipeline struct {
	// Name of the pipeline; its logical id where the template leaves the name to CloudFormation.
	Name string
	// LogicalID of the resource.
	LogicalID string
	// Stack whose template has the pipeline.
	Stack *assembly.Stack
	// Stages in order.
	Stages []*Stage
	// Unattached are the build projects of the same template that no action of any pipeline runs; of a single pipeline, those of all
	// templates.
	Unattached []*Action
}

// Stage is one stage of a pipeline.
type Stage struct {
	// Name of the stage.
	Name string
	// Index of the stage, from 0.
	Index int
	// Actions by the order in which they run.
	Actions []*Action
	// Entry, Success and Failure are the stage's conditions.
	Entry, Success, Failure []Condition
	// OnFailure is what CodePipeline does when the stage fails: "ROLLBACK", "RETRY", "SKIP"; empty for nothing.
	OnFailure string
}

// Condition is a condition of a stage.
type Condition struct {
	// Result is what CodePipeline does where the condition is not met: FAIL, ROLLBACK, RETRY or SKIP.
	Result string
	// Rules of the condition.
	Rules []Rule
}

// Rule is one rule of a condition.
type Rule struct {
	// Name of the rule.
	Name string
	// Provider of the rule: CloudWatchAlarm, DeploymentWindow, VariableCheck, LambdaInvoke, CodeBuild, Commands.
	Provider string
	// Configuration of the rule, as texts.
	Configuration map[string]string
}

// Actions lists the actions of all stages, in order.
func (p *Pipeline) Actions() []*Action {
	var all []*Action
	for _, s := range p.Stages {
		all = append(all, s.Actions...)
	}
	return all
}

// reader reads the templates of one folder.
type reader struct {
	root   string
	stacks []*assembly.Stack
	// used are the projects that an action runs: by stack and logical id.
	used map[*assembly.Stack]map[string]bool
}

// Read lists the pipelines of stacks that were read from the file or folder at root, by the order of the stacks.
func Read(root string, stacks []*assembly.Stack) []*Pipeline {
	if info, err := os.Stat(root); err == nil && !info.IsDir() {
		root = filepath.Dir(root)
	}
	r := &reader{root: root, stacks: stacks, used: map[*assembly.Stack]map[string]bool{}}
	var all []*Pipeline
	for _, s := range stacks {
		for _, res := range s.Resources(pipelineType) {
			all = append(all, r.pipeline(res))
		}
	}
	for _, p := range all {
		near := []*assembly.Stack{p.Stack}
		if len(all) == 1 {
			near = stacks // there is no other pipeline that they could be for
		}
		for _, s := range near {
			r.unattached(p, s)
		}
	}
	return all
}

// unattached adds the projects of a stack that no action runs.
func (r *reader) unattached(p *Pipeline, s *assembly.Stack) {
	for _, res := range s.Resources(projectType) {
		if !r.used[s][res.LogicalID] {
			a := &Action{Name: res.LogicalID, Pipeline: p, Provider: codeBuild, Owner: "AWS", Configuration: map[string]string{}}
			r.build(a, res)
			p.Unattached = append(p.Unattached, a)
		}
	}
}

func (r *reader) pipeline(res assembly.Resource) *Pipeline {
	in := template.In(res.Stack)
	props, _ := in.Value(res.Properties).(map[string]any)
	p := &Pipeline{Name: text(props["Name"]), LogicalID: res.LogicalID, Stack: res.Stack}
	if p.Name == "" || strings.HasPrefix(p.Name, "«") {
		p.Name = res.LogicalID
	}
	// What projects the actions run is in the references, which values have no more.
	raw := rawActions(in, res.Properties["Stages"])
	n := 0
	for i, item := range list(props["Stages"]) {
		stage, _ := item.(map[string]any)
		s := &Stage{Name: text(stage["Name"]), Index: i}
		s.Entry = conditions(stage["BeforeEntry"])
		s.Success = conditions(stage["OnSuccess"])
		s.Failure = conditions(stage["OnFailure"])
		if failure, ok := stage["OnFailure"].(map[string]any); ok {
			s.OnFailure = text(failure["Result"])
		}
		for _, item := range list(stage["Actions"]) {
			action, _ := item.(map[string]any)
			a := newAction(p, s, action)
			var reference any
			if n < len(raw) {
				reference = raw[n]
			}
			n++
			r.steps(a, action, reference)
			s.Actions = append(s.Actions, a)
		}
		slices.SortStableFunc(s.Actions, func(a, b *Action) int { return cmp.Compare(a.Order, b.Order) })
		p.Stages = append(p.Stages, s)
	}
	return p
}

// rawActions lists the name of the project of each action, with its functions.
func rawActions(in template.Resolver, stages any) []any {
	var names []any
	for _, item := range chosen(stages) {
		stage, _ := item.(map[string]any)
		for _, item := range chosen(stage["Actions"]) {
			action, _ := item.(map[string]any)
			configuration, _ := choose(action["Configuration"]).(map[string]any)
			names = append(names, choose(configuration["ProjectName"]))
		}
	}
	return names
}

// choose takes the alternative of Fn::If that template.Resolver takes.
func choose(v any) any {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return v
	}
	alternatives, ok := m["Fn::If"].([]any)
	if !ok || len(alternatives) != 3 {
		return v
	}
	for _, x := range alternatives[1:] {
		x = choose(x)
		if m, ok := x.(map[string]any); !ok || m["Ref"] != template.NoValue {
			return x
		}
	}
	return map[string]any{"Ref": template.NoValue}
}

// chosen is a list with its alternatives chosen, without what is removed.
func chosen(v any) []any {
	items, _ := choose(v).([]any)
	var kept []any
	for _, x := range items {
		x = choose(x)
		if m, ok := x.(map[string]any); !ok || m["Ref"] != template.NoValue {
			kept = append(kept, x)
		}
	}
	return kept
}

func conditions(v any) []Condition {
	m, _ := v.(map[string]any)
	var all []Condition
	for _, item := range list(m["Conditions"]) {
		c, _ := item.(map[string]any)
		condition := Condition{Result: text(c["Result"])}
		if condition.Result == "" {
			condition.Result = text(m["Result"])
		}
		for _, item := range list(c["Rules"]) {
			rule, _ := item.(map[string]any)
			id, _ := rule["RuleTypeId"].(map[string]any)
			condition.Rules = append(condition.Rules, Rule{
				Name: text(rule["Name"]), Provider: text(id["Provider"]), Configuration: texts(rule["Configuration"]),
			})
		}
		all = append(all, condition)
	}
	return all
}

func list(v any) []any {
	l, _ := v.([]any)
	return l
}

func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(v)
	}
	return ""
}

func texts(v any) map[string]string {
	m, _ := v.(map[string]any)
	t := make(map[string]string, len(m))
	for k, x := range m {
		t[k] = text(x)
	}
	return t
}

// beside is the path of a file of the assembly, or of the folder, that a template names.
func (r *reader) beside(s *assembly.Stack, name string) string {
	return filepath.Join(r.root, filepath.Dir(filepath.FromSlash(s.File)), filepath.FromSlash(name))
}
