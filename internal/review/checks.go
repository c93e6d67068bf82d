package review

import (
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// checksVariable is the variable that holds what a gate's function, or a canary, asks.
const checksVariable = "CHECKS"

// checks judges what gates and canaries ask, and the hooks by which a release asks them.
func checks(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old == nil || d.new == nil {
				continue
			}
			switch d.new.Type {
			case "AWS::Lambda::Function":
				d.fewerChecks("Environment", "Variables")
			case "AWS::Synthetics::Canary":
				d.fewerChecks("RunConfig", "EnvironmentVariables")
			}
		}
	}
	var all []Finding
	for _, r := range c.releases() {
		all = append(all, r.hooks()...)
	}
	return all
}

// fewerChecks finds a check that is no longer asked as it was.
func (d *delta) fewerChecks(at ...string) {
	asked := func(renewed bool) []any {
		r := d.old
		if renewed {
			r = d.new
		}
		var list []any
		if value.Unmarshal([]byte(d.pair.show(get(r, append(at, checksVariable)...), renewed)), &list) != nil {
			return nil
		}
		return list
	}
	before, after := asked(false), asked(true)
	property := strings.Join(append(at, checksVariable), ".")
	switch {
	case fewer(before, after) && len(after) < len(before):
		d.say(verdict{"checks", SafetyLost, "asks fewer questions", "What they asked may be wrong, and nothing says so.", ""}, property)
	case fewer(before, after):
		d.say(verdict{"checks", SafetyLost, "asks other questions", "Whether they ask less, the checks say.", ""}, property)
	}
}
