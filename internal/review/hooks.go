package review

import (
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/storeship/storeship/internal/release"
	"github.com/storeship/storeship/internal/value"
)

// checksVariable is the variable that holds what a gate's function, or a canary, asks.
const checksVariable = "CHECKS"

// checks judges what gates and canaries ask, and the hooks by which a release asks them.
func checks(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old == nil || d.new == nil {
				continue
			}
			switch d.new.Type {
			case "AWS::Lambda::Function":
				d.fewerChecks("Environment", "Variables")
			case "AWS::Synthetics::Canary":
				d.fewerChecks("RunConfig", "EnvironmentVariables")
			}
		}
	}
	return c.hooks()
}

// fewerChecks finds a check that is no longer asked as it was.
func (d *delta) fewerChecks(at ...string) {
	asked := func(renewed bool) []any {
		r := d.old
		if renewed {
			r = d.new
		}
		var list []any
		if value.Unmarshal([]byte(d.pair.show(get(r, append(at, checksVariable)...), renewed)), &list) != nil {
			return nil
		}
		return list
	}
	before, after := asked(false), asked(true)
	property := strings.Join(append(at, checksVariable), ".")
	switch {
	case fewer(before, after) && len(after) < len(before):
		d.say(verdict{"checks", SafetyLost, "asks fewer questions", "What they asked may be wrong, and nothing says so.", ""}, property)
	case fewer(before, after):
		d.say(verdict{"checks", SafetyLost, "asks other questions", "Whether they ask less, the checks say.", ""}, property)
	}
}

// hooks finds releases that no longer call a function which they called. The file that says it is in the assembly, but in no
// template.
func (c *comparison) hooks() []Finding {
	var all []Finding
	for _, p := range c.pairs {
		if p.old.Assembly == nil || p.new.Assembly == nil {
			continue
		}
		at := c.chart.of(of(p.new))
		file := path.Join(at.environment, at.region, at.service, "appspec.yaml")
		before, after := appSpec(c.roots[0], file), appSpec(c.roots[1], file)
		if before == nil || after == nil {
			continue // A pipeline's baseline has templates only.
		}
		for _, hook := range value.Keys(before) {
			if after[hook] != "" {
				continue
			}
			all = append(all, Finding{Level: SafetyLost, Path: "AppSpec", Property: "Hooks." + hook, Effect: "the release no longer asks " + before[hook],
				Why: "It goes on without the function's word at " + hook + ".", Old: before[hook],
				Where: []Place{{Stack: of(p.new), pair: p, File: path.Join(release.Folder, file)}}})
		}
	}
	return all
}

// appSpec reads the hooks of a file of CodeDeploy, with the functions that they call; nil where there is no such file.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/reference-appspec-file-structure-hooks.html
func appSpec(root, file string) map[string]string {
	m := releaseFile(root, file)
	if m == nil {
		return nil
	}
	hooks := map[string]string{}
	for _, e := range value.Objects(m["Hooks"]) {
		for name, function := range e {
			hooks[name] = value.Show(function, nil)
		}
	}
	return hooks
}

// releaseFile reads a file of a release, by its path within the folder of releases; nil where it is not there, as in a
// pipeline's baseline from before they were kept, or cannot be read.
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
	return m
}
