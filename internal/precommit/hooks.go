package precommit

import (
	"strconv"
	"strings"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/pinned"
)

// The stages of git that hooks run at.
const (
	commit = "pre-commit"
	push   = "pre-push"
)

// hook is one entry of the file.
type hook struct {
	// comment stands above it. Default: none.
	comment string
	// id names it for SKIP, and name for people.
	id, name string
	// language that pre-commit makes an environment for, and what it installs there; system without one.
	language     string
	dependencies []string
	stage        string
	program      program
}

// gitleaks is built by Go, which checks it, for whatever system there is: the digest of the pipeline's is of Linux on x86_64.
func gitleaks() []string {
	return []string{"github.com/zricethezav/gitleaks/v8@v" + pinned.Gitleaks.Version}
}

// secrets are the hooks that look at the whole repository, for all services in it.
func secrets(service string, lenient bool) []hook {
	base := hook{language: "golang", dependencies: gitleaks()}
	base.program = program{service: service, folder: ".", lenient: lenient}
	staged, pushed := base, base
	staged.id, staged.name, staged.stage = "secrets", "Secrets in what is committed (gitleaks "+pinned.Gitleaks.Version+")", commit
	staged.program.report, staged.program.staged = "secrets-staged.xml", true
	staged.program.look = scripts.Text("secrets") + own("staged")
	pushed.id, pushed.name, pushed.stage = "secrets-pushed", "Secrets in what is pushed (gitleaks "+pinned.Gitleaks.Version+")", push
	pushed.program.report = "secrets-pushed.xml"
	pushed.program.look = scripts.Text("secrets") + own("pushed")
	return []hook{staged, pushed}
}

// ofService are the hooks of one service; suffix ends their ids where there are several services.
func (r *repository) ofService(s *environment.Service, suffix string) []hook {
	folder := r.plan.SourceOf(s).Path
	gates := s.Build.Gates
	var all []hook
	add := func(h hook, gate environment.Gate) {
		h.id += suffix
		h.program.service, h.program.folder, h.program.lenient = s.Name, folder, gate.ReportsOnly()
		all = append(all, h)
	}
	for _, g := range []struct {
		id, title string
		gate      environment.Gate
		byDefault func(*environment.Service) hook
	}{
		{"secrets", "Secrets", gates.Secrets, nil},
		{"quality", "Quality", gates.Quality, quality},
		{"sast", "SAST", gates.SAST, sast},
	} {
		switch {
		case len(g.gate.Commands) > 0:
			add(ownCommands(g.id, g.title, g.gate), g.gate)
		case g.byDefault != nil:
			add(g.byDefault(s), g.gate)
		}
	}
	add(unitTests(s), environment.Gate{})
	return all
}

// ownCommands is a gate whose commands are the plan's; nobody knows how long they take.
func ownCommands(id, title string, gate environment.Gate) hook {
	h := hook{id: id, name: title + " (the plan's own commands)", stage: push}
	h.program.look = commands(gate.Commands)
	if gate.Reports != "" {
		h.program.set("REPORT_OF", "the gate")
		h.program.look += required(&h.program, gate.Reports)
	}
	return h
}

// quality is what the preset looks for faults with.
func quality(s *environment.Service) hook {
	p := scripts.Of(s.Build.Preset)
	h := hook{id: "quality", stage: commit}
	h.program.pins = p.QualityPins
	h.program.look = scripts.Text(p.Quality...)
	switch s.Build.Preset {
	case environment.PresetGo:
		h.name = "Quality (go vet, staticcheck " + pinned.Staticcheck.Version + ")"
		h.program.install = once("staticcheck", "$STATICCHECK_VERSION $(cd \"$SOURCE_PATH\" && go env GOVERSION)", scripts.Text(p.QualityTools...))
	case environment.PresetJavaMaven:
		// It compiles.
		h.name, h.stage = "Quality (SpotBugs "+pinned.SpotBugs.Version+")", push
	case environment.PresetNode:
		h.name = "Quality (the package's own lint)"
		h.program.look = own("node-modules") + scripts.Text(without(p.Quality, "node-install")...)
	case environment.PresetPython:
		h.name = "Quality (ruff " + pinned.Ruff.Version + ")"
		h.language, h.dependencies = "python", []string{"ruff==" + pinned.Ruff.Version}
		h.program.pins, h.program.report = nil, "quality.xml"
	}
	return h
}

// sast looks for weaknesses; the rules are fetched once, and again when the pin moves.
func sast(s *environment.Service) hook {
	var languages []string
	for _, preset := range environment.Presets {
		if s.Build.Preset == "" || s.Build.Preset == preset {
			languages = append(languages, scripts.Of(preset).Languages...)
		}
	}
	h := hook{
		id: "sast", name: "SAST (semgrep " + pinned.Semgrep.Version + ", rules of " + pinned.SemgrepRules.Version[:7] + ")", stage: push,
		language: "python", dependencies: pinned.SemgrepPackages(),
	}
	h.program.pins, h.program.report = []string{"SAST_RULES"}, "sast.xml"
	h.program.set("LANGUAGES", strings.Join(languages, " "))
	h.program.install = once("rules", "$SAST_RULES $LANGUAGES",
		"rm -rf \"$STORESHIP/semgrep-rules\" \"$STORESHIP/rules\"\n"+scripts.Text("sast-rules"))
	h.program.look = scripts.Text("sast")
	return h
}

// unitTests runs the tests of the preset or the plan, and holds the floor of their coverage.
func unitTests(s *environment.Service) hook {
	b, p := s.Build, scripts.Of(s.Build.Preset)
	h := hook{id: "unit-tests", name: "Unit tests", stage: push}
	h.program.pins = p.Pins
	if b.Docker {
		h.comment = "Its tests need a Docker daemon."
	}
	if s.Build.Preset == environment.PresetPython {
		h.language = "python" // for a program of that name, which a system may call python3
	}
	if len(p.Tools) > 0 {
		h.program.install = once("tools", "$"+strings.Join(p.Pins, " $"), scripts.Text(p.Tools...)) + "export PATH=\"$STORESHIP/bin:$PATH\"\n"
	}
	if len(b.TestCommands) > 0 {
		h.name += " (the plan's own commands)"
		h.program.look = commands(b.TestCommands)
	} else {
		if s.Build.Preset == environment.PresetNode {
			h.program.look = own("node-modules")
		}
		h.program.look += scripts.Text(without(p.Tests, "node-install")...)
	}
	if reports := either(b.TestReports, p.Reports); reports != "" {
		h.program.look += required(&h.program, reports)
	}
	if b.CoverageMinimum > 0 {
		report := either(b.CoverageReport, p.Coverage)
		h.name += ", " + strconv.Itoa(b.CoverageMinimum) + " % of the lines"
		h.program.set("COVERAGE_FORMAT", either(b.CoverageFormat, p.Format))
		h.program.set("COVERAGE_MINIMUM", strconv.Itoa(b.CoverageMinimum))
		h.program.set("COVERAGE_REPORT", report)
		h.program.set("COVERAGE_PATTERN", scripts.FindPattern(report))
		h.program.look += scripts.Text("coverage")
	}
	return h
}

// without leaves a name out of a list.
func without(names []string, name string) []string {
	var rest []string
	for _, n := range names {
		if n != name {
			rest = append(rest, n)
		}
	}
	return rest
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
