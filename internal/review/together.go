package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// least is the number of resources that come together as one finding.
const least = 3

// together makes one finding of harmless resources that come in the same places below the same construct: a construct that is
// new is one thing to a reader, however many resources it makes.
func together(all []Finding) []Finding {
	key := func(f Finding) string {
		if f.Rule != "created" || f.Level != Harmless || f.Effect != createsOne {
			return ""
		}
		var stacks []string
		for _, p := range f.Where {
			stacks = append(stacks, fmt.Sprint(p.Stack))
		}
		construct, _, _ := strings.Cut(f.Path, "/")
		return construct + " in " + strings.Join(stacks, ", ")
	}
	groups := map[string][]Finding{}
	for _, f := range all {
		if k := key(f); k != "" {
			groups[k] = append(groups[k], f)
		}
	}
	var out []Finding
	for _, f := range all {
		k := key(f)
		switch group := groups[k]; {
		case k == "" || len(group) < least:
			out = append(out, f)
		case group[0].Path == f.Path && group[0].Type == f.Type:
			out = append(out, joined(group))
		}
	}
	return out
}

// alike are the types of which several are made by one hand, with the word for one: what they have in common is changed in one
// place, and is one thing to a reader.
var alike = map[string]string{"AWS::CodeBuild::Project": "build", "AWS::Events::Rule": "rule"}

// sameInAll makes one finding of what is said of several resources alike.
func sameInAll(all []Finding) []Finding {
	key := func(f Finding) string {
		if alike[f.Type] == "" || f.Property == "" || f.Rule != "build" && f.Rule != "watched" {
			return ""
		}
		return fmt.Sprintf("%q", []string{f.Type, string(f.Level), f.Effect, f.Why})
	}
	groups := map[string][]Finding{}
	for _, f := range all {
		groups[key(f)] = append(groups[key(f)], f)
	}
	told := map[string]bool{}
	var out []Finding
	for _, f := range all {
		k := key(f)
		if k == "" || len(groups[k]) < least {
			out = append(out, f)
			continue
		}
		if told[k] {
			continue
		}
		told[k] = true
		var names []string
		for i, one := range groups[k] {
			if names = append(names, one.Path); i > 0 {
				f.Where = append(f.Where, one.Where...)
			}
		}
		f.Path, f.Why = text.Count(len(names), alike[f.Type]), strings.TrimSpace(f.Why+" They are "+few(names)+"; the values are those of the first.")
		out = append(out, f)
	}
	return out
}

// joined is the finding for all of a group.
func joined(group []Finding) Finding {
	f := group[0]
	prefix := strings.Split(f.Path, "/")
	var kinds []string
	for _, one := range group {
		path := strings.Split(one.Path, "/")
		n := 0
		for n < len(prefix) && n < len(path) && prefix[n] == path[n] {
			n++
		}
		prefix = prefix[:n]
		if kind := strings.TrimPrefix(one.Type, "AWS::"); !slices.Contains(kinds, kind) {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	f.Type, f.Path = "", strings.Join(prefix, "/")
	f.Effect = "creates " + text.Count(len(group), "resource")
	f.Why = "Of these types: " + listed(kinds) + "."
	return f
}
