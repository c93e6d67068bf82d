package change

import (
	"maps"
	"reflect"
	"slices"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// push is a state of the delivery repository on the way.
type push struct {
	plan *environment.Plan
	// notes say how the file differs from the new one; none for the last.
	notes []string
}

// pushes are the states of the delivery repository between the plans. One is enough, unless a service would be released
// that calls one which is not there yet, or something that still runs would call one which is gone: the end of a push's
// platform run starts every pipeline that changed, and a service whose address another takes answers until that is released.
// Regions that customers come to, or leave, take pushes as well; see [move].
func (c *comparer) pushes() []push {
	old, new := c.old.plan, c.new.plan
	early := c.callers(new, only(services(new), services(old)))
	kept := c.kept()
	var states []push
	if len(early) > 0 {
		states = append(states, push{c.between(early, kept), c.as(early, kept)})
	}
	if len(kept) > 0 {
		states = append(states, push{c.between(nil, kept), c.as(nil, kept)})
	}
	return c.through(append(states, push{plan: new}))
}

// takers are the services that go and whose public address a new one takes: the two cannot stand in one plan.
func (c *comparer) takers() []string {
	var names []string
	for _, t := range c.takeovers() {
		names = append(names, only([]string{t.old}, names)...)
	}
	return names
}

// kept are the other services that go and that others still call: services of both plans, which are released without first;
// takers, which are deleted first; and what is kept itself.
func (c *comparer) kept() []string {
	old := c.old.plan
	gone := only(only(services(old), services(c.new.plan)), c.takers())
	var names []string
	for more := gone; len(more) > 0; {
		more = slices.DeleteFunc(only(gone, names), func(name string) bool {
			return len(c.callers(old, []string{name})) == 0 && !refers(old, slices.Concat(c.takers(), names), name)
		})
		names = append(names, more...)
	}
	return both(gone, names)
}

// refers says whether one of the named services refers to a service in plan p, in any environment.
func refers(p *environment.Plan, named []string, service string) bool {
	return slices.ContainsFunc(named, func(name string) bool {
		return slices.ContainsFunc(p.Store.Environments, func(e *environment.Environment) bool {
			for _, value := range variables(p.Service(name).In(e)) {
				if slices.Contains(environment.References(value), service) {
					return true
				}
			}
			return false
		})
	})
}

// callers lists the services of both plans that refer to one of the named services in plan p, in an environment of both,
// unless what they are given is the same in both plans.
func (c *comparer) callers(p *environment.Plan, named []string) []string {
	old, new := c.old.plan, c.new.plan
	var names []string
	for _, service := range both(services(new), services(old)) {
		for _, name := range both(environments(new), environments(old)) {
			given := variables(p.Service(service).In(p.Store.Environment(name)))
			before, after := resolved(old, service, name), resolved(new, service, name)
			for _, key := range slices.Sorted(maps.Keys(given)) {
				if before[key] != after[key] && len(both(environment.References(given[key]), named)) > 0 && !slices.Contains(names, service) {
					names = append(names, service)
				}
			}
		}
	}
	return names
}

// variables are all that may refer to other services, by their paths: what the container is given, and what its tests are.
func variables(r environment.Runtime) map[string]string {
	all := map[string]string{}
	add := func(path string, given map[string]string) {
		for name, value := range given {
			all[text.Under(path, name)] = value
		}
	}
	add("variables", r.Variables)
	for _, t := range r.Tests.List() {
		add("tests."+string(t.Kind)+".variables", t.Variables)
	}
	return all
}

// resolved are the variables of a service with what they refer to.
func resolved(p *environment.Plan, service, env string) map[string]string {
	e := p.Store.Environment(env)
	all := variables(p.Service(service).In(e))
	for key, value := range all {
		all[key], _ = p.Resolve(e.Targets(p.Store)[0], value) // references were checked with the plan
	}
	return all
}

// between is the new plan with some services as in the old one: those that stay as they are for now, and those that are
// removed later.
func (c *comparer) between(asBefore, kept []string) *environment.Plan {
	p := *c.new.plan
	p.Services = nil
	for _, s := range c.new.plan.Services {
		if slices.Contains(asBefore, s.Name) {
			s = c.before(s.Name)
		}
		p.Services = append(p.Services, s)
	}
	for _, name := range kept {
		p.Services = append(p.Services, c.before(name))
	}
	return &p
}

// before is a service as in the old plan, without overrides for environments that are gone.
func (c *comparer) before(name string) *environment.Service {
	s := *c.old.plan.Service(name)
	s.Overrides = maps.Clone(s.Overrides)
	maps.DeleteFunc(s.Overrides, func(e string, _ func(*environment.Runtime)) bool { return c.new.plan.Store.Environment(e) == nil })
	return &s
}

// as says how the file of a push differs from the new one.
func (c *comparer) as(asBefore, kept []string) []string {
	defaults := func(names []string) string {
		if reflect.DeepEqual(c.old.config.Defaults, c.new.config.Defaults) {
			return ""
		}
		return ", with what " + plural2(names, "it", "they") + " had from defaults"
	}
	path := func(names []string) string {
		var paths []string
		for _, n := range names {
			paths = append(paths, "services."+n)
		}
		return text.List(paths)
	}
	var notes []string
	if len(asBefore) > 0 {
		notes = append(notes, "For this push, "+path(asBefore)+" in the file as in "+c.change.From+defaults(asBefore)+": what "+plural2(asBefore, "it is", "they are")+" to call is not there yet.")
	}
	if len(kept) > 0 {
		notes = append(notes, "For this push, "+path(kept)+" still in the file, as in "+c.change.From+defaults(kept)+".")
	}
	return notes
}

// changed lists the services in both plans whose pipelines the push of b starts.
func changed(a, b *environment.Plan) []string {
	var names []string
	for _, name := range both(services(b), services(a)) {
		if !reflect.DeepEqual(shape(a), shape(b)) || !same(a, b, name) {
			names = append(names, name)
		}
	}
	return names
}

// shape is what every pipeline has of the plan.
func shape(p *environment.Plan) any {
	type target struct {
		id, account, domain, bake string
		approval, closes          bool
		windows, freezes          string
	}
	var targets [][]target
	for _, e := range p.Store.Environments {
		for _, w := range e.Waves {
			var wave []target
			for _, r := range w.Regions {
				t := environment.Target{Store: p.Store, Environment: e, Region: r}
				wave = append(wave, target{t.ID(), e.Account, domain(e), t.Bake().String(), e.Approval != nil, e.CanClose(), windows(e), freezes(e)})
			}
			targets = append(targets, wave)
		}
	}
	// The steps Package and VerifySignature of every service know whose signature an image must have.
	return []any{p.Store.Tools, p.Store.SigningProfile(), p.Store.SigningAccount(), p.DeliverySource(), targets}
}

// code is what a service's pipeline has of its source. Which files of CodeCommit count is known to the change filter only, which
// stands in the platform's sources stack.
func code(p *environment.Plan, s *environment.Service) environment.Source {
	source := p.SourceOf(s)
	if source.Provider == environment.CodeCommit {
		source.Filter, source.FilePaths = "", environment.FilePaths{}
	}
	return source
}

// same says whether a service is the same in both plans, in all environments of b.
func same(a, b *environment.Plan, name string) bool {
	x, y := a.Service(name), b.Service(name)
	if !reflect.DeepEqual(x.Build, y.Build) || !reflect.DeepEqual(code(a, x), code(b, y)) || a.TriggerOf(x) != b.TriggerOf(y) {
		return false
	}
	for _, e := range b.Store.Environments {
		before := a.Store.Environment(e.Name)
		if before == nil {
			return false
		}
		if !reflect.DeepEqual(resolved(a, name, e.Name), resolved(b, name, e.Name)) || !reflect.DeepEqual(bare(x.In(before)), bare(y.In(e))) {
			return false
		}
	}
	return true
}

// bare is how a service runs, without its variables.
func bare(r environment.Runtime) environment.Runtime {
	r.Variables = nil
	for _, t := range []*environment.TargetTest{r.Tests.Integration, r.Tests.Acceptance, r.Tests.Performance} {
		if t != nil {
			t.Variables = nil
		}
	}
	return r
}
