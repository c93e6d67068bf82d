package test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// Catches: growth towards what AWS refuses: 500 resources and 1 MB a template, 50 stages, 50 actions a stage and 500 actions a
// pipeline. The numbers here are the design's, with room for what comes.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
// https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
func TestSizes(t *testing.T) {
	t.Parallel()
	out := harness.Synth(t, store)
	for _, s := range out.Assembly.Stacks() {
		require.LessOrEqual(t, len(s.Resources()), 400, s.Name)
		for _, r := range s.Resources("AWS::CodePipeline::Pipeline") {
			actions := 0
			stages := stagesOf(r.Properties)
			for _, stage := range stages {
				require.LessOrEqual(t, len(stage.actions), 50, "%s %s", s.Name, stage.name)
				actions += len(stage.actions)
			}
			require.LessOrEqual(t, len(stages), 50, s.Name)
			require.LessOrEqual(t, actions, 400, s.Name)
		}
	}
	for name, content := range out.Templates(t) {
		require.LessOrEqual(t, len(content), 800_000, name)
	}
}

// named are the types whose names the store gives, and that CloudFormation cannot create again where one of that name was left
// behind.
var named = map[string]string{
	"AWS::CodeCommit::Repository": "RepositoryName",
	"AWS::ECR::Repository":        "RepositoryName",
	"AWS::IAM::Role":              "RoleName",
	"AWS::Logs::LogGroup":         "LogGroupName",
	"AWS::S3::Bucket":             "BucketName",
	"AWS::SNS::Topic":             "TopicName",
	"AWS::SSM::Parameter":         "Name",
}

// Catches: a first deployment that fails, leaves a named resource behind, and fails again over its name.
func TestAFailedFirstDeploymentCanBeRepeated(t *testing.T) {
	t.Parallel()
	checked := 0
	for _, s := range harness.Synth(t, store).Assembly.Stacks() {
		for _, r := range s.Resources() {
			property, ok := named[r.Type]
			if _, given := r.Properties[property]; !ok || !given {
				continue
			}
			checked++
			raw := s.Template["Resources"].(map[string]any)[r.LogicalID].(map[string]any)
			require.NotEqual(t, "Retain", raw["DeletionPolicy"], "%s %s: must be RetainExceptOnCreate", s.Name, r.LogicalID)
		}
	}
	require.Greater(t, checked, 50)
}

// Catches: state that goes with its stack: repositories, buckets, keys and logs.
func TestStateIsKept(t *testing.T) {
	t.Parallel()
	kept := 0
	for _, s := range harness.Synth(t, store).Assembly.Stacks() {
		for _, r := range s.Resources("AWS::CodeCommit::Repository", "AWS::ECR::Repository", "AWS::S3::Bucket", "AWS::KMS::Key") {
			raw := s.Template["Resources"].(map[string]any)[r.LogicalID].(map[string]any)
			require.True(t, strings.HasPrefix(fmt.Sprint(raw["DeletionPolicy"]), "Retain"), "%s %s goes with its stack", s.Name, r.LogicalID)
			require.Equal(t, "Retain", raw["UpdateReplacePolicy"], "%s %s goes when it is replaced", s.Name, r.LogicalID)
			kept++
		}
	}
	require.Greater(t, kept, 15)
}
