package environment

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

var (
	variablePattern = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html
	secretPattern = regexp.MustCompile(`^[A-Za-z0-9/_+=.@-]{1,512}$`)
	// The key stands in an ARN of colon-separated parts.
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
	secretKeyPattern = regexp.MustCompile(`^[^:#\s]+$`)
	// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
	parameterPattern = regexp.MustCompile(`^(/[A-Za-z0-9_.-]+){1,15}$`)
)

const maxParameterName = 1011

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (c *checker) variables(at string, e *Environment, r Runtime) {
	for _, name := range sortedKeys(r.Variables) {
		path := text.Under(at+".variables", name)
		c.variableName(path, name)
		if _, both := r.Secrets[name]; both {
			c.related([]string{text.Under(at+".secrets", name)}, path, "stands in secrets, too; a container has one value of a name")
		}
	}
	c.references(at+".variables", e, r.Variables)
	for _, name := range sortedKeys(r.Secrets) {
		path := text.Under(at+".secrets", name)
		c.variableName(path, name)
		c.secret(path, r.Secrets[name])
	}
}

// references checks what variables refer to.
func (c *checker) references(at string, e *Environment, variables map[string]string) {
	// They differ between environments, never between the regions of one.
	t := Target{Store: c.plan.Store, Environment: e}
	if targets := e.Targets(c.plan.Store); len(targets) > 0 {
		t = targets[0]
	}
	for _, name := range sortedKeys(variables) {
		path, value := text.Under(at, name), variables[name]
		_, errs := c.plan.resolve(t, value)
		for _, err := range errs {
			var none *noAddress
			switch {
			case !errors.As(err, &none):
				c.add(path, "%v", err)
			case none.worker:
				c.related([]string{text.Under("services", none.service) + ".expose"}, path, "%v", err)
			}
			// What is wrong with the expose of another service is said there.
		}
	}
}

func (c *checker) variableName(path, name string) {
	if !variablePattern.MatchString(name) {
		c.add(path, "a variable's name must be letters, digits and underscores, no digit first, got %s", text.Quote(name))
	}
}

// secret checks a reference to a secret or a parameter.
func (c *checker) secret(path, ref string) {
	const forms = "secretsmanager:<name>/credentials#<key> or ssm:/<parameter>"
	service, rest, _ := strings.Cut(ref, ":")
	switch service {
	case "secretsmanager":
		name, key, keyed := strings.Cut(rest, "#")
		switch {
		case !secretPattern.MatchString(name):
			c.add(path, "must name a secret of letters, digits and / _ + = . @ -, as %s, got %s", forms, text.Quote(ref))
		case !strings.HasSuffix(name, "/credentials") || name == "/credentials":
			c.add(path, "the secret's name must end in /credentials, got %s: ECS finds a secret by its name only where that does not "+
				"end in a hyphen and six characters, as a random suffix does; name it %s", text.Quote(name), text.Quote(name+"/credentials"))
		case keyed && !secretKeyPattern.MatchString(key):
			c.add(path, "the key after # must have at least one character and no colon or space, got %s", text.Quote(key))
		}
	case "ssm":
		if !parameterPattern.MatchString(rest) || len(rest) > maxParameterName {
			c.add(path, "must name a parameter with a slash first, of letters, digits and _ . - in at most 15 levels, as "+
				"ssm:/store/key, got %s", text.Quote(ref))
		}
	default:
		// What stands here may be the secret itself: it must not reach a log.
		c.add(path, "must be %s; the secret itself never stands in a configuration", forms)
	}
}
