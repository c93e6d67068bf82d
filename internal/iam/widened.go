package iam

import (
	"slices"
	"strings"
)

// Grant is something that a policy allows and another does not: one action on one resource by one principal, or each of them
// everything but a list.
type Grant struct {
	// Denied says that the grant is one by what is no longer denied.
	Denied bool
	// Principal, empty in policies of identities.
	Principal Set
	// Actions of the grant.
	Actions Set
	// Resources of the grant.
	Resources Set
	// Conditions under which it is granted.
	Conditions []Condition
	// Before are the conditions under which the same was granted; nil where it was not.
	Before []Condition
	// Loosened says that the same was granted, under other conditions.
	Loosened bool
}

// atoms splits a statement into grants of one pattern each.
func (s Statement) atoms() []Grant {
	principals := []Set{{}}
	if s.Principals != nil {
		principals = s.Principals.split()
	}
	var all []Grant
	for _, p := range principals {
		for _, a := range s.Actions.split() {
			for _, r := range s.Resources.split() {
				all = append(all, Grant{Denied: s.Deny, Principal: p, Actions: a, Resources: r, Conditions: s.Conditions})
			}
		}
	}
	return all
}

// split makes a set of each pattern; everything but some stays one.
func (s Set) split() []Set {
	if s.Not {
		return []Set{s}
	}
	var all []Set
	for _, p := range s.Patterns {
		all = append(all, Set{Patterns: []string{p}, Fold: s.Fold})
	}
	return all
}

func (s Set) covers(other Set) bool {
	if len(s.Patterns) == 0 && !s.Not {
		return len(other.Patterns) == 0 && !other.Not
	}
	if other.Not {
		return s.coversNot(other.Patterns)
	}
	return all(other.Patterns, s.coversOne)
}

// holds says whether a statement grants, or denies, all of the grant but for conditions.
func (s Statement) holds(g Grant) bool {
	if s.Deny != g.Denied || !s.Actions.covers(g.Actions) || !s.Resources.covers(g.Resources) {
		return false
	}
	if s.Principals == nil {
		return len(g.Principal.Patterns) == 0
	}
	return s.Principals.covers(g.Principal)
}

// uncovered lists what one has and other has not, of the statements that allow or of those that deny.
func uncovered(one, other []Statement, deny bool) []Grant {
	var found []Grant
	for _, s := range one {
		if s.Deny != deny {
			continue
		}
		for _, g := range s.atoms() {
			loosened, before, held := false, []Condition(nil), false
			for _, o := range other {
				if !o.holds(g) {
					continue
				}
				if conditionsCover(o.Conditions, g.Conditions) {
					held = true
					break
				}
				loosened, before = true, o.Conditions
			}
			if !held {
				g.Loosened, g.Before = loosened, before
				found = append(found, g)
			}
		}
	}
	return found
}

// Widened lists what renewed allows and old did not: what is newly granted, and what is no longer denied. It is empty for
// policies that mean the same.
func Widened(old, renewed []Statement) []Grant {
	return merge(append(uncovered(renewed, old, false), uncovered(old, renewed, true)...))
}

// Narrowed lists what old allowed and renewed does not.
func Narrowed(old, renewed []Statement) []Grant { return Widened(renewed, old) }

// merge joins grants that differ in their resources only, and then those that differ in their actions only.
func merge(grants []Grant) []Grant {
	join := func(grants []Grant, field func(*Grant) *Set) []Grant {
		var out []Grant
		index := map[string]int{}
		for _, g := range grants {
			key := g
			*field(&key) = Set{Not: field(&g).Not, Fold: field(&g).Fold}
			k := key.String()
			i, ok := index[k]
			if !ok || field(&g).Not {
				index[k] = len(out)
				out = append(out, g)
				continue
			}
			f := field(&out[i])
			f.Patterns = append(slices.Clone(f.Patterns), field(&g).Patterns...)
			f.sort()
		}
		return out
	}
	grants = join(grants, func(g *Grant) *Set { return &g.Resources })
	grants = join(grants, func(g *Grant) *Set { return &g.Actions })
	return join(grants, func(g *Grant) *Set { return &g.Principal })
}

// String is the grant in words: "s3:GetObject on arn:aws:s3:::b/* for * if …".
func (g Grant) String() string {
	var b strings.Builder
	if g.Denied {
		b.WriteString("no longer denied: ")
	}
	b.WriteString(g.Actions.String())
	// Trust is about the role itself, and needs no resource.
	if trust := slices.Equal(g.Resources.Patterns, []string{"*"}) && len(g.Principal.Patterns) > 0; !trust {
		b.WriteString(" on " + g.Resources.String())
	}
	if len(g.Principal.Patterns) > 0 || g.Principal.Not {
		who := g.Principal.String()
		if slices.Equal(g.Principal.Patterns, []string{"*"}) && !g.Principal.Not {
			who = "everyone"
		}
		b.WriteString(" for " + who)
	}
	if len(g.Conditions) > 0 {
		b.WriteString(" if " + conditionsText(g.Conditions))
	}
	if g.Loosened {
		b.WriteString(" (before: " + orNothing(g.Before) + ")")
	}
	return b.String()
}

func orNothing(c []Condition) string {
	if len(c) == 0 {
		return "without a condition"
	}
	return "if " + conditionsText(c)
}

func conditionsText(conditions []Condition) string {
	var parts []string
	for _, c := range conditions {
		operator := c.Operator
		if c.IfExists {
			operator += ifExists
		}
		parts = append(parts, c.Key+" "+operator+" "+strings.Join(c.Values, " or "))
	}
	return strings.Join(parts, " and ")
}

// String is the set in words.
func (s Set) String() string {
	text := strings.Join(s.Patterns, ", ")
	if text == "*" {
		text = "everything"
	}
	if s.Not {
		return "everything but " + text
	}
	return text
}

// Unbounded says whether the grant is of every action, on everything, or to everyone: what deserves a second look wherever it
// is new.
func (g Grant) Unbounded() bool {
	every := func(s Set) bool { return s.Not || slices.Contains(s.Patterns, "*") }
	return every(g.Actions) || g.Principal.Not || slices.Contains(g.Principal.Patterns, "*") ||
		every(g.Resources) && len(g.Principal.Patterns) == 0 && slices.ContainsFunc(g.Actions.Patterns, func(a string) bool { return strings.HasSuffix(a, ":*") })
}
