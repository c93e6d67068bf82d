package config

// Release says how a new version replaces the old.
type Release struct {
	// Engine that replaces the tasks. Without it: codedeploy, and rolling for a worker.
	Engine *string `yaml:"engine" enum:"engine"`
	// Strategy of the shift; only with codedeploy and ecs. Without it: all-at-once in test environments, canary elsewhere.
	Strategy *string `yaml:"strategy" enum:"strategy"`
	// Percent of the first shift of a canary, or of every shift of linear, which is at least 3 with ecs.
	Percent *int `yaml:"percent" min:"1" max:"99" default:"10"`
	// Interval between shifts, in whole minutes, at most 24h with ecs. Without it: 5m for canary, 1m for linear.
	Interval *Duration `yaml:"interval" min:"1m"`
	// CheckTimeout is how long a new version has to pass all checks, up to 14m. Only with checks. Without it: 5m.
	CheckTimeout *Duration `yaml:"checkTimeout" min:"1m"`
	// MinHealthyPercent of the desired tasks while rolling.
	MinHealthyPercent *int `yaml:"minHealthyPercent" min:"0" max:"100" default:"100"`
	// MaxHealthyPercent of the desired tasks while rolling.
	MaxHealthyPercent *int `yaml:"maxHealthyPercent" min:"101" max:"200" default:"200"`
}

// Alarms say what stops a release and rolls it back.
type Alarms struct {
	// Disabled leaves the service without alarms: also to release a mend while one fires, which CodeDeploy would stop.
	Disabled *bool `yaml:"disabled" default:"false"`
	// ErrorPercent is how many of a hundred requests may fail. Only with http. Without it: 20 in test environments, 5 elsewhere.
	ErrorPercent *int `yaml:"errorPercent" min:"1" max:"100"`
	// LatencyMs is what the slowest hundredth of the requests may take. Only with http. Without it: 5000 in test environments,
	// 3000 elsewhere.
	LatencyMs *int `yaml:"latencyMs" min:"1" max:"600000"`
	// MinRequests are the least requests of a period in which errors and latency are looked at. Only with http. Without it: 10
	// in test environments, 20 elsewhere.
	MinRequests *int `yaml:"minRequests" min:"1" max:"1000000"`
	// CPUPercent is the average CPU of all tasks, more than scaling aims at. Without it: 90, or 5 more than scaling aims at.
	CPUPercent *int `yaml:"cpuPercent" min:"1" max:"100"`
	// MemoryPercent is the average memory of all tasks, more than scaling aims at. Without it: 90, or 5 more than scaling aims
	// at.
	MemoryPercent *int `yaml:"memoryPercent" min:"1" max:"100"`
	// Period is the time that becomes one datapoint, in whole minutes up to 1h.
	Period *Duration `yaml:"period" min:"1m" default:"1m"`
	// Datapoints are how many in a row must be bad.
	Datapoints *int `yaml:"datapoints" min:"1" max:"10" default:"2"`
}

// Synthetics is the canary that asks a service as its callers do. It has no effect in test environments.
type Synthetics struct {
	// Disabled leaves the service without a canary and its alarm: also to release a mend while that alarm fires. False is a canary
	// in production for an internal service, too. Without it: true for an internal service in production, false elsewhere.
	Disabled *bool `yaml:"disabled"`
	// Interval between two runs, in whole minutes up to 1h.
	Interval *Duration `yaml:"interval" min:"1m" default:"3m"`
}

// Check is a request to a service, and what its answer must be.
type Check struct {
	// Path that is asked, with a slash first, and a query if need be.
	Path *string `yaml:"path" required:"true" pattern:"check"`
	// Method of the request.
	Method *string `yaml:"method" enum:"method" default:"GET"`
	// Headers of the request; no place for a secret.
	Headers map[string]string `yaml:"headers" pattern:"header"`
	// Body of the request, not with GET, HEAD and OPTIONS.
	Body *string `yaml:"body"`
	// Expect is what the answer must be. Without it: a status of 200 to 299, within 10 seconds.
	Expect *Expectation `yaml:"expect"`
}

// Expectation is what an answer must be.
type Expectation struct {
	// Status of the answer; redirects are not followed. Without it: any of 200 to 299.
	Status *int `yaml:"status" min:"200" max:"599"`
	// Headers that the answer must have, each with a value that contains this one.
	Headers map[string]string `yaml:"headers" pattern:"header"`
	// JSON is what the body must hold: paths of names and list positions (items.0.name) with their values as texts.
	JSON map[string]string `yaml:"json" pattern:"inner" empty:"allowed"`
	// LatencyMs is the most that the answer may take.
	LatencyMs *int `yaml:"latencyMs" min:"1" max:"10000" default:"10000"`
}
