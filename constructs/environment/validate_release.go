package environment

import (
	"time"

	"github.com/storeship/storeship/internal/text"
)

// maxShift is the longest time from a canary's or linear's first shift of traffic to its last. CodeDeploy documents it for
// Lambda; ECS has the same configurations, and an action of CodePipeline may wait for five days.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
const maxShift = 48 * time.Hour

// release checks how a new version replaces the old: said is what the plan says, r has the defaults as well.
func (c *checker) release(at string, said, r Runtime) {
	l, given := r.Release, said.Release
	worker := r.HTTP == nil
	http := at + ".http"
	at += ".release"
	if !oneOf(c, at+".engine", l.Engine, []Engine{CodeDeploy, Rolling}) {
		return
	}
	engine := []string{at + ".engine", http}
	if l.Engine == Rolling {
		for _, f := range []struct {
			key   string
			given bool
		}{{"strategy", given.Strategy != ""}, {"percent", given.Percent != 0}, {"interval", given.Interval != 0}} {
			if f.given {
				c.related(engine, at+"."+f.key, "goes with engine codedeploy only, and this service has rolling; remove it")
			}
		}
		if l.MinHealthyPercent != nil {
			c.between(at+".minHealthyPercent", *l.MinHealthyPercent, 0, 100)
		}
		c.between(at+".maxHealthyPercent", l.MaxHealthyPercent, 101, 200)
		return
	}
	if worker {
		c.related([]string{http}, at+".engine", "codedeploy shifts the traffic of a load balancer, and a service without http has none; use rolling")
		return
	}
	if given.MinHealthyPercent != nil {
		c.related(engine, at+".minHealthyPercent", "goes with engine rolling only, and this service has codedeploy; remove it")
	}
	if given.MaxHealthyPercent != 0 {
		c.related(engine, at+".maxHealthyPercent", "goes with engine rolling only, and this service has codedeploy; remove it")
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
	ok := c.between(at+".percent", l.Percent, 1, 99)
	switch {
	case l.Interval < time.Minute || l.Interval > maxShift:
		c.add(at+".interval", "must be 1m to %s, got %s", text.Duration(maxShift), text.Duration(l.Interval))
	case l.Interval%time.Minute != 0:
		c.add(at+".interval", "must be whole minutes, got %s", text.Duration(l.Interval))
	case ok && l.Strategy == Linear:
		steps := (100 + l.Percent - 1) / l.Percent
		if total := time.Duration(steps-1) * l.Interval; total > maxShift {
			c.related([]string{at + ".percent"}, at+".interval",
				"shifting %d%% every %s takes %s, and CodeDeploy allows %s: shorten the interval, or shift more at a time",
				l.Percent, text.Duration(l.Interval), text.Duration(total), text.Duration(maxShift))
		}
	}
}
