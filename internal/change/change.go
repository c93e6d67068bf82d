package change

import (
	"slices"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/rollout"
)

// Change is the way from one plan of a store to another.
type Change struct {
	// Store is the store's name.
	Store string `json:"store"`
	// From is the file of the plan that is there.
	From string `json:"from"`
	// To is the file of the plan that is wanted.
	To string `json:"to"`
	// Retires is the service that is taken out of a single file; empty for two files.
	Retires string `json:"retires,omitempty"`
	// Differences of the two plans, group by group.
	Differences []Difference `json:"differences"`
	// Refusals are what cannot be done in place. With one of them there are no steps.
	Refusals []Refusal `json:"refusals,omitempty"`
	// Steps in order.
	Steps []rollout.Step `json:"steps,omitempty"`
	// Stays is what the steps leave behind, on purpose.
	Stays []Leftover `json:"stays,omitempty"`
	// ForGood are the steps that delete what stays. They are no part of the change.
	ForGood []rollout.Step `json:"forGood,omitempty"`

	holds func(account string) []string
}

// Difference is one thing that differs.
type Difference struct {
	// Group is what kind of thing: "services", "regions", "settings of catalog".
	Group string `json:"group"`
	// What is added, removed or changed: the name of a thing, or the path of a setting.
	What string `json:"what"`
	// Kind of the difference.
	Kind Kind `json:"kind"`
	// Old is the value that it had.
	Old string `json:"old,omitempty"`
	// New is the value that it gets.
	New string `json:"new,omitempty"`
	// Environments that it holds in. Empty for what does not depend on the environment.
	Environments []string `json:"environments,omitempty"`
	// When it takes effect. Empty where the steps say it.
	When frozen.When `json:"when,omitempty"`
	// How to make it, or what to know.
	How string `json:"how,omitempty"`
}

// Kind is how something differs.
type Kind string

// The kinds of differences.
const (
	Added   Kind = "added"
	Removed Kind = "removed"
	Changed Kind = "changed"
)

// Refusal is something that cannot be done in place.
type Refusal struct {
	// Where the new file says it, as file:line:column.
	Where string `json:"where"`
	// Path of the setting.
	Path string `json:"path"`
	// What it is, with the values.
	What string `json:"what"`
	// Instead is the way out.
	Instead string `json:"instead"`
}

// Options are what the steps depend on beside the plans.
type Options struct {
	// Config is the path of the configuration file that the commands carry. Default: none is named, and cdk.json decides.
	Config string
}

// New compares two valid configurations.
func New(old, new *config.Config, o Options) *Change {
	c := &comparer{
		old: side{old, old.Plan()}, new: side{new, new.Plan()}, o: o,
		change: &Change{Store: new.Plan().Store.Name, From: old.File(), To: new.File(), Differences: []Difference{}},
	}
	c.compare()
	c.change.holds = holds(c.old.plan, c.new.plan)
	c.refuse()
	if len(c.change.Refusals) == 0 && len(c.change.Differences) > 0 {
		c.steps()
	}
	return c.change
}

// side is a plan with the file that it is from.
type side struct {
	config *config.Config
	plan   *environment.Plan
}

// comparer makes a change of two plans.
type comparer struct {
	old, new side
	o        Options
	change   *Change
}

func (c *comparer) add(d Difference) { c.change.Differences = append(c.change.Differences, d) }

// only lists what a has and b lacks.
func only[T comparable](a, b []T) []T {
	return slices.DeleteFunc(slices.Clone(a), func(name T) bool { return slices.Contains(b, name) })
}

// both lists the names of a that b has, too.
func both(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(name string) bool { return !slices.Contains(b, name) })
}

func services(p *environment.Plan) []string {
	var names []string
	for _, s := range p.Services {
		names = append(names, s.Name)
	}
	return names
}

func environments(p *environment.Plan) []string {
	var names []string
	for _, e := range p.Store.Environments {
		names = append(names, e.Name)
	}
	return names
}

func regions(e *environment.Environment) []string {
	var names []string
	for _, w := range e.Waves {
		names = append(names, w.Regions...)
	}
	return names
}

// holds says what an account holds in either plan.
func holds(plans ...*environment.Plan) func(string) []string {
	return func(account string) []string {
		var names []string
		for _, p := range plans {
			for _, a := range rollout.New(p, rollout.Options{}).Accounts {
				if a.ID == account {
					names = append(names, only(a.Holds, names)...)
				}
			}
		}
		return names
	}
}
