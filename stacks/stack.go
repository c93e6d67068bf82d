package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/network"
)

// newStack creates a stack of a store in one account and region. Its tags never change: CloudFormation hands stack tags
// to every resource, and an ECS service that CodeDeploy controls takes no new ones.
func newStack(scope constructs.Construct, id, name, description string, account, region string, tags map[string]string) awscdk.Stack {
	t := map[string]string{}
	for k, v := range tags {
		t["storeship:"+k] = v
	}
	return network.NewStack(scope, id, &network.StackProps{
		StackName: name, Description: description, Account: account, Region: region, Tags: t,
	})
}

// toolsStack creates a stack of the tools account that the infra team deploys.
func toolsStack(scope constructs.Construct, store *environment.Store, id, name, description, region string) awscdk.Stack {
	return newStack(scope, id, name, description, store.Tools.Account, region, map[string]string{"store": store.Name})
}

// targetStack creates a stack of a target.
func targetStack(scope constructs.Construct, t environment.Target, id, name, description string) awscdk.Stack {
	return newStack(scope, id, name, description, t.Environment.Account, t.Region,
		map[string]string{"store": t.Store.Name, "environment": t.Environment.Name})
}
