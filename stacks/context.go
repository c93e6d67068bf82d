package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
)

// DefaultConfig is the configuration file of an app whose context names none.
const DefaultConfig = "storeship.yaml"

// Load reads a plan from a storeship.yaml. The error has a line for every mistake, with file, line and column.
func Load(file string) (*environment.Plan, error) {
	c, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	return c.Plan(), nil
}

// FromContext reads the plan that the context value "config" names, [DefaultConfig] without one, and panics with every
// mistake in it, which storeship.Run prints.
func FromContext(app awscdk.App) *StorefrontProps {
	file := contextString(app, "config")
	if file == "" {
		file = DefaultConfig
	}
	plan, err := Load(file)
	if err != nil {
		panic(err)
	}
	return &StorefrontProps{Plan: plan}
}
