package config

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/text"
)

// Setting is one effective value of a service in an environment.
type Setting struct {
	// Path within the service, "cpu", "variables.ORDERS_URL"; or "names." and what has a derived name.
	Path string
	// Value as the file would write it, references resolved.
	Value string
	// Origin says where the value came from: "overrides.prod, line 31", "default for production", "derived".
	Origin string
}

// Explain lists every effective setting of a service in an environment, with where each came from, and then the names
// that are derived for it.
func (c *Config) Explain(service, env string) ([]Setting, error) {
	p := c.Plan()
	s, e := p.Service(service), p.Store.Environment(env)
	if s == nil {
		return nil, fmt.Errorf("no service is named %s; %s", text.Quote(service), text.Suggest(service, c.Services.Names()))
	}
	if e == nil {
		return nil, fmt.Errorf("no environment is named %s; %s", text.Quote(env), text.Suggest(env, c.Environments.Names()))
	}
	x := &explainer{config: c, plan: p, service: s, environment: e}
	x.layers()
	x.source()
	x.runtime()
	x.addresses()
	x.names()
	return x.settings, nil
}

// explainer collects the settings of one service in one environment.
type explainer struct {
	config      *Config
	plan        *environment.Plan
	service     *environment.Service
	environment *environment.Environment
	settings    []Setting
	from        []layer
}

// layer is a place of the file that says settings, the one that wins first.
type layer struct {
	name, path string
	says       map[string]bool
}

func (x *explainer) layers() {
	svc := x.config.Services.Get(x.service.Name)
	path := text.Under("services", x.service.Name)
	own := svc.Runtime
	if o := svc.Overrides.Get(x.environment.Name); o != nil {
		over := text.Under("overrides", x.environment.Name)
		x.from = append(x.from, layer{over, path + "." + over, said(*o)})
		own = overlay(own, *o)
	}
	x.from = append(x.from, layer{path, path, said(svc.Runtime)})
	says := x.from[len(x.from)-1].says
	maps.Copy(says, said(struct {
		Source *Source `yaml:"source"`
		Build  *Build  `yaml:"build"`
	}{svc.Source, svc.Build}))
	if d := x.config.Defaults; d != nil {
		says := said(applicable(d.Runtime, own))
		maps.Copy(says, said(struct {
			Build *Build `yaml:"build"`
		}{d.Build}))
		x.from = append(x.from, layer{"defaults", "defaults", says})
	}
}

// said lists the paths of the settings that a part of the file says.
func said(v any) map[string]bool {
	paths := map[string]bool{}
	saidBy("", reflect.ValueOf(v), paths)
	return paths
}

func saidBy(path string, v reflect.Value, paths map[string]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			paths[path] = true
			saidBy(path, v.Elem(), paths)
		}
	case reflect.Struct:
		for key, f := range fieldsOf(v.Type()) {
			saidBy(text.Under(path, key), v.FieldByIndex(f.index), paths)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			paths[text.Under(path, key.String())] = true
		}
	case reflect.Slice:
		if !v.IsNil() {
			paths[path] = true
		}
	}
}

// add adds a setting that the file says somewhere, or else has otherwise.
func (x *explainer) add(path, value, otherwise string) {
	for _, l := range x.from {
		if l.says[path] {
			at := x.config.nodes[l.path+"."+path]
			x.settings = append(x.settings, Setting{path, value, l.name + ", line " + strconv.Itoa(at.line)})
			return
		}
	}
	x.settings = append(x.settings, Setting{path, value, otherwise})
}

// says tells whether the file says a setting anywhere.
func (x *explainer) says(path string) bool {
	return slices.ContainsFunc(x.from, func(l layer) bool { return l.says[path] })
}

// origin lists where the code is.
func (x *explainer) origin() {
	src := x.plan.SourceOf(x.service)
	for _, f := range []struct{ key, value string }{
		{"provider", string(src.Provider)}, {"connection", src.Connection}, {"owner", src.Owner}, {"filter", string(src.Filter)},
		{"repository", src.Repository}, {"branch", src.Branch}, {"path", src.Path}, {"key", src.Key},
	} {
		if f.value == "" {
			continue
		}
		otherwise := "default"
		if at, ok := x.config.nodes["source."+f.key]; ok {
			otherwise = "source, line " + strconv.Itoa(at.line)
		}
		x.add("source."+f.key, f.value, otherwise)
	}
	if src.FilePaths.Includes != nil {
		x.add("source.filePaths.includes", list(src.FilePaths.Includes), "derived from path")
	}
	if src.FilePaths.Excludes != nil {
		x.add("source.filePaths.excludes", list(src.FilePaths.Excludes), "")
	}
}

// source lists where the code is and how it becomes an image.
func (x *explainer) source() {
	x.origin()
	b := x.service.Build
	preset := "default"
	if b.Preset != "" {
		x.add("build.preset", string(b.Preset), "")
		preset = "preset " + string(b.Preset)
	}
	orDefault := func(path, value, byDefault, otherwise string) {
		if value == "" {
			value = byDefault
		}
		x.add("build."+path, value, otherwise)
	}
	orDefault("architecture", string(b.Architecture), string(environment.X8664), "default")
	orDefault("dockerfile", b.Dockerfile, "Dockerfile", "default")
	x.add("build.docker", strconv.FormatBool(b.Docker), "default")
	commands := ""
	if b.TestCommands != nil {
		commands = list(b.TestCommands)
	}
	for _, f := range []struct{ path, value string }{
		{"testCommands", commands}, {"testReports", b.TestReports},
		{"coverageReport", b.CoverageReport}, {"coverageFormat", b.CoverageFormat},
	} {
		if f.value != "" || b.Preset != "" {
			orDefault(f.path, f.value, "the preset's", preset)
		}
	}
	x.add("build.coverageMinimum", strconv.Itoa(b.CoverageMinimum), "default")
	x.add("build.testTimeout", text.Duration(cmp.Or(b.TestTimeout, environment.DefaultUnitTests)), "default")
	x.gate("secrets", b.Gates.Secrets)
	x.gate("sast", b.Gates.SAST)
	x.gate("quality", b.Gates.Quality)
	x.scan("sca", b.Gates.SCA)
	x.scan("imageScan", b.Gates.ImageScan)
	x.signing()
}

// signing lists how the store's images are signed.
func (x *explainer) signing() {
	s := x.plan.Store.Signing
	mode, account := s.Mode, ""
	if mode == "" {
		mode = environment.SigningManaged
	}
	if mode == environment.SigningExternal {
		account = x.plan.Store.SigningAccount()
	}
	for _, f := range []struct{ key, value string }{
		{"mode", string(mode)}, {"profile", x.plan.Store.SigningProfile()}, {"account", account}, {"reason", s.Reason},
	} {
		if f.value == "" {
			continue
		}
		otherwise := "default"
		if at, ok := x.config.nodes["signing."+f.key]; ok {
			otherwise = "signing, line " + strconv.Itoa(at.line)
		}
		x.settings = append(x.settings, Setting{"signing." + f.key, f.value, otherwise})
	}
}

// scan lists what a gate lets pass that looks for vulnerabilities, beside what every gate has.
func (x *explainer) scan(key string, s environment.Scan) {
	x.gate(key, s.Gate)
	if s.Commands != nil {
		return
	}
	for _, t := range s.Thresholds.All() {
		most := "any number"
		if t.Most != nil {
			most = strconv.Itoa(*t.Most)
		}
		x.add("build.gates."+key+".thresholds."+t.Severity, most, "default")
	}
}

// gate lists what a gate of the build stage does with its findings, and what it runs where the file says so.
func (x *explainer) gate(key string, g environment.Gate) {
	at := "build.gates." + key
	mode := g.Mode
	if mode == "" {
		mode = environment.Block
	}
	x.add(at+".mode", string(mode), "default")
	if g.Reason != "" {
		x.add(at+".reason", g.Reason, "")
	}
	if g.Commands != nil {
		x.add(at+".commands", list(g.Commands), "")
	}
	if g.Reports != "" {
		x.add(at+".reports", g.Reports, "")
	}
}

// list writes a list as the file would.
func list(items []string) string { return "[" + text.List(items) + "]" }

// runtime lists how the service runs.
func (x *explainer) runtime() {
	r := x.service.In(x.environment)
	otherwise := x.defaults(r)
	for _, s := range values(r) {
		if strings.HasPrefix(s.Path, "variables.") || strings.HasPrefix(s.Path, "tests.") && strings.Contains(s.Path, ".variables.") {
			// References were checked with the plan: each resolves, and alike in every region.
			s.Value, _ = x.plan.Resolve(x.target(), s.Value)
		}
		x.add(s.Path, s.Value, otherwise[s.Path])
		x.rounded(r)
		if last := &x.settings[len(x.settings)-1]; s.Path == "synthetics.disabled" && x.environment.Kind == environment.Test {
			last.Origin = "always for " + string(environment.Test)
		}
	}
}

// rounded says of the setting that was added last that it is not what the file, or the default, says.
func (x *explainer) rounded(r environment.Runtime) {
	said := x.config.runtime(x.config.Services.Get(x.service.Name), x.environment.Name).plan()
	last := &x.settings[len(x.settings)-1]
	for _, size := range []struct {
		path                 string
		said, byDefault, got int
	}{
		{"cpu", said.CPU, environment.DefaultCPU, r.CPU},
		{"memoryMiB", said.MemoryMiB, environment.DefaultMemoryMiB, r.MemoryMiB},
	} {
		if asked := cmp.Or(size.said, size.byDefault); size.path == last.Path && asked != size.got {
			last.Origin += ", rounded up from " + strconv.Itoa(asked)
		}
	}
}

// target is the first of the environment's targets; what is explained does not differ between them.
func (x *explainer) target() environment.Target { return x.environment.Targets(x.plan.Store)[0] }

// defaults says of every setting where it comes from if the file does not say it: whether the environment's kind makes a
// difference.
func (x *explainer) defaults(r environment.Runtime) map[string]string {
	raw := x.config.runtime(x.config.Services.Get(x.service.Name), x.environment.Name).plan()
	origin := map[string]string{}
	for _, s := range values(r) {
		origin[s.Path] = "default"
	}
	for _, kind := range environment.Kinds {
		other := map[string]string{}
		for _, s := range values(raw.WithDefaults(kind)) {
			other[s.Path] = s.Value
		}
		for _, s := range values(r) {
			if other[s.Path] != s.Value {
				origin[s.Path] = "default for " + string(x.environment.Kind)
			}
		}
	}
	return origin
}

// sorted lists the keys of a map in order.
func sorted(m map[string]string) []string { return slices.Sorted(maps.Keys(m)) }
