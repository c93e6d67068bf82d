package change

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/text"
)

// builder collects the steps of a change, and keeps account of the stacks that are there.
type builder struct {
	*comparer
	shell *rollout.Shell
	live  []rollout.Stack
	// last is the plan that was pushed last.
	last *environment.Plan
	// takers are the services that go and are deleted only when another has come to their address: with the push that they
	// leave the file with, for what they call is still there then.
	takers []string
	// artifactsAsNew are the artifacts stacks that were deployed from the new file, and so have lost already what is gone.
	artifactsAsNew []string
	all            []rollout.Step
}

func (c *comparer) steps() {
	pushes := c.pushes()
	if c.impossible(pushes) {
		return
	}
	b := &builder{
		comparer: c, shell: rollout.NewShell(c.new.plan, rollout.Options{Config: c.o.Config}),
		live: stacks(c.old.plan), last: c.old.plan,
		takers: c.takers(),
	}
	for i, p := range pushes {
		b.push(p, i, len(pushes))
	}
	b.git()
	b.removePlaces()
	c.change.Steps = b.all
	c.stays(pushes)
}

func stacks(p *environment.Plan) []rollout.Stack { return rollout.New(p, rollout.Options{}).Stacks() }

func (b *builder) add(step rollout.Step) {
	if len(step.Commands) > 0 {
		b.all = append(b.all, step)
	}
}

// is says whether two stacks are the same one.
func is(s rollout.Stack) func(rollout.Stack) bool {
	return func(o rollout.Stack) bool {
		return s.Name == o.Name && s.Account() == o.Account() && s.Region() == o.Region()
	}
}

// take removes the stacks that match from those that are there, and returns them.
func (b *builder) take(match func(rollout.Stack) bool) []rollout.Stack {
	var taken []rollout.Stack
	b.live = slices.DeleteFunc(b.live, func(s rollout.Stack) bool {
		if match(s) {
			taken = append(taken, s)
			return true
		}
		return false
	})
	return taken
}

// push adds the steps before, of and after one push.
func (b *builder) push(p push, i, n int) {
	gone := only(services(b.last), services(p.plan))
	b.prepare(p.plan)
	b.ahead(p)
	b.canaries(p.plan)
	b.farewell(only(environments(b.last), environments(p.plan)))
	b.pipelines(gone)
	b.services(only(gone, b.takers), "Delete what runs of "+text.List(only(gone, b.takers)))
	b.try(p.plan)
	b.deliver(p, i, n)
	came := only(services(p.plan), services(b.last))
	starts := changed(b.last, p.plan)
	before := b.last
	for _, s := range stacks(p.plan) {
		if !slices.ContainsFunc(b.live, is(s)) {
			b.live = append(b.live, s)
		}
	}
	b.last = p.plan
	b.release(before, came, starts)
	b.forget(before)
	if taken := both(gone, b.takers); len(taken) > 0 {
		b.services(taken, "Delete what runs of "+text.List(taken)+", whose address another service has now")
	}
}

// pipelines deletes the pipelines of services that go, before the push: without its service, a pipeline could not
// synthesize any more.
func (b *builder) pipelines(gone []string) {
	if len(gone) == 0 {
		return
	}
	var names []string
	for _, s := range gone {
		names = append(names, b.new.plan.Store.PipelineStackName(s))
	}
	taken := b.take(func(s rollout.Stack) bool { return slices.Contains(names, s.Name) })
	b.add(rollout.Step{
		Title:    "Delete the " + plural(gone, "pipeline") + " of " + text.List(gone),
		Commands: deletions(taken),
		Notes: []string{"Before the push: a pipeline whose service is no longer in the file could not synthesize. What runs keeps running.",
			"An execution that is under way ends with its pipeline; a deployment that it has started goes on."},
	})
}

// services deletes the stacks of services in every target, one environment after the other in the order of release: a
// mistake shows where it harms least.
func (b *builder) services(names []string, title string) {
	b.serviceStacks(title, nil, func(s rollout.Stack) bool {
		return b.isService(s, names)
	})
}

// isService says whether a stack holds one of the named services, in any environment of either plan.
func (b *builder) isService(s rollout.Stack, names []string) bool {
	for _, p := range []*environment.Plan{b.old.plan, b.new.plan} {
		for _, e := range p.Store.Environments {
			t := environment.Target{Store: p.Store, Environment: e}
			if s.Account() == e.Account && slices.ContainsFunc(names, func(name string) bool { return s.Name == t.ServiceStackName(name) }) {
				return true
			}
		}
	}
	return false
}

func (b *builder) serviceStacks(title string, notes []string, match func(rollout.Stack) bool) {
	step := rollout.Step{Title: title, Notes: notes}
	taken := b.take(match)
	for _, p := range []*environment.Plan{b.old.plan, b.new.plan} {
		for _, e := range p.Store.Environments {
			prefix := environment.Target{Store: p.Store, Environment: e}.Prefix() + "-"
			var here []rollout.Stack
			taken = slices.DeleteFunc(taken, func(s rollout.Stack) bool {
				in := s.Account() == e.Account && strings.HasPrefix(s.Name, prefix)
				if in {
					here = append(here, s)
				}
				return in
			})
			for _, s := range here {
				if name := canaryIn(b.old.plan, s); name != "" {
					step.Commands = append(step.Commands, resources(s), canary(s, name))
				}
			}
			step.Commands = append(step.Commands, deletions(here)...)
		}
	}
	step.Notes = append(step.Notes, "With the account's own credentials; the bootstrap's role does the work, so CDKToolkit must still be there.",
		"A deployment that CodeDeploy has not ended stops the deletion: wait for it, or stop it (aws deploy stop-deployment), and say the command again.")
	b.add(step)
}

// canaryIn is the name of the canary in a stack of a service; empty for one without.
func canaryIn(p *environment.Plan, s rollout.Stack) string {
	for _, t := range p.Store.Targets() {
		if s.Account() != t.Environment.Account || s.Region() != t.Region {
			continue
		}
		for _, svc := range p.Services {
			if s.Name == t.ServiceStackName(svc.Name) && asked(p, t, svc.Name) {
				return t.CanaryName(svc.Name)
			}
		}
	}
	return ""
}

// asked says whether a canary asks a service in a target.
func asked(p *environment.Plan, t environment.Target, service string) bool {
	s, in := p.Service(service), targetOf(p, t)
	return s != nil && in != nil && len(s.In(in.Environment).Asked()) > 0
}

// gated says whether a service has a gate in a target, which asks new versions their checks.
func gated(p *environment.Plan, t environment.Target, service string) bool {
	s, in := p.Service(service), targetOf(p, t)
	return s != nil && in != nil && s.In(in.Environment).Gated()
}

// canaries writes down what canaries leave behind that go with the next push while their services stay.
func (b *builder) canaries(next *environment.Plan) {
	step := rollout.Step{
		Title: "Write down what the canaries that go leave behind",
		Notes: []string{"The buckets of their results and the logs of their functions stay, and have no names that could be known before."},
	}
	for _, t := range next.Store.Targets() {
		for _, name := range both(services(next), services(b.last)) {
			if asked(b.last, t, name) && !asked(next, t, name) {
				for _, s := range b.live {
					if s.Name == t.ServiceStackName(name) && s.Account() == t.Environment.Account && s.Region() == t.Region {
						step.Commands = append(step.Commands, resources(s), canary(s, t.CanaryName(name)))
					}
				}
			}
		}
	}
	b.add(step)
}

func plural[T any](list []T, noun string) string {
	if len(list) == 1 {
		return noun
	}
	return noun + "s"
}
