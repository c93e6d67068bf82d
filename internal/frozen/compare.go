package frozen

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
)

// Change is a difference of two templates that does more than its author may expect.
type Change struct {
	// LogicalID and Type of the resource.
	LogicalID, Type string
	// Property that changed; empty when the resource is removed.
	Property string
	// Effect of deploying it.
	Effect Effect
	// Why it has the effect, and the Way to reach the same end.
	Why, Way string
	// Old and New are the values, nil where there is none.
	Old, New any
}

// String is the change in one line.
func (c Change) String() string {
	s := c.Type + " " + c.LogicalID
	if c.Property == "" {
		s += " is removed"
	} else {
		s += fmt.Sprintf(": %s: %s → %s", c.Property, brief(c.Old), brief(c.New))
	}
	s += fmt.Sprintf(": %s. %s", c.Effect, c.Why)
	if c.Way != "" {
		s += " Instead: " + c.Way + "."
	}
	return s
}

func brief(v any) string {
	if v == nil {
		return "none"
	}
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if s := []rune(string(b)); len(s) > 80 {
		return string(s[:79]) + "…"
	}
	return string(b)
}

// Compare lists what changes between two templates of one stack, the deployed and the new one, that the table knows: the worst
// effect first, then by logical id. A value counts as changed, too, when the template's parameter that it refers to does.
func Compare(deployed, synthesized map[string]any) []Change {
	before, after := parse(deployed), parse(synthesized)
	var changes []Change
	for _, id := range sortedKeys(before.resources) {
		old := before.resources[id]
		released := before.released[id] || after.released[id]
		renewed, ok := after.resources[id]
		if !ok || renewed.typ != old.typ {
			if why, worth := removed[old.typ]; worth && released {
				changes = append(changes, Change{LogicalID: id, Type: old.typ, Effect: Replaces, Why: why})
			}
			continue
		}
		changes = append(changes, compare(id, old, renewed, released)...)
	}
	sort.SliceStable(changes, func(i, j int) bool {
		return slices.Index(Effects, changes[i].Effect) < slices.Index(Effects, changes[j].Effect)
	})
	return changes
}

func compare(id string, old, renewed resource, released bool) []Change {
	var changes []Change
	for _, property := range union(old.properties, renewed.properties) {
		o, n := old.properties[property], renewed.properties[property]
		if reflect.DeepEqual(o, n) {
			continue
		}
		e, ok := entryOf(old.typ, property, released)
		if !ok {
			continue
		}
		c := Change{LogicalID: id, Type: old.typ, Property: property, Effect: e.Effect, Why: e.Why, Way: e.Way, Old: o, New: n}
		if name := names[old.typ]; e.Effect == Replaces && name != "" && name != property {
			// The schema calls an update with a replacement what cannot be done with the name kept.
			if kept := old.properties[name]; kept != nil && reflect.DeepEqual(kept, renewed.properties[name]) {
				c.Effect = Fails
				c.Why = "CloudFormation cannot replace a resource that keeps its name. " + c.Why
			}
		}
		changes = append(changes, c)
	}
	return changes
}

type template struct {
	resources map[string]resource
	// released holds the logical ids of what CodeDeploy releases.
	released map[string]bool
}

type resource struct {
	typ        string
	properties map[string]any
}

func parse(t map[string]any) template {
	parsed := template{map[string]resource{}, map[string]bool{}}
	parameters, _ := t["Parameters"].(map[string]any)
	raw, _ := t["Resources"].(map[string]any)
	for id, v := range raw {
		m, _ := v.(map[string]any)
		r := resource{}
		r.typ, _ = m["Type"].(string)
		properties, _ := m["Properties"].(map[string]any)
		r.properties, _ = expand(properties, parameters).(map[string]any)
		parsed.resources[id] = r
	}
	parsed.mark()
	return parsed
}

// expand puts the definition of a parameter beside every reference to it, so that a new default is a new value.
func expand(value any, parameters map[string]any) any {
	switch v := value.(type) {
	case map[string]any:
		if id, ok := v["Ref"].(string); ok && len(v) == 1 {
			if p, ok := parameters[id].(map[string]any); ok {
				return map[string]any{"Ref": id, "Default": p["Default"], "Type": p["Type"]}
			}
		}
		out := map[string]any{}
		for key, e := range v {
			out[key] = expand(e, parameters)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = expand(e, parameters)
		}
		return out
	}
	return value
}

// mark finds what CodeDeploy releases: services under its control, what they and the deployment groups refer to, and the
// listeners and rules that forward to those target groups.
func (t *template) mark() {
	controlled := false
	for id, r := range t.resources {
		controller, _ := r.properties["DeploymentController"].(map[string]any)
		if r.typ == "AWS::ECS::Service" && controller["Type"] == "CODE_DEPLOY" {
			t.released[id], controlled = true, true
			t.markReferred(r.properties["LoadBalancers"])
		}
	}
	if !controlled {
		return
	}
	for _, r := range t.resources {
		if r.typ == "AWS::CodeDeploy::DeploymentGroup" {
			t.markReferred(r.properties["LoadBalancerInfo"])
		}
	}
	for id, r := range t.resources {
		if strings.HasPrefix(r.typ, "AWS::ElasticLoadBalancingV2::Listener") {
			for referred := range references(r.properties) {
				if t.released[referred] && t.resources[referred].typ == "AWS::ElasticLoadBalancingV2::TargetGroup" {
					t.released[id] = true
				}
			}
		}
	}
}

func (t *template) markReferred(value any) {
	for id := range references(value) {
		if strings.HasPrefix(t.resources[id].typ, "AWS::ElasticLoadBalancingV2::") {
			t.released[id] = true
		}
	}
}

// references are the logical ids in value that Ref and Fn::GetAtt name.
func references(value any) map[string]bool {
	found := map[string]bool{}
	var walk func(any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			if id, ok := v["Ref"].(string); ok {
				found[id] = true
			}
			switch a := v["Fn::GetAtt"].(type) {
			case string:
				id, _, _ := strings.Cut(a, ".")
				found[id] = true
			case []any:
				if id, ok := a[0].(string); ok {
					found[id] = true
				}
			}
			for _, e := range v {
				walk(e)
			}
		case []any:
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(value)
	return found
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

func union(a, b map[string]any) []string {
	all := sortedKeys(a)
	for _, k := range sortedKeys(b) {
		if _, ok := a[k]; !ok {
			all = append(all, k)
		}
	}
	sort.Strings(all)
	return all
}
