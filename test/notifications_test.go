package test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
)

// told is what the function that writes the notifications knows.
type told struct {
	Name      string
	Pipelines map[string]string
	Stages    map[string]struct {
		Environment, Kind, Account string
		Closes                     bool
		Targets                    []struct{ ID, Region string }
	}
	Switches map[string]struct{ Environment string }
	Glass    map[string]string
}

// Catches: a pipeline whose failures nobody hears of; a message that calls production a build, or names no target of a wave, because a
// stage or an action is called otherwise; a stop switch that is set in silence, for the pipelines look at another parameter.
func TestNotificationsKnowThePipelines(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	p := plan(t)
	var knows told
	for _, r := range c.Of("AWS::Lambda::Function") {
		if r.Stack == p.Store.OperationsStackName() {
			code, inline := r.Properties["Code"].(map[string]any)["ZipFile"].(string)
			if !inline { // of the delivery metrics
				continue
			}
			require.NoError(t, json.NewDecoder(strings.NewReader(strings.TrimPrefix(code, "const STORE = "))).Decode(&knows))
		}
	}
	require.Equal(t, "retail-store", knows.Name)
	inWaves := map[string]bool{}
	for _, name := range waves(p) {
		inWaves[name] = true
	}
	require.Len(t, knows.Stages, len(inWaves))
	require.Len(t, knows.Pipelines, len(c.Of("AWS::CodePipeline::Pipeline")))
	for _, service := range names(p, environment.PlatformName) {
		name := p.Store.PipelineName(service)
		require.Equal(t, service, knows.Pipelines[name])
		for _, s := range pipeline(t, c, name) {
			at, ok := knows.Stages[s.name]
			require.Equal(t, inWaves[s.name], ok, "%s %s", name, s.name)
			if !ok {
				continue
			}
			e := p.Store.Environment(at.Environment)
			require.Equal(t, []any{string(e.Kind), e.Account, e.CanClose()}, []any{at.Kind, at.Account, at.Closes})
			seen := map[string]bool{}
			for _, a := range s.actions {
				if strings.HasPrefix(a.name, "OpenForRelease") {
					variables := a.configuration["EnvironmentVariables"].(string)
					require.Contains(t, variables, `"value":"`+at.Environment+`"`)
				}
				if a.category != "Deploy" {
					continue
				}
				region := a.region
				if region == "" {
					region = p.Store.Tools.Region
				}
				for _, target := range at.Targets {
					if len(at.Targets) == 1 || strings.HasPrefix(a.name, target.ID+".") {
						require.Equal(t, region, target.Region, "%s %s", s.name, a.name)
						seen[target.ID] = true
					}
				}
			}
			require.Len(t, seen, len(at.Targets), "%s %s: actions for %v", name, s.name, seen)
		}
	}
	// The parameters are those that the checks in the pipelines read.
	read := map[string]bool{}
	for _, r := range c.Of("AWS::CodeBuild::Project") {
		text, err := json.Marshal([]any{r.Properties["Source"], r.Properties["Environment"]})
		require.NoError(t, err)
		for parameter := range knows.Switches {
			read[parameter] = read[parameter] || strings.Contains(string(text), parameter)
		}
		for parameter := range knows.Glass {
			read[parameter] = read[parameter] || strings.Contains(string(text), parameter)
		}
	}
	require.Len(t, knows.Switches, 1)
	require.Len(t, knows.Glass, len(knows.Pipelines))
	for parameter, ok := range read {
		require.True(t, ok, "no pipeline reads %s", parameter)
	}
}

// Catches: a function that cannot do its work, by its own policy or by that of the key, and one that reaches further.
func TestNotificationsMayDoTheirWork(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	s := p.Store
	role, in := toolsRole(s.NotificationsRoleName()), ":"+s.Tools.Region+":"+s.Tools.Account+":"
	a.can(role, "sns:Publish", "arn:aws:sns"+in+s.NotificationsName(), keys("aws:SecureTransport", "true"))
	a.cannot(role, "sns:Publish", "arn:aws:sns"+in+s.Environment("prod").ApprovalTopicName(s), keys("aws:SecureTransport", "true"))
	a.can(role, "kms:Decrypt kms:GenerateDataKey", a.artifactKey(p, s.Tools.Region), nil)
	a.cannot(role, "kms:Encrypt kms:ScheduleKeyDeletion", a.artifactKey(p, s.Tools.Region), nil)
	for _, service := range names(p, environment.PlatformName) {
		a.can(role, "codepipeline:ListActionExecutions", "arn:aws:codepipeline"+in+s.PipelineName(service), nil)
		a.can(role, "ssm:GetParameterHistory", "arn:aws:ssm"+in+"parameter"+s.ToolsParameter(environment.BreakGlass(service)), nil)
		a.cannot(role, "ssm:PutParameter", "arn:aws:ssm"+in+"parameter"+s.ToolsParameter(environment.BreakGlass(service)), nil)
	}
	a.can(role, "ssm:GetParameterHistory", "arn:aws:ssm"+in+"parameter"+s.ToolsParameter(environment.StopSwitch("prod")), nil)
	a.cannot(role, "codepipeline:ListActionExecutions codepipeline:PutApprovalResult", "arn:aws:codepipeline"+in+s.PipelineName("catalog-two"), nil)
	a.cannot(role, "codepipeline:PutApprovalResult codepipeline:RetryStageExecution", "arn:aws:codepipeline"+in+s.PipelineName("catalog"), nil)
	a.cannot(role, "ssm:GetParameterHistory", "arn:aws:ssm"+in+"parameter/retail-store-two/platform/tools/stop/v1/prod", nil)
	a.can(role, "logs:CreateLogStream logs:PutLogEvents", "arn:aws:logs"+in+"log-group:"+s.NotificationsLogGroupName()+":log-stream:2026/11/29/[$LATEST]1", nil)
}

// Catches: lost events of the delivery metrics whose alarm nobody hears of, because CloudWatch may not publish to the topic, or not use its
// key; other alarms that may.
func TestLostMetricsAreTold(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	s := p.Store
	in := ":" + s.Tools.Region + ":" + s.Tools.Account + ":"
	var alarm, told string
	for _, r := range a.cloud.Of("AWS::CloudWatch::Alarm") {
		if r.Stack == s.OperationsStackName() {
			alarm, told = r.Properties["AlarmName"].(string), fmt.Sprint(r.Properties["AlarmActions"])
		}
	}
	topic := "arn:aws:sns" + in + s.NotificationsName()
	require.Equal(t, "["+topic+"]", told)
	const service = "cloudwatch.amazonaws.com"
	by := func(account, alarm string) map[string][]string {
		return keys("aws:SourceAccount", account, "aws:SourceArn", "arn:aws:cloudwatch:"+s.Tools.Region+":"+account+":alarm:"+alarm, "aws:SecureTransport", "true")
	}
	key := a.artifactKey(p, s.Tools.Region)
	a.can(service, "sns:Publish", topic, by(s.Tools.Account, alarm))
	a.can(service, "kms:Decrypt kms:GenerateDataKey", key, by(s.Tools.Account, alarm))
	for _, other := range []map[string][]string{by(s.Tools.Account, "retail-store-prod-catalog-errors"), by("999999999999", alarm), keys("aws:SecureTransport", "true")} {
		a.cannot(service, "sns:Publish", topic, other)
		a.cannot(service, "kms:Decrypt kms:GenerateDataKey", key, other)
	}
	a.cannot(service, "kms:Encrypt kms:ScheduleKeyDeletion", key, by(s.Tools.Account, alarm))
}
