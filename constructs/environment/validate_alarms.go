package environment

import (
	"fmt"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Bounds of alarms. CloudWatch allows more; a release that waits longer for its alarms is watched by nobody.
const (
	maxLatencyMs   = 600_000
	maxMinRequests = 1_000_000
	maxPeriod      = time.Hour
	maxDatapoints  = 10
)

// alarms checks what rolls a release back: said is what the plan says, r has the defaults as well.
func (c *checker) alarms(at string, said, r Runtime) {
	a, given, scale := r.Alarms, said.Alarms, at+".scale"
	http := at + ".http"
	at += ".alarms"
	for _, f := range []struct {
		key                   string
		given, got, low, high int
	}{
		{"errorPercent", given.ErrorPercent, a.ErrorPercent, 1, 100},
		{"latencyMs", given.LatencyMs, a.LatencyMs, 1, maxLatencyMs},
		{"minRequests", given.MinRequests, a.MinRequests, 1, maxMinRequests},
	} {
		switch {
		case r.HTTP != nil:
			c.between(at+"."+f.key, f.got, f.low, f.high)
		case f.given != 0:
			c.related([]string{http}, at+"."+f.key, "is measured by a load balancer, and a service without http has none; remove it")
		}
	}
	for _, f := range []struct {
		key       string
		got, aims int
	}{{"cpuPercent", a.CPUPercent, r.Scale.CPUPercent}, {"memoryPercent", a.MemoryPercent, r.Scale.MemoryPercent}} {
		if c.between(at+"."+f.key, f.got, 1, 100) && f.got <= f.aims && f.aims < 100 {
			c.related([]string{scale + "." + f.key}, at+"."+f.key,
				"must be more than the %d that scaling aims at, or the alarm fires on a good day; got %d", f.aims, f.got)
		}
	}
	switch {
	case a.Period < time.Minute || a.Period > maxPeriod:
		c.add(at+".period", "must be 1m to %s, got %s", text.Duration(maxPeriod), text.Duration(a.Period))
	case a.Period%time.Minute != 0:
		c.add(at+".period", "must be whole minutes, got %s", text.Duration(a.Period))
	}
	c.between(at+".datapoints", a.Datapoints, 1, maxDatapoints)
}

// coherent refuses a release whose alarms cannot fire in time to roll it back.
func (c *checker) coherent(at string, e *Environment, r Runtime) {
	if r.Alarms.Disabled || !r.Alarms.known() || !r.Release.known() {
		return
	}
	rule := []string{at + ".alarms.period", at + ".alarms.datapoints"}
	if t := NewTimeline(r, 0); t.Full > 0 {
		if !t.Watched() {
			c.related(append(rule, at+".release.percent", at+".release.strategy"), at+".release.interval",
				"all traffic is on the new version before the alarms can fire: %s; %s", t.brief(), t.wayOut())
		}
		return
	}
	for i, w := range e.Waves {
		bake := w.BakeIn(e.Kind)
		t := NewTimeline(r, bake)
		// A test environment may go without a bake; another bake that is no bake has been refused.
		if bake <= 0 || bake%time.Minute != 0 || t.Watched() {
			continue
		}
		c.related(append(rule, at+".release.strategy"), text.Item(text.Under("environments", e.Name)+".waves", i)+".bake",
			"is over before the alarms of %s can fire: %s; %s", strings.TrimPrefix(at, "services."), t.brief(), t.wayOut())
	}
}

// known says whether the alarms fire at a time that can be computed; other settings have been refused.
func (a Alarms) known() bool {
	return a.Period >= time.Minute && a.Period <= maxPeriod && a.Period%time.Minute == 0 && a.Datapoints >= 1 && a.Datapoints <= maxDatapoints
}

// known says whether the settings of a release are such that its shift can be computed; others have been refused.
func (r Release) known() bool {
	switch {
	case r.Engine == Rolling, r.Engine.Shifts() && r.Strategy == AllAtOnce:
		return true
	case r.Engine.Shifts() && (r.Strategy == Canary || r.Strategy == Linear):
		return r.Percent >= 1 && r.Percent <= 99 && r.Interval >= time.Minute && r.Interval%time.Minute == 0
	}
	return false
}

// wayOut suggests a setting with which the alarms fire in time.
func (t Timeline) wayOut() string {
	longer := func(d time.Duration) time.Duration { return (d + time.Minute).Truncate(time.Minute) }
	window, way := t.Gone, fmt.Sprintf("set bake to at least %s", text.Duration(longer(t.Fires)))
	if t.Full > 0 {
		window = t.Full
		steps := t.Full / t.Release.Interval
		interval := (longer(t.Fires) + steps*time.Minute - 1) / (steps * time.Minute) * time.Minute
		way = fmt.Sprintf("set release.interval to at least %s", text.Duration(interval))
	}
	// One minute less than the window, for an alarm at its very end comes too late.
	if n := int((window - AlarmDelay - time.Minute) / DefaultAlarmPeriod); n >= 1 {
		way += fmt.Sprintf(", or alarms to {period: %s, datapoints: %d}", text.Duration(DefaultAlarmPeriod), min(n, DefaultAlarmDatapoints))
	}
	return way
}
