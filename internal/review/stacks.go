package review

import (
	"fmt"
	"slices"
	"sort"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/text"
	"github.com/storeship/storeship/internal/value"
)

// createdStack says what a new stack brings, in one finding.
func (c *comparison) createdStack(s *assembly.Stack) {
	all := s.Resources()
	f := Finding{Rule: "stack-added", Level: Harmless, Effect: "creates the stack", Why: "It has " + text.Count(len(all), "resource") + ".",
		Where: []Place{{Stack: of(s), File: s.File}}}
	counts := map[string]int{}
	for _, r := range all {
		if what := price(&r); what != "" {
			counts[what]++
		}
	}
	if len(counts) > 0 {
		var words []string
		for what, n := range counts {
			if n > 1 {
				what += fmt.Sprintf(" (%d times)", n)
			}
			words = append(words, what)
		}
		sort.Strings(words)
		f.Level, f.Why = Cost, f.Why+" Paid for from then on: "+listed(words)+"."
	}
	c.findings = append(c.findings, f)
}

// stackRemoved finds stacks that nobody deploys any more.
func stackRemoved(c *comparison) []Finding {
	var all []Finding
	for _, s := range c.gone {
		kept := map[string]bool{}
		for _, r := range s.Resources() {
			if what := lost(r.Type); what != "" {
				kept[what] = true
			}
		}
		why := "No pipeline deletes a stack: it stays as it is"
		if len(kept) > 0 {
			var words []string
			for what := range kept {
				words = append(words, what)
			}
			sort.Strings(words)
			why += ", and holds " + listed(words)
		}
		all = append(all, Finding{
			Level: Harmless, Effect: "leaves the stack behind", Why: why + ".",
			Instead: "delete it by hand; `storeship plan OLD NEW` of the two configurations prints the commands in order",
			Where:   []Place{{Stack: of(s), File: s.File}},
		})
	}
	return all
}

func listed(words []string) string { return text.List(words) }

// locate puts in where the findings stand in their files. Each file is read once.
func locate(findings []Finding) {
	sources := map[*assembly.Stack]*value.Source{}
	for i := range findings {
		for j := range findings[i].Where {
			findings[i].Where[j].locate(sources)
		}
	}
}

func (p *Place) locate(sources map[*assembly.Stack]*value.Source) {
	if p.pair == nil || len(p.keys) == 0 {
		return
	}
	s := p.pair.new
	if p.old {
		s = p.pair.old
	}
	source, ok := sources[s]
	if !ok {
		// A file that was there a moment ago and is gone leaves the line unsaid.
		if text, err := s.Source(); err == nil {
			source = value.NewSource(text)
		}
		sources[s] = source
	}
	p.File = s.File
	if source != nil {
		at := source.Locate(p.keys...)
		p.Line, p.Column = at.Line, at.Column
	}
}

// rank is the order of rules within a level.
func rank(rule string) int {
	i := slices.IndexFunc(Rules(), func(r Rule) bool { return r.Name == rule })
	if i < 0 {
		return len(Rules())
	}
	return i
}
