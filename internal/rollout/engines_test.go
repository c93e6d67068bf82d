package rollout

import (
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout/sample"
)

// With the engine ecs the stack's deployment shifts the traffic and bakes. Catches a plan that has a release after it, or that
// does not say what the deployment does to customers.
func TestDeploymentIsTheRelease(t *testing.T) {
	plan := sample.Store()
	s := plan.Service("ui")
	s.Runtime.Release = environment.Release{Engine: environment.ECS, Strategy: environment.Linear, Percent: 25, Interval: 5 * time.Minute}
	s.Overrides = nil
	deployments := 0
	for _, stage := range servicePipeline(plan, s).Stages {
		for _, a := range stage.Actions {
			if a.Kind == Release {
				t.Errorf("%s: %s is a release of its own", stage.Name, a.Name)
			}
			says := strings.Contains(a.note(), "this is the release: linear: 25 % of the traffic every 5m")
			if says != (a.Kind == Deploy) {
				t.Errorf("%s: %s: %s", stage.Name, a.Name, a.note())
			}
			if a.Kind == Deploy {
				deployments++
			}
		}
	}
	if deployments != len(plan.Store.Targets()) {
		t.Errorf("%d deployments in %d targets", deployments, len(plan.Store.Targets()))
	}
	if got := Peak(s.In(plan.Store.Environments[0])); got != 2*s.In(plan.Store.Environments[0]).Scale.Max {
		t.Errorf("at most %d tasks", got)
	}
}
