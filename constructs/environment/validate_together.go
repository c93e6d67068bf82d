package environment

import (
	"slices"
	"strconv"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Quotas of an application load balancer: the first two can be raised, the third cannot. A service whose traffic
// is shifted has two target groups, and a test listener or rule beside the production one.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
const (
	DefaultListeners = 50
	DefaultRules     = 100
	MaxTargetGroups  = 100
)

// member is a service of an environment with how it runs there.
type member struct {
	name, path string
	runtime    Runtime
}

// members lists the services of an environment that are exposed as asked.
func (p *Plan) members(e *Environment, internal bool) []member {
	var ms []member
	for i, s := range p.Services {
		if r := s.In(e); r.Expose != nil && r.HTTP != nil && r.Expose.Internal == internal {
			ms = append(ms, member{s.Name, under("services", s.Name, i), r})
		}
	}
	return ms
}

// groups counts the target groups of services, which is also how many listeners or rules they have.
func groups(ms []member) int {
	n := 0
	for _, m := range ms {
		n++
		if m.runtime.Release.Engine.Shifts() {
			n++
		}
	}
	return n
}

// together checks what services of one environment have in common: their load balancers.
func (c *checker) together(e *Environment) {
	internal, public := c.plan.members(e, true), c.plan.members(e, false)
	c.ports(internal)
	c.rules(public)
	for _, side := range []struct {
		what string
		ms   []member
	}{{"internal", internal}, {"public", public}} {
		if n := groups(side.ms); n > MaxTargetGroups {
			c.add("services", "%d %s services have %d target groups, and a load balancer at most %d, which AWS does not raise: "+
				"release some with engine rolling, which needs one each, or split the store", len(side.ms), side.what, n, MaxTargetGroups)
		}
	}
}

// ports finds internal services that listen on one port.
func (c *checker) ports(ms []member) {
	taken := map[int]member{}
	for _, m := range ms {
		taken[m.runtime.Expose.PortOf(m.name)] = m
	}
	first := map[int]member{}
	for _, m := range ms {
		port := m.runtime.Expose.PortOf(m.name)
		other, clash := first[port]
		if !clash {
			first[port] = m
			continue
		}
		free := port
		for used := true; used; _, used = taken[free] {
			free = InternalPortBase + (free-InternalPortBase+1)%InternalPortCount
		}
		setting := m.path + ".expose.internal.port"
		c.related([]string{m.path + ".expose", other.path + ".expose.internal.port"}, setting,
			"services %s and %s have the same port on the internal load balancer, %d; settle it with another port for one of them: "+
				"expose: {internal: {port: %d}}", other.name, m.name, port, free)
	}
}

// rules finds public services with one address, or with one priority.
func (c *checker) rules(ms []member) {
	taken := map[int]bool{}
	for _, m := range ms {
		taken[m.runtime.Expose.PriorityOf(m.name)] = true
	}
	for i, m := range ms {
		x := m.runtime.Expose
		for _, other := range ms[:i] {
			o := other.runtime.Expose
			if o.Path == x.Path && o.Host == x.Host && x.Path != "" {
				where := x.Path
				if x.Host != "" {
					where += " of host " + x.Host
				}
				c.related([]string{m.path + ".expose.host"}, m.path+".expose.path",
					"services %s and %s are both exposed at %s; give one another path or another host", other.name, m.name, where)
				break
			}
			if priority := x.PriorityOf(m.name); priority == o.PriorityOf(other.name) {
				free := priority
				for taken[free] {
					free = 1 + free%50000
				}
				c.related([]string{m.path + ".expose"}, m.path+".expose.priority",
					"services %s and %s have the same priority on the public listener, %d; settle it with another one for one of them: "+
						"expose: {priority: %d}", other.name, m.name, priority, free)
				break
			}
		}
	}
}

// Warnings is what may be as it is, but needs something outside the plan or deserves a second look.
func (p *Plan) Warnings() Problems { return p.WarningsAt(time.Now()) }

// WarningsAt is what [Plan.Warnings] says at a time: peaks come and go.
func (p *Plan) WarningsAt(now time.Time) Problems {
	c := &checker{plan: p}
	for i, e := range p.Store.Environments {
		at := under("environments", e.Name, i)
		if n := groups(p.members(e, true)); n > DefaultListeners {
			c.add("services", "environment %s needs %d listeners on its internal load balancer: ask for the quota \"Listeners per "+
				"Application Load Balancer\", %d by default, in account %s", e.Name, n, DefaultListeners, e.Account)
		}
		if e.Kind == Production && e.Approval == nil {
			c.add(at+".approval", "no one approves a release to production")
		}
		if e.Kind == Production && e.Domain == nil {
			c.add(at+".domain", "production answers over HTTP without TLS")
		}
		if e.allDark() {
			c.add(at+".dark", "all regions are dark: %s and the public hosts lead nowhere; take out the regions that customers are to reach",
				e.Domain.Name)
		}
		c.zones(at, e)
		c.thawed(at+".freezes", e.Freezes, now)
		c.env = e.Name
		for j, s := range p.Services {
			at, r := under("services", s.Name, j), s.In(e)
			c.rounded(at, s.said(e), r)
			c.over(at+".scale.peaks", r.Scale, now)
			c.unasked(at, r)
		}
		c.env = ""
	}
	c.sourceWarnings()
	c.gateWarnings()
	c.signingWarning()
	c.signed()
	var closed []string
	for _, r := range p.Store.Regions() {
		if known, ok := FindRegion(r); ok && known.OptIn {
			closed = append(closed, r)
		}
	}
	if len(closed) > 0 {
		slices.Sort(closed)
		c.add("environments", "%s must be enabled by hand in the tools account and in the accounts that use them", text.List(closed))
	}
	return c.problems
}

// zones warns of a region that gives most accounts fewer zones than the network wants.
// https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
func (c *checker) zones(at string, e *Environment) {
	if e.Network.WithDefaults(e.Kind).AvailabilityZones < 3 {
		return
	}
	for i, w := range e.Waves {
		if j := slices.Index(w.Regions, "us-west-1"); j >= 0 {
			c.add(at+".waves["+strconv.Itoa(i)+"].regions["+strconv.Itoa(j)+"]", "us-west-1 gives new accounts two availability "+
				"zones, and the network has three; say network: {availabilityZones: 2}")
		}
	}
}
