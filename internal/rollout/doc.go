// Package rollout is a model of what exists where once a plan is deployed: accounts with their stacks, pipelines with
// their stages and actions, and the steps of the first deployment in order. It is computed from the plan alone, in plain
// Go; a test of the whole app compares it with what is synthesized.
//
//	r := rollout.New(plan, rollout.Options{})
//	r.WriteText(os.Stdout)
package rollout
