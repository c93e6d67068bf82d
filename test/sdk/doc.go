// Package sdk compares what the function that measures delivery asks of AWS, which it does without AWS's SDK, with what the SDK asks.
package sdk
