package test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/harness"
)

// minimal is the store for a first evening: two environments in the tools' account, in one region, without a domain.
var minimal = harness.Input{Config: "examples/retail-store-minimal/storeship.yaml"}

// Catches: names that do not tell environments apart, and policies that count on different accounts: a statement for an
// account's root lets nobody in within that account.
func TestSandbox(t *testing.T) {
	t.Parallel()
	in := minimal
	c, err := cloud.Deploy(harness.Synth(t, in).Assembly, cloud.Bootstrap{Template: harness.BootstrapTemplate(), Trust: tools})
	require.NoError(t, err)
	require.Empty(t, collisions(c.Resources))
	require.Empty(t, c.Problems)
	loaded, err := config.Load(filepath.Join(harness.Root, in.Config))
	require.NoError(t, err)
	p := loaded.Plan()
	a := &access{t: t, cloud: c}
	for _, name := range names(p, "platform") {
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
