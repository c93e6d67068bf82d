package frozen

import (
	"encoding/json"
	"fmt"
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
	// Because says what changes the value where the templates say the same: a resource that it refers to is replaced, or an
	// SSM parameter has another value. Empty where the text itself changes.
	Because string
}

// String is the change in one line.
func (c Change) String() string {
	s := c.Type + " " + c.LogicalID
	if c.Property == "" {
		s += " is removed"
	} else if c.Because != "" {
		s += fmt.Sprintf(": %s: another value, because %s", c.Property, c.Because)
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
// effect first, then by logical id. A value counts as changed, too, when the template's parameter that it refers to does, or
// when the resource that it refers to is replaced.
func Compare(deployed, synthesized map[string]any) []Change {
	changes, _ := CompareValues(deployed, synthesized, nil)
	return changes
}

// CompareValues is [Compare] for templates whose parameters are read from SSM: parameters are the names of those whose values
// change, each with the reason. It also returns the SSM parameters that the stack itself writes and whose values change, each
// with the reason, for the stacks that read them.
func CompareValues(deployed, synthesized map[string]any, parameters map[string]string) ([]Change, map[string]string) {
	c := comparison{before: parse(deployed), after: parse(synthesized), parameters: parameters,
		replaced: map[string]string{}, changed: map[string]string{}}
	changes := c.settle()
	sort.SliceStable(changes, func(i, j int) bool {
		return slices.Index(Effects, changes[i].Effect) < slices.Index(Effects, changes[j].Effect)
	})
	return changes, c.written()
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
	raw, _ := t["Resources"].(map[string]any)
	for id, v := range raw {
		m, _ := v.(map[string]any)
		r := resource{}
		r.typ, _ = m["Type"].(string)
		properties, _ := m["Properties"].(map[string]any)
		r.properties, _ = expand(properties, t).(map[string]any)
		parsed.resources[id] = r
	}
	parsed.mark()
	return parsed
}

// expand puts the definition of a parameter beside every reference to it, so that a new default is a new value; and so with
// conditions and mappings of the template t.
func expand(value any, t map[string]any) any {
	switch v := value.(type) {
	case map[string]any:
		if id, ok := v["Ref"].(string); ok && len(v) == 1 {
			if p, ok := section(t, "Parameters")[id].(map[string]any); ok {
				return map[string]any{"Ref": id, "Default": p["Default"], "Type": p["Type"]}
			}
		}
		out := map[string]any{}
		for key, e := range v {
			out[key] = expand(e, t)
		}
		if sub, ok := v["Fn::Sub"]; ok {
			var used []any
			walk(map[string]any{"Fn::Sub": sub}, func(r reference) { used = append(used, expand(map[string]any{"Ref": r.id}, t)) })
			out["References"] = used
		}
		for function, of := range map[string]string{"Fn::If": "Conditions", "Fn::FindInMap": "Mappings"} {
			if list, ok := v[function].([]any); ok && len(list) > 0 {
				if name, ok := list[0].(string); ok {
					out[of] = section(t, of)[name]
				}
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			out[i] = expand(e, t)
		}
		return out
	}
	return value
}

func section(t map[string]any, name string) map[string]any {
	m, _ := t[name].(map[string]any)
	return m
}

// mark finds what CodeDeploy releases: services under its control, what they and the deployment groups refer to, and the
// listeners and rules that forward to those target groups. Of services that ECS releases blue/green it finds the target
// groups and rules.
func (t *template) mark() {
	controlled := false
	for id, r := range t.resources {
		controller, _ := r.properties["DeploymentController"].(map[string]any)
		if r.typ == "AWS::ECS::Service" && controller["Type"] == "CODE_DEPLOY" {
			t.released[id], controlled = true, true
			t.markReferred(r.properties["LoadBalancers"])
		}
		// ECS itself shifts rules and target groups; its service is CloudFormation's to change.
		deployment, _ := r.properties["DeploymentConfiguration"].(map[string]any)
		if strategy, _ := deployment["Strategy"].(string); r.typ == "AWS::ECS::Service" && strategy != "" && strategy != "ROLLING" {
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
