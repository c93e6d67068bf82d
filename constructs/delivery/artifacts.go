package delivery

import (
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
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/problem"
)

// ArtifactRetentionDays is how long an artifact can be used to run an old execution again.
const ArtifactRetentionDays = 180

// ArtifactsProps configures [Artifacts].
type ArtifactsProps struct {
	// Store whose pipelines keep their artifacts here. Required.
	Store *environment.Store
	// Region that this bucket and key are in, one of the store's. Required.
	Region string
}

// Validate reports every problem, joined.
func (p *ArtifactsProps) Validate() error {
	var problems problem.List
	if p.Store == nil {
		problems.Addf("Store", "required")
	}
	if p.Region == "" {
		problems.Addf("Region", "required")
	}
	return problems.Err()
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
	node.Must("delivery.Artifacts", scope, id, props.Validate())
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
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	for i, r := range readers(store) {
		a.Key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String(fmt.Sprintf("ReadArtifacts%d", i)),
			Principals: &[]awsiam.IPrincipal{rolesOf(r.account, slices.Concat(r.roles, r.tests)...)},
			Actions:    jsii.Strings("kms:Decrypt", "kms:DescribeKey"),
			Resources:  jsii.Strings("*"),
			Conditions: &map[string]any{"StringLike": map[string]any{"kms:ViaService": "s3.*.amazonaws.com"}},
		}), nil)
	}
	// CloudWatch Logs encrypts the log groups of this account's pipelines and of no other.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
	a.Key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid:        jsii.String("Logs"),
		Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("logs."+props.Region+".amazonaws.com"), nil)},
		Actions:    jsii.Strings("kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"),
		Resources:  jsii.Strings("*"),
		Conditions: &map[string]any{"ArnLike": map[string]any{
			"kms:EncryptionContext:aws:logs:arn": "arn:aws:logs:" + props.Region + ":" + store.Tools.Account + ":log-group:" + store.PipelineLogGroupName("*"),
		}},
	}), nil)
	if props.Region == store.Tools.Region {
		a.Key.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String("Alarms"),
			Principals: &[]awsiam.IPrincipal{awsiam.NewServicePrincipal(jsii.String("cloudwatch.amazonaws.com"), nil)},
			// To publish to the notifications' topic: https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
			Actions:   jsii.Strings("kms:Decrypt", "kms:GenerateDataKey*"),
			Resources: jsii.Strings("*"),
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": store.Tools.Account},
				"ArnLike": map[string]any{
					"aws:SourceArn": "arn:aws:cloudwatch:" + props.Region + ":" + store.Tools.Account + ":alarm:" + store.DeliveryMetricsName() + "-*",
				},
			},
		}), nil)
	}
	awsssm.NewStringParameter(a, jsii.String("KeyArn"), &awsssm.StringParameterProps{
		ParameterName: jsii.String(store.ToolsParameter(environment.ArtifactKeyARN)),
		Description:   jsii.String("Key of the pipelines' artifacts"),
		StringValue:   a.Key.KeyArn(),
	})
}

func (a *Artifacts) addBucket(props *ArtifactsProps) {
	store := props.Store
	a.Logs = awss3.NewBucket(a, jsii.String("Logs"), &awss3.BucketProps{
		BucketName:        jsii.String(store.ArtifactLogBucketName(props.Region)),
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		LifecycleRules:    &[]*awss3.LifecycleRule{{Id: jsii.String("expire"), Expiration: awscdk.Duration_Days(jsii.Number(365))}},
	})
	policy.AcknowledgeFirst(a.Logs, policy.Finding{
		Rule:   "AwsSolutions-S1",
		Reason: "This bucket holds the access logs of the artifact bucket; logging it to itself would log without end.",
	})
	a.Bucket = awss3.NewBucket(a, jsii.String("Bucket"), &awss3.BucketProps{
		BucketName:             jsii.String(store.ArtifactBucketName(props.Region)),
		BlockPublicAccess:      awss3.BlockPublicAccess_BLOCK_ALL(),
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
				Expiration:                  awscdk.Duration_Days(jsii.Number(ArtifactRetentionDays)),
				NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(30)),
			},
			{
				// What was released last is compared with as long as nothing else is released.
				Id:                          jsii.String("baselines"),
				Prefix:                      jsii.String(build.BaselinePrefix),
				NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(ArtifactRetentionDays)),
			},
			{
				// The page that an approval links to is read before its execution ends.
				Id:                          jsii.String("reviews"),
				Prefix:                      jsii.String(build.ReportPrefix),
				Expiration:                  awscdk.Duration_Days(jsii.Number(ArtifactRetentionDays)),
				NoncurrentVersionExpiration: awscdk.Duration_Days(jsii.Number(30)),
			},
			{Id: jsii.String("abort"), AbortIncompleteMultipartUploadAfter: awscdk.Duration_Days(jsii.Number(7))},
		},
	})
	let := func(sid string, principal awsiam.IPrincipal, actions []string, resources ...*string) {
		a.Bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String(sid),
			Principals: &[]awsiam.IPrincipal{principal},
			Actions:    jsii.Strings(actions...),
			Resources:  &resources,
		}))
	}
	read := func(sid string, principal awsiam.IPrincipal) {
		let(sid, principal, []string{"s3:GetObject*", "s3:GetBucket*", "s3:List*"}, a.Bucket.BucketArn(), a.Bucket.ArnForObjects(jsii.String("*")))
	}
	// Within one account a statement for the account's root lets nobody in, so the tools' own deploy role is named. It
	// exists: this very stack is deployed by it.
	read("ReadFromTools", awsiam.NewArnPrincipal(jsii.String(bootstrapDeployRole(store.Tools.Account, props.Region))))
	for i, r := range readers(store) {
		if r.account != store.Tools.Account {
			read(fmt.Sprintf("Read%d", i), rolesOf(r.account, r.roles...))
			if len(r.tests) > 0 {
				// Tests run code of a service: artifacts of pipelines they may read, whose keys begin with the store's name, and not what
				// was released, whose keys can be known.
				tests := rolesOf(r.account, r.tests...)
				let(fmt.Sprintf("Tests%d", i), tests, []string{"s3:GetObject", "s3:GetObjectVersion"}, a.Bucket.ArnForObjects(jsii.String(store.Name+"*")))
				let(fmt.Sprintf("TestsBucket%d", i), tests, []string{"s3:GetBucketAcl", "s3:GetBucketLocation"}, a.Bucket.BucketArn())
			}
		}
	}
	// Builds write artifacts, and some of them run code of the delivery repository or of a service: it must not be what says that
	// nothing changed, or what an image is made of.
	for _, kept := range []struct{ sid, keys, role string }{
		{"Baselines", build.BaselinePrefix + "*", store.BaselineRoleName("*")},
		{"SourceSBOMs", build.SBOMPrefix + "*/source/*", store.SCARoleName("*")},
		{"ImageSBOMs", build.SBOMPrefix + "*/image/*", store.ImageScanRoleName("*")},
	} {
		a.Bucket.AddToResourcePolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Sid:        jsii.String(kept.sid),
			Effect:     awsiam.Effect_DENY,
			Principals: &[]awsiam.IPrincipal{awsiam.NewStarPrincipal()},
			Actions:    jsii.Strings("s3:PutObject", "s3:DeleteObject", "s3:DeleteObjectVersion"),
			Resources:  &[]*string{a.Bucket.ArnForObjects(jsii.String(kept.keys))},
			Conditions: &map[string]any{"ArnNotLike": map[string]any{
				"aws:PrincipalArn": "arn:aws:iam::" + store.Tools.Account + ":role/" + kept.role,
			}},
		}))
	}
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
