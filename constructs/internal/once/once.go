package once

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/internal/kernel"
)

// Of is what make makes, a member of one of the CDK's classes say, under a name that says which: "Runtime.NODEJS_24_X". Only what
// nothing can change: a policy statement, which the CDK freezes where it is used, is not.
func Of[T any](name string, make func() T) T { return kernel.Once(name, make) }

// Property is what get says of a construct, under a name that says what, "BucketArn". Only what never changes.
func Property[T any](of any, name string, get func() T) T {
	return kernel.Once(property{of, name}, get)
}

type property struct {
	of   any
	name string
}

// StackOf is the stack that a construct is, or stands in.
func StackOf(scope constructs.Construct) awscdk.Stack {
	if stack, ok := scope.(awscdk.Stack); ok {
		return stack
	}
	return Property(scope, "Stack", func() awscdk.Stack { return awscdk.Stack_Of(scope) })
}

// Place is the account and the region that a construct's stack is deployed to; a token each where that is not known yet.
func Place(scope constructs.Construct) (account, region string) {
	stack := StackOf(scope)
	return *Property(stack, "Account", stack.Account), *Property(stack, "Region", stack.Region)
}

// Seconds is a duration.
func Seconds(n int) awscdk.Duration { return duration(n, "s", awscdk.Duration_Seconds) }

// Minutes is a duration.
func Minutes(n int) awscdk.Duration { return duration(n, "m", awscdk.Duration_Minutes) }

// Days is a duration.
func Days(n int) awscdk.Duration { return duration(n, "d", awscdk.Duration_Days) }

func duration(n int, unit string, make func(*float64) awscdk.Duration) awscdk.Duration {
	return Of("Duration."+strconv.Itoa(n)+unit, func() awscdk.Duration { return make(jsii.Number(n)) })
}

// Port is a TCP port.
func Port(n int) awsec2.Port {
	return Of("Port."+strconv.Itoa(n), func() awsec2.Port { return awsec2.Port_Tcp(jsii.Number(n)) })
}

// Everyone is every IPv4 address as the peer of a security group's rule.
func Everyone() awsec2.IPeer { return Of("Peer.AnyIpv4", awsec2.Peer_AnyIpv4) }

// Service is an AWS service as a principal, by its host name "ecs-tasks.amazonaws.com", without conditions.
func Service(host string) awsiam.IPrincipal {
	return Of("ServicePrincipal."+host, func() awsiam.IPrincipal { return awsiam.NewServicePrincipal(&host, nil) })
}

// ServiceFor is an AWS service that acts for an account, and not for another one that names our role.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func ServiceFor(host, account string) awsiam.IPrincipal {
	return Of("ServicePrincipal."+host+" for "+account, func() awsiam.IPrincipal {
		return awsiam.NewServicePrincipal(&host, &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": account}},
		})
	})
}

// Account is an AWS account as a principal.
func Account(id string) awsiam.IPrincipal {
	return Of("AccountPrincipal."+id, func() awsiam.IPrincipal { return awsiam.NewAccountPrincipal(id) })
}

// BuildImage is one of CodeBuild's own images for x86_64, by its id "aws/codebuild/standard:7.0".
func BuildImage(id string) awscodebuild.IBuildImage {
	return Of("LinuxBuildImage."+id, func() awscodebuild.IBuildImage { return awscodebuild.LinuxBuildImage_FromCodeBuildImageId(&id) })
}
