// Package stacks composes the constructs of this library into deployment boundaries, one file each, and those into the
// delivery system of a whole store.
//
//	storeship.Run(func(app awscdk.App) {
//		stacks.NewStorefront(app, stacks.FromContext(app))
//	})
//
// Stacks of different pipelines share nothing but SSM parameters, see package environment's contract.
package stacks
