// Package scaffold writes a delivery repository: what `storeship init` leaves in an empty folder.
//
//	err := scaffold.Write("delivery", scaffold.Options{Store: "my-store", Version: "v0.1.0"})
//
// The versions, lock files and CDK settings are copies of this repository's own, held equal by a test:
// UPDATE_GOLDEN=1 renews them.
package scaffold
