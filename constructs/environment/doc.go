// Package environment is the vocabulary of a delivery system as plain Go values: a store, its environments, their waves
// and targets, and every name that is derived from them. It imports no CDK, so that tools can use it at once.
//
//   - a [Store] is the whole workload of one business;
//   - an [Environment] (beta, gamma, prod) is one AWS account;
//   - a [Target] is one environment in one region;
//   - a [Wave] is a list of regions of an environment that are released together.
//
// Names are derived in this package and nowhere else, because the parts of the system find each other by name: a
// pipeline in the tools account assumes a role of an environment's account that another stack created, a task
// definition names a repository in the tools account.
package environment
