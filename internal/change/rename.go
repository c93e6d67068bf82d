package change

import (
	"reflect"
	"slices"

	"github.com/storeship/storeship/constructs/environment"
)

// rename is a thing that went, and one that came and is so like it that it was probably meant to be the same.
type rename struct{ old, new string }

// renames says what looks like a rename: it is a removal and an addition.
func (c *comparer) renames() {
	for _, r := range c.renamedServices() {
		c.add(Difference{Group: "services", What: r.old + " → " + r.new, Kind: Changed,
			How: "a rename is a removal and an addition: images, logs, addresses and the internal port are the name's, and nothing of them carries over by itself"})
	}
	for _, r := range c.renamedEnvironments() {
		c.add(Difference{Group: "environments", What: r.old + " → " + r.new, Kind: Changed,
			How: "a rename is a removal and an addition: every name has the environment's in it, and nothing carries over by itself"})
	}
}

// pairs matches what went with what came, each once.
func pairs(went, came []string, alike func(old, new string) bool) []rename {
	var all []rename
	taken := map[string]bool{}
	for _, o := range went {
		i := slices.IndexFunc(came, func(n string) bool { return !taken[n] && alike(o, n) })
		if i >= 0 {
			taken[came[i]] = true
			all = append(all, rename{o, came[i]})
		}
	}
	return all
}

// renamedServices are alike in their source, or in everything else.
func (c *comparer) renamedServices() []rename {
	old, new := c.old.plan, c.new.plan
	return pairs(only(services(old), services(new)), only(services(new), services(old)), func(o, n string) bool {
		a, b := old.Service(o), new.Service(n)
		if reflect.DeepEqual(old.SourceOf(a), new.SourceOf(b)) {
			return true
		}
		if !reflect.DeepEqual(a.Build, b.Build) {
			return false
		}
		for _, name := range both(environments(new), environments(old)) {
			x, y := a.In(old.Store.Environment(name)), b.In(new.Store.Environment(name))
			if x.HTTP == nil || !reflect.DeepEqual(x, y) {
				return false
			}
		}
		return true
	})
}

// renamedEnvironments stand in the same account, or have the same domain.
func (c *comparer) renamedEnvironments() []rename {
	old, new := c.old.plan, c.new.plan
	return pairs(only(environments(old), environments(new)), only(environments(new), environments(old)), func(o, n string) bool {
		a, b := old.Store.Environment(o), new.Store.Environment(n)
		return a.Account == b.Account && (!old.Store.Sandbox || a.Kind == b.Kind) || sameDomain(a, b)
	})
}

func sameDomain(a, b *environment.Environment) bool {
	return a.Domain != nil && b.Domain != nil && a.Domain.Name == b.Domain.Name
}

// takeover is a service that comes to the address of one that goes: its listener rule stands beside the old one's for a
// while, and the one with the lower number answers.
type takeover struct {
	rename
	environment string
	a, b        *environment.Expose
}

// takeovers lists the services that come to the public address of one that goes.
func (c *comparer) takeovers() []takeover {
	old, new := c.old.plan, c.new.plan
	var all []takeover
	for _, name := range both(environments(new), environments(old)) {
		for _, o := range only(services(old), services(new)) {
			for _, n := range only(services(new), services(old)) {
				a, b := old.Service(o).In(old.Store.Environment(name)).Expose, new.Service(n).In(new.Store.Environment(name)).Expose
				if a != nil && b != nil && !a.Internal && !b.Internal && a.Path == b.Path && a.Host == b.Host {
					all = append(all, takeover{rename{o, n}, name, a, b})
				}
			}
		}
	}
	return all
}
