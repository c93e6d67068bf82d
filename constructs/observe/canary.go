package observe

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssynthetics"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/checks"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/internal/text"
)

// CanaryRetentionDays is how long the results of a canary's runs are kept.
const CanaryRetentionDays = 30

// How long a run takes.
const (
	// canaryStart is what a run needs before and after the checks. AWS says that 15 seconds are the least for that.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Library_nodejs_puppeteer.html
	canaryStart = 20 * time.Second
	// canaryTime is the longest run: where nine checks are not answered in time, the others need not be asked.
	canaryTime = 2 * time.Minute
)

// canaryRuntime is the newest of the CDK's constants that has Node.js, without two calls to the kernel for each canary.
const canaryRuntime = "syn-nodejs-puppeteer-13.0"

// canaryMemoryMB is the least that a canary can have.
// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryRunConfigInput.html
const canaryMemoryMB = 960

// Canary is a canary of CloudWatch Synthetics that asks a service as its callers do: a public one from outside, an internal one from
// within the VPC.
type Canary struct {
	node.Construct
	// Canary is the L1 construct, because the L2's lets its role decrypt with the key, too.
	Canary awssynthetics.CfnCanary
	// Role that it runs with.
	Role awsiam.Role
	// Bucket has the results of the runs. It has no physical name, so that a retained one does not keep the stack from being created
	// again.
	Bucket awss3.Bucket
}

// NewCanary creates the canary, its role and the bucket for its results. It begins to ask as soon as it exists, so let it depend on
// what it asks. Each run costs; a canary of every three minutes runs 14,400 times in 30 days. So does the log that its function
// writes, the requests to the bucket, and those to the key. https://aws.amazon.com/cloudwatch/pricing/
//
// The bucket stays when its stack is deleted, even in the rollback of a first deployment: S3 deletes no bucket that has a result.
// What else outlives the canary is the log group of its function: Lambda creates it under a name with an id, as
// environment.CanaryLogGroups has it, and without an expiry. The network interfaces of a canary in a VPC go some minutes after it.
func NewCanary(scope constructs.Construct, id string, props *CanaryProps) *Canary {
	if props == nil {
		props = &CanaryProps{}
	}
	node.Must("observe.Canary", scope, id, errors.Join(props.Validate(), props.Inside.fits()))
	p := props.withDefaults()
	c := &Canary{}
	node.Init(c, scope, id)
	bucket := c.addBucket(p)
	key := p.Key.KeyArn()
	account, region := once.Place(scope)
	c.addRole(p, bucket, key, account, region)
	timeout := min(p.Runtime.Synthetics.Interval, canaryTime)
	var vpc *awssynthetics.CfnCanary_VPCConfigProperty
	if in := p.Inside; in != nil {
		var private []*string
		for _, subnet := range *in.Vpc.PrivateSubnets() {
			private = append(private, subnet.SubnetId())
		}
		vpc = &awssynthetics.CfnCanary_VPCConfigProperty{
			VpcId: in.Vpc.VpcId(), SubnetIds: &private, SecurityGroupIds: &[]*string{in.SecurityGroup.SecurityGroupId()},
		}
	}
	target := checks.Target{URL: p.URL, Host: p.Host, HTTP2: p.Runtime.HTTP.Protocol == environment.HTTP2}
	c.Canary = awssynthetics.NewCfnCanary(c, jsii.String("Canary"), &awssynthetics.CfnCanaryProps{
		Name:           &p.Name,
		RuntimeVersion: jsii.String(canaryRuntime),
		Code: &awssynthetics.CfnCanary_CodeProperty{
			Handler: jsii.String("index.handler"),
			Script:  jsii.String(checks.Canary()),
		},
		Schedule: &awssynthetics.CfnCanary_ScheduleProperty{Expression: jsii.String(rate(p.Runtime.Synthetics.Interval))},
		RunConfig: &awssynthetics.CfnCanary_RunConfigProperty{
			TimeoutInSeconds: jsii.Number(timeout.Seconds()),
			MemoryInMb:       jsii.Number(float64(canaryMemoryMB)),
			EnvironmentVariables: map[string]*string{
				"SERVICE": &p.Name,
				"TARGET":  jsii.String(target.JSON()),
				"CHECKS":  jsii.String(checks.JSON(p.Runtime.Asked())),
				"TIME":    jsii.String(strconv.FormatInt((timeout - canaryStart - environment.MaxAnswer).Milliseconds(), 10)),
			},
		},
		VpcConfig:          vpc,
		ExecutionRoleArn:   c.Role.RoleArn(),
		ArtifactS3Location: jsii.String("s3://" + *c.Bucket.BucketName() + "/" + p.Name),
		ArtifactConfig: &awssynthetics.CfnCanary_ArtifactConfigProperty{
			S3Encryption: &awssynthetics.CfnCanary_S3EncryptionProperty{EncryptionMode: jsii.String("SSE_KMS"), KmsKeyArn: key},
		},
		StartCanaryAfterCreation:   jsii.Bool(true),
		ProvisionedResourceCleanup: jsii.String("AUTOMATIC"),
		SuccessRetentionPeriod:     jsii.Number(CanaryRetentionDays),
		FailureRetentionPeriod:     jsii.Number(CanaryRetentionDays),
	})
	return c
}

// rate is the schedule's expression. One hour is the only rate in hours.
// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CanaryScheduleInput.html
func rate(interval time.Duration) string {
	if interval == time.Hour {
		return "rate(1 hour)"
	}
	return "rate(" + text.Count(int(interval/time.Minute), "minute") + ")"
}

// addBucket creates the bucket, and returns the resource that it is.
func (c *Canary) addBucket(p *CanaryProps) awscdk.CfnResource {
	c.Bucket = awss3.NewBucket(c, jsii.String("Bucket"), &awss3.BucketProps{
		BlockPublicAccess: once.Of("BlockPublicAccess.BLOCK_ALL", awss3.BlockPublicAccess_BLOCK_ALL),
		Encryption:        awss3.BucketEncryption_KMS,
		EncryptionKey:     p.Key,
		BucketKeyEnabled:  jsii.Bool(true),
		EnforceSSL:        jsii.Bool(true),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		RemovalPolicy:     awscdk.RemovalPolicy_RETAIN,
		LifecycleRules: &[]*awss3.LifecycleRule{{
			Id:                                  jsii.String("expire"),
			Expiration:                          once.Days(CanaryRetentionDays),
			AbortIncompleteMultipartUploadAfter: once.Days(7),
		}},
	})
	bucket := policy.Resource(c.Bucket)
	policy.AcknowledgeFirst(bucket, policy.Finding{
		Rule: "AwsSolutions-S1",
		Reason: fmt.Sprintf("Results of checks, which one role writes and which are gone after %d days; access logs would be more than what they log.",
			CanaryRetentionDays),
	})
	return bucket
}

// addRole creates the role with what AWS asks for, on the canary's own bucket, prefix and log groups. Of that list it has no
// s3:GetObject and no xray:PutTraceSegments, which are for visual monitoring and for tracing. A canary in a VPC needs more: [network].
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_artifact_encryption.html
func (c *Canary) addRole(p *CanaryProps, bucket awscdk.CfnResource, key *string, account, region string) {
	groups := environment.CanaryLogGroups(p.Name)
	logs := "arn:aws:logs:" + region + ":" + account + ":log-group:" + groups
	statement := func(actions []string, conditions map[string]any, resource *string) map[string]any {
		s := map[string]any{"Effect": "Allow", "Action": actions, "Resource": resource}
		if conditions != nil {
			s["Condition"] = map[string]any{"StringEquals": conditions}
		}
		return s
	}
	arn, everything := c.Bucket.BucketArn(), jsii.String("*")
	statements := []any{
		statement([]string{"s3:PutObject"}, nil, jsii.String(*arn+"/"+p.Name+"/*")),
		statement([]string{"s3:GetBucketLocation"}, nil, arn),
		statement([]string{"kms:GenerateDataKey"}, map[string]any{"kms:ViaService": "s3." + region + ".amazonaws.com"}, key),
		statement([]string{"logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"}, nil, &logs),
		statement([]string{"s3:ListAllMyBuckets"}, nil, everything),
		statement([]string{"cloudwatch:PutMetricData"}, map[string]any{"cloudwatch:namespace": canaryNamespace}, everything),
	}
	description, unbounded := "Asks "+p.Name+" from outside", "s3:ListAllMyBuckets and cloudwatch:PutMetricData have no resource level; the latter is limited to the namespace of Synthetics."
	if p.Inside != nil {
		description = "Asks " + p.Name + " from within the VPC"
		unbounded += " Nor have ec2:DescribeNetworkInterfaces and ec2:DescribeSubnets, which Lambda needs; the canary's code is denied them."
		statements = append(statements, network(region, account, groups)...)
	}
	c.Role = awsiam.NewRole(c, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:       &p.RoleName,
		Description:    &description,
		AssumedBy:      once.Service("lambda.amazonaws.com"),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"Run": awsiam.PolicyDocument_FromJson(map[string]any{"Statement": statements})},
	})
	findings := []policy.Finding{
		{
			Rule:      "AwsSolutions-IAM5",
			Reason:    unbounded,
			AppliesTo: []string{"Resource::*"},
		},
		{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Synthetics chooses the names of the results, below the canary's own prefix of its own bucket.",
			AppliesTo: []string{"Resource::<" + policy.LogicalID(bucket) + ".Arn>/" + p.Name + "/*"},
		},
		{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "The name of the canary's log group ends in an id that Synthetics makes up, and begins with at most 21 characters of the canary's name.",
			AppliesTo: []string{"Resource::" + logs},
		},
	}
	if p.Inside != nil {
		findings = append(findings, policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Lambda makes the network interfaces of the canary's function with this role, and accepts no narrower resource for it; the canary's code is denied the same calls.",
			AppliesTo: []string{"Resource::" + interfaces(region, account)},
		})
	}
	policy.AcknowledgeFirst(c.Role, findings...)
}

// interfaces are all network interfaces, subnets and security groups of the region.
func interfaces(region, account string) string {
	return "arn:aws:ec2:" + region + ":" + account + ":*/*"
}

// network lets Lambda make the network interfaces of the canary's function, which it does with the function's own role, and denies the
// same to the function's code. The function's name begins as that of its log group does.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_CanaryPermissions.html
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func network(region, account, groups string) []any {
	change := []string{"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"}
	describe := []string{"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"}
	function := "arn:aws:lambda:" + region + ":" + account + ":function:" + strings.TrimPrefix(groups, "/aws/lambda/")
	return []any{
		map[string]any{"Effect": "Allow", "Action": change, "Resource": interfaces(region, account)},
		map[string]any{"Effect": "Allow", "Action": describe, "Resource": "*"},
		map[string]any{
			"Effect": "Deny", "Action": slices.Concat(change, describe), "Resource": "*",
			"Condition": map[string]any{"ArnLike": map[string]any{"lambda:SourceFunctionArn": function}},
		},
	}
}

// canaryNamespace is where canaries send their metrics.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_metrics.html
const canaryNamespace = "CloudWatchSynthetics"

// canary is the alarm on failed runs. A period has one run, which succeeds or fails as a whole.
//
// What is missing is missing: a canary that somebody stopped, or that a new service has not got yet, says nothing. With "notBreaching"
// silence would be success; with "ignore" a canary that was stopped while its alarm fires would go on stopping every release.
func (a *Alarms) canary() *awscloudwatch.CfnAlarmProps {
	callers := "customers"
	if a.props.Runtime.Expose.Internal {
		callers = "its callers"
	}
	c := a.metric(fmt.Sprintf("%s of the canary %s failed, one every %s: %s are not answered as they should be. Its runs say why.",
		text.Count(environment.CanaryFailures, "run"), a.props.Canary, text.Duration(a.props.Runtime.Synthetics.Interval), callers), canaryNamespace, "SuccessPercent", 100)
	c.Dimensions = []any{dimension("CanaryName", &a.props.Canary)}
	c.Period = jsii.Number(a.props.Runtime.Synthetics.Interval.Seconds())
	c.ComparisonOperator = jsii.String("LessThanThreshold")
	return c
}
