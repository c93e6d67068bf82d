package environment

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// maxHealthGrace is the longest start period that ECS offers.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
const maxHealthGrace = 300

// Validate checks what can be said of a runtime alone, without its plan. Paths begin with at.
func (r Runtime) Validate(at string) Problems {
	c := &checker{}
	c.alone(at, r, r.WithDefaults(Production))
	for _, name := range sortedKeys(r.Variables) {
		c.variableName(text.Under(at+".variables", name), name)
	}
	for _, name := range sortedKeys(r.Secrets) {
		c.variableName(text.Under(at+".secrets", name), name)
	}
	return c.problems
}

// alone checks what can be said of a runtime without its plan: said is what the plan says, r has the defaults as well.
func (c *checker) alone(at string, said, r Runtime) {
	c.size(at, said, r)
	if r.HTTP != nil {
		c.http(at+".http", r.HTTP)
	}
	c.release(at, said, r)
	c.scale(at+".scale", r.Scale)
	c.alarms(at, said, r)
	c.checks(at, said, r)
	c.synthetics(at, said, r)
	if !slices.Contains(LogRetentions, r.LogRetentionDays) {
		c.add(at+".logRetentionDays", "CloudWatch Logs offers %s, got %d", text.Or(LogRetentions), r.LogRetentionDays)
	}
	c.healthCommand(at, said)
	for i, arg := range r.Command {
		if arg == "" {
			c.add(text.Item(at+".command", i), "must not be empty")
		}
		c.literal(text.Item(at+".command", i), arg, inContainer)
	}
	c.writable(at+".writablePaths", r.WritablePaths)
}

// healthCommand checks what ECS runs in the container.
func (c *checker) healthCommand(at string, said Runtime) {
	command, path := said.HealthCommand, at+".healthCommand"
	if command == nil {
		if said.HealthGraceSeconds != 0 {
			c.related([]string{path}, at+".healthGraceSeconds", "needs a healthCommand, whose failures it forgives; add one, or remove it")
		}
		return
	}
	if said.HealthGraceSeconds != 0 {
		c.between(at+".healthGraceSeconds", said.HealthGraceSeconds, 1, maxHealthGrace)
	}
	if len(command) == 0 {
		c.add(path, "must name a program of the image, such as [/app/healthy]; leave healthCommand out for none")
		return
	}
	if first := strings.ToUpper(command[0]); first == "CMD" || first == "CMD-SHELL" || first == "NONE" {
		c.add(text.Item(path, 0), "must be the program itself, got %s, which is Docker's: write [/app/healthy], or with a shell "+
			"[sh, -c, \"…\"]", text.Quote(command[0]))
		return
	}
	for i, arg := range command {
		c.literal(text.Item(path, i), arg, inContainer)
	}
	// An empty argument may be meant, an empty program cannot.
	if strings.TrimSpace(command[0]) == "" {
		c.add(text.Item(path, 0), "must not be empty: it is the program that says whether the container is healthy")
	} else if len(command) == 1 && strings.Contains(command[0], " ") {
		c.add(text.Item(path, 0), "%s is run as one program, without a shell: write %s", text.Quote(command[0]),
			"["+strings.Join(strings.Fields(command[0]), ", ")+"]")
	}
}
