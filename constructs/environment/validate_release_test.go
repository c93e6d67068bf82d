package environment

import (
	"strings"
	"testing"
	"time"
)

// Each case catches what ECS or CloudFormation refuses of a release of the engine ecs, or what would end without a rollback.
func TestReleaseOfECSProblems(t *testing.T) {
	zero := 0
	ecs := func(l Release) func(*Plan) {
		return func(p *Plan) {
			l.Engine = ECS
			ui(p).Runtime.Release = l
		}
	}
	baked := func(bake time.Duration, l Release) func(*Plan) {
		return func(p *Plan) {
			ecs(l)(p)
			p.Services = p.Services[:2] // a rolling worker allows less
			p.Store.Environment("prod").Waves[0].Bake = bake
		}
	}
	refuse(t, []refusal{
		{"worker", func(p *Plan) { mailer(p).Runtime.Release.Engine = ECS },
			"services.mailer.release.engine: ecs shifts the traffic of a load balancer, and a service without http has none; use rolling"},
		{"minimum", ecs(Release{MinHealthyPercent: &zero}), "services.ui.release.minHealthyPercent: goes with engine rolling only, and this service has ecs; remove it"},
		{"maximum", ecs(Release{MaxHealthyPercent: 150}), "services.ui.release.maxHealthyPercent: goes with engine rolling only, and this service has ecs; remove it"},
		{"percent with all at once", ecs(Release{Strategy: AllAtOnce, Percent: 5}), "services.ui.release.percent: has no use with strategy all-at-once"},
		{"steps of 2%", ecs(Release{Strategy: Linear, Percent: 2, Interval: 10 * time.Minute}), "services.ui.release.percent: must be 3 to 99, got 2"},
		{"canary of 100%", ecs(Release{Strategy: Canary, Percent: 100}), "services.ui.release.percent: must be 1 to 99, got 100"},
		{"canary of 25 hours", ecs(Release{Strategy: Canary, Interval: 25 * time.Hour}), "services.ui.release.interval: must be 1m to 24h, got 25h"},
		{"linear over 33 hours", ecs(Release{Strategy: Linear, Percent: 3, Interval: 2 * time.Hour}),
			"services.ui.release.interval: shifting 3% every 2h takes 66h, and CloudFormation allows 33h: shorten the interval, or shift more at a time"},
		{"bake over 24 hours", baked(25*time.Hour, Release{}),
			"environments.prod.waves[0].bake: must be at most 24h where a service has the engine ecs, in which a stage may not last longer, got 25h"},
		{"canary and bake over 33 hours", baked(20*time.Hour, Release{Strategy: Canary, Interval: 14 * time.Hour}),
			"environments.prod.waves[0].bake: is 20h, which with the 14h that services.ui takes to shift the traffic is 34h, and CloudFormation allows 33h for a release of the engine ecs: shorten one of the two"},
	})
	for name, change := range map[string]func(*Plan){
		"canary of 1%":           ecs(Release{Strategy: Canary, Percent: 1}),
		"linear of 3%":           ecs(Release{Strategy: Linear, Percent: 3, Interval: 50 * time.Minute}),
		"all that is allowed":    baked(23*time.Hour, Release{Strategy: Canary, Interval: 10 * time.Hour}),
		"a bake of a day":        baked(24*time.Hour, Release{}),
		"the defaults of a kind": ecs(Release{}),
	} {
		p := newPlan(change)
		// Only what other checks of the release say of it is of no account here.
		for _, problem := range p.Validate() {
			if strings.Contains(problem.Path, ".release") || strings.Contains(problem.Path, ".bake") {
				t.Errorf("%s: %s: %s", name, problem.Path, problem.Message)
			}
		}
	}
}

// Catches: a shift that is longer or shorter than CloudFormation counts it, by one wait.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-linearconfiguration.html
func TestShift(t *testing.T) {
	for percent, waits := range map[int]int{3: 33, 10: 9, 11: 9, 30: 3, 33: 3, 50: 1, 99: 1} {
		if got := (Release{Strategy: Linear, Percent: percent, Interval: time.Minute}).Shift(); got != time.Duration(waits)*time.Minute {
			t.Errorf("steps of %d%% take %s, want %dm", percent, got, waits)
		}
	}
	if got := (Release{Strategy: Canary, Percent: 10, Interval: 5 * time.Minute}).Shift(); got != 5*time.Minute {
		t.Errorf("a canary takes %s", got)
	}
	if got := (Release{Strategy: AllAtOnce}).Shift(); got != 0 {
		t.Errorf("all at once takes %s", got)
	}
}

// Catches: defaults of the engine ecs that differ from those of codedeploy: the strategy hangs on the kind of an environment,
// not on the engine.
func TestEnginesThatShiftHaveTheSameDefaults(t *testing.T) {
	for _, kind := range Kinds {
		defaults := func(e Engine) Release {
			return Runtime{HTTP: &HTTP{Port: 80}, Release: Release{Engine: e}}.WithDefaults(kind).Release
		}
		ecs, codedeploy := defaults(ECS), defaults(CodeDeploy)
		codedeploy.Engine = ECS
		if ecs != codedeploy || (ecs.Strategy == AllAtOnce) != (kind == Test) {
			t.Errorf("%s: %+v, want %+v", kind, ecs, codedeploy)
		}
	}
}
