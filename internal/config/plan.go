package config

import (
	"maps"
	"slices"
	"time"

	"github.com/storeship/storeship/constructs/environment"
)

// Plan is the store and its services as plain values. Each call returns a new one.
func (c *Config) Plan() *environment.Plan {
	s := &environment.Store{
		Name:    value(c.Store),
		Tools:   environment.Tools{Account: value(value(c.Tools).Account), Region: value(value(c.Tools).Region)},
		Sandbox: value(c.Sandbox),
		Signing: value(c.Signing).plan(),
	}
	if n := c.Notifications; n != nil {
		s.Notifications = environment.Notifications{Notify: slices.Clone(n.Notify), OnCall: slices.Clone(n.OnCall)}
	}
	for _, e := range c.Environments {
		s.Environments = append(s.Environments, e.Value.plan(e.Name))
	}
	d := value(c.Delivery)
	p := &environment.Plan{
		Store:  s,
		Source: c.Source.plan(),
		Delivery: environment.Source{
			Provider: environment.Provider(value(d.Provider)), Connection: value(d.Connection), Owner: value(d.Owner),
			Repository: value(d.Repository), Branch: value(d.Branch),
		},
	}
	for _, svc := range c.Services {
		p.Services = append(p.Services, c.service(svc.Name, svc.Value))
	}
	return p
}

func (p *Provider) plan() environment.Source {
	if p == nil {
		return environment.Source{}
	}
	return environment.Source{
		Provider: environment.Provider(value(p.Provider)), Connection: value(p.Connection), Owner: value(p.Owner),
		Filter: environment.Filter(value(p.Filter)),
	}
}

func (e *Environment) plan(name string) *environment.Environment {
	out := &environment.Environment{
		Name: name, Kind: environment.Kind(value(e.Kind)), Account: value(e.Account),
	}
	if d := e.Domain; d != nil && !d.none {
		out.Domain = &environment.Domain{Name: value(d.Name), ZoneID: value(d.ZoneID)}
	}
	out.Dark = slices.Clone(e.Dark)
	if a := e.Approval; a != nil {
		out.Approval = &environment.Approval{Notify: slices.Clone(a.Notify)}
	}
	for _, w := range e.Windows {
		out.Windows = append(out.Windows, environment.Window{
			Days: slices.Clone(w.Days), From: value(w.From), To: value(w.To), TimeZone: value(w.TimeZone),
		})
	}
	for _, f := range e.Freezes {
		out.Freezes = append(out.Freezes, environment.Freeze{
			Name: value(f.Name), From: value(f.From), To: value(f.To), TimeZone: value(f.TimeZone),
		})
	}
	n := value(e.Network)
	out.Network = environment.Network{
		AvailabilityZones: value(n.AvailabilityZones), NatGateways: value(n.NatGateways),
		Cidr: value(n.Cidr), Endpoints: slices.Clone(n.Endpoints),
	}
	for _, w := range e.Waves {
		out.Waves = append(out.Waves, environment.Wave{
			Regions: slices.Clone(w.Regions), Bake: time.Duration(value(w.Bake)),
		})
	}
	return out
}

// service maps a service. Every environment gets an override, for which of the defaults apply can differ between them.
func (c *Config) service(name string, s *Service) *environment.Service {
	src, b := value(s.Source), c.build(s)
	out := &environment.Service{
		Name: name,
		Source: environment.Source{
			Provider: environment.Provider(value(src.Provider)), Connection: value(src.Connection), Owner: value(src.Owner),
			Filter: environment.Filter(value(src.Filter)), Repository: value(src.Repository), Branch: value(src.Branch), Path: value(src.Path),
			FilePaths: environment.FilePaths{
				Includes: slices.Clone(value(src.FilePaths).Includes), Excludes: slices.Clone(value(src.FilePaths).Excludes),
			},
			Key: value(src.Key),
		},
		Build: environment.Build{
			Preset: environment.Preset(value(b.Preset)), Architecture: environment.Architecture(value(b.Architecture)),
			Dockerfile: value(b.Dockerfile), Docker: value(b.Docker), TestCommands: slices.Clone(b.TestCommands), TestReports: value(b.TestReports),
			CoverageReport: value(b.CoverageReport), CoverageFormat: value(b.CoverageFormat),
			CoverageMinimum: value(b.CoverageMinimum),
			TestTimeout:     time.Duration(value(b.TestTimeout)),
			Gates:           value(b.Gates).plan(),
		},
		Runtime:   c.runtime(s, "").plan(),
		Overrides: map[string]func(*environment.Runtime){},
	}
	for _, e := range slices.Concat(c.Environments.Names(), s.Overrides.Names()) {
		effective := c.runtime(s, e)
		out.Overrides[e] = func(r *environment.Runtime) { *r = effective.plan() }
	}
	return out
}

func (r Runtime) plan() environment.Runtime {
	out := environment.Runtime{
		CPU: value(r.CPU), MemoryMiB: value(r.MemoryMiB),
		Variables: maps.Clone(r.Variables), Secrets: maps.Clone(r.Secrets),
		Command: slices.Clone(r.Command), WritablePaths: slices.Clone(r.WritablePaths),
		HealthCommand: slices.Clone(r.HealthCommand), HealthGraceSeconds: value(r.HealthGraceSeconds),
		KeepVolumePermissions: value(r.KeepVolumePermissions),
		LogRetentionDays:      value(r.LogRetentionDays),
		Tests:                 r.Tests.plan(),
	}
	if h := r.HTTP; h != nil {
		out.HTTP = &environment.HTTP{
			Port: value(h.Port), Health: value(h.Health), Protocol: environment.Protocol(value(h.Protocol)),
			GraceSeconds: value(h.GraceSeconds),
		}
	}
	if x := r.Expose; x != nil {
		out.Expose = &environment.Expose{
			Internal: x.Internal != nil, Port: value(value(x.Internal).Port), Path: value(x.Path), Host: value(x.Host),
			Block: slices.Clone(x.Block), Priority: value(x.Priority),
		}
	}
	if s := r.Scale; s != nil {
		out.Scale = environment.Scale{
			Min: value(s.Min), Max: value(s.Max), CPUPercent: value(s.CPUPercent), MemoryPercent: value(s.MemoryPercent),
		}
		for _, p := range s.Peaks {
			out.Scale.Peaks = append(out.Scale.Peaks, environment.Peak{
				Name: value(p.Name), From: value(p.From), To: value(p.To), TimeZone: value(p.TimeZone), Min: value(p.Min), Max: value(p.Max),
			})
		}
	}
	for _, k := range r.Checks {
		out.Checks = append(out.Checks, k.plan())
	}
	if y := r.Synthetics; y != nil {
		out.Synthetics = environment.Synthetics{Disabled: y.Disabled, Interval: time.Duration(value(y.Interval))}
	}
	if a := r.Alarms; a != nil {
		out.Alarms = environment.Alarms{
			Disabled: value(a.Disabled), ErrorPercent: value(a.ErrorPercent), LatencyMs: value(a.LatencyMs),
			MinRequests: value(a.MinRequests), CPUPercent: value(a.CPUPercent), MemoryPercent: value(a.MemoryPercent),
			Period: time.Duration(value(a.Period)), Datapoints: value(a.Datapoints),
		}
	}
	if l := r.Release; l != nil {
		out.Release = environment.Release{
			Engine: environment.Engine(value(l.Engine)), Strategy: environment.Strategy(value(l.Strategy)),
			Percent: value(l.Percent), Interval: time.Duration(value(l.Interval)), CheckTimeout: time.Duration(value(l.CheckTimeout)),
			MaxHealthyPercent: value(l.MaxHealthyPercent),
		}
		if m := l.MinHealthyPercent; m != nil {
			v := *m
			out.Release.MinHealthyPercent = &v
		}
	}
	return out
}

func (k Check) plan() environment.Check {
	x := value(k.Expect)
	return environment.Check{
		Path: value(k.Path), Method: value(k.Method), Headers: maps.Clone(k.Headers), Body: value(k.Body),
		Expect: environment.Expectation{
			Status: value(x.Status), Headers: maps.Clone(x.Headers), JSON: maps.Clone(x.JSON), LatencyMs: value(x.LatencyMs),
		},
	}
}
