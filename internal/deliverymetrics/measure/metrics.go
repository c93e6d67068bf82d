package measure

import (
	"math"
	"time"
)

// Namespace of the metrics in CloudWatch, and their dimensions: a pipeline's have both, the store's only the first.
const (
	Namespace        = "Storeship/Delivery"
	StoreDimension   = "Store"
	ServiceDimension = "Service"
)

// Window is how far back the metrics look.
const Window = 30 * 24 * time.Hour

// Kept is how long facts are kept and read: since when a pipeline is well is longer ago than Window where it seldom fails.
const Kept = 400 * 24 * time.Hour

// Unit is a unit of CloudWatch.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html
type Unit string

// The units of the metrics.
const (
	Seconds Unit = "Seconds"
	Count   Unit = "Count"
	Percent Unit = "Percent"
)

// Metric is one of the metrics.
type Metric struct {
	// Name in CloudWatch.
	Name string
	// Title for a person.
	Title string
	// Unit of the value.
	Unit Unit
	// Definition in a sentence.
	Definition string
	// of computes the value from the samples between two times; not ok where there is none.
	of func(s *Samples, in func(time.Time) bool) (value float64, ok bool)
}

// Metrics are all metrics, in the order in which they are shown: the function that writes them and the dashboard that shows them
// have them from here.
var Metrics = []Metric{
	{
		Name: "LeadTime", Title: "Lead time", Unit: Seconds,
		Definition: "the average time from a commit to the success of the last stage of production, over the commits that arrived there",
		of:         func(s *Samples, in func(time.Time) bool) (float64, bool) { return mean(s.Lead, in) },
	},
	{
		Name: "DeploymentFrequency", Title: "Deployments", Unit: Count,
		Definition: "the number of changes that went through the last stage of production",
		of: func(s *Samples, in func(time.Time) bool) (float64, bool) {
			n := 0
			for _, at := range s.Deployments {
				if in(at) {
					n++
				}
			}
			return float64(n), true
		},
	},
	{
		Name: "MeanTimeBetweenFailures", Title: "Mean time between failures", Unit: Seconds,
		Definition: "the average time from the start of a pipeline that succeeded, the first after a failure, to the start of the next that failed",
		of:         func(s *Samples, in func(time.Time) bool) (float64, bool) { return mean(s.Well, in) },
	},
	{
		Name: "MeanTimeToRecover", Title: "Mean time to recover", Unit: Seconds,
		Definition: "the average time from the start of a pipeline that failed, the first after a success, to the start of the next that succeeded",
		of:         func(s *Samples, in func(time.Time) bool) (float64, bool) { return mean(s.Ill, in) },
	},
	{
		Name: "ChangeFailureRate", Title: "Change failure rate", Unit: Percent,
		Definition: "the part of the deployments to production of which a stage failed after it had begun to deploy, or was rolled back",
		of: func(s *Samples, in func(time.Time) bool) (float64, bool) {
			n, failed := 0, 0
			for _, a := range s.Attempts {
				if in(a.At) {
					n++
					if a.Failed {
						failed++
					}
				}
			}
			return 100 * float64(failed) / float64(max(n, 1)), n > 0
		},
	},
}

// mean is the average of the samples in a time, in seconds.
func mean(samples []Sample, in func(time.Time) bool) (float64, bool) {
	n, sum := 0, time.Duration(0)
	for _, s := range samples {
		if in(s.At) {
			n++
			sum += s.Took
		}
	}
	return sum.Seconds() / float64(max(n, 1)), n > 0
}

// Value is a metric at a time.
type Value struct {
	// Metric that has it.
	Metric *Metric
	// Value in the metric's unit.
	Value float64
}

// Compute are the metrics over the [Window] that ends now, in the order of [Metrics]. An average over no cases is none, and is
// left out.
func Compute(now time.Time, s *Samples) []Value {
	in := func(at time.Time) bool { return at.After(now.Add(-Window)) && !at.After(now) }
	var values []Value
	for i := range Metrics {
		if v, ok := Metrics[i].of(s, in); ok {
			values = append(values, Value{&Metrics[i], round(v)})
		}
	}
	return values
}

// round takes off what the order of a sum does to the last digits of a number.
func round(v float64) float64 { return math.Round(v*1000) / 1000 }
