// Package measure computes the delivery metrics of pipelines from what is known of their executions: facts, each of which
// came with an event of CodePipeline. The result depends on the set of the facts and on the time, and on nothing else: a fact
// that is told twice, or late, or in another order, is the same set.
//
//	var h measure.History
//	h.Add("1a2b3c", fact)
//	samples := h.Samples(now)
//	values := measure.Compute(now, &samples)
//
// What each metric means stands in [Metrics]; docs/metrics.md says it at length.
package measure
