package release

import "strings"

// Error is everything that keeps a task definition from being rendered.
type Error struct {
	// LogicalID of the task definition in its template.
	LogicalID string
	// Fields that have a problem, in their order.
	Fields []*Problem
}

// Error lists the problems, one a line.
func (e *Error) Error() string { return strings.Join(e.Problems(), "\n") }

// Problems lists the problems as lines for a person.
func (e *Error) Problems() []string {
	lines := make([]string, len(e.Fields))
	for i, p := range e.Fields {
		lines[i] = p.Error()
	}
	return lines
}

// Unwrap returns the problems, each an [*Problem].
func (e *Error) Unwrap() []error {
	errs := make([]error, len(e.Fields))
	for i, p := range e.Fields {
		errs[i] = p
	}
	return errs
}

// Problem is one field of a task definition that cannot be rendered.
type Problem struct {
	// Field as the ECS API spells it, "containerDefinitions[0].environment[ORDERS_URL]"; empty for the whole.
	Field string
	// Message says what is wrong with it.
	Message string
	// Fix says the way out; empty where the message says it.
	Fix string
}

// Error is the problem in one line.
func (p *Problem) Error() string {
	s := p.Message
	if p.Field != "" {
		s = p.Field + ": " + s
	}
	if p.Fix != "" {
		s += ": " + p.Fix
	}
	return s
}
