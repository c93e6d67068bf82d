package bootstrap

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout/sample"
)

// golden compares got with a file of testdata, or rewrites that with UPDATE_GOLDEN=1.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; UPDATE_GOLDEN=1 rewrites it. Got:\n%s", path, got)
	}
}

// Golden text and script: what people read and run. Catches any change of it that nobody looked at.
func TestGolden(t *testing.T) {
	for name, plan := range map[string]*environment.Plan{
		"store": sample.Store(), "six-regions": sample.SixRegions(), "sandbox": sample.Sandbox(), "tests": withTests(sample.Store()),
	} {
		b := New(plan, Options{})
		var text, script bytes.Buffer
		if err := b.WriteText(&text); err != nil {
			t.Fatal(err)
		}
		if err := b.WriteScript(&script); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", text.String())
		golden(t, name+".sh", script.String())
	}
}

// find returns a quota of a region of an account, by its code.
func find(t *testing.T, b *Bootstrap, account, region, code string) Quota {
	t.Helper()
	for _, a := range b.Accounts {
		for _, r := range a.Regions {
			for _, q := range r.Quotas {
				if a.ID == account && r.Name == region && q.Code == code {
					return q
				}
			}
		}
	}
	t.Fatalf("no quota %s in %s %s", code, account, region)
	return Quota{}
}

// The numbers behind the advice. Catches a release that has no room for its green tasks, and a sum over the wrong targets.
func TestNeeds(t *testing.T) {
	two, six, sandbox := New(sample.Store(), Options{}), New(sample.SixRegions(), Options{}), New(sample.Sandbox(), Options{})
	for _, c := range []struct {
		name            string
		b               *Bootstrap
		account, region string
		code            string
		need            int
	}{
		{"2 services × blue and green × 2 tasks × 0.5 vCPU", two, "222222222222", "us-west-2", "L-3032A538", 4},
		{"2 × 2 × 6 × 0.5", two, "444444444444", "us-west-2", "L-3032A538", 12},
		{"catalog 2 × 30 × 1 and ui 2 × 6 × 0.5", six, "444444444444", "eu-west-1", "L-3032A538", 66},
		{"three environments 4 + 8 + 12, and a rolling worker 2 × (2 + 4 + 6) × 0.25", sandbox, "111111111111", "us-west-2", "L-3032A538", 30},
		{"NAT gateways 1 + 3 + 3", sandbox, "111111111111", "us-west-2", "L-0263D0A3", 7},
		{"three VPCs and the default one", sandbox, "111111111111", "us-west-2", "L-F678F1CE", 4},
		{"a NAT gateway a zone", two, "444444444444", "us-west-2", "L-FE5A380F", 1},
		{"three services with four builds side by side, a worker too, and the platform", sandbox, "111111111111", "us-west-2", "L-2DC20C30", 13},
		{"for arm64", sandbox, "111111111111", "us-west-2", "", 1},
		{"checks of two targets side by side", six, "111111111111", "us-west-2", "L-9D07B6EF", 5},
	} {
		if got := find(t, c.b, c.account, c.region, c.code).Need; got != c.need {
			t.Errorf("%s: got %d, want %d", c.name, got, c.need)
		}
	}
}

// withTests gives catalog tests in beta and gamma, ui in gamma only.
func withTests(p *environment.Plan) *environment.Plan {
	commands := &environment.TargetTest{Gate: environment.Gate{Commands: []string{"make it"}}}
	p.Services[0].Runtime.Tests = environment.Tests{Integration: commands, Acceptance: commands, Performance: commands}
	p.Services[1].Runtime.Tests = environment.Tests{Performance: commands}
	return p
}

// Catches: an account whose tests wait for one build, which is what a new one has: they are builds of the environments' accounts, one at a
// time of each service in each target. And a quota that is there twice where the pipelines build in the same account and region: the
// second would be asked for without the first.
func TestTestsNeedBuilds(t *testing.T) {
	const medium = "L-2DC20C30"
	store, six, sandbox := New(withTests(sample.Store()), Options{}), New(withTests(sample.SixRegions()), Options{}), New(withTests(sample.Sandbox()), Options{})
	for _, c := range []struct {
		name            string
		b               *Bootstrap
		account, region string
		need            int
	}{
		{"integration and acceptance of catalog", store, "222222222222", "us-west-2", 1},
		{"performance of both", store, "333333333333", "us-west-2", 2},
		{"in every region of gamma", six, "333333333333", "us-east-1", 2},
		{"with the pipelines: 13 and 1 + 2", sandbox, "111111111111", "us-west-2", 16},
	} {
		if q := find(t, c.b, c.account, c.region, medium); q.Need != c.need || !q.Varies || q.Default != 1 || !strings.Contains(q.Why, "tests of all services at once where they run") {
			t.Errorf("%s: got %+v, want %d", c.name, q, c.need)
		}
	}
	for _, b := range []*Bootstrap{store, six, sandbox} {
		for _, a := range b.Accounts {
			for _, r := range a.Regions {
				seen := map[string]bool{}
				for _, q := range r.Quotas {
					if seen[q.Name] {
						t.Errorf("%s %s: %s is there twice", a.ID, r.Name, q.Name)
					}
					seen[q.Name] = true
					if a.ID == "444444444444" && q.Code == medium {
						t.Errorf("production, which has no tests: %+v", q)
					}
				}
			}
		}
	}
}

// A store of many services meets the limits of one load balancer. Catches a limit that is counted per region.
func TestLimitsOfABalancer(t *testing.T) {
	p := sample.Store()
	for i := range 60 {
		for _, like := range p.Services[:2] {
			s := *like
			s.Name = fmt.Sprintf("%s%d", like.Name, i)
			p.Services = append(p.Services, &s)
		}
	}
	b := New(p, Options{})
	for code, want := range map[string]int{"L-B6DF7632": 122, "L-7EED9B64": 122, "L-822D1B1B": 122, "L-0EA8095F": 62, "L-7E6692B2": 2 * 61 * 2} {
		q := find(t, b, "222222222222", "us-west-2", code)
		if q.Need != want {
			t.Errorf("%s: got %d, want %d", q.Name, q.Need, want)
		}
	}
	var text bytes.Buffer
	if err := b.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"OVER   Target Groups per Application Load Balancer", "AWS does not raise this one", "RAISE  Listeners per Application Load Balancer"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	var script bytes.Buffer
	if err := b.WriteScript(&script); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(script.String(), "L-822D1B1B") || !strings.Contains(script.String(), "L-B6DF7632 122") {
		t.Error("the script asks for what AWS does not raise, or not for what it does")
	}
}

// A quota without a code is named for a person, and never asked for. Catches a request with an empty code.
func TestQuotaWithoutACode(t *testing.T) {
	p := sample.Sandbox()
	for _, s := range p.Services {
		s.Build.Architecture = environment.Arm64
	}
	var text, script bytes.Buffer
	b := New(p, Options{})
	if err := errors.Join(b.WriteText(&text), b.WriteScript(&script)); err != nil {
		t.Fatal(err)
	}
	if want := "--query \"Quotas[?QuotaName=='Concurrently running builds for ARM/Medium environment'].[QuotaCode,Value]\""; !strings.Contains(text.String(), want) {
		t.Errorf("the text does not say how to find it:\n%s", text.String())
	}
	if want := "  byhand us-west-2 'Concurrently running builds for ARM/Medium environment, need 3' 'its code is not known'\n"; !strings.Contains(script.String(), want) {
		t.Errorf("the script does not name it:\n%s", script.String())
	}
}

// Every region that has a stack is bootstrapped, and trust goes to the tools only where they are elsewhere: `cdk bootstrap`
// refuses --trust without execution policies, and a missing region fails the pipeline in the middle.
func TestCommands(t *testing.T) {
	for name, c := range map[string]struct {
		plan     *environment.Plan
		commands int
	}{"store": {sample.Store(), 4}, "six": {sample.SixRegions(), 15}, "sandbox": {sample.Sandbox(), 1}} {
		n := 0
		for _, a := range New(c.plan, Options{}).Accounts {
			for _, r := range a.Regions {
				n++
				if !strings.Contains(r.Bootstrap, "aws://"+a.ID+"/"+r.Name+" ") || !strings.Contains(r.Bootstrap, " --cloudformation-execution-policies ") {
					t.Errorf("%s: %s", name, r.Bootstrap)
				}
				if trusts := strings.Contains(r.Bootstrap, " --trust 111111111111 "); trusts != (a.ID != "111111111111") {
					t.Errorf("%s: %s", name, r.Bootstrap)
				}
			}
		}
		if n != c.commands {
			t.Errorf("%s: %d commands, want %d", name, n, c.commands)
		}
	}
}

// The access stack stands in the tools region of an environment's account even where no target is. Catches the bootstrap
// that only looks at targets.
func TestToolsRegionOfAnEnvironmentElsewhere(t *testing.T) {
	p := sample.Store()
	p.Store.Environments[0].Waves = []environment.Wave{{Regions: []string{"eu-west-1"}}}
	for _, a := range New(p, Options{}).Accounts {
		if a.ID == "222222222222" {
			if len(a.Regions) != 2 || a.Regions[0].Name != "us-west-2" || a.Regions[1].Name != "eu-west-1" {
				t.Errorf("got %v", a.Regions)
			}
			if len(a.Regions[0].Quotas) != 0 {
				t.Errorf("nothing runs in us-west-2, got quotas %v", a.Regions[0].Quotas)
			}
		}
	}
}

// A team's own policies are for the environments, by name in each account; the tools keep theirs.
func TestOwnPolicies(t *testing.T) {
	b := New(sample.Store(), Options{Policies: []string{"store-deployments", "arn:aws:iam::aws:policy/ReadOnlyAccess"}})
	if c := b.Accounts[0].Regions[0].Bootstrap; !strings.Contains(c, AdministratorAccess) {
		t.Errorf("tools: %s", c)
	}
	want := " --cloudformation-execution-policies arn:aws:iam::444444444444:policy/store-deployments --cloudformation-execution-policies arn:aws:iam::aws:policy/ReadOnlyAccess "
	if c := b.Accounts[3].Regions[0].Bootstrap; !strings.Contains(c, want) {
		t.Errorf("prod: %s", c)
	}
}
