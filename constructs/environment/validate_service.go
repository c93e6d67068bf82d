package environment

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// reservedServices are names that would meet something else of the store.
var reservedServices = map[string]string{
	PlatformName:    "the platform's own pipeline has it",
	"network":       "every environment has a network stack",
	"ingress":       "every environment has an ingress stack",
	"access":        "every environment has an access stack",
	"data":          "environments may have a data stack",
	"artifacts":     "the tools account has an artifacts stack",
	"artifact-logs": "the tools account has buckets of this name",
	"registry":      "the tools account has a registry stack",
	"sources":       "the tools account has a sources stack",
	"tools":         "the tools account's parameters have it in their path",
	"delivery":      "the delivery repository has it",
}

// CoverageFormats are CodeBuild's names of the formats of coverage files.
// https://docs.aws.amazon.com/codebuild/latest/userguide/code-coverage-report.html
var CoverageFormats = []string{"CLOVERXML", "COBERTURAXML", "JACOCOXML", "SIMPLECOV"}

var (
	filePattern = regexp.MustCompile(`^[A-Za-z0-9_.@+-]+(/[A-Za-z0-9_.@+-]+)*$`)
	globPattern = regexp.MustCompile(`^[A-Za-z0-9_.@+*-]+(/[A-Za-z0-9_.@+*-]+)*$`)
)

func (c *checker) services() {
	p := c.plan
	if len(p.Services) == 0 {
		c.add("services", "at least one is required")
	}
	for i, s := range p.Services {
		at := under("services", s.Name, i)
		if c.name(at, s.Name, 20) {
			if why := reservedServices[s.Name]; why != "" {
				c.add(at, "the name is reserved: %s; choose another", why)
			} else if p.Service(s.Name) != s {
				c.add(at, "another service has this name")
			}
		}
		c.source(at+".source", s.Source, p.SourceOf(s))
		c.build(at+".build", s.Build)
		for _, name := range sortedKeys(s.Overrides) {
			if p.Store.Environment(name) == nil {
				var known []string
				for _, e := range p.Store.Environments {
					known = append(known, e.Name)
				}
				c.add(text.Under(at+".overrides", name), "no environment has this name; %s", text.Suggest(name, known))
			}
		}
	}
	for _, e := range p.Store.Environments {
		c.env = e.Name
		for i, s := range p.Services {
			c.runtime(under("services", s.Name, i), s, e)
		}
		c.together(e)
		c.env = ""
		c.stages(e)
	}
}

// relative checks a path within a repository.
func (c *checker) relative(at, file string, pattern *regexp.Regexp) {
	switch {
	case strings.HasPrefix(file, "/"):
		c.add(at, "must be relative to the repository, got %s", text.Quote(file))
	case !pattern.MatchString(strings.TrimPrefix(file, "./")), slices.Contains(strings.Split(file, "/"), ".."):
		c.add(at, "must be a path within the repository, without .. and of letters, digits, and . _ - @ + only, got %s", text.Quote(file))
	}
}

func (c *checker) build(at string, b Build) {
	switch {
	case b.Preset != "":
		oneOf(c, at+".preset", b.Preset, Presets)
	case len(b.TestCommands) == 0:
		c.related([]string{at + ".testCommands"}, at+".preset", "is required without testCommands: %s", text.Or(Presets))
	}
	if b.Architecture != "" {
		oneOf(c, at+".architecture", b.Architecture, []Architecture{X8664, Arm64})
	}
	if b.Dockerfile != "" {
		c.relative(at+".dockerfile", b.Dockerfile, filePattern)
	}
	c.commands(at+".testCommands", b.TestCommands, inBuild)
	if b.TestReports != "" {
		c.relative(at+".testReports", b.TestReports, globPattern)
	}
	if b.CoverageReport != "" {
		c.relative(at+".coverageReport", b.CoverageReport, globPattern)
	}
	if b.CoverageFormat != "" {
		oneOf(c, at+".coverageFormat", b.CoverageFormat, CoverageFormats)
	}
	if b.Preset == "" {
		both := []string{at + ".coverageReport", at + ".coverageFormat"}
		if b.CoverageReport != "" && b.CoverageFormat == "" {
			c.related(both, at+".coverageFormat", "is required with coverageReport when there is no preset: %s", text.Or(CoverageFormats))
		}
		if b.CoverageReport == "" && b.CoverageFormat != "" {
			c.related(both, at+".coverageReport", "is required with coverageFormat when there is no preset")
		}
	}
	c.coverageFloor(at, b)
	if t := b.TestTimeout; t != 0 && (t < MinUnitTests || t > MaxUnitTests || t%time.Minute != 0) {
		c.add(at+".testTimeout", "must be whole minutes, %s to %s, got %s", text.Duration(MinUnitTests), text.Duration(MaxUnitTests), text.Duration(t))
	}
	c.gates(at, b)
}

// coverageFloor refuses a floor that nothing can be compared with.
func (c *checker) coverageFloor(at string, b Build) {
	ok := c.between(at+".coverageMinimum", b.CoverageMinimum, 0, 100)
	if ok && b.CoverageMinimum > 0 && len(b.TestCommands) > 0 && b.CoverageReport == "" {
		c.related([]string{at + ".coverageMinimum", at + ".testCommands"}, at+".coverageReport",
			"is required with coverageMinimum and testCommands, which alone know where they write it; or say coverageMinimum: 0")
	}
}

// runtime checks how a service runs in an environment.
func (c *checker) runtime(at string, s *Service, e *Environment) {
	r := s.In(e)
	c.alone(at, s.said(e), r)
	if h := r.HTTP; h != nil && h.Protocol != HTTP1 && e.Domain == nil && slices.Contains(protocols, h.Protocol) {
		c.add(at+".http.protocol", "%s needs an HTTPS listener, and the environment has no domain: give it one, or speak http", h.Protocol)
	}
	c.expose(at, e, r)
	c.variables(at, e, r)
	c.watched(at, e, r)
	c.deployed(at, e, r)
	c.coherent(at, e, r)
	c.tests(at, e, s, r)
}

// watched refuses a bake that is longer than what watches a rolling release can last.
func (c *checker) watched(at string, e *Environment, r Runtime) {
	if r.Release.Engine != Rolling {
		return
	}
	for i, w := range e.Waves {
		if bake := w.BakeIn(e.Kind); bake > MaxWatchedBake && bake <= MaxBake {
			c.related([]string{at + ".release.engine"}, text.Item("environments."+e.Name+".waves", i)+".bake",
				"must be at most %s where a service has the engine rolling, whose bake a build watches, got %s",
				text.Duration(MaxWatchedBake), text.Duration(bake))
		}
	}
}

// said is how s runs in e without the defaults of e's kind.
func (s *Service) said(e *Environment) Runtime {
	r := s.Runtime.clone()
	if override := s.Overrides[e.Name]; override != nil {
		override(&r)
	}
	return r
}

// LogRetentions are the days that CloudWatch Logs can keep events.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var LogRetentions = []int{
	1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
}

// maxTasks is ECS's quota of tasks in a service.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const maxTasks = 5000

func (c *checker) scale(at string, s Scale) {
	ok := c.between(at+".min", s.Min, 1, maxTasks)
	byDefault := s.Max == 2*s.Min
	if ok && s.Max < s.Min {
		c.related([]string{at + ".min"}, at+".max", "must be at least min, which is %d, got %d", s.Min, s.Max)
	} else if s.Max > maxTasks && (ok || !byDefault) {
		c.add(at+".max", "must be at most %d, ECS's quota of tasks in a service, got %d", maxTasks, s.Max)
	}
	c.between(at+".cpuPercent", s.CPUPercent, 10, 90)
	c.between(at+".memoryPercent", s.MemoryPercent, 10, 95)
	c.peaks(at+".peaks", s)
}

// systemFolders are the kernel's: mounting over them breaks any container.
var systemFolders = []string{"/proc", "/sys", "/dev"}

func (c *checker) writable(at string, folders []string) {
	for i, f := range folders {
		item := text.Item(at, i)
		switch {
		case c.literal(item, f, inPlan):
		case !strings.HasPrefix(f, "/") || path.Clean(f) != f || strings.ContainsAny(f, ":,"):
			c.add(item, "must be an absolute path, such as /tmp, without a slash at its end, got %s", text.Quote(f))
		case f == "/":
			c.add(item, "the whole file system cannot be writable; name the folders that the container writes to")
		case slices.ContainsFunc(systemFolders, func(d string) bool { return f == d || strings.HasPrefix(f, d+"/") }):
			c.add(item, "%s is the kernel's; name another folder", f)
		case slices.Contains(folders[:i], f):
			c.add(item, "%s stands twice", f)
		}
	}
}
