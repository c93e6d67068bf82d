package iam

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Match says whether s matches a pattern of a policy, in which * stands for any characters and ? for one.
func Match(pattern, s string) bool { return glob(pattern, s) }

// glob says whether s matches pattern, in which * stands for any characters and ? for one.
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			p = star + 1
			mark++
			i = mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// arnLike compares two ARNs part by part, as the ArnLike operator does: a wildcard does not reach over a colon, but for the
// last part, the resource.
func arnLike(pattern, s string) bool {
	p, a := strings.SplitN(pattern, ":", 6), strings.SplitN(s, ":", 6)
	if len(p) != 6 || len(a) != 6 {
		return pattern == "*"
	}
	for i := range p {
		if !glob(p[i], a[i]) {
			return false
		}
	}
	return true
}

func anyGlob(patterns []string, s string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return glob(p, s) })
}

// matches says whether the statement speaks of the action on the resource.
func (s Statement) matches(action, resource string) bool {
	lower := func(list []string) []string {
		out := make([]string, len(list))
		for i, a := range list {
			out[i] = strings.ToLower(a)
		}
		return out
	}
	a := strings.ToLower(action)
	if len(s.Actions) > 0 && !anyGlob(lower(s.Actions), a) || anyGlob(lower(s.NotActions), a) {
		return false
	}
	if len(s.Resources) > 0 && !anyGlob(s.Resources, resource) || anyGlob(s.NotResources, resource) {
		return false
	}
	return true
}

// holds says whether all conditions of the statement are met.
func (s Statement) holds(context map[string][]string) (bool, error) {
	for _, c := range s.Conditions {
		ok, err := c.holds(context)
		if err != nil || !ok {
			return false, err
		}
	}
	return true, nil
}

// holds says whether the condition is met.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
func (c Condition) holds(context map[string][]string) (bool, error) {
	for _, v := range c.Values {
		if strings.Contains(v, "${") {
			return false, fmt.Errorf("condition %s %s: policy variables are not known here: %s", c.Operator, c.Key, v)
		}
	}
	operator := c.Operator
	set := ""
	if before, after, ok := strings.Cut(operator, ":"); ok {
		set, operator = before, after
	}
	operator, ifExists := strings.CutSuffix(operator, "IfExists")
	var values []string
	present := false
	for key, v := range context {
		// Keys of conditions do not know upper from lower case.
		if strings.EqualFold(key, c.Key) {
			values, present = v, true
		}
	}
	if operator == "Null" {
		return (c.Values[0] == "true") == !present, nil
	}
	compare, negated, err := comparison(operator)
	if err != nil {
		return false, err
	}
	if !present {
		// A missing key fails a comparison, and passes a negated one, and ForAllValues.
		return ifExists || negated && set != "ForAnyValue" || set == "ForAllValues", nil
	}
	one := func(value string) bool {
		found := slices.ContainsFunc(c.Values, func(want string) bool { return compare(want, value) })
		return found != negated
	}
	switch set {
	case "ForAnyValue":
		return slices.ContainsFunc(values, one), nil
	case "ForAllValues":
		return !slices.ContainsFunc(values, func(v string) bool { return !one(v) }), nil
	case "":
		if len(values) != 1 {
			return false, fmt.Errorf("condition %s %s: the key has %d values and the operator is for one", c.Operator, c.Key, len(values))
		}
		return one(values[0]), nil
	}
	return false, fmt.Errorf("condition operator %s is not known here", c.Operator)
}

func comparison(operator string) (compare func(want, got string) bool, negated bool, err error) {
	equal := func(want, got string) bool { return want == got }
	switch operator {
	case "StringEquals", "Bool":
		return equal, false, nil
	case "StringNotEquals":
		return equal, true, nil
	case "StringEqualsIgnoreCase":
		return strings.EqualFold, false, nil
	case "StringLike":
		return glob, false, nil
	case "StringNotLike":
		return glob, true, nil
	case "ArnLike", "ArnEquals":
		return arnLike, false, nil
	case "ArnNotLike", "ArnNotEquals":
		return arnLike, true, nil
	case "NumericLessThan":
		return numeric(func(w, g float64) bool { return g < w }), false, nil
	case "NumericLessThanEquals":
		return numeric(func(w, g float64) bool { return g <= w }), false, nil
	}
	return nil, false, fmt.Errorf("condition operator %s is not known here", operator)
}

func numeric(compare func(want, got float64) bool) func(want, got string) bool {
	return func(want, got string) bool {
		w, err1 := strconv.ParseFloat(want, 64)
		g, err2 := strconv.ParseFloat(got, 64)
		return err1 == nil && err2 == nil && compare(w, g)
	}
}

// Overlap says whether two patterns of ARNs can match the same ARN; a wildcard does not reach over a colon, but in the
// resource, the last part.
func Overlap(a, b string) bool {
	as, bs := strings.SplitN(a, ":", 6), strings.SplitN(b, ":", 6)
	if len(as) != 6 || len(bs) != 6 {
		return overlap(a, b)
	}
	for i := range as {
		if !overlap(as[i], bs[i]) {
			return false
		}
	}
	return true
}

func overlap(a, b string) bool {
	switch {
	case a == "" || b == "":
		return strings.Trim(a+b, "*") == ""
	case a[0] == '*':
		return overlap(a[1:], b) || overlap(a, b[1:])
	case b[0] == '*':
		return overlap(a, b[1:]) || overlap(a[1:], b)
	case a[0] == b[0] || a[0] == '?' || b[0] == '?':
		return overlap(a[1:], b[1:])
	}
	return false
}
