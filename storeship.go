// Package storeship gives an e-commerce business its whole delivery system: source repositories, build projects, image
// registries, pipelines, and the ECS Fargate services behind load balancers that the pipelines release by blue/green
// across beta, gamma and prod accounts, synthesized to CloudFormation.
//
// A program is a few lines:
//
//	func main() {
//		storeship.Run(func(app awscdk.App) {
//			stacks.NewStorefront(app, stacks.FromContext(app))
//		})
//	}
//
// A mistake in props ends the program with a line for each: the caller's file and line, the field, what is allowed. Without [Run]
// constructors panic with them, as the CDK's own do, and so do they in another goroutine than Run's; the method Validate of props
// returns them as an error.
//
// # A tour
//
//   - [github.com/storeship/storeship/stacks] composes a whole store: [Run] and stacks.NewStorefront are all that most
//     programs need.
//   - [github.com/storeship/storeship/constructs/environment] is the vocabulary as plain Go values: Plan, Store,
//     Environment, Wave, Target, Service, and every derived name.
//   - [github.com/storeship/storeship/constructs/network] and [github.com/storeship/storeship/constructs/ingress] are
//     what a target has before any service: VPC, load balancers, certificates, web ACL.
//   - [github.com/storeship/storeship/constructs/service] is a Fargate service and its release engine.
//   - [github.com/storeship/storeship/constructs/source], [github.com/storeship/storeship/constructs/registry] and
//     [github.com/storeship/storeship/constructs/build] are what a commit passes before it is an image.
//   - [github.com/storeship/storeship/constructs/delivery] is the pipeline, and what lets it into other accounts.
package storeship
