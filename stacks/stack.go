package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
)

// newStack creates a stack of a store in one account and region. Only that of a network is a network.Stack, the one that is asked for
// zones: jsii compares each of those with all its twenty thousand interfaces, for milliseconds.
func newStack(scope constructs.Construct, id, name, description string, account, region string, tags map[string]string) awscdk.Stack {
	t := map[string]*string{}
	for k, v := range tags {
		t[k] = &v
	}
	return awscdk.NewStack(scope, &id, &awscdk.StackProps{
		StackName: &name, Description: &description, Env: &awscdk.Environment{Account: &account, Region: &region}, Tags: &t,
	})
}

// toolsStack creates a stack of the tools account that the infra team deploys.
func toolsStack(scope constructs.Construct, store *environment.Store, id, name, description, region string) awscdk.Stack {
	return newStack(scope, id, name, description, store.Tools.Account, region, stackTags(store, ""))
}

// targetStack creates a stack of a target.
func targetStack(scope constructs.Construct, t environment.Target, id, name, description string) awscdk.Stack {
	return newStack(scope, id, name, description, t.Environment.Account, t.Region, stackTags(t.Store, t.Environment.Name))
}

// stackTags are the tags of a stack; one of the tools account has no environment. They never change: CloudFormation hands stack tags to
// every resource: an ECS service that CodeDeploy controls takes no new ones, and a listener rule is sent with its actions.
func stackTags(store *environment.Store, environment string) map[string]string {
	tags := map[string]string{"storeship:store": store.Name}
	if environment != "" {
		tags["storeship:environment"] = environment
	}
	return tags
}
