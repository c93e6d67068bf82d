package test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches: log groups that their key does not let CloudWatch Logs write to, so that creating them fails.
func TestLogGroupsAndTheirKeys(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	encrypted := 0
	for _, r := range c.Of("AWS::Logs::LogGroup") {
		key, ok := r.Properties["KmsKeyId"].(string)
		if !ok {
			continue
		}
		encrypted++
		require.NotNil(t, c.Find(key), "%s %s: there is no key %s", r.Stack, r.LogicalID, key)
		arn := strings.TrimSuffix(r.ARN, ":*")
		d, err := c.Can("logs."+r.Region+".amazonaws.com", "kms:GenerateDataKey", key, keys("kms:EncryptionContext:aws:logs:arn", arn))
		require.NoError(t, err)
		require.True(t, d.Allowed, "%s %s: %s", r.Stack, arn, d.Why)
		d, err = c.Can("logs."+r.Region+".amazonaws.com", "kms:GenerateDataKey", key, keys("kms:EncryptionContext:aws:logs:arn", "arn:aws:logs:"+r.Region+":999999999999:log-group:x"))
		require.NoError(t, err)
		require.False(t, d.Allowed, "%s: the key serves other accounts", r.Stack)
	}
	require.Greater(t, encrypted, 10)
}

// Catches: a build that runs the delivery repository's code and may write what the next review compares with.
func TestBaselines(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, name := range names(p, environment.PlatformName) {
		object := func(of string) string {
			return "arn:aws:s3:::" + p.Store.ArtifactBucketName(p.Store.Tools.Region) + "/_released/" + p.Store.PipelineName(of) + "/assembly.tar.gz"
		}
		baseline := toolsRole(p.Store.BaselineRoleName(name))
		a.can(baseline, "s3:PutObject", object(name), nil)
		a.cannot(baseline, "s3:DeleteObject", object(name), nil)
		if name != "ui" {
			a.cannot(baseline, "s3:PutObject", object("ui"), nil)
		}
		for _, role := range []string{
			toolsRole(p.Store.PipelineRoleName(name)), a.projectRole(p.Store.PipelineStackName(name), "Synth"),
		} {
			a.can(role, "s3:PutObject", "arn:aws:s3:::"+p.Store.ArtifactBucketName(p.Store.Tools.Region)+"/"+p.Store.Name+"-x/y.zip", nil)
			a.cannot(role, "s3:PutObject s3:DeleteObject", object(name), nil)
		}
	}
}
