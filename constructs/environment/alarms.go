package environment

import "time"

// Alarms stop a release while the new version is watched, and roll it back: during the shift, and until the bake is over.
type Alarms struct {
	// Disabled leaves the service without alarms; releases then end well whatever customers see. It is also the way to release
	// a mend while an alarm fires, which CodeDeploy would stop at once. Default: alarms, in every kind of environment: what can
	// stop a release to production is tried before.
	Disabled bool
	// ErrorPercent is how many of a hundred requests may fail, 1 to 100: answered with a 5xx status, or not at all because the
	// task took no connection. The status of gRPC is no status of HTTP, so of a gRPC server only the latter is seen. Default:
	// 20 in test environments, 5 elsewhere.
	ErrorPercent int
	// LatencyMs is what the slowest hundredth of the requests may take until the answer begins, 1 to 600000 milliseconds.
	// Default: 5000 in test environments, 3000 elsewhere.
	LatencyMs int
	// MinRequests are the least requests of a period in which errors and latency are looked at, 1 to 1000000: one failed request
	// of two says little. With a canary it is a part of the requests that must come so often. Default: 10 in test environments,
	// 20 elsewhere.
	MinRequests int
	// CPUPercent is the average CPU of all tasks, 1 to 100, more than scaling aims at; 100 is never exceeded. Default: 90, or 5
	// more than scaling aims at.
	CPUPercent int
	// MemoryPercent is the average memory of all tasks, 1 to 100, more than scaling aims at; 100 is never exceeded. Default: 90,
	// or 5 more than scaling aims at.
	MemoryPercent int
	// Period is the time that becomes one datapoint: whole minutes, 1m to 1h. Default: 1m.
	Period time.Duration
	// Datapoints are how many in a row must be bad, 1 to 10. Default: 2.
	Datapoints int
}

// Defaults of alarms that do not depend on the environment.
const (
	// DefaultAlarmPeriod is the time that becomes one datapoint: as often as load balancers send their metrics.
	DefaultAlarmPeriod = time.Minute
	// DefaultAlarmDatapoints is how many datapoints in a row must be bad: one bad minute is not a bad version.
	DefaultAlarmDatapoints = 2
	// DefaultBusyPercent is the CPU and memory above which the alarms fire.
	DefaultBusyPercent = 90
)

// MaxAlarms is how many alarms a deployment group of CodeDeploy can have. A service behind a load balancer takes nine of
// its own; the tenth is that of its canary.
// https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_AlarmConfiguration.html
const MaxAlarms = 10

// AlarmDelay is the time from the end of a period to the alarm: load balancers send a minute's metrics when it is over, and
// CloudWatch evaluates an alarm every minute. AWS promises neither.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
const AlarmDelay = 2 * time.Minute

// Fires is when the alarms can fire after bad traffic begins. A period that begins earlier counts: each target group has
// metrics of its own, and before its first request it has none that could thin the bad ones.
func (a Alarms) Fires() time.Duration {
	return a.Period*time.Duration(a.Datapoints) + AlarmDelay
}

// Metric is what an alarm watches.
type Metric string

// The metrics, the first three of a target group, the next of a service, and the last of its canary.
const (
	Errors    Metric = "errors"
	Latency   Metric = "latency"
	Unhealthy Metric = "unhealthy"
	Tasks     Metric = "tasks"
	CPU       Metric = "cpu"
	Memory    Metric = "memory"
	Outside   Metric = "canary"
)

// The target groups of a service whose engine shifts traffic.
const (
	Blue  = "blue"
	Green = "green"
)

// Alarm is one alarm of a service.
type Alarm struct {
	// Group is the target group, [Blue] or [Green]; empty for alarms of the service, and where there is only one group.
	Group string
	// Metric that the alarm watches.
	Metric Metric
}

// Name is the end of the alarm's name: "blue-errors", "cpu".
func (a Alarm) Name() string {
	if a.Group == "" {
		return string(a.Metric)
	}
	return a.Group + "-" + string(a.Metric)
}

// ArmedAlarms lists the alarms of a service that runs as r, which has its defaults: nine where two target groups take turns,
// six with one, three for a worker; and one more where a canary asks.
func (r Runtime) ArmedAlarms() []Alarm {
	if r.Alarms.Disabled {
		return nil
	}
	var groups []string
	switch {
	case r.HTTP == nil:
	case r.Release.Engine.Shifts():
		groups = []string{Blue, Green}
	default:
		groups = []string{""}
	}
	var all []Alarm
	for _, g := range groups {
		for _, m := range []Metric{Errors, Latency, Unhealthy} {
			all = append(all, Alarm{g, m})
		}
	}
	all = append(all, Alarm{"", Tasks}, Alarm{"", CPU}, Alarm{"", Memory})
	if len(r.Asked()) > 0 {
		all = append(all, Alarm{"", Outside})
	}
	return all
}

// withDefaults fills in what an environment of that kind decides for a service that runs as r.
func (a Alarms) withDefaults(r Runtime, kind Kind) Alarms {
	if r.HTTP != nil {
		errors, latency, requests := 5, 3000, 20
		if kind == Test {
			errors, latency, requests = 20, 5000, 10
		}
		set(&a.ErrorPercent, errors)
		set(&a.LatencyMs, latency)
		set(&a.MinRequests, requests)
	}
	set(&a.CPUPercent, min(99, max(DefaultBusyPercent, r.Scale.CPUPercent+5)))
	set(&a.MemoryPercent, min(99, max(DefaultBusyPercent, r.Scale.MemoryPercent+5)))
	set(&a.Period, DefaultAlarmPeriod)
	set(&a.Datapoints, DefaultAlarmDatapoints)
	return a
}
