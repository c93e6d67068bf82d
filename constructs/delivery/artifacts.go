package delivery

import (
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/constructs/internal/where"
	"github.com/storeship/storeship/internal/text"
)

// ArtifactRetentionDays is how long an artifact can be used to run an old execution again.
const ArtifactRetentionDays = 180

// ArtifactsProps configures [Artifacts].
type ArtifactsProps struct {
	// Store whose pipelines keep their artifacts here. Its tools account is the stack's. Required.
	Store *environment.Store
	// Region that this bucket and key are in, one of the store's, and the stack's. Required.
	Region string
}

// Validate reports every problem, joined.
func (p *ArtifactsProps) Validate() error {
	var problems problem.List
	if p.Store == nil {
		problems.Addf("Store", "required")
	}
	switch {
	case p.Region == "":
		problems.Addf("Region", "required")
	case p.Store != nil && !slices.Contains(p.Store.Regions(), p.Region):
		problems.Addf("Region", "must be one of the store's, %s, got %s", text.Or(p.Store.Regions()), p.Region)
	}
	return problems.Err()
}

// fits checks that the stack is where the props say.
func (p *ArtifactsProps) fits(scope constructs.Construct) error {
	if p.Store == nil {
		return nil
	}
	var l problem.List
	where.Check(&l, scope, where.Said{Field: "Store.Tools.Account", Value: p.Store.Tools.Account}, where.Said{Field: "Region", Value: p.Region})
	return l.Err()
}

// Artifacts is what all pipelines of a store share in one region of the tools account: the artifact bucket and its key,
// and, in the tools region, the topics that ask for approvals. It costs a key per region; the bucket by use.
type Artifacts struct {
	node.Construct
	// Key encrypts artifacts, the builds' logs, the approvals' topics, and, in the tools region, what the operations stack has.
	Key awskms.Key
	// Bucket holds the artifacts for [ArtifactRetentionDays].
	Bucket awss3.Bucket
	// Logs holds the access logs of Bucket.
	Logs awss3.Bucket
	// Approvals holds the topic of every environment with an approval, by environment; only in the tools region.
	Approvals map[string]awssns.Topic
}

// NewArtifacts creates the bucket, the key and its alias, the log bucket, and the SSM parameter with the key's ARN.
func NewArtifacts(scope constructs.Construct, id string, props *ArtifactsProps) *Artifacts {
	if props == nil {
		props = &ArtifactsProps{}
	}
	node.Must("delivery.Artifacts", scope, id, errors.Join(props.Validate(), props.fits(scope)))
	a := &Artifacts{Approvals: map[string]awssns.Topic{}}
	node.Init(a, scope, id)
	a.addKey(props)
	a.addBucket(props)
	if props.Region == props.Store.Tools.Region {
		a.addApprovals(props.Store)
	}
	return a
}

func (a *Artifacts) addKey(props *ArtifactsProps) {
	store := props.Store
	a.Key = awskms.NewKey(a, jsii.String("Key"), &awskms.KeyProps{
		Alias:             jsii.String(store.ArtifactKeyAlias()),
		Description:       jsii.String("Artifacts, build logs and approvals of " + store.Name),
		EnableKeyRotation: jsii.Bool(true),
		Policy:            awsiam.PolicyDocument_FromJson(map[string]any{"Statement": keyStatements(store, props.Region)}),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	awsssm.NewStringParameter(a, jsii.String("KeyArn"), &awsssm.StringParameterProps{
		ParameterName: jsii.String(store.ToolsParameter(environment.ArtifactKeyARN)),
		Description:   jsii.String("Key of the pipelines' artifacts"),
		StringValue:   a.Key.KeyArn(),
	})
}

// keyStatements say who uses the key: whom the account's own policies let, which the CDK says of a key without a policy; who reads
// artifacts; and the services that encrypt with it.
func keyStatements(store *environment.Store, region string) []any {
	statements := []any{map[string]any{
		"Effect": "Allow", "Principal": map[string]any{"AWS": accountRoot(store.Tools.Account)}, "Action": "kms:*", "Resource": "*",
	}}
	let := func(sid string, principal map[string]any, actions []string, conditions map[string]any) {
		statements = append(statements, map[string]any{
			"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": "*", "Condition": conditions,
		})
	}
	for i, r := range readers(store) {
		let(fmt.Sprintf("ReadArtifacts%d", i), map[string]any{"AWS": accountRoot(r.account)}, []string{"kms:Decrypt", "kms:DescribeKey"}, map[string]any{
			"ArnLike":    map[string]any{"aws:PrincipalArn": slices.Concat(r.roles, r.tests)},
			"StringLike": map[string]any{"kms:ViaService": "s3.*.amazonaws.com"},
		})
	}
	// CloudWatch Logs encrypts the log groups of this account's pipelines and of no other.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
	let("Logs", map[string]any{"Service": "logs." + region + ".amazonaws.com"},
		[]string{"kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"},
		map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:" + region + ":" + store.Tools.Account + ":log-group:" + store.PipelineLogGroupName("*"),
		}})
	if region == store.Tools.Region {
		// To publish to the notifications' topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
		let("Alarms", map[string]any{"Service": "cloudwatch.amazonaws.com"}, []string{"kms:Decrypt", "kms:GenerateDataKey*"}, map[string]any{
			"StringEquals": map[string]any{"aws:SourceAccount": store.Tools.Account},
			"ArnLike": map[string]any{
				"aws:SourceArn": "arn:aws:cloudwatch:" + region + ":" + store.Tools.Account + ":alarm:" + store.DeliveryMetricsName() + "-*",
			},
		})
	}
	return statements
}

func (a *Artifacts) addBucket(props *ArtifactsProps) {
	store := props.Store
	a.Logs = awss3.NewBucket(a, jsii.String("Logs"), &awss3.BucketProps{
		BucketName:        jsii.String(store.ArtifactLogBucketName(props.Region)),
		BlockPublicAccess: once.Of("BlockPublicAccess.BLOCK_ALL", awss3.BlockPublicAccess_BLOCK_ALL),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		LifecycleRules:    &[]*awss3.LifecycleRule{{Id: jsii.String("expire"), Expiration: once.Days(365)}},
	})
	policy.AcknowledgeFirst(a.Logs, policy.Finding{
		Rule:   "AwsSolutions-S1",
		Reason: "This bucket holds the access logs of the artifact bucket; logging it to itself would log without end.",
	})
	a.Bucket = awss3.NewBucket(a, jsii.String("Bucket"), &awss3.BucketProps{
		BucketName:             jsii.String(store.ArtifactBucketName(props.Region)),
		BlockPublicAccess:      once.Of("BlockPublicAccess.BLOCK_ALL", awss3.BlockPublicAccess_BLOCK_ALL),
		Encryption:             awss3.BucketEncryption_KMS,
		EncryptionKey:          a.Key,
		BucketKeyEnabled:       jsii.Bool(true),
		EnforceSSL:             jsii.Bool(true),
		ObjectOwnership:        awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Versioned:              jsii.Bool(true),
		ServerAccessLogsBucket: a.Logs,
		RemovalPolicy:          awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		// No rule knows build.SBOMPrefix: what an image is made of is asked for as long as somebody has it.
		LifecycleRules: &[]*awss3.LifecycleRule{
			{
				// CodePipeline begins the keys of artifacts with the first 20 characters of the pipeline's name, which begins with
				// the store's, of at most 20.
				Id:                          jsii.String("expire"),
				Prefix:                      jsii.String(store.Name),
				Expiration:                  once.Days(ArtifactRetentionDays),
				NoncurrentVersionExpiration: once.Days(30),
			},
			{
				// What was released last is compared with as long as nothing else is released.
				Id:                          jsii.String("baselines"),
				Prefix:                      jsii.String(build.BaselinePrefix),
				NoncurrentVersionExpiration: once.Days(ArtifactRetentionDays),
			},
			{
				// The page that an approval links to is read before its execution ends.
				Id:                          jsii.String("reviews"),
				Prefix:                      jsii.String(build.ReportPrefix),
				Expiration:                  once.Days(ArtifactRetentionDays),
				NoncurrentVersionExpiration: once.Days(30),
			},
			{Id: jsii.String("abort"), AbortIncompleteMultipartUploadAfter: once.Days(7)},
		},
	})
	// Not AddToResourcePolicy, which answers with two properties of what it did, for each of a dozen statements.
	a.Bucket.Policy().Document().AddStatements(bucketStatements(store, props.Region, *a.Bucket.BucketArn())...)
}

// bucketStatements say who may do what with the artifact bucket of that ARN, beside who the account's own policies let.
func bucketStatements(store *environment.Store, region, bucket string) []awsiam.PolicyStatement {
	var statements []awsiam.PolicyStatement
	let := func(sid, principal string, actions []string, conditions map[string]any, resources ...string) {
		statements = append(statements, awsiam.PolicyStatement_FromJson(map[string]any{
			"Sid": sid, "Effect": "Allow", "Principal": map[string]any{"AWS": principal}, "Action": actions, "Resource": resources,
			"Condition": conditions,
		}))
	}
	read := func(sid, principal string, conditions map[string]any) {
		let(sid, principal, []string{"s3:GetObject*", "s3:GetBucket*", "s3:List*"}, conditions, bucket, bucket+"/*")
	}
	// Within one account a statement for the account's root lets nobody in, so the tools' own deploy role is named. It
	// exists: this very stack is deployed by it.
	read("ReadFromTools", bootstrapDeployRole(store.Tools.Account, region), nil)
	for i, r := range readers(store) {
		if r.account == store.Tools.Account {
			continue
		}
		root := accountRoot(r.account)
		read(fmt.Sprintf("Read%d", i), root, like(r.roles))
		if len(r.tests) > 0 {
			// Tests run code of a service: artifacts of pipelines they may read, whose keys begin with the store's name, and not what
			// was released, whose keys can be known.
			let(fmt.Sprintf("Tests%d", i), root, []string{"s3:GetObject", "s3:GetObjectVersion"}, like(r.tests), bucket+"/"+store.Name+"*")
			let(fmt.Sprintf("TestsBucket%d", i), root, []string{"s3:GetBucketAcl", "s3:GetBucketLocation"}, like(r.tests), bucket)
		}
	}
	// Builds write artifacts, and some of them run code of the delivery repository or of a service: it must not be what says that
	// nothing changed, or what an image is made of.
	for _, kept := range []struct{ sid, keys, role string }{
		{"Baselines", build.BaselinePrefix + "*", store.BaselineRoleName("*")},
		{"SourceSBOMs", build.SBOMPrefix + "*/source/*", store.SCARoleName("*")},
		{"ImageSBOMs", build.SBOMPrefix + "*/image/*", store.ImageScanRoleName("*")},
	} {
		statements = append(statements, awsiam.PolicyStatement_FromJson(map[string]any{
			"Sid": kept.sid, "Effect": "Deny", "Principal": "*", "Action": []string{"s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"},
			"Resource": bucket + "/" + kept.keys,
			"Condition": map[string]any{"ArnNotLike": map[string]any{
				"aws:PrincipalArn": "arn:aws:iam::" + store.Tools.Account + ":role/" + kept.role,
			}},
		}))
	}
	return statements
}

func (a *Artifacts) addApprovals(store *environment.Store) {
	for _, e := range store.Environments {
		if e.Approval == nil {
			continue
		}
		topic := awssns.NewTopic(a, jsii.String("Approval-"+e.Name), &awssns.TopicProps{
			TopicName:   jsii.String(e.ApprovalTopicName(store)),
			DisplayName: jsii.String(store.Name + " " + e.Name + " approvals"),
			MasterKey:   a.Key,
			EnforceSSL:  jsii.Bool(true),
		})
		for _, address := range e.Approval.Notify {
			topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String(address), nil))
		}
		a.Approvals[e.Name] = topic
	}
}
