package environment

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// Problem is one thing that a plan may not be.
type Problem struct {
	// Path of the setting, as the configuration writes it: "environments.prod.waves[1].regions[0]", "services.catalog.cpu".
	Path string
	// Related are the paths of other settings that the problem comes from, if any: the CPU that a memory does not go with.
	Related []string
	// Environment in which a service's setting has the problem; empty for what does not depend on the environment.
	Environment string
	// Message says what is wrong, what is allowed, and the way out.
	Message string
}

// Problems is everything that a plan may not be.
type Problems []Problem

// Err joins the problems, one a line as "path: message"; nil when there are none. What several environments share is said
// once, with their names.
func (ps Problems) Err() error {
	type line struct{ path, message string }
	var lines []line
	in := map[line][]string{}
	for _, p := range ps {
		l := line{p.Path, p.Message}
		if _, said := in[l]; !said {
			lines = append(lines, l)
			in[l] = nil
		}
		if p.Environment != "" && !slices.Contains(in[l], p.Environment) {
			in[l] = append(in[l], p.Environment)
		}
	}
	var errs []error
	for _, l := range lines {
		s := l.path + ": " + l.message
		if len(in[l]) > 0 {
			s += " (in " + strings.Join(in[l], ", ") + ")"
		}
		errs = append(errs, errors.New(s))
	}
	return errors.Join(errs...)
}

// checker collects what is wrong with a plan.
type checker struct {
	plan     *Plan
	problems Problems
	// env is the environment whose settings are being checked, if any.
	env string
}

// add adds a problem of the setting at path.
func (c *checker) add(path, format string, args ...any) {
	c.related(nil, path, format, args...)
}

// related adds a problem of the setting at path that comes from other settings, too.
func (c *checker) related(others []string, path, format string, args ...any) {
	c.problems = append(c.problems, Problem{
		Path: path, Related: others, Environment: c.env, Message: fmt.Sprintf(format, args...),
	})
}

// between checks that a number is in a range.
func (c *checker) between(path string, got, low, high int) bool {
	if got < low || got > high {
		c.add(path, "must be %d to %d, got %d", low, high, got)
		return false
	}
	return true
}

// oneOf checks that a text is one of a few.
func oneOf[T ~string](c *checker, path string, got T, allowed []T) bool {
	if slices.Contains(allowed, got) {
		return true
	}
	names := make([]string, len(allowed))
	for i, a := range allowed {
		names[i] = string(a)
	}
	hint := ""
	if near := text.Nearest(string(got), names); near != "" {
		hint = "; did you mean " + near + "?"
	}
	c.add(path, "must be %s, got %s%s", text.Or(names), text.Quote(string(got)), hint)
	return false
}

// Validate checks everything that can be said of a plan without an AWS account. It never stops at a problem.
func (p *Plan) Validate() Problems {
	c := &checker{plan: p}
	if !c.complete() {
		return c.problems
	}
	c.store()
	c.services()
	c.derived()
	return c.problems
}

// complete checks that nothing is nil, for the rest relies on it.
func (c *checker) complete() bool {
	p := c.plan
	if p.Store == nil {
		c.add("store", "is required")
		return false
	}
	for i, e := range p.Store.Environments {
		if e == nil {
			c.add(text.Item("environments", i), "must not be nil")
		}
	}
	for i, s := range p.Services {
		if s == nil {
			c.add(text.Item("services", i), "must not be nil")
		}
	}
	return len(c.problems) == 0
}

// under is the path of a named thing in a list; of a nameless one by its place.
func under(list, name string, i int) string {
	if name == "" {
		return text.Item(list, i)
	}
	return text.Under(list, name)
}
