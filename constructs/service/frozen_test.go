package service_test

import (
	"encoding/json"
	"os"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

// Catches: a renamed construct. CloudFormation replaces what has a new logical id: it fails on the names that are taken, and
// where it does not fail, traffic goes to empty target groups.
func TestFrozenLogicalIDs(t *testing.T) {
	native := newFargate(t, ecs)
	internal, public := newFargate(t), newFargate(t, public)
	for _, c := range []struct {
		template templatetest.Template
		id, typ  string
	}{
		{internal, "Service9571FDD8", "AWS::ECS::Service"},
		{internal, "ServiceSecurityGroupC96ED6A7", "AWS::EC2::SecurityGroup"},
		{internal, "ServiceBlueC582B4C8", "AWS::ElasticLoadBalancingV2::TargetGroup"},
		{internal, "ServiceGreen5E120984", "AWS::ElasticLoadBalancingV2::TargetGroup"},
		{internal, "ServiceProductionListenerAC94E940", "AWS::ElasticLoadBalancingV2::Listener"},
		{internal, "ServiceTestListenerDFA48312", "AWS::ElasticLoadBalancingV2::Listener"},
		{public, "ServiceProductionRule8EBE4446", "AWS::ElasticLoadBalancingV2::ListenerRule"},
		{public, "ServiceTestRuleA4838DA2", "AWS::ElasticLoadBalancingV2::ListenerRule"},
		{native, "Service9571FDD8", "AWS::ECS::Service"},
		{native, "ServiceBlueC582B4C8", "AWS::ElasticLoadBalancingV2::TargetGroup"},
		{native, "ServiceGreen5E120984", "AWS::ElasticLoadBalancingV2::TargetGroup"},
		{native, "ServiceProductionListenerAC94E940", "AWS::ElasticLoadBalancingV2::Listener"},
		{native, "ServiceProductionRule8EBE4446", "AWS::ElasticLoadBalancingV2::ListenerRule"},
		{native, "ServiceTestListenerDFA48312", "AWS::ElasticLoadBalancingV2::Listener"},
		{native, "ServiceTestRuleA4838DA2", "AWS::ElasticLoadBalancingV2::ListenerRule"},
		{native, "ServiceShiftRole98FF3DDC", "AWS::IAM::Role"},
		// Not frozen, but with a name of their own: the second of a name cannot be created.
		{internal, "ServiceLogs205D48C6", "AWS::Logs::LogGroup"},
		{internal, "ServiceTaskRoleC7213793", "AWS::IAM::Role"},
		{internal, "ServiceExecutionRole3DA90452", "AWS::IAM::Role"},
		{internal, "ServiceCodeDeployRole72F16B53", "AWS::IAM::Role"},
		{internal, "ServiceApplication92776FC3", "AWS::CodeDeploy::Application"},
		{internal, "ServiceDeploymentGroupE338BE38", "AWS::CodeDeploy::DeploymentGroup"},
		// Neither, but one security group cannot have the same rule twice.
		{internal, "ServiceSecurityGroupfromStackServiceLoadBalancerSecurityGroup0250E2FE8080F9EBC236", "AWS::EC2::SecurityGroupIngress"},
		{internal, "ServiceLoadBalancerSecurityGrouptoStackServiceSecurityGroupC1D3B07B80806CF72CEC", "AWS::EC2::SecurityGroupEgress"},
		{public, "ServiceSecurityGroupfromStackServiceLoadBalancerSecurityGroupCA94608280801C2182F7", "AWS::EC2::SecurityGroupIngress"},
		{public, "ServiceLoadBalancerSecurityGrouptoStackServiceSecurityGroupC1D3B07B8080CFD282B6", "AWS::EC2::SecurityGroupEgress"},
	} {
		if got := c.template.Resources[c.id].Type; got != c.typ {
			t.Errorf("%s is %q, want %s among %v", c.id, got, c.typ, c.template.IDs(c.typ))
		}
	}
}

// Catches: a property of a frozen resource that follows a feature flag of the app: the day that an app team changes its
// cdk.json, its service could no longer be deployed.
func TestFrozenWithAndWithoutFeatureFlags(t *testing.T) {
	file, err := os.ReadFile("../../cdk.json")
	if err != nil {
		t.Fatal(err)
	}
	var cdk struct{ Context map[string]any }
	if err := json.Unmarshal(file, &cdk); err != nil {
		t.Fatal(err)
	}
	for name, changes := range map[string][]func(*service.FargateProps){"internal": nil, "public": {public}, "ecs": {ecs}} {
		stack := awscdk.NewStack(awscdk.NewApp(&awscdk.AppProps{Context: &cdk.Context}), jsii.String("Stack"), &awscdk.StackProps{
			Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
		})
		create(stack, changes...)
		with, without := templatetest.Synth(stack), newFargate(t, changes...)
		for id, r := range without.Resources {
			switch r.Type {
			case "AWS::ECS::Service", "AWS::EC2::SecurityGroup", "AWS::ElasticLoadBalancingV2::TargetGroup",
				"AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule":
				equal(t, name+": "+id+" with feature flags", with.Resources[id].Properties, templatetest.Text(r.Properties))
			}
		}
	}
}
