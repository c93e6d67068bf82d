package change

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/text"
)

func (c *comparer) refusal(path, what, instead string) {
	c.change.Refusals = append(c.change.Refusals, Refusal{Where: c.new.config.Place(path), Path: path, What: what, Instead: instead})
}

// refuse lists what cannot be done in place.
func (c *comparer) refuse() {
	whole := slices.ContainsFunc(c.change.Differences, func(d Difference) bool { return d.Group == "store" && d.When == frozen.Never })
	for _, d := range c.change.Differences {
		if d.When != frozen.Never || whole && d.Group != "store" {
			continue // where the store is another one, the rest is of no account
		}
		if c.nothingLeft(d) || c.follows(d) {
			continue
		}
		what := d.Old + " → " + d.New
		if len(d.Environments) > 0 {
			what += " in " + text.List(d.Environments)
		}
		if strings.HasSuffix(d.What, ".release.engine") {
			what += ": " + frozen.EngineChange(environment.Engine(d.Old), environment.Engine(d.New))
		}
		c.refusal(d.What, what, c.instead(d))
	}
	if !whole {
		c.refuseEnvironments()
		c.refuseTakeovers()
		c.refuseOwners()
	}
}

// nothingLeft says whether a setting is about targets, of which none is in both plans: all of them are made anew.
func (c *comparer) nothingLeft(d Difference) bool {
	name, ok := strings.CutPrefix(d.What, "environments.")
	if !ok || !strings.Contains(d.What, ".network.") {
		return false
	}
	name, _, _ = strings.Cut(name, ".")
	return len(both(regions(c.old.plan.Store.Environment(name)), regions(c.new.plan.Store.Environment(name)))) == 0
}

// follows says whether a port or a priority differs because the address does that it is derived from.
func (c *comparer) follows(d Difference) bool {
	address, _, ok := strings.Cut(d.What, ".expose.")
	if !ok || !strings.HasSuffix(d.What, ".priority") && !strings.HasSuffix(d.What, ".port") {
		return false
	}
	return slices.ContainsFunc(c.change.Differences, func(o Difference) bool {
		return slices.Contains([]string{address + ".expose", address + ".expose.path", address + ".expose.host"}, o.What)
	})
}

// instead is the way out of a refusal.
func (c *comparer) instead(d Difference) string {
	switch {
	case d.What == "tools.region":
		return "the tools region stays for the life of the store: " + d.How
	case strings.HasPrefix(d.What, "services."):
		service, _, _ := strings.Cut(strings.TrimPrefix(d.What, "services."), ".")
		return d.How + ". Or, with downtime: " + c.again(service, d.Environments)
	}
	if strings.HasSuffix(d.What, ".network.availabilityZones") && c.kindChanged(d.What) {
		return "say network: {availabilityZones: " + d.Old + "}, for it is the new kind's default that differs; or " + d.How
	}
	return d.How
}

// again says how a service is created anew, with what cannot be changed.
func (c *comparer) again(service string, in []string) string {
	var stacks, groups []string
	for _, name := range in {
		e := c.old.plan.Store.Environment(name)
		t := environment.Target{Store: c.old.plan.Store, Environment: e}
		stacks, groups = append(stacks, t.ServiceStackName(service)), append(groups, t.LogGroupName(service))
		if c.old.plan.Service(service).In(e).Gated() {
			groups = append(groups, t.GateLogGroupName(service))
		}
	}
	return "in every region, delete " + plural(stacks, "stack") + " " + text.List(stacks) + ", then " + plural(groups, "log group") + " " + text.List(groups) +
		", which would be in the way; push this file, let it pass where Review stops it in both pipelines, and the pipeline of " + service + " creates them again"
}

func (c *comparer) kindChanged(path string) bool {
	environment := strings.TrimSuffix(path, ".network.availabilityZones")
	return slices.ContainsFunc(c.change.Differences, func(d Difference) bool { return d.What == environment+".kind" })
}

// refuseEnvironments finds a new environment where an old one stands in the way. Of other regions, too: its latency records would
// lead customers there before any service is.
func (c *comparer) refuseEnvironments() {
	old, new := c.old.plan, c.new.plan
	for _, o := range only(environments(old), environments(new)) {
		for _, n := range only(environments(new), environments(old)) {
			a, b := old.Store.Environment(o), new.Store.Environment(n)
			if !sameDomain(a, b) {
				continue
			}
			c.refusal("environments."+n+".domain", fmt.Sprintf("%s is the domain of %s, whose records and certificates stand until it is removed", b.Domain.Name, o),
				fmt.Sprintf("give %s a domain of its own, move the customers there, then remove %s; or, with downtime, remove %s in a change of its own first", n, o, o))
		}
	}
}

// refuseTakeovers finds a new service that would fail to be created, or answer too early, because one that goes is still
// there.
func (c *comparer) refuseTakeovers() {
	seen := map[rename]bool{}
	for _, t := range c.takeovers() {
		before, after := t.a.PriorityOf(t.old), t.b.PriorityOf(t.new)
		if after > before || seen[t.rename] {
			continue
		}
		seen[t.rename] = true
		what := fmt.Sprintf("its rule (%d) would go before that of %s (%d), and answer 503 until its first tasks are healthy", after, t.old, before)
		if after == before {
			what = fmt.Sprintf("priority %d is taken by %s until that is removed", after, t.old)
		}
		c.refusal("services."+t.new+".expose", what, fmt.Sprintf("say expose: {priority: %d}: so %s answers until it is removed", c.free(before, t), t.old))
	}
}

// refuseOwners finds a CodeCommit repository that would change hands between the platform pipeline's stack, which owns the delivery
// repository, and the sources stack, which owns those of services: each leaves behind what it lets go of, and the other cannot
// create it then.
func (c *comparer) refuseOwners() {
	old, new := c.old.plan, c.new.plan
	if d := new.DeliverySource(); hosted(d) && slices.Contains(old.Repositories(), d.Repository) {
		c.refusal("delivery.repository", d.Repository+" has been a repository of services, and the sources stack owns it", "choose another name for the delivery repository")
	}
	if d := old.DeliverySource(); hosted(d) && slices.Contains(new.Repositories(), d.Repository) {
		c.refusal("services", d.Repository+" has been the delivery repository, and the platform pipeline's stack owns it", "choose another name for the services' repository")
	}
}

// free is the lowest priority after one that no service of either plan has in the environment.
func (c *comparer) free(after int, t takeover) int {
	taken := map[int]bool{}
	for _, s := range []side{c.old, c.new} {
		for _, service := range s.plan.Services {
			if x := service.In(s.plan.Store.Environment(t.environment)).Expose; x != nil && !x.Internal && service.Name != t.new {
				taken[x.PriorityOf(service.Name)] = true
			}
		}
	}
	for after++; taken[after]; {
		after++
	}
	return after
}

// impossible adds a refusal for the first push between that would be no valid plan.
func (c *comparer) impossible(all []push) bool {
	for _, p := range all[:len(all)-1] {
		if problems := p.plan.Validate(); len(problems) > 0 {
			group, _, _ := strings.Cut(problems[0].Path, ".")
			path, instead := c.apart(p.plan, problems[0].Path)
			c.refusal(path, "on the way, old and new "+group+" must stand in one plan, and this one may not be: "+problems[0].Path+": "+problems[0].Message, instead)
			return true
		}
	}
	return false
}

// apart is the way out where what goes and what comes cannot stand in one plan, and the setting that it is about. To add first and
// remove then is no way: it needs the same plan.
func (c *comparer) apart(p *environment.Plan, path string) (setting, instead string) {
	words := strings.Split(path, ".")
	if words[0] != "services" {
		return words[0], "make two changes of it: first remove, then add; in between there is neither"
	}
	what := words[len(words)-1]
	if comes, stays := c.clash(p, words[1], what); comes != "" {
		return "services." + comes + ".expose", "give " + comes + " another " + what + ": " + stays + " keeps its own until it is removed"
	}
	if slices.Contains(words, "variables") {
		return "services", "make two changes of it: first release " + words[1] + " without what it refers to, then the rest"
	}
	return "services", "make two changes of it: first remove, then add; in between there is neither"
}

// clash finds the two services of a plan that have one port, or one priority, of which one is named: the one that comes, and the one that
// is there. Empty where it is about something else.
func (c *comparer) clash(p *environment.Plan, named, what string) (comes, stays string) {
	number := func(name string, e *environment.Environment) int {
		x := p.Service(name).In(e).Expose
		switch {
		case x != nil && x.Internal && what == "port":
			return x.PortOf(name)
		case x != nil && !x.Internal && what == "priority":
			return x.PriorityOf(name)
		}
		return 0
	}
	for _, e := range p.Store.Environments {
		for _, other := range services(p) {
			if n := number(named, e); other == named || n == 0 || number(other, e) != n {
				continue
			}
			if slices.Contains(services(c.old.plan), other) {
				return named, other
			}
			return other, named
		}
	}
	return "", ""
}
