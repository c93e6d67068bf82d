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

// aimed says which targets of an environment a test is for, and whether it comes after what it tests.
func (s *subject) aimed(g *Gate, f Finding, a *pipeline.Action, env *environment) Finding {
	aims := env.mentioned(a)
	if len(aims) == 0 {
		aims = env.in(a.Stage)
	}
	if len(aims) == 0 {
		aims = env.targets
	}
	if g.Order == orderAny {
		f.covers = aims
		return f
	}
	early := ""
	for _, t := range aims {
		if t.last().Before(a) {
			f.covers = append(f.covers, t)
			continue
		}
		early = "it runs before " + place(t.last()) + " has released what it is for"
		if t.last().Stage == a.Stage && t.last().Order == a.Order {
			early = "it runs beside " + place(t.last()) + ", which releases what it is for"
		}
	}
	if len(f.covers) == 0 {
		f.Blocks, f.Reason = false, either(f.Reason, early)
	}
	if len(f.covers) == 1 && len(env.targets) > 1 {
		f.Environment = f.covers[0].String()
	}
	return f
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
