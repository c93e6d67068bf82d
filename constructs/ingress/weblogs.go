package ingress

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/retention"
)

// logWebACL writes what the web ACL blocks or counts to a log group, without the headers that carry a customer's session.
// What it lets through stands in the access logs, at a fraction of the price.
func (p *Public) logWebACL(props *PublicProps, account string) awswafv2.CfnLoggingConfiguration {
	stack := awscdk.Stack_Of(p)
	// WAF takes only log groups whose names begin with this. The group outlives its stack, so its name must not be taken
	// when the stack is created again.
	// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
	owner := *stack.StackName() + "-" + *p.Node().Id()
	name := "aws-waf-logs-" + owner + "-" + uniqueSuffix(stack)
	p.WebACLLogs = awslogs.NewLogGroup(p, jsii.String("WebAclLogs"), &awslogs.LogGroupProps{
		LogGroupName:  &name,
		EncryptionKey: props.LogKey,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		Retention:     retention.Of(props.LogRetentionDays),
	})
	// Without this policy WAF extends one that all services of the region share, and that stays behind. A region has ten.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-and-resource-policy.html
	permission := awslogs.NewResourcePolicy(p, jsii.String("WebAclLogsPolicy"), &awslogs.ResourcePolicyProps{
		ResourcePolicyName: jsii.String(owner + "-web-acl-logs"),
		PolicyStatements: &[]awsiam.PolicyStatement{awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Principals: &[]awsiam.IPrincipal{once.Service("delivery.logs.amazonaws.com")},
			Actions:    jsii.Strings("logs:CreateLogStream", "logs:PutLogEvents"),
			Resources:  &[]*string{p.WebACLLogs.LogGroupArn()},
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": account},
				"ArnLike": map[string]any{"aws:SourceArn": stack.FormatArn(&awscdk.ArnComponents{
					Service: jsii.String("logs"), Resource: jsii.String("*"), ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME,
				})},
			},
		})},
	})
	logging := awswafv2.NewCfnLoggingConfiguration(p, jsii.String("WebAclLogging"), &awswafv2.CfnLoggingConfigurationProps{
		ResourceArn: p.WebACL.AttrArn(),
		// CDK's ARN of a log group ends in ":*", which WAF refuses.
		LogDestinationConfigs: &[]any{stack.FormatArn(&awscdk.ArnComponents{
			Service: jsii.String("logs"), Resource: jsii.String("log-group"), ResourceName: p.WebACLLogs.LogGroupName(),
			ArnFormat: awscdk.ArnFormat_COLON_RESOURCE_NAME,
		})},
		RedactedFields: &[]any{redacted("authorization"), redacted("cookie")},
		LoggingFilter:  logFilter,
	})
	logging.Node().AddDependency(permission)
	return logging
}

func redacted(header string) *awswafv2.CfnLoggingConfiguration_FieldToMatchProperty {
	return &awswafv2.CfnLoggingConfiguration_FieldToMatchProperty{SingleHeader: map[string]any{"Name": header}}
}

// logFilter keeps what was blocked or counted. It is plain JSON, because CDK would write the names of its own type for it
// in camel case, which CloudFormation does not know.
var logFilter = map[string]any{
	"DefaultBehavior": "DROP",
	"Filters": []any{map[string]any{
		"Behavior":    "KEEP",
		"Requirement": "MEETS_ANY",
		"Conditions": []any{
			map[string]any{"ActionCondition": map[string]any{"Action": "BLOCK"}},
			map[string]any{"ActionCondition": map[string]any{"Action": "COUNT"}},
		},
	}},
}

// uniqueSuffix is a part of the stack's id that a stack of the same name, created again, does not share.
func uniqueSuffix(stack awscdk.Stack) string {
	uuid := awscdk.Fn_Select(jsii.Number(2), awscdk.Fn_Split(jsii.String("/"), stack.StackId(), nil))
	return *awscdk.Fn_Select(jsii.Number(0), awscdk.Fn_Split(jsii.String("-"), uuid, nil))
}
