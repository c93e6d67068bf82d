// Package standins answers in the place of AWS and of the tools that builds call: a [World] is what they find and change, and
// [World.Tools] are the stand-ins for hosts of package codebuild.
//
//	w := standins.New("111111111111")
//	w.Put("222222222222", "us-west-2", "/shop/platform/beta/network/v1/vpc-id", "vpc-1")
//	h, err := machine.Host(dir, w.Tools(), standins.Later...)
//
// Stand-ins are strict: they refuse what the real one refuses (a registry without a login, a pip without hashes, a parameter of
// another account without its role), and any call that they do not know. So a step with new calls fails here until somebody says
// what they answer:
//
//   - a new operation of the AWS CLI goes into the table operations in aws.go: from the call's flags to the API's own document.
//     --query and --output are evaluated for all of them, as the CLI does. An [Error] is an error of the API, by its code.
//   - a new program goes into the map of Tools in tools.go, and into [Later] where something installs it first.
//   - a program of an image that a test brings itself goes into [OwnImage]: its hosts have nothing else beside the base.
//   - what it finds or changes is a field of World, copied by Clone.
//   - what it changes for good (a push, a tag, a start, a deployment) is named by [Acts]: no build calls such a thing after an error.
//
// Passwords, session keys and tokens that stand-ins hand out begin with [Secret], and no build may print one.
package standins
