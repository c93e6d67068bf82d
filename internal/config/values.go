package config

import (
	"strconv"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// values lists the effective settings of a runtime, as the file would write them.
func values(r environment.Runtime) []Setting {
	var vs valueList
	vs.number("cpu", r.CPU)
	vs.number("memoryMiB", r.MemoryMiB)
	if h := r.HTTP; h != nil {
		vs.number("http.port", h.Port)
		vs.text("http.health", h.Health)
		vs.text("http.protocol", string(h.Protocol))
		vs.number("http.graceSeconds", h.GraceSeconds)
	}
	if x := r.Expose; x != nil && x.Internal {
		vs.text("expose", "internal")
	} else if x != nil {
		vs.text("expose.path", x.Path)
		vs.text("expose.host", x.Host)
		vs.list("expose.block", x.Block)
	}
	for _, name := range sorted(r.Variables) {
		vs = append(vs, Setting{Path: text.Under("variables", name), Value: r.Variables[name]})
	}
	for _, name := range sorted(r.Secrets) {
		vs.text(text.Under("secrets", name), r.Secrets[name])
	}
	vs.list("command", r.Command)
	vs.list("healthCommand", r.HealthCommand)
	vs.number("healthGraceSeconds", r.HealthGraceSeconds)
	vs.list("writablePaths", r.WritablePaths)
	vs.text("keepVolumePermissions", strconv.FormatBool(r.KeepVolumePermissions))
	vs.number("scale.min", r.Scale.Min)
	vs.number("scale.max", r.Scale.Max)
	vs.number("scale.cpuPercent", r.Scale.CPUPercent)
	vs.number("scale.memoryPercent", r.Scale.MemoryPercent)
	vs.peaks(r.Scale.Peaks)
	vs.text("release.engine", string(r.Release.Engine))
	vs.text("release.strategy", string(r.Release.Strategy))
	vs.number("release.percent", r.Release.Percent)
	vs.duration("release.interval", r.Release.Interval)
	if m := r.Release.MinHealthyPercent; m != nil {
		vs.text("release.minHealthyPercent", strconv.Itoa(*m))
	}
	vs.number("release.maxHealthyPercent", r.Release.MaxHealthyPercent)
	vs.duration("release.checkTimeout", r.Release.CheckTimeout)
	vs.alarms(r.Alarms)
	vs.list("checks", environment.CheckSettings(r.Checks))
	vs.synthetics(r)
	for _, t := range r.Tests.List() {
		for _, s := range t.Settings() {
			vs = append(vs, Setting{Path: "tests." + string(t.Kind) + "." + s[0], Value: s[1]})
		}
	}
	vs.number("logRetentionDays", r.LogRetentionDays)
	return vs
}

// alarms leaves out what a service without alarms does not have either.
func (vs *valueList) alarms(a environment.Alarms) {
	vs.text("alarms.disabled", strconv.FormatBool(a.Disabled))
	if a.Disabled {
		return
	}
	vs.number("alarms.errorPercent", a.ErrorPercent)
	vs.number("alarms.latencyMs", a.LatencyMs)
	vs.number("alarms.minRequests", a.MinRequests)
	vs.number("alarms.cpuPercent", a.CPUPercent)
	vs.number("alarms.memoryPercent", a.MemoryPercent)
	vs.duration("alarms.period", a.Period)
	vs.number("alarms.datapoints", a.Datapoints)
}

// synthetics is said of services that a canary can ask.
func (vs *valueList) synthetics(r environment.Runtime) {
	if r.Synthetics.Interval == 0 {
		return
	}
	vs.text("synthetics.disabled", strconv.FormatBool(r.Synthetics.Off()))
	if !r.Synthetics.Off() {
		vs.duration("synthetics.interval", r.Synthetics.Interval)
	}
}

// valueList leaves out what a runtime does not have.
type valueList []Setting

func (vs *valueList) peaks(peaks []environment.Peak) {
	var all []string
	for _, p := range peaks {
		all = append(all, p.String())
	}
	vs.list("scale.peaks", all)
}

func (vs *valueList) text(path, v string) {
	if v != "" {
		*vs = append(*vs, Setting{Path: path, Value: v})
	}
}

func (vs *valueList) number(path string, v int) {
	if v != 0 {
		vs.text(path, strconv.Itoa(v))
	}
}

func (vs *valueList) duration(path string, v time.Duration) {
	if v != 0 {
		vs.text(path, text.Duration(v))
	}
}

func (vs *valueList) list(path string, v []string) {
	if v != nil {
		vs.text(path, list(v))
	}
}
