package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/retention"
)

// addFlowLogs records the VPC's traffic. The log group has no physical name: it outlives the stack, and a name would be
// taken when the stack is created again. CloudFormation lets its name begin with the stack's, which the policy of the
// key may count on.
func (v *Vpc) addFlowLogs(retentionDays int, account string) {
	v.FlowLogs = awslogs.NewLogGroup(v, jsii.String("FlowLogGroup"), &awslogs.LogGroupProps{
		EncryptionKey: v.LogKey,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		Retention:     retention.Of(retentionDays),
	})
	// The conditions keep flow logs of other accounts from using the role.
	// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
	role := awsiam.NewRole(v, jsii.String("FlowLogRole"), &awsiam.RoleProps{
		Description: jsii.String("Writes the flow logs of the VPC to their log group"),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("vpc-flow-logs.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": account},
				"ArnLike": map[string]any{"aws:SourceArn": awscdk.Stack_Of(v).FormatArn(&awscdk.ArnComponents{
					Service: jsii.String("ec2"), Resource: jsii.String("vpc-flow-log"), ResourceName: jsii.String("*"),
				})},
			},
		}),
	})
	log := awsec2.NewFlowLog(v, jsii.String("FlowLog"), &awsec2.FlowLogProps{
		ResourceType: awsec2.FlowLogResourceType_FromVpc(v.Vpc),
		TrafficType:  awsec2.FlowLogTrafficType_ALL,
		Destination:  awsec2.FlowLogDestination_ToCloudWatchLogs(v.FlowLogs, role),
	})
	// With the role comes its policy, which is a resource of its own.
	log.Node().AddDependency(role)
}
