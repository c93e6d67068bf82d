package stacks_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

const connection = "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"

// mixed is the small store with its code in four places: the delivery repository and catalog on GitHub, catalog in a monorepo;
// mailer and reports in a monorepo of CodeCommit with a filter; news in a repository of CodeCommit; uploads in S3.
func mixed(p *environment.Plan) {
	worker := func(name string, src environment.Source) *environment.Service {
		return &environment.Service{Name: name, Build: environment.Build{Preset: environment.PresetPython}, Source: src}
	}
	p.Store.Environments = p.Store.Environments[:1]
	p.Source = environment.Source{Provider: environment.GitHub, Connection: connection, Owner: "acme"}
	p.Services[0].Source = environment.Source{
		Repository: "mono", Path: "services/catalog", FilePaths: environment.FilePaths{Includes: []string{"services/catalog/**"}},
	}
	mono := environment.Source{Provider: environment.CodeCommit, Filter: environment.FilterCodeBuild, Repository: "mono"}
	mailer, reports := mono, mono
	mailer.Path, reports.FilePaths = "mailer", environment.FilePaths{Excludes: []string{"mailer/**"}}
	p.Services[1].Source = mailer
	p.Services = append(p.Services, worker("reports", reports),
		worker("news", environment.Source{Provider: environment.CodeCommit}), worker("uploads", environment.Source{Provider: environment.S3}))
}

// resourcesOf synthesizes a scope and lists the resources of the named stack.
func resourcesOf(t *testing.T, scope, stack string) []assembly.Resource {
	t.Helper()
	app := newApp(t, map[string]any{"scope": scope})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(mixed)})
	app.Synth(nil)
	a, err := assembly.Open(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Stacks() {
		if s.Name == stack {
			return s.Resources()
		}
	}
	t.Fatalf("no stack %s", stack)
	return nil
}

// text is v as JSON.
func text(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// started is what starts a pipeline, and with what: the configuration of its own source action, its triggers and its rules.
func started(t *testing.T, service string) (action, triggers string, rules []string, policy string) {
	t.Helper()
	for _, r := range resourcesOf(t, service, "shop-"+service+"-pipeline") {
		switch {
		case r.Type == "AWS::CodePipeline::Pipeline":
			stage := r.Properties["Stages"].([]any)[0].(map[string]any)
			for _, a := range stage["Actions"].([]any) {
				if a := a.(map[string]any); a["Name"] != "acme_shop-delivery" {
					action += text(a["Configuration"])
				} else if c := text(a["Configuration"]); !strings.Contains(c, `"DetectChanges":false`) {
					t.Errorf("%s: the delivery repository starts it: %s", service, c)
				}
			}
			if v := r.Properties["Triggers"]; v != nil {
				triggers = text(v)
			}
		case r.Type == "AWS::Events::Rule":
			rules = append(rules, text(r.Properties["EventPattern"]))
		case r.Type == "AWS::IAM::Policy" && strings.HasPrefix(r.LogicalID, "DeliveryRole"):
			policy = text(r.Properties["PolicyDocument"])
		}
	}
	return action, triggers, rules, policy
}

// Catches a pipeline of a store with code in several places that nothing starts, or two things; that a push to the delivery
// repository starts; or whose role may not read its source, or may read another's.
func TestMixedSources(t *testing.T) {
	const use = `"Action":["codeconnections:UseConnection","codestar-connections:UseConnection"],"Effect":"Allow","Resource":"` + connection + `"`
	for service, want := range map[string]struct{ action, triggers, rule, allowed string }{
		"catalog": {`"DetectChanges":false,"FullRepositoryId":"acme/mono"`, `{"Includes":["services/catalog/**"]}}],"SourceActionName":"acme_mono"}`, "", use},
		"mailer":  {`"PollForSourceChanges":false,"RepositoryName":"mono"`, "", "", `:codecommit:us-west-2:111111111111:mono"`},
		"news": {
			`"PollForSourceChanges":false,"RepositoryName":"shop-news"`, "",
			`{"detail":{"event":["referenceCreated","referenceUpdated"],"referenceName":["main"]},"detail-type":["CodeCommit Repository State Change"],` +
				`"resources":["arn:aws:codecommit:us-west-2:111111111111:shop-news"],"source":["aws.codecommit"]}`,
			`:codecommit:us-west-2:111111111111:shop-news"`,
		},
		"uploads": {
			`{"PollForSourceChanges":false,"S3Bucket":"shop-sources-111111111111-us-west-2","S3ObjectKey":"uploads.zip"}`, "",
			`{"detail":{"bucket":{"name":["shop-sources-111111111111-us-west-2"]},"object":{"key":["uploads.zip"]}},"detail-type":["Object Created"],"source":["aws.s3"]}`,
			`arn:aws:s3:::shop-sources-111111111111-us-west-2/uploads.zip"`,
		},
	} {
		action, triggers, rules, policy := started(t, service)
		if !strings.Contains(action, want.action) {
			t.Errorf("%s: action %s, want %s in it", service, action, want.action)
		}
		if want.triggers == "" && triggers != "" || !strings.Contains(triggers, want.triggers) {
			t.Errorf("%s: triggers %s, want %s in it", service, triggers, want.triggers)
		}
		if got := strings.Join(rules, "\n"); got != want.rule {
			t.Errorf("%s: rules %s, want %s", service, got, want.rule)
		}
		if !strings.Contains(policy, want.allowed) || !strings.Contains(policy, use) {
			t.Errorf("%s: %s and %s are not both in %s", service, want.allowed, use, policy)
		}
	}
}

// Catches a sources stack that lacks the repository, the bucket or the filter of a service, or makes repositories of code that
// is elsewhere; and a filter that starts too many or too few pipelines.
func TestSourcesOfAMixedStore(t *testing.T) {
	var repositories, buckets, types []string
	script := ""
	for _, r := range resourcesOf(t, "platform", "shop-sources") {
		types = append(types, r.Type)
		switch r.Type {
		case "AWS::CodeCommit::Repository":
			repositories = append(repositories, r.Properties["RepositoryName"].(string))
		case "AWS::S3::Bucket":
			buckets = append(buckets, r.Properties["BucketName"].(string))
		case "AWS::CodeBuild::Project":
			script = r.Properties["Source"].(map[string]any)["BuildSpec"].(string)
		case "AWS::Logs::LogGroup":
			for _, want := range []string{`"LogGroupName":"/shop/pipelines/sources"`, `"RetentionInDays":365`, `"KmsKeyId"`} {
				if !strings.Contains(text(r.Properties), want) {
					t.Errorf("the log group lacks %s: %s", want, text(r.Properties))
				}
			}
		}
	}
	slices.Sort(repositories)
	slices.Sort(buckets)
	if !slices.Equal(repositories, []string{"mono", "shop-news"}) {
		t.Errorf("repositories %v", repositories)
	}
	if !slices.Equal(buckets, []string{"shop-source-logs-111111111111-us-west-2", "shop-sources-111111111111-us-west-2"}) {
		t.Errorf("buckets %v", buckets)
	}
	if !strings.Contains(script, `PIPELINES='shop-mailer shop-mailer-pipeline\n(^mailer/.*$)\n^$\nshop-reports shop-reports-pipeline\n^.*$\n(^mailer/.*$)'\n`) {
		t.Errorf("script %s", script)
	}
	if n := len(slices.DeleteFunc(types, func(t string) bool { return t != "AWS::Events::Rule" && t != "AWS::CodeBuild::Project" })); n != 2 {
		t.Errorf("%d rules and projects, want one of each", n)
	}
}

// Catches a store on GitHub whose platform makes a repository in CodeCommit, or a stack with nothing in it.
func TestStoreOutsideOfAWS(t *testing.T) {
	app := newApp(t, map[string]any{"scope": "platform"})
	shop := stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(func(p *environment.Plan) {
		p.Source = environment.Source{Provider: environment.Bitbucket, Connection: connection, Owner: "acme"}
	})})
	app.Synth(nil)
	if slices.Contains(names(t, app), "shop-sources") || shop.Platform.Sources != nil || shop.Platform.Repository != nil {
		t.Errorf("stacks %v", names(t, app))
	}
}
