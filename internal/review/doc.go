// Package review says what a change does to what is deployed, from two cloud assemblies and nothing else: the one that was
// released last, and the one that is to be released. It needs no credentials and no network.
//
//	before, err := assembly.Open("released")
//	after, err := assembly.Open("cdk.out")
//	report, err := review.New(before, after)
//	report.WriteText(os.Stdout)
//	if report.Count(review.WillFail) > 0 {
//		os.Exit(2)
//	}
//
// What it looks for is a list of rules, each a name and a function over the compared stacks; see [Rules].
package review
