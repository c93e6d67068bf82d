package conformance

import (
	_ "embed" // the catalogue
	"os"
	"slices"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/document"
)

//go:embed catalogue.yaml
var builtIn []byte

// Catalogue is what a pipeline is compared with.
type Catalogue struct {
	// Replace leaves out what Storeship's own catalogue has: a team's file is all there is.
	Replace bool `yaml:"replace"`
	// Environments are the words by which the environments of a pipeline are known.
	Environments Words `yaml:"environments"`
	// Deployments are commands that deploy.
	Deployments []string `yaml:"deployments"`
	// Images are commands that make an image.
	Images []string `yaml:"images"`
	// Gates in the order of the report.
	Gates []Gate `yaml:"gates"`
}

// Words are parts of names, in lower case.
type Words struct {
	// Test are words of environments where a release is tested first.
	Test []string `yaml:"test"`
	// Preproduction are words of environments that are as production is.
	Preproduction []string `yaml:"preproduction"`
	// Production are words of what customers use.
	Production []string `yaml:"production"`
	// None are words of what is no environment: the tools' own.
	None []string `yaml:"none"`
}

// Gate is one action of the reference architecture.
type Gate struct {
	// ID names the gate for programs and in other files.
	ID string `yaml:"id"`
	// Title names the gate for people.
	Title string `yaml:"title"`
	// Area of the pipeline that the gate is in: source, build, test, preproduction or production.
	Area string `yaml:"area"`
	// Level is required, recommended or off.
	Level string `yaml:"level"`
	// Applies says what kind of pipeline has the gate: always, application, image or database.
	Applies string `yaml:"applies"`
	// Order is any for a gate of an environment that may stand before the deployment, before for one that must be over when it begins;
	// empty for one that must come after it.
	Order string `yaml:"order"`
	// General says that an action that is named for the gate may hold other gates, and that what these run is it as well.
	General bool `yaml:"general"`
	// Each is a type of resource: where an environment has one in its stacks, every target needs one that proves the gate, whatever else
	// looks at it.
	Each string `yaml:"each"`
	// Evidence is what proves the gate; one of it is enough.
	Evidence []Evidence `yaml:"evidence"`
}

// Evidence is one way to prove a gate. It has exactly one of Command, Action, Resource, Rule, Named and Fact.
type Evidence struct {
	// Command are patterns of commands: the program, and words that follow it in this order. A word may be several with |
	// between them, and * stands for anything.
	Command []string `yaml:"command"`
	// With are patterns of commands of which the same action must run one as well.
	With []string `yaml:"with"`
	// Action is a type of action.
	Action *ActionType `yaml:"action"`
	// Resource is a type of resource in the stacks that the pipeline deploys.
	Resource string `yaml:"resource"`
	// Rule is the provider of a rule of a stage condition.
	Rule string `yaml:"rule"`
	// When lists the conditions that the rule may be in: entry, success, failure.
	When []string `yaml:"when"`
	// Named is a regular expression that the name of an action or of its project matches, in words and lower case.
	Named string `yaml:"named"`
	// Fact is the name of a rule that is a function.
	Fact string `yaml:"fact"`
	// Where says when the evidence is any at all: every check holds.
	Where []Check `yaml:"where"`
	// Require are checks that must hold: else the gate is hollow.
	Require []Check `yaml:"require"`
	// Refuse are checks that must not hold: else the gate is hollow.
	Refuse []Check `yaml:"refuse"`
	// Heard are commands, resources and rules of which the target must have one beside a resource: else nothing hears of its failures,
	// and the gate is hollow.
	Heard []Evidence `yaml:"heard"`
	// Unheard says so of the resource.
	Unheard string `yaml:"unheard"`
	// Hollow says why this never is the gate, in an action that is named for it.
	Hollow string `yaml:"hollow"`
	// Always applies Hollow whatever the action's name is.
	Always bool `yaml:"always"`
}

// ActionType is a type of action; what is empty matches everything.
type ActionType struct {
	// Category of the action: Build, Test, Deploy, Invoke, Approval, Compute.
	Category string `yaml:"category"`
	// Owner of the type: AWS, ThirdParty, Custom.
	Owner string `yaml:"owner"`
	// Provider of the type, "InspectorScan".
	Provider string `yaml:"provider"`
}

// Check is a question to a command, an action, a resource or a rule.
type Check struct {
	// Flag lists the names of one flag, "--exit-code": the command has it.
	Flag []string `yaml:"flag"`
	// Variable is an environment variable that stands for the flag where the command lacks it; without a flag, one that the command
	// finds.
	Variable string `yaml:"variable"`
	// Property lists paths into the properties of a resource, or names of an action's or a rule's configuration: one is there.
	Property []string `yaml:"property"`
	// Argument is a pattern: an argument matches it.
	Argument string `yaml:"argument"`
	// Last asks for the last argument.
	Last bool `yaml:"last"`
	// Captured asks whether a variable, a pipe or a file takes the output.
	Captured bool `yaml:"captured"`
	// Redirected takes a captured output for the flag.
	Redirected bool `yaml:"redirected"`
	// Is are patterns of which the value must match one.
	Is []string `yaml:"is"`
	// Not are patterns of which the value must match none.
	Not []string `yaml:"not"`
	// Because completes the sentence: the command …
	Because string `yaml:"because"`
}

// The areas of a pipeline, in order.
const (
	areaSource        = "source"
	areaBuild         = "build"
	areaTest          = "test"
	areaPreproduction = "preproduction"
	areaProduction    = "production"
)

// The levels of a gate.
const (
	levelRequired    = "required"
	levelRecommended = "recommended"
	levelOff         = "off"
)

// The orders of a gate: it may stand anywhere in its environment, or guards the deployment.
const (
	orderAny    = "any"
	orderBefore = "before"
)

// Default is Storeship's own catalogue.
func Default() (*Catalogue, error) { return parse("catalogue.yaml", builtIn) }

// Load reads a team's catalogue and adds it to Storeship's: a gate of a known id changes what it says of that one and adds its
// evidence, another one is new. The error, if any, is a [*config.Problems] with everything that is wrong with the file.
func Load(file string) (*Catalogue, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, &config.Problems{List: []config.Problem{{File: file, Message: document.Reason(err)}}}
	}
	own, err := read(file, data)
	if err != nil {
		return nil, err
	}
	base, err := Default()
	if err != nil {
		return nil, err
	}
	if own.catalogue.Replace {
		base = &Catalogue{Environments: base.Environments, Deployments: base.Deployments, Images: base.Images}
	}
	base.add(own.catalogue)
	own.check(base)
	if err := own.problems(); err != nil {
		return nil, err
	}
	base.Gates = slices.DeleteFunc(base.Gates, func(g Gate) bool { return g.Level == levelOff })
	return base, nil
}

func parse(file string, data []byte) (*Catalogue, error) {
	d, err := read(file, data)
	if err != nil {
		return nil, err
	}
	d.check(d.catalogue)
	return d.catalogue, d.problems()
}

// add merges a team's catalogue.
func (c *Catalogue) add(own *Catalogue) {
	w := &c.Environments
	words := [][2]*[]string{
		{&w.Test, &own.Environments.Test}, {&w.Preproduction, &own.Environments.Preproduction},
		{&w.Production, &own.Environments.Production}, {&w.None, &own.Environments.None},
	}
	for _, pair := range words {
		// A word that a team gives another meaning loses the one that it had.
		for _, other := range words {
			*other[0] = slices.DeleteFunc(*other[0], func(s string) bool { return slices.Contains(*pair[1], s) })
		}
	}
	for _, pair := range words {
		*pair[0] = append(*pair[0], *pair[1]...)
	}
	c.Deployments = append(c.Deployments, own.Deployments...)
	c.Images = append(c.Images, own.Images...)
	for _, g := range own.Gates {
		i := slices.IndexFunc(c.Gates, func(known Gate) bool { return known.ID == g.ID })
		if i < 0 {
			c.Gates = append(c.Gates, g)
			continue
		}
		known := &c.Gates[i]
		for _, field := range [][2]*string{{&known.Title, &g.Title}, {&known.Area, &g.Area}, {&known.Level, &g.Level}, {&known.Applies, &g.Applies}, {&known.Order, &g.Order}} {
			if *field[1] != "" {
				*field[0] = *field[1]
			}
		}
		if g.Each != "" {
			known.Each = g.Each
		}
		known.General = known.General || g.General
		known.Evidence = append(known.Evidence, g.Evidence...)
	}
}

// released says whether the gate is one of an environment.
func (g *Gate) released() bool { return g.Area != areaSource && g.Area != areaBuild }

// run says whether something that an action runs may be the gate: then it may be where nobody sees it.
func (g *Gate) run() bool {
	return slices.ContainsFunc(g.Evidence, func(e Evidence) bool { return len(e.Command) > 0 || e.Named != "" })
}
