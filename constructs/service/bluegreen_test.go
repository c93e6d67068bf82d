package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

const (
	blueFirst  = `[{"ForwardConfig":{"TargetGroups":[{"TargetGroupArn":{"Ref":"ServiceBlueC582B4C8"},"Weight":100},{"TargetGroupArn":{"Ref":"ServiceGreen5E120984"},"Weight":0}]},"Type":"forward"}]`
	greenFirst = `[{"ForwardConfig":{"TargetGroups":[{"TargetGroupArn":{"Ref":"ServiceGreen5E120984"},"Weight":100},{"TargetGroupArn":{"Ref":"ServiceBlueC582B4C8"},"Weight":0}]},"Type":"forward"}]`
	shiftRole  = "ServiceShiftRole98FF3DDC"
)

// shifted gives p the engine ecs with a release and a bake.
func shifted(r environment.Release, bake time.Duration) func(*service.FargateProps) {
	return func(p *service.FargateProps) {
		r.Engine = environment.ECS
		p.Runtime.Release, p.Bake = r, bake
	}
}

// Catches: any change of what ECS is told of a release. No DesiredCount: CloudFormation would set the number of tasks back
// with every release. Without a bake CloudFormation would wait for 36 hours, so none is said as well.
func TestServiceOfECS(t *testing.T) {
	for name, c := range map[string]struct {
		release environment.Release
		bake    time.Duration
		want    string
	}{
		"canary": {environment.Release{}, 10 * time.Minute,
			`"BakeTimeInMinutes":10,"CanaryConfiguration":{"CanaryBakeTimeInMinutes":5,"CanaryPercent":10},`},
		"linear": {environment.Release{Strategy: environment.Linear, Percent: 25, Interval: 2 * time.Minute}, time.Hour,
			`"BakeTimeInMinutes":60,"LinearConfiguration":{"StepBakeTimeInMinutes":2,"StepPercent":25},`},
		"blue_green": {environment.Release{Strategy: environment.AllAtOnce}, 0, `"BakeTimeInMinutes":0,`},
	} {
		s := newFargate(t, shifted(c.release, c.bake)).Only(t, "AWS::ECS::Service").Properties
		d := templatetest.Text(s["DeploymentConfiguration"])
		d = strings.Replace(d, `"Alarms":{"AlarmNames":[],"Enable":false,"Rollback":false},`, "", 1)
		d = strings.Replace(d, `"DeploymentCircuitBreaker":{"Enable":true,"Rollback":true},"LinearConfiguration"`, `"LinearConfiguration"`, 1)
		d = strings.Replace(d, `"DeploymentCircuitBreaker":{"Enable":true,"Rollback":true},`, "", 1)
		equal(t, name, d, templatetest.Text(`{`+c.want+`"MaximumPercent":200,"MinimumHealthyPercent":100,"Strategy":"`+strings.ToUpper(name)+`"}`))
		equal(t, name+": circuit breaker", s["DeploymentConfiguration"].(map[string]any)["DeploymentCircuitBreaker"], `{"Enable":true,"Rollback":true}`)
		equal(t, name+": controller", s["DeploymentController"], `{"Type":"ECS"}`)
		equal(t, name+": task definition", s["TaskDefinition"], `{"Ref":"ServiceTaskDefinition55FA0F15"}`)
		equal(t, name+": target groups", s["LoadBalancers"], `[{"AdvancedConfiguration":{"AlternateTargetGroupArn":{"Ref":"ServiceGreen5E120984"},`+
			`"ProductionListenerRule":{"Ref":"ServiceProductionRule8EBE4446"},"RoleArn":{"Fn::GetAtt":["`+shiftRole+`","Arn"]},`+
			`"TestListenerRule":{"Ref":"ServiceTestRuleA4838DA2"}},"ContainerName":"app","ContainerPort":8080,"TargetGroupArn":{"Ref":"ServiceBlueC582B4C8"}}]`)
		if _, ok := s["DesiredCount"]; ok {
			t.Errorf("%s has a desired count", name)
		}
	}
}

// Catches: alarms that are given to a service of the engine ecs and stop nothing.
func TestECSRollsBackOnAlarms(t *testing.T) {
	s := newFargate(t, ecs, alarm).Only(t, "AWS::ECS::Service").Properties
	equal(t, "alarms", s["DeploymentConfiguration"].(map[string]any)["Alarms"],
		`{"AlarmNames":["shop-beta-catalog-errors"],"Enable":true,"Rollback":true}`)
}

// Catches: a listener of an internal service without a rule that ECS can shift, which takes no default rules; a rule that some
// requests do not match; and one that lacks a target group, with which ECS refuses the service.
func TestInternalRulesOfECS(t *testing.T) {
	template := newFargate(t, https, ecs, func(p *service.FargateProps) { p.Runtime.HTTP.Protocol, p.Runtime.HTTP.Health = environment.GRPC, "" })
	for rule, c := range map[string]struct{ listener, to, first string }{
		"ServiceProductionRule8EBE4446": {"ServiceProductionListenerAC94E940", toBlue, blueFirst},
		"ServiceTestRuleA4838DA2":       {"ServiceTestListenerDFA48312", toGreen, greenFirst},
	} {
		equal(t, rule, template.One(t, rule).Properties,
			`{"Actions":`+c.first+`,"Conditions":[{"Field":"path-pattern","PathPatternConfig":{"Values":["/*"]}}],"ListenerArn":{"Ref":"`+c.listener+`"},"Priority":1}`)
		l := template.One(t, c.listener).Properties
		equal(t, c.listener, []any{l["DefaultActions"], l["Protocol"]}, `[`+c.to+`,"HTTPS"]`)
	}
	for _, id := range template.IDs("AWS::ElasticLoadBalancingV2::TargetGroup") {
		equal(t, id, template.Resources[id].Properties["ProtocolVersion"], `"GRPC"`)
	}
}

// Catches: rules of a public service that ECS refuses, or that differ from those of codedeploy in more than their weights.
func TestPublicRulesOfECS(t *testing.T) {
	native, codedeploy := newFargate(t, public, ecs), newFargate(t, public)
	for rule, want := range map[string]string{"ServiceProductionRule8EBE4446": blueFirst, "ServiceTestRuleA4838DA2": greenFirst} {
		got, like := native.One(t, rule).Properties, codedeploy.One(t, rule).Properties
		equal(t, rule, got["Actions"], want)
		for _, name := range []string{"Conditions", "ListenerArn", "Priority"} {
			equal(t, rule+"."+name, got[name], templatetest.Text(like[name]))
		}
	}
	if ids := native.IDs("AWS::ElasticLoadBalancingV2::Listener"); len(ids) != 0 {
		t.Errorf("has listeners of its own: %v", ids)
	}
}

// Catches: a release that ECS cannot make for want of a permission, or one that could reach other services.
func TestShiftRole(t *testing.T) {
	for name, changes := range map[string][]func(*service.FargateProps){"internal": {ecs}, "public": {public, ecs}} {
		template := newFargate(t, changes...)
		got := statements(t, template, shiftRole)
		slices.Sort(got)
		equal(t, name, got, templatetest.Text([]string{
			`{"Action":"elasticloadbalancing:ModifyRule","Effect":"Allow","Resource":[{"Ref":"ServiceProductionRule8EBE4446"},{"Ref":"ServiceTestRuleA4838DA2"}]}`,
			`{"Action":["elasticloadbalancing:DeregisterTargets","elasticloadbalancing:RegisterTargets"],"Effect":"Allow","Resource":[{"Ref":"ServiceBlueC582B4C8"},{"Ref":"ServiceGreen5E120984"}]}`,
			`{"Action":["elasticloadbalancing:DescribeListeners","elasticloadbalancing:DescribeRules","elasticloadbalancing:DescribeTargetGroups","elasticloadbalancing:DescribeTargetHealth"],"Effect":"Allow","Resource":"*"}`,
		}))
		role := template.One(t, shiftRole).Properties
		equal(t, name+": trust", role["AssumeRolePolicyDocument"],
			`{"Statement":[{"Action":"sts:AssumeRole","Effect":"Allow","Principal":{"Service":"ecs.amazonaws.com"}}],"Version":"2012-10-17"}`)
		equal(t, name+": name", role["RoleName"], `"shop-beta-catalog-us-west-2-shift"`)
	}
}

// Catches: props of a release of the engine ecs that ECS or CloudFormation refuses, in a service that no plan has checked.
func TestECSProps(t *testing.T) {
	canary := func(interval time.Duration) environment.Release {
		return environment.Release{Strategy: environment.Canary, Percent: 10, Interval: interval}
	}
	for _, c := range []struct {
		change func(*service.FargateProps)
		want   string
	}{
		{shifted(canary(9*time.Hour), 24*time.Hour), ""},
		{shifted(environment.Release{}, 25*time.Hour), "Bake: must be 0 to 24h in whole minutes, got 25h0m0s"},
		{shifted(canary(10*time.Hour), 24*time.Hour),
			"Bake: 24h after shifts of 10h take longer than 33h, which CloudFormation allows with the engine ecs; shorten the bake or the shifts"},
		{func(p *service.FargateProps) { ecs(p); p.ShiftRoleName = "a b" }, `ShiftRoleName: must be 1 to 64 letters, digits and +=,.@_-, got "a b"`},
		{func(p *service.FargateProps) {
			ecs(p)
			onPublic(func(r *service.PublicRoute) { r.TestListener = nil })(p)
		},
			"Route.TestListener: required with the engine ecs"},
	} {
		p := valid()
		c.change(p)
		got := ""
		if err := p.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("got\n\t%s\nwant\n\t%s", got, c.want)
		}
	}
}
