// Package test looks at whole stores: what they synthesize is compared with golden files, and held against what AWS will say
// to it. It is a module of its own, so that importers of Storeship inherit none of what the tests need.
//
// Its tests run side by side: what they synthesize, other processes do, and this one has no kernel of jsii, which takes one
// caller at a time. They share what was synthesized, and so change none of it.
package test
