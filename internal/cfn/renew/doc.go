// Renew writes the data of internal/cfn anew, from the specification in the CDK's command line:
//
//	npm ci --ignore-scripts && go run ./internal/cfn/renew
package main
