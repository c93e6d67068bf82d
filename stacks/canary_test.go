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

// asked is the stack of a service in a region of prod, with the plan of kinds changed by change, and the canary that asks it. It has no
// logical id where none does.
func asked(t *testing.T, name string, change func(*environment.Plan)) (found *assembly.Stack, canary assembly.Resource) {
	t.Helper()
	app := newApp(t, map[string]any{"scope": name})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(kinds, change)})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Stacks() {
		canaries := s.Resources("AWS::Synthetics::Canary")
		if s.Name == "shop-prod-"+name && s.Region == "us-east-1" {
			found = s
			if len(canaries) == 1 {
				canary = canaries[0]
			}
		}
		if s.Name == "shop-beta-"+name && len(canaries) > 0 {
			t.Error("a canary asks in a test environment")
		}
	}
	return found, canary
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

// Catches: an internal service in preproduction without a canary, and one in production for which nobody asked; a canary that comes to
// the internal load balancer by another way than the service's callers, whose ways are open: by the test listener's port, by a name that
// no zone has, from public subnets, or without the group that the load balancer admits.
func TestCanaryOfAnInternalService(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*environment.Plan)
		url    string
	}{
		"production": {func(*environment.Plan) {}, ""},
		"preproduction": {func(p *environment.Plan) { p.Store.Environments[1].Kind = environment.Preproduction },
			"https://catalog.internal.prod.shop.example.com:%d"},
		"production, said": {func(p *environment.Plan) { p.Service("catalog").Runtime.Synthetics.Disabled = new(bool) },
			"https://catalog.internal.prod.shop.example.com:%d"},
		"no domain": {func(p *environment.Plan) {
			p.Services = slices.DeleteFunc(p.Services, func(s *environment.Service) bool { return s.Name == "quotes" || s.Name == "rates" || s.Name == "ui" })
			for _, e := range p.Store.Environments {
				e.Domain = nil
			}
			p.Service("catalog").Runtime.Synthetics.Disabled = new(bool)
		}, "http://catalog.prod.shop.internal:%d"},
	} {
		s, canary := asked(t, "catalog", c.change)
		if got := canary.LogicalID != ""; got != (c.url != "") {
			t.Errorf("%s: canary %t", name, got)
			continue
		}
		if c.url == "" {
			continue
		}
		url := fmt.Sprintf(c.url, environment.InternalPort("catalog"))
		if got := jsonOf(t, canary.Properties["RunConfig"].(map[string]any)["EnvironmentVariables"].(map[string]any)["TARGET"]); got != `"{\"url\":\"`+url+`\"}"` {
			t.Errorf("%s: asks %s, want %s", name, got, url)
		}
		// Everything of the network is of the platform's contract.
		in := jsonOf(t, canary.Properties["VPCConfig"])
		for parameter, n := range map[string]int{
			environment.VpcID: 1, environment.WorkloadSecurityGroupID: 1, environment.PrivateSubnetIDs: 3,
		} {
			if got := strings.Count(in, `"`+parameterOf(t, s, "/shop/platform/prod/"+parameter)+`"`); got != n {
				t.Errorf("%s: %s stands %d times in %s", name, parameter, got, in)
			}
		}
		if !waits(s, canary.LogicalID, s.Resources("AWS::ECS::Service")[0].LogicalID) {
			t.Errorf("%s: the canary does not wait for the service", name)
		}
	}
}

// parameterOf is the logical id of the stack's parameter that reads an SSM parameter.
func parameterOf(t *testing.T, s *assembly.Stack, name string) string {
	t.Helper()
	for id, p := range s.Template["Parameters"].(map[string]any) {
		if p.(map[string]any)["Default"] == name {
			return id
		}
	}
	t.Fatalf("%s does not read %s", s.Name, name)
	return ""
}

// Catches: a canary that waits for nothing, so that the first one fails before there is a service; an engine that does not know its
// alarm, or that waits for the canary, which waits for it.
func TestCanaryOfEveryEngine(t *testing.T) {
	for _, engine := range environment.Engines {
		s, canary := asked(t, "ui", func(p *environment.Plan) { p.Service("ui").Runtime.Release.Engine = engine })
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
	_, canary := asked(t, "ui", func(p *environment.Plan) { p.Service("ui").Runtime.Expose.Host = "www" })
	if got, want := target(canary), `"{\"url\":\"https://us-east-1.prod.shop.example.com\",\"host\":\"www.prod.shop.example.com\"}"`; got != want {
		t.Errorf("with a domain: got %s, want %s", got, want)
	}
	s, canary := asked(t, "ui", func(p *environment.Plan) {
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
