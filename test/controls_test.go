package test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches: a production stage that is not asked whether it is open, or that is asked before the approval has waited, or beside what
// it guards; a check that looks at another environment, or tells people to retry another stage; and one that nobody needs.
func TestOpenForRelease(t *testing.T) {
	c := deploy(t, store)
	p := plan(t)
	for _, name := range names(p, environment.PlatformName) {
		found := 0
		for _, s := range pipeline(t, c, p.Store.PipelineName(name)) {
			var open *action
			for i, a := range s.actions {
				if a.name == "OpenForRelease" {
					open = &s.actions[i]
				}
			}
			if !strings.HasPrefix(s.name, "prod-") {
				require.Nil(t, open, "%s %s", name, s.name)
				continue
			}
			require.NotNil(t, open, "%s %s", name, s.name)
			found++
			for _, a := range s.actions {
				if a.category == "Approval" {
					require.Less(t, a.order, open.order, "%s %s", name, s.name)
				} else if a.name != open.name {
					require.Greater(t, a.order, open.order, "%s %s %s", name, s.name, a.name)
				}
			}
			for variable, value := range map[string]string{"TARGET": "prod", "STAGE": s.name, "EXECUTION": "#{codepipeline.PipelineExecutionId}"} {
				require.Contains(t, open.configuration["EnvironmentVariables"], `{"name":"`+variable+`","type":"PLAINTEXT","value":"`+value+`"}`)
			}
		}
		require.Equal(t, len(p.Store.Environment("prod").Waves), found, name)
	}
}

// Catches: a check that may not read what closes production, and a role of a pipeline, a build or a target that opens it.
func TestNobodyOpensButPeople(t *testing.T) {
	a, p := simulate(t)
	home := p.Store.Tools.Region
	parameter := func(name string) string {
		return "arn:aws:ssm:" + home + ":" + tools + ":parameter" + p.Store.ToolsParameter(name)
	}
	stop := parameter(environment.StopSwitch("prod"))
	for _, name := range names(p, environment.PlatformName) {
		check := a.projectRole(p.Store.PipelineStackName(name), "OpenForRelease")
		glass := parameter(environment.BreakGlass(name))
		a.can(check, "ssm:GetParameter ssm:GetParameterHistory", stop, nil)
		a.can(check, "ssm:GetParameter ssm:GetParameterHistory", glass, nil)
		a.cannot(check, "ssm:GetParameter", parameter(environment.BreakGlass(name+"-other")), nil)
		a.cannot(toolsRole(p.Store.PipelineRoleName(name)), "ssm:PutParameter ssm:DeleteParameter", glass, nil)
		a.cannot(toolsRole(p.Store.PipelineRoleName(name)), "ssm:PutParameter ssm:DeleteParameter", stop, nil)
		for _, project := range a.cloud.Of("AWS::CodeBuild::Project") {
			if project.Stack == p.Store.PipelineStackName(name) {
				role := project.Properties["ServiceRole"].(string)
				a.cannot(role, "ssm:PutParameter ssm:DeleteParameter", stop, nil)
				a.cannot(role, "ssm:PutParameter ssm:DeleteParameter", glass, nil)
			}
		}
	}
}
