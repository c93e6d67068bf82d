package environment

import (
	"regexp"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// writtenReference is a reference as people write it, in the midst of anything.
var writtenReference = regexp.MustCompile(`\$\{services\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\}`)

// What to do instead of a reference, by who would read it.
const (
	inContainer = "give the container a variable with it, which its program can read"
	inTest      = "give the test a variable with it, and write the variable's name, as $URL"
	inBuild     = "a build reaches no service of the store"
	inPlan      = "write what is meant"
)

// literal refuses a reference where none is resolved: whoever reads the text would get it as it is written, and say so late or never. Any
// other ${…} is left alone: it is a shell's or a template's. It says whether it has refused the text.
func (c *checker) literal(at, value, instead string) bool {
	ref := writtenReference.FindString(value)
	if ref == "" {
		return false
	}
	c.add(at, "%s is resolved in variables only, and would stand here as it is; %s", ref, instead)
	return true
}

// commands checks what the shell of a build runs.
func (c *checker) commands(at string, commands []string, instead string) {
	for i, command := range commands {
		item := text.Item(at, i)
		if strings.TrimSpace(command) == "" {
			c.add(item, "must not be empty")
		}
		c.literal(item, command, instead)
	}
}
