package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
)

// Artifacts is the stack of what all pipelines share in one region of the tools account. The infra team deploys it.
type Artifacts struct {
	// Stack is what CloudFormation deploys: one per region.
	Stack awscdk.Stack
	// Artifacts holds the bucket, its key and the approvals' topics.
	Artifacts *delivery.Artifacts
}

// NewArtifacts creates the artifacts stack of a region.
func NewArtifacts(app awscdk.App, store *environment.Store, region string) *Artifacts {
	name := store.ArtifactsStackName()
	stack := toolsStack(app, store, name+"-"+region, name, "Artifacts of the pipelines of "+store.Name, region)
	return &Artifacts{
		Stack:     stack,
		Artifacts: delivery.NewArtifacts(stack, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: region}),
	}
}
