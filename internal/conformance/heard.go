package conformance

import "slices"

// heard says whether a failure of a resource in a target is heard by any of what the evidence lists. What a target has in templates that
// are not here may hear it.
func (s *subject) heard(g *Gate, e *Evidence, t *target, env *environment) bool {
	if t.blind {
		return true
	}
	hears := func(f Finding) bool { return f.good() && slices.Contains(f.covers, t) }
	for i := range e.Heard {
		h := &e.Heard[i]
		switch {
		case h.Resource != "":
			for _, stack := range t.stacks {
				if slices.ContainsFunc(resources(h, stack), Finding.good) {
					return true
				}
			}
		case h.Rule != "":
			for _, a := range t.deploys {
				if slices.ContainsFunc(rules(h, a.Stage), Finding.good) {
					return true
				}
			}
		default:
			for _, a := range env.actions {
				for j := range a.Steps {
					if f, ok := h.command(&a.Steps[j], false); ok {
						f.Blocks = stageFault(a.Stage) == ""
						if hears(s.aimed(g, f, a, env)) {
							return true
						}
					}
				}
			}
		}
	}
	return false
}

// each says whether a target lacks a resource that proves the gate, where other targets of the environment have one of the type, good or
// not: then what looks at it there finds nothing.
func each(g *Gate, t *target, found []Finding) bool {
	of := func(f Finding) bool { return f.resource == g.Each }
	return g.Each != "" && !t.blind && slices.ContainsFunc(found, of) &&
		!slices.ContainsFunc(found, func(f Finding) bool { return of(f) && f.good() && slices.Contains(f.covers, t) })
}
