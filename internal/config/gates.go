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
	// SCA looks for known vulnerabilities of what the code depends on.
	SCA *Scan `yaml:"sca"`
	// ImageScan looks for known vulnerabilities of what is in the image.
	ImageScan *Scan `yaml:"imageScan"`
}

// Scan is a gate that looks for known vulnerabilities.
type Scan struct {
	Gate `yaml:",inline"`
	// Thresholds are how many vulnerabilities of each severity are let pass. Not with commands.
	Thresholds *Thresholds `yaml:"thresholds"`
}

// Thresholds are how many vulnerabilities of each severity are let pass; one more stops the pipeline.
type Thresholds struct {
	// Critical is the most of the severity critical.
	Critical *int `yaml:"critical" min:"0" max:"999" default:"0"`
	// High is the most of the severity high.
	High *int `yaml:"high" min:"0" max:"999" default:"0"`
	// Medium is the most of the severity medium. Without it: they are listed, and stop nothing.
	Medium *int `yaml:"medium" min:"0" max:"999"`
	// Low is the most of the severity low. Without it: they are listed, and stop nothing.
	Low *int `yaml:"low" min:"0" max:"999"`
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
	return environment.Gates{
		Secrets: value(g.Secrets).plan(), SAST: value(g.SAST).plan(), Quality: value(g.Quality).plan(), SCA: value(g.SCA).plan(),
		ImageScan: value(g.ImageScan).plan(),
	}
}

func (s Scan) plan() environment.Scan {
	t := value(s.Thresholds)
	return environment.Scan{
		Gate:       s.Gate.plan(),
		Thresholds: environment.Thresholds{Critical: copied(t.Critical), High: copied(t.High), Medium: copied(t.Medium), Low: copied(t.Low)},
	}
}

// Signing is how images are signed when they are pushed.
type Signing struct {
	// Mode says who configures it: the store, with a profile and a configuration of its own in every region; somebody else, for
	// ECR has one configuration an account and region; or nobody.
	Mode *string `yaml:"mode" enum:"signingMode" default:"managed"`
	// Profile is the name of the profile of AWS Signer, the same in every region. Required with the mode external. Without it: the
	// store's name with underscores, and "_images".
	Profile *string `yaml:"profile" pattern:"profile"`
	// Account of the profiles, with the mode external. Without it: the tools account.
	Account *string `yaml:"account" pattern:"account"`
	// Reason why images are not signed. Required with the mode none where an environment is of kind production.
	Reason *string `yaml:"reason"`
}

func (s Signing) plan() environment.Signing {
	return environment.Signing{
		Mode: environment.SigningMode(value(s.Mode)), Profile: value(s.Profile), Account: value(s.Account), Reason: value(s.Reason),
	}
}

func (g Gate) plan() environment.Gate {
	return environment.Gate{
		Mode: environment.GateMode(value(g.Mode)), Reason: value(g.Reason), Commands: slices.Clone(g.Commands), Reports: value(g.Reports),
	}
}
