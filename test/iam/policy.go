package iam

import (
	"encoding/json"
	"fmt"
	"sort"
)

// Statement is one statement of a policy.
type Statement struct {
	Sid           string
	Effect        string
	Actions       []string
	NotActions    []string
	Resources     []string
	NotResources  []string
	Principals    map[string][]string
	NotPrincipals map[string][]string
	Conditions    []Condition
}

// Condition is one operator with one key.
type Condition struct {
	Operator string
	Key      string
	Values   []string
}

// Parse reads a policy document of parsed JSON in which nothing is left to resolve.
func Parse(document any) ([]Statement, error) {
	object, ok := document.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("a policy must be an object, got %T", document)
	}
	var statements []Statement
	for i, element := range listOf(object["Statement"]) {
		s, err := parseStatement(element)
		if err != nil {
			return nil, fmt.Errorf("statement %d: %w", i, err)
		}
		statements = append(statements, s)
	}
	return statements, nil
}

func parseStatement(element any) (Statement, error) {
	var s Statement
	object, ok := element.(map[string]any)
	if !ok {
		return s, fmt.Errorf("must be an object, got %T", element)
	}
	for _, key := range sortedKeys(object) {
		value := object[key]
		var err error
		switch key {
		case "Sid":
			s.Sid, _ = value.(string)
		case "Effect":
			s.Effect, _ = value.(string)
		case "Action":
			s.Actions, err = stringsOf(value)
		case "NotAction":
			s.NotActions, err = stringsOf(value)
		case "Resource":
			s.Resources, err = stringsOf(value)
		case "NotResource":
			s.NotResources, err = stringsOf(value)
		case "Principal":
			s.Principals, err = principalsOf(value)
		case "NotPrincipal":
			s.NotPrincipals, err = principalsOf(value)
		case "Condition":
			s.Conditions, err = conditionsOf(value)
		default:
			err = fmt.Errorf("is not part of a statement")
		}
		if err != nil {
			return s, fmt.Errorf("%s: %w", key, err)
		}
	}
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return s, fmt.Errorf("Effect must be Allow or Deny, got %q", s.Effect)
	}
	if len(s.Actions)+len(s.NotActions) == 0 {
		return s, fmt.Errorf("has no Action")
	}
	return s, nil
}

func principalsOf(value any) (map[string][]string, error) {
	if value == "*" {
		return map[string][]string{"AWS": {"*"}}, nil
	}
	object, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("must be * or an object, got %T", value)
	}
	out := map[string][]string{}
	for _, kind := range sortedKeys(object) {
		values, err := stringsOf(object[kind])
		if err != nil {
			return nil, err
		}
		out[kind] = values
	}
	return out, nil
}

func conditionsOf(value any) ([]Condition, error) {
	operators, ok := value.(map[string]any)
	if !ok {
		return nil, fmt.Errorf("must be an object, got %T", value)
	}
	var out []Condition
	for _, operator := range sortedKeys(operators) {
		keys, ok := operators[operator].(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%s must be an object, got %T", operator, operators[operator])
		}
		for _, key := range sortedKeys(keys) {
			values, err := stringsOf(keys[key])
			if err != nil {
				return nil, fmt.Errorf("%s: %w", key, err)
			}
			out = append(out, Condition{operator, key, values})
		}
	}
	return out, nil
}

func listOf(value any) []any {
	if list, ok := value.([]any); ok {
		return list
	}
	if value == nil {
		return nil
	}
	return []any{value}
}

func stringsOf(value any) ([]string, error) {
	var out []string
	for _, element := range listOf(value) {
		switch e := element.(type) {
		case string:
			out = append(out, e)
		case bool, float64:
			b, _ := json.Marshal(e)
			out = append(out, string(b))
		default:
			return nil, fmt.Errorf("must be strings, got %T", element)
		}
	}
	return out, nil
}

func sortedKeys(m map[string]any) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
