package environment

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// wideRegions are enough for the widest wave, and one more.
var wideRegions = []string{"us-west-2", "us-east-1", "us-east-2", "us-west-1", "eu-west-1", "eu-west-2", "eu-west-3", "eu-central-1", "eu-north-1", "ap-south-1",
	"ap-southeast-1", "ap-southeast-2"}

// Catches: a wave that validates and that CDK Pipelines would divide into two stages, for nobody counts the action Synthetic, or what a stage
// has beside the targets; and a wave that fits and is refused.
func TestAWaveIsOneStage(t *testing.T) {
	yes := true
	for name, c := range map[string]struct {
		env    int
		change func(*Plan)
		most   int
		says   string
	}{
		"test": {0, func(*Plan) {}, 11, ""},
		"preproduction, asked": {1, func(*Plan) {}, 10, "a release of catalog takes 5 actions in each (Contract, Deploy, BlueGreen, Smoke, Synthetic), " +
			"which makes 55, and CodePipeline allows 50 in a stage; begin another wave"},
		"preproduction, not asked": {1, func(p *Plan) { p.Services[0].Runtime.Synthetics.Disabled = &yes }, 11, ""},
		"preproduction, approval and window": {1, func(p *Plan) {
			p.Store.Environments[1].Approval, p.Store.Environments[1].Windows = &Approval{}, []Window{{From: "09:00", To: "16:00"}}
		}, 9, "5 actions in each (Contract, Deploy, BlueGreen, Smoke, Synthetic) and 2 actions beside them (Approve, OpenForRelease), which makes 52"},
		"preproduction, one test, approval": {1, func(p *Plan) {
			p.Services[0].Runtime.Tests.Performance = testedPlan().Services[0].Runtime.Tests.Performance
			p.Store.Environments[1].Approval = &Approval{}
		}, 8, "6 actions in each (Contract, Deploy, BlueGreen, Smoke, Synthetic, Performance) and 1 action beside them (Approve), which makes 55"},
		"preproduction, one test, approval and window": {1, func(p *Plan) {
			p.Services[0].Runtime.Tests.Performance = testedPlan().Services[0].Runtime.Tests.Performance
			p.Store.Environments[1].Approval, p.Store.Environments[1].Windows = &Approval{}, []Window{{From: "09:00", To: "16:00"}}
		}, 8, "which makes 56"},
		"two tests in the first environment": {0, func(p *Plan) { p.Services[0].Runtime.Tests = testedPlan().Services[0].Runtime.Tests }, 8, "and 1 action beside them (Review), which makes 55"},
		"production, all at once":            {2, func(p *Plan) { p.Store.Environments[2].Approval = &Approval{} }, 11, ""},
		"rolling":                            {1, func(p *Plan) { p.Services[0].Runtime.Release.Engine = Rolling }, 11, ""},
	} {
		for n := 1; n <= MaxWaveRegions+1; n++ {
			p := testedPlan()
			p.Services[0].Runtime.Tests = Tests{}
			p.Store.Environments[c.env].Waves[0] = Wave{Regions: wideRegions[:n], Bake: 30 * time.Minute}
			c.change(p)
			got := fmt.Sprint(p.Validate().Err())
			refused := strings.Contains(got, ".waves[0].regions: must be at most")
			if refused != (n > c.most) || !refused && got != "<nil>" {
				t.Errorf("%s: %d regions: %s", name, n, got)
			}
			if n == c.most+1 && !strings.Contains(got, fmt.Sprintf("at most %d regions, got %d: ", c.most, n)) || n == c.most+1 && !strings.Contains(got, c.says) {
				t.Errorf("%s: %s\nlacks %s", name, got, c.says)
			}
		}
	}
}

// Catches: a check that asks the wrong service: the one with the most actions decides.
func TestTheWidestServiceDecides(t *testing.T) {
	p := testedPlan()
	small := *p.Services[0]
	small.Name, small.Runtime.Tests = "small", Tests{}
	p.Services = []*Service{&small, p.Services[0]}
	p.Store.Environments[0].Waves[0].Regions = slices.Clone(wideRegions[:9])
	if got := p.Validate().Err(); got == nil || !strings.Contains(got.Error(), "environments.beta.waves[0].regions: must be at most 8 regions, got 9: a release of catalog takes 6 actions in each") {
		t.Errorf("%v", got)
	}
}
