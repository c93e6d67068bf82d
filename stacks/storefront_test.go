package stacks_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/kernel"
	"github.com/storeship/storeship/internal/release"
	"github.com/storeship/storeship/stacks"
)

// TestMain turns template validation off, which the whole-app tests do, keeps the values that storeship.Run keeps, and closes the kernel.
func TestMain(m *testing.M) {
	os.Setenv("CDK_VALIDATION", "false")
	stop := kernel.Prepare()
	jsii.Close() // the runtime has read the environment already; closing makes it read it anew
	end := kernel.Keep()
	code := m.Run()
	end()
	jsii.Close()
	stop()
	os.Exit(code)
}

// newApp is an app with the library's context in a folder of its own.
func newApp(t *testing.T, context map[string]any) awscdk.App {
	t.Helper()
	c := storeship.Context()
	for k, v := range context {
		c[k] = v
	}
	return awscdk.NewApp(&awscdk.AppProps{Outdir: jsii.String(t.TempDir()), Context: &c})
}

// newPlan is a small store: an internal service and a worker, in two environments, without a domain.
func newPlan(changes ...func(*environment.Plan)) *environment.Plan {
	plan := &environment.Plan{
		Store: &environment.Store{
			Name:  "shop",
			Tools: environment.Tools{Account: "111111111111", Region: "us-west-2"},
			Environments: []*environment.Environment{
				{Name: "beta", Kind: environment.Test, Account: "222222222222", Waves: []environment.Wave{{Regions: []string{"us-west-2"}}}},
				{
					Name: "prod", Kind: environment.Production, Account: "444444444444", Approval: &environment.Approval{},
					Waves: []environment.Wave{{Regions: []string{"us-west-2"}}, {Regions: []string{"us-east-1"}}},
				},
			},
		},
		Services: []*environment.Service{
			{
				Name:  "catalog",
				Build: environment.Build{Preset: environment.PresetGo},
				Runtime: environment.Runtime{
					HTTP:   &environment.HTTP{Port: 8080, Health: "/health"},
					Expose: &environment.Expose{Internal: true},
				},
			},
			{
				Name:    "mailer",
				Build:   environment.Build{Preset: environment.PresetPython},
				Runtime: environment.Runtime{Variables: map[string]string{"CATALOG": "${services.catalog.url}"}},
			},
		},
	}
	for _, change := range changes {
		change(plan)
	}
	return plan
}

// problems is what NewStorefront panics with.
func problems(t *testing.T, props *stacks.StorefrontProps) (text string) {
	t.Helper()
	defer func() {
		err, ok := recover().(error)
		if !ok {
			t.Fatal("no error")
		}
		text = err.Error()
	}()
	stacks.NewStorefront(newApp(t, nil), props)
	return ""
}

// A user must hear of everything that is wrong at once, and before any stack is made of it.
func TestStorefrontProblems(t *testing.T) {
	got := problems(t, &stacks.StorefrontProps{
		Plan:  newPlan(func(p *environment.Plan) { p.Services[0].Runtime.CPU, p.Store.Tools.Account = 300, "1" }),
		Scope: "catalogue",
		Image: "sha256:12",
	})
	for _, want := range []string{
		"services.catalog.cpu: Fargate offers",
		"tools.account: must be the 12 digits",
		"scope: catalogue is none of platform, access, artifacts, catalog, mailer",
		"image: must be sha256: and 64 hexadecimal digits, got sha256:12",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	if got := problems(t, nil); got != "Plan: required" {
		t.Errorf("without a plan: %q", got)
	}
}

// A scope that synthesizes more than its part makes every pipeline slow; one that synthesizes less deploys nothing.
func TestScopes(t *testing.T) {
	for scope, want := range map[string][]string{
		"access":    {"shop-beta-access", "shop-prod-access"},
		"artifacts": {"shop-artifacts", "shop-artifacts"},
		"mailer":    {"shop-mailer-pipeline", "shop-beta-mailer", "shop-prod-mailer", "shop-prod-mailer"},
	} {
		t.Run(scope, func(t *testing.T) {
			app := newApp(t, map[string]any{"scope": scope})
			stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan()})
			app.Synth(nil)
			if got := names(t, app); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		})
	}
}

// A value that is known only at deployment cannot be in taskdef.json. The error must name the service, the field and the way
// out, for it may come from what somebody added with ExtendService.
func TestValueOfDeploymentInATask(t *testing.T) {
	defer func() {
		err, ok := recover().(*stacks.Error)
		if !ok {
			t.Fatal("no error")
		}
		for _, want := range []string{"service catalog in beta-us-west-2: ", "environment[QUEUE]", "only at deployment: "} {
			if !strings.Contains(strings.Join(err.Problems(), "\n"), want) {
				t.Errorf("got %q, want %q in it", err.Problems(), want)
			}
		}
	}()
	stacks.NewStorefront(newApp(t, nil), &stacks.StorefrontProps{
		Plan:  newPlan(),
		Scope: "catalog",
		ExtendService: func(s *stacks.Service) {
			queue := awssqs.NewQueue(s.Stack, jsii.String("Queue"), nil)
			s.Fargate.TaskDefinition.DefaultContainer().AddEnvironment(jsii.String("QUEUE"), queue.QueueUrl())
		},
	})
}

func names(t *testing.T, app awscdk.App) []string {
	t.Helper()
	a, err := assembly.Open(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, s := range a.Stacks() {
		names = append(names, s.Name)
	}
	return names
}

// A worker has nothing that CodeDeploy could shift: a release folder for it, or a blue/green action, would fail its
// pipeline.
func TestWorkerHasNoRelease(t *testing.T) {
	app := newApp(t, nil)
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(), Scope: "mailer"})
	app.Synth(nil)
	if _, err := os.Stat(filepath.Join(*app.Outdir(), release.Folder)); !os.IsNotExist(err) {
		t.Errorf("there is a releases folder (%v)", err)
	}
}

// What an earlier synth left in the releases folder would become part of the pipeline's artifact.
func TestReleasesOfAnEarlierSynthAreRemoved(t *testing.T) {
	app := newApp(t, nil)
	stale := filepath.Join(*app.Outdir(), release.Folder, "prod", "us-west-2", "gone")
	if err := os.MkdirAll(stale, 0o755); err != nil {
		t.Fatal(err)
	}
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(), Scope: "catalog"})
	if _, err := os.Stat(stale); !os.IsNotExist(err) {
		t.Error("it is still there")
	}
	for _, target := range []string{"beta/us-west-2", "prod/us-west-2", "prod/us-east-1"} {
		if _, err := os.Stat(filepath.Join(*app.Outdir(), release.Folder, target, "catalog", "taskdef.json")); err != nil {
			t.Error(err)
		}
	}
}

// The escape hatch must come before the stage is synthesized, or what it adds is lost without a word.
func TestExtendService(t *testing.T) {
	app := newApp(t, nil)
	stacks.NewStorefront(app, &stacks.StorefrontProps{
		Plan:  newPlan(),
		Scope: "catalog",
		ExtendService: func(s *stacks.Service) {
			queue := awssqs.NewQueue(s.Stack, jsii.String("Queue"), nil)
			queue.GrantSendMessages(s.Fargate.TaskRole)
		},
	})
	app.Synth(nil)
	a, err := assembly.Open(*app.Outdir())
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, s := range a.Stacks() {
		for _, r := range s.Resources() {
			if r.Type == "AWS::SQS::Queue" {
				found++
			}
		}
	}
	if found != 3 {
		t.Errorf("%d targets have the queue, want 3", found)
	}
}
