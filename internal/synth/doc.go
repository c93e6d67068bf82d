// Package synth runs the synth of a store: as several processes of the CDK CLI side by side, each with a part of the store's
// scopes, whose cloud assemblies become one.
//
//	err := synth.Run(ctx, plan, synth.Options{Config: "storeship.yaml", Out: "cdk.out", Strict: true})
//
// A scope's templates are the same alone as with the others, so what comes out does not depend on the number of processes: a
// test compares every byte. One process uses one processor, for all of the CDK's work is done by a single JavaScript thread.
package synth
