package conformance

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
)

// resources lists the evidence that the resources of a stack are.
func resources(e *Evidence, stack *assembly.Stack) []Finding {
	var found []Finding
	for _, res := range stack.Resources(e.Resource) {
		v := values{property: properties(stack, res)}
		if !e.fits(v) {
			continue
		}
		f := Finding{resource: res.Type, logicalID: res.LogicalID, Command: res.Type + " " + res.LogicalID + " of " + stack.Name, Blocks: true, CanFail: true}
		faults, _ := e.faults(v)
		if e.Hollow != "" {
			faults = []string{e.Hollow}
		}
		if len(faults) > 0 {
			f.CanFail, f.Reason = false, res.LogicalID+" "+strings.Join(faults, ", and ")
		}
		found = append(found, f)
	}
	return found
}

// properties gives the texts at a path of a resource's properties; of a list, those of its items.
func properties(stack *assembly.Stack, res assembly.Resource) func(string) []string {
	in := template.In(stack)
	return func(path string) []string {
		v := in.Value(any(res.Properties))
		for _, name := range strings.Split(path, ".") {
			m, ok := v.(map[string]any)
			if !ok {
				return nil
			}
			v = m[name]
		}
		switch v := v.(type) {
		case nil:
			return nil
		case []any:
			var texts []string
			for _, x := range v {
				texts = append(texts, in.Text(x))
			}
			return texts
		case map[string]any:
			if len(v) == 0 {
				return nil
			}
		}
		return []string{in.Text(v)}
	}
}

// rules lists the evidence that the conditions of a stage are.
func rules(e *Evidence, st *pipeline.Stage) []Finding {
	var found []Finding
	for _, at := range []struct {
		when       string
		conditions []pipeline.Condition
	}{{"entry", st.Entry}, {"success", st.Success}, {"failure", st.Failure}} {
		if len(e.When) > 0 && !slices.Contains(e.When, at.when) {
			continue
		}
		for _, c := range at.conditions {
			for _, rule := range c.Rules {
				if !like(rule.Provider, []string{e.Rule}) {
					continue
				}
				v := values{property: func(name string) []string {
					if value := rule.Configuration[name]; value != "" {
						return []string{value}
					}
					return nil
				}}
				if !e.fits(v) {
					continue
				}
				f := Finding{Stage: st.Name, Action: rule.Name, Command: "condition " + at.when + ": " + rule.Provider, Blocks: true, CanFail: true}
				faults, _ := e.faults(v)
				switch {
				case strings.EqualFold(c.Result, "SKIP"):
					f.Blocks, f.Reason = false, "the condition has the result SKIP: the stage is left out, and the pipeline goes on with the next one"
				case len(faults) > 0:
					f.CanFail, f.Reason = false, "the rule "+rule.Name+" "+strings.Join(faults, ", and ")
				}
				found = append(found, f)
			}
		}
	}
	return found
}
