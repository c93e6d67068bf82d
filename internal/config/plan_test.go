package config

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
)

func load(t *testing.T, file string) *Config {
	t.Helper()
	c, err := Load("testdata/good/" + file + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// in returns how a service runs in an environment.
func in(t *testing.T, p *environment.Plan, service, env string) environment.Runtime {
	t.Helper()
	s, e := p.Service(service), p.Store.Environment(env)
	if s == nil || e == nil {
		t.Fatalf("no %s or no %s", service, env)
	}
	return s.In(e)
}

// Catches a key that never reaches the plan.
func TestPlanHasEveryKey(t *testing.T) {
	p := load(t, "full").Plan()
	fifty := 50
	want := &environment.Store{
		Name:  "shop",
		Tools: environment.Tools{Account: "111111111111", Region: "eu-west-1"},
		Notifications: environment.Notifications{
			Notify: []string{"team@example.com", "ops@example.com"}, OnCall: []string{"oncall@example.com"},
		},
		Environments: []*environment.Environment{{
			Name: "beta", Kind: environment.Test, Account: "222222222222",
			Network: environment.Network{AvailabilityZones: 2, NatGateways: 1, Cidr: "10.1.0.0/16", Endpoints: []string{"ecr.api", "logs"}},
			Waves:   []environment.Wave{{Regions: []string{"eu-west-1"}}},
		}, {
			Name: "prod", Kind: environment.Production, Account: "333333333333",
			Domain:   &environment.Domain{Name: "shop.example.com", ZoneID: "Z0123456789ABCDEF"},
			Approval: &environment.Approval{Notify: []string{"ops@example.com", "owner@example.com"}},
			Waves: []environment.Wave{
				{Regions: []string{"eu-west-1"}, Bake: 30 * time.Minute}, {Regions: []string{"eu-central-1", "us-east-1"}},
			},
			Dark:    []string{"us-east-1"},
			Windows: []environment.Window{{Days: []string{"mon-thu", "sat"}, From: "09:00", To: "16:00", TimeZone: "Europe/Berlin"}},
			Freezes: []environment.Freeze{{Name: "black-friday", From: "2026-11-26T00:00", To: "2026-12-01T08:00", TimeZone: "Europe/Berlin"}},
		}},
		Signing: environment.Signing{Mode: environment.SigningExternal, Profile: "acme_images", Account: "999999999999", Reason: "the company signs"},
	}
	if !reflect.DeepEqual(p.Store, want) {
		t.Errorf("store: got %+v", p.Store)
	}
	const connection = "-4b5a-6978-8796-a5b4c3d2e1f0"
	if want := (environment.Source{
		Provider: environment.GitHub, Owner: "acme", Connection: "arn:aws:codeconnections:eu-west-1:111111111111:connection/0f1e2d3c" + connection,
	}); !reflect.DeepEqual(p.Source, want) {
		t.Errorf("source of the store: got %+v", p.Source)
	}
	if !reflect.DeepEqual(p.Delivery, environment.Source{
		Provider: environment.GitLab, Owner: "acme/platform", Repository: "shop-delivery", Branch: "main",
		Connection: "arn:aws:codestar-connections:us-east-1:111111111111:connection/1f1e2d3c" + connection,
	}) {
		t.Errorf("delivery: got %+v", p.Delivery)
	}
	web := p.Service("web")
	if !reflect.DeepEqual(web.Source, environment.Source{
		Provider: environment.Bitbucket, Owner: "acme-web", Repository: "web", Branch: "trunk", Path: "services/web",
		Connection: "arn:aws:codeconnections:eu-west-1:111111111111:connection/2f1e2d3c" + connection,
		FilePaths:  environment.FilePaths{Includes: []string{"services/web/**", "lib/{js,css}/**"}, Excludes: []string{"**.md"}},
	}) {
		t.Errorf("source: got %+v", web.Source)
	}
	if got, want := p.Service("catalog").Source, (environment.Source{Provider: environment.S3, Key: "in/catalog.zip"}); !reflect.DeepEqual(got, want) {
		t.Errorf("source of catalog: got %+v", got)
	}
	if got, want := p.Service("mailer").Source, (environment.Source{
		Provider: environment.CodeCommit, Filter: environment.FilterCodeBuild, Path: "mailer",
	}); !reflect.DeepEqual(got, want) {
		t.Errorf("source of mailer: got %+v", got)
	}
	if want := (environment.Build{
		Preset: environment.PresetNode, Architecture: environment.Arm64, Dockerfile: "docker/Dockerfile", Docker: true,
		TestCommands: []string{"npm ci", "npm test"}, TestReports: "reports/*.xml",
		CoverageReport: "coverage/clover.xml", CoverageFormat: "CLOVERXML", CoverageMinimum: 80, TestTimeout: 20 * time.Minute,
		Gates: environment.Gates{
			Secrets: environment.Gate{
				Mode: environment.ReportOnly, Reason: "until the keys of the first year are changed",
				Commands: []string{"npm ci", "npm run secrets"}, Reports: "reports/secrets.xml",
			},
			SAST: environment.Gate{
				Mode: environment.Block, Reason: "the scanner of the group, which knows its frameworks",
				Commands: []string{"npm ci", "npm run security"}, Reports: "reports/security.xml",
			},
			Quality: environment.Gate{
				Mode: environment.Block, Reason: "eslint with the rules of the group",
				Commands: []string{"npm ci", "npm run lint:report"}, Reports: "reports/lint.xml",
			},
			SCA: environment.Scan{
				Gate:       environment.Gate{Mode: environment.Block, Reason: "two of a library that is replaced this year"},
				Thresholds: environment.Thresholds{Critical: number(0), High: number(2), Medium: number(30), Low: number(100)},
			},
			ImageScan: environment.Scan{Gate: environment.Gate{
				Mode: environment.ReportOnly, Reason: "until the base image of the first year is replaced",
				Commands: []string{`grype "sbom:$SBOM" --fail-on high -o template -t junit.tmpl --file reports/image.xml`}, Reports: "reports/image.xml",
			}},
		},
	}); !reflect.DeepEqual(web.Build, want) {
		t.Errorf("build: got %+v", web.Build)
	}
	off := true
	runtime := environment.Runtime{
		CPU: 512, MemoryMiB: 1024,
		HTTP:      &environment.HTTP{Port: 3000, Health: "/health", Protocol: environment.HTTP1, GraceSeconds: 90},
		Expose:    &environment.Expose{Path: "/*", Block: []string{"/admin/*", "/metrics"}, Priority: 40000},
		Variables: map[string]string{"LOG_LEVEL": "info", "CATALOG_URL": "${services.catalog.url}", "TEMPLATE": "Hello $${name}", "EMPTY": ""},
		Secrets:   map[string]string{"SESSION_KEY": "secretsmanager:shop/web/credentials#session", "FLAGS": "ssm:/shop/flags"},
		Command:   []string{"node", "server.js"}, WritablePaths: []string{"/tmp"}, KeepVolumePermissions: true,
		HealthCommand: []string{"node", "health.js"}, HealthGraceSeconds: 90,
		Scale: environment.Scale{Min: 2, Max: 6, CPUPercent: 50, MemoryPercent: 80, Peaks: []environment.Peak{
			{Name: "black-friday", From: "2126-11-29T06:00", To: "2126-12-02T23:59", TimeZone: "America/New_York", Min: 20, Max: 60}}},
		Release: environment.Release{
			Engine: environment.CodeDeploy, Strategy: environment.Canary, Percent: 20, Interval: 10 * time.Minute,
			CheckTimeout: 3 * time.Minute,
		},
		Checks: []environment.Check{{
			Path: "/api/carts?page=1", Method: "POST", Headers: map[string]string{"content-type": "application/json"}, Body: `{"try": true}`,
			Expect: environment.Expectation{
				Status: 201, Headers: map[string]string{"content-type": "json"}, LatencyMs: 800,
				JSON: map[string]string{"status": "open", "items.0.count": "1", "note": ""},
			},
		}},
		Synthetics: environment.Synthetics{Disabled: &off, Interval: 10 * time.Minute},
		Alarms: environment.Alarms{
			ErrorPercent: 2, LatencyMs: 800, MinRequests: 50, CPUPercent: 85, MemoryPercent: 95, Period: 2 * time.Minute, Datapoints: 3,
		},
		Tests: environment.Tests{
			Integration: &environment.TargetTest{
				Gate: environment.Gate{
					Mode: environment.Block, Reason: "the first word on every release", Reports: "reports/integration.xml",
					Commands: []string{"npm ci", "npm run test:integration"},
				},
				Image: "public.ecr.aws/docker/library/node:22.21.1", Timeout: 8 * time.Minute, Variables: map[string]string{"CATALOG_URL": "${services.catalog.url}", "GREETING": ""},
			},
			Acceptance: &environment.TargetTest{
				Gate: environment.Gate{
					Mode: environment.ReportOnly, Reason: "until the suite no longer fails by chance", Reports: "results/*.xml",
					Commands: []string{"npm ci", "npx playwright test"},
				},
				Image: "mcr.microsoft.com/playwright:v1.57.0-noble", Timeout: 20 * time.Minute, Variables: map[string]string{"BROWSERS": "chromium"},
			},
		},
		LogRetentionDays: 90,
	}
	two := 2
	if got, want := web.Runtime.Tests.Performance, (&environment.TargetTest{Timeout: 15 * time.Minute, Load: &environment.Load{
		Path: "/products?page=1", RequestsPerSecond: 20, Duration: 3 * time.Minute, P99: 500 * time.Millisecond, ErrorPercent: &two,
	}}); !reflect.DeepEqual(got, want) {
		t.Errorf("load: got %+v", got)
	}
	if got := in(t, p, "web", "beta"); !reflect.DeepEqual(got, runtime) {
		t.Errorf("web in beta: got %+v", got)
	}
	runtime.Tests = environment.Tests{}     // they run in no production
	runtime.Synthetics.Disabled = new(bool) // off in test environments, whatever the file says
	runtime.CPU, runtime.MemoryMiB, runtime.Expose.Host, runtime.Variables["EXTRA"], runtime.Scale.Max = 1024, 2048, "www", "1", 30
	if got := in(t, p, "web", "prod"); !reflect.DeepEqual(got, runtime) {
		t.Errorf("web in prod: got %+v", got)
	}
	if got := in(t, p, "mailer", "prod").Release; !reflect.DeepEqual(got, environment.Release{
		Engine: environment.Rolling, MinHealthyPercent: &fifty, MaxHealthyPercent: 150,
	}) {
		t.Errorf("mailer's release: got %+v", got)
	}
}

// parse reads a file of one environment of each kind, with the given defaults and services.
func parse(t *testing.T, rest string) *Config {
	t.Helper()
	c, err := Parse("x.yaml", []byte(`
store: shop
tools: {account: "111111111111", region: eu-west-1}
environments:
  beta: {kind: test, account: "222222222222", domain: {name: b.example.com, zoneId: Z1}, waves: [{regions: [eu-west-1]}]}
  prod: {kind: production, account: "333333333333", domain: {name: p.example.com, zoneId: Z2}, waves: [{regions: [eu-west-1]}]}
`+rest))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Each part catches one way in which layers could be laid over each other wrongly.
func TestLayers(t *testing.T) {
	p := parse(t, `
defaults:
  cpu: 256
  memoryMiB: 512
  build: {preset: go, architecture: arm64}
  http: {port: 80, health: /}
  variables: {A: default, B: default}
  writablePaths: [/tmp, /var/cache]
  scale: {min: 4, max: 9}
services:
  one:
    build: {preset: node}
    http: {port: 81}
    expose: {path: /one/*, block: [/one/admin]}
    variables: {B: service, C: service}
    overrides:
      prod:
        cpu: 512
        memoryMiB: 1024
        http: {health: /prod}
        expose: internal
        variables: {C: prod}
        writablePaths: []
        scale: {max: 20}
  two:
    expose: {internal: {port: 20002}}
    overrides:
      prod: {expose: {path: /two}}
`).Plan()
	beta, prod := in(t, p, "one", "beta"), in(t, p, "one", "prod")
	check := func(what string, got, want any) {
		t.Helper()
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	check("build merges", p.Service("one").Build, environment.Build{Preset: environment.PresetNode, Architecture: environment.Arm64})
	check("a default", beta.CPU, 256)
	check("an override", prod.CPU, 512)
	check("http merges, service", *beta.HTTP, environment.HTTP{Port: 81, Health: "/", Protocol: "http", GraceSeconds: 60})
	check("http merges, override", *prod.HTTP, environment.HTTP{Port: 81, Health: "/prod", Protocol: "http", GraceSeconds: 60})
	check("variables merge, service", beta.Variables, map[string]string{"A": "default", "B": "service", "C": "service"})
	check("variables merge, override", prod.Variables, map[string]string{"A": "default", "B": "service", "C": "prod"})
	check("a list stays", beta.WritablePaths, []string{"/tmp", "/var/cache"})
	check("a list is replaced", prod.WritablePaths, []string{})
	check("scale merges", prod.Scale.Min, 4)
	check("scale merges", prod.Scale.Max, 20)
	check("public becomes internal", *prod.Expose, environment.Expose{Internal: true})
	check("public stays", *beta.Expose, environment.Expose{Path: "/one/*", Block: []string{"/one/admin"}})
	check("internal becomes public", *in(t, p, "two", "prod").Expose, environment.Expose{Path: "/two"})
}

// Catches a default that a service cannot unsay and that is an error for it.
func TestDefaultsThatDoNotApply(t *testing.T) {
	p := parse(t, `
defaults:
  build: {preset: go}
  expose: internal
  release: {engine: codedeploy, strategy: linear, percent: 25, interval: 2m, minHealthyPercent: 50}
services:
  web: {http: {port: 80, health: /}}
  once: {http: {port: 80, health: /}, release: {strategy: all-at-once}}
  roll: {http: {port: 80, health: /}, release: {engine: rolling}, overrides: {prod: {release: {engine: codedeploy}}}}
  worker: {}
`).Plan()
	for _, c := range []struct {
		service, env string
		want         environment.Release
	}{
		{"web", "beta", environment.Release{Engine: "codedeploy", Strategy: "linear", Percent: 25, Interval: 2 * time.Minute}},
		{"once", "prod", environment.Release{Engine: "codedeploy", Strategy: "all-at-once"}},
		{"roll", "prod", environment.Release{Engine: "codedeploy", Strategy: "linear", Percent: 25, Interval: 2 * time.Minute}},
	} {
		if got := in(t, p, c.service, c.env).Release; got != c.want {
			t.Errorf("%s in %s: got %+v, want %+v", c.service, c.env, got, c.want)
		}
	}
	for _, c := range [][2]string{{"roll", "beta"}, {"worker", "prod"}} {
		got := in(t, p, c[0], c[1]).Release
		if got.Engine != "rolling" || got.Strategy != "" || got.Percent != 0 || got.Interval != 0 || *got.MinHealthyPercent != 50 {
			t.Errorf("%s in %s: got %+v", c[0], c[1], got)
		}
	}
	if x := in(t, p, "worker", "beta").Expose; x != nil {
		t.Errorf("the worker is exposed: %+v", x)
	}
}

// Catches a plan whose change reaches another plan, or another environment of the same.
func TestPlansShareNothing(t *testing.T) {
	c := load(t, "full")
	p := c.Plan()
	r := in(t, p, "web", "prod")
	r.Variables["CATALOG_URL"], r.Expose.Block[0], r.Command[0] = "changed", "changed", "changed"
	p.Store.Environments[0].Waves[0].Regions[0] = "changed"
	p.Services[0].Build.TestCommands[0] = "changed"
	for _, again := range []environment.Runtime{in(t, p, "web", "prod"), in(t, c.Plan(), "web", "prod"), in(t, c.Plan(), "web", "beta")} {
		if again.Variables["CATALOG_URL"] == "changed" || again.Expose.Block[0] == "changed" || again.Command[0] == "changed" {
			t.Errorf("a change reached another runtime: %+v", again)
		}
	}
	if q := c.Plan(); q.Store.Environments[0].Waves[0].Regions[0] == "changed" || q.Services[0].Build.TestCommands[0] == "changed" {
		t.Error("a change reached another plan")
	}
}

// Catches an order of environments or services that is not the file's.
func TestOrderOfTheFile(t *testing.T) {
	p := parse(t, "services:\n  zeta: {build: {preset: go}}\n  alpha: {build: {preset: go}}\n  midst: {build: {preset: go}}\n").Plan()
	var names []string
	for _, s := range p.Services {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "zeta alpha midst" {
		t.Errorf("got %s", got)
	}
}

// Catches a merge key whose values win over the mapping's own, or an alias that is not followed.
func TestAnchors(t *testing.T) {
	p := load(t, "anchors").Plan()
	r := in(t, p, "orders", "prod")
	if want := map[string]string{"LEVEL": "debug", "FORMAT": "json", "EXTRA": "1"}; !reflect.DeepEqual(r.Variables, want) {
		t.Errorf("variables: got %v", r.Variables)
	}
	if r.HTTP.Port != 9090 || r.HTTP.Health != "/health" || p.Service("mailer").Build.Preset != "go" {
		t.Errorf("got %+v, %+v", r.HTTP, p.Service("mailer").Build)
	}
}

// Catches warnings without a position, or that make a file bad.
func TestWarnings(t *testing.T) {
	var got []string
	for _, w := range load(t, "full").Warnings() {
		got = append(got, w.String())
	}
	if want := []string{
		"testdata/good/full.yaml:92:17: services.web.build.gates.secrets.mode: its findings stop nothing: it reports only",
		"testdata/good/full.yaml:111:17: services.web.build.gates.imageScan.mode: its findings stop nothing: it reports only",
		"testdata/good/full.yaml:193:15: services.web.tests.acceptance.mode: a failure stops nothing: it reports only (in beta)",
	}; !slices.Equal(got, want) {
		t.Errorf("full.yaml: %v", got)
	}
	ws := parse(t, "services: {one: {build: {preset: go}}}").Warnings()
	if len(ws) != 1 || ws[0].String() != "x.yaml:6:3: environments.prod.approval: no one approves a release to production" {
		t.Errorf("got %v", ws)
	}
}

func number(n int) *int { return &n }

// Catches: thresholds of the defaults that are held against a service with a scanner of its own, or are lost for the others; and a
// service's threshold that takes the others with it.
func TestThresholdsOfTheDefaults(t *testing.T) {
	p := parse(t, `defaults: {build: {preset: go, gates: {sca: {thresholds: {high: 3, low: 9}}}}}
services:
  one: {}
  two: {build: {gates: {sca: {commands: [make sca]}}}}
  three: {build: {gates: {sca: {thresholds: {high: 0}}}}}`).Plan()
	for name, want := range map[string]environment.Thresholds{
		"one": {High: number(3), Low: number(9)}, "two": {}, "three": {High: number(0), Low: number(9)},
	} {
		if got := p.Service(name).Build.Gates.SCA.Thresholds; !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
}
