package place

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// told is a stack that remembers its account and region, each empty where the stack was not told: network.Stack.
type told interface {
	Place() (account, region string)
}

// Of is the account and the region of the stack that scope is, or stands in; of what is known only when the stack is deployed, a
// token. A scope that remembers them answers itself: each of the two is a call to the kernel otherwise, for every service of every
// target.
func Of(scope constructs.Construct) (account, region string) {
	if t, ok := scope.(told); ok {
		if account, region = t.Place(); account != "" && region != "" {
			return account, region
		}
	}
	stack, ok := scope.(awscdk.Stack)
	if !ok {
		stack = awscdk.Stack_Of(scope)
	}
	return *stack.Account(), *stack.Region()
}
