package environment

import (
	"reflect"
	"strings"
	"testing"
	"time"
)

func testedPlan() *Plan {
	percent := 0
	return &Plan{
		Store: &Store{
			Name: "shop", Tools: Tools{Account: "111111111111", Region: "us-west-2"},
			Environments: []*Environment{
				{Name: "beta", Kind: Test, Account: "222222222222", Domain: &Domain{Name: "beta.example.com", ZoneID: "Z1"}, Waves: []Wave{{Regions: []string{"us-west-2"}}}},
				{Name: "gamma", Kind: Preproduction, Account: "333333333333", Domain: &Domain{Name: "gamma.example.com", ZoneID: "Z2"}, Waves: []Wave{{Regions: []string{"us-west-2"}}}},
				{Name: "prod", Kind: Production, Account: "444444444444", Domain: &Domain{Name: "example.com", ZoneID: "Z3"}, Waves: []Wave{{Regions: []string{"us-west-2"}}}},
			},
		},
		Services: []*Service{{
			Name: "catalog", Build: Build{Preset: PresetGo},
			Runtime: Runtime{
				HTTP: &HTTP{Port: 8080, Health: "/health"}, Expose: &Expose{Internal: true},
				Tests: Tests{
					Integration: &TargetTest{Gate: Gate{Commands: []string{"make it"}}},
					Acceptance:  &TargetTest{Gate: Gate{Commands: []string{"make it"}, Mode: ReportOnly, Reason: "new"}, Timeout: 20 * time.Minute},
					Performance: &TargetTest{Load: &Load{Path: "/", RequestsPerSecond: 10, P99: time.Second, ErrorPercent: &percent}},
				},
			},
		}},
	}
}

// Catches a test that runs in production, or in no environment; defaults that are lost, or a zero that is taken for none; and defaults that
// one environment leaves in another's settings.
func TestTestsByKind(t *testing.T) {
	p := testedPlan()
	if err := p.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	s := p.Services[0]
	var got []string
	for _, e := range p.Store.Environments {
		for _, test := range s.In(e).Tests.List() {
			got = append(got, e.Name+" "+test.Action()+" "+test.Timeout.String())
		}
	}
	if want := []string{"beta Integration 10m0s", "beta Acceptance-report-only 20m0s", "gamma Performance 10m0s"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	load := s.In(p.Store.Environments[1]).Tests.Performance.Load
	if load.Duration != DefaultLoad || *load.ErrorPercent != 0 {
		t.Errorf("load %+v, %d %%", load, *load.ErrorPercent)
	}
	if s.Runtime.Tests.Integration.Timeout != 0 || s.Runtime.Tests.Performance.Load.Duration != 0 {
		t.Error("defaults of an environment stay in the plan")
	}
	if got := p.Store.Environments[2].TestProjectPatterns(p.Store); len(got) != 0 {
		t.Errorf("production: %v", got)
	}
	if got := p.Store.Environments[0].TestProjectPatterns(p.Store); !reflect.DeepEqual(got, []string{"shop-beta-*-integration", "shop-beta-*-acceptance"}) {
		t.Errorf("beta: %v", got)
	}
}

// Catches a load that an override of a program puts on production, and one that the web ACL would block halfway.
func TestTestsOfOverrides(t *testing.T) {
	p := testedPlan()
	p.Services[0].Overrides = map[string]func(*Runtime){
		"prod":  func(r *Runtime) { r.Tests.Performance.Load.RequestsPerSecond = 1 },
		"gamma": func(r *Runtime) { r.Expose = &Expose{Path: "/*"}; r.Tests.Performance.Load.RequestsPerSecond = 76 },
	}
	got := p.Validate().Err()
	for _, want := range []string{
		"services.catalog.tests.performance: runs in environments of the kind preproduction only, and prod is of the kind production: in production customers would share the load; remove it (in prod)",
		"services.catalog.tests.performance.load.requestsPerSecond: makes 9120 requests in 2m, more than 9000: the web ACL of the public load balancer blocks an address with more than 10000 in 5m, and the calls of tasks come from the same one; ask at most 75 times a second",
	} {
		if got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("%v\nlacks %s", got, want)
		}
	}
	p.Services[0].Overrides = nil
}

// Catches images that change by themselves, or that no registry has.
func TestTestImages(t *testing.T) {
	digest := "@sha256:" + strings.Repeat("0a", 32)
	for image, ok := range map[string]bool{
		"node:22.21.1": true, "mcr.microsoft.com/playwright:v1.57.0-noble": true, "public.ecr.aws/docker/library/node" + digest: true,
		"localhost:5000/team/e2e:1": true, "111111111111.dkr.ecr.us-west-2.amazonaws.com/tools/e2e" + digest: true,
		"node": false, "node:latest": false, "node:22 ": false, "Node:22": false, "node@sha256:12": false, "a b:1": false, "node:": false, "https://x/y:1": false,
		"aws/codebuild/standard:8.0": false, "-x:1": false,
	} {
		p := testedPlan()
		p.Services[0].Runtime.Tests.Integration.Image = image
		if got := p.Validate().Err(); (got == nil) != ok {
			t.Errorf("%s: %v", image, got)
		}
	}
}
