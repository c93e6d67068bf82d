package review

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/text"
)

const pipelineType = "AWS::CodePipeline::Pipeline"

// gates compares pipelines by what stands between a commit and a deployment, and by what they deploy.
func gates(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old == nil || d.new == nil || d.new.Type != pipelineType {
				continue
			}
			d.settle("Stages")
			g := newGatekeeper(c, p, d)
			g.guards()
			g.tooSoon()
			g.stages()
			g.actions()
			all = append(all, g.found...)
			if becomes("PARALLEL")(d.old.Properties["ExecutionMode"], d.new.Properties["ExecutionMode"]) {
				d.say(verdict{"gate", SafetyLost, "lets executions overtake each other", "An older release may be deployed after a newer one.", ""}, "ExecutionMode")
			}
			if differs(d.old.Properties["Triggers"], d.new.Properties["Triggers"]) {
				d.say(verdict{"gate", SafetyLost, "is started by other pushes", "Another branch may be released, or a push to this one no longer is.", ""}, "Triggers")
			}
			if fewer(d.old.Properties["DisableInboundStageTransitions"], d.new.Properties["DisableInboundStageTransitions"]) {
				d.say(verdict{"gate", SafetyLost, "opens a stage that was closed", "Releases go on into it.", ""}, "DisableInboundStageTransitions")
			}
		}
	}
	return all
}

// gatekeeper compares the stages of one pipeline.
type gatekeeper struct {
	all      *comparison
	pair     *pair
	delta    *delta
	old, new graph.Pipeline
	// before and after are the actions of both, in order.
	before, after []located
	// same is what each action of the old pipeline is in the new one, by its id.
	same map[string]located
	// known are the ids of the new pipeline's actions that the old one had.
	known map[string]bool
	found []Finding
}

func newGatekeeper(c *comparison, p *pair, d *delta) *gatekeeper {
	g := &gatekeeper{all: c, pair: p, delta: d, old: graph.Read(*d.old), new: graph.Read(*d.new)}
	g.before, g.after = locatedIn(g.old, d.old.Properties), locatedIn(g.new, d.new.Properties)
	g.same, g.known = matched(g.before, g.after)
	return g
}

// add adds a finding about something in the pipeline: keys lead to it within the stages of the template it is in.
func (g *gatekeeper) add(level Level, renewed bool, property, effect, why, before, after string, keys ...string) {
	f := about(*g.delta.any(), level)
	f.Property, f.Effect, f.Why, f.Old, f.New = property, effect, why, before, after
	id := g.delta.old.LogicalID
	if renewed {
		id = g.delta.new.LogicalID
	}
	f.Where[0].pair, f.Where[0].old = g.pair, !renewed
	f.Where[0].keys = append([]string{"Resources", id, "Properties", "Stages"}, keys...)
	g.found = append(g.found, f)
}

// some is a list of names, each once and in order.
func some(names []string) string {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	return strings.Join(slices.Compact(sorted), ", ")
}

// few is a list of names that stays short: the first three, and how many more there are.
func few(names []string) string {
	const most = 3
	if len(names) <= most {
		return text.List(names)
	}
	return strings.Join(names[:most], ", ") + " and " + text.Count(len(names)-most, "other")
}
