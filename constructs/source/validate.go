package source

import (
	"regexp"
	"strings"

	"github.com/storeship/storeship/constructs/internal/problem"
)

var repositoryName = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)

// token says whether a value is known only when the template is deployed.
func token(s string) bool { return strings.Contains(s, "${Token[") }

// Validate reports every problem in p.
func (p *RepositoryProps) Validate() error {
	var problems problem.List
	checkName(&problems, "Name", p.Name)
	if n := len(p.Description); n > 1000 {
		problems.Addf("Description", "may have at most 1000 characters, got %d", n)
	}
	return problems.Err()
}

func (c *codeCommit) validate() error {
	var problems problem.List
	checkName(&problems, "repository", c.repository)
	if b := c.branch; b == "" || strings.ContainsAny(b, " *?[~^:\\") {
		problems.Addf("branch", "must be the name of one branch, got %q", b)
	}
	return problems.Err()
}

func checkName(problems *problem.List, field, name string) {
	switch {
	case name == "":
		problems.Addf(field, "required")
	case token(name):
	case !repositoryName.MatchString(name) || strings.HasSuffix(name, ".git"):
		problems.Addf(field, "must be 1 to 100 letters, digits, periods, hyphens and underscores without .git at the end, got %q", name)
	}
}
