package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/harness"
)

// sandbox is the retail store with everything in the tools' account and beta, gamma and prod in one region.
func sandbox(t *testing.T) harness.Input {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(harness.Root, retailStore))
	require.NoError(t, err)
	one := regexp.MustCompile(`account: "\d{12}"`).ReplaceAllString(string(text), `account: "`+tools+`"`)
	one = strings.ReplaceAll(one, "us-east-1", "us-west-2")
	one = strings.Replace(one, "\nenvironments:", "\nsandbox: true\nenvironments:", 1)
	file := filepath.Join(t.TempDir(), "storeship.yaml")
	require.NoError(t, os.WriteFile(file, []byte(one), 0o644))
	return harness.Input{Config: file, Fresh: true}
}

// Catches: names that do not tell environments apart, and policies that count on different accounts: a statement for an
// account's root lets nobody in within that account.
func TestSandbox(t *testing.T) {
	in := sandbox(t)
	c, err := cloud.Deploy(harness.Synth(t, in).Assembly, cloud.Bootstrap{Template: harness.BootstrapTemplate(), Trust: tools})
	require.NoError(t, err)
	require.Empty(t, collisions(c.Resources))
	require.Empty(t, c.Problems)
	loaded, err := config.Load(in.Config)
	require.NoError(t, err)
	p := loaded.Plan()
	a := &access{t: t, cloud: c}
	for _, name := range []string{"ui", "catalog", "platform"} {
		for _, s := range pipeline(t, c, p.Store.PipelineName(name)) {
			for _, x := range s.actions {
				a.action(p, toolsRole(p.Store.PipelineRoleName(name)), x)
			}
		}
	}
	for _, target := range p.Store.Targets() {
		e := target.Environment
		deployer := e.RoleARN(e.DeployerRoleName(p.Store))
		a.can(deployer, "s3:GetObject", "arn:aws:s3:::"+p.Store.ArtifactBucketName(target.Region)+"/x", nil)
		a.can(deployer, "kms:Decrypt", a.artifactKey(p, target.Region), viaS3(target.Region))
		a.can(e.RoleARN(target.ExecutionRoleName("ui")), "ecr:BatchGetImage", p.Store.RepositoryARN("ui", target.Region), nil)
		a.can(toolsRole(p.Store.CheckRoleName("ui")), "sts:AssumeRole", e.RoleARN(e.InspectorRoleName(p.Store)), nil)
		for _, other := range p.Store.Targets() {
			if other.Environment != e {
				deployment := "arn:aws:codedeploy:" + other.Region + ":" + tools + ":deploymentgroup:" + other.ServiceName("ui") + "/" + other.ServiceName("ui")
				a.cannot(deployer, "codedeploy:CreateDeployment", deployment, nil)
			}
		}
	}
}
