package iam

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// Statement is one statement of a policy.
type Statement struct {
	// Deny says that the statement denies; else it allows.
	Deny bool
	// Principals that the statement is for; nil in policies of identities.
	Principals *Set
	// Actions, whose letters may be large or small.
	Actions Set
	// Resources, with functions as a person would write them.
	Resources Set
	// Conditions that must all hold.
	Conditions []Condition
}

// Set is a set of patterns, or everything but them.
type Set struct {
	// Not says that the set is everything but the patterns.
	Not bool
	// Patterns with * and ?, sorted.
	Patterns []string
	// Fold says that large and small letters are the same.
	Fold bool
}

// Condition is one operator with one key.
type Condition struct {
	// Operator without the suffix IfExists.
	Operator string
	// Key of the request's context. Its letters may be large or small, and so may the operator's.
	Key string
	// Values, sorted: one of them must match, or none for operators that negate.
	Values []string
	// IfExists says that a request without the key satisfies the condition.
	IfExists bool
}

// Parse reads the statements of a policy document. What is no document has none.
func Parse(document any, names value.Names) []Statement {
	m, _ := document.(map[string]any)
	var all []Statement
	for _, s := range value.List(m["Statement"]) {
		one, ok := s.(map[string]any)
		if !ok {
			continue
		}
		if _, _, isFunction := value.Function(one); isFunction {
			// A statement behind a condition of the template counts as it is written.
			all = append(all, Statement{Actions: Set{Patterns: []string{value.Show(one, names)}}, Resources: everything()})
			continue
		}
		effect, _ := one["Effect"].(string)
		parsed := Statement{Deny: effect == "Deny"}
		parsed.Actions = set(one, "Action", names, true)
		parsed.Resources = set(one, "Resource", names, false)
		if len(parsed.Resources.Patterns) == 0 {
			// Trust policies name none: they are about the role itself.
			parsed.Resources = everything()
		}
		parsed.Principals = principals(one, names)
		parsed.Conditions = conditions(one["Condition"], names)
		all = append(all, parsed)
	}
	return all
}

func everything() Set { return Set{Patterns: []string{"*"}} }

func set(statement map[string]any, key string, names value.Names, fold bool) Set {
	s := Set{Fold: fold}
	v, ok := statement[key]
	if !ok {
		v, s.Not = statement["Not"+key], statement["Not"+key] != nil
	}
	s.Patterns = texts(v, names)
	s.sort()
	return s
}

func texts(v any, names value.Names) []string {
	var all []string
	for _, e := range value.List(v) {
		all = append(all, value.Show(e, names))
	}
	return all
}

func (s *Set) sort() {
	slices.SortFunc(s.Patterns, func(a, b string) int {
		return cmp.Or(strings.Compare(strings.ToLower(a), strings.ToLower(b)), strings.Compare(a, b))
	})
	s.Patterns = slices.CompactFunc(s.Patterns, func(a, b string) bool { return a == b || s.Fold && strings.EqualFold(a, b) })
}

// principals are written kind:name, and * for everyone.
func principals(statement map[string]any, names value.Names) *Set {
	s := &Set{}
	v, ok := statement["Principal"]
	if !ok {
		if v, ok = statement["NotPrincipal"]; !ok {
			return nil
		}
		s.Not = true
	}
	if m, ok := v.(map[string]any); ok {
		for _, kind := range value.Keys(m) {
			for _, name := range texts(m[kind], names) {
				switch {
				case kind == "AWS" && name == "*":
					s.Patterns = append(s.Patterns, "*")
				case kind == "AWS":
					s.Patterns = append(s.Patterns, "AWS:"+account(name))
				default:
					s.Patterns = append(s.Patterns, kind+":"+name)
				}
			}
		}
	} else {
		s.Patterns = texts(v, names)
	}
	s.sort()
	return s
}

// account makes the two ways to name an account one: its number, and the ARN of its root.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
func account(name string) string {
	if strings.HasPrefix(name, "arn:") && strings.HasSuffix(name, ":root") {
		if parts := strings.Split(name, ":"); len(parts) == 6 {
			return parts[4]
		}
	}
	return name
}

// ifExists ends the operators that a request without the key satisfies.
const ifExists = "IfExists"

func conditions(v any, names value.Names) []Condition {
	operators, _ := v.(map[string]any)
	var all []Condition
	for _, operator := range value.Keys(operators) {
		keys, _ := operators[operator].(map[string]any)
		for _, key := range value.Keys(keys) {
			c := Condition{Operator: operator, Key: key, Values: texts(keys[key], names)}
			if n := len(operator) - len(ifExists); n > 0 && strings.EqualFold(operator[n:], ifExists) {
				c.Operator, c.IfExists = operator[:n], true
			}
			sort.Strings(c.Values)
			c.Values = slices.Compact(c.Values)
			all = append(all, c)
		}
	}
	return all
}
