// Storefront is the CDK app of one storeship.yaml.
package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship"
	"github.com/storeship/storeship/stacks"
)

func main() {
	storeship.Run(func(app awscdk.App) {
		stacks.NewStorefront(app, stacks.FromContext(app))
	})
}
