package metrics

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/policy"
)

// role is what the function may do: add facts and read them, ask the repositories for commits, write its log, and encrypt what it
// leaves in the queue, which it gets the permission to send to from the CDK.
func (d *Delivery) role() awsiam.Role {
	p := d.props
	logs := "arn:aws:logs:" + p.Region + ":" + p.Account + ":log-group:" + p.LogGroupName + ":*"
	statements := []awsiam.PolicyStatement{
		allow([]string{"dynamodb:Query", "dynamodb:UpdateItem"}, d.Table.TableArn(), nil),
		// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
		allow([]string{
			"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext",
			"kms:ReEncryptFrom", "kms:ReEncryptTo",
		}, p.Key.KeyArn(), p.via("dynamodb")),
		// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html
		allow([]string{"kms:Decrypt", "kms:GenerateDataKey"}, p.Key.KeyArn(), p.via("sqs")),
		allow([]string{"logs:CreateLogStream", "logs:PutLogEvents"}, &logs, nil),
	}
	if repositories := p.repositories(); len(repositories) > 0 {
		statements = append(statements, awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("codecommit:GetCommit"), Resources: jsii.Strings(repositories...),
		}))
	}
	role := awsiam.NewRole(d, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:    &p.RoleName,
		Description: jsii.String("Measures the delivery of " + p.Store),
		AssumedBy:   awsiam.NewServicePrincipal(jsii.String("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"Measure": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &statements}),
		},
	})
	policy.AcknowledgeFirst(role, policy.Finding{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "The streams of the function's own log group, whose names Lambda chooses.",
		AppliesTo: []string{"Resource::" + logs},
	})
	return role
}

// via limits a key to what a service does for the caller.
func (p *DeliveryProps) via(service string) map[string]any {
	return map[string]any{"StringEquals": map[string]any{"kms:ViaService": service + "." + p.Region + ".amazonaws.com"}}
}

func allow(actions []string, resource *string, conditions map[string]any) awsiam.PolicyStatement {
	p := &awsiam.PolicyStatementProps{Actions: jsii.Strings(actions...), Resources: &[]*string{resource}}
	if conditions != nil {
		p.Conditions = &conditions
	}
	return awsiam.NewPolicyStatement(p)
}
