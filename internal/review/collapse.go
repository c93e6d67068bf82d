package review

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
)

// about begins a finding about a resource.
func about(r assembly.Resource, level Level) Finding {
	construct := r.Stack.Construct(r.LogicalID)
	path := r.LogicalID
	if construct != "" {
		// The construct that a person wrote, not the CloudFormation resource in it.
		path = within(construct, r.Stack.Path)
	}
	return Finding{Level: level, Type: r.Type, Path: path,
		Where: []Place{{Stack: of(r.Stack), LogicalID: r.LogicalID, Construct: construct}}}
}

// collapse makes one finding of those that say the same of different places.
func (c *comparison) collapse() []Finding {
	var all []Finding
	known := map[string]int{}
	for _, f := range c.findings {
		at := &f.Where[0]
		coordinates := c.chart.of(at.Stack)
		at.Service, at.Target = coordinates.service, coordinates.target
		key := c.placeless(f)
		if i, ok := known[key]; ok {
			if !slices.ContainsFunc(all[i].Where, func(p Place) bool {
				return p.Stack == at.Stack && p.LogicalID == at.LogicalID && p.Construct == at.Construct
			}) {
				all[i].Where = append(all[i].Where, *at)
			}
			continue
		}
		known[key] = len(all)
		all = append(all, f)
	}
	for i := range all {
		c.order(all[i].Where)
	}
	return all
}

// order puts places into the order of deployment: targets first, then services.
func (c *comparison) order(places []Place) {
	slices.SortStableFunc(places, func(a, b Place) int {
		x, y := c.chart.of(a.Stack), c.chart.of(b.Stack)
		if x.column != y.column {
			return x.column - y.column
		}
		return strings.Compare(x.service, y.service)
	})
}

// generated is what the CDK puts at the end of an id that it makes: a hash of the path, and of what the path leads to.
var generated = regexp.MustCompile(`[0-9A-F]{8}(?:[0-9A-F]{12})?\b`)

// placeless is everything of a finding but its place, whose own names are taken out of its texts: of two findings that are
// alike in it one is printed.
func (c *comparison) placeless(f Finding) string {
	mask := c.chart.of(f.Where[0].Stack).mask
	without := func(s string) string { return generated.ReplaceAllString(mask.strip(s), "") }
	return fmt.Sprintf("%q", []string{f.Rule, string(f.Level), f.Type, without(f.Path), without(f.Property), without(f.Effect), f.Instead,
		without(f.Why), without(f.Old), without(f.New)})
}

// mask takes the names of a place out of a text.
type mask struct {
	whole *strings.Replacer
	words *regexp.Regexp
}

const hole = "…"

func newMask(whole, words []string) mask {
	m := mask{}
	slices.SortFunc(whole, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	var pairs []string
	for _, w := range slices.Compact(whole) {
		if len(w) > 2 {
			pairs = append(pairs, w, hole)
		}
	}
	m.whole = strings.NewReplacer(pairs...)
	var quoted []string
	for _, w := range words {
		if len(w) > 1 {
			quoted = append(quoted, regexp.QuoteMeta(w))
		}
	}
	if len(quoted) > 0 {
		m.words = regexp.MustCompile(`\b(?:` + strings.Join(quoted, "|") + `)\b`)
	}
	return m
}

func (m mask) strip(s string) string {
	if s == "" {
		return s
	}
	s = m.whole.Replace(s)
	if m.words != nil {
		s = m.words.ReplaceAllString(s, hole)
	}
	return s
}
