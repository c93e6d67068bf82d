package assembly

import "sort"

// Resource is one resource of a template.
type Resource struct {
	// LogicalID is the resource's name within the template.
	LogicalID string
	// Type is CloudFormation's, "AWS::IAM::Role".
	Type string
	// Properties as the template has them, with its functions. Never nil.
	Properties map[string]any
	// Metadata of the resource, such as acknowledged findings.
	Metadata map[string]any
	// Stack that the resource is of.
	Stack *Stack
}

// Resources lists the resources of the stack that have one of the types, or all of them without one, by logical id.
func (s *Stack) Resources(types ...string) []Resource {
	wanted := map[string]bool{}
	for _, t := range types {
		wanted[t] = true
	}
	resources, _ := s.Template["Resources"].(map[string]any)
	var found []Resource
	for id, v := range resources {
		m, _ := v.(map[string]any)
		r := Resource{LogicalID: id, Stack: s}
		r.Type, _ = m["Type"].(string)
		if len(wanted) > 0 && !wanted[r.Type] {
			continue
		}
		r.Properties, _ = m["Properties"].(map[string]any)
		if r.Properties == nil {
			r.Properties = map[string]any{}
		}
		r.Metadata, _ = m["Metadata"].(map[string]any)
		found = append(found, r)
	}
	sort.Slice(found, func(i, j int) bool { return found[i].LogicalID < found[j].LogicalID })
	return found
}

// Resource returns the resource with that logical id, and whether there is one.
func (s *Stack) Resource(logicalID string) (Resource, bool) {
	for _, r := range s.Resources() {
		if r.LogicalID == logicalID {
			return r, true
		}
	}
	return Resource{}, false
}
