package conformance

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/text"
)

// waves divides the targets of an environment by when they are deployed: those of one stage and order together.
func (e *environment) waves() [][]*target {
	var all [][]*target
	var at []*pipeline.Action
	for _, t := range e.targets {
		first := t.deploys[0]
		i := slices.IndexFunc(at, func(a *pipeline.Action) bool { return a.Stage == first.Stage && a.Order == first.Order })
		if i < 0 {
			i = len(all)
			all, at = append(all, nil), append(at, first)
		}
		all[i] = append(all[i], t)
	}
	return all
}

// shifting are names of deployment configurations that move traffic bit by bit.
var shifting = regexp.MustCompile(`(?i)canary|linear|oneatatime|halfatatime|one-at-a-time`)

func progressive(s *subject, env *environment, r *search) {
	waves := env.waves()
	if len(env.targets) < 2 && s.not["application"] != "" {
		r.none = "one target, and no application whose traffic could move"
		return
	}
	if len(waves) > 1 {
		for i, w := range waves {
			var names []string
			for _, t := range w {
				names = append(names, t.String())
			}
			first := w[0].deploys[0]
			f := Finding{Stage: first.Stage.Name, Action: first.Name, Command: fmt.Sprintf("wave %d of %d: %s", i+1, len(waves), text.List(names)), covers: w, Blocks: true, CanFail: true}
			if fault := stageFault(first.Stage); fault != "" {
				f.Blocks, f.Reason = false, fault
			}
			r.found = append(r.found, f)
		}
		return
	}
	for _, t := range env.targets {
		for _, stack := range t.stacks {
			r.found = append(r.found, shifts(stack, t)...)
		}
		if t.blind || slices.ContainsFunc(t.deploys, func(a *pipeline.Action) bool {
			return strings.HasPrefix(a.Provider, "CodeDeploy") && len(t.stacks) == 0
		}) {
			r.hidden = "how traffic moves in " + t.String() + " is in a template that is not here"
		}
	}
	if len(r.found) == 0 && r.hidden == "" {
		first := env.deploys[0]
		r.found = append(r.found, Finding{
			Stage: first.Stage.Name, Action: first.Name, Command: text.Count(len(env.targets), "target") + " in one wave", Blocks: true,
			Reason: "everything is deployed at once: there is one wave, and nothing moves traffic bit by bit",
		})
	}
}

// shifts is how a stack moves traffic to a new version.
func shifts(stack *assembly.Stack, t *target) []Finding {
	var found []Finding
	add := func(res assembly.Resource, how string, good bool) {
		f := Finding{Command: res.Type + " " + res.LogicalID + ": " + how, Environment: t.String(), covers: []*target{t}, Blocks: true, CanFail: good}
		if !good {
			f.Reason = "all traffic moves at once (" + how + "), and there is one wave"
		}
		found = append(found, f)
	}
	for _, res := range stack.Resources("AWS::CodeDeploy::DeploymentConfig") {
		for _, kind := range properties(stack, res)("TrafficRoutingConfig.Type") {
			add(res, kind, kind != "AllAtOnce")
		}
	}
	if len(found) == 0 {
		for _, res := range stack.Resources("AWS::CodeDeploy::DeploymentGroup") {
			for _, name := range properties(stack, res)("DeploymentConfigName") {
				add(res, name, shifting.MatchString(name))
			}
		}
	}
	for _, res := range stack.Resources("AWS::ECS::Service") {
		for _, strategy := range properties(stack, res)("DeploymentConfiguration.Strategy") {
			add(res, strategy, strategy == "CANARY" || strategy == "LINEAR")
		}
	}
	for _, res := range stack.Resources("AWS::Serverless::Function") {
		for _, kind := range properties(stack, res)("DeploymentPreference.Type") {
			add(res, kind, shifting.MatchString(kind))
		}
	}
	return found
}

func bake(s *subject, env *environment, r *search) {
	minutes := func(v values, name string) bool {
		for _, text := range v.property(name) {
			if n, err := strconv.Atoi(text); err == nil && n > 0 {
				return true
			}
		}
		return false
	}
	for _, t := range env.targets {
		for _, stack := range t.stacks {
			for _, pair := range [][2]string{
				{"AWS::CodeDeploy::DeploymentGroup", "BlueGreenDeploymentConfiguration.TerminateBlueInstancesOnDeploymentSuccess.TerminationWaitTimeInMinutes"},
				{"AWS::ECS::Service", "DeploymentConfiguration.BakeTimeInMinutes"},
			} {
				typ, property := pair[0], pair[1]
				for _, res := range stack.Resources(typ) {
					v := values{property: properties(stack, res)}
					if minutes(v, property) {
						r.found = append(r.found, Finding{
							Command:     fmt.Sprintf("%s %s: %s minutes", res.Type, res.LogicalID, text.List(v.property(property))),
							Environment: t.String(), covers: []*target{t}, Blocks: true, CanFail: true,
						})
					}
				}
			}
		}
		if t.blind {
			r.hidden = "it may be in what is deployed to " + t.String() + ", whose template is not here"
		}
	}
	rule := &Evidence{Rule: "CloudWatchAlarm", When: []string{"success", "entry"}, Require: []Check{{Property: []string{"WaitTime"}, Not: []string{"0"}, Because: "waits for nothing (WaitTime)"}}}
	for _, st := range s.pipeline.Stages {
		for _, f := range rules(rule, st) {
			f.covers = env.in(st)
			if strings.HasPrefix(f.Command, "condition entry") {
				f.covers = env.earlier(st)
			}
			if len(f.covers) > 0 {
				r.found = append(r.found, f)
			}
		}
	}
	s.waits(env, r)
	// Nothing follows the last wave that could wait for it.
	waves := env.waves()
	if len(waves) > 1 && len(r.found) > 0 {
		last := waves[len(waves)-1]
		for i := range r.found {
			if r.found[i].good() {
				r.found[i].covers = append(slices.Clone(r.found[i].covers), last...)
			}
		}
	}
	slices.SortStableFunc(r.found, func(a, b Finding) int { return strings.Compare(a.Environment+a.Command, b.Environment+b.Command) })
}

// earlier lists the targets that are deployed before a stage, where the stage deploys to the environment itself.
func (e *environment) earlier(st *pipeline.Stage) []*target {
	var all []*target
	for _, t := range e.targets {
		if t.deploys[0].Stage.Index < st.Index && slices.ContainsFunc(e.deploys, func(a *pipeline.Action) bool { return a.Stage == st }) {
			all = append(all, t)
		}
	}
	return all
}

var bakeName = regexp.MustCompile(`\b(bake|soak|wait)\b`)

// waits adds the actions between the waves that wait.
func (s *subject) waits(env *environment, r *search) {
	for _, a := range env.actions {
		if !bakeName.MatchString(phrase(a.Name)) {
			continue
		}
		covers := env.mentioned(a)
		if len(covers) == 0 {
			covers = env.in(a.Stage)
		}
		if len(covers) == 0 {
			for _, t := range env.targets {
				if t.last().Before(a) {
					covers = append(covers, t)
				}
			}
		}
		if a.Hidden != "" {
			r.hidden = "it may be in " + place(a) + ": " + a.Hidden
			continue
		}
		r.found = append(r.found, Finding{Stage: a.Stage.Name, Action: a.Name, Project: a.Project, Command: a.Provider, covers: covers, Blocks: true, CanFail: true})
	}
}
