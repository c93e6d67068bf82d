package change

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/text"
)

// Retire is the removal of one service from a valid configuration, as if the file without it were the new one. The error has
// every reason why it cannot be removed yet, one a line.
func Retire(c *config.Config, service string, o Options) (*Change, error) {
	plan := c.Plan()
	if plan.Service(service) == nil {
		return nil, fmt.Errorf("%s: no service is named %s; %s", c.File(), text.Quote(service), text.Suggest(service, services(plan)))
	}
	var reasons []string
	if len(plan.Services) == 1 {
		reasons = append(reasons, fmt.Sprintf("%s: services.%s: is the only service, and a store has at least one; docs/first-deployment.md, \"Remove everything\", takes the whole store down",
			c.Place("services."+service), service))
	}
	for _, path := range references(c, service) {
		reasons = append(reasons, fmt.Sprintf("%s: %s: refers to %s; release its service without it first", c.Place(path), path, service))
	}
	if len(reasons) > 0 {
		return nil, errors.New(strings.Join(reasons, "\n"))
	}
	without := *plan
	without.Services = slices.DeleteFunc(slices.Clone(plan.Services), func(s *environment.Service) bool { return s.Name == service })
	x := &comparer{
		old: side{c, plan}, new: side{c, &without}, o: o,
		change: &Change{Store: plan.Store.Name, From: c.File(), To: c.File(), Retires: service, holds: holds(plan)},
	}
	x.add(Difference{Group: "services", What: service, Kind: Removed})
	x.steps()
	return x.change, nil
}

// references lists the paths of the variables that refer to a service, in the order of the file, other than its own: those of
// containers, and those of tests.
func references(c *config.Config, service string) []string {
	var paths []string
	look := func(path string, variables map[string]string) {
		for _, name := range names(variables) {
			if slices.Contains(environment.References(variables[name]), service) {
				paths = append(paths, text.Under(path+".variables", name))
			}
		}
	}
	lookAt := func(path string, r *config.Runtime) {
		look(path, r.Variables)
		if t := r.Tests; t != nil {
			if t.Integration != nil {
				look(path+".tests.integration", t.Integration.Variables)
			}
			if t.Acceptance != nil {
				look(path+".tests.acceptance", t.Acceptance.Variables)
			}
			if t.Performance != nil {
				look(path+".tests.performance", t.Performance.Variables)
			}
		}
	}
	if c.Defaults != nil {
		lookAt("defaults", &c.Defaults.Runtime)
	}
	for _, s := range c.Services {
		if s.Name == service {
			continue
		}
		path := "services." + s.Name
		lookAt(path, &s.Value.Runtime)
		for _, o := range s.Value.Overrides {
			lookAt(path+".overrides."+o.Name, o.Value)
		}
	}
	return paths
}
