// Package config reads storeship.yaml: strictly, with the position of everything in it, and without the CDK.
//
//	cfg, err := config.Load("storeship.yaml") // every problem of the file at once
//	plan := cfg.Plan()                        // the store and its services as plain values
//
// The types of this package are the file's shape; the doc comments and tags of their fields are its JSON Schema. What a
// plan may not be is in constructs/environment; this package adds where in the file it was said.
package config
