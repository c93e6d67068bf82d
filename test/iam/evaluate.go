package iam

import (
	"fmt"
	"slices"
	"strings"
)

// Request is one call to AWS.
type Request struct {
	// Principal is the ARN of the role that calls, or the name of an AWS service, "codedeploy.amazonaws.com".
	Principal string
	// Action is "s3:GetObject".
	Action string
	// Resource is the ARN that the call is about, or "*" where the action has none.
	Resource string
	// ResourceAccount owns the resource.
	ResourceAccount string
	// Context holds the condition keys of the call. aws:PrincipalArn, aws:PrincipalAccount and aws:SecureTransport are
	// added.
	Context map[string][]string
}

// Policies are what is said about a request.
type Policies struct {
	// Identity holds the statements of the calling role.
	Identity []Statement
	// Resource holds the statements of the resource's own policy: a bucket's, a key's, a role's trust.
	Resource []Statement
	// HasResource says that the resource has a policy of its own.
	HasResource bool
	// ResourceDecides says that nothing is allowed that the resource's policy does not allow, within the same account too:
	// a key's policy and a role's trust are like that.
	ResourceDecides bool
}

// Decision is the answer to a request.
type Decision struct {
	Allowed bool
	// Why names what decided.
	Why string
}

// The strength with which a statement's principal matches.
const (
	notNamed = iota
	// byAccount is a match through the account's root, which only lets the account's own policies decide.
	byAccount
	// byName is a match of the very principal.
	byName
)

// Evaluate decides the request.
func Evaluate(r Request, p Policies) (Decision, error) {
	context := map[string][]string{"aws:SecureTransport": {"true"}}
	account := accountOf(r.Principal)
	if account != "" {
		context["aws:PrincipalArn"] = []string{r.Principal}
		context["aws:PrincipalAccount"] = []string{account}
		context["aws:PrincipalIsAWSService"] = []string{"false"}
	} else {
		context["aws:PrincipalIsAWSService"] = []string{"true"}
	}
	for k, v := range r.Context {
		context[k] = v
	}
	identity := false
	for _, s := range p.Identity {
		ok, err := s.applies(r, context)
		if err != nil {
			return Decision{}, err
		}
		if ok && s.Effect == "Deny" {
			return Decision{Why: "an identity policy denies it" + s.label()}, nil
		}
		identity = identity || ok
	}
	resource := notNamed
	for _, s := range p.Resource {
		strength := s.names(r.Principal, account)
		if strength == notNamed {
			continue
		}
		ok, err := s.applies(r, context)
		if err != nil {
			return Decision{}, err
		}
		if ok && s.Effect == "Deny" {
			return Decision{Why: "the resource's policy denies it" + s.label()}, nil
		}
		if ok {
			resource = max(resource, strength)
		}
	}
	return decide(r, p, account, identity, resource), nil
}

func decide(r Request, p Policies, account string, identity bool, resource int) Decision {
	switch {
	case account == "":
		// A service has no identity policies.
		return Decision{resource == byName, "the resource's policy decides about services"}
	case account != r.ResourceAccount && !p.HasResource:
		return Decision{false, "another account's resource without a policy of its own"}
	case account != r.ResourceAccount:
		return both("another account's resource", identity, resource != notNamed)
	case p.ResourceDecides && resource == byName:
		return Decision{true, "the resource's policy names the role"}
	case p.ResourceDecides:
		return both("the resource's policy decides", identity, resource != notNamed)
	case resource == byName:
		return Decision{true, "the resource's policy names the role"}
	}
	return Decision{identity, "the role's own policies decide"}
}

func both(what string, identity, resource bool) Decision {
	return Decision{identity && resource, fmt.Sprintf("%s: the role's policies allow it: %t, the resource's policy allows it: %t", what, identity, resource)}
}

func (s Statement) applies(r Request, context map[string][]string) (bool, error) {
	if !s.matches(r.Action, r.Resource) {
		return false, nil
	}
	return s.holds(context)
}

func (s Statement) label() string {
	if s.Sid == "" {
		return ""
	}
	return " (" + s.Sid + ")"
}

// names says how the statement of a resource's policy matches the principal.
func (s Statement) names(principal, account string) int {
	if len(s.NotPrincipals) > 0 {
		// Only ever used to deny; Deny with NotPrincipal is a trap of its own that nothing here needs.
		return notNamed
	}
	if account == "" {
		if slices.Contains(s.Principals["Service"], principal) || slices.Contains(s.Principals["AWS"], "*") {
			return byName
		}
		return notNamed
	}
	found := notNamed
	for _, p := range s.Principals["AWS"] {
		switch p {
		case "*", principal:
			found = byName
		case account, "arn:aws:iam::" + account + ":root":
			found = max(found, byAccount)
		}
	}
	return found
}

// accountOf is the account of an ARN; empty for the name of a service.
func accountOf(arn string) string {
	parts := strings.Split(arn, ":")
	if len(parts) < 6 {
		return ""
	}
	return parts[4]
}
