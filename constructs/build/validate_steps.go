package build

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

func itoa(i int) string { return strconv.Itoa(i) }

// Validate reports every problem in p.
func (p *UnitTestsProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Source == nil {
		c.Addf("Source", "required")
	}
	c.inside("Path", p.Path)
	c.matches("Name", p.Name, reportGroupForm, "2 to 100 letters, digits and hyphens")
	b := p.Build
	switch {
	case b.Preset == "" && len(b.TestCommands) == 0:
		c.Addf("Build", "a Preset or TestCommands are required")
	case b.Preset != "" && !slices.Contains(environment.Presets, b.Preset):
		c.Addf("Build.Preset", "must be one of %v, got %q", environment.Presets, b.Preset)
	}
	c.architecture("Build.Architecture", b.Architecture)
	for i, command := range b.TestCommands {
		if strings.TrimSpace(command) == "" {
			c.Addf("Build.TestCommands["+itoa(i)+"]", "must not be empty")
		}
	}
	c.inside("Build.TestReports", b.TestReports)
	c.inside("Build.CoverageReport", b.CoverageReport)
	switch {
	case b.CoverageFormat != "" && !slices.Contains(coverageFormats, b.CoverageFormat):
		c.Addf("Build.CoverageFormat", "must be one of %v, got %q", coverageFormats, b.CoverageFormat)
	case b.CoverageReport != "" && b.CoverageFormat == "" && scripts.Of(b.Preset).Format == "":
		c.Addf("Build.CoverageFormat", "required with CoverageReport: one of %v", coverageFormats)
	}
	if t := b.TestTimeout; t != 0 && (t < environment.MinUnitTests || t > environment.MaxUnitTests || t%time.Minute != 0) {
		c.Addf("Build.TestTimeout", "must be whole minutes, %s to %s, got %s", environment.MinUnitTests, environment.MaxUnitTests, t)
	}
	switch m := b.CoverageMinimum; {
	case m < 0 || m > 100:
		c.Addf("Build.CoverageMinimum", "must be 0 to 100 percent, got %d", m)
	case m > 0 && len(b.TestCommands) > 0 && b.CoverageReport == "":
		c.Addf("Build.CoverageReport", "required with CoverageMinimum and TestCommands, which alone know where they write it")
	}
	return c.Err()
}

func (p *UnitTestsProps) withDefaults() *UnitTestsProps {
	d := UnitTestsProps{}
	if p != nil {
		d = *p
	}
	set(&d.Path, ".")
	set(&d.Build.Architecture, environment.X8664)
	preset := scripts.Of(d.Build.Preset)
	set(&d.Build.TestReports, preset.Reports)
	if len(d.Build.TestCommands) == 0 || d.Build.CoverageMinimum == 0 {
		// Where a floor depends on it, a guess what own commands write is not good enough.
		set(&d.Build.CoverageReport, preset.Coverage)
	}
	set(&d.Build.CoverageFormat, preset.Format)
	set(&d.Build.TestTimeout, environment.DefaultUnitTests)
	return &d
}

// Validate reports every problem in p.
func (p *PackageProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Source == nil {
		c.Addf("Source", "required")
	}
	c.inside("Path", p.Path)
	c.inside("Dockerfile", p.Dockerfile)
	c.architecture("Architecture", p.Architecture)
	c.Under("Registry", p.Registry.Validate())
	return c.Err()
}

func (p *PackageProps) withDefaults() *PackageProps {
	d := PackageProps{}
	if p != nil {
		d = *p
	}
	set(&d.Path, ".")
	set(&d.Dockerfile, "Dockerfile")
	set(&d.Architecture, environment.X8664)
	return &d
}

// Validate reports every problem in p.
func (p *MarkReleasedProps) Validate() error {
	var c check
	c.project(p.Project)
	c.variable("CommitID", p.CommitID, commitIDForm, "7 to 64 hexadecimal digits, as source.Source.CommitID gives it")
	c.imageDigest(p.ImageDigest)
	c.Under("Registry", p.Registry.Validate())
	return c.Err()
}

func (p *MarkReleasedProps) withDefaults() *MarkReleasedProps {
	if p == nil {
		return &MarkReleasedProps{}
	}
	d := *p
	return &d
}

// Validate reports every problem in p.
func (p *SynthProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Source == nil {
		c.Addf("Source", "required")
	}
	c.matches("Scope", p.Scope, scopeForm, `a service's name or "`+environment.PlatformName+`"`)
	if p.ImageDigest != "" {
		c.imageDigest(p.ImageDigest)
	}
	return c.Err()
}

func (p *SynthProps) withDefaults() *SynthProps {
	if p == nil {
		return &SynthProps{}
	}
	d := *p
	return &d
}

// Validate reports every problem in p.
func (p *ContractCheckProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Pipeline == "" {
		c.Addf("Pipeline", "required")
	}
	seen := map[string]bool{}
	for i, t := range p.Targets {
		at := "Targets[" + itoa(i) + "]"
		c.target(at, t.ID, seen)
		c.Under(at, t.Validate())
	}
	c.some("Targets", len(p.Targets))
	return c.Err()
}

// Validate reports every problem in t but its ID, which must be unique among others.
func (t ContractTarget) Validate() error {
	var c check
	c.role(t.InspectorRoleARN)
	c.region("Region", t.Region)
	c.some("Parameters", len(t.Parameters))
	for i, it := range t.Parameters {
		field := "Parameters[" + itoa(i) + "]"
		c.matches(field+".Name", it.Name, parameterForm, "a slash, and then letters, digits and . _ - /")
		if strings.ContainsAny(it.Value, "\n\t") {
			c.Addf(field+".Value", "must be one line without tabs, got %q", it.Value)
		}
	}
	return c.Err()
}

func (p *ContractCheckProps) withDefaults() *ContractCheckProps {
	if p == nil {
		return &ContractCheckProps{}
	}
	d := *p
	return &d
}

// Validate reports every problem in p.
func (p *SmokeTestProps) Validate() error {
	var c check
	c.project(p.Project)
	seen, running := map[string]bool{}, false
	for i, t := range p.Targets {
		at := "Targets[" + itoa(i) + "]"
		c.target(at, t.ID, seen)
		c.Under(at, t.Validate())
		running = running || t.Cluster != ""
	}
	c.some("Targets", len(p.Targets))
	if running {
		c.imageDigest(p.ImageDigest)
	}
	if p.Attempts < 0 || p.Attempts > 100 {
		c.Addf("Attempts", "must be 1 to 100, got %d", p.Attempts)
	}
	if i := p.Interval; i < 0 || i > time.Minute || i%time.Second != 0 {
		c.Addf("Interval", "must be whole seconds, 1s to 1m, got %s", i)
	}
	return c.Err()
}

// Validate reports every problem in t but its ID, which must be unique among others.
func (t SmokeTarget) Validate() error {
	var c check
	if t.Cluster == "" && t.URL == "" && t.AddressParameter == "" {
		c.Addf("Cluster", "nothing to test: give Cluster, URL or AddressParameter")
	}
	if t.Cluster != "" || t.AddressParameter != "" || t.InspectorRoleARN != "" {
		c.role(t.InspectorRoleARN)
		c.region("Region", t.Region)
	}
	if t.Cluster != "" {
		if t.Service == "" {
			c.Addf("Service", "required with Cluster")
		}
		if !slices.Contains(environment.Engines, t.Engine) {
			c.Addf("Engine", "must be %s with Cluster, got %q", text.Or(environment.Engines), t.Engine)
		}
	}
	if t.URL != "" {
		c.matches("URL", t.URL, urlForm, `an address such as "https://us-west-2.shop.example.com/health"`)
		if t.AddressParameter != "" {
			c.Addf("AddressParameter", "not with URL: give one of them")
		}
	}
	if t.AddressParameter != "" {
		c.matches("AddressParameter", t.AddressParameter, parameterForm, "a slash, and then letters, digits and . _ - /")
		if !strings.HasPrefix(t.Path, "/") && !token(t.Path) {
			c.Addf("Path", "must begin with a slash, got %q", t.Path)
		}
	}
	if t.Bake < 0 || t.Bake > environment.MaxWatchedBake || t.Bake%time.Minute != 0 {
		c.Addf("Bake", "must be whole minutes up to %dh, got %s", int(environment.MaxWatchedBake.Hours()), t.Bake)
	} else if t.Bake > 0 && t.Cluster == "" {
		c.Addf("Cluster", "required with Bake")
	}
	if len(t.Alarms) > 0 && t.Bake == 0 {
		c.Addf("Bake", "required with Alarms, which are looked at while it lasts")
	}
	for i, name := range t.Alarms {
		c.matches(text.Item("Alarms", i), name, alarmForm, "letters, digits and . _ / -, as the script lists the names")
	}
	return c.Err()
}

func (p *SmokeTestProps) withDefaults() *SmokeTestProps {
	d := SmokeTestProps{}
	if p != nil {
		d = *p
	}
	set(&d.Attempts, DefaultAttempts)
	set(&d.Interval, DefaultInterval)
	return &d
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
