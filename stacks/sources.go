package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/source"
)

// Sources is the stack of the services' source repositories, in the tools region.
type Sources struct {
	// Stack is what CloudFormation deploys: one per store.
	Stack awscdk.Stack
	// Repositories by name; services of a monorepo share one.
	Repositories map[string]*source.Repository
}

// NewSources creates the stack of the services' source repositories. They are encrypted with CodeCommit's own key: with a
// customer key every developer who pushes would need a grant on it.
func NewSources(scope constructs.Construct, plan *environment.Plan) *Sources {
	store := plan.Store
	s := &Sources{Repositories: map[string]*source.Repository{}}
	s.Stack = toolsStack(scope, store, "Sources", store.SourcesStackName(), "Source repositories of "+store.Name, store.Tools.Region)
	for _, service := range plan.Services {
		name := plan.SourceOf(service).Repository
		if s.Repositories[name] == nil && name != plan.DeliverySource().Repository {
			s.Repositories[name] = source.NewRepository(s.Stack, name, &source.RepositoryProps{
				Name:        name,
				Description: "Services of " + store.Name,
			})
		}
	}
	return s
}
