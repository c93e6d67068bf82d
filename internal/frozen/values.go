package frozen

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

// comparison finds what a change does, and what that does in turn, until nothing is added.
type comparison struct {
	before, after template
	// parameters are the SSM parameters with another value, with the reason.
	parameters map[string]string
	// replaced are the logical ids of resources that are replaced, and changed are "id.Property" of all that changes, each with
	// the reason.
	replaced, changed map[string]string
}

func (c *comparison) settle() []Change {
	for {
		known := len(c.replaced) + len(c.changed)
		changes := c.pass()
		if len(c.replaced)+len(c.changed) == known {
			return changes
		}
	}
}

// pass looks once at every resource.
func (c *comparison) pass() []Change {
	var changes []Change
	for _, id := range sortedKeys(c.before.resources) {
		old := c.before.resources[id]
		released := c.before.released[id] || c.after.released[id]
		renewed, ok := c.after.resources[id]
		if !ok || renewed.typ != old.typ {
			if why, worth := removed[old.typ]; worth && released {
				changes = append(changes, Change{LogicalID: id, Type: old.typ, Effect: Replaces, Why: why})
			}
			continue
		}
		changes = append(changes, c.compare(id, old, renewed, released)...)
	}
	return changes
}

func (c *comparison) compare(id string, old, renewed resource, released bool) []Change {
	if from, to := engineOf(old), engineOf(renewed); from != to {
		property := "DeploymentConfiguration"
		if !reflect.DeepEqual(old.properties[controller], renewed.properties[controller]) {
			property = controller
		}
		// Everything else of the service follows from it.
		return []Change{{LogicalID: id, Type: old.typ, Property: property, Effect: Fails, Why: EngineChange(from, to) + ".", Way: newEngine,
			Old: old.properties[property], New: renewed.properties[property]}}
	}
	var changes []Change
	for _, property := range union(old.properties, renewed.properties) {
		o, n := old.properties[property], renewed.properties[property]
		because := ""
		if reflect.DeepEqual(o, n) {
			if because = c.moved(n); because == "" {
				continue
			}
		}
		remember(c.changed, id+"."+property, reason(id+" has another "+property, because))
		e, ok := entryOf(old.typ, property, released)
		if !ok {
			continue
		}
		change := Change{LogicalID: id, Type: old.typ, Property: property, Effect: e.Effect, Why: e.Why, Way: e.Way, Old: o, New: n, Because: because}
		if e.Effect == Replaces {
			remember(c.replaced, id, reason(fmt.Sprintf("%s is replaced (%s)", id, property), because))
			// The schema calls an update with a replacement what cannot be done with the name kept.
			if kept := PhysicalName(old.typ, old.properties); kept != "" && names[old.typ] != property && kept == PhysicalName(old.typ, renewed.properties) {
				change.Effect = Fails
				change.Why = "CloudFormation cannot replace a resource that keeps its name. " + change.Why
			}
		}
		changes = append(changes, change)
	}
	return changes
}

// controller is the property of an ECS service that says who releases it.
const controller = "DeploymentController"

// engineOf is the engine of an ECS service; empty for any other resource.
func engineOf(r resource) environment.Engine {
	if r.typ != "AWS::ECS::Service" {
		return ""
	}
	by, _ := r.properties[controller].(map[string]any)
	deployment, _ := r.properties["DeploymentConfiguration"].(map[string]any)
	strategy, _ := deployment["Strategy"].(string)
	switch {
	case by["Type"] == "CODE_DEPLOY":
		return environment.CodeDeploy
	case strategy != "" && strategy != "ROLLING":
		return environment.ECS
	}
	return environment.Rolling
}

// remember keeps the first reason: a later one may be a consequence of it.
func remember(m map[string]string, key, why string) {
	if _, ok := m[key]; !ok {
		m[key] = why
	}
}

func reason(what, because string) string {
	if because == "" {
		return what
	}
	return what + ", because " + because
}

// PhysicalName is the literal name of a resource, of a type whose names are taken once; empty without one.
func PhysicalName(typ string, properties map[string]any) string {
	name, _ := properties[names[typ]].(string)
	return name
}

// written are the SSM parameters that the stack writes, or wrote, and whose values change.
func (c *comparison) written() map[string]string {
	byName := func(t template) map[string]string {
		ids := map[string]string{}
		for _, id := range sortedKeys(t.resources) {
			if name := PhysicalName(t.resources[id].typ, t.resources[id].properties); name != "" && t.resources[id].typ == "AWS::SSM::Parameter" {
				ids[name] = id
			}
		}
		return ids
	}
	old, renewed := byName(c.before), byName(c.after)
	values := map[string]string{}
	for _, name := range sortedKeys(old) {
		id, ok := renewed[name]
		if !ok {
			values[name] = "it is no longer written"
			continue
		}
		o, n := c.before.resources[old[name]].properties["Value"], c.after.resources[id].properties["Value"]
		if because := c.moved(n); because != "" {
			values[name] = because
		} else if !reflect.DeepEqual(o, n) {
			values[name] = "it was " + brief(o) + " and becomes " + brief(n)
		}
	}
	return values
}

// moved says why a value is another one although it is written the same; nothing where it is not.
func (c *comparison) moved(value any) string {
	why := ""
	walk(value, func(r reference) {
		switch {
		case why != "":
		case c.replaced[r.id] != "":
			why = c.replaced[r.id]
		case r.attribute != "" && c.changed[r.id+"."+r.attribute] != "":
			why = c.changed[r.id+"."+r.attribute]
		case r.parameter != "" && c.parameters[r.parameter] != "":
			why = r.parameter + " has another value: " + c.parameters[r.parameter]
		}
	})
	return why
}

// reference is what a value refers to.
type reference struct {
	// id is the logical id of a resource or parameter, attribute what is asked of it.
	id, attribute string
	// parameter is the name of the SSM parameter that a parameter of the template is read from.
	parameter string
}

// placeholder is what Fn::Sub replaces: ${Id} or ${Id.Attribute}, not ${!Literal}.
var placeholder = regexp.MustCompile(`\$\{([A-Za-z0-9:]+)(?:\.([A-Za-z0-9.]+))?\}`)

// walk visits what value refers to by Ref, Fn::GetAtt and Fn::Sub, in a stable order.
func walk(value any, visit func(reference)) {
	switch v := value.(type) {
	case map[string]any:
		if id, ok := v["Ref"].(string); ok {
			r := reference{id: id}
			if typ, _ := v["Type"].(string); strings.HasPrefix(typ, "AWS::SSM::Parameter::Value<") {
				r.parameter, _ = v["Default"].(string)
			}
			visit(r)
		}
		switch a := v["Fn::GetAtt"].(type) {
		case string:
			id, attribute, _ := strings.Cut(a, ".")
			visit(reference{id: id, attribute: attribute})
		case []any:
			if len(a) == 2 {
				id, _ := a[0].(string)
				attribute, _ := a[1].(string)
				visit(reference{id: id, attribute: attribute})
			}
		}
		sub, _ := v["Fn::Sub"].(string)
		if list, ok := v["Fn::Sub"].([]any); ok && len(list) > 0 {
			sub, _ = list[0].(string)
		}
		for _, m := range placeholder.FindAllStringSubmatch(sub, -1) {
			visit(reference{id: m[1], attribute: m[2]})
		}
		for _, key := range sortedKeys(v) {
			walk(v[key], visit)
		}
	case []any:
		for _, e := range v {
			walk(e, visit)
		}
	}
}

// references are the logical ids that value refers to.
func references(value any) map[string]bool {
	found := map[string]bool{}
	walk(value, func(r reference) { found[r.id] = true })
	return found
}
