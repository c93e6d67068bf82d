package notify

import (
	_ "embed" // the code
	"encoding/json"
	"strconv"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

//go:embed message.js
var message string

//go:embed release.js
var release string

// place is an environment as the code reads it.
type place struct {
	Environment string           `json:"environment"`
	Kind        environment.Kind `json:"kind"`
	Account     string           `json:"account"`
	Closes      bool             `json:"closes"`
	Targets     []Target         `json:"targets,omitempty"`
}

// store is what the code knows of the props.
type store struct {
	Name   string `json:"name"`
	Region string `json:"region"`
	// Pipelines has what messages call a pipeline, Stages where a stage releases to.
	Pipelines map[string]string `json:"pipelines"`
	Stages    map[string]place  `json:"stages"`
	// Switches has the environment of a stop switch, Glass the service of a parameter that breaks the glass.
	Switches map[string]place  `json:"switches"`
	Glass    map[string]string `json:"glass"`
}

// Code is what the function runs, with the handler "index.handler". What it knows stands in it, for the environment of a function
// has room for 4 KB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
func (p *NotificationsProps) Code() string {
	s := store{
		Name: p.Name, Region: p.Region, Pipelines: map[string]string{}, Stages: map[string]place{}, Switches: map[string]place{},
		Glass: map[string]string{},
	}
	for _, it := range p.Pipelines {
		s.Pipelines[it.Name] = it.Service
		if it.BreakGlass != "" {
			s.Glass[it.BreakGlass] = it.Service
		}
	}
	for _, e := range p.Environments {
		at := place{Environment: e.Name, Kind: e.Kind, Account: e.Account, Closes: e.StopSwitch != ""}
		if e.StopSwitch != "" {
			s.Switches[e.StopSwitch] = at
		}
		for _, stage := range e.Stages {
			at.Targets = stage.Targets
			s.Stages[stage.Name] = at
		}
	}
	var b strings.Builder
	b.WriteString("const STORE = ")
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		panic(err) // texts have JSON
	}
	return b.String() + "\n" + message + release
}

func item(list string, i int) string { return list + "[" + strconv.Itoa(i) + "]" }
