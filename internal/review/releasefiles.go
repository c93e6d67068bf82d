package review

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/release"
	"github.com/storeship/storeship/internal/value"
)

// What CodeDeploy registers and asks is in two files of the assembly and in no template. Who reviews templates alone does not
// see them, though they decide what runs.

// releaseOf is a release of a service in a target, by the files of both assemblies.
type releaseOf struct {
	pair *pair
	// folder of the files, within the folder of releases.
	folder string
	// tasks and spec are taskdef.json and appspec.yaml, before and after; nil where there is no such file.
	tasks, spec [2]map[string]any
}

// releases lists the releases of which one assembly at least has the files. A pipeline's baseline has templates only.
func (c *comparison) releases() []releaseOf {
	var all []releaseOf
	for _, p := range c.pairs {
		if p.old.Assembly == nil || p.new.Assembly == nil {
			continue
		}
		at := c.chart.of(of(p.new))
		r := releaseOf{pair: p, folder: release.Path(at.environment, at.region, at.service)}
		for i, root := range c.roots {
			r.tasks[i] = releaseFile(root, path.Join(r.folder, release.TaskDefinitionFile))
			r.spec[i] = releaseFile(root, path.Join(r.folder, release.AppSpecFile))
		}
		if r.tasks[0] != nil || r.spec[0] != nil {
			all = append(all, r)
		}
	}
	return all
}

// releaseFile reads a file of a release, by its path within the folder of releases, without digests of images; nil where it is
// not there, or cannot be read.
func releaseFile(root string, file any) map[string]any {
	name, ok := file.(string)
	if !ok || root == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil
	}
	content, err := os.ReadFile(filepath.Join(root, release.Folder, filepath.FromSlash(name)))
	if err != nil {
		return nil
	}
	m, err := value.Parse(content)
	if err != nil {
		return nil
	}
	m, _ = withoutDigests(m).(map[string]any)
	return m
}

// releaseFiles finds what CodeDeploy is to register or to lead traffic to, where no template says so.
func releaseFiles(c *comparison) []Finding {
	var all []Finding
	for _, r := range c.releases() {
		all = append(all, r.lost(c)...)
		all = append(all, r.registered()...)
		all = append(all, r.aimed()...)
	}
	return all
}

// finding is one about a file of the release.
func (r releaseOf) finding(file string, level Level, property, effect, why, before, after string) Finding {
	name := map[string]string{release.TaskDefinitionFile: "TaskDefinition", release.AppSpecFile: "AppSpec"}[file]
	return Finding{Level: level, Path: name, Property: property, Effect: effect, Why: why, Old: before, New: after,
		Where: []Place{{Stack: of(r.pair.new), pair: r.pair, File: path.Join(release.Folder, r.folder, file)}}}
}

// lost finds files that are gone although a pipeline still names them.
func (r releaseOf) lost(c *comparison) []Finding {
	var all []Finding
	for file, found := range map[string][2]map[string]any{release.TaskDefinitionFile: r.tasks, release.AppSpecFile: r.spec} {
		if found[0] == nil || found[1] != nil || !c.namesFile(path.Join(r.folder, file)) {
			continue
		}
		if _, err := os.Stat(filepath.Join(c.roots[1], release.Folder)); err != nil {
			continue // An assembly without its releases says nothing of them.
		}
		all = append(all, r.finding(file, WillFail, "", "fails the deployment", "The pipeline hands the file to CodeDeploy, and it is not there.", "", ""))
	}
	return all
}

// namesFile says whether a pipeline of the new assembly hands a file of a release to CodeDeploy.
func (c *comparison) namesFile(file string) bool {
	for _, p := range c.drawn[1] {
		for _, s := range p.Stages {
			for _, a := range s.Actions {
				if a.Configuration["TaskDefinitionTemplatePath"] == file || a.Configuration["AppSpecTemplatePath"] == file {
					return true
				}
			}
		}
	}
	return false
}

// registered compares what CodeDeploy registers. What the stack's own task definition says as well is told of that one.
func (r releaseOf) registered() []Finding {
	if r.tasks[0] == nil || r.tasks[1] == nil || value.Equal(r.tasks[0], r.tasks[1]) {
		return nil
	}
	task, rendered := r.rendered()
	d := &delta{pair: r.pair, old: &task, new: &task}
	before, after := task, task
	before.Properties, after.Properties = asTemplate(r.tasks[0]), asTemplate(r.tasks[1])
	d.old, d.new = &before, &after
	d.add(value.Diff(any(before.Properties), any(after.Properties)), false)
	d.watchAll()
	unsaid := value.Diff(any(rendered), any(after.Properties))
	var all []Finding
	for _, ch := range d.changes {
		v := verdict{"", SafetyLost, "releases what the stack does not say", "Whoever reads the template does not see it.", ""}
		if rendered == nil {
			v = verdict{"", Harmless, "releases other tasks", "", ""}
		} else if !ch.among(unsaid) {
			continue
		}
		v = worst(append(ch.verdicts, v))
		all = append(all, r.finding(release.TaskDefinitionFile, v.level, ch.Text(), v.effect, v.why, r.pair.show(ch.Old, false), r.pair.show(ch.New, true)))
	}
	return all
}

// among says whether the change is of something that one of the others is of.
func (c *change) among(others []value.Change) bool {
	for _, o := range others {
		if c.under(o.Text()) {
			return true
		}
	}
	return false
}

// rendered is the task definition of the stack that is released, and what the file says by its template; nil where the template
// does not say it all.
func (r releaseOf) rendered() (assembly.Resource, map[string]any) {
	s := r.pair.new
	for _, t := range s.Resources(taskDefinitionType) {
		if family := t.Properties["Family"]; family != nil && family != r.tasks[1]["family"] {
			continue
		}
		content, err := release.Render(s.Template, t.LogicalID, release.Env{Account: s.Account, Region: s.Region})
		if err != nil {
			return t, nil
		}
		m, err := value.Parse(content)
		if err != nil {
			return t, nil
		}
		return t, asTemplate(m)
	}
	return assembly.Resource{Stack: s, Type: taskDefinitionType}, nil
}

const taskDefinitionType = "AWS::ECS::TaskDefinition"

// ownKeys are the properties whose keys are the user's.
var ownKeys = map[string]bool{"options": true, "dockerLabels": true, "driverOpts": true, "labels": true}

// asTemplate is a request of ECS as a template says it, whose names begin with a capital.
func asTemplate(request map[string]any) map[string]any {
	all := map[string]any{}
	for k, v := range request {
		if !ownKeys[k] {
			v = asTemplateValue(v)
		}
		all[strings.ToUpper(k[:min(1, len(k))])+k[min(1, len(k)):]] = v
	}
	return all
}

func asTemplateValue(v any) any {
	switch t := v.(type) {
	case map[string]any:
		return asTemplate(t)
	case []any:
		all := make([]any, len(t))
		for i, e := range t {
			all[i] = asTemplateValue(e)
		}
		return all
	}
	return v
}

// aimed compares what CodeDeploy leads traffic to, and all else of the AppSpec but its hooks.
func (r releaseOf) aimed() []Finding {
	if r.spec[0] == nil || r.spec[1] == nil {
		return nil
	}
	before, after := maps.Clone(r.spec[0]), maps.Clone(r.spec[1])
	delete(before, "Hooks")
	delete(after, "Hooks")
	var all []Finding
	for _, ch := range value.Diff(any(before), any(after)) {
		v := verdict{"", Traffic, "releases otherwise", "CodeDeploy goes by the file, and not by the template.", ""}
		if strings.Contains(ch.Text(), "LoadBalancerInfo") {
			v = verdict{"", Traffic, "leads requests to another container or port", "The load balancer asks there from the next release on.", ""}
			if !r.listens() {
				v = verdict{"", WillFail, "fails the deployment", "No container of the tasks has that name and port: requests would go where nothing answers.", ""}
			}
		}
		all = append(all, r.finding(release.AppSpecFile, v.level, ch.Text(), v.effect, v.why, r.pair.show(ch.Old, false), r.pair.show(ch.New, true)))
	}
	return all
}

// listens says whether the tasks have the container and the port that the AppSpec leads requests to. Where they are not known
// they do.
func (r releaseOf) listens() bool {
	for _, resource := range value.Objects(r.spec[1]["Resources"]) {
		for _, service := range resource {
			m, _ := service.(map[string]any)
			properties, _ := m["Properties"].(map[string]any)
			info, _ := properties["LoadBalancerInfo"].(map[string]any)
			if info != nil && r.tasks[1] != nil {
				return r.hasPort(info["ContainerName"], info["ContainerPort"])
			}
		}
	}
	return true
}

func (r releaseOf) hasPort(container, port any) bool {
	for _, c := range value.Objects(r.tasks[1]["containerDefinitions"]) {
		for _, m := range value.Objects(c["portMappings"]) {
			if c["name"] == container && value.Equal(m["containerPort"], port) {
				return true
			}
		}
	}
	return false
}

// hooks finds releases that no longer call a function which they called.
func (r releaseOf) hooks() []Finding {
	if r.spec[0] == nil || r.spec[1] == nil {
		return nil
	}
	before, after := called(r.spec[0]), called(r.spec[1])
	var all []Finding
	for _, hook := range value.Union(before, after) {
		was, is := before[hook], after[hook]
		switch {
		case was == is:
		case was == "":
			all = append(all, r.finding(release.AppSpecFile, Harmless, "Hooks."+hook, "the release asks "+is, "", "", is))
		case is == "":
			all = append(all, r.finding(release.AppSpecFile, SafetyLost, "Hooks."+hook, "the release no longer asks "+was, "It goes on without the function's word at "+hook+".", was, ""))
		default:
			all = append(all, r.finding(release.AppSpecFile, SafetyLost, "Hooks."+hook, "the release asks another function", "What "+was+" asked at "+hook+", it no longer does.", was, is))
		}
	}
	return all
}

// called are the hooks of an AppSpec, with the functions that they call.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
func called(spec map[string]any) map[string]string {
	hooks := map[string]string{}
	for _, e := range value.Objects(spec["Hooks"]) {
		for name, function := range e {
			hooks[name] = value.Show(function, nil)
		}
	}
	return hooks
}

// releaseTexts are all files of the releases of an assembly, for the id of a change.
func releaseTexts(root string) []string {
	if root == "" {
		return nil
	}
	var all []string
	folder := filepath.Join(root, release.Folder)
	// A folder that is not there, or cannot be read, has no files that count.
	_ = filepath.WalkDir(folder, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return nil
		}
		name, err := filepath.Rel(folder, file)
		if err != nil {
			return nil
		}
		if m := releaseFile(root, name); m != nil {
			content, _ := json.Marshal(m)
			all = append(all, fmt.Sprintf("%s %s", filepath.ToSlash(name), content))
		}
		return nil
	})
	return all
}
