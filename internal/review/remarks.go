package review

import (
	"fmt"
	"slices"
	"strings"
)

// remark is what is to be said of one action. The same of several actions is one finding.
type remark struct {
	action  located
	renewed bool
	level   Level
	// effect begins with "the action".
	effect, why string
	// details are the properties of the action that it is about; none for the whole action.
	details       []string
	before, after string
	// keys lead to it within the stages.
	keys []string
}

// kind is the same for remarks that can be told together: of one stage, unless they are harmless.
func (r remark) kind() string {
	where := ""
	if r.level != Harmless {
		where = r.action.stage.Name
	}
	return fmt.Sprintf("%q", []string{string(r.level), r.effect, r.why, where, strings.Join(r.details, " "), fmt.Sprint(r.renewed)})
}

// tell makes findings of remarks.
func (g *gatekeeper) tell(all []remark) {
	groups := map[string][]remark{}
	var kinds []string
	for _, r := range merged(all) {
		k := r.kind()
		if groups[k] == nil {
			kinds = append(kinds, k)
		}
		groups[k] = append(groups[k], r)
	}
	for _, k := range kinds {
		if group := groups[k]; len(group) >= least {
			g.tellTogether(group)
			continue
		}
		for _, r := range groups[k] {
			property := r.action.property()
			if len(r.details) == 1 {
				property += "." + r.details[0]
			}
			effect := strings.Replace(r.effect, "the action", "the action "+r.action.action.Name, 1)
			g.add(r.level, r.renewed, property, effect, r.why, r.before, r.after, r.keys...)
		}
	}
}

// merged makes one remark of those that say the same of one action's properties.
func merged(all []remark) []remark {
	var out []remark
	for _, r := range all {
		i := slices.IndexFunc(out, func(o remark) bool {
			return o.action.id() == r.action.id() && o.level == r.level && o.effect == r.effect && o.why == r.why && o.renewed == r.renewed && len(o.details) > 0 && len(r.details) > 0
		})
		if i < 0 {
			out = append(out, r)
			continue
		}
		o := &out[i]
		if len(o.details) == 1 {
			o.before, o.after = last(o.details[0])+" "+o.before, last(o.details[0])+" "+o.after
		}
		o.before, o.after = o.before+", "+last(r.details[0])+" "+r.before, o.after+", "+last(r.details[0])+" "+r.after
		o.details, o.keys = append(o.details, r.details...), r.action.keys()
	}
	return out
}

// last is the end of a path of names.
func last(path string) string { return path[strings.LastIndex(path, ".")+1:] }

// tellTogether makes one finding of remarks of a kind. Its values are those of the first, and of all where they are the same.
func (g *gatekeeper) tellTogether(group []remark) {
	first := group[0]
	property := "Stages[" + first.action.stage.Name + "]"
	var names []string
	for _, r := range group {
		names = append(names, r.action.stage.Name+"/"+r.action.action.Name)
		if r.action.at != first.action.at {
			property = "Stages"
		}
	}
	if len(first.details) == 1 {
		property += ".*." + first.details[0]
	}
	why := strings.TrimSpace(first.why + " They are " + few(names))
	if slices.ContainsFunc(group, func(r remark) bool { return r.before != first.before || r.after != first.after }) {
		why += "; the values are those of the first"
	}
	g.add(first.level, first.renewed, property, plural(first.effect, len(group)), why+".", first.before, first.after, first.keys...)
}

// plural turns "the action is gone" into "35 actions are gone".
func plural(effect string, n int) string {
	rest := strings.TrimPrefix(effect, "the action ")
	verb, tail, _ := strings.Cut(rest, " ")
	switch verb {
	case "is":
		verb = "are"
	default:
		verb = strings.TrimSuffix(verb, "s")
	}
	return strings.TrimSpace(fmt.Sprintf("%d actions %s %s", n, verb, tail))
}
