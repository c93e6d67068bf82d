package review

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

const pipelineType = "AWS::CodePipeline::Pipeline"

// gates compares pipelines by what stands between a commit and a deployment.
func gates(c *comparison) []Finding {
	var all []Finding
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old == nil || d.new == nil || d.new.Type != pipelineType {
				continue
			}
			d.settle("Stages")
			g := &gatekeeper{pair: p, delta: d, old: graph.Read(*d.old), new: graph.Read(*d.new)}
			g.guards()
			g.stages()
			all = append(all, g.found...)
			if becomes("PARALLEL")(d.old.Properties["ExecutionMode"], d.new.Properties["ExecutionMode"]) {
				d.say(verdict{"gate", SafetyLost, "lets executions overtake each other", "An older release may be deployed after a newer one.", ""}, "ExecutionMode")
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
	pair     *pair
	delta    *delta
	old, new graph.Pipeline
	found    []Finding
}

// add adds a finding about something in the pipeline: stage and action are indices in the template it is in.
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

// before lists, for each deployment of a pipeline, the guards that must have passed: those of earlier stages, and of earlier
// actions of its own.
func before(p graph.Pipeline) map[string][]string {
	all := map[string][]string{}
	var passed []string
	for _, s := range p.Stages {
		for _, a := range s.Actions {
			if a.Category != "Deploy" {
				continue
			}
			guards := slices.Clone(passed)
			for _, other := range s.Actions {
				if other.Guards() && other.Order < a.Order && sameTarget(s, other, a) {
					guards = append(guards, other.Name)
				}
			}
			all[a.Name] = append(all[a.Name], guards...)
		}
		for _, a := range s.Actions {
			if a.Guards() {
				passed = append(passed, a.Name)
			}
		}
	}
	return all
}

// sameTarget says whether a guard within a stage is one for the deployment: one of all targets, or of the same.
func sameTarget(s graph.Stage, guard, deployment graph.Action) bool {
	t := s.Target(guard)
	return t == s.Name || t == s.Target(deployment)
}

// guards finds the guards that no longer stand before a deployment.
func (g *gatekeeper) guards() {
	was, is := before(g.old), before(g.new)
	lost := map[string][]string{}
	for _, deployment := range value.Keys(was) {
		after, still := is[deployment]
		if !still {
			continue
		}
		for _, guard := range was[deployment] {
			if !slices.Contains(after, guard) && !slices.Contains(lost[guard], deployment) {
				lost[guard] = append(lost[guard], deployment)
			}
		}
	}
	actions := index(g.old)
	renewed := index(g.new)
	// Checks of one stage that all come too late, or are all gone, are one finding.
	var groups []string
	together := map[string][]string{}
	for _, guard := range value.Keys(lost) {
		at := actions[guard]
		_, there := renewed[guard]
		key := fmt.Sprint(at.stage, there)
		if at.action.Approves() {
			key += guard
		}
		if together[key] == nil {
			groups = append(groups, key)
		}
		together[key] = append(together[key], guard)
	}
	for _, key := range groups {
		guards := together[key]
		at := actions[guards[0]]
		what, verb := "the check "+guards[0], " is"
		if at.action.Approves() {
			what = "the approval " + guards[0]
		}
		if len(guards) > 1 {
			what, verb = fmt.Sprintf("%d checks of the stage %s", len(guards), at.stage), " are"
		}
		effect, property := what+verb+" gone", "Stages["+at.stage+"]"
		if _, there := renewed[guards[0]]; there {
			effect = what + map[string]string{" is": " comes", " are": " come"}[verb] + " too late"
		}
		var deployments []string
		for _, guard := range guards {
			deployments = append(deployments, lost[guard]...)
		}
		sort.Strings(deployments)
		deployments = slices.Compact(deployments)
		why := fmt.Sprintf("What no longer waits for it: %s.", some(deployments))
		if n := len(deployments); n > 3 {
			why = fmt.Sprintf("What no longer waits for it: %d deployments, %s among them.", n, deployments[0])
		}
		before, after := describe(at.action), describeIf(renewed, guards[0])
		if len(guards) > 1 {
			before, after = strings.Join(guards, ", "), ""
		} else {
			property += "." + guards[0]
		}
		g.add(SafetyLost, false, property, effect, why, before, after, at.keys()...)
	}
	// A guard that stood before nothing, after the last deployment, guards all the same: it fails the execution.
	for _, name := range value.Keys(actions) {
		at := actions[name]
		if _, there := renewed[name]; !there && at.action.Guards() && lost[name] == nil {
			g.add(SafetyLost, false, "Stages["+at.stage+"]."+name, "the check "+name+" is gone", "It no longer fails a release.", describe(at.action), "", at.keys()...)
		}
	}
}

func some(names []string) string {
	sort.Strings(names)
	return strings.Join(names, ", ")
}

// located is an action with the indices by which the template has it.
type located struct {
	action graph.Action
	stage  string
	index  int
}

func (l located) keys(more ...string) []string {
	return append([]string{fmt.Sprint(l.index), "Actions", fmt.Sprint(l.action.Index)}, more...)
}

func index(p graph.Pipeline) map[string]located {
	all := map[string]located{}
	for i, s := range p.Stages {
		for _, a := range s.Actions {
			all[a.Name] = located{a, s.Name, i}
		}
	}
	return all
}

func describe(a graph.Action) string {
	return fmt.Sprintf("%s by %s, run order %d", a.Category, a.Provider, a.Order)
}

func describeIf(all map[string]located, name string) string {
	if at, ok := all[name]; ok {
		return describe(at.action) + ", in stage " + at.stage
	}
	return ""
}

// stages finds stages and actions that come and go, what they are configured with, and their conditions.
func (g *gatekeeper) stages() {
	old, renewed := index(g.old), index(g.new)
	was, is := map[string]graph.Stage{}, map[string]graph.Stage{}
	at := [2]map[string]string{{}, {}}
	for i, s := range g.old.Stages {
		was[s.Name], at[0][s.Name] = s, fmt.Sprint(i)
	}
	for i, s := range g.new.Stages {
		is[s.Name], at[1][s.Name] = s, fmt.Sprint(i)
	}
	for _, name := range value.Union(was, is) {
		_, before := was[name]
		_, after := is[name]
		switch {
		case !before:
			g.add(Harmless, true, "Stages["+name+"]", "the stage "+name+" comes", "", "", actionNames(is[name]), at[1][name])
		case !after:
			g.add(SafetyLost, false, "Stages["+name+"]", "the stage "+name+" is gone", "Releases go on without it.", actionNames(was[name]), "", at[0][name])
		}
		g.conditions(was[name], is[name], at[1][name])
	}
	for _, name := range value.Union(old, renewed) {
		o, before := old[name]
		n, after := renewed[name]
		switch {
		case !before && is[n.stage].Name != "" && was[n.stage].Name != "":
			g.add(Harmless, true, "Stages["+n.stage+"]."+name, "the action "+name+" comes", "", "", describe(n.action), n.keys()...)
		case !before:
		case !after:
			if !o.action.Guards() && is[o.stage].Name != "" {
				g.add(Interruption, false, "Stages["+o.stage+"]."+name, "the action "+name+" is gone", "What it deployed is no longer released.", describe(o.action), "", o.keys()...)
			}
		default:
			g.configuration(name, o, n)
		}
	}
}

func actionNames(s graph.Stage) string {
	var names []string
	for _, a := range s.Actions {
		names = append(names, a.Name)
	}
	return strings.Join(names, ", ")
}

// configuration compares what an action is configured with.
func (g *gatekeeper) configuration(name string, old, renewed located) {
	raw := func(l located, p *delta, after bool) map[string]any {
		r := p.old
		if after {
			r = p.new
		}
		stages := value.Objects(r.Properties["Stages"])
		actions := value.Objects(stages[l.index]["Actions"])
		return actions[l.action.Index]
	}
	before, after := raw(old, g.delta, false), raw(renewed, g.delta, true)
	for _, c := range value.Diff(any(before), any(after)) {
		was, is := g.pair.show(c.Old, false), g.pair.show(c.New, true)
		if was == is || assetless(was) == assetless(is) {
			continue
		}
		property := "Stages[" + renewed.stage + "]." + name + "." + c.Text()
		level, effect, why := Harmless, "the action "+name+" is configured otherwise", ""
		switch last := c.Path[len(c.Path)-1].Key; {
		case c.Text() == "RunOrder":
			effect = "the action " + name + " runs at another time"
		case c.Text() == "RoleArn":
			level, effect, why = AccessWidened, "the action "+name+" works with another role", "What it may do is what that role may."
		case renewed.action.Category == "Source" && (last == "BranchName" || last == "Branch" || last == "RepositoryName" || last == "FullRepositoryId" || last == "ConnectionArn"):
			level, effect, why = SafetyLost, "what is released comes from somewhere else", "Who may write there decides what is released."
		case renewed.action.Guards() && (last == "ProjectName" || last == "FunctionName" || last == "Category" || last == "Provider"):
			level, effect, why = SafetyLost, "the check "+name+" runs something else", "It may no longer check what it did."
		}
		g.add(level, true, property, effect, why, was, is, renewed.keys(c.Keys()...)...)
	}
}

// conditions compares the conditions of a stage, rule by rule.
func (g *gatekeeper) conditions(was, is graph.Stage, at string) {
	if is.Name == "" || was.Name == "" {
		return
	}
	for _, when := range value.Union(was.Conditions, is.Conditions) {
		for _, c := range value.Diff(was.Conditions[when], is.Conditions[when]) {
			before, after := g.pair.show(c.Old, false), g.pair.show(c.New, true)
			if before == after || value.Equal(c.Old, c.New) {
				continue
			}
			property := "Stages[" + is.Name + "]." + when
			if len(c.Path) > 0 {
				property += "." + c.Text()
			}
			effect, why := "a condition of the stage is another", "Whether it is weaker, the rule says."
			level := SafetyLost
			last := ""
			if len(c.Path) > 0 {
				last = c.Path[len(c.Path)-1].Key
			}
			switch {
			case c.New == nil:
				effect, why = "a condition of the stage is gone", "It no longer holds releases back, or takes them back."
			case c.Old == nil:
				level, effect, why = Harmless, "a condition of the stage comes", ""
			case last == "WaitTime" && lower(0)(c.Old, c.New):
				effect, why = "shortens the bake", "There is less time for an alarm to fire."
			case last == "WaitTime":
				level, effect, why = Harmless, "lengthens the bake", ""
			case last == "Cron" || last == "TimeZone":
				effect, why = "releases at other times", "Whether people are there then, the window says."
			}
			keys := []string{at, when}
			if c.New == nil && len(c.Path) == 0 {
				keys = []string{at}
			}
			g.add(level, true, property, effect, why, before, after, append(keys, c.Keys()...)...)
		}
	}
}
