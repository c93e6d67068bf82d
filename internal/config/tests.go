package config

import (
	"maps"
	"slices"
	"time"

	"github.com/storeship/storeship/constructs/environment"
)

// Tests are what a release must pass where it runs, before the next wave.
type Tests struct {
	// Integration asks whether the service works with what it stands on, in environments of the kind test. Without it: none.
	Integration *Test `yaml:"integration"`
	// Acceptance asks whether the service does what its users want, in environments of the kind test, after integration. Both
	// have half an hour together. Without it: none.
	Acceptance *Test `yaml:"acceptance"`
	// Performance asks whether it does so fast enough, in environments of the kind preproduction. Without it: none.
	Performance *PerformanceTest `yaml:"performance"`
}

// Test is a test of a service in a target.
type Test struct {
	// Commands of the test, in the folder of the service, of the commit that is released, with the preset's runtime.
	Commands []string `yaml:"commands" min:"1"`
	// Image that the commands run in, with a tag or a digest; it needs bash, tar and gzip. Without it: that of the other builds.
	Image *string `yaml:"image" pattern:"image"`
	// Reports is the JUnit XML file or pattern that the commands write, and must write. Without it: none.
	Reports *string `yaml:"reports"`
	// Timeout in a target, in whole minutes.
	Timeout *Duration `yaml:"timeout" min:"5m" max:"30m" default:"10m"`
	// Variables of the commands, beside those of every test. References are resolved; no place for a secret.
	Variables map[string]string `yaml:"variables" pattern:"variable" empty:"allowed"`
	// Mode says what becomes of a failure: it blocks the pipeline, or only reports, which the action's name then says.
	Mode *string `yaml:"mode" enum:"gateMode" default:"block"`
	// Reason why a failure stops nothing. Required with the mode report where an environment is of kind production.
	Reason *string `yaml:"reason"`
}

// PerformanceTest is commands, or a load.
type PerformanceTest struct {
	Test `yaml:",inline"`
	// Load is what the test does without commands.
	Load *LoadTest `yaml:"load"`
}

// LoadTest is a stream of GET requests at a constant rate, and what the answers must be.
type LoadTest struct {
	// Path that is asked, with a slash first, and a query if need be.
	Path *string `yaml:"path" required:"true" pattern:"check"`
	// RequestsPerSecond at a constant rate, however slow the answers are.
	RequestsPerSecond *int `yaml:"requestsPerSecond" required:"true" min:"1" max:"1000"`
	// Duration of the load, in whole seconds; it must leave the timeout another 4m.
	Duration *Duration `yaml:"duration" min:"10s" max:"26m" default:"2m"`
	// P99 is what 99 of 100 answers may take at most: 500ms.
	P99 *Duration `yaml:"p99" required:"true" min:"1ms" max:"30s"`
	// ErrorPercent is how many of a hundred requests may fail, or have an answer other than 200 to 399.
	ErrorPercent *int `yaml:"errorPercent" min:"0" max:"100" default:"1"`
}

func (t *Tests) plan() environment.Tests {
	if t == nil {
		return environment.Tests{}
	}
	var out environment.Tests
	if t.Integration != nil {
		out.Integration = t.Integration.plan()
	}
	if t.Acceptance != nil {
		out.Acceptance = t.Acceptance.plan()
	}
	if p := t.Performance; p != nil {
		out.Performance = p.plan()
		if l := p.Load; l != nil {
			out.Performance.Load = &environment.Load{
				Path: value(l.Path), RequestsPerSecond: value(l.RequestsPerSecond), Duration: time.Duration(value(l.Duration)),
				P99: time.Duration(value(l.P99)),
			}
			if l.ErrorPercent != nil {
				percent := *l.ErrorPercent
				out.Performance.Load.ErrorPercent = &percent
			}
		}
	}
	return out
}

func (t Test) plan() *environment.TargetTest {
	return &environment.TargetTest{
		Gate: environment.Gate{
			Mode: environment.GateMode(value(t.Mode)), Reason: value(t.Reason), Commands: slices.Clone(t.Commands), Reports: value(t.Reports),
		},
		Image: value(t.Image), Timeout: time.Duration(value(t.Timeout)), Variables: maps.Clone(t.Variables),
	}
}

// exchanges says whether over tests by commands what base tests by a load, or the other way round: then base's are not meant.
func (t *PerformanceTest) exchanges(over *PerformanceTest) bool {
	return t.Load != nil && over.Commands != nil || t.Commands != nil && over.Load != nil
}

// applicable is t without a load, for a service that answers no requests of HTTP.
func (t *Tests) applicable() *Tests {
	if t == nil || t.Performance == nil || t.Performance.Load == nil {
		return t
	}
	tests := *t
	tests.Performance = nil
	return &tests
}
