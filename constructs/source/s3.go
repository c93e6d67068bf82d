package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	cpactions "github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// VersionPrefix begins what stands for a commit's id where the code comes from S3; the version of the object follows. It
// tells them apart, and makes an image's tag of every version: a tag must not begin with a period or a hyphen.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/versioning-workflows.html
const VersionPrefix = "s3-"

// S3 is a ZIP file of a bucket in the account and region of the pipeline. CodeBuild unpacks it; there is no history in it.
func S3(props *S3Props) Provider {
	s := &s3{}
	if props != nil {
		s.S3Props = *props
	}
	return s
}

type s3 struct{ S3Props }

// Source creates, where trigger is set and once the pipeline is built, the EventBridge rule that an upload of the object
// starts the pipeline with: no polling, and no CloudTrail, which the CDK's own trigger would need.
func (s *s3) Source(scope constructs.Construct, id string, trigger bool) *Source {
	node.Must("source.S3", scope, id, s.Validate())
	action := environment.Source{Provider: environment.S3, Key: s.Key}.ActionName()
	source := &Source{
		Step: pipelines.CodePipelineSource_S3(s.Bucket, &s.Key, &pipelines.S3SourceOptions{
			ActionName: &action,
			Trigger:    cpactions.S3Trigger_NONE,
		}),
		attribute: "VersionId",
		prefix:    VersionPrefix,
	}
	if trigger {
		source.complete = func(pipeline awscodepipeline.Pipeline) { s.addRule(scope, id+"Uploaded", pipeline) }
	}
	return source
}

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html
func (s *s3) addRule(scope constructs.Construct, id string, pipeline awscodepipeline.Pipeline) {
	awsevents.NewRule(scope, &id, &awsevents.RuleProps{
		Description: jsii.String("Starts the pipeline when " + s.Key + " is uploaded"),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.s3"),
			DetailType: jsii.Strings("Object Created"),
			Detail: &map[string]any{
				"bucket": map[string]any{"name": []any{s.Bucket.BucketName()}},
				"object": map[string]any{"key": []any{s.Key}},
			},
		},
		Targets: &[]awsevents.IRuleTarget{awseventstargets.NewCodePipeline(pipeline, nil)},
	})
}
