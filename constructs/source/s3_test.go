package source_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/source"
)

const keyARN = "arn:aws:kms:us-west-2:111111111111:key/00000000-0000-0000-0000-000000000000"

// Catches polling, an upload that starts another service's pipeline or none, and a pipeline that cannot read or decrypt.
func TestS3(t *testing.T) {
	stack := toolsStack()
	bucket := awss3.Bucket_FromBucketAttributes(stack, jsii.String("Sources"), &awss3.BucketAttributes{
		BucketName: jsii.String("shop-sources"), EncryptionKey: awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String(keyARN)),
	})
	pipe(stack, source.S3(&source.S3Props{Bucket: bucket, Key: "in/catalog.zip"}), source.CodeCommit("delivery", "main"), true)
	template := templatetest.Synth(stack)
	want := `{"PollForSourceChanges":false,"S3Bucket":"shop-sources","S3ObjectKey":"in/catalog.zip"}`
	if got := templatetest.Text(sourceAction(t, template, "catalog.zip")); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	rule := template.Only(t, "AWS::Events::Rule").Properties
	want = `{"detail":{"bucket":{"name":["shop-sources"]},"object":{"key":["in/catalog.zip"]}},"detail-type":["Object Created"],"source":["aws.s3"]}`
	if got := templatetest.Text(rule["EventPattern"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	templatetest.WantText(t, rule["Targets"], `:codepipeline:us-west-2:111111111111:`, `"RoleArn"`)
	templatetest.WantText(t, template.Only(t, "AWS::CodePipeline::Pipeline").Properties, `\"s3-#{`, `.VersionId}`)
	policy := policyOf(template, "PipelineRole")
	for _, part := range []string{`:s3:::shop-sources/in/catalog.zip`, `"kms:Decrypt"`, keyARN} {
		if !strings.Contains(policy, part) {
			t.Errorf("%s is not in %s", part, policy)
		}
	}
	if strings.Contains(policy, "shop-sources/*") {
		t.Errorf("reads what others upload: %s", policy)
	}
	if policy := policyOf(template, "BuildRole"); policy != "" {
		t.Errorf("there is nothing to clone: %s", policy)
	}
}

// Catches uploads in the clear or by plain HTTP, versions that are lost, uploads that nobody hears of, and a bucket that goes
// with its stack.
func TestBucket(t *testing.T) {
	stack := toolsStack()
	source.NewBucket(stack, "Sources", &source.BucketProps{
		Name: "shop-sources", LogsName: "shop-source-logs", Key: awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String(keyARN)),
	})
	template := templatetest.Synth(stack)
	ids := template.IDs("AWS::S3::Bucket")
	if len(ids) != 2 {
		t.Fatalf("%v", ids)
	}
	for _, id := range ids {
		b := template.Resources[id]
		if b.DeletionPolicy != "RetainExceptOnCreate" || b.UpdateReplacePolicy != "Retain" {
			t.Errorf("%s: %s, %s", id, b.DeletionPolicy, b.UpdateReplacePolicy)
		}
		templatetest.WantText(t, b.Properties, `"BlockPublicAcls":true`)
		if b.Properties["BucketName"] == "shop-sources" {
			templatetest.WantText(t, b.Properties, `"VersioningConfiguration":{"Status":"Enabled"}`, keyARN, `"SSEAlgorithm":"aws:kms"`,
				`"NotificationConfiguration":{"EventBridgeConfiguration":{"EventBridgeEnabled":true}}`, `"LoggingConfiguration":`)
		}
	}
	for _, id := range template.IDs("AWS::S3::BucketPolicy") {
		templatetest.WantText(t, template.Resources[id].Properties, `"aws:SecureTransport":"false"`)
	}
	if len(template.IDs("AWS::S3::BucketPolicy")) != 2 || len(template.IDs("AWS::Lambda::Function")) != 0 {
		t.Error("wants two bucket policies and no function")
	}
}

// Catches a mistake of which a user hears only after another is repaired.
func TestS3Problems(t *testing.T) {
	for want, construct := range map[string]func(){
		"source.S3 Pipe/Code:\n  Bucket: required\n  Key: must be the name of one ZIP file, got \"\"": func() {
			source.S3(nil).Source(toolsStack(), "Code", true)
		},
		"source.Bucket Pipe/B:\n  Name: must be 3 to 63 lower-case letters, digits, periods and hyphens, got \"A\"\n  LogsName: required\n  Key: required": func() {
			source.NewBucket(toolsStack(), "B", &source.BucketProps{Name: "A"})
		},
	} {
		func() {
			defer func() {
				if err, ok := recover().(*node.Error); !ok || err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
			}()
			construct()
		}()
	}
}
