package iam

import (
	"slices"
	"strings"
)

// Covers says whether every text that matches pattern b matches pattern a, too.
func Covers(a, b string) bool {
	if a == b || a == "*" {
		return true
	}
	if !strings.ContainsAny(a, "*?") {
		return false
	}
	// reach[j] says whether the part of a so far covers the first j characters of b, where those of b are taken as they are:
	// an asterisk of b is covered by an asterisk of a only.
	reach := make([]bool, len(b)+1)
	reach[0] = true
	for i := range len(a) {
		next := make([]bool, len(b)+1)
		switch a[i] {
		case '*':
			on := false
			for j := range reach {
				on = on || reach[j]
				next[j] = on
			}
		case '?':
			for j := range len(b) {
				next[j+1] = reach[j] && b[j] != '*'
			}
		default:
			for j := range len(b) {
				next[j+1] = reach[j] && b[j] == a[i]
			}
		}
		reach = next
	}
	return reach[len(b)]
}

// overlaps says whether some text may match both patterns.
func overlaps(a, b string) bool {
	switch {
	case a == "" && b == "":
		return true
	case a == "":
		return strings.Trim(b, "*") == ""
	case b == "":
		return strings.Trim(a, "*") == ""
	case len(a)*len(b) > 1<<16:
		return true // What is that long need not be exact: it is said to be wider.
	}
	seen := make([]bool, (len(a)+1)*(len(b)+1))
	var match func(i, j int) bool
	match = func(i, j int) bool {
		if seen[i*(len(b)+1)+j] {
			return false
		}
		seen[i*(len(b)+1)+j] = true
		if i == len(a) && j == len(b) {
			return true
		}
		if i < len(a) && a[i] == '*' && (match(i+1, j) || j < len(b) && match(i, j+1)) {
			return true
		}
		if j < len(b) && b[j] == '*' && (match(i, j+1) || i < len(a) && match(i+1, j)) {
			return true
		}
		return i < len(a) && j < len(b) && a[i] != '*' && b[j] != '*' && (a[i] == b[j] || a[i] == '?' || b[j] == '?') && match(i+1, j+1)
	}
	return match(0, 0)
}

// Has says whether s holds something, by its name.
func (s Set) Has(name string) bool { return s.coversOne(name) }

// covers says whether s holds everything of one pattern of another set, or, with not, everything but those patterns.
func (s Set) coversOne(pattern string) bool {
	if !s.Not {
		return slices.ContainsFunc(s.Patterns, func(p string) bool { return Covers(s.folded(p), s.folded(pattern)) })
	}
	return !slices.ContainsFunc(s.Patterns, func(p string) bool { return overlaps(s.folded(p), s.folded(pattern)) })
}

// folded is a pattern as it is compared.
func (s Set) folded(pattern string) string {
	if s.Fold {
		return strings.ToLower(pattern)
	}
	return pattern
}

// coversNot says whether s holds everything but the patterns.
func (s Set) coversNot(patterns []string) bool {
	if slices.Contains(s.Patterns, "*") {
		return !s.Not
	}
	if !s.Not {
		return false
	}
	// Whatever s leaves out, the other must leave out as well.
	for _, p := range s.Patterns {
		if !slices.ContainsFunc(patterns, func(q string) bool { return Covers(s.folded(q), s.folded(p)) }) {
			return false
		}
	}
	return true
}

// negates are the operators with which more values are stricter.
func (c Condition) negates() bool { return strings.Contains(c.operator(), "not") }

// operator is the operator as it is compared.
func (c Condition) operator() string { return strings.ToLower(c.Operator) }

// implies says whether whatever satisfies c satisfies other.
func (c Condition) implies(other Condition) bool {
	if !strings.EqualFold(c.Key, other.Key) || c.IfExists && !other.IfExists {
		return false
	}
	if !kin(c.operator(), other.operator()) {
		return false
	}
	if c.negates() {
		return all(other.Values, func(v string) bool {
			return slices.ContainsFunc(c.Values, func(w string) bool { return covered(c, w, v) })
		})
	}
	switch strings.TrimPrefix(c.operator(), "forallvalues:") {
	case "numericlessthan", "numericlessthanequals", "numericgreaterthan", "numericgreaterthanequals", "datelessthan", "dategreaterthan", "null", "bool":
		return slices.Equal(c.Values, other.Values)
	}
	return all(c.Values, func(v string) bool {
		return slices.ContainsFunc(other.Values, func(w string) bool { return covered(other, w, v) })
	})
}

// covered says whether the value a of a condition holds for all that b does: patterns with the operators that know patterns.
func covered(c Condition, a, b string) bool {
	if strings.Contains(c.operator(), "like") || strings.Contains(c.operator(), "arn") {
		return Covers(a, b)
	}
	return a == b
}

// kin says whether what satisfies operator a for a value satisfies b, which may know patterns.
func kin(a, b string) bool {
	if a == b {
		return true
	}
	// ArnEquals and ArnLike behave identically.
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
	like := strings.NewReplacer("arnequals", "arnlike", "arnnotequals", "arnnotlike", "stringequals", "stringlike")
	return like.Replace(a) == like.Replace(b) && (strings.Contains(b, "like") || strings.Contains(a, "arn"))
}

func all(values []string, f func(string) bool) bool {
	return !slices.ContainsFunc(values, func(v string) bool { return !f(v) })
}

// conditionsCover says whether every request that satisfies narrow satisfies wide.
func conditionsCover(wide, narrow []Condition) bool {
	for _, w := range wide {
		if !slices.ContainsFunc(narrow, func(n Condition) bool { return n.implies(w) }) {
			return false
		}
	}
	return true
}
