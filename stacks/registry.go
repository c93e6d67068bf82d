package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/registry"
)

// Registry is the stack of the image repositories of all services in one region of the tools account.
type Registry struct {
	// Stack is what CloudFormation deploys: one per region.
	Stack awscdk.Stack
	// Key encrypts the images.
	Key *registry.Key
	// Repositories by service.
	Repositories map[string]*registry.Repository
	// Signing has ECR sign what is pushed. Nil where the store does not manage it.
	Signing *registry.Signing
}

// NewRegistry creates the registry stack of a region.
func NewRegistry(scope constructs.Construct, plan *environment.Plan, region string) *Registry {
	store := plan.Store
	r := &Registry{Repositories: map[string]*registry.Repository{}}
	r.Stack = toolsStack(scope, store, "Registry", store.RegistryStackName(), "Image repositories of "+store.Name, region)
	r.Key = registry.NewKey(r.Stack, "Key", &registry.KeyProps{Alias: store.RegistryKeyAlias()})
	var pullers []registry.Puller
	for _, e := range store.Environments {
		pullers = append(pullers, registry.Puller{Account: e.Account, RolePattern: e.ExecutionRolePattern(store)})
	}
	for _, s := range plan.Services {
		r.Repositories[s.Name] = registry.NewRepository(r.Stack, s.Name, &registry.RepositoryProps{
			Name:    store.RepositoryName(s.Name),
			Key:     r.Key.Key,
			Pullers: pullers,
		})
	}
	if store.ManagesSigning() {
		r.Signing = registry.NewSigning(r.Stack, "Signing", &registry.SigningProps{
			Profile: store.SigningProfile(), Repositories: []string{store.RepositoryName("*")},
		})
	}
	return r
}
