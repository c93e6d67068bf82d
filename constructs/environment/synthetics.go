package environment

import (
	"fmt"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Synthetics is the canary of a service of http or http2: it asks the service by the same way as its callers, again and again,
// whether one comes or not. A public service is asked from outside, an internal one from within the VPC. Only in preproduction and
// production; in test environments it has no effect, for the same settings hold everywhere.
type Synthetics struct {
	// Disabled leaves the service without a canary, and without its alarm; see [Synthetics.Off]. A pointer to false is a canary
	// also where none is by default: of an internal service in production. Default: true in test environments, and in production
	// for an internal service, which has the traffic of its callers there; else false. Without anything to ask there is no canary
	// either; see [Runtime.Asked].
	Disabled *bool
	// Interval between two runs, in whole minutes, 1m to [MaxCanaryRun]. Default: [DefaultCanaryRun].
	Interval time.Duration
}

const (
	// DefaultCanaryRun is the time from one run of a canary of CloudWatch Synthetics to the next: the most with which its alarm can fire
	// before a bake of [DefaultBake] is over, whatever the strategy. With five minutes it would come two minutes too late.
	DefaultCanaryRun = 3 * time.Minute
	// MaxCanaryRun is the most that it may be: what a rate of Synthetics allows.
	// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html
	MaxCanaryRun = time.Hour
	// CanaryFailures is how many runs in a row must fail before the alarm fires: one failed run is a failed customer, and may be a lost
	// packet; two are a failure.
	CanaryFailures = 2
)

// SyntheticRuns is how many runs of the canary in a row must succeed before a release leaves preproduction: one may have had luck.
const SyntheticRuns = 2

// Off says whether the canary is disabled.
func (s Synthetics) Off() bool { return s.Disabled != nil && *s.Disabled }

// askable says whether a check can ask the service through a load balancer.
func (r Runtime) askable() bool {
	return r.HTTP != nil && r.HTTP.Protocol != GRPC && r.Expose != nil
}

// public says whether customers reach the service, by requests that a check can make.
func (r Runtime) public() bool { return r.askable() && !r.Expose.Internal }

// HealthReached says whether a request of a customer for the path of the health check reaches the service: whether its own rule
// covers it. A server of gRPC has no answer to a GET.
func (r Runtime) HealthReached() bool { return r.public() && r.Expose.Covers(r.HTTP.Health) }

// Asked lists what the canary of a service that runs as r, which has its defaults, asks: the checks that only read; where there is
// none, the path of the health check, if those who call the service can reach it. Without anything to ask there is no canary.
func (r Runtime) Asked() []Check {
	if !r.askable() || r.Synthetics.Off() {
		return nil
	}
	var asked []Check
	for _, k := range r.Checks {
		if k.Reads() {
			asked = append(asked, k)
		}
	}
	// An internal service has its listener for itself, and no web ACL before it.
	if asked == nil && (r.Expose.Internal || r.HealthReached() && r.Expose.blocks(r.HTTP.Health) == "") {
		asked = append(asked, Check{Path: r.HTTP.Health}.WithDefaults())
	}
	return asked
}

// blocks is the pattern by which the web ACL answers a request for path itself, or nothing.
func (x *Expose) blocks(path string) string {
	for _, b := range x.Block {
		if covers(b, path) {
			return b
		}
	}
	return ""
}

// fires is when the alarm of the canary can fire after all customers reach a bad version. Runs take seconds; AlarmDelay has room.
func (s Synthetics) fires() time.Duration { return CanaryFailures*s.Interval + AlarmDelay }

// rule is when the canary's alarm fires: "2 failed runs of the canary in a row, one every 5m".
func (s Synthetics) rule() string {
	return fmt.Sprintf("%d failed runs of the canary in a row, one every %s", CanaryFailures, text.Duration(s.Interval))
}

// withDefaults fills in what an environment of that kind decides for a service that runs as r.
func (s Synthetics) withDefaults(r Runtime, kind Kind) Synthetics {
	if !r.askable() {
		return s
	}
	if off := kind == Test || r.Expose.Internal && kind == Production; kind == Test || s.Disabled == nil {
		s.Disabled = &off
	}
	set(&s.Interval, DefaultCanaryRun)
	return s
}

// synthetics checks the settings of the canary: said is what the plan says, r has the defaults as well.
func (c *checker) synthetics(at string, said, r Runtime) {
	if said.Synthetics == (Synthetics{}) {
		return
	}
	path := at + ".synthetics"
	switch {
	case r.HTTP == nil:
		c.related([]string{at + ".http"}, path, "are requests of customers, and a service without http answers none; remove it")
	case r.HTTP.Protocol == GRPC:
		c.related([]string{at + ".http.protocol"}, path, "are requests of HTTP, which a server of gRPC does not answer; remove it")
	case r.Expose == nil:
		// That is refused itself.
	case r.Synthetics.Interval < time.Minute || r.Synthetics.Interval > MaxCanaryRun:
		c.add(path+".interval", "must be 1m to %s, got %s", text.Duration(MaxCanaryRun), text.Duration(r.Synthetics.Interval))
	case r.Synthetics.Interval%time.Minute != 0:
		c.add(path+".interval", "must be whole minutes, got %s", text.Duration(r.Synthetics.Interval))
	}
}

// unasked warns of a public service that has no canary, for there is nothing that one could ask.
func (c *checker) unasked(at string, r Runtime) {
	if !r.public() || r.Synthetics.Off() || len(r.Asked()) > 0 {
		return
	}
	const way = "; add a check that customers may ask, or say synthetics: {disabled: true}"
	health, related := r.HTTP.Health, []string{at + ".http.health", at + ".expose.path"}
	if b := r.Expose.blocks(health); b != "" {
		c.related(append(related, at+".expose.block"), at+".synthetics", "the canary has nothing to ask, so there is none: no check only reads, "+
			"and the web ACL answers http.health, %s, with 403, for expose.block has %s%s", text.Quote(health), text.Quote(b), way)
		return
	}
	c.related(related, at+".synthetics", "the canary has nothing to ask, so there is none: no check only reads, and http.health, %s, is not "+
		"under the service's path %s%s", text.Quote(health), text.Quote(r.Expose.Path), way)
}
