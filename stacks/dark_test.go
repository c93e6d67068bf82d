package stacks_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/stacks"
)

// templatesOf are the templates of one scope of the plan with those regions of prod dark, by their path in the assembly.
func templatesOf(t *testing.T, scope string, dark ...string) map[string]string {
	t.Helper()
	app := newApp(t, map[string]any{"scope": scope})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(kinds, func(p *environment.Plan) { p.Store.Environments[1].Dark = dark })})
	app.Synth(nil)
	templates := map[string]string{}
	err := filepath.WalkDir(*app.Outdir(), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".template.json") {
			return err
		}
		data, err := os.ReadFile(path)
		templates[strings.TrimPrefix(path, *app.Outdir())] = string(data)
		return err
	})
	if err != nil || len(templates) < 3 {
		t.Fatal(len(templates), err)
	}
	return templates
}

// Catches customers who are led to a dark region; and one that changes more than its ingress: then service pipelines would start,
// or a live balancer would change, only because customers come.
func TestDarkRegionChangesItsIngressOnly(t *testing.T) {
	for scope, want := range map[string]string{stacks.ScopePlatform: "produseast1Ingress", "ui": ""} {
		light, dark := templatesOf(t, scope), templatesOf(t, scope, "us-east-1")
		for path, template := range light {
			changed, ingress := dark[path] != template, want != "" && strings.Contains(path, want)
			if changed != ingress {
				t.Errorf("%s: %s changes: %v", scope, path, changed)
			} else if ingress && strings.Count(template, `"SetIdentifier"`) != 2+strings.Count(dark[path], `"SetIdentifier"`) {
				t.Errorf("%s has not two latency records less", path)
			}
		}
	}
}
