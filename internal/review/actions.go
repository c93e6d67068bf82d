package review

import (
	"fmt"

	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

// located is an action with where it stands. Within a stage a name is given once; in a pipeline it may be given in each.
type located struct {
	action graph.Action
	stage  graph.Stage
	// at is the index of the stage.
	at int
	// raw is the action as the template has it.
	raw map[string]any
}

// id tells an action from all others of its pipeline.
func (l located) id() string { return l.stage.Name + "\x00" + l.action.Name }

// property is the action as a finding names it.
func (l located) property() string { return "Stages[" + l.stage.Name + "]." + l.action.Name }

// keys lead to the action within the stages, and on to something in it.
func (l located) keys(more ...string) []string {
	return append([]string{fmt.Sprint(l.at), "Actions", fmt.Sprint(l.action.Index)}, more...)
}

// precedes says whether an action is over when another begins.
func (l located) precedes(other located) bool {
	return l.at < other.at || l.at == other.at && l.action.Order < other.action.Order
}

// with says whether two actions of a stage are for the same target; one for the whole stage is for each.
func (l located) with(deployment located) bool {
	t := l.stage.Target(l.action)
	return t == l.stage.Name || t == deployment.stage.Target(deployment.action)
}

func (l located) deploys() bool { return l.action.Category == "Deploy" }

func (l located) describe() string {
	return fmt.Sprintf("%s by %s, run order %d", l.action.Category, l.action.Provider, l.action.Order)
}

// configured is a value of the action's configuration.
func (l located) configured(key string) any { return l.action.Configuration[key] }

// locatedIn lists the actions of a pipeline.
func locatedIn(p graph.Pipeline, properties map[string]any) []located {
	var all []located
	stages := value.Objects(properties["Stages"])
	for i, s := range p.Stages {
		raw := value.Objects(stages[i]["Actions"])
		for _, a := range s.Actions {
			all = append(all, located{a, s, i, raw[a.Index]})
		}
	}
	return all
}

// matched finds what each old action is in the new pipeline: the one of its name in its stage, or else one of its name that no
// stage had there before. So an action is known again that goes with its target to another stage.
func matched(before, after []located) (same map[string]located, known map[string]bool) {
	same, known = map[string]located{}, map[string]bool{}
	match := func(alike func(old, renewed located) bool) {
		for _, o := range before {
			for _, n := range after {
				if _, done := same[o.id()]; !done && !known[n.id()] && alike(o, n) {
					same[o.id()], known[n.id()] = n, true
				}
			}
		}
	}
	match(func(o, n located) bool { return o.id() == n.id() })
	match(func(o, n located) bool { return o.action.Name == n.action.Name })
	return same, known
}
