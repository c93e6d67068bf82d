// Package function is the Lambda function that measures delivery. It is called for two reasons: by events of CodePipeline, each of
// which it keeps as a fact in a table, and by a clock, when it reads all facts and writes the metrics that they make.
//
// Facts are a set: to add one twice, or in another order, changes nothing. Only the clock writes metrics, so no two writers
// race. Metrics go to the function's log in CloudWatch's embedded format.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
//
// It needs nothing but Go's own library, so that it is built anywhere without a module cache, and importers of this module
// inherit nothing: two calls of DynamoDB, one of CodeCommit, and the two of Lambda's runtime do not pay for an SDK.
package function
