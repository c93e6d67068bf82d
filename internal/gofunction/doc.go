// Package gofunction builds Lambda functions that are written in Go, when an app is synthesized: from source that the synthesizing
// program has within it, so that it does not matter how that program came by this module, or what else its own module needs.
//
//	zip, err := gofunction.Build(&gofunction.Program{Name: "delivery-metrics", Source: source, Folder: "example.com/m", Main: "bootstrap"})
//	zip, err = gofunction.Add(zip, "plan.json", plan)
//
// The result is kept in the user's cache folder, by what it was made of, so only the first synth after a change builds.
package gofunction
