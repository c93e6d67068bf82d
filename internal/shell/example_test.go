package shell_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/shell"
)

// The commands of a build, and what becomes of a failure of each.
func ExampleRead() {
	for _, r := range shell.Read([]string{"npm ci", "npm test || true", "npx eslint . | tee lint.txt"}, nil) {
		for _, c := range r.Commands {
			fmt.Printf("%s: %q\n", c.Text, c.Lost)
		}
	}
	// Output:
	// npm ci: ""
	// npm test: "`|| true` takes its place"
	// npx eslint .: "its status is lost in the pipe to `tee lint.txt` (no `set -o pipefail`)"
	// tee lint.txt: ""
}
