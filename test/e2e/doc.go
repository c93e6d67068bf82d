// Package e2e walks the whole way of a user: `storeship init` in an empty folder, `make synth` there, the same with
// vendored modules, and an app team's program against the packed module. It runs the very commands of the documentation,
// with the module packed as a proxy would serve it, so that nothing of the checkout helps.
package e2e
