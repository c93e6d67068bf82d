// Package delivery is the pipeline that moves a commit to production, and what lets it into other accounts.
//
//   - [Artifacts] is the bucket and key that all pipelines share, one per region of the tools account.
//   - [Access] is the pair of roles that an environment's account gives the pipelines.
//   - [Pipeline] is a CDK pipeline with this store's names, roles and checks, one per service and one for the platform.
//
// The smallest example is the composition itself: see package stacks.
package delivery
