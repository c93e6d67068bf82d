package conformance

import (
	"cmp"
	"slices"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/text"
)

// Judge compares pipelines with a catalogue. The stacks are all that were read with them: what the pipelines deploy is evidence.
func Judge(pipelines []*pipeline.Pipeline, stacks []*assembly.Stack, c *Catalogue) *Report {
	r := &Report{Pipelines: []PipelineReport{}}
	for _, p := range pipelines {
		s := newSubject(p, stacks, c)
		pr := PipelineReport{
			Name: p.Name, Template: p.Stack.File, Account: p.Stack.Account, Region: p.Stack.Region,
			Environments: []EnvironmentReport{}, Rows: []Row{},
		}
		for _, e := range s.envs {
			er := EnvironmentReport{Name: e.name, Kind: e.kind, Because: e.because}
			for _, t := range e.targets {
				er.Targets = append(er.Targets, t.String())
			}
			pr.Environments = append(pr.Environments, er)
		}
		for i := range c.Gates {
			pr.Rows = append(pr.Rows, s.row(&c.Gates[i]))
		}
		r.Pipelines = append(r.Pipelines, pr)
	}
	return r
}

// verdict is what is found out about a gate, in the whole pipeline or in one environment.
type verdict struct {
	state    State
	reason   string
	evidence []Finding
}

// ranks are the states of several environments, the best first: a gate need stand in one environment of its kind.
var ranks = []State{NotApplicable, Present, Hollow, NotVisible, Missing}

func (s *subject) row(g *Gate) Row {
	row := Row{ID: g.ID, Title: g.Title, Area: g.Area, Level: g.Level}
	var v verdict
	switch {
	case s.not[g.Applies] != "":
		v = verdict{state: NotApplicable, reason: s.not[g.Applies]}
	case !g.released():
		v = s.built(g)
	default:
		v = s.released(g)
	}
	if v.state == Missing && s.open[g.Applies] != "" && len(s.of(g.Area)) > 0 {
		v.state, v.reason = NotVisible, s.open[g.Applies]
	}
	row.State, row.Reason, row.Evidence = v.state, v.reason, v.evidence
	if row.Evidence == nil {
		row.Evidence = []Finding{}
	}
	return row
}

// search collects findings of a gate.
type search struct {
	found []Finding
	// hidden says where else the gate may be; surely what is named for it.
	hidden, surely string
	// none says why the gate does not apply after all.
	none string
}

// conclude is the verdict over what was found.
func (r *search) conclude(missing string) verdict {
	slices.SortStableFunc(r.found, func(a, b Finding) int {
		rank := func(f *Finding) int {
			if f.good() {
				return 0
			}
			return 1
		}
		return cmp.Or(cmp.Compare(rank(&a), rank(&b)), cmp.Compare(b.score, a.score))
	})
	r.found = distinct(r.found)
	switch {
	case r.none != "":
		return verdict{state: NotApplicable, reason: r.none}
	case len(r.found) > 0 && r.found[0].good():
		return verdict{state: Present, evidence: r.found}
	case r.surely != "":
		return verdict{state: NotVisible, reason: r.surely, evidence: r.found}
	case len(r.found) > 0:
		return verdict{state: Hollow, reason: r.found[0].Reason, evidence: r.found}
	case r.hidden != "":
		return verdict{state: NotVisible, reason: r.hidden}
	}
	return verdict{state: Missing, reason: missing}
}

// distinct drops what says the same again.
func distinct(all []Finding) []Finding {
	var kept []Finding
	for _, f := range all {
		if !slices.ContainsFunc(kept, func(k Finding) bool {
			return k.Stage == f.Stage && k.Action == f.Action && k.Project == f.Project && k.Command == f.Command && k.Reason == f.Reason && k.Environment == f.Environment
		}) {
			kept = append(kept, f)
		}
	}
	return kept
}

// built judges a gate that must stand before the first deployment.
func (s *subject) built(g *Gate) verdict {
	r := &search{}
	for _, a := range s.pipeline.Actions() {
		if g.Area == areaBuild && !s.before(a) && s.claimed(a) && !slices.Contains(s.calledAfter(a), g) {
			continue // a test of an environment is no late gate of the build
		}
		found := s.findings(g, a, r, s.before(a))
		for i := range found {
			if g.Area == areaBuild && !s.before(a) {
				found[i].Blocks = false
				found[i].Reason = either(found[i].Reason, s.late(a, s.first))
			}
		}
		r.found = append(r.found, found...)
	}
	for _, e := range g.Evidence {
		switch {
		case e.Fact != "":
			facts[e.Fact](s, nil, r)
		case e.Resource != "":
			for _, stack := range s.stacks {
				r.found = append(r.found, resources(&e, stack)...)
			}
		case e.Rule != "":
			for _, st := range s.pipeline.Stages {
				if s.first == nil || st.Index <= s.first.Stage.Index {
					r.found = append(r.found, rules(&e, st)...)
				}
			}
		}
	}
	s.unattached(g, r)
	if s.first == nil {
		return r.conclude("nothing in the pipeline does it")
	}
	return r.conclude("nothing does it before " + place(s.first) + ", the first deployment")
}

// unattached adds the projects that nothing waits for, where nothing of the pipeline is the gate.
func (s *subject) unattached(g *Gate, r *search) {
	if len(r.found) > 0 {
		return
	}
	for _, a := range s.pipeline.Unattached {
		found := s.findings(g, a, &search{}, true)
		for i := range found {
			found[i].Blocks, found[i].score = false, -1
			found[i].Reason = "no action of the pipeline runs the project " + a.Project + ": nothing waits for it"
		}
		r.found = append(r.found, found...)
	}
}

// released judges a gate of the environments of its area.
func (s *subject) released(g *Gate) verdict {
	envs := s.of(g.Area)
	if len(envs) == 0 && g.Area == areaTest && g.run() {
		envs = s.of(areaPreproduction) // where one environment is all there is before production, it is tested there
	}
	if len(envs) == 0 {
		return verdict{state: Missing, reason: "the pipeline deploys to no environment of the kind " + g.Area}
	}
	best := verdict{}
	for _, e := range envs {
		v := s.environment(g, e)
		if best.state == "" || slices.Index(ranks, v.state) < slices.Index(ranks, best.state) {
			best = v
		}
	}
	return best
}

// environment judges a gate in one environment: it must stand for every target.
func (s *subject) environment(g *Gate, env *environment) verdict {
	r := &search{}
	for _, a := range s.candidates(g, env) {
		if named := s.namedFor(a); len(named) > 0 && !slices.Contains(named, g.ID) {
			continue
		}
		if is, _ := s.deploysBy(a); is && a.Hidden != "" {
			continue
		}
		for _, f := range s.findings(g, a, r, true) {
			r.found = append(r.found, s.aimed(g, f, a, env))
		}
	}
	for i := range g.Evidence {
		e := &g.Evidence[i]
		switch {
		case e.Fact != "":
			facts[e.Fact](s, env, r)
		case e.Resource != "":
			for _, t := range env.targets {
				for _, stack := range t.stacks {
					for _, f := range resources(e, stack) {
						f.covers, f.Environment = []*target{t}, t.String()
						if f.good() && len(e.Heard) > 0 && !s.heard(g, e, t, env) {
							f.CanFail, f.Reason = false, f.logicalID+" "+e.Unheard
						}
						r.found = append(r.found, f)
					}
				}
				if t.blind {
					r.hidden = either(r.hidden, "it may be in what is deployed to "+t.String()+", whose template is not here")
				}
			}
		case e.Rule != "":
			for _, st := range s.pipeline.Stages {
				for _, f := range rules(e, st) {
					if f.covers = env.in(st); len(f.covers) > 0 {
						r.found = append(r.found, f)
					}
				}
			}
		}
	}
	s.unattached(g, r)
	v := r.conclude("nothing does it in " + env.name)
	if v.state != Present {
		return v
	}
	var left []string
	for _, t := range env.targets {
		if !slices.ContainsFunc(v.evidence, func(f Finding) bool { return f.good() && slices.Contains(f.covers, t) }) || each(g, t, v.evidence) {
			left = append(left, t.String())
		}
	}
	if len(left) == 0 {
		return v
	}
	v.state, v.reason = Hollow, "only in some targets of "+env.name+"; not in "+text.List(left)
	if len(left) == len(env.targets) {
		v.reason = "in no target of " + env.name
	}
	for _, f := range v.evidence {
		if !f.good() {
			v.reason += ", where " + f.Reason
			break
		}
	}
	if r.hidden != "" && len(v.evidence) > 0 {
		v.state, v.reason = NotVisible, r.hidden
	}
	return v
}

// late says why a gate comes too late for what it should guard.
func (s *subject) late(a, guarded *pipeline.Action) string {
	if a.Stage == guarded.Stage && a.Order == guarded.Order {
		return "it runs beside " + place(guarded) + ", which does not wait for it"
	}
	return "it runs after " + place(guarded) + ", which it should guard"
}

// place is an action in words.
func place(a *pipeline.Action) string {
	if a.Stage == nil {
		return a.Project
	}
	return a.Stage.Name + "/" + a.Name
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
