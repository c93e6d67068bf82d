package config

import (
	"slices"

	"github.com/storeship/storeship/constructs/environment"
)

// Gates are the checks of the build stage beside the unit tests.
type Gates struct {
	// Secrets looks for passwords, keys and tokens in the source, and in its history where it has one.
	Secrets *Gate `yaml:"secrets"`
	// SAST looks for weaknesses in the code: injection, unsafe cryptography, requests that lead elsewhere.
	SAST *Gate `yaml:"sast"`
	// Quality looks for faults in the code. Commands are required without a preset.
	Quality *Gate `yaml:"quality"`
}

// Gate is one check of the build stage.
type Gate struct {
	// Mode says what becomes of findings: they block the pipeline, or only report, which the action's name then says.
	Mode *string `yaml:"mode" enum:"gateMode" default:"block"`
	// Reason why findings stop nothing. Required with the mode report where an environment is of kind production.
	Reason *string `yaml:"reason"`
	// Commands replace those of the gate; one that fails is a finding. Without it: the gate's own.
	Commands []string `yaml:"commands" min:"1"`
	// Reports is the JUnit XML file or pattern that the commands write. Only with commands. Without it: none.
	Reports *string `yaml:"reports"`
}

func (g Gates) plan() environment.Gates {
	return environment.Gates{Secrets: value(g.Secrets).plan(), SAST: value(g.SAST).plan(), Quality: value(g.Quality).plan()}
}

func (g Gate) plan() environment.Gate {
	return environment.Gate{
		Mode: environment.GateMode(value(g.Mode)), Reason: value(g.Reason), Commands: slices.Clone(g.Commands), Reports: value(g.Reports),
	}
}
