package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/policy"
)

// VersionDays is how long a version that a later upload replaced can be run again.
const VersionDays = 365

// Bucket takes uploads that pipelines are started with. It outlives its stack.
type Bucket struct {
	node.Construct
	// Bucket is versioned, encrypted, reached over TLS only, and tells EventBridge of uploads.
	Bucket awss3.Bucket
	// Logs holds the access logs of Bucket.
	Logs awss3.Bucket
}

// NewBucket creates the bucket and one for its access logs. Both cost by use.
func NewBucket(scope constructs.Construct, id string, props *BucketProps) *Bucket {
	if props == nil {
		props = &BucketProps{}
	}
	node.Must("source.Bucket", scope, id, props.Validate())
	b := &Bucket{}
	node.Init(b, scope, id)
	b.Logs = awss3.NewBucket(b, jsii.String("Logs"), &awss3.BucketProps{
		BucketName:        &props.LogsName,
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		LifecycleRules:    &[]*awss3.LifecycleRule{{Id: jsii.String("expire"), Expiration: awscdk.Duration_Days(jsii.Number(VersionDays))}},
	})
	policy.AcknowledgeFirst(b.Logs, policy.Finding{
		Rule:   "AwsSolutions-S1",
		Reason: "This bucket holds the access logs of the source bucket; logging it to itself would log without end.",
	})
	b.Bucket = awss3.NewBucket(b, jsii.String("Bucket"), &awss3.BucketProps{
		BucketName:             &props.Name,
		BlockPublicAccess:      awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:             awss3.BucketEncryption_KMS,
		EncryptionKey:          props.Key,
		BucketKeyEnabled:       jsii.Bool(true),
		EnforceSSL:             jsii.Bool(true),
		ObjectOwnership:        awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Versioned:              jsii.Bool(true),
		ServerAccessLogsBucket: b.Logs,
		RemovalPolicy:          awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  jsii.String("expire"),
			NoncurrentVersionExpiration:         awscdk.Duration_Days(jsii.Number(VersionDays)),
			AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(7)),
		}},
	})
	// Not EventBridgeEnabled: for it the CDK adds a function with a role, though CloudFormation can say it itself.
	b.Bucket.Node().DefaultChild().(awss3.CfnBucket).SetNotificationConfiguration(&awss3.CfnBucket_NotificationConfigurationProperty{
		EventBridgeConfiguration: &awss3.CfnBucket_EventBridgeConfigurationProperty{EventBridgeEnabled: jsii.Bool(true)},
	})
	return b
}
