package environment

import (
	"slices"
	"strings"
	"time"
)

// GateMode is what becomes of what a gate finds.
type GateMode string

// The modes of a gate.
const (
	// Block stops the pipeline.
	Block GateMode = "block"
	// ReportOnly writes the report and lets the pipeline go on. The action's name says so.
	ReportOnly GateMode = "report"
)

// Bounds of [Build.TestTimeout], and what it is without it. CodeBuild's least is [MinUnitTests].
// https://docs.aws.amazon.com/codebuild/latest/userguide/limits.html
const (
	MinUnitTests     = 5 * time.Minute
	MaxUnitTests     = time.Hour
	DefaultUnitTests = 10 * time.Minute
)

// GateModes lists all modes.
var GateModes = []GateMode{Block, ReportOnly}

// Gates are the checks of the build stage beside the unit tests. An image is built when all of them let it pass.
type Gates struct {
	// Secrets looks for passwords, keys and tokens in the source, and in its history where it has one. Default: gitleaks.
	Secrets Gate
	// SAST looks for weaknesses in the code: injection, unsafe cryptography, requests that lead elsewhere. Default: semgrep, with
	// the rules of the preset's language.
	SAST Gate
	// Quality looks for faults in the code. Commands are required without a preset. Default: what goes with the preset.
	Quality Gate
	// SCA looks for known vulnerabilities of what the code depends on. Default: Amazon Inspector.
	SCA Scan
	// ImageScan looks for known vulnerabilities of what is in the image, once it is built and before it is deployed anywhere.
	// Default: Amazon Inspector.
	ImageScan Scan
}

// Scan is a gate that looks for known vulnerabilities, and lets some of them pass.
type Scan struct {
	Gate
	// Thresholds are the most that is let pass. Not with Commands, which decide themselves. Default: see [Thresholds].
	Thresholds Thresholds
}

// Thresholds are how many vulnerabilities of each severity are let pass, 0 to [MaxThreshold]; one more stops the pipeline.
type Thresholds struct {
	// Critical is the most of the severity critical. Default: 0.
	Critical *int
	// High is the most of the severity high. Default: 0.
	High *int
	// Medium is the most of the severity medium. Default: they are listed, and stop nothing.
	Medium *int
	// Low is the most of the severity low. Default: they are listed, and stop nothing.
	Low *int
}

// MaxThreshold is the highest threshold: what lets a thousand vulnerabilities of one severity pass is none. The services of AWS name
// no bound.
const MaxThreshold = 999

// Threshold is one severity with the most that is let pass of it.
type Threshold struct {
	// Severity is the word of Amazon Inspector: "critical".
	Severity string
	// Most is how many are let pass; nil is any number.
	Most *int
}

// All lists the severities from the worst on, with their defaults.
func (t Thresholds) All() []Threshold {
	none := 0
	set(&t.Critical, &none)
	set(&t.High, &none)
	return t.said()
}

// said lists the severities with what the plan says.
func (t Thresholds) said() []Threshold {
	return []Threshold{{"critical", t.Critical}, {"high", t.High}, {"medium", t.Medium}, {"low", t.Low}}
}

// Gate is one check of the build stage.
type Gate struct {
	// Mode says what becomes of findings. Default: [Block].
	Mode GateMode
	// Reason why findings stop nothing. Required with [ReportOnly] where an environment is of kind production.
	Reason string
	// Commands replace those of the gate; one that fails is a finding. Default: the gate's own.
	Commands []string
	// Reports is the JUnit XML file or pattern that Commands write, and must write, relative to where they run. Only with
	// Commands. Default: none.
	Reports string
}

// ReportsOnly says whether findings stop nothing.
func (g Gate) ReportsOnly() bool { return g.Mode == ReportOnly }

// ReportOnlySuffix ends the name of the action of a gate whose findings stop nothing.
const ReportOnlySuffix = "-report-only"

// Action is the name of the action of the gate that is called so while it blocks.
func (g Gate) Action(name string) string {
	if g.ReportsOnly() {
		return name + ReportOnlySuffix
	}
	return name
}

// gate is a gate with its key in the plan.
type gate struct {
	key string
	Gate
}

// all are the gates in the order of the plan.
func (g Gates) all() []gate {
	return []gate{{"secrets", g.Secrets}, {"sast", g.SAST}, {"quality", g.Quality}, {"sca", g.SCA.Gate}, {"imageScan", g.ImageScan.Gate}}
}

// ReportOnly lists the gates whose findings stop nothing, by their keys in the plan.
func (g Gates) ReportOnly() []string {
	var keys []string
	for _, gate := range g.all() {
		if gate.ReportsOnly() {
			keys = append(keys, gate.key)
		}
	}
	return keys
}

func (c *checker) gates(at string, b Build) {
	for _, g := range b.Gates.all() {
		c.gate(at+".gates."+g.key, g.Gate, "its findings stop", "the gate's own know where they write")
		c.commands(at+".gates."+g.key+".commands", g.Commands, inBuild)
	}
	c.scan(at+".gates.sca", b.Gates.SCA)
	c.scan(at+".gates.imageScan", b.Gates.ImageScan)
	if b.Preset == "" && len(b.TestCommands) > 0 && len(b.Gates.Quality.Commands) == 0 {
		c.related([]string{at + ".testCommands", at + ".preset"}, at+".gates.quality.commands", "is required without a preset, which would have some")
	}
}

// gate checks a gate, or a test, which is one: what stops nothing in the mode report, and who writes the reports instead of commands; nobody
// where commands are missing, which is said elsewhere.
func (c *checker) gate(at string, g Gate, stops, writes string) {
	c.gateMode(at, g.Mode, g.Reason, stops)
	if g.Reports == "" {
		return
	}
	if len(g.Commands) == 0 && writes != "" {
		c.related([]string{at + ".commands"}, at+".reports", "goes with commands only: %s", writes)
		return
	}
	c.relative(at+".reports", g.Reports, globPattern)
}

// scan checks what a scan lets pass.
func (c *checker) scan(at string, s Scan) {
	for _, t := range s.Thresholds.said() {
		if t.Most == nil {
			continue
		}
		path := at + ".thresholds." + t.Severity
		c.between(path, *t.Most, 0, MaxThreshold)
		if len(s.Commands) > 0 {
			c.related([]string{at + ".commands"}, path, "goes with the gate's own scan only: own commands decide themselves what they fail over; remove it")
		}
	}
}

// gateMode checks whether a gate says why it stops nothing, where that lets something into production.
func (c *checker) gateMode(at string, mode GateMode, reason, stops string) {
	if mode != "" && !oneOf(c, at+".mode", mode, GateModes) {
		return
	}
	if e := c.production(); mode == ReportOnly && strings.TrimSpace(reason) == "" && e != nil {
		c.related([]string{at + ".mode"}, at+".reason",
			"is required: with mode report %s nothing on the way to %s; say why, or let it block", stops, e.Name)
	}
}

// production is the first environment of that kind; nil without one.
func (c *checker) production() *Environment {
	i := slices.IndexFunc(c.plan.Store.Environments, func(e *Environment) bool { return e.Kind == Production })
	if i < 0 {
		return nil
	}
	return c.plan.Store.Environments[i]
}

// gateWarnings says of every gate that stops nothing that it does not.
func (c *checker) gateWarnings() {
	for i, s := range c.plan.Services {
		at := under("services", s.Name, i) + ".build.gates."
		for _, g := range s.Build.Gates.all() {
			if g.ReportsOnly() {
				c.add(at+g.key+".mode", "its findings stop nothing: it reports only")
			}
		}
		said := map[TestKind]bool{}
		for _, e := range c.plan.Store.Environments {
			for _, t := range s.In(e).Tests.List() {
				if t.ReportsOnly() && !said[t.Kind] {
					said[t.Kind], c.env = true, e.Name
					c.add(under("services", s.Name, i)+".tests."+string(t.Kind)+".mode", "a failure stops nothing: it reports only")
					c.env = ""
				}
			}
		}
	}
}
