// Package where compares the account and region that props say with those of the stack that a construct stands in: names and ARNs
// carry the former, and resources are created in the latter.
package where
