package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/policy"
)

// Wildcards that the CDK's own grants on an artifact bucket and its key hold.
var (
	readArtifacts  = []string{"Action::s3:GetBucket*", "Action::s3:GetObject*", "Action::s3:List*"}
	writeArtifacts = []string{"Action::s3:Abort*", "Action::s3:DeleteObject*"}
	useKey         = []string{"Action::kms:GenerateDataKey*", "Action::kms:ReEncrypt*"}
)

// acknowledge records why findings of policy packs on what CDK Pipelines generates are acceptable.
func (p *Pipeline) acknowledge() {
	var objects []string
	for _, region := range p.store.Regions() {
		objects = append(objects, "Resource::arn:aws:s3:::"+p.store.ArtifactBucketName(region)+"/*")
	}
	findings := []policy.Finding{{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "CodePipeline names artifacts at random when it runs; the actions are CDK's grant to read and write the store's own artifact buckets and keys.",
		AppliesTo: concat(readArtifacts, writeArtifacts, useKey, objects),
	}}
	for _, region := range p.store.Regions()[1:] {
		findings = append(findings, policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "The id of another region's key is not known here; the condition on its alias leaves one key of them all.",
			AppliesTo: []string{"Resource::arn:aws:kms:" + region + ":" + p.store.Tools.Account + ":key/*"},
		})
	}
	policy.Acknowledge(defaultPolicy(p.Role), findings...)
	p.acknowledgeSelfMutation()
	p.boundAssets()
}

// acknowledgeSelfMutation is about the role that CDK Pipelines gives to the build that runs `cdk deploy` on the pipeline.
func (p *Pipeline) acknowledgeSelfMutation() {
	project := p.Pipeline.SelfMutationProject()
	id := policy.LogicalID(policy.Resource(project))
	tools := p.store.Tools
	policy.Acknowledge(defaultPolicy(project.Role()),
		policy.Finding{
			Rule:   "AwsSolutions-IAM5",
			Reason: "CodePipeline names artifacts at random when it runs; the actions are CDK's grant to read the pipeline's own artifact bucket with its key.",
			AppliesTo: concat(readArtifacts, useKey,
				[]string{"Resource::arn:aws:s3:::" + p.store.ArtifactBucketName(tools.Region) + "/*"}),
		},
		policy.Finding{
			Rule:   "AwsSolutions-IAM5",
			Reason: "CodeBuild names log streams and report groups after the project when it runs; both patterns are this project's own.",
			AppliesTo: []string{
				"Resource::arn:aws:logs:" + tools.Region + ":" + tools.Account + ":log-group:/aws/codebuild/<" + id + ">:*",
				"Resource::arn:aws:codebuild:" + tools.Region + ":" + tools.Account + ":report-group/<" + id + ">-*",
			},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "cdk deploy takes the roles of the bootstrap: a condition on their tag leaves those that publish files and images and that deploy.",
			AppliesTo: []string{"Resource::arn:*:iam::" + tools.Account + ":role/*"},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "cdk deploy asks for the bootstrap's stack and bucket, whose names it learns only then; describing stacks and listing a bucket only read.",
			AppliesTo: []string{"Resource::*"},
		},
	)
}

// boundAssets takes from the role with which CDK Pipelines publishes files what it does not need: it may start and stop every build of
// the account, among them those that may do more, and write every build's log and reports. There is no role where a
// pipeline's stages have no files but templates, which are the pipeline's artifacts.
func (p *Pipeline) boundAssets() {
	assets := p.Pipeline.Node().TryFindChild(jsii.String("Assets"))
	if assets == nil {
		return
	}
	role := assets.Node().FindChild(jsii.String("FileRole")).(awsiam.Role)
	tools := p.store.Tools
	logs := "arn:aws:logs:" + tools.Region + ":" + tools.Account + ":log-group:/aws/codebuild/*"
	reports := "arn:aws:codebuild:" + tools.Region + ":" + tools.Account + ":report-group/*"
	role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String("NoBuilds"), Effect: awsiam.Effect_DENY, Actions: jsii.Strings("codebuild:*"), Resources: jsii.Strings("*"),
	}))
	role.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Sid: jsii.String("NoOtherLogs"), Effect: awsiam.Effect_DENY, Actions: jsii.Strings("logs:*"), Resources: jsii.Strings(logs),
	}))
	policy.Acknowledge(defaultPolicy(role),
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "CDK Pipelines grants it, and a statement beside it denies all of it: the role publishes files, and starts no builds.",
			AppliesTo: []string{"Resource::*", "Resource::" + logs, "Resource::" + reports},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "CodePipeline names artifacts at random when it runs; the actions are CDK's grant to read the pipeline's own artifact bucket.",
			AppliesTo: concat(readArtifacts, []string{"Resource::arn:aws:s3:::" + p.store.ArtifactBucketName(tools.Region) + "/*"}),
		},
	)
}

// defaultPolicy is the policy that holds what was granted to a role.
func defaultPolicy(role awsiam.IRole) constructs.IConstruct {
	return role.Node().FindChild(jsii.String("DefaultPolicy"))
}

func concat(lists ...[]string) []string {
	var all []string
	for _, l := range lists {
		all = append(all, l...)
	}
	return all
}
