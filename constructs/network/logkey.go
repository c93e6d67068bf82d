package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// LogKey is a customer managed key that CloudWatch Logs may use.
type LogKey struct {
	node.Construct
	// Key rotates once a year.
	Key awskms.Key
}

// NewLogKey creates the key of a target's logs. A key costs by the month and by use. https://aws.amazon.com/kms/pricing/
func NewLogKey(scope constructs.Construct, id string, props *LogKeyProps) *LogKey {
	if props == nil {
		props = &LogKeyProps{}
	}
	node.Must("network.LogKey", scope, id, props.Validate())
	p := props.withDefaults()
	k := &LogKey{}
	node.Init(k, scope, id)
	k.Key = awskms.NewKey(k, jsii.String("Key"), &awskms.KeyProps{
		Description:       jsii.String("Encrypts log groups"),
		EnableKeyRotation: jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	all := *awscdk.Stack_Of(k).FormatArn(&awscdk.ArnComponents{
		Service: jsii.String("logs"), Resource: jsii.String("log-group"), ArnFormat: awscdk.ArnFormat_NO_RESOURCE_NAME,
	})
	groups := make([]string, len(p.LogGroups))
	for i, name := range p.LogGroups {
		groups[i] = all + ":" + name
	}
	_, region := once.Place(scope)
	// A key's policy names no resource but the key itself, "*"; the encryption context names the log groups.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
	k.Key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("CloudWatchLogs"),
		Principals: &[]awsiam.IPrincipal{once.Service("logs." + region + ".amazonaws.com")},
		Actions: jsii.Strings("kms:Encrypt", "kms:Decrypt", "kms:ReEncryptFrom", "kms:ReEncryptTo", "kms:GenerateDataKey",
			"kms:GenerateDataKeyWithoutPlaintext", "kms:DescribeKey"),
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{"kms:EncryptionContext:aws:logs:arn": groups}},
	}), nil)
	return k
}
