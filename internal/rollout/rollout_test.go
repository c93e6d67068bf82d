package rollout

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

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

// Golden text: what people read. Catches any change of it that nobody looked at.
func TestText(t *testing.T) {
	for name, plan := range map[string]*environment.Plan{
		"store": sample.Store(), "six-regions": sample.SixRegions(), "sandbox": sample.Sandbox(),
	} {
		var b bytes.Buffer
		o := Options{}
		if name == "six-regions" {
			o.Config = "stores/retail store.yaml"
		}
		if err := New(plan, o).WriteText(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", b.String())
		for i, line := range strings.Split(b.String(), "\n") {
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s line %d ends in spaces", name, i+1)
			}
		}
	}
}

func plans() map[string]*environment.Plan {
	return map[string]*environment.Plan{"store": sample.Store(), "six-regions": sample.SixRegions(), "sandbox": sample.Sandbox(), "mixed": sample.Mixed()}
}

// Every stack is deployed by exactly one pipeline, in its own account and region, or by exactly one command. Catches a
// stack that nobody deploys, and one that two would fight over.
func TestEveryStackIsDeployedOnce(t *testing.T) {
	for name, plan := range plans() {
		r := New(plan, Options{})
		deployed := map[string]int{}
		for _, p := range r.Pipelines {
			for _, s := range p.Stages {
				for _, a := range s.Actions {
					if a.Kind == Deploy {
						deployed[p.Name+" "+a.Account+" "+a.Region+" "+a.Stack]++
					}
				}
			}
		}
		var words []string
		for _, step := range r.FirstDeployment {
			for _, c := range step.Commands {
				if strings.HasPrefix(c.Run, "npx cdk deploy ") {
					for _, id := range strings.Fields(c.Run)[3:] {
						words = append(words, c.Account+" "+id)
					}
				}
			}
		}
		pipelined := 0
		for _, s := range r.Stacks() {
			if s.Pipeline != "" {
				pipelined++
				if n := deployed[s.Pipeline+" "+s.Account()+" "+s.Region()+" "+s.Name]; n != 1 {
					t.Errorf("%s: %s in %s %s is deployed %d times by %s", name, s.Name, s.Account(), s.Region(), n, s.Pipeline)
				}
				continue
			}
			n := 0
			for _, w := range words {
				if w == s.Account()+" "+s.ID {
					n++
				}
			}
			if n != 1 {
				t.Errorf("%s: cdk deploy %s is said %d times with credentials of %s", name, s.ID, n, s.Account())
			}
		}
		if len(deployed) != pipelined {
			t.Errorf("%s: pipelines deploy %d stacks, %d are known", name, len(deployed), pipelined)
		}
	}
}

// Two stacks of one name in one account and region would overwrite each other; so would two of one id in the app.
func TestStackNamesAreUnique(t *testing.T) {
	for name, plan := range plans() {
		names, ids := map[string]bool{}, map[string]bool{}
		for _, s := range New(plan, Options{}).Stacks() {
			key := s.Account() + " " + s.Region() + " " + s.Name
			if names[key] {
				t.Errorf("%s: two stacks %s", name, key)
			}
			if s.ID != "" && ids[s.ID] {
				t.Errorf("%s: two stacks with id %s", name, s.ID)
			}
			names[key], ids[s.ID] = true, true
		}
	}
}

// CodePipeline refuses stages and actions of one name, names over 100 characters and stages over 50 actions. The plan is
// the worst: longest names, and a wave of many regions.
func TestActionsAreWhatCodePipelineTakes(t *testing.T) {
	wide := sample.SixRegions()
	wide.Store.Name = "a-store-of-20-letter"
	wide.Services[0].Name = "a-service-of-20-lett"
	wide.Store.Environments[2].Name = "production12"
	wide.Store.Environments[2].Waves = []environment.Wave{{Regions: []string{
		"us-west-1", "us-west-2", "us-east-1", "us-east-2", "eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1",
		"ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1",
	}}}
	for name, plan := range map[string]*environment.Plan{"six": sample.SixRegions(), "wide": wide} {
		for _, p := range New(plan, Options{}).Pipelines {
			stages := map[string]bool{}
			for _, s := range p.Stages {
				if stages[s.Name] || len(s.Name) > 100 {
					t.Errorf("%s: stage %s of %s is there twice, or too long", name, s.Name, p.Name)
				}
				stages[s.Name] = true
				if len(s.Actions) == 0 || len(s.Actions) > environment.MaxStageActions {
					t.Errorf("%s: stage %s of %s has %d actions", name, s.Name, p.Name, len(s.Actions))
				}
				actions := map[string]bool{}
				for _, a := range s.Actions {
					if actions[a.Name] || len(a.Name) > 100 || a.Name == "" {
						t.Errorf("%s: action %q of %s is there twice, too long or without a name", name, a.Name, s.Name)
					}
					actions[a.Name] = true
				}
			}
			if name == "wide" && p.Scope != environment.PlatformName && !stages["production12.2"] {
				t.Errorf("a wave of 13 regions is one stage: %v", slices.Sorted(maps.Keys(stages)))
			}
		}
	}
}

// An approval after the first thing of production is none. Catches a wave or target that comes before its gate.
func TestApprovalComesFirst(t *testing.T) {
	for name, plan := range plans() {
		for _, p := range New(plan, Options{}).Pipelines {
			approved := false
			for _, s := range p.Stages {
				for _, a := range s.Actions {
					approved = approved || a.Kind == Approve
					if strings.HasPrefix(a.Target, "prod-") && !approved {
						t.Errorf("%s: %s of %s runs before the approval", name, a.Name, p.Name)
					}
					if strings.HasPrefix(a.Target, "gamma-") && approved {
						t.Errorf("%s: the approval of %s comes before %s", name, p.Name, a.Name)
					}
				}
			}
			if !approved {
				t.Errorf("%s: %s has no approval", name, p.Name)
			}
		}
	}
}

// The order of a target's steps. Catches a release before its stack, or a check that looks too early.
func TestOrderInATarget(t *testing.T) {
	r := New(sample.Store(), Options{})
	for pipeline, want := range map[string]string{
		"retail-store-platform": "retail-store-gamma-network.Deploy retail-store-gamma-ingress.Deploy",
		"retail-store-ui":       "Contract retail-store-gamma-ui.Deploy BlueGreen Smoke Synthetic",
	} {
		for _, p := range r.Pipelines {
			for _, s := range p.Stages {
				if p.Name == pipeline && s.Name == "gamma-us-west-2" {
					var names []string
					for _, a := range s.Actions {
						names = append(names, a.Name)
					}
					if got := strings.Join(names, " "); got != want {
						t.Errorf("%s: got %s, want %s", pipeline, got, want)
					}
				}
			}
		}
	}
}

// In a wave of several targets CDK Pipelines puts the target in front of the action's name.
func TestNamesInAWaveOfSeveralTargets(t *testing.T) {
	r := New(sample.SixRegions(), Options{})
	for _, s := range r.Pipelines[1].Stages {
		if s.Name == "prod-1" {
			if got := s.Actions[1].Name + " " + s.Actions[2].Name + " " + s.Actions[3].Name; got != "OpenForRelease prod-us-west-2.Contract prod-us-east-1.Contract" {
				t.Errorf("got %s", got)
			}
			return
		}
	}
	t.Error("no stage prod-1")
}

// An image is only kept as released when every target has it.
func TestReleasedComesLast(t *testing.T) {
	for name, plan := range plans() {
		for _, p := range New(plan, Options{}).Pipelines[1:] {
			n := 0
			for _, s := range p.Stages {
				for _, a := range s.Actions {
					if a.Name == stepReleased {
						n++
					}
				}
			}
			last := p.Stages[len(p.Stages)-1].Actions
			if n != 1 || last[len(last)-1].Name != stepReleased {
				t.Errorf("%s: %s ends with %s, and marks the image %d times", name, p.Name, last[len(last)-1].Name, n)
			}
		}
	}
}

// A worker has no traffic to shift.
func TestWorkerHasNoBlueGreen(t *testing.T) {
	r := New(sample.Sandbox(), Options{})
	for _, s := range r.Pipelines[3].Stages {
		for _, a := range s.Actions {
			if a.Kind == Release {
				t.Errorf("%s of %s", a.Name, s.Name)
			}
		}
	}
}

// JSON is for programs: the same bytes each time, and readable back.
func TestJSON(t *testing.T) {
	var one, two bytes.Buffer
	if err := New(sample.SixRegions(), Options{}).WriteJSON(&one); err != nil {
		t.Fatal(err)
	}
	if err := New(sample.SixRegions(), Options{}).WriteJSON(&two); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(one.Bytes(), two.Bytes()) {
		t.Error("two runs differ")
	}
	var back Rollout
	if err := json.Unmarshal(one.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if len(back.Accounts) != 4 || len(back.Pipelines) != 3 || back.Accounts[3].Holds[0] != "prod" {
		t.Errorf("got %d accounts, %d pipelines", len(back.Accounts), len(back.Pipelines))
	}
}

// A path with a space or a quote is one word for the shell, or the command names another file.
func TestQuote(t *testing.T) {
	for in, want := range map[string]string{
		"plain/path.yaml": "plain/path.yaml", "a b": "'a b'", "it's": `'it'\''s'`, "": "''", "$x": "'$x'",
	} {
		if got := quote(in); got != want {
			t.Errorf("quote(%q) is %s, want %s", in, got, want)
		}
	}
}

// Durations as people write them.
func TestDuration(t *testing.T) {
	for want, d := range map[string]time.Duration{"5m": 5 * time.Minute, "48h": 48 * time.Hour, "1h30m": 90 * time.Minute, "10s": 10 * time.Second, "10m": 10 * time.Minute, "20h": 20 * time.Hour} {
		if got := duration(d); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// docs/first-deployment.md walks through the steps in order, with commands that the plan prints. Catches a page that goes
// its own way.
func TestFirstDeploymentPage(t *testing.T) {
	data, err := os.ReadFile("../../docs/first-deployment.md")
	if err != nil {
		t.Fatal(err)
	}
	page, r := string(data), New(sample.SixRegions(), Options{})
	for i := range r.FirstDeployment {
		if !strings.Contains(page, fmt.Sprintf("\n## %d. ", i+1)) {
			t.Errorf("the page has no step %d, %s", i+1, r.FirstDeployment[i].Title)
		}
	}
	if strings.Contains(page, fmt.Sprintf("\n## %d. ", len(r.FirstDeployment)+1)) {
		t.Errorf("the page has more steps than the plan's %d", len(r.FirstDeployment))
	}
	said := map[string]bool{}
	for _, step := range New(sample.Store(), Options{}).FirstDeployment {
		for _, c := range step.Commands {
			said[c.Run] = true
		}
	}
	checked := 0
	for _, line := range strings.Split(page, "\n") {
		command, ok := strings.CutPrefix(line, "    ")
		command = regexp.MustCompile(`^AWS_PROFILE=\S+ `).ReplaceAllString(command, "")
		if !ok || !regexp.MustCompile(`^(npx cdk|git push|aws route53|dig) `).MatchString(command) {
			continue
		}
		checked++
		if !said[command] {
			t.Errorf("the plan does not say: %s", command)
		}
	}
	if checked < 6 {
		t.Errorf("found %d commands in the page", checked)
	}
}
