// Package bootstrap says what every account of a store needs before its first deployment: the CDK's bootstrap in each
// region, service-linked roles, regions to enable, and quotas to raise. It is computed from the plan alone, in plain Go.
//
//	b := bootstrap.New(plan, bootstrap.Options{})
//	b.WriteText(os.Stdout)   // to read
//	b.WriteScript(os.Stdout) // to run, again and again
package bootstrap
