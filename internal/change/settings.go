package change

import (
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/frozen"
)

// absent stands for a value that is not there.
const absent = "none"

// settings compares the effective settings of a service in the environments of both plans: so a changed default shows
// where it lands.
func (c *comparer) settings(service string) {
	names := both(environments(c.new.plan), environments(c.old.plan))
	group := "settings of " + service
	if len(names) == 0 {
		// Of what does not depend on the environment any will do.
		a, b := c.explain(c.old, service, environments(c.old.plan)[0]), c.explain(c.new, service, environments(c.new.plan)[0])
		c.differ(group, service, nil, "", a, b, func(path string) bool { return !everywhere(path) })
		return
	}
	for i, name := range names {
		engine := c.old.plan.Service(service).In(c.old.plan.Store.Environment(name)).Release.Engine
		a, b := c.explain(c.old, service, name), c.explain(c.new, service, name)
		c.differ(group, service, []string{name}, engine, a, b, func(path string) bool { return i > 0 && everywhere(path) })
	}
}

// everywhere says of a path whether its value does not depend on the environment.
func everywhere(path string) bool {
	return strings.HasPrefix(path, "source.") || strings.HasPrefix(path, "build.")
}

func (c *comparer) explain(s side, service, env string) []config.Setting {
	settings, err := s.config.Explain(service, env)
	if err != nil {
		panic(err) // both names are of this plan
	}
	return settings
}

// differ adds what differs between two lists of settings to the group, or an environment to what has been said before.
func (c *comparer) differ(group, service string, in []string, engine environment.Engine, old, new []config.Setting, skip func(string) bool) {
	values := map[string]string{}
	for _, s := range old {
		values[s.Path] = s.Value
	}
	said := map[string]bool{}
	for _, s := range new {
		said[s.Path] = true
		before, ok := values[s.Path]
		if !ok {
			before = absent
		}
		c.setting(group, service, s.Path, before, s.Value, in, engine, skip)
	}
	for _, s := range old {
		if !said[s.Path] {
			c.setting(group, service, s.Path, s.Value, absent, in, engine, skip)
		}
	}
}

func (c *comparer) setting(group, service, path, old, new string, in []string, engine environment.Engine, skip func(string) bool) {
	// Names derive from what is said; what signs is the store's, and said once.
	if old == new || skip(path) || strings.HasPrefix(path, "names.") || strings.HasPrefix(path, "signing.") {
		return
	}
	if everywhere(path) {
		in = nil
	}
	key := "services." + service + "." + path
	if path == "expose" {
		key += ".internal"
	}
	when, how := frozen.Of(key, engine)
	d := Difference{Group: group, What: key, Kind: Changed, Old: old, New: new, Environments: in, When: when, How: how}
	d.What = "services." + service + "." + path
	for i := range c.change.Differences {
		x := &c.change.Differences[i]
		if x.What == d.What && x.Old == old && x.New == new && x.When == when {
			x.Environments = append(x.Environments, in...)
			return
		}
	}
	c.add(d)
}
