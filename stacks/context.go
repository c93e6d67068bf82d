package stacks

import (
	"fmt"
	"os"

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
// mistake in it, which storeship.Run prints. What may be as it is but deserves a second look goes to standard error, which
// the CDK CLI shows.
func FromContext(app awscdk.App) *StorefrontProps {
	file := contextString(app, "config")
	if file == "" {
		file = DefaultConfig
	}
	c, err := config.Load(file)
	if err != nil {
		panic(err)
	}
	for _, w := range c.Warnings() {
		w.Message = "warning: " + w.Message
		fmt.Fprintln(os.Stderr, w)
	}
	return &StorefrontProps{Plan: c.Plan()}
}
