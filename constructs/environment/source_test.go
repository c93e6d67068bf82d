package environment

import (
	"reflect"
	"strings"
	"testing"
)

const (
	connection    = "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
	oldConnection = "arn:aws:codestar-connections:us-east-1:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
)

// onGitHub moves a plan's code to GitHub.
func onGitHub(p *Plan) { p.Source = Source{Provider: GitHub, Connection: connection, Owner: "acme"} }

// A connection of one provider that another inherits would ask the wrong one for the code; a default that is lost, nobody.
func TestSourcesInherit(t *testing.T) {
	p := newPlan(onGitHub)
	catalog(p).Source = Source{Owner: "acme-labs", Repository: "shop", Path: "services/catalog"}
	ui(p).Source = Source{Provider: CodeCommit}
	mailer(p).Source = Source{Provider: S3}
	for _, c := range []struct {
		service *Service
		want    Source
		trigger Trigger
		action  string
	}{
		{catalog(p), Source{
			Provider: GitHub, Connection: connection, Owner: "acme-labs", Repository: "shop", Branch: "main", Path: "services/catalog",
		}, OnPush, "acme-labs_shop"},
		{ui(p), Source{Provider: CodeCommit, Repository: "shop-ui", Branch: "main", Path: "."}, OnPush, "shop-ui"},
		{mailer(p), Source{Provider: S3, Key: "mailer.zip", Path: "."}, OnUpload, "mailer.zip"},
	} {
		if got := p.SourceOf(c.service); !reflect.DeepEqual(got, c.want) || p.TriggerOf(c.service) != c.trigger || got.ActionName() != c.action {
			t.Errorf("%s: got %+v, %s, %s", c.service.Name, got, p.TriggerOf(c.service), got.ActionName())
		}
	}
	if want := (Source{Provider: GitHub, Connection: connection, Owner: "acme", Repository: "shop-delivery", Branch: "main", Path: "."}); !reflect.DeepEqual(p.DeliverySource(), want) {
		t.Errorf("delivery: %+v", p.DeliverySource())
	}
	if err := p.Validate().Err(); err != nil {
		t.Error(err)
	}
	if got := p.Repositories(); !reflect.DeepEqual(got, []string{"shop-ui"}) || !p.HasSources() || !p.HasSourceBucket() {
		t.Errorf("repositories %v", got)
	}
	p.Source = Source{Provider: S3}
	if got := p.DeliverySource(); got.Provider != CodeCommit || got.Repository != "shop-delivery" {
		t.Errorf("delivery with a store in s3: %+v", got)
	}
	if p := newPlan(onGitHub); p.HasSources() {
		t.Error("a store on GitHub has a sources stack, with nothing in it")
	}
}

// A service that no filter starts is never released; one that is not in need of it must keep its own trigger.
func TestChangeFilters(t *testing.T) {
	p := newPlan(func(p *Plan) {
		p.Source.Filter = FilterCodeBuild
		ui(p).Source = Source{Repository: "mono", Path: "./services/ui"}
		catalog(p).Source = Source{Repository: "mono", Path: "services/catalog", FilePaths: FilePaths{Excludes: []string{"**.md"}}}
	})
	want := []ChangeFilter{{Repository: "mono", Branch: "main", Services: []FilteredService{
		{"catalog", FilePaths{Excludes: []string{"**.md"}}}, {"ui", FilePaths{Includes: []string{"services/ui/**"}}},
	}}}
	if got := p.ChangeFilters(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got := p.TriggerOf(mailer(p)); got != OnPush {
		t.Errorf("mailer has a repository of its own, and is started by %s", got)
	}
	ui(p).Source.Branch, mailer(p).Source = "next", Source{Repository: "aaa", Path: "x"}
	if got := p.ChangeFilters(); len(got) != 3 || got[0].Repository != "aaa" || got[1].Branch != "main" || got[2].Branch != "next" {
		t.Errorf("got %+v", got)
	}
	if err := p.Validate().Err(); err != nil {
		t.Error(err)
	}
	catalog(p).Source.Provider, catalog(p).Source.Connection, catalog(p).Source.Owner = GitHub, connection, "acme"
	if got := p.TriggerOf(catalog(p)); got != OnFilteredPush || p.SourceOf(catalog(p)).Filter != "" {
		t.Errorf("on GitHub: %s, %+v", got, p.SourceOf(catalog(p)))
	}
}

// Each case catches a source that AWS refuses, or that never starts anything.
func TestSourceProblems(t *testing.T) {
	on := func(change func(*Plan)) func(*Plan) { return func(p *Plan) { onGitHub(p); change(p) } }
	refuse(t, []refusal{
		{"unknown provider", func(p *Plan) { p.Source.Provider = "githup" }, `source.provider: must be codecommit, github, gitlab, bitbucket or s3, got "githup"; did you mean github?`},
		{"github without a connection", on(func(p *Plan) { p.Source.Connection = "" }), "source.connection: is required with provider github"},
		{"connection without an owner", on(func(p *Plan) { p.Source.Owner = "" }), "source.owner: is required with provider github"},
		{"owner without a connection", func(p *Plan) { p.Source.Owner = "acme" }, "source.owner: goes with provider github, gitlab or bitbucket, and the provider is codecommit"},
		{"connection with codecommit", func(p *Plan) { mailer(p).Source.Connection = connection },
			"services.mailer.source.connection: goes with provider github, gitlab or bitbucket, and the provider is codecommit"},
		{"another provider without its own connection", on(func(p *Plan) { mailer(p).Source = Source{Provider: GitLab, Owner: "acme"} }),
			"services.mailer.source.connection: is required with provider gitlab"},
		{"connection of another kind", on(func(p *Plan) { p.Source.Connection = "arn:aws:codebuild:us-west-2:111111111111:project/x" }),
			"source.connection: must be the ARN of a connection, arn:aws:codeconnections:"},
		{"connection cut short", on(func(p *Plan) { p.Source.Connection = connection[:len(connection)-1] }), "source.connection: must be the ARN"},
		{"connection in no region", on(func(p *Plan) { p.Source.Connection = strings.Replace(connection, "us-west-2", "us-west-9", 1) }), `source.connection: "us-west-9" is no AWS region`},
		{"old connection of another account", on(func(p *Plan) { p.Source.Connection = strings.Replace(oldConnection, "111111111111", "222222222222", 1) }),
			`source.connection: is of account "222222222222", and the tools account is "111111111111"`},
		{"old connection where the tools account is none", on(func(p *Plan) { p.Source.Connection, p.Store.Tools.Account = oldConnection, "1111" }),
			`tools.account: must be the 12 digits of an AWS account, got "1111"`},
		{"subgroups on GitHub", on(func(p *Plan) { p.Source.Owner = "acme/shop" }), "source.owner: only gitlab has groups within groups"},
		{"owner with a space", on(func(p *Plan) { p.Source.Owner = "acme inc" }), "source.owner: must be the user, organization, group or workspace"},
		{"unknown filter", func(p *Plan) { p.Source.Filter = "lambda" }, `source.filter: must be codebuild, got "lambda"`},
		{"filter on GitHub", on(func(p *Plan) { p.Source.Filter = FilterCodeBuild }), "source.filter: goes with provider codecommit, and the provider is github"},
		{"filter with s3", func(p *Plan) { mailer(p).Source = Source{Provider: S3, Filter: FilterCodeBuild} },
			"services.mailer.source.filter: goes with provider codecommit, and the provider is s3"},
		{"filePaths without a filter", func(p *Plan) { mailer(p).Source.FilePaths.Includes = []string{"a/**"} },
			"services.mailer.source.filePaths: CodeCommit has no path filters of its own; filter: codebuild"},
		{"filePaths with s3", func(p *Plan) { mailer(p).Source = Source{Provider: S3, FilePaths: FilePaths{Excludes: []string{"a"}}} },
			"services.mailer.source.filePaths: s3 has no changed files"},
		{"key in a repository", func(p *Plan) { mailer(p).Source.Key = "a.zip" }, "services.mailer.source.key: goes with provider s3, and the provider is codecommit"},
		{"repository with s3", func(p *Plan) { mailer(p).Source = Source{Provider: S3, Repository: "a"} }, "services.mailer.source.repository: s3 has no repository"},
		{"branch with s3", func(p *Plan) { mailer(p).Source = Source{Provider: S3, Branch: "main"} }, "services.mailer.source.branch: s3 has no branches"},
		{"key that is no ZIP file", func(p *Plan) { mailer(p).Source = Source{Provider: S3, Key: "mailer.tar.gz"} },
			"services.mailer.source.key: must be the name of a ZIP file in the source bucket"},
		{"key from the root", func(p *Plan) { mailer(p).Source = Source{Provider: S3, Key: "/mailer.zip"} }, "services.mailer.source.key: must be the name"},
		{"delivery in s3", func(p *Plan) { p.Delivery.Provider = S3 }, "delivery.provider: the delivery repository cannot be in s3"},
		{"delivery on GitHub without an owner", func(p *Plan) { p.Delivery = Source{Provider: GitHub, Connection: connection} }, "delivery.owner: is required with provider github"},
		{"filter of the delivery repository", func(p *Plan) { p.Delivery.Filter = FilterCodeBuild }, "delivery: the delivery repository has no filter"},
		{"repository of the whole store", func(p *Plan) { p.Source.Repository = "mono" }, "source.repository: belongs to a service"},
		{"filePaths of the whole store", func(p *Plan) { p.Source.FilePaths.Includes = []string{"a"} }, "source.filePaths: belongs to a service"},
		{"service in the delivery repository on GitHub", on(func(p *Plan) { mailer(p).Source.Repository = "shop-delivery" }),
			"services.mailer.source.repository: acme/shop-delivery is the delivery repository"},
	})
	include := func(patterns ...string) func(*Plan) {
		return on(func(p *Plan) { mailer(p).Source.FilePaths.Includes = patterns })
	}
	const at = "services.mailer.source.filePaths.includes"
	refuse(t, []refusal{
		{"nine patterns", include("1", "2", "3", "4", "5", "6", "7", "8", "9"), at + ": CodePipeline takes at most 8 patterns, got 9"},
		{"empty pattern", include("a", ""), at + "[1]: must not be empty"},
		{"long pattern", include(strings.Repeat("ä", 256)), at + "[0]: must have at most 255 characters, got 256"},
		{"slash first", include("/services/**"), at + "[0]: must not begin with a slash"},
		{"folder up", include("services/../x"), at + "[0]: must not have . or .. as a folder"},
		{"this folder", include("./services/**"), at + "[0]: must not have . or .. as a folder"},
		{"slash last", include("services/ui/"), at + `[0]: matches no file; for all files in the folder write "services/ui/**"`},
		{"line break", include("a\nb"), at + "[0]: must be text without control characters"},
		{"open bracket", include("[a"), at + "[0]: is no pattern: a [ has no ]"},
		{"excludes", on(func(p *Plan) { mailer(p).Source.FilePaths.Excludes = []string{"/a"} }), "services.mailer.source.filePaths.excludes[0]: must not begin"},
	})
}

// Each row catches a warning that is lost, or one for what is as it should be.
func TestSourceWarnings(t *testing.T) {
	mono := func(p *Plan) {
		catalog(p).Source = Source{Repository: "mono", Path: "catalog"}
		mailer(p).Source = Source{Repository: "mono", Path: "mailer"}
	}
	for _, c := range []struct {
		name   string
		change func(*Plan)
		want   string
	}{
		{"monorepo without a filter", mono, "services.catalog.source: every push to main of mono starts the pipeline of catalog, and it is the source of " +
			"mailer as well; filter: codebuild starts only those whose path or filePaths a push changes"},
		{"monorepo with a filter", func(p *Plan) { mono(p); p.Source.Filter = FilterCodeBuild }, ""},
		{"another branch", func(p *Plan) { mono(p); mailer(p).Source.Branch = "next" }, ""},
		{"monorepo on GitHub", func(p *Plan) { onGitHub(p); mono(p) }, "services.catalog.source: every push to main of acme/mono starts the pipeline of " +
			"catalog, and it is the source of mailer as well; filePaths start only those whose files a push changes"},
		{"one of two filtered", func(p *Plan) {
			onGitHub(p)
			mono(p)
			catalog(p).Source.FilePaths.Includes = []string{"catalog/**"}
		}, "services.mailer.source: every push to main of acme/mono starts the pipeline of mailer, and it is the source of catalog as well; filePaths " +
			"start only those whose files a push changes"},
		{"one upload for two", func(p *Plan) {
			catalog(p).Source, mailer(p).Source = Source{Provider: S3, Key: "all.zip"}, Source{Provider: S3, Key: "all.zip", Path: "mailer"}
		}, "services.catalog.source: every upload of all.zip starts the pipeline of catalog, and it is the source of mailer as well"},
		{"connection of another account", func(p *Plan) {
			onGitHub(p)
			p.Source.Connection = strings.Replace(connection, "111111111111", "222222222222", 1)
		}, "source.connection: is of account 222222222222; it must be shared with the tools account, 111111111111, through AWS RAM"},
	} {
		got := ""
		if err := newPlan(c.change).Warnings().Err(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
