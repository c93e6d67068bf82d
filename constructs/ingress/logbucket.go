package ingress

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
)

// LogBucket keeps the access logs of the load balancers of one account and region.
type LogBucket struct {
	node.Construct
	// Bucket has no physical name, so that a retained one does not keep the stack from being created again.
	Bucket awss3.Bucket

	account string
}

// NewLogBucket creates the bucket. What is in it costs by the gigabyte.
//
// It is encrypted with S3's own keys, because load balancers cannot write with a customer managed key. It stays when its
// stack is deleted, even in the rollback of a first deployment: a load balancer writes a test object as soon as it
// exists, and S3 deletes no bucket that has one.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
func NewLogBucket(scope constructs.Construct, id string, props *LogBucketProps) *LogBucket {
	if props == nil {
		props = &LogBucketProps{}
	}
	node.Must("ingress.LogBucket", scope, id, props.Validate())
	p := props.withDefaults()
	b := &LogBucket{}
	node.Init(b, scope, id)
	b.account, _ = once.Place(scope)
	b.Bucket = awss3.NewBucket(b, jsii.String("Bucket"), &awss3.BucketProps{
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		BlockPublicAccess: once.Of("BlockPublicAccess.BLOCK_ALL", awss3.BlockPublicAccess_BLOCK_ALL),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		EnforceSSL:        jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  jsii.String("expire"),
			Expiration:                          once.Days(p.ExpireDays),
			AbortIncompleteMultipartUploadAfter: once.Days(7),
		}},
	})
	policy.AcknowledgeFirst(b.Bucket, policy.Finding{
		Rule:   "AwsSolutions-S1",
		Reason: "The bucket itself holds access logs; logs of who wrote them would only grow without an end.",
	})
	return b
}

// receive makes the load balancer write its access logs under prefix, and returns the bucket's policy, which admits it: the load
// balancer is to depend on it.
//
// CDK's own LogAccessLogs needs a literal region, to name the account from which load balancers of older regions once
// wrote. The service principal is what AWS recommends for every region. The account in the path keeps load balancers of
// other accounts out.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html#attach-bucket-policy
func (b *LogBucket) receive(lb awselasticloadbalancingv2.ApplicationLoadBalancer, prefix string) constructs.IDependable {
	// The bucket has a policy, for EnforceSSL; its own AddToResourcePolicy answers with more than anybody here asks.
	admission := b.Bucket.Policy()
	admission.Document().AddStatements(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &[]awsiam.IPrincipal{once.Service("logdelivery.elasticloadbalancing.amazonaws.com")},
		Actions:    jsii.Strings("s3:PutObject"),
		Resources:  &[]*string{b.Bucket.ArnForObjects(jsii.String(prefix + "/AWSLogs/" + b.account + "/*"))},
	}))
	lb.SetAttribute(jsii.String("access_logs.s3.enabled"), jsii.String("true"))
	lb.SetAttribute(jsii.String("access_logs.s3.bucket"), b.Bucket.BucketName())
	lb.SetAttribute(jsii.String("access_logs.s3.prefix"), jsii.String(prefix))
	return admission
}
