package test

import (
	"os"
	"path/filepath"
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
				if a.name == "OpenForReleaseInWindow" {
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

// Catches: windows and freezes of the plan that never reach the check, or reach it by another clock, or more than one environment's.
func TestWindowsReachTheCheck(t *testing.T) {
	out := dispatched(t, nil, "approval: {}, domain", `approval: {}, windows: [{days: [mon-thu], from: "09:00", to: "16:00", timeZone: Europe/Berlin}], `+
		"freezes: [{name: sale, from: 2026-11-26T00:00, to: 2026-12-01T08:00}], domain")
	text, err := os.ReadFile(filepath.Join(out.Dir, "shop-ui-pipeline.template.json"))
	require.NoError(t, err)
	for _, want := range []string{
		`Europe/Berlin 1234 540 960 mon-thu 09:00 to 16:00 (Europe/Berlin)`,
		`1795651200 1796112000 sale, until 2026-12-01T08:00 (UTC)`,
		`"OpenForReleaseInWindow"`,
	} {
		require.Equal(t, 1, strings.Count(string(text), want), want)
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
