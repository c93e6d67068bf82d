package config

import (
	"reflect"

	"github.com/storeship/storeship/constructs/environment"
)

// overlay returns base with what over says in its place: mappings merge key by key, lists and single values replace.
// Neither argument changes.
func overlay[T any](base, over T) T {
	return merged(reflect.ValueOf(&base).Elem(), reflect.ValueOf(&over).Elem()).Interface().(T)
}

func merged(base, over reflect.Value) reflect.Value {
	switch base.Kind() {
	case reflect.Struct:
		out := reflect.New(base.Type()).Elem()
		for i := range base.NumField() {
			if base.Type().Field(i).IsExported() {
				out.Field(i).Set(merged(base.Field(i), over.Field(i)))
			}
		}
		return out
	case reflect.Map:
		if base.IsNil() || over.IsNil() {
			break
		}
		out := reflect.MakeMap(base.Type())
		for _, m := range []reflect.Value{base, over} {
			for _, key := range m.MapKeys() {
				out.SetMapIndex(key, m.MapIndex(key))
			}
		}
		return out
	case reflect.Pointer:
		if base.IsNil() || over.IsNil() || base.Elem().Kind() != reflect.Struct || replaces(base, over) {
			break
		}
		out := reflect.New(base.Type().Elem())
		out.Elem().Set(merged(base.Elem(), over.Elem()))
		return out
	}
	if over.IsZero() {
		return base
	}
	return over
}

// replaces says whether over is the other of two alternatives, which cannot merge: an internal service made public, or a
// public one internal, and a load in place of commands.
func replaces(base, over reflect.Value) bool {
	if t, ok := base.Interface().(*PerformanceTest); ok {
		return t.exchanges(over.Interface().(*PerformanceTest))
	}
	b, ok := base.Interface().(*Expose)
	if !ok {
		return false
	}
	o := over.Interface().(*Expose)
	return (b.Internal != nil) != (o.Internal != nil)
}

// runtime is how a service is to run in the environment of that name, as the file says it: its overrides over its own
// settings over the defaults.
func (c *Config) runtime(s *Service, environment string) Runtime {
	r := s.Runtime
	if o := s.Overrides.Get(environment); o != nil {
		r = overlay(r, *o)
	}
	if c.Defaults == nil {
		return r
	}
	return overlay(applicable(c.Defaults.Runtime, r), r)
}

// applicable leaves out of the defaults what does not go with what the service says, for a service cannot unsay a
// default: a worker is not exposed, the path of an HTTP health check is no method of gRPC, and each engine has settings of
// its own.
func applicable(defaults, r Runtime) Runtime {
	both := overlay(defaults, r)
	if both.HTTP == nil {
		defaults.Expose = nil
		if a := defaults.Alarms; a != nil {
			alarms := *a
			alarms.ErrorPercent, alarms.LatencyMs, alarms.MinRequests = nil, nil, nil
			defaults.Alarms = &alarms
		}
	}
	if both.HealthCommand == nil {
		defaults.HealthGraceSeconds = nil
	}
	if h := defaults.HTTP; h != nil && value(h.Protocol) != "grpc" && value(both.HTTP.Protocol) == "grpc" {
		http := *h
		http.Health = nil
		defaults.HTTP = &http
	}
	if both.HTTP == nil || value(both.HTTP.Protocol) == "grpc" {
		defaults.Checks = nil
		defaults.Tests = defaults.Tests.applicable()
	}
	if both.HTTP == nil || value(both.HTTP.Protocol) == "grpc" || both.Expose == nil {
		defaults.Synthetics = nil
	}
	if defaults.Release == nil {
		return defaults
	}
	release := *defaults.Release
	worker := both.HTTP == nil
	if worker && environment.Engine(value(release.Engine)).Shifts() {
		release.Engine = nil
		both.Release = overlay(&release, r.Release)
	}
	engine := value(both.Release.Engine)
	if engine == "rolling" || engine == "" && worker {
		release.Strategy, release.Percent, release.Interval, release.CheckTimeout = nil, nil, nil, nil
	} else {
		release.MinHealthyPercent, release.MaxHealthyPercent = nil, nil
	}
	if r.Checks == nil && defaults.Checks == nil {
		release.CheckTimeout = nil
	}
	if value(both.Release.Strategy) == "all-at-once" && (r.Release != nil && r.Release.Strategy != nil) {
		release.Percent, release.Interval = nil, nil
	}
	defaults.Release = &release
	return defaults
}

// build is how the code of a service becomes an image, as the file says it.
func (c *Config) build(s *Service) Build {
	var b Build
	if c.Defaults != nil && c.Defaults.Build != nil {
		b = *c.Defaults.Build
	}
	if s.Build != nil {
		b = overlay(b, *s.Build)
		if own := s.Build.Gates; own != nil {
			gates := *b.Gates
			gates.SCA, gates.ImageScan = own.SCA.over(gates.SCA), own.ImageScan.over(gates.ImageScan)
			b.Gates = &gates
		}
	}
	return b
}

// over is the scan that s makes of the defaults: what they let pass is not for a service's own commands, which decide themselves.
func (s *Scan) over(merged *Scan) *Scan {
	if s == nil || len(s.Commands) == 0 || s.Thresholds != nil {
		return merged
	}
	without := *merged
	without.Thresholds = nil
	return &without
}

// value is what p points to, or the zero value.
func value[T any](p *T) T {
	var zero T
	if p == nil {
		return zero
	}
	return *p
}

// copied is a pointer to the same value of its own.
func copied[T any](p *T) *T {
	if p == nil {
		return nil
	}
	v := *p
	return &v
}
