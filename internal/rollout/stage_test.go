package rollout

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout/sample"
)

// Catches: a kind of action that the pipelines have and the check of waves does not count, or the other way round: a wave that validates
// would be two stages. What the plan says of a stage is what the model of the pipeline has there, by name.
func TestStagesAreWhatTheCheckCounts(t *testing.T) {
	tested := sample.SixRegions()
	percent := 1
	tested.Services[0].Runtime.Tests = environment.Tests{
		Integration: &environment.TargetTest{Gate: environment.Gate{Commands: []string{"make it"}}},
		Acceptance:  &environment.TargetTest{Gate: environment.Gate{Commands: []string{"make it"}, Mode: environment.ReportOnly, Reason: "new"}},
		Performance: &environment.TargetTest{Load: &environment.Load{Path: "/", RequestsPerSecond: 1, P99: time.Second, ErrorPercent: &percent}},
	}
	tested.Store.Environments[1].Windows = []environment.Window{{From: "09:00", To: "16:00"}}
	rolling, ecs := sample.SixRegions(), sample.SixRegions()
	for i := range rolling.Services {
		rolling.Services[i].Runtime.Release.Engine = environment.Rolling
		ecs.Services[i].Runtime.Release.Engine = environment.ECS
	}
	all := map[string]*environment.Plan{"tested": tested, "rolling": rolling, "ecs": ecs}
	for name, plan := range plans() {
		all[name] = plan
	}
	looked := 0
	for name, plan := range all {
		if err := plan.Validate().Err(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for n, s := range plan.Services {
			pipeline := New(plan, Options{}).Pipelines[n+1]
			for _, e := range plan.Store.Environments {
				for i, w := range e.Waves {
					each, want := plan.StageActions(s, e, i)
					for range w.Regions {
						want = append(want, each...)
					}
					at := slices.IndexFunc(pipeline.Stages, func(x Stage) bool { return x.Name == e.StageID(i) })
					if at < 0 {
						t.Errorf("%s: %s has no stage %s", name, s.Name, e.StageID(i))
						continue
					}
					var got []string
					for _, a := range pipeline.Stages[at].Actions {
						step := a.Name[strings.LastIndex(a.Name, ".")+1:]
						step = strings.TrimSuffix(step, "InWindow")
						if strings.HasPrefix(step, stepApprove) {
							step = "Approve"
						}
						got = append(got, step)
					}
					slices.Sort(got)
					slices.Sort(want)
					if !slices.Equal(got, want) {
						t.Errorf("%s: stage %s of %s has\n%q, and the check counts\n%q", name, e.StageID(i), s.Name, got, want)
					}
					looked++
				}
			}
		}
	}
	if looked < 40 {
		t.Errorf("only %d stages", looked)
	}
}
