package test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches: a build whose input is a clone, and whose role may not clone: it fails before its first command. That is every build without an
// input of its own, for CDK Pipelines gives it the pipeline's first source.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
func TestBuildsMayCloneTheirInput(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	roles := map[string]string{}
	for _, r := range a.cloud.Of("AWS::CodeBuild::Project") {
		roles[r.Account+" "+r.Name] = r.Properties["ServiceRole"].(string)
	}
	looked := 0
	for _, name := range names(p, environment.PlatformName) {
		clones := map[string]string{}
		for _, s := range pipeline(t, a.cloud, p.Store.PipelineName(name)) {
			for _, action := range s.actions {
				if action.category == "Source" && action.configuration["OutputArtifactFormat"] == "CODEBUILD_CLONE_REF" {
					clones[action.outputs[0]] = action.configuration["RepositoryName"].(string)
				}
				if action.provider != "CodeBuild" {
					continue
				}
				project, _ := action.configuration["ProjectName"].(string)
				for _, input := range action.inputs {
					if repository, ok := clones[input]; ok {
						looked++
						role := roles[p.Store.Tools.Account+" "+project]
						require.NotEmpty(t, role, "%s %s %s: no project %s", name, s.name, action.name, project)
						a.can(role, "codecommit:GitPull", "arn:aws:codecommit:"+p.Store.Tools.Region+":"+p.Store.Tools.Account+":"+repository, nil)
					}
				}
			}
		}
	}
	require.Greater(t, looked, 30)
}
