package codebuild

import (
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Phases of a build that have commands, in order.
var Phases = []string{"install", "pre_build", "build", "post_build"}

// Spec is a buildspec.
type Spec struct {
	// Shell that runs the commands; empty for the image's.
	Shell string
	// Variables of the environment.
	Variables map[string]string
	// Exported are the names of the variables that a pipeline may read.
	Exported []string
	// Phases by name; one that is not there has no commands.
	Phases map[string]Phase
	// Reports by the name or ARN of their group.
	Reports map[string]Files
	// Artifacts by identifier; the primary one's is empty.
	Artifacts map[string]Files
	// Cached are the folders that a later build of the host may find again, without what follows the folder.
	Cached []string
}

// Phase is a list of commands.
type Phase struct {
	// Commands in order, and those that run whether they fail or not.
	Commands, Finally []string
	// OnFailure is ABORT, CONTINUE or empty.
	OnFailure string
}

// Files are files of the source's folder.
type Files struct {
	// Base is the folder that Patterns are relative to.
	Base string
	// Patterns of files: * is part of a name, **/ any folder.
	Patterns []string
}

// Parse reads a buildspec of YAML or JSON. What this package does not do, it refuses.
func Parse(text string) (*Spec, error) {
	var root map[string]any
	if err := yaml.Unmarshal([]byte(text), &root); err != nil {
		return nil, err
	}
	p := &parser{}
	s := &Spec{Phases: map[string]Phase{}, Reports: map[string]Files{}, Artifacts: map[string]Files{}}
	p.known("", root, "version", "env", "phases", "reports", "artifacts", "cache")
	if v := fmt.Sprint(root["version"]); v != "0.2" {
		p.add("version: must be 0.2, is " + v)
	}
	env := p.mapping("env", root["env"], "shell", "variables", "exported-variables")
	s.Shell = p.text("env.shell", env["shell"])
	if s.Shell != "" && s.Shell != "bash" && s.Shell != "/bin/sh" {
		p.add("env.shell: Linux has bash and /bin/sh, got " + s.Shell)
	}
	s.Variables = map[string]string{}
	for name, value := range p.anyMapping("env.variables", env["variables"]) {
		s.Variables[name] = p.text("env.variables."+name, value)
	}
	s.Exported = p.texts("env.exported-variables", env["exported-variables"])
	for name, value := range p.mapping("phases", root["phases"], Phases...) {
		at := "phases." + name
		m := p.mapping(at, value, "on-failure", "runtime-versions", "commands", "finally")
		phase := Phase{Commands: p.texts(at+".commands", m["commands"]), Finally: p.texts(at+".finally", m["finally"])}
		switch phase.OnFailure = p.text(at+".on-failure", m["on-failure"]); phase.OnFailure {
		case "", "ABORT", "CONTINUE":
		default:
			p.add(at + ".on-failure: this runner knows ABORT and CONTINUE, got " + phase.OnFailure)
		}
		s.Phases[name] = phase
	}
	for name, value := range p.anyMapping("reports", root["reports"]) {
		s.Reports[name] = p.files("reports."+name, value, "file-format")
	}
	p.artifacts(s, root["artifacts"])
	for _, path := range p.texts("cache.paths", p.mapping("cache", root["cache"], "paths")["paths"]) {
		s.Cached = append(s.Cached, strings.TrimSuffix(path, "/**/*"))
	}
	return s, errors.Join(p.problems...)
}

func (p *parser) artifacts(s *Spec, v any) {
	m := p.mapping("artifacts", v, "files", "base-directory", "secondary-artifacts")
	if m["files"] != nil {
		s.Artifacts[""] = p.files("artifacts", map[string]any{"files": m["files"], "base-directory": m["base-directory"]})
	}
	for id, value := range p.anyMapping("artifacts.secondary-artifacts", m["secondary-artifacts"]) {
		s.Artifacts[id] = p.files("artifacts.secondary-artifacts."+id, value)
	}
}

// parser collects what is wrong.
type parser struct{ problems []error }

func (p *parser) add(problem string) { p.problems = append(p.problems, errors.New(problem)) }

func (p *parser) known(at string, m map[string]any, keys ...string) {
	var unknown []string
	for key := range m {
		if !slices.Contains(keys, key) {
			unknown = append(unknown, key)
		}
	}
	sort.Strings(unknown)
	for _, key := range unknown {
		p.add(strings.TrimPrefix(at+"."+key, ".") + ": this runner does not know it")
	}
}

func (p *parser) anyMapping(at string, v any) map[string]any {
	m, ok := v.(map[string]any)
	if !ok && v != nil {
		p.add(at + ": must be a mapping")
	}
	return m
}

func (p *parser) mapping(at string, v any, keys ...string) map[string]any {
	m := p.anyMapping(at, v)
	p.known(at, m, keys...)
	return m
}

func (p *parser) text(at string, v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case map[string]any, []any:
		p.add(at + ": must be a text")
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func (p *parser) texts(at string, v any) []string {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	list, ok := v.([]any)
	if !ok && v != nil {
		p.add(at + ": must be a list")
	}
	var texts []string
	for _, item := range list {
		texts = append(texts, p.text(at, item))
	}
	return texts
}

func (p *parser) files(at string, v any, also ...string) Files {
	m := p.mapping(at, v, append([]string{"files", "base-directory"}, also...)...)
	f := Files{Base: p.text(at+".base-directory", m["base-directory"]), Patterns: p.texts(at+".files", m["files"])}
	if len(f.Patterns) == 0 {
		p.add(at + ".files: required")
	}
	if strings.ContainsAny(f.Base, "*?") || strings.HasPrefix(f.Base, "/") {
		p.add(at + ".base-directory: this runner wants one folder of the source, got " + f.Base)
	}
	return f
}
