package conformance

import (
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/shell"
)

// names are what an action is called: by itself, by its project, by its stage where it is alone there.
func names(a *pipeline.Action) []string {
	all := []string{phrase(a.Name)}
	if a.ProjectName != "" {
		all = append(all, phrase(a.ProjectName))
	}
	if a.Stage != nil && len(a.Stage.Actions) == 1 {
		all = append(all, phrase(a.Stage.Name))
	}
	// What CDK Pipelines puts before the name is a stage.
	if _, after, ok := strings.Cut(a.Name, "."); ok {
		all = append(all, phrase(after))
	}
	return all
}

// calledAfter lists the gates whose evidence names the action.
func (s *subject) calledAfter(a *pipeline.Action) []*Gate {
	if gates, ok := s.called[a]; ok {
		return gates
	}
	gates := []*Gate{}
	all := names(a)
	for i := range s.catalogue.Gates {
		g := &s.catalogue.Gates[i]
		if slices.ContainsFunc(all, g.calls) {
			gates = append(gates, g)
		}
	}
	s.called[a] = gates
	return gates
}

var expressions = map[string]*regexp.Regexp{}

func expression(s string) *regexp.Regexp {
	if re, ok := expressions[s]; ok {
		return re
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return nil
	}
	expressions[s] = re
	return re
}

// namedFor lists the gates of environments that an action is called after.
func (s *subject) namedFor(a *pipeline.Action) []string {
	var ids []string
	for _, g := range s.calledAfter(a) {
		if g.released() {
			ids = append(ids, g.ID)
		}
	}
	return ids
}

// claimed says whether an action is a gate of an environment.
func (s *subject) claimed(a *pipeline.Action) bool {
	is, ok := s.claiming[a]
	if !ok {
		is = s.claims(a)
		s.claiming[a] = is
	}
	return is
}

func (s *subject) claims(a *pipeline.Action) bool {
	if len(s.namedFor(a)) > 0 {
		return true
	}
	for i := range s.catalogue.Gates {
		g := &s.catalogue.Gates[i]
		if !g.released() {
			continue
		}
		if len(s.findings(g, a, &search{}, false)) > 0 {
			return true
		}
	}
	return false
}

// findings lists the evidence that an action has for a gate, and adds to r where the action may have more that cannot be seen.
func (s *subject) findings(g *Gate, a *pipeline.Action, r *search, looked bool) []Finding {
	var found []Finding
	named := slices.Contains(s.calledAfter(a), g)
	add := func(f Finding, score int) {
		f.Stage, f.Action, f.Project, f.score = "", "", a.Project, score
		if a.Stage != nil {
			f.Stage, f.Action = a.Stage.Name, a.Name
		}
		f.Blocks = true
		if fault := stageFault(a.Stage); fault != "" {
			f.Blocks, f.Reason = false, either(f.Reason, fault)
		}
		found = append(found, f)
	}
	score := 0
	if named {
		score = 2
	}
	for i := range g.Evidence {
		e := &g.Evidence[i]
		switch {
		case len(e.Command) > 0:
			if len(e.With) > 0 && !slices.ContainsFunc(a.Steps, func(step pipeline.Step) bool { return match(e.With, &step.Command) != nil }) {
				continue
			}
			for j := range a.Steps {
				if f, ok := e.command(&a.Steps[j], named); ok {
					add(f, score)
				}
			}
		case e.Action != nil:
			if f, ok := e.action(a, named); ok {
				add(f, score)
			}
		}
	}
	if named && len(found) == 0 && a.Hidden == "" && (a.Provider == "CodeBuild" || a.Provider == "Commands") {
		if f, ok := s.byName(g, a); ok {
			add(f, 1)
		}
	}
	if looked && g.run() && a.Hidden != "" && len(found) == 0 && a.Category != "Source" {
		why := "it may be in " + place(a) + ": " + a.Hidden
		switch {
		case named:
			r.surely = either(r.surely, place(a)+" is named for it: "+a.Hidden)
		case !s.namedForOther(g, a):
			r.hidden = either(r.hidden, why)
		}
	}
	return found
}

// namedForOther says whether an action is called what another gate is called, and so is no place for this one to hide.
func (s *subject) namedForOther(g *Gate, a *pipeline.Action) bool {
	return slices.ContainsFunc(s.calledAfter(a), func(o *Gate) bool { return o != g && !o.General })
}

// command asks whether a step is evidence.
func (e *Evidence) command(step *pipeline.Step, named bool) (Finding, bool) {
	form := match(e.Command, &step.Command)
	if form == nil {
		return Finding{}, false
	}
	v := values{words: form, step: step}
	if !e.fits(v) || e.Hollow != "" && !e.Always && !named {
		return Finding{}, false
	}
	f := Finding{Command: step.Text, CanFail: true}
	faults, _ := e.faults(v)
	switch {
	case step.Lost != "":
		f.CanFail, f.Reason = false, step.Lost
	case slices.Contains(form, "--help") || slices.Contains(form, "--version"):
		f.CanFail, f.Reason = false, shell.Program(form)+" says what it is, and does nothing"
	case e.Hollow != "":
		f.CanFail, f.Reason = false, shell.Program(form)+" "+e.Hollow
	case len(faults) > 0:
		f.CanFail, f.Reason = false, shell.Program(form)+" "+strings.Join(faults, ", and ")
	}
	return f, true
}

// action asks whether an action is evidence by its type.
func (e *Evidence) action(a *pipeline.Action, named bool) (Finding, bool) {
	t := e.Action
	for _, pair := range [][2]string{{t.Category, a.Category}, {t.Owner, a.Owner}, {t.Provider, a.Provider}} {
		if pair[0] != "" && !like(pair[1], pair[:1]) {
			return Finding{}, false
		}
	}
	v := values{property: func(name string) []string {
		if name == "OutputArtifacts" {
			return a.Outputs
		}
		if value, ok := a.Configuration[name]; ok && value != "" {
			return []string{value}
		}
		return nil
	}}
	if !e.fits(v) || e.Hollow != "" && !e.Always && !named {
		return Finding{}, false
	}
	f := Finding{Command: a.Provider, CanFail: true}
	if mode := a.Configuration["InspectorRunMode"]; mode != "" {
		f.Command += " " + mode
	}
	faults, _ := e.faults(v)
	if e.Hollow != "" {
		faults = []string{e.Hollow}
	}
	if len(faults) > 0 {
		f.CanFail, f.Reason = false, a.Provider+" "+strings.Join(faults, ", and ")
	}
	return f, true
}

// lostByName is why a command of no known tool does not fail.
func lostByName(step *pipeline.Step) string {
	if step.Lost != "" {
		return step.Lost
	}
	for _, form := range step.Forms {
		if shell.Program(form) != "curl" || step.Captured {
			continue
		}
		fails := slices.ContainsFunc(form[1:], func(w string) bool {
			return w == "--fail" || w == "--fail-with-body" || len(w) > 1 && w[0] == '-' && w[1] != '-' && strings.Contains(w, "f")
		})
		if !fails {
			return "curl ends with 0 whatever the server answers (--fail)"
		}
	}
	return ""
}

// gateOf is the other gate of the build that a command is; nil in the environments, whose tests use the same tools.
func (s *subject) gateOf(g *Gate, step *pipeline.Step) *Gate {
	if g.Area != areaBuild || g.General {
		return nil
	}
	for i := range s.catalogue.Gates {
		o := &s.catalogue.Gates[i]
		if o.ID == g.ID || o.Area != areaBuild || o.General {
			continue
		}
		for j := range o.Evidence {
			if _, ok := o.Evidence[j].command(step, false); ok && len(o.Evidence[j].Command) > 0 {
				return o
			}
		}
	}
	return nil
}
