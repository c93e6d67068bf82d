package build

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/source"
	"github.com/storeship/storeship/internal/pinned"
)

// GateTimeout is what a gate of the build stage has at most, where its project says nothing else: who waits for a gate
// longer goes on to the next thing.
const GateTimeout = 10 * time.Minute

// gateReports is the folder that the gates' own commands write their reports to.
const gateReports = "storeship-reports"

// GateProps configures a gate of the build stage, such as [Secrets].
type GateProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Source that the gate looks at. Required.
	Source *source.Source
	// Path is the folder of the service within the source, where Gate's own commands run. Default: ".", the whole source.
	Path string
	// Preset chooses what the gate runs by itself. Default: [SAST] looks at all languages that it has rules for.
	Preset environment.Preset
	// Name begins the name of the report group: 2 to 100 letters, digits and hyphens. Required.
	Name string
	// Gate says what becomes of findings, and what runs. Default: what the gate runs by itself, and findings fail it.
	Gate environment.Gate
}

// Validate reports every problem in p.
func (p *GateProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Source == nil {
		c.Addf("Source", "required")
	}
	c.inside("Path", p.Path)
	c.matches("Name", p.Name, reportGroupForm, "2 to 100 letters, digits and hyphens")
	if p.Preset != "" && !slices.Contains(environment.Presets, p.Preset) {
		c.Addf("Preset", "must be one of %v, got %q", environment.Presets, p.Preset)
	}
	c.mode("Gate.Mode", p.Gate.Mode)
	for i, command := range p.Gate.Commands {
		if strings.TrimSpace(command) == "" {
			c.Addf("Gate.Commands["+itoa(i)+"]", "must not be empty")
		}
	}
	c.inside("Gate.Reports", p.Gate.Reports)
	if p.Gate.Reports != "" && len(p.Gate.Commands) == 0 {
		c.Addf("Gate.Reports", "goes with Commands only")
	}
	return c.Err()
}

func (p *GateProps) withDefaults() *GateProps {
	d := GateProps{}
	if p != nil {
		d = *p
	}
	set(&d.Path, ".")
	return &d
}

// gateCommands is what a gate runs by itself: scripts that install its tools, and scripts that look and write the report.
type gateCommands struct {
	install, look []string
	// files are lines that the scripts of install begin with.
	files string
	// name of the gate in its report group's, and of its report.
	name string
	// first are scripts that run before either, and whatever becomes of findings; exports are commands after them.
	first, exports []string
	// silent says that it writes no report.
	silent bool
	// folder where it looks.
	folder string
	pins   []string
}

// newGate makes the step of a gate. Tools that cannot be installed and a report that is not there fail it in either mode: a
// gate that did not look has found nothing out.
func newGate(scope constructs.Construct, id string, p *GateProps, own gateCommands, s step) pipelines.CodeBuildStep {
	s.project, s.source, s.timeout = p.Project, p.Source, GateTimeout
	s.variables = merge(s.variables, map[string]string{"REPORT_OF": "the gate"})
	s.reports = map[string]any{}
	folder, reports := own.folder, gateReports+"/"+own.name+".xml"
	if len(p.Gate.Commands) > 0 {
		folder, reports = p.Path, p.Gate.Reports
		s.commands = p.Gate.Commands
	} else {
		if len(own.install) > 0 {
			s.install = []string{compose(own.files, own.install...)}
		}
		s.commands = []string{script(own.look...)}
		if own.silent {
			reports = ""
		}
		s.variables = merge(s.variables, pins(own.pins...), map[string]string{"REPORT": reports})
	}
	s.variables["SOURCE_PATH"] = folder
	if p.Gate.ReportsOnly() {
		s.suffix = environment.ReportOnlySuffix
		s.commands = reportOnly(s.commands)
	} else if len(p.Gate.Commands) > 0 {
		s.commands = strict(s.commands)
	}
	if len(own.first) > 0 {
		s.commands = slices.Concat([]string{script(own.first...)}, own.exports, s.commands)
	}
	s.commands = append([]string{`cd "$SOURCE_PATH"`}, s.commands...)
	if reports != "" {
		s.requireReport(scope, id, p.Name+"-"+own.name, folder, reports)
	}
	return newStep(scope, id, s)
}

// reportOnly lets the build go on after commands that fail.
func reportOnly(commands []string) []string {
	// Not with ||: what stands before it goes on after a failure, whatever set -e says.
	return []string{"(\nset -eo pipefail\n" + strings.Join(commands, "\n") + "\n)\n" +
		"[ $? -eq 0 ] || echo 'report only: what was found stops nothing' >&2"}
}

// strict makes every part count of a command that has several lines or a pipe.
func strict(commands []string) []string {
	var all []string
	for _, command := range commands {
		all = append(all, "set -eo pipefail\n"+command)
	}
	return all
}

// Secrets returns the step that looks for passwords, keys and tokens in the source, with gitleaks: in every commit that led to
// the one that is built, or in the files where the source has no history. It looks at all of the repository whatever Path
// says, for all of it is what leaks. Found values are in neither log nor report. It costs build minutes of a small host.
func Secrets(scope constructs.Construct, id string, props *GateProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.Secrets", scope, id, p.Validate())
	look := "secrets-files"
	if p.Source != nil && p.Source.HasHistory() {
		look = "secrets-history"
	}
	var s step
	if len(p.Gate.Commands) > 0 {
		s.setRuntime(p.Preset)
	}
	return newGate(scope, id, p, gateCommands{
		install: []string{"download", "tools-secrets"},
		look:    []string{"secrets", look},
		name:    "secrets",
		folder:  ".",
		pins:    []string{"GITLEAKS_SHA256", "GITLEAKS_VERSION"},
	}, s)
}

// SAST returns the step that looks for weaknesses in the code of the service, with semgrep and the security rules of the
// preset's languages; a finding of the severity ERROR fails it. It needs no build of the code. It costs build minutes of a
// medium host.
func SAST(scope constructs.Construct, id string, props *GateProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.SAST", scope, id, p.Validate())
	var languages []string
	for _, preset := range environment.Presets {
		if p.Preset == "" || p.Preset == preset {
			languages = append(languages, scripts.Of(preset).Languages...)
		}
	}
	s := step{large: true, variables: map[string]string{}}
	if len(p.Gate.Commands) == 0 {
		s.variables["LANGUAGES"] = strings.Join(languages, " ")
		s.runtimes = map[string]string{"python": pinned.Python}
	} else {
		s.setRuntime(p.Preset)
	}
	return newGate(scope, id, p, gateCommands{
		install: []string{"tools-sast", "sast-rules"},
		files:   "pins() {\ncat << 'PINS'\n" + pinned.SemgrepWheels + "PINS\n}\n",
		look:    []string{"sast"},
		name:    "sast",
		folder:  p.Path,
		pins:    []string{"SAST_RULES"},
	}, s)
}

// Quality returns the step that looks for faults in the code of the service as the preset has it: go vet and staticcheck, SpotBugs,
// the package's own script lint or eslint, ruff. Without a preset Gate must have Commands. It costs build minutes of a medium host.
func Quality(scope constructs.Construct, id string, props *GateProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	problems := p.Validate()
	if problems == nil && p.Preset == "" && len(p.Gate.Commands) == 0 {
		problems = errors.New("Gate.Commands: required without a Preset")
	}
	node.Must("build.Quality", scope, id, problems)
	preset := scripts.Of(p.Preset)
	s := step{large: true, cache: true, variables: caches()}
	s.setRuntime(p.Preset)
	return newGate(scope, id, p, gateCommands{
		install: preset.QualityTools,
		look:    preset.Quality,
		name:    "quality",
		silent:  !preset.QualityReport,
		folder:  p.Path,
		pins:    preset.QualityPins,
	}, s)
}

// setRuntime gives own commands what the preset's tests have.
func (s *step) setRuntime(p environment.Preset) {
	if preset := scripts.Of(p); preset.Runtime != "" {
		s.runtimes = map[string]string{preset.Runtime: preset.Version}
	}
}
