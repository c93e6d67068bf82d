package frozen_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/frozen"
)

// native is the stack of a service with the engine ecs, with what is replaced by the pairs old, new.
func native(t *testing.T, replace ...string) map[string]any {
	t.Helper()
	text := strings.NewReplacer(replace...).Replace(`{"Resources": {
		"Service": {"Type": "AWS::ECS::Service", "Properties": {"ServiceName": "shop-ui", "TaskDefinition": {"Ref": "Task"}, "DeploymentController": {"Type": "ECS"},
			"DeploymentConfiguration": {"Strategy": "CANARY", "BakeTimeInMinutes": 10}, "HealthCheckGracePeriodSeconds": 60,
			"LoadBalancers": [{"ContainerName": "ui", "TargetGroupArn": {"Ref": "Blue"}, "AdvancedConfiguration": {"AlternateTargetGroupArn": {"Ref": "Green"},
				"ProductionListenerRule": {"Ref": "Rule"}, "TestListenerRule": {"Ref": "TestRule"}, "RoleArn": {"Fn::GetAtt": ["Role", "Arn"]}}}]}},
		"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "shop-ui", "Cpu": "512"}},
		"Blue": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 8080, "HealthCheckPath": "/health"}},
		"Green": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 8080, "HealthCheckPath": "/health"}},
		"Listener": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {"Port": 20001, "DefaultActions": [{"TargetGroupArn": {"Ref": "Blue"}}]}},
		"Rule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"Priority": 7, "ListenerArn": {"Ref": "Listener"}, "Actions": [{"ForwardConfig": {"TargetGroups": [{"TargetGroupArn": {"Ref": "Blue"}}]}}]}},
		"TestRule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"Priority": 8, "ListenerArn": "b", "Actions": []}},
		"Role": {"Type": "AWS::IAM::Role", "Properties": {"Policies": []}}}}`)
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Catches: a rule of the engine ecs whose change goes unnoticed, though it sets the weights back to those of the first release,
// and a service of that engine that is taken for frozen.
func TestCompareECS(t *testing.T) {
	for _, c := range []struct {
		name    string
		replace []string
		want    []string
	}{
		{"a release", []string{`"Cpu": "512"`, `"Cpu": "1024"`}, nil},
		{"grace, bake and strategy", []string{": 60", ": 90", ": 10", ": 20", "CANARY", "LINEAR"}, nil},
		{"the listener's port", []string{"20001", "20002"}, nil},
		{"a priority", []string{": 7", ": 9"}, []string{"Rule Priority resets traffic"}},
		{"a priority of the test rule", []string{": 8,", ": 9,"}, []string{"TestRule Priority resets traffic"}},
		{"a health path", []string{"/health", "/healthz"}, []string{"Blue HealthCheckPath acts on live tasks", "Green HealthCheckPath acts on live tasks"}},
	} {
		var got []string
		for _, change := range frozen.Compare(native(t), native(t, c.replace...)) {
			got = append(got, fmt.Sprint(change.LogicalID, " ", change.Property, " ", change.Effect))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
	for _, change := range frozen.Compare(native(t), native(t, "8080", "9090")) {
		if change.LogicalID == "Rule" && change.Effect == frozen.Resets {
			return
		}
	}
	t.Error("another port replaces the target groups, and nobody hears that the rule is set back to an empty one")
}

// Catches: a setting that is said to be frozen with the engine ecs though CloudFormation changes it, or to be free though its
// change would send customers to the tasks of another release.
func TestSettingsOfECS(t *testing.T) {
	for path, want := range map[string]frozen.When{
		"http.graceSeconds": frozen.NextDeployment, "release.percent": frozen.NextDeployment, "expose.internal.port": frozen.NextDeployment,
		"http.port": frozen.Never, "http.protocol": frozen.Never, "http.health": frozen.Steps, "expose.path": frozen.Never,
		"expose.host": frozen.Never, "expose.priority": frozen.Never, "release.engine": frozen.Never, "cpu": frozen.NextRelease,
	} {
		if got, how := frozen.Of("services.ui."+path, environment.ECS); got != want {
			t.Errorf("%s: %s (%s), want %s", path, got, how, want)
		}
	}
}

// Catches: a change of engines, in a new one too, that nobody has thought through.
func TestEngineChange(t *testing.T) {
	for _, from := range environment.Engines {
		for _, to := range environment.Engines {
			if why := frozen.EngineChange(from, to); (why == "") != (from == to) {
				t.Errorf("%s → %s: %q", from, to, why)
			}
		}
	}
}
