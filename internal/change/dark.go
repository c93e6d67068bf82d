package change

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// move is how the customers of an environment change regions. A region that comes stays dark until its services are released,
// and one that goes is dark before they are deleted. At every moment some region has customers, and from one push to the next
// one keeps them: targets are deployed one after the other.
type move struct {
	name string
	// come are new regions that get customers, leave those that had customers and are no more.
	come, leave []string
	// fade are regions of both plans that had customers and shall be dark.
	fade []string
	// first says that those that leave can be dark before anything else changes.
	first bool
	// dark says that those that come are dark until services are there. Nobody minds a 404 of a test environment.
	dark bool
	// apart says that no region has customers both before and after, so that old and new must have them together for a while.
	apart bool
}

// lit lists the regions of an environment that customers are led to.
func lit(e *environment.Environment) []string { return only(regions(e), e.Dark) }

// moves lists the environments of both plans whose customers change regions.
func (c *comparer) moves() []move {
	old, new := c.old.plan, c.new.plan
	var all []move
	for _, name := range both(environments(new), environments(old)) {
		a, b := old.Store.Environment(name), new.Store.Environment(name)
		if a.Domain == nil || b.Domain == nil {
			continue // no name leads anywhere
		}
		before, after := lit(a), lit(b)
		stay := both(after, before)
		m := move{
			name: name, come: only(after, regions(a)), leave: only(before, regions(b)), fade: both(only(before, after), regions(b)),
			dark: b.Kind != environment.Test,
		}
		back := both(only(after, before), regions(a))
		if !reached(new, b) {
			m.come = nil
		}
		if !reached(old, a) {
			m.leave, m.fade = nil, nil
		}
		m.apart = len(m.leave)+len(m.fade) > 0 && len(after) > 0 && len(stay)+len(back) == 0 && (m.dark || len(m.come) == 0)
		m.first = len(m.leave) > 0 && len(m.come) == 0 && len(stay) > 0
		if len(m.leave) > 0 || len(m.come) > 0 && m.dark || len(m.fade) > 0 && len(back) > 0 && len(stay) == 0 {
			all = append(all, m)
		}
	}
	return all
}

// phase is a state of the regions on the way.
type phase int

const (
	// arriving: what comes is there and dark; what leaves is there and has its customers.
	arriving phase = iota
	// overlapping: what comes and what leaves have customers.
	overlapping
	// departing: what comes has customers; what leaves is dark.
	departing
	// settled: as in the new plan.
	settled
)

// phases are those that the moves need, in order.
func phases(moves []move) []phase {
	var all []phase
	has := func(f func(move) bool) bool { return slices.ContainsFunc(moves, f) }
	if has(func(m move) bool { return !m.first }) {
		all = append(all, arriving)
	}
	if has(func(m move) bool { return !m.first && m.apart }) {
		all = append(all, overlapping)
	}
	if has(func(m move) bool { return !m.first && len(m.leave) > 0 }) {
		all = append(all, departing)
	}
	return append(all, settled)
}

// through lets pushes that are about services go through the phases of the regions, and begins with a push in which the regions
// are dark that can be so at once.
func (c *comparer) through(states []push) []push {
	moves := c.moves()
	var all []push
	if p, ok := c.darkened(moves); ok {
		all = append(all, p)
	}
	steps := phases(moves)
	n := max(len(states), len(steps))
	for i := range n {
		s, at := states[min(i, len(states)-1)], steps[len(steps)-1]
		if i < n-1 && len(steps) > 1 {
			at = steps[min(i, len(steps)-2)]
		}
		all = append(all, c.place(s, at, moves))
	}
	return all
}

// darkened is the old plan with those regions dark that go and have others beside them.
func (c *comparer) darkened(moves []move) (push, bool) {
	p := push{plan: c.old.plan}
	var words []string
	for _, m := range moves {
		if m.first {
			e := *c.old.plan.Store.Environment(m.name)
			e.Dark = append(slices.Clone(e.Dark), m.leave...)
			p.plan = with(p.plan, &e)
			words = append(words, "environments."+m.name+".dark: ["+text.List(e.Dark)+"]")
		}
	}
	p.notes = []string{"For this push, the file as in " + c.change.From + ", and in it " + strings.Join(words, ", and ") + ". Nothing else changes yet; the commands after it read the new file again."}
	return p, len(words) > 0
}

// place is a push in a phase of the regions.
func (c *comparer) place(p push, at phase, moves []move) push {
	p.notes = slices.Clone(p.notes)
	for _, m := range moves {
		if m.first || at == settled {
			continue
		}
		e := *c.new.plan.Store.Environment(m.name)
		path := "environments." + m.name
		e.Waves = slices.Concat(e.Waves, c.remaining(m))
		wanted := e.Dark
		switch at {
		case arriving:
			e.Dark = only(e.Dark, m.fade)
			if m.dark {
				e.Dark = append(e.Dark, m.come...)
			}
		case overlapping:
			e.Dark = only(e.Dark, m.fade)
		case departing:
			e.Dark = append(slices.Clone(e.Dark), m.leave...)
		}
		p.plan = with(p.plan, &e)
		if len(m.leave) > 0 {
			p.notes = append(p.notes, "For this push, "+path+".waves still with "+text.List(written(c.remaining(m)))+" at their end.")
		}
		switch {
		case slices.Equal(wanted, e.Dark):
		case len(e.Dark) == 0:
			p.notes = append(p.notes, "For this push, no "+path+".dark in the file.")
		default:
			p.notes = append(p.notes, "For this push, "+path+".dark: ["+text.List(e.Dark)+"] in the file.")
		}
	}
	return p
}

// remaining are the waves of the old plan with nothing in them but the regions that leave.
func (c *comparer) remaining(m move) []environment.Wave {
	var waves []environment.Wave
	for _, w := range c.old.plan.Store.Environment(m.name).Waves {
		if w.Regions = both(w.Regions, m.leave); len(w.Regions) > 0 {
			waves = append(waves, w)
		}
	}
	return waves
}

// written are waves as the file has them.
func written(waves []environment.Wave) []string {
	var all []string
	for _, w := range waves {
		bake := ""
		if w.Bake != 0 {
			bake = ", bake: " + text.Duration(w.Bake)
		}
		all = append(all, "{regions: ["+text.List(w.Regions)+"]"+bake+"}")
	}
	return all
}

// with is a plan with another environment in the place of the one of that name.
func with(p *environment.Plan, e *environment.Environment) *environment.Plan {
	plan, store := *p, *p.Store
	store.Environments = slices.Clone(store.Environments)
	for i, o := range store.Environments {
		if o.Name == e.Name {
			store.Environments[i] = e
		}
	}
	plan.Store = &store
	return &plan
}

// lights lists the targets of a plan that are dark, or are not, and were the other in the plan before.
func lights(before, after *environment.Plan, dark bool) []environment.Target {
	var all []environment.Target
	for _, t := range after.Store.Targets() {
		if o := targetOf(before, t); o != nil && o.Dark() != dark && t.Dark() == dark && reached(before, o.Environment) {
			all = append(all, t)
		}
	}
	return all
}

// try looks at regions that are dark before customers come.
func (b *builder) try(next *environment.Plan) {
	step := rollout.Step{Notes: []string{"Their regional names answer already. From the next push on the environment's names lead there."}}
	targets := lights(b.last, next, false)
	for _, t := range targets {
		step.Commands = append(step.Commands, rollout.Command{Account: t.Environment.Account, Run: "curl -sS -o /dev/null -w '%{http_code}\\n' https://" + t.Host() + "/"})
	}
	step.Title = "Try " + ids(targets) + " before customers come"
	b.add(step)
}

// forget waits until nobody is led to regions any more that the last push made dark.
func (b *builder) forget(before *environment.Plan) {
	targets := lights(before, b.last, true)
	if len(targets) == 0 {
		return
	}
	answers := "the other regions answer"
	if all := nowhere(targets); len(all) > 0 {
		answers = "none of " + text.List(all) + " is left, and " + plural2(all, "its", "their") + " names lead nowhere"
	}
	b.add(rollout.Step{
		Title:    "Wait until customers have left " + ids(targets),
		Commands: []rollout.Command{{Account: targets[0].Environment.Account, Run: "sleep 300"}},
		Notes: []string{"The platform pipeline has deleted the latency records; " + answers + ". Resolvers keep the old answer for a minute, the TTL of an alias of a load balancer, and five minutes are enough for those that keep to it. " +
			"Open connections, and clients that never ask again, stay: go on when RequestCount of the public load balancer, in CloudWatch, has only tests left.",
			"The way back until the next push: take the region out of dark, and push."},
	})
}

// nowhere lists the environments of targets of which all regions are dark.
func nowhere(targets []environment.Target) []string {
	var names []string
	for _, t := range targets {
		if len(lit(t.Environment)) == 0 {
			names = append(names, only([]string{t.Environment.Name}, names)...)
		}
	}
	return names
}
