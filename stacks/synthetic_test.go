package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// synthetic is the script of the synthetic test in the pipeline of a service, and the run orders of the actions of the last stage.
func synthetic(t *testing.T, service string, change func(*environment.Plan)) (script string, orders map[string]float64) {
	t.Helper()
	app := newApp(t, map[string]any{"scope": service})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(kinds, change)})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(a.Stacks(), func(s *assembly.Stack) bool { return s.Name == "shop-"+service+"-pipeline" })
	pipeline := a.Stacks()[i]
	for _, p := range pipeline.Resources("AWS::CodeBuild::Project") {
		if strings.HasPrefix(p.LogicalID, "Synthetic") {
			script = p.Properties["Source"].(map[string]any)["BuildSpec"].(string)
		}
	}
	orders = map[string]float64{}
	stages := pipeline.Resources("AWS::CodePipeline::Pipeline")[0].Properties["Stages"].([]any)
	for _, a := range stages[len(stages)-1].(map[string]any)["Actions"].([]any) {
		action := a.(map[string]any)
		name := action["Name"].(string)
		_, after, ok := strings.Cut(name, ".")
		if ok {
			name = after
		}
		orders[name], _ = action["RunOrder"].(float64)
	}
	return script, orders
}

// Catches: a canary of preproduction that nobody looks at after a release, or before it is over; a release that is done before its canary
// passed; a test of a canary that there is none of, or that tells a person of another address than the canary asks.
func TestSyntheticTestOfEveryKind(t *testing.T) {
	preproduction := func(p *environment.Plan) { p.Store.Environments[1].Kind = environment.Preproduction }
	for name, c := range map[string]struct {
		service string
		change  func(*environment.Plan)
		asks    string
	}{
		"production": {"ui", func(*environment.Plan) {}, ""},
		"public":     {"ui", preproduction, "GET /health at https://us-east-1.prod.shop.example.com"},
		"a host": {"ui", func(p *environment.Plan) { preproduction(p); p.Service("ui").Runtime.Expose.Host = "www" },
			"GET /health at https://us-east-1.prod.shop.example.com for www.prod.shop.example.com"},
		"checks": {"ui", func(p *environment.Plan) {
			preproduction(p)
			p.Service("ui").Runtime.Checks = []environment.Check{{Path: "/a"}, {Path: "/b", Method: "POST"}, {Path: "/c", Method: "HEAD"}}
		}, "GET /a, HEAD /c at https://us-east-1.prod.shop.example.com"},
		"no domain": {"ui", func(p *environment.Plan) {
			preproduction(p)
			p.Services = slices.DeleteFunc(p.Services, func(s *environment.Service) bool { return s.Name == "quotes" || s.Name == "rates" })
			for _, e := range p.Store.Environments {
				e.Domain = nil
			}
			p.Service("ui").Runtime.Variables = nil
		}, "GET /health at the public load balancer, by its own name"},
		"internal": {"catalog", preproduction, "GET /health at https://catalog.internal.prod.shop.example.com:"},
		"off": {"catalog", func(p *environment.Plan) {
			preproduction(p)
			off := true
			p.Service("catalog").Runtime.Synthetics.Disabled = &off
		}, ""},
		"grpc": {"quotes", preproduction, ""},
		"ecs": {"catalog", func(p *environment.Plan) {
			preproduction(p)
			p.Service("catalog").Runtime.Release.Engine = environment.ECS
		}, "GET /health at "},
		"rolling": {"catalog", func(p *environment.Plan) {
			preproduction(p)
			p.Service("catalog").Runtime.Release.Engine = environment.Rolling
		}, "GET /health at "},
	} {
		script, orders := synthetic(t, c.service, c.change)
		if c.asks == "" {
			if script != "" || orders["Synthetic"] != 0 {
				t.Errorf("%s: there is a synthetic test", name)
			}
			continue
		}
		for _, want := range []string{
			"ASKS='" + c.asks, "CANARY='shop-prod-" + c.service + "'", "INSPECTOR_ROLE_ARN='arn:aws:iam::", "shop-prod-inspector'", "INTERVAL_MINUTES='3'", "SETTLED_MINUTES='10'",
		} {
			if !strings.Contains(script, want) {
				t.Errorf("%s: lacks %s", name, want)
			}
		}
		if strings.Contains(script, "beta-") {
			t.Errorf("%s: looks at a test environment", name)
		}
		if !(orders["Smoke"] > 0 && orders["Smoke"] < orders["Synthetic"] && orders["Synthetic"] < orders["Baseline"] && orders["Baseline"] < orders["MarkReleased"]) {
			t.Errorf("%s: in the order %v", name, orders)
		}
	}
}
