package conformance

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/pipeline"
)

// in lists the targets that a stage deploys to.
func (e *environment) in(st *pipeline.Stage) []*target {
	var all []*target
	for _, t := range e.targets {
		if slices.ContainsFunc(t.deploys, func(a *pipeline.Action) bool { return a.Stage == st }) {
			all = append(all, t)
		}
	}
	return all
}

// aimed says which targets of an environment a gate is for, and whether it comes after what it tests, or before what it guards.
func (s *subject) aimed(g *Gate, f Finding, a *pipeline.Action, env *environment) Finding {
	aims := env.mentioned(a)
	if len(aims) == 0 {
		aims = env.in(a.Stage)
	}
	if len(aims) == 0 {
		aims = env.targets
	}
	why := ""
	for _, t := range aims {
		fault := s.misplaced(g, a, t)
		if fault == "" {
			f.covers = append(f.covers, t)
		}
		why = either(fault, why)
	}
	if len(f.covers) == 0 {
		f.Blocks, f.Reason = false, either(f.Reason, why)
	}
	if g.Order != orderAny && len(f.covers) == 1 && len(env.targets) > 1 {
		f.Environment = f.covers[0].String()
	}
	return f
}

// misplaced says why an action is at a wrong place for a target; empty where it is at a right one.
func (s *subject) misplaced(g *Gate, a *pipeline.Action, t *target) string {
	first, last := t.deploys[0], t.last()
	switch {
	case g.Order == orderAny:
	case g.Order == orderBefore:
		if !a.Before(first) {
			return s.late(a, first)
		}
	case last.Before(a):
	case last.Stage == a.Stage && last.Order == a.Order:
		return "it runs beside " + place(last) + ", which releases what it is for"
	default:
		return "it runs before " + place(last) + " has released what it is for"
	}
	return ""
}

// candidates are the actions that may be a gate of an environment: its own, and for one that guards it those since the environment before.
func (s *subject) candidates(g *Gate, env *environment) []*pipeline.Action {
	if g.Order != orderBefore {
		return env.actions
	}
	i := slices.Index(s.envs, env)
	var all []*pipeline.Action
	for _, a := range s.pipeline.Actions() {
		since := i == 0 || s.envs[i-1].deploys[len(s.envs[i-1].deploys)-1].Before(a)
		if since && a.Before(env.deploys[0]) || slices.Contains(env.actions, a) {
			all = append(all, a)
		}
	}
	return all
}

// telling are names of variables whose values say what a build is aimed at.
var telling = []string{"REGION", "URL", "TARGET", "ENDPOINT", "HOST", "STACK", "CLUSTER"}

// mentioned lists the targets that an action names, by region or by the prefix that CDK Pipelines gives.
func (e *environment) mentioned(a *pipeline.Action) []*target {
	var said []string
	for _, v := range a.Own {
		said = append(said, v)
	}
	for name, v := range a.Variables {
		if slices.ContainsFunc(telling, func(t string) bool { return strings.Contains(strings.ToUpper(name), t) }) {
			said = append(said, v)
		}
	}
	said = append(said, a.Name, a.Project)
	if a.Region != a.Pipeline.Stack.Region {
		said = append(said, a.Region)
	}
	prefix, _, _ := strings.Cut(a.Name, ".")
	var all []*target
	for _, t := range e.targets {
		alone := !slices.ContainsFunc(e.targets, func(o *target) bool { return o != t && o.region == t.region })
		names := slices.ContainsFunc(said, func(v string) bool {
			return t.region != "" && strings.Contains(v, t.region) && (alone || strings.Contains(v, t.account))
		})
		if names || slices.Contains(t.prefixes, prefix) && strings.Contains(a.Name, ".") {
			all = append(all, t)
		}
	}
	return all
}
