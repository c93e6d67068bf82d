// Package policies runs policy packs over whole stores. It is apart from the other tests because packs are JavaScript that
// looks at constructs, so that its tests hold a jsii kernel.
package policies
