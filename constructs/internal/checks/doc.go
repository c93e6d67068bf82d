// Package checks is the code that asks a service its checks in AWS: as a Lambda function in front of a release, and as a
// canary of CloudWatch Synthetics afterwards. It is JavaScript, because CloudFormation takes that within a template: what runs
// can be read where it is reviewed, and no importer compiles, uploads or caches anything.
package checks
