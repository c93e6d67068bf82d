package stacks_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// inBeta is the stack of a service in beta, with the plan of kinds changed by change.
func inBeta(t *testing.T, service string, change func(*environment.Plan)) *assembly.Stack {
	t.Helper()
	app := newApp(t, map[string]any{"scope": service})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(kinds, change)})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Stacks() {
		if s.Name == "shop-beta-"+service {
			return s
		}
	}
	t.Fatalf("no %s in beta", service)
	return nil
}

// integration gives a service integration tests, and the other changes.
func integration(service string, also ...func(*environment.Plan)) func(*environment.Plan) {
	return func(p *environment.Plan) {
		for _, change := range also {
			change(p)
		}
		p.Service(service).Runtime.Tests.Integration = &environment.TargetTest{
			Gate: environment.Gate{Commands: []string{"make it"}}, Variables: map[string]string{"CATALOG": "${services.catalog.url}", "OPEN": "$${x}"},
		}
	}
}

// variables of the only project of a stack.
func variables(t *testing.T, s *assembly.Stack) map[string]any {
	t.Helper()
	projects := s.Resources("AWS::CodeBuild::Project")
	if len(projects) != 1 {
		t.Fatalf("%s has %d projects", s.Name, len(projects))
	}
	found := map[string]any{}
	for _, v := range projects[0].Properties["Environment"].(map[string]any)["EnvironmentVariables"].([]any) {
		v := v.(map[string]any)
		found[v["Name"].(string)] = v["Value"]
	}
	return found
}

// Catches: tests that change, or wait for, anything of what CodeDeploy controls, or that anything waits for; and a digest in a project.
func TestTestsTouchNothingElse(t *testing.T) {
	without, with := inBeta(t, "ui", func(*environment.Plan) {}), inBeta(t, "ui", integration("ui"))
	added := 0
	before := without.Template["Resources"].(map[string]any)
	for id, r := range with.Template["Resources"].(map[string]any) {
		old, there := before[id]
		if there && jsonOf(t, old) != jsonOf(t, r) {
			t.Errorf("%s changed:\n%s\n%s", id, jsonOf(t, old), jsonOf(t, r))
		}
		if !there {
			added++
			if !strings.HasPrefix(id, "Tests") {
				t.Errorf("%s is new", id)
			}
			if strings.Contains(jsonOf(t, r), environment.MarkerDigest) {
				t.Errorf("%s has a digest: every release would change it", id)
			}
		}
	}
	if added != 3 { // a project without reports, its role and its log group
		t.Errorf("%d resources are new", added)
	}
}

// Catches: tests that ask the nearest region, another service or nothing; that ask by a name which no rule matches; that cannot leave by
// plain HTTP where nothing else is there; and a worker that is given an address.
func TestWhatTestsAsk(t *testing.T) {
	v := variables(t, inBeta(t, "ui", integration("ui", func(p *environment.Plan) { p.Service("ui").Runtime.Expose.Host = "www" })))
	for name, want := range map[string]string{
		"TARGET_URL": "https://us-west-2.beta.shop.example.com", "TARGET_HOST": "www.beta.shop.example.com", "TARGET": "beta-us-west-2",
		"ENVIRONMENT": "beta", "REGION": "us-west-2", "SERVICE": "ui", "STORE": "shop", "CLUSTER": "shop-beta", "SERVICE_NAME": "shop-beta-ui",
		"LOG_GROUP": "/shop/beta/ui", "TASK_ROLE_ARN": "arn:aws:iam::222222222222:role/shop-beta-ui-us-west-2-task", "OPEN": "${x}",
	} {
		if v[name] != want {
			t.Errorf("%s: got %v, want %s", name, v[name], want)
		}
	}
	if got, _ := v["CATALOG"].(string); !strings.HasPrefix(got, "https://catalog.internal.beta.shop.example.com:2") {
		t.Errorf("CATALOG: %s", got)
	}
	v = variables(t, inBeta(t, "catalog", integration("catalog")))
	if v["TARGET_URL"] != v["CATALOG"] || v["TARGET_HOST"] != nil {
		t.Errorf("catalog is at %v, as %v", v["TARGET_URL"], v["TARGET_HOST"])
	}
	v = variables(t, inBeta(t, "ui", integration("ui", func(p *environment.Plan) {
		p.Service("ui").Runtime = environment.Runtime{}
	})))
	if v["TARGET_URL"] != nil {
		t.Errorf("a worker is at %v", v["TARGET_URL"])
	}
	s := inBeta(t, "ui", integration("ui", func(p *environment.Plan) {
		p.Services = slices.DeleteFunc(p.Services, func(s *environment.Service) bool { return s.Name == "quotes" || s.Name == "rates" })
		for _, e := range p.Store.Environments {
			e.Domain = nil
		}
		p.Service("ui").Runtime.Variables = nil
	}))
	if got := jsonOf(t, variables(t, s)["TARGET_URL"]); !strings.HasPrefix(got, `{"Fn::Join":["",["http://",{"Ref":"SsmParameterValueshopplatformbetaingressv1publicdnsname`) {
		t.Errorf("without a domain: %s", got)
	}
	open := false
	for _, g := range s.Resources("AWS::EC2::SecurityGroup") {
		open = open || strings.HasPrefix(g.LogicalID, "TestsHTTP") && strings.Contains(jsonOf(t, g.Properties), `"FromPort":80`)
	}
	groups := s.Resources("AWS::CodeBuild::Project")[0].Properties["VpcConfig"].(map[string]any)["SecurityGroupIds"].([]any)
	if !open || len(groups) != 2 {
		t.Errorf("without a domain: plain HTTP is open %t, groups %v", open, groups)
	}
}
