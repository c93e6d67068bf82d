// Package frozen knows what cannot be changed once it is deployed, and the way round it: properties that fail a deployment,
// reset traffic or replace a resource. One table serves the tests, the review of a change, and the documentation.
//
//	for _, change := range frozen.Compare(deployed, synthesized) {
//		fmt.Println(change)
//	}
//
// Under CodeDeploy an ECS service is create-only for CloudFormation: its handler sends every property, and ECS takes only a
// few from anyone but CodeDeploy.
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateService.html
package frozen
