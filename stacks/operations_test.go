package stacks_test

import (
	"archive/zip"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// measured is the plan that the function finds beside it, without spaces.
func measured(t *testing.T, changes ...func(*environment.Plan)) string {
	t.Helper()
	app := newApp(t, map[string]any{"scope": "platform"})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(changes...)})
	app.Synth(nil)
	files, err := filepath.Glob(filepath.Join(*app.Outdir(), "asset.*.zip"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files %v %v", files, err)
	}
	z, err := zip.OpenReader(files[0])
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	for _, f := range z.File {
		if f.Name != "plan.json" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(string(text)), "")
	}
	t.Fatal("no plan")
	return ""
}

// Catches: a pipeline, a stage of production or an action by another name than the pipelines have, commits that are looked for in a
// repository that is elsewhere, and a platform that counts as a service.
func TestWhatIsMeasured(t *testing.T) {
	const want = `{"store":"shop","pipelines":[` +
		`{"pipeline":"shop-catalog","service":"catalog","source":"shop-catalog","repository":"shop-catalog","production":["prod-us-west-2","prod-us-east-1"]},` +
		`{"pipeline":"shop-mailer","service":"mailer","source":"shop-mailer","repository":"shop-mailer","production":["prod-us-west-2","prod-us-east-1"]},` +
		`{"pipeline":"shop-platform","service":"platform","apart":true,"source":"shop-delivery","repository":"shop-delivery","production":["prod-us-west-2","prod-us-east-1"]}]}`
	if got := measured(t); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	// Code in four places, and no production.
	const elsewhere = `{"store":"shop","pipelines":[` +
		`{"pipeline":"shop-catalog","service":"catalog","source":"acme_mono","production":null},` +
		`{"pipeline":"shop-mailer","service":"mailer","source":"mono","repository":"mono","production":null},` +
		`{"pipeline":"shop-reports","service":"reports","source":"mono","repository":"mono","production":null},` +
		`{"pipeline":"shop-news","service":"news","source":"shop-news","repository":"shop-news","production":null},` +
		`{"pipeline":"shop-uploads","service":"uploads","source":"uploads.zip","production":null},` +
		`{"pipeline":"shop-platform","service":"platform","apart":true,"source":"acme_shop-delivery","production":null}]}`
	if got := measured(t, mixed); got != elsewhere {
		t.Errorf("got\n%s\nwant\n%s", got, elsewhere)
	}
}

// Catches: names of the measured stages and actions that drift from those of the pipelines.
func TestMeasuredStagesAreThere(t *testing.T) {
	for scope, action := range map[string]string{"catalog": "shop-catalog", "platform": "shop-delivery"} {
		app := newApp(t, map[string]any{"scope": scope})
		stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan()})
		app.Synth(nil)
		a, err := assembly.Open(*app.Outdir())
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, s := range a.Own() {
			for _, r := range s.Resources("AWS::CodePipeline::Pipeline") {
				found = text(r.Properties["Stages"])
			}
		}
		for _, want := range []string{`"Name":"prod-us-west-2"`, `"Name":"prod-us-east-1"`, `"Name":"` + action + `"`} {
			if !strings.Contains(found, want) {
				t.Errorf("%s: no %s in %s", scope, want, found)
			}
		}
	}
}

// Catches: a synth of one service that waits for a compiler.
func TestServicesBuildNoFunction(t *testing.T) {
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	t.Setenv("HOME", cache)
	for _, scope := range []string{"catalog", stacks.ScopeAccess, stacks.ScopeArtifacts} {
		stacks.NewStorefront(newApp(t, map[string]any{"scope": scope}), &stacks.StorefrontProps{Plan: newPlan()})
	}
	if err := filepath.WalkDir(cache, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			t.Errorf("wrote %s", path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}
