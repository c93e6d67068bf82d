package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// axis is a way in which stacks are siblings: all but one of their coordinates are the same.
type axis struct {
	// among names the siblings for a reader: "the other regions of prod".
	among string
	// key of a group of siblings.
	key func(*coordinates) string
	// one is what tells siblings apart.
	one func(*coordinates) string
	// least is the number of siblings that must have a change, before one that has it not is worth a word.
	least int
}

var axes = []axis{
	{"regions", func(c *coordinates) string { return c.service + " " + c.environment }, func(c *coordinates) string { return c.region }, 2},
	{"targets", func(c *coordinates) string { return c.service }, func(c *coordinates) string { return c.target }, 2},
	{"environments", func(c *coordinates) string { return c.service }, func(c *coordinates) string { return c.environment }, 2},
	{"services", func(c *coordinates) string { return c.environment + " " + c.region }, func(c *coordinates) string { return c.service }, 3},
}

// siblings finds what changes in all stacks of a kind but one, where it was the same before. What must not be deployed at all is
// left out: it is to be taken back everywhere.
func (c *comparison) siblings(findings []Finding) []Finding {
	var all []Finding
	for _, f := range findings {
		if f.Level == WillFail || f.Property == "" || f.Where[0].pair == nil || f.Where[0].Because != "" || f.Where[0].LogicalID == "" || f.Type == pipelineType {
			continue
		}
		if f.Rule == "policy" || f.Rule == "security-group" || f.Rule == "permission" {
			continue // Who has not got more access than before is no finding.
		}
		for _, a := range axes {
			odd := c.odd(f, a)
			if len(odd) == 0 {
				continue
			}
			at := c.chart.of(odd[0].Stack)
			names := []string{}
			for _, p := range odd {
				if name := a.one(c.chart.of(p.Stack)); !slices.Contains(names, name) {
					names = append(names, name)
				}
			}
			who := listed(names)
			if a.among == "regions" {
				who = at.environment + "/" + who
			}
			d := f
			d.Rule, d.Where = "differs", odd
			d.Effect = who + " " + map[bool]string{true: "differ", false: "differs"}[len(names) > 1]
			d.Update = ""
			d.Why = "The change is not made there, but in the other " + a.among + ": " + f.Effect + "."
			d.Instead = "make it there as well, or say why not"
			all = append(all, d)
			break // What is missing in a whole environment need not be said of its services.
		}
	}
	return all
}

// odd lists the places in which a change is missing, where it is made in all siblings but one.
func (c *comparison) odd(f Finding, a axis) []Place {
	changed := map[string]map[string]bool{} // what has the change, by group
	done := map[string]bool{}
	for _, p := range f.Where {
		at := c.chart.of(p.Stack)
		if changed[a.key(at)] == nil {
			changed[a.key(at)] = map[string]bool{}
		}
		changed[a.key(at)][a.one(at)] = true
		done[fmt.Sprint(p.Stack)] = true
	}
	missing := map[string]map[string][]Place{}
	mixed := map[string]bool{} // groups in which it was not the same before
	for _, pair := range c.pairs {
		at := c.chart.of(of(pair.new))
		key := a.key(at)
		if changed[key] == nil || done[fmt.Sprint(of(pair.new))] {
			continue
		}
		place, there, same := c.sameBefore(f, pair)
		switch {
		case !there:
		case !same || changed[key][a.one(at)]:
			mixed[key] = true
		default:
			if missing[key] == nil {
				missing[key] = map[string][]Place{}
			}
			missing[key][a.one(at)] = append(missing[key][a.one(at)], place)
		}
	}
	var odd []Place
	for _, key := range value.Keys(missing) {
		who := missing[key]
		if len(who) != 1 || len(changed[key]) < a.least || mixed[key] {
			continue
		}
		for _, one := range value.Keys(who) {
			odd = append(odd, who[one]...)
		}
	}
	c.order(odd)
	return odd
}

// sameBefore says whether a stack has the same resource, and whether with the same value as those had that change.
func (c *comparison) sameBefore(f Finding, p *pair) (place Place, there, same bool) {
	model := f.Where[0]
	mine, theirs := c.chart.of(of(p.new)).mask, c.chart.of(model.Stack).mask
	blank := func(m mask, s string) string { return generated.ReplaceAllString(m.strip(s), "") }
	path := blank(theirs, f.Path)
	for _, r := range p.new.Resources(f.Type) {
		one := about(r, f.Level)
		if blank(mine, one.Path) != path {
			continue
		}
		if len(model.keys) < 4 || model.keys[2] != "Properties" {
			return Place{}, true, false
		}
		if d := p.delta(r.LogicalID); d != nil && slices.ContainsFunc(d.changes, func(ch *change) bool { return ch.under(f.Property) }) {
			return Place{}, true, false
		}
		place := one.Where[0]
		at := c.chart.of(place.Stack)
		place.Service, place.Target, place.pair = at.service, at.target, p
		place.keys = append([]string{"Resources", r.LogicalID}, model.keys[2:]...)
		before, was := "", ""
		if v := lookup(r.Properties, model.keys[3:]); v != nil {
			before = p.show(v, true)
		}
		if old, ok := model.pair.old.Resource(model.LogicalID); ok {
			if v := lookup(old.Properties, model.keys[3:]); v != nil {
				was = model.pair.show(v, false)
			}
		}
		return place, true, blank(mine, before) == blank(theirs, was)
	}
	return Place{}, false, false
}

// lookup is what keys and indices lead to.
func lookup(v any, keys []string) any {
	for _, k := range keys {
		switch t := v.(type) {
		case map[string]any:
			v = t[k]
		case []any:
			i := 0
			if _, err := fmt.Sscan(strings.TrimSpace(k), &i); err != nil || i < 0 || i >= len(t) {
				return nil
			}
			v = t[i]
		default:
			return nil
		}
	}
	return v
}
