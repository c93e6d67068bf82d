package review

import (
	"slices"

	"github.com/storeship/storeship/internal/assembly"
)

// Report is what the rules find in a change.
type Report struct {
	// ID names the change: a hash over both assemblies, without the digests of images. It is the same for the same change
	// in whatever folders, and for another image.
	ID string `json:"id"`
	// Compared is the number of stacks that are in both assemblies, Unchanged of those how many say the same.
	Compared int `json:"compared"`
	// Unchanged stacks say the same in both.
	Unchanged int `json:"unchanged"`
	// New are the stacks that only the new assembly has.
	New []Stack `json:"new"`
	// Gone are the stacks that only the old assembly has.
	Gone []Stack `json:"gone"`
	// Findings, the worst first.
	Findings []Finding `json:"findings"`
}

// Stack is where a stack is deployed.
type Stack struct {
	// Name of the stack in CloudFormation.
	Name string `json:"stack"`
	// Account of the stack; empty when the app leaves it open.
	Account string `json:"account"`
	// Region of the stack; empty when the app leaves it open.
	Region string `json:"region"`
}

// String is the stack in words: "shop-beta-ui in 222222222222 us-west-2".
func (s Stack) String() string {
	where := s.Name
	if s.Account != "" || s.Region != "" {
		where += " in"
	}
	for _, part := range []string{s.Account, s.Region} {
		if part != "" {
			where += " " + part
		}
	}
	return where
}

// Finding is what a rule says of a change. The same in several stacks is one finding.
type Finding struct {
	// Rule that found it.
	Rule string `json:"rule"`
	// Level of the finding.
	Level Level `json:"level"`
	// Type of the resource; empty when the finding is about a whole stack.
	Type string `json:"type,omitempty"`
	// Path is the construct path of the resource within its stack; its logical id where the template has no path.
	Path string `json:"path,omitempty"`
	// Property that changes; empty when the finding is about the whole resource.
	Property string `json:"property,omitempty"`
	// Effect is what would happen, in a few words.
	Effect string `json:"effect"`
	// Why it would.
	Why string `json:"why"`
	// Instead is what to do; empty where there is nothing to do.
	Instead string `json:"instead,omitempty"`
	// Old is the value before. Of a change in value only, Old and New are empty: the templates say the same.
	Old any `json:"old,omitempty"`
	// New is the value after.
	New any `json:"new,omitempty"`
	// Where lists the resources that it is found in.
	Where []Place `json:"where"`
}

// Place is one resource of a stack.
type Place struct {
	Stack
	// LogicalID of the resource; empty when the finding is about the whole stack.
	LogicalID string `json:"logicalId,omitempty"`
	// Construct is the whole construct path of the resource, where the template has it.
	Construct string `json:"construct,omitempty"`
	// Because says what changes a value where the templates say the same.
	Because string `json:"because,omitempty"`
}

// New compares the assembly that was released last with the one that is to be released. Neither is changed but for the
// digests of images in their templates, which are replaced.
func New(old, renewed *assembly.Assembly) *Report {
	c := match(old, renewed)
	r := &Report{ID: c.id(), Compared: len(c.pairs), New: []Stack{}, Gone: []Stack{}, Findings: []Finding{}}
	for _, p := range c.pairs {
		if p.unchanged {
			r.Unchanged++
		}
	}
	for _, s := range c.added {
		r.New = append(r.New, of(s))
	}
	for _, s := range c.gone {
		r.Gone = append(r.Gone, of(s))
	}
	known := map[string]int{}
	for _, rule := range Rules() {
		for _, f := range rule.find(c) {
			f.Rule = rule.Name
			if i, ok := known[f.placeless()]; ok {
				r.Findings[i].Where = append(r.Findings[i].Where, f.Where...)
				continue
			}
			known[f.placeless()] = len(r.Findings)
			r.Findings = append(r.Findings, f)
		}
	}
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return slices.Index(Levels, a.Level) - slices.Index(Levels, b.Level)
	})
	return r
}

// Count is the number of findings at a level or a worse one.
func (r *Report) Count(least Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level.reaches(least) {
			n++
		}
	}
	return n
}

func of(s *assembly.Stack) Stack { return Stack{s.Name, s.Account, s.Region} }
