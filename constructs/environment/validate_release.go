package environment

import (
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// maxShift is the longest time from a canary's or linear's first shift of traffic to its last. CodeDeploy documents it for
// Lambda; ECS has the same configurations, and an action of CodePipeline may wait for five days.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
const maxShift = 48 * time.Hour

// What the engine ecs allows.
const (
	// MinLinearPercent is the least that a step of linear can shift.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_LinearConfiguration.html
	MinLinearPercent = 3
	// MaxECSInterval is the longest wait between two shifts.
	// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CanaryConfiguration.html
	MaxECSInterval = 24 * time.Hour
	// MaxECSBake is the longest bake: the bake is a stage of the deployment, and a stage that lasts longer fails.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
	MaxECSBake = 24 * time.Hour
	// MaxECSRelease is the longest that all shifts and the bake may take together. CloudFormation gives up after 36 hours, and
	// refuses what leaves less than three of them for starting tasks.
	// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-canaryconfiguration.html
	MaxECSRelease = 33 * time.Hour
)

// Shift is the time from the first shift of traffic to the last: 0 for all at once.
func (r Release) Shift() time.Duration {
	switch r.Strategy {
	case Canary:
		return r.Interval
	case Linear:
		if r.Percent > 0 { // one wait less than there are steps; the last step may be smaller
			return time.Duration(99/r.Percent) * r.Interval
		}
	}
	return 0
}

// release checks how a new version replaces the old: said is what the plan says, r has the defaults as well.
func (c *checker) release(at string, said, r Runtime) {
	l, given := r.Release, said.Release
	http := at + ".http"
	at += ".release"
	if !oneOf(c, at+".engine", l.Engine, Engines) {
		return
	}
	c.foreign(at, http, l.Engine, given)
	if l.Engine == Rolling {
		if l.MinHealthyPercent != nil {
			c.between(at+".minHealthyPercent", *l.MinHealthyPercent, 0, 100)
		}
		c.between(at+".maxHealthyPercent", l.MaxHealthyPercent, 101, 200)
		return
	}
	if r.HTTP == nil {
		c.related([]string{http}, at+".engine", "%s shifts the traffic of a load balancer, and a service without http has none; use rolling", l.Engine)
		return
	}
	if !oneOf(c, at+".strategy", l.Strategy, []Strategy{AllAtOnce, Canary, Linear}) {
		return
	}
	if l.Strategy == AllAtOnce {
		c.atOnce(at, given)
		return
	}
	c.shift(at, l)
}

// foreign refuses the settings of other engines.
func (c *checker) foreign(at, http string, engine Engine, given Release) {
	for _, f := range []struct {
		key    string
		given  bool
		shifts bool
	}{
		{"strategy", given.Strategy != "", true},
		{"percent", given.Percent != 0, true},
		{"interval", given.Interval != 0, true},
		{"checkTimeout", given.CheckTimeout != 0, true},
		{"minHealthyPercent", given.MinHealthyPercent != nil, false},
		{"maxHealthyPercent", given.MaxHealthyPercent != 0, false},
	} {
		if !f.given || f.shifts == engine.Shifts() {
			continue
		}
		var of []string
		for _, e := range Engines {
			if e.Shifts() == f.shifts {
				of = append(of, string(e))
			}
		}
		c.related([]string{at + ".engine", http}, at+"."+f.key, "goes with engine %s only, and this service has %s; remove it",
			strings.Join(of, " or "), engine)
	}
}

// atOnce refuses what all-at-once has no use for.
func (c *checker) atOnce(at string, given Release) {
	why := "has no use with strategy all-at-once"
	if given.Strategy == "" {
		why = "needs a strategy: without one, test environments shift all at once; say canary or linear"
	}
	strategy := []string{at + ".strategy"}
	if given.Percent != 0 {
		c.related(strategy, at+".percent", "%s", why)
	}
	if given.Interval != 0 {
		c.related(strategy, at+".interval", "%s", why)
	}
}

// shift checks the steps of canary and linear.
func (c *checker) shift(at string, l Release) {
	longest, least := maxShift, 1
	total, who := maxShift, "CodeDeploy"
	if l.Engine == ECS {
		longest, total, who = MaxECSInterval, MaxECSRelease, "CloudFormation"
		if l.Strategy == Linear {
			least = MinLinearPercent
		}
	}
	ok := c.between(at+".percent", l.Percent, least, 99)
	switch {
	case l.Interval < time.Minute || l.Interval > longest:
		c.add(at+".interval", "must be 1m to %s, got %s", text.Duration(longest), text.Duration(l.Interval))
	case l.Interval%time.Minute != 0:
		c.add(at+".interval", "must be whole minutes, got %s", text.Duration(l.Interval))
	case ok && l.Shift() > total:
		c.related([]string{at + ".percent"}, at+".interval",
			"shifting %d%% every %s takes %s, and %s allows %s: shorten the interval, or shift more at a time",
			l.Percent, text.Duration(l.Interval), text.Duration(l.Shift()), who, text.Duration(total))
	}
}

// deployed refuses what a deployment of the engine ecs has no time for: CloudFormation waits until the old tasks are gone.
func (c *checker) deployed(at string, e *Environment, r Runtime) {
	l := r.Release
	if l.Engine != ECS || r.HTTP == nil || l.Interval > MaxECSInterval || l.Shift() > MaxECSRelease {
		return
	}
	service := at
	at += ".release"
	for i, w := range e.Waves {
		bake := w.BakeIn(e.Kind)
		where := text.Item("environments."+e.Name+".waves", i) + ".bake"
		switch {
		case bake > MaxBake: // said for every engine
		case bake > MaxECSBake:
			c.related([]string{at + ".engine"}, where, "must be at most %s where a service has the engine ecs, in which a stage may not last longer, got %s",
				text.Duration(MaxECSBake), text.Duration(bake))
		case bake+l.Shift() > MaxECSRelease:
			c.related([]string{at + ".interval", at + ".percent"}, where,
				"is %s, which with the %s that %s takes to shift the traffic is %s, and CloudFormation allows %s for a release of the engine ecs: shorten one of the two",
				text.Duration(bake), text.Duration(l.Shift()), service, text.Duration(bake+l.Shift()), text.Duration(MaxECSRelease))
		}
	}
}
