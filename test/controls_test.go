package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/test/harness"
)

// Catches: a production stage that is not asked whether it is open, or that is asked before the approval has waited, or beside what
// it guards; a check that looks at another environment, or tells people to retry another stage; and one that nobody needs.
func TestOpenForRelease(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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

// Catches: an approval that does not say what is approved, that names a variable which no earlier action has, or that says another
// thing than the page that people learn from.
func TestApprovalNotification(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	p := plan(t)
	said := map[string]string{
		"CommitId":            "5f0c2ab41de6a7b8c9d0e1f2a3b4c5d6e7f80912",
		"IMAGE_DIGEST":        "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"SBOM_URL":            "https://s3.console.aws.amazon.com/…/_sbom/retail-store-catalog/image/9f86.cdx.json",
		"REPORT_URL":          "https://s3.console.aws.amazon.com/…/_review/retail-store-catalog/3d4c.html",
		"PipelineExecutionId": "8a9b0c1d-2e3f-4a5b-8c6d-7e8f9a0b1c2d",
	}
	variable := regexp.MustCompile(`#\{([^.}]+)\.([^}]+)\}`)
	for _, name := range names(p, environment.PlatformName) {
		namespaces := map[string]string{"codepipeline": "codepipeline"}
		for _, r := range c.Of("AWS::CodePipeline::Pipeline") {
			if r.Name != p.Store.PipelineName(name) {
				continue
			}
			for _, s := range r.Properties["Stages"].([]any) {
				for _, x := range s.(map[string]any)["Actions"].([]any) {
					x := x.(map[string]any)
					if x["ActionTypeId"].(map[string]any)["Category"] != "Approval" {
						if namespace, ok := x["Namespace"].(string); ok {
							namespaces[namespace] = x["Name"].(string)
						}
						continue
					}
					configuration := x["Configuration"].(map[string]any)
					text := configuration["CustomData"].(string) + "\n"
					text = variable.ReplaceAllStringFunc(text, func(v string) string {
						parts := variable.FindStringSubmatch(v)
						action, known := namespaces[parts[1]]
						require.True(t, known, "%s: no action before the approval has %s", name, v)
						if parts[2] == "CODEBUILD_BUILD_URL" {
							return "https://us-west-2.console.aws.amazon.com/codebuild/…/" + action + ":1f2e"
						}
						require.NotEmpty(t, said[parts[2]], v)
						return said[parts[2]]
					})
					require.Less(t, len(text), 1000, "too long to be read")
					require.Contains(t, text, "Release "+name+" to prod of retail-store?\nCommit: 5f0c")
					require.Contains(t, text, "What the change does: https://")
					require.Equal(t, name != environment.PlatformName, strings.Contains(text, "/"+name+"@sha256:"), text)
					if name == "catalog" {
						page, err := os.ReadFile(filepath.Join(harness.Root, "docs/controls.md"))
						require.NoError(t, err)
						require.Contains(t, string(page), "```text\n"+text+"```\n")
					}
				}
			}
		}
		require.Greater(t, len(namespaces), 2, name)
	}
	// What is named must also be exported by the build.
	for _, project := range c.Of("AWS::CodeBuild::Project") {
		if strings.HasSuffix(project.Stack, "catalog-pipeline") && strings.Contains(project.LogicalID, "UnitTests") {
			require.Contains(t, project.Properties["Source"].(map[string]any)["BuildSpec"], `"CODEBUILD_BUILD_URL"`, project.LogicalID)
		}
		if strings.HasSuffix(project.Stack, "catalog-pipeline") && strings.Contains(project.LogicalID, "ImageScan") {
			require.Contains(t, project.Properties["Source"].(map[string]any)["BuildSpec"], `"SBOM_URL"`, project.LogicalID)
		}
	}
}

// Catches: a check that may not read what closes production, and a role of a pipeline, a build or a target that opens it.
func TestNobodyOpensButPeople(t *testing.T) {
	t.Parallel()
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
