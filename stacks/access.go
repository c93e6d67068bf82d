package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
)

// Access is the stack that lets the pipelines into an environment's account. The infra team deploys it.
type Access struct {
	// Stack stands in the tools region of the environment's account, whatever the environment's regions are: roles are
	// global, and moving the stack would collide with itself.
	Stack awscdk.Stack
	// Access holds the roles.
	Access *delivery.Access
}

// NewAccess creates the access stack of an environment.
func NewAccess(app awscdk.App, store *environment.Store, e *environment.Environment) *Access {
	name := e.AccessStackName(store)
	stack := newStack(app, name, name, "Lets the pipelines of "+store.Name+" into "+e.Name, e.Account, store.Tools.Region,
		stackTags(store, e.Name))
	return &Access{
		Stack:  stack,
		Access: delivery.NewAccess(stack, "Access", &delivery.AccessProps{Store: store, Environment: e}),
	}
}
