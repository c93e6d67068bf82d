package test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/test/harness"
)

// alarmsOf are the alarms of a service's stack: the ends of their names by logical id, and how many watch each target group.
func alarmsOf(t *testing.T, s *assembly.Stack) (names map[string]string, groups map[string]int) {
	t.Helper()
	names, groups = map[string]string{}, map[string]int{}
	for _, r := range s.Resources("AWS::CloudWatch::Alarm") {
		name, ok := strings.CutPrefix(r.Properties["AlarmName"].(string), s.Name+"-")
		require.True(t, ok, "%s is not named after %s", r.Properties["AlarmName"], s.Name)
		names[r.LogicalID] = name
		metrics, math := r.Properties["Metrics"].([]any)
		if !math {
			continue
		}
		watched := map[string]bool{}
		for _, m := range metrics {
			stat, ok := m.(map[string]any)["MetricStat"].(map[string]any)
			if !ok {
				continue
			}
			for _, d := range stat["Metric"].(map[string]any)["Dimensions"].([]any) {
				if d := d.(map[string]any); d["Name"] == "TargetGroup" {
					watched[d["Value"].(map[string]any)["Fn::GetAtt"].([]any)[0].(string)] = true
				}
			}
		}
		if name == "tasks" {
			require.Empty(t, watched, "%s watches the service, whichever target group takes its requests", name)
			continue
		}
		require.Len(t, watched, 1, "%s mixes target groups", name)
		for group := range watched {
			groups[group]++
		}
	}
	return names, groups
}

// Catches: a target group whose errors nobody sees, in any of the targets, and a deployment group that is not told of an alarm, or
// that does not roll back for one; a public service whose canary's alarm is not armed, and one in a test environment that has a
// canary.
func TestEveryDeploymentGroupNamesItsAlarms(t *testing.T) {
	t.Parallel()
	asked := 0
	for _, s := range services(t, harness.Synth(t, store)) {
		names, groups := alarmsOf(t, s)
		require.Len(t, groups, 2, s.Name)
		for _, g := range s.Resources("AWS::ElasticLoadBalancingV2::TargetGroup") {
			require.Equal(t, 3, groups[g.LogicalID], "%s in %s", g.LogicalID, s.Name)
		}
		for _, g := range s.Resources("AWS::CodeDeploy::DeploymentGroup") {
			configuration := g.Properties["AlarmConfiguration"].(map[string]any)
			require.Equal(t, true, configuration["Enabled"], s.Name)
			named := map[string]string{}
			for _, a := range configuration["Alarms"].([]any) {
				id := a.(map[string]any)["Name"].(map[string]any)["Ref"].(string)
				named[id] = names[id]
			}
			require.Equal(t, names, named, s.Name)
			if len(s.Resources("AWS::Synthetics::Canary")) > 0 {
				asked++
				require.Len(t, named, 10, s.Name)
				require.Contains(t, slices.Collect(maps.Values(named)), "canary", s.Name)
			} else {
				require.Len(t, named, 9, s.Name)
			}
			require.Contains(t, g.Properties["AutoRollbackConfiguration"].(map[string]any)["Events"], "DEPLOYMENT_STOP_ON_ALARM", s.Name)
		}
	}
	require.Equal(t, 16, asked, "five services in two targets of gamma, ui in six of prod, and none in beta")
}

// Catches: a canary that asks before there is a service, that asks past the regional name or the internal one, from where nobody reaches
// it, or that is another one than its alarm and its role think it is.
func TestCanaries(t *testing.T) {
	t.Parallel()
	found, inside := 0, 0
	for _, s := range services(t, harness.Synth(t, store)) {
		for _, c := range s.Resources("AWS::Synthetics::Canary") {
			found++
			require.Equal(t, s.Name, c.Properties["Name"])
			variables := c.Properties["RunConfig"].(map[string]any)["EnvironmentVariables"].(map[string]any)
			if c.Properties["VPCConfig"] != nil {
				service := strings.TrimPrefix(s.Name, "retail-store-gamma-")
				require.Contains(t, variables["TARGET"], `{"url":"https://`+service+`.internal.gamma.shop.example.com:2`, s.Name)
				inside++
			} else {
				require.Contains(t, variables["TARGET"], `{"url":"https://`+s.Region+`.`, s.Name)
			}
			raw := s.Template["Resources"].(map[string]any)[c.LogicalID].(map[string]any)
			service := s.Resources("AWS::ECS::Service")[0].LogicalID
			require.Contains(t, raw["DependsOn"], service, s.Name)
			role := c.Properties["ExecutionRoleArn"].(map[string]any)["Fn::GetAtt"].([]any)[0]
			for _, a := range s.Resources("AWS::CloudWatch::Alarm") {
				if a.Properties["Namespace"] == "CloudWatchSynthetics" {
					require.Equal(t, []any{map[string]any{"Name": "CanaryName", "Value": s.Name}}, a.Properties["Dimensions"])
				}
			}
			roles := map[string]any{}
			for _, r := range s.Resources("AWS::IAM::Role") {
				roles[r.LogicalID] = r.Properties["RoleName"]
			}
			require.Equal(t, s.Name+"-"+s.Region+"-canary", roles[role.(string)])
		}
	}
	require.Equal(t, 16, found)
	require.Equal(t, 8, inside, "four internal services in two targets of gamma")
}

// Catches: alarms that cannot come to a live service, or go from one, because they change what CodeDeploy keeps; and alarms that
// stay armed when they are gone, with which every release would stop.
func TestAlarmsTouchNothingFrozen(t *testing.T) {
	t.Parallel()
	without := edited(t, "defaults:\n", "defaults:\n  alarms: {disabled: true}\n")
	without.Context = map[string]string{"scope": "catalog"}
	with, off := servicesOf(t, harness.Synth(t, scoped("catalog")), 1), servicesOf(t, harness.Synth(t, without), 1)
	for i, s := range with {
		old := off[i]
		require.Equal(t, old.Name, s.Name)
		require.Empty(t, old.Resources("AWS::CloudWatch::Alarm"), s.Name)
		require.Empty(t, frozen.Compare(old.Template, s.Template), s.Name)
		require.Empty(t, frozen.Compare(s.Template, old.Template), s.Name)
		resources := old.Template["Resources"].(map[string]any)
		for id, r := range s.Template["Resources"].(map[string]any) {
			switch r.(map[string]any)["Type"] {
			case "AWS::CloudWatch::Alarm", "AWS::CodeDeploy::DeploymentGroup":
			default:
				require.Equal(t, resources[id], r, "%s in %s", id, s.Name)
			}
		}
		require.Equal(t, old.Template["Parameters"], s.Template["Parameters"], s.Name)
		for _, g := range old.Resources("AWS::CodeDeploy::DeploymentGroup") {
			require.Equal(t, map[string]any{"Enabled": false}, g.Properties["AlarmConfiguration"], s.Name)
		}
	}
}

// Catches: a service that ECS releases and that is not told of its alarms, or by names that they do not have, or before they are
// there.
func TestServicesOfECSNameTheirAlarms(t *testing.T) {
	t.Parallel()
	for engine, counts := range map[string][2]int{"rolling": {6, 1}, "ecs": {9, 2}} {
		in := edited(t, "{strategy: linear, percent: 20, interval: 3m}", "{engine: "+engine+"}, checks: []")
		in.Context = map[string]string{"scope": "catalog"}
		found := 0
		for _, s := range harness.Synth(t, in).Assembly.Stacks() {
			if s.Name != "retail-store-prod-catalog" {
				continue
			}
			found++
			names, groups := alarmsOf(t, s)
			require.Len(t, names, counts[0], engine)
			require.Len(t, groups, counts[1], engine)
			service := s.Resources("AWS::ECS::Service")[0]
			alarms := service.Properties["DeploymentConfiguration"].(map[string]any)["Alarms"].(map[string]any)
			require.Equal(t, []any{true, true}, []any{alarms["Enable"], alarms["Rollback"]}, engine)
			var literal []string
			for _, name := range names {
				literal = append(literal, s.Name+"-"+name)
			}
			require.ElementsMatch(t, literal, alarms["AlarmNames"], engine)
			raw := s.Template["Resources"].(map[string]any)[service.LogicalID].(map[string]any)
			for id := range names {
				require.True(t, slices.Contains(raw["DependsOn"].([]any), any(id)), "%s does not wait for %s with %s", service.LogicalID, id, engine)
			}
		}
		require.Equal(t, 6, found, engine)
	}
}
