package environment

import (
	"slices"

	"github.com/storeship/storeship/internal/text"
)

// Validate checks what can be said of a runtime alone, without its plan. Paths begin with at.
func (r Runtime) Validate(at string) Problems {
	c := &checker{}
	c.alone(at, r, r.WithDefaults(Production))
	return c.problems
}

// alone checks what can be said of a runtime without its plan: said is what the plan says, r has the defaults as well.
func (c *checker) alone(at string, said, r Runtime) {
	c.size(at, r)
	if r.HTTP != nil {
		c.http(at+".http", r.HTTP)
	}
	c.release(at, said, r)
	c.scale(at+".scale", r.Scale)
	if !slices.Contains(LogRetentions, r.LogRetentionDays) {
		c.add(at+".logRetentionDays", "CloudWatch Logs offers %s, got %d", text.Or(LogRetentions), r.LogRetentionDays)
	}
	for i, arg := range r.Command {
		if arg == "" {
			c.add(text.Item(at+".command", i), "must not be empty")
		}
	}
	c.writable(at+".writablePaths", r.WritablePaths)
}
