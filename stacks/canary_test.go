package stacks_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// asked is the stack of ui in a region of prod, with the plan of kinds changed by change, and the canary that asks it.
func asked(t *testing.T, change func(*environment.Plan)) (*assembly.Stack, assembly.Resource) {
	t.Helper()
	app := newApp(t, map[string]any{"scope": "ui"})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(kinds, change)})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Stacks() {
		canaries := s.Resources("AWS::Synthetics::Canary")
		if s.Name == "shop-prod-ui" && s.Region == "us-east-1" && len(canaries) == 1 {
			return s, canaries[0]
		}
		if s.Name == "shop-beta-ui" && len(canaries) > 0 {
			t.Error("a canary asks in a test environment")
		}
	}
	t.Fatal("no canary asks ui in prod")
	return nil, assembly.Resource{}
}

// waits says whether a resource is deployed after another.
func waits(s *assembly.Stack, id, other string) bool {
	raw := s.Template["Resources"].(map[string]any)[id].(map[string]any)
	on, _ := raw["DependsOn"].([]any)
	return slices.Contains(on, any(other))
}

func jsonOf(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Catches: a canary that waits for nothing, so that the first one fails before there is a service; an engine that does not know its
// alarm, or that waits for the canary, which waits for it.
func TestCanaryOfEveryEngine(t *testing.T) {
	for _, engine := range environment.Engines {
		s, canary := asked(t, func(p *environment.Plan) { p.Service("ui").Runtime.Release.Engine = engine })
		service := s.Resources("AWS::ECS::Service")[0]
		if !waits(s, canary.LogicalID, service.LogicalID) {
			t.Errorf("%s: the canary does not wait for the service", engine)
		}
		name, alarm := fmt.Sprint(canary.Properties["Name"])+"-canary", ""
		for _, a := range s.Resources("AWS::CloudWatch::Alarm") {
			if a.Properties["AlarmName"] == name {
				alarm = a.LogicalID
			}
		}
		if alarm == "" {
			t.Fatalf("%s: no alarm %s", engine, name)
		}
		if engine == environment.CodeDeploy {
			if group := jsonOf(t, s.Resources("AWS::CodeDeploy::DeploymentGroup")[0].Properties); !strings.Contains(group, `{"Name":{"Ref":"`+alarm+`"}}`) {
				t.Errorf("the deployment group does not know %s", alarm)
			}
			continue
		}
		if !strings.Contains(jsonOf(t, service.Properties["DeploymentConfiguration"]), `"`+name+`"`) || !waits(s, service.LogicalID, alarm) {
			t.Errorf("%s: the service does not know %s, or does not wait for it", engine, name)
		}
	}
}

// Catches: a canary that asks for a name which no DNS knows.
func TestWhereACanaryAsks(t *testing.T) {
	target := func(canary assembly.Resource) string {
		return jsonOf(t, canary.Properties["RunConfig"].(map[string]any)["EnvironmentVariables"].(map[string]any)["TARGET"])
	}
	_, canary := asked(t, func(p *environment.Plan) { p.Service("ui").Runtime.Expose.Host = "www" })
	if got, want := target(canary), `"{\"url\":\"https://us-east-1.prod.shop.example.com\",\"host\":\"www.prod.shop.example.com\"}"`; got != want {
		t.Errorf("with a domain: got %s, want %s", got, want)
	}
	s, canary := asked(t, func(p *environment.Plan) {
		p.Services = slices.DeleteFunc(p.Services, func(s *environment.Service) bool { return s.Name == "quotes" || s.Name == "rates" })
		for _, e := range p.Store.Environments {
			e.Domain = nil
		}
		p.Service("ui").Runtime.Variables = nil
	})
	before, rest, ok := strings.Cut(target(canary), `{"Ref":"`)
	parameter, after, _ := strings.Cut(rest, `"}`)
	if !ok || before != `{"Fn::Join":["",["{\"url\":\"http://",` || after != `,"\"}"]]}` {
		t.Fatalf("without a domain: got %s", target(canary))
	}
	want := `{"Default":"/shop/platform/prod/` + environment.PublicDNSName + `","Type":"AWS::SSM::Parameter::Value\u003cString\u003e"}`
	if got := jsonOf(t, s.Template["Parameters"].(map[string]any)[parameter]); got != want {
		t.Errorf("without a domain: %s is %s, want %s", parameter, got, want)
	}
}
