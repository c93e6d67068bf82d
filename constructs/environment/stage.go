package environment

import (
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// MaxStageActions is how many actions CodePipeline allows in a stage; CDK Pipelines divides a wave of more into two stages, the second of
// which begins in the middle of a release. https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
const MaxStageActions = 50

// LooksAtCanary says whether a release of a service that runs as r in the environment, with its defaults, waits for its canary: in
// preproduction, where there is one. In production the canary's alarm is armed in the release itself.
func (e *Environment) LooksAtCanary(r Runtime) bool {
	return e.Kind == Preproduction && len(r.Asked()) > 0
}

// StageActions lists what the stage of wave i of an environment has in the pipeline of a service: the actions in each target, and those
// that it has once, beside them.
func (p *Plan) StageActions(s *Service, e *Environment, i int) (each, once []string) {
	r := s.In(e)
	each = []string{"Contract", "Deploy"}
	if r.Release.Engine == CodeDeploy {
		each = append(each, "BlueGreen")
	}
	each = append(each, "Smoke")
	if e.LooksAtCanary(r) {
		each = append(each, "Synthetic")
	}
	for _, t := range r.Tests.List() {
		each = append(each, t.Action())
	}
	all := p.Store.Environments
	if i == 0 && e == all[0] {
		once = append(once, "Review")
	}
	if i == 0 && e.Approval != nil {
		once = append(once, "Approve")
	}
	if e.CanClose() {
		once = append(once, "OpenForRelease")
	}
	if e == all[len(all)-1] && i == len(e.Waves)-1 {
		once = append(once, "Baseline", "MarkReleased")
	}
	return each, once
}

// stages checks that the release of a wave is one stage, whichever service it is of. It names the service that takes the most actions.
func (c *checker) stages(e *Environment) {
	for i, w := range e.Waves {
		n := len(w.Regions)
		if n > MaxWaveRegions {
			continue // that is refused itself
		}
		var most, beside []string
		at := ""
		for j, s := range c.plan.Services {
			if each, once := c.plan.StageActions(s, e, i); len(each) > len(most) {
				most, beside, at = each, once, under("services", s.Name, j)
			}
		}
		total := n*len(most) + len(beside)
		if total <= MaxStageActions {
			continue
		}
		besides := ""
		if len(beside) > 0 {
			besides = " and " + text.Count(len(beside), "action") + " beside them (" + text.List(beside) + ")"
		}
		c.related([]string{at + ".tests"}, text.Item("environments."+e.Name+".waves", i)+".regions", "must be at most %d regions, got %d: a release of %s takes %d "+
			"actions in each (%s)%s, which makes %d, and CodePipeline allows %d in a stage; begin another wave",
			(MaxStageActions-len(beside))/len(most), n, strings.TrimPrefix(at, "services."), len(most), text.List(most), besides, total, MaxStageActions)
	}
}
