// Package iam compares policies by what they allow: which action, on which resource, to whom and under which condition. The
// order of statements, how they are split, and how a list of one is written make no difference.
//
//	old, renewed := iam.Parse(before, nil), iam.Parse(after, nil)
//	for _, g := range iam.Widened(old, renewed) {
//		fmt.Println(g)
//	}
//
// It says that something is wider only where a pattern covers what none did before; what depends on the list of all actions of
// a service it leaves to the reader: `s3:Get*` in place of every action that begins so counts as wider.
package iam
