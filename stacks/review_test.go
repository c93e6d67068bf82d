package stacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// pipelineOf synthesizes one scope of the plan and returns the stack of its pipeline.
func pipelineOf(t *testing.T, scope string) *assembly.Stack {
	t.Helper()
	app := newApp(t, nil)
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(), Scope: scope})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	return a.Own()[0]
}

// Catches a pipeline that deploys, looks into a target or asks a person before the review, or beside it; one that keeps what is
// not everywhere yet as released; and one pipeline that compares with what another released.
func TestEveryPipelineReviews(t *testing.T) {
	for scope, last := range map[string]string{"catalog": "MarkReleased", "mailer": "MarkReleased", stacks.ScopePlatform: "Dispatch"} {
		s := pipelineOf(t, scope)
		names, actions := actionsOf(t, s)
		index := func(name string) int {
			return slices.IndexFunc(names, func(n string) bool { return strings.HasSuffix(n, "/"+name) })
		}
		review, baseline := index("Review"), index("Baseline")
		before := "UpdatePipeline/SelfMutate"
		if scope == stacks.ScopePlatform {
			before = "Assets/DeliveryMetrics" // publishes files, and deploys nothing
		}
		if review < 0 || names[review-1] != before || baseline != len(names)-2 || index(last) != len(names)-1 {
			t.Errorf("%s: %v", scope, names)
			continue
		}
		stage := func(i int) string { return names[i][:strings.Index(names[i], "/")] }
		for i, name := range names {
			if i > review && stage(i) == stage(review) && order(actions[name]) <= order(actions[names[review]]) {
				t.Errorf("%s: %s runs beside the review", scope, name)
			}
			if i < baseline && stage(i) == stage(baseline) && order(actions[name]) >= order(actions[names[baseline]]) {
				t.Errorf("%s: %s runs beside the baseline", scope, name)
			}
		}
		key := "_released/shop-" + scope + "/assembly.tar.gz"
		for _, name := range []string{names[review], names[baseline]} {
			if got := fmt.Sprint(actions[name]["InputArtifacts"]); got != "[map[Name:Synth_review]]" {
				t.Errorf("%s: %s reads %s", scope, name, got)
			}
			project, _ := s.Resource(fmt.Sprint(actions[name]["Configuration"].(map[string]any)["ProjectName"].(map[string]any)["Ref"]))
			variables := fmt.Sprint(project.Properties["Environment"].(map[string]any)["EnvironmentVariables"])
			wanted := []string{"Value:" + key + "]", "Value:shop-artifacts-111111111111-us-west-2]"}
			if name == names[review] {
				wanted = append(wanted, "Value:/shop/platform/tools/review/v1/"+scope+"]")
			}
			for _, want := range wanted {
				if !strings.Contains(variables, want) {
					t.Errorf("%s: %s has the variables %s", scope, name, variables)
				}
			}
		}
	}
}

// Catches a lifecycle rule that expires what the next review compares with, or no longer expires artifacts.
func TestBaselinesDoNotExpire(t *testing.T) {
	app := newApp(t, nil)
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(), Scope: stacks.ScopeArtifacts})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range a.Own() {
		for _, bucket := range s.Resources("AWS::S3::Bucket") {
			if !strings.HasPrefix(fmt.Sprint(bucket.Properties["BucketName"]), "shop-artifacts-") {
				continue
			}
			for _, rule := range bucket.Properties["LifecycleConfiguration"].(map[string]any)["Rules"].([]any) {
				rule := rule.(map[string]any)
				if rule["ExpirationInDays"] == nil {
					continue
				}
				found++
				// CodePipeline begins the keys of artifacts with the pipeline's name, which begins with the store's.
				if rule["Prefix"] != "shop" && rule["Prefix"] != "_review/" {
					t.Errorf("%s expires %v", s.Name, rule["Prefix"])
				}
			}
		}
	}
	if found == 0 {
		t.Error("nothing expires")
	}
}
