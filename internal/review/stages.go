package review

import (
	"fmt"
	"strings"

	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

// stages finds stages that come and go, and their conditions.
func (g *gatekeeper) stages() {
	was, is := map[string]graph.Stage{}, map[string]graph.Stage{}
	at := [2]map[string]string{{}, {}}
	for i, s := range g.old.Stages {
		was[s.Name], at[0][s.Name] = s, fmt.Sprint(i)
	}
	for i, s := range g.new.Stages {
		is[s.Name], at[1][s.Name] = s, fmt.Sprint(i)
	}
	for _, name := range value.Union(was, is) {
		_, before := was[name]
		_, after := is[name]
		switch {
		case !before:
			g.add(Harmless, true, "Stages["+name+"]", "the stage "+name+" comes", "", "", actionNames(is[name]), at[1][name])
		case !after:
			g.add(SafetyLost, false, "Stages["+name+"]", "the stage "+name+" is gone", "Releases go on without it.", actionNames(was[name]), "", at[0][name])
		default:
			g.conditions(was[name], is[name], at[1][name])
		}
	}
}

func actionNames(s graph.Stage) string {
	var names []string
	for _, a := range s.Actions {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// actions finds actions that come and go, and what those that stay are configured with.
func (g *gatekeeper) actions() {
	var all []remark
	was, is := map[string]bool{}, map[string]bool{}
	for _, s := range g.old.Stages {
		was[s.Name] = true
	}
	for _, s := range g.new.Stages {
		is[s.Name] = true
	}
	for _, n := range g.after {
		// The actions of a new stage are told with it.
		if !g.known[n.id()] && was[n.stage.Name] {
			all = append(all, remark{action: n, renewed: true, level: Harmless, effect: "the action comes", after: n.describe(), keys: n.keys()})
		}
	}
	for _, o := range g.before {
		n, stays := g.same[o.id()]
		switch {
		case stays:
			all = append(all, g.configuration(o, n)...)
		case o.action.Guards() || !is[o.stage.Name] || g.preparesNoLonger(o):
			// Guards are told by what they stood before, and stages by their names.
		default:
			all = append(all, g.gone(o))
		}
	}
	g.tell(all)
}

// gone says what it means that an action goes which is no guard.
func (g *gatekeeper) gone(o located) remark {
	r := remark{action: o, level: Interruption, effect: "the action is gone", why: "What it deployed is no longer released.", before: o.describe(), keys: o.keys()}
	switch {
	case o.action.Category == "Source":
		r.why = "What it brought is no longer released, and no longer starts a release."
	case o.configured("ActionMode") == modePrepare && g.deploysStill(o) && !g.prepared(o):
		r.level, r.why = WillFail, "Another action executes the change that it prepared, and finds none."
	case o.deploys() && g.deploysStill(o):
		r.level, r.why = Harmless, "Another action deploys the same."
	}
	return r
}
