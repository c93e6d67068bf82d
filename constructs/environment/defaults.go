package environment

import (
	"maps"
	"slices"
	"time"
)

// Defaults of a service's runtime that do not depend on the environment.
const (
	// DefaultCPU in units of 1/1024 vCPU.
	DefaultCPU = 512
	// DefaultMemoryMiB is the memory of a task.
	DefaultMemoryMiB = 1024
	// DefaultGraceSeconds is how long a starting task may fail its health checks.
	DefaultGraceSeconds = 60
	// DefaultHealthGraceSeconds is how long a starting container may fail its health command.
	DefaultHealthGraceSeconds = 60
	// DefaultCPUPercent is the average CPU that scaling aims at.
	DefaultCPUPercent = 60
	// DefaultMemoryPercent is the average memory that scaling aims at.
	DefaultMemoryPercent = 75
	// DefaultShiftPercent is the first step of a canary and every step of linear.
	DefaultShiftPercent = 10
	// DefaultCanaryInterval is the wait between the two steps of a canary.
	DefaultCanaryInterval = 5 * time.Minute
	// DefaultLinearInterval is the wait between the steps of linear.
	DefaultLinearInterval = time.Minute
)

// GRPCHealth is the method that says whether a gRPC server is well, in the protocol that every gRPC library has. The load
// balancer reads the status of the call and not the answer, so a server that is not well must fail it.
//
// AWS's own default asks for /AWS.ALB/healthcheck, which no server has, and takes status 12, "unimplemented", for health:
// proof that something speaks gRPC, and of no more.
// https://github.com/grpc/grpc/blob/master/doc/health-checking.md
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
const GRPCHealth = "/grpc.health.v1.Health/Check"

// How ECS runs a health command.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
const (
	// HealthIntervalSeconds is the time between two runs.
	HealthIntervalSeconds = 30
	// HealthTimeoutSeconds is how long a run may take.
	HealthTimeoutSeconds = 5
	// HealthRetries is how many runs in a row may fail before the container is unhealthy.
	HealthRetries = 3
)

// clone copies r so deep that changing the copy leaves r alone.
func (r Runtime) clone() Runtime {
	if r.HTTP != nil {
		h := *r.HTTP
		r.HTTP = &h
	}
	if r.Expose != nil {
		x := *r.Expose
		x.Block = slices.Clone(x.Block)
		r.Expose = &x
	}
	if m := r.Release.MinHealthyPercent; m != nil {
		v := *m
		r.Release.MinHealthyPercent = &v
	}
	if d := r.Synthetics.Disabled; d != nil {
		v := *d
		r.Synthetics.Disabled = &v
	}
	r.Variables, r.Secrets = maps.Clone(r.Variables), maps.Clone(r.Secrets)
	r.Command, r.WritablePaths = slices.Clone(r.Command), slices.Clone(r.WritablePaths)
	r.HealthCommand = slices.Clone(r.HealthCommand)
	r.Scale.Peaks = slices.Clone(r.Scale.Peaks)
	r.Checks = slices.Clone(r.Checks)
	r.Tests = r.Tests.clone()
	return r
}

// WithDefaults returns r with everything filled in that an environment of that kind decides. It is the one place where
// these defaults are.
func (r Runtime) WithDefaults(kind Kind) Runtime {
	r = r.clone()
	byKind := func(test, preproduction, production int) int {
		switch kind {
		case Test:
			return test
		case Preproduction:
			return preproduction
		}
		return production
	}
	set(&r.CPU, DefaultCPU)
	set(&r.MemoryMiB, DefaultMemoryMiB)
	r.CPU, r.MemoryMiB = roundUp(r.CPU, r.MemoryMiB)
	if r.HealthCommand != nil {
		set(&r.HealthGraceSeconds, DefaultHealthGraceSeconds)
	}
	set(&r.LogRetentionDays, byKind(30, 365, 365))
	set(&r.Scale.Min, byKind(1, 2, 3))
	set(&r.Scale.Max, 2*r.Scale.Min)
	set(&r.Scale.CPUPercent, DefaultCPUPercent)
	set(&r.Scale.MemoryPercent, DefaultMemoryPercent)
	for i, p := range r.Scale.Peaks {
		r.Scale.Peaks[i] = p.withDefaults(r.Scale)
	}
	if r.HTTP != nil {
		set(&r.HTTP.Protocol, HTTP1)
		if r.HTTP.Protocol == GRPC {
			set(&r.HTTP.Health, GRPCHealth)
		}
		set(&r.HTTP.GraceSeconds, DefaultGraceSeconds)
		set(&r.Release.Engine, CodeDeploy)
	} else {
		set(&r.Release.Engine, Rolling)
	}
	switch {
	case r.Release.Engine.Shifts():
		if kind == Test {
			set(&r.Release.Strategy, AllAtOnce)
		}
		set(&r.Release.Strategy, Canary)
		if r.Release.Strategy != AllAtOnce {
			set(&r.Release.Percent, DefaultShiftPercent)
		}
		switch r.Release.Strategy {
		case Canary:
			set(&r.Release.Interval, DefaultCanaryInterval)
		case Linear:
			set(&r.Release.Interval, DefaultLinearInterval)
		}
	case r.Release.Engine == Rolling:
		if r.Release.MinHealthyPercent == nil {
			full := 100
			r.Release.MinHealthyPercent = &full
		}
		set(&r.Release.MaxHealthyPercent, 200)
	}
	for i, k := range r.Checks {
		r.Checks[i] = k.WithDefaults()
	}
	if r.Gated() {
		set(&r.Release.CheckTimeout, DefaultCheckTimeout)
	}
	r.Alarms = r.Alarms.withDefaults(r, kind)
	r.Synthetics = r.Synthetics.withDefaults(r, kind)
	r.Tests = r.Tests.withDefaults(kind)
	return r
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
