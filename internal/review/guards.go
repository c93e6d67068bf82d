package review

import (
	"fmt"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// passedBefore lists the guards that must have passed before a deployment: those of earlier stages, and of earlier actions of
// its own.
func passedBefore(deployment located, all []located) []located {
	var guards []located
	for _, g := range all {
		if g.action.Guards() && g.precedes(deployment) && (g.at < deployment.at || g.with(deployment)) {
			guards = append(guards, g)
		}
	}
	return guards
}

// waits says whether what a deployment of the new pipeline waits for has what a guard of the old one is now. A deployment that
// went to another stage waits for that stage's guard of the name instead.
func (g *gatekeeper) waits(deployment located, passed []located, guard located) bool {
	is, there := g.same[guard.id()]
	for _, now := range passed {
		if there && now.id() == is.id() || now.at == deployment.at && now.action.Name == guard.action.Name {
			return true
		}
	}
	return false
}

// guards finds the guards that no longer stand before a deployment.
func (g *gatekeeper) guards() {
	lost := newTally()
	for _, deployment := range g.before {
		after, still := g.same[deployment.id()]
		if !deployment.deploys() || !still {
			continue
		}
		passed := passedBefore(after, g.after)
		for _, guard := range passedBefore(deployment, g.before) {
			if !g.waits(after, passed, guard) {
				lost.add(guard, deployment.action.Name)
			}
		}
	}
	for _, group := range lost.groups(func(l located) string { return fmt.Sprint(g.stays(l)) }) {
		effect, verb := group.subject()
		switch {
		case !g.stays(group.guards[0]):
			effect += " " + verb + " gone"
		case verb == "is":
			effect += " comes too late"
		default:
			effect += " come too late"
		}
		g.addGroup(group, effect, "What no longer waits for it: ")
	}
	// A guard that stood before nothing, after the last deployment, guards all the same: it fails the execution.
	for _, guard := range g.before {
		if guard.action.Guards() && !g.stays(guard) && lost.of[guard.id()] == nil {
			g.add(SafetyLost, false, guard.property(), "the check "+guard.action.Name+" is gone", "It no longer fails a release.", guard.describe(), "", guard.keys()...)
		}
	}
}

// tooSoon finds checks of what was deployed that no longer wait for the deployment, and deployments that no longer wait for
// one of the same target: tasks that are released before their stack is.
func (g *gatekeeper) tooSoon() {
	early := newTally()
	for _, after := range g.before {
		now, still := g.same[after.id()]
		if !still || !after.action.Guards() && !after.deploys() {
			continue
		}
		for _, deployment := range g.before {
			is, there := g.same[deployment.id()]
			if there && deployment.deploys() && deployment.at == after.at && after.with(deployment) && deployment.precedes(after) && !is.precedes(now) {
				early.add(after, deployment.action.Name)
			}
		}
	}
	for _, group := range early.groups(func(l located) string { return fmt.Sprint(l.deploys()) }) {
		effect, verb := group.subject()
		effect += map[bool]string{true: " comes too soon", false: " come too soon"}[verb == "is"]
		g.addGroup(group, effect, "What must be done before: ")
	}
}

func (g *gatekeeper) stays(l located) bool {
	_, there := g.same[l.id()]
	return there
}

// addGroup adds what is to be said of several actions of a stage.
func (g *gatekeeper) addGroup(group group, effect, why string) {
	first := group.guards[0]
	level, property := SafetyLost, "Stages["+first.stage.Name+"]"
	if first.deploys() {
		level = Traffic
	}
	before, after := first.describe(), ""
	if is, there := g.same[first.id()]; there {
		after = is.describe() + ", in stage " + is.stage.Name
	}
	if len(group.guards) > 1 {
		var names []string
		for _, guard := range group.guards {
			names = append(names, guard.action.Name)
		}
		before, after = strings.Join(names, ", "), ""
	} else {
		property = first.property()
	}
	const few = 3
	if others := strings.Split(some(group.others), ", "); len(others) > few {
		why += text.Count(len(others), "deployment") + ", " + others[0] + " among them."
	} else {
		why += strings.Join(others, ", ") + "."
	}
	g.add(level, false, property, effect, why, before, after, first.keys()...)
}

// tally collects actions, each with the names of the others that it is about.
type tally struct {
	order []located
	of    map[string][]string
}

func newTally() *tally { return &tally{of: map[string][]string{}} }

func (t *tally) add(l located, other string) {
	if t.of[l.id()] == nil {
		t.order = append(t.order, l)
	}
	t.of[l.id()] = append(t.of[l.id()], other)
}

// group is several actions of one stage of which the same is to be said.
type group struct {
	guards []located
	others []string
}

// groups puts the checks of one stage together; every approval stands for itself.
func (t *tally) groups(kind func(located) string) []group {
	var all []group
	at := map[string]int{}
	for _, l := range t.order {
		key := fmt.Sprint(l.at, " ", kind(l))
		if l.action.Approves() {
			key += l.id()
		}
		if _, ok := at[key]; !ok {
			at[key] = len(all)
			all = append(all, group{})
		}
		one := &all[at[key]]
		one.guards, one.others = append(one.guards, l), append(one.others, t.of[l.id()]...)
	}
	return all
}

// subject is what the group is called in a sentence, and the verb for it.
func (g group) subject() (what, verb string) {
	first := g.guards[0]
	kind := "check"
	if first.deploys() {
		kind = "deployment"
	}
	switch {
	case len(g.guards) > 1:
		return fmt.Sprintf("%d %ss of the stage %s", len(g.guards), kind, first.stage.Name), "are"
	case first.action.Approves():
		return "the approval " + first.action.Name, "is"
	}
	return "the " + kind + " " + first.action.Name, "is"
}
