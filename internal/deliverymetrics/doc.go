// Package deliverymetrics holds the source of the function that measures delivery, which is built when it is deployed: see
// packages measure, for what the metrics are, and function, for how it works.
package deliverymetrics
