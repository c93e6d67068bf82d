package review

import (
	"fmt"
	"slices"

	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

// Mark says what happens to a part of a pipeline.
type Mark string

// The marks.
const (
	// Comes is what only the new assembly has.
	Comes Mark = "comes"
	// Goes is what only the old one has.
	Goes Mark = "goes"
	// Stays is what both have.
	Stays Mark = "stays"
)

// Pipeline is a pipeline of both assemblies, with what changes in it.
type Pipeline struct {
	// Name of the pipeline.
	Name string `json:"name"`
	// Mark of the whole pipeline.
	Mark Mark `json:"mark"`
	// Stages in order; those that go stand where they stood.
	Stages []Stage `json:"stages"`
}

// Stage of a pipeline.
type Stage struct {
	// Name of the stage.
	Name string `json:"name"`
	// Mark of the stage.
	Mark Mark `json:"mark"`
	// Approval says that a person approves within the stage.
	Approval bool `json:"approval"`
	// Worst is the level of the worst finding about the stage itself, or about what it deploys.
	Worst Level `json:"worst,omitempty"`
	// Targets that the stage deploys to, as one wave.
	Targets []Target `json:"targets"`
	// Actions that come, go or are found to be changed.
	Actions []Action `json:"actions"`
}

// Target of a stage.
type Target struct {
	// Name of the target.
	Name string `json:"name"`
	// Worst is the level of the worst finding in the stacks that are deployed there.
	Worst Level `json:"worst,omitempty"`
}

// Action of a stage.
type Action struct {
	// Name of the action.
	Name string `json:"name"`
	// Mark of the action.
	Mark Mark `json:"mark"`
}

// pipelines draws the pipelines of both assemblies as one.
func (c *comparison) pipelines(findings []Finding) []Pipeline {
	worstStack := map[string]Level{} // by name and region
	worstStage := map[string]Level{} // by stack, logical id and stage
	keep := func(m map[string]Level, key string, l Level) {
		if m[key] == "" || l.worse(m[key]) {
			m[key] = l
		}
	}
	for _, f := range findings {
		for _, p := range f.Where {
			keep(worstStack, p.Name+" "+p.Region, f.Level)
			if f.Type == pipelineType && len(p.keys) > 4 && p.pair != nil {
				keep(worstStage, fmt.Sprint(p.Name, " ", p.keys[4], " ", p.old), f.Level)
			}
		}
	}
	all := []Pipeline{}
	byName := [2]map[string]graph.Pipeline{{}, {}}
	for i := range c.drawn {
		for _, p := range c.drawn[i] {
			byName[i][pipelineKey(p)] = p
		}
	}
	for _, key := range value.Union(byName[0], byName[1]) {
		old, before := byName[0][key]
		renewed, after := byName[1][key]
		p := Pipeline{Name: renewed.Name, Mark: Stays, Stages: []Stage{}}
		switch {
		case !before:
			p.Mark = Comes
		case !after:
			p.Mark, p.Name = Goes, old.Name
		}
		for _, pair := range aligned(old.Stages, renewed.Stages) {
			s := stage(pair[0], pair[1])
			for i, one := range pair {
				if one == nil {
					continue
				}
				pipeline := []graph.Pipeline{old, renewed}[i]
				index := slices.IndexFunc(pipeline.Stages, func(x graph.Stage) bool { return x.Name == one.Name })
				keepIf(&s.Worst, worstStage[fmt.Sprint(pipeline.Stack.Name, " ", index, " ", i == 0)])
				for _, a := range one.Actions {
					l := worstStack[a.Deploys+" "+a.Region]
					if a.Deploys == "" || l == "" {
						continue
					}
					keepIf(&s.Worst, l)
					for t := range s.Targets {
						if s.Targets[t].Name == one.Target(a) {
							keepIf(&s.Targets[t].Worst, l)
						}
					}
				}
			}
			p.Stages = append(p.Stages, s)
		}
		all = append(all, p)
	}
	return all
}

func keepIf(to *Level, l Level) {
	if l != "" && (*to == "" || l.worse(*to)) {
		*to = l
	}
}

func pipelineKey(p graph.Pipeline) string { return fmt.Sprint(p.Name, " ", p.Account, " ", p.Region) }

// aligned pairs the stages of two pipelines by name, in an order that both would recognize.
func aligned(old, renewed []graph.Stage) [][2]*graph.Stage {
	var all [][2]*graph.Stage
	at := func(stages []graph.Stage, name string) int {
		return slices.IndexFunc(stages, func(s graph.Stage) bool { return s.Name == name })
	}
	next := 0
	for i := range renewed {
		j := at(old, renewed[i].Name)
		if j < 0 {
			all = append(all, [2]*graph.Stage{nil, &renewed[i]})
			continue
		}
		for ; next < j; next++ {
			if at(renewed, old[next].Name) < 0 {
				all = append(all, [2]*graph.Stage{&old[next], nil})
			}
		}
		next = max(next, j+1)
		all = append(all, [2]*graph.Stage{&old[j], &renewed[i]})
	}
	for ; next < len(old); next++ {
		if at(renewed, old[next].Name) < 0 {
			all = append(all, [2]*graph.Stage{&old[next], nil})
		}
	}
	return all
}

// stage compares a stage with what it was; one of them may be missing.
func stage(old, renewed *graph.Stage) Stage {
	s := Stage{Mark: Stays, Targets: []Target{}, Actions: []Action{}}
	names := [2]map[string]bool{{}, {}}
	targets := map[string]bool{}
	for i, one := range []*graph.Stage{old, renewed} {
		if one == nil {
			continue
		}
		s.Name = one.Name
		for _, a := range one.Actions {
			names[i][a.Name] = true
			s.Approval = s.Approval || i == 1 && a.Approves()
		}
		for _, t := range one.Targets() {
			if !targets[t] {
				targets[t] = true
				s.Targets = append(s.Targets, Target{Name: t})
			}
		}
	}
	switch {
	case old == nil:
		s.Mark = Comes
		return s
	case renewed == nil:
		s.Mark = Goes
		return s
	}
	for _, a := range renewed.Actions {
		if !names[0][a.Name] {
			s.Actions = append(s.Actions, Action{a.Name, Comes})
		}
	}
	for _, a := range old.Actions {
		if !names[1][a.Name] {
			s.Actions = append(s.Actions, Action{a.Name, Goes})
		}
	}
	return s
}
