package frozen

import "github.com/storeship/storeship/constructs/environment"

// EngineChange says why the engine of a service cannot be changed in place, from one to another.
//
// ECS itself can take a service over, but by calls in an order, each with what the one before has left; a template says one
// state, and not which of two target groups has the traffic.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-codedeploy-to-ecs-bluegreen.html
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/update-rolling-to-bluegreen.html
func EngineChange(from, to environment.Engine) string {
	switch {
	case from == to:
		return ""
	case to == environment.CodeDeploy:
		return "CloudFormation cannot give CodeDeploy a service that ECS releases"
	case from == environment.CodeDeploy:
		return "CloudFormation would send all traffic to the target group of the first release, and ECS takes the service's properties from CodeDeploy only"
	case to == environment.ECS:
		return "ECS wants the second target group in one rolling deployment and the strategy in the next, and CloudFormation sends both at once"
	case from == environment.ECS:
		return "CloudFormation would remove the second target group, which has the traffic after every other release"
	}
	return ""
}
