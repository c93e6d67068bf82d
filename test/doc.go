// Package test looks at whole stores: what they synthesize is compared with golden files, and held against what AWS will say
// to it. It is a module of its own, so that importers of Storeship inherit none of what the tests need.
package test
