package change

import (
	"slices"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout"
)

// deletion deletes a stack and waits for its end. CloudFormation does it with the role that the stack was deployed with, the
// bootstrap's, so that the credentials need no more than to delete stacks.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DeleteStack.html
func deletion(s rollout.Stack) []rollout.Command {
	arguments := " --region " + s.Region() + " --stack-name " + s.Name
	return []rollout.Command{
		{Account: s.Account(), Run: "aws cloudformation delete-stack" + arguments},
		{Account: s.Account(), Run: "aws cloudformation wait stack-delete-complete" + arguments},
	}
}

// deletions starts the deletion of stacks that do not need each other, and waits for them.
func deletions(stacks []rollout.Stack) []rollout.Command {
	var start, wait []rollout.Command
	for _, s := range stacks {
		d := deletion(s)
		start, wait = append(start, d[0]), append(wait, d[1])
	}
	return append(start, wait...)
}

// unprotect lets the load balancers of a stack be deleted, which else fails.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
func unprotect(s rollout.Stack) rollout.Command {
	return rollout.Command{Account: s.Account(), Run: "for arn in $(aws cloudformation list-stack-resources --region " + s.Region() + " --stack-name " + s.Name +
		` --query "StackResourceSummaries[?ResourceType=='AWS::ElasticLoadBalancingV2::LoadBalancer'].PhysicalResourceId" --output text); do ` +
		"aws elbv2 modify-load-balancer-attributes --region " + s.Region() + ` --load-balancer-arn "$arn" --attributes Key=deletion_protection.enabled,Value=false --output text; done`}
}

// resources writes down what a stack holds: what it leaves behind has no names that could be derived.
func resources(s rollout.Stack) rollout.Command {
	return rollout.Command{Account: s.Account(), Run: "aws cloudformation list-stack-resources --region " + s.Region() + " --stack-name " + s.Name +
		" --query 'StackResourceSummaries[].[ResourceType,PhysicalResourceId]' --output text > " + s.Name + "-" + s.Region() + ".txt"}
}

// canary writes down in the same file which function the canary of a service's stack has: the function goes with the canary, and its
// name is that of the log that stays. Of runtimes as new as ours EngineConfigs has it, and EngineArn no more.
// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_Canary.html
func canary(s rollout.Stack, name string) rollout.Command {
	return rollout.Command{Account: s.Account(), Run: "aws synthetics get-canary --region " + s.Region() + " --name " + name +
		" --query 'Canary.EngineConfigs[].EngineArn' --output text >> " + s.Name + "-" + s.Region() + ".txt"}
}

// reached says whether customers reach services of an environment by names.
func reached(p *environment.Plan, e *environment.Environment) bool {
	return e.Domain != nil && slices.ContainsFunc(p.Services, func(s *environment.Service) bool {
		x := s.In(e).Expose
		return x != nil && !x.Internal
	})
}
