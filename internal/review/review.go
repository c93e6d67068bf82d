package review

import (
	"cmp"
	"slices"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/cfn"
	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/internal/value"
)

// Report is what the rules find in a change.
type Report struct {
	// ID names the change: a hash over both assemblies, without the digests of images. It is the same for the same change
	// in whatever folders, and for another image.
	ID string `json:"id"`
	// Specification is the version of CloudFormation's resource specification that the report goes by.
	Specification string `json:"specification"`
	// Notes are what a reader must know of the comparison itself.
	Notes []string `json:"notes"`
	// Compared is the number of stacks that are in both assemblies.
	Compared int `json:"compared"`
	// Unchanged stacks say the same in both.
	Unchanged int `json:"unchanged"`
	// Assets is the number of properties that name another content of an asset, and nothing else: code is reviewed where it is.
	Assets int `json:"assets"`
	// New are the stacks that only the new assembly has.
	New []Stack `json:"new"`
	// Gone are the stacks that only the old assembly has.
	Gone []Stack `json:"gone"`
	// Findings, the worst first.
	Findings []Finding `json:"findings"`
	// Pipelines of both assemblies, with what changes in them.
	Pipelines []Pipeline `json:"pipelines"`
	// Matrix says how bad it is where.
	Matrix Matrix `json:"matrix"`
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
	// Why it would, or why that matters.
	Why string `json:"why,omitempty"`
	// Instead is what to do; empty where there is nothing to do.
	Instead string `json:"instead,omitempty"`
	// Update is what CloudFormation does to the resource; empty where no property changes.
	Update cfn.Update `json:"update,omitempty"`
	// Old is the value before, as a person would write it. Of a change in value only, Old and New are empty: the templates say
	// the same. Of the rule differs Old is what stays here, and New what it becomes elsewhere.
	Old string `json:"old,omitempty"`
	// New is the value after.
	New string `json:"new,omitempty"`
	// Where lists the resources that it is found in.
	Where []Place `json:"where"`

	// values are Old and New as the templates have them.
	values [2]any
}

// Lines are Old and New over several lines, for the eye that compares them.
func (f Finding) Lines() (old, renewed string) {
	out := [2]string{f.Old, f.New}
	for i, v := range f.values {
		switch v.(type) {
		case map[string]any, []any:
			out[i] = value.ShowLines(v, f.Where[0].pair.shown[i])
		case string:
			out[i] = value.Show(v, nil)
		}
	}
	return out[0], out[1]
}

// Place is one resource of a stack.
type Place struct {
	Stack
	// Service is what the stack is one of, in every target: "ui".
	Service string `json:"service"`
	// Target is where it is deployed: "prod-eu-west-1".
	Target string `json:"target"`
	// LogicalID of the resource; empty when the finding is about the whole stack.
	LogicalID string `json:"logicalId,omitempty"`
	// Construct is the whole construct path of the resource, where the template has it.
	Construct string `json:"construct,omitempty"`
	// Because says what changes a value where the templates say the same.
	Because string `json:"because,omitempty"`
	// File is the template, below the assembly's folder: of the new assembly, or of the old one for what is gone.
	File string `json:"file,omitempty"`
	// Line of the property in File, or of the resource. 0 where it is not known.
	Line int `json:"line,omitempty"`
	// Column of the property in File.
	Column int `json:"column,omitempty"`

	pair *pair
	keys []string
	old  bool
}

// New compares the assembly that was released last with the one that is to be released. Neither is changed but for the
// digests of images in their templates, which are replaced.
func New(old, renewed *assembly.Assembly) *Report {
	c := match(old, renewed)
	c.survey()
	r := &Report{ID: c.id(), Specification: cfn.Version(), Compared: len(c.pairs), New: []Stack{}, Gone: []Stack{}, Findings: []Finding{}, Notes: notes(old, renewed)}
	for _, s := range c.added {
		r.New = append(r.New, of(s))
	}
	for _, s := range c.gone {
		r.Gone = append(r.Gone, of(s))
	}
	for _, rule := range Rules() {
		for _, f := range rule.find(c) {
			f.Rule = rule.Name
			c.findings = append(c.findings, f)
		}
	}
	c.conclude()
	for _, p := range c.pairs {
		r.Assets += p.assets
		if len(p.deltas) == 0 && len(p.sections) == 0 && p.protection() == "" {
			r.Unchanged++
		}
	}
	r.Findings = append(r.Findings, sameInAll(together(c.collapse()))...)
	r.Findings = append(r.Findings, c.siblings(r.Findings)...)
	slices.SortStableFunc(r.Findings, func(a, b Finding) int {
		return cmp.Or(slices.Index(Levels, a.Level)-slices.Index(Levels, b.Level), rank(a.Rule)-rank(b.Rule))
	})
	locate(r.Findings)
	r.Pipelines = c.pipelines(r.Findings)
	r.Matrix = c.matrix(r.Findings)
	return r
}

// Count is the number of findings at a level or a worse one.
func (r *Report) Count(least Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level.Reaches(least) {
			n++
		}
	}
	return n
}

// At is the number of findings at a level.
func (r *Report) At(level Level) int {
	n := 0
	for _, f := range r.Findings {
		if f.Level == level {
			n++
		}
	}
	return n
}

// Same says that the two assemblies say the same.
func (r *Report) Same() bool {
	return r.Compared == r.Unchanged && len(r.New) == 0 && len(r.Gone) == 0 && r.Assets == 0 && len(r.Findings) == 0
}

func of(s *assembly.Stack) Stack { return Stack{s.Name, s.Account, s.Region} }

// notes are what a reader must know of the two assemblies.
func notes(old, renewed *assembly.Assembly) []string {
	all := []string{}
	if old.Version != renewed.Version {
		all = append(all, "The assemblies are of different schema versions, "+version(old)+" and "+version(renewed)+": a difference may come from the CDK, not from the change.")
	}
	for i, a := range []*assembly.Assembly{old, renewed} {
		if len(a.AllMissing()) > 0 {
			all = append(all, "The "+[]string{"old", "new"}[i]+" assembly was made without values that it asked for, and holds placeholders: "+listed(a.AllMissing())+".")
		}
	}
	return all
}

func version(a *assembly.Assembly) string {
	if a.Version == "" {
		return "a single template"
	}
	return a.Version
}

// survey reads the pipelines and the coordinates of all stacks.
func (c *comparison) survey() {
	for i := range c.stacks {
		c.drawn[i] = graph.Pipelines(c.stacks[i])
	}
	c.chart = survey(c.stacks, c.drawn)
	c.each((*pair).compare)
}
