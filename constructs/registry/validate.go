package registry

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/storeship/storeship/constructs/internal/problem"
)

var (
	repositoryName = regexp.MustCompile(`^[a-z0-9]+([._/-][a-z0-9]+)*$`)
	accountID      = regexp.MustCompile(`^\d{12}$`)
	rolePattern    = regexp.MustCompile(`^[\w+=,.@/*?-]+$`)
	aliasName      = regexp.MustCompile(`^alias/[A-Za-z0-9/_-]+$`)
)

// token says whether a value is known only when the template is deployed.
func token(s string) bool { return strings.Contains(s, "${Token[") }

// Validate reports every problem in p.
func (p *RepositoryProps) Validate() error {
	var problems problem.List
	switch n := len(p.Name); {
	case n == 0:
		problems.Addf("Name", "required")
	case token(p.Name):
	case n < 2 || n > 256:
		problems.Addf("Name", "may have 2 to 256 characters, got %d", n)
	case !repositoryName.MatchString(p.Name):
		problems.Addf("Name", "must be lower-case letters and digits with single . _ - / between them, got %q", p.Name)
	}
	if p.Key == nil {
		problems.Addf("Key", "required: a key of the repository's region, such as registry.NewKey makes")
	}
	for i, puller := range p.Pullers {
		problems.Under("Pullers["+strconv.Itoa(i)+"]", puller.Validate())
	}
	return problems.Err()
}

// Validate reports every problem in p.
func (p Puller) Validate() error {
	var problems problem.List
	if !token(p.Account) && !accountID.MatchString(p.Account) {
		problems.Addf("Account", "must be 12 digits, got %q", p.Account)
	}
	switch {
	case p.RolePattern == "":
		problems.Addf("RolePattern", "required")
	case token(p.RolePattern):
	case !rolePattern.MatchString(p.RolePattern):
		problems.Addf("RolePattern", `must be the name of a role, with * for any characters, got %q`, p.RolePattern)
	case strings.Trim(p.RolePattern, "*?") == "":
		problems.Addf("RolePattern", "must name more than %q, which is every role of the account", p.RolePattern)
	}
	return problems.Err()
}

// Validate reports every problem in p.
func (p *KeyProps) Validate() error {
	var problems problem.List
	switch {
	case p.Alias == "":
		problems.Addf("Alias", "required")
	case token(p.Alias):
	case !aliasName.MatchString(p.Alias) || strings.HasPrefix(p.Alias, "alias/aws/"):
		problems.Addf("Alias", `must be "alias/" and letters, digits and / _ -, and not begin with "alias/aws/", got %q`, p.Alias)
	}
	return problems.Err()
}
