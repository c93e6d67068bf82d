package pipeline

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/template"
)

// phase is a phase of a buildspec.
type phase struct {
	name     string
	commands []string
	// lost says why a failure in the phase is none of the build.
	lost string
}

// phases in the order in which CodeBuild runs them.
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec.phases
var phases = []string{"install", "pre_build", "build", "post_build"}

func textIn(s *assembly.Stack, v any) string { return template.In(s).Text(v) }

// pairs reads a list of Name and Value.
func pairs(v any) map[string]string {
	m := map[string]string{}
	for _, item := range list(v) {
		if p, ok := item.(map[string]any); ok {
			if kind := text(p["Type"]); kind == "" || kind == "PLAINTEXT" {
				m[text(p["Name"])] = text(p["Value"])
			}
		}
	}
	return m
}

// environment reads the variables that an action gives its project: a list in JSON.
func environment(s string) map[string]string {
	var variables []struct{ Name, Value, Type string }
	m := map[string]string{}
	if json.Unmarshal([]byte(s), &variables) != nil {
		return m
	}
	for _, v := range variables {
		if v.Type == "" || v.Type == "PLAINTEXT" {
			m[v.Name] = v.Value
		}
	}
	return m
}

// build reads what the action's project runs.
func (r *reader) build(a *Action, res assembly.Resource) {
	in := template.In(res.Stack)
	props, _ := in.Value(res.Properties).(map[string]any)
	a.ProjectName = text(props["Name"])
	if strings.HasPrefix(a.ProjectName, "«") {
		a.ProjectName = ""
	}
	if a.Project = a.ProjectName; a.Project == "" {
		a.Project = res.LogicalID
	}
	host, _ := props["Environment"].(map[string]any)
	variables := pairs(host["EnvironmentVariables"])
	a.Own = environment(a.Configuration["EnvironmentVariables"])
	maps.Copy(variables, a.Own)
	a.Variables = variables

	source, _ := props["Source"].(map[string]any)
	spec := source["BuildSpec"]
	if override := a.Configuration["BuildspecOverride"]; override != "" {
		spec = override
	}
	if strings.HasPrefix(text(host["Type"]), "WINDOWS") {
		a.Hidden = "its commands are PowerShell"
		return
	}
	root, why := r.buildspec(res.Stack, spec)
	if why != "" {
		a.Hidden = why
		return
	}
	r.runSpec(a, res.Stack, root, variables, "", true)
}

// buildspec is the parsed buildspec, or why it cannot be seen.
func (r *reader) buildspec(s *assembly.Stack, spec any) (root map[string]any, hidden string) {
	content := text(spec)
	if m, ok := spec.(map[string]any); ok {
		return m, ""
	}
	name := strings.TrimSpace(content)
	if name == "" {
		return nil, "its commands are in buildspec.yml of the source"
	}
	if !strings.Contains(name, "\n") && !strings.HasPrefix(name, "{") {
		if strings.HasPrefix(name, "«") && strings.HasSuffix(name, "»") {
			return nil, "its buildspec is a value of the deployment: " + name
		}
		if !strings.Contains(name, ": ") {
			// CDK Pipelines writes the buildspec of large projects into the assembly.
			data, err := os.ReadFile(r.beside(s, name))
			if err != nil || path.IsAbs(name) || strings.Contains(name, "..") {
				return nil, "its commands are in " + name + " of the source"
			}
			content = string(data)
		}
	}
	v, err := template.Value("buildspec", []byte(content))
	if err != nil {
		return nil, "its buildspec cannot be read: " + err.Error()
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, "its buildspec is no mapping"
	}
	return m, ""
}

// runSpec reads the commands of a buildspec, and of its batch where the action runs one.
func (r *reader) runSpec(a *Action, s *assembly.Stack, root map[string]any, variables map[string]string, why string, batch bool) {
	env, _ := root["env"].(map[string]any)
	all := texts(env["variables"])
	maps.Copy(all, variables)
	if shell := text(env["shell"]); strings.HasPrefix(shell, "powershell") || strings.HasPrefix(shell, "cmd") {
		a.hide("its commands are " + shell)
		return
	}
	if parts, ok := root["batch"].(map[string]any); ok && batch && strings.EqualFold(a.Configuration["BatchEnabled"], "true") {
		r.batch(a, s, root, parts, all)
		return
	}
	of, _ := root["phases"].(map[string]any)
	var read []phase
	for _, name := range phases {
		m, _ := of[name].(map[string]any)
		p := phase{name: name}
		if strings.EqualFold(text(m["on-failure"]), "CONTINUE") {
			p.lost = "the phase " + name + " has on-failure: CONTINUE"
		}
		for _, key := range []string{"commands", "finally"} {
			switch c := m[key].(type) {
			case string:
				p.commands = append(p.commands, c)
			case []any:
				for _, x := range c {
					p.commands = append(p.commands, command(x))
				}
			}
		}
		read = append(read, p)
	}
	a.run(read, all, why)
}

// command is one command of a list: a text, or what YAML takes for a mapping because it has a colon.
func command(v any) string {
	if m, ok := v.(map[string]any); ok && len(m) == 1 {
		for k, x := range m {
			return k + ": " + text(x)
		}
	}
	return text(v)
}

// batch reads the builds of a batch.
// https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build-buildspec.html
func (r *reader) batch(a *Action, s *assembly.Stack, root, parts map[string]any, variables map[string]string) {
	for _, kind := range []string{"build-graph", "build-list", "build-fanout"} {
		builds := list(parts[kind])
		if m, ok := parts[kind].(map[string]any); ok {
			builds = []any{m}
		}
		for _, item := range builds {
			b, _ := item.(map[string]any)
			r.batched(a, s, root, b, b, variables)
		}
	}
	if matrix, ok := parts["build-matrix"].(map[string]any); ok {
		static, _ := matrix["static"].(map[string]any)
		dynamic, _ := matrix["dynamic"].(map[string]any)
		specs := list(dynamic["buildspec"])
		if len(specs) == 0 {
			specs = []any{nil}
		}
		for _, spec := range specs {
			r.batched(a, s, root, map[string]any{"buildspec": spec}, static, variables)
		}
	}
}

func (r *reader) batched(a *Action, s *assembly.Stack, root, build, settings map[string]any, variables map[string]string) {
	why := ""
	if ignore := text(settings["ignore-failure"]); strings.EqualFold(ignore, "true") || strings.EqualFold(ignore, "yes") {
		why = "the batch has ignore-failure: true"
		if id := text(build["identifier"]); id != "" {
			why = "the batch's build " + id + " has ignore-failure: true"
		}
	}
	env, _ := settings["env"].(map[string]any)
	all := texts(env["variables"])
	maps.Copy(all, variables)
	spec := root
	if build["buildspec"] != nil && text(build["buildspec"]) != "" {
		var hidden string
		if spec, hidden = r.buildspec(s, build["buildspec"]); hidden != "" {
			a.hide(hidden)
			return
		}
	}
	r.runSpec(a, s, spec, all, why, false)
}
