package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

// Catches: traffic that shifts otherwise than the release says; a configuration of our own where AWS has one; and one whose
// content changes under its name, which CodeDeploy refuses.
func TestDeploymentConfig(t *testing.T) {
	for _, c := range []struct {
		release environment.Release
		name    string
		config  string
	}{
		{environment.Release{Strategy: environment.AllAtOnce}, `"CodeDeployDefault.ECSAllAtOnce"`, ""},
		{environment.Release{}, `"CodeDeployDefault.ECSCanary10Percent5Minutes"`, ""}, // production's default
		{environment.Release{Strategy: environment.Canary, Interval: 15 * time.Minute}, `"CodeDeployDefault.ECSCanary10Percent15Minutes"`, ""},
		{environment.Release{Strategy: environment.Linear}, `"CodeDeployDefault.ECSLinear10PercentEvery1Minutes"`, ""},
		{environment.Release{Strategy: environment.Linear, Interval: 3 * time.Minute}, `"CodeDeployDefault.ECSLinear10PercentEvery3Minutes"`, ""},
		{environment.Release{Percent: 25}, `{"Ref":"ServiceConfigcanary255m8DAE220B"}`,
			`{"ComputePlatform":"ECS","DeploymentConfigName":"shop-beta-catalog-canary-25-5m",` +
				`"TrafficRoutingConfig":{"TimeBasedCanary":{"CanaryInterval":5,"CanaryPercentage":25},"Type":"TimeBasedCanary"}}`},
		{environment.Release{Strategy: environment.Linear, Percent: 20, Interval: 90 * time.Minute}, `{"Ref":"ServiceConfiglinear201h30m1EB41561"}`,
			`{"ComputePlatform":"ECS","DeploymentConfigName":"shop-beta-catalog-linear-20-1h30m",` +
				`"TrafficRoutingConfig":{"TimeBasedLinear":{"LinearInterval":90,"LinearPercentage":20},"Type":"TimeBasedLinear"}}`},
	} {
		template := newFargate(t, release(c.release))
		equal(t, "configuration", template.Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties["DeploymentConfigName"], c.name)
		switch ids := template.IDs("AWS::CodeDeploy::DeploymentConfig"); {
		case c.config == "" && len(ids) > 0:
			t.Errorf("%s: also %v", c.name, ids)
		case c.config != "":
			equal(t, c.name, template.Only(t, "AWS::CodeDeploy::DeploymentConfig").Properties, c.config)
		}
	}
}

// Catches: old tasks that are gone before the bake is over, or kept and paid for longer.
func TestTerminationWaitIsTheBake(t *testing.T) {
	for bake, want := range map[time.Duration]string{0: "0", 30 * time.Minute: "30", 48 * time.Hour: "2880"} {
		g := newFargate(t, func(p *service.FargateProps) { p.Bake = bake }).Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties
		equal(t, "after the shift", g["BlueGreenDeploymentConfiguration"],
			`{"DeploymentReadyOption":{"ActionOnTimeout":"CONTINUE_DEPLOYMENT","WaitTimeInMinutes":0},`+
				`"TerminateBlueInstancesOnDeploymentSuccess":{"Action":"TERMINATE","TerminationWaitTimeInMinutes":`+want+`}}`)
	}
}

// Catches: a deployment group that moves another service's traffic, or in place instead of blue/green; names that the
// pipeline, which knows them by rule, does not find.
func TestDeploymentGroup(t *testing.T) {
	for name, c := range map[string]struct {
		changes          []func(*service.FargateProps)
		production, test string
	}{
		"internal": {nil, `{"Ref":"ServiceProductionListenerAC94E940"}`, `{"Ref":"ServiceTestListenerDFA48312"}`},
		"public":   {[]func(*service.FargateProps){public}, `"` + listenerARN + `"`, `"` + testListenerARN + `"`},
	} {
		template := newFargate(t, c.changes...)
		equal(t, name+": application", template.Only(t, "AWS::CodeDeploy::Application").Properties,
			`{"ApplicationName":"shop-beta-catalog","ComputePlatform":"ECS"}`)
		g := template.Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties
		equal(t, name+": name", g["DeploymentGroupName"], `"shop-beta-catalog"`)
		equal(t, name+": style", g["DeploymentStyle"], `{"DeploymentOption":"WITH_TRAFFIC_CONTROL","DeploymentType":"BLUE_GREEN"}`)
		equal(t, name+": service", g["ECSServices"], `[{"ClusterName":"shop-beta","ServiceName":{"Fn::GetAtt":["Service9571FDD8","Name"]}}]`)
		equal(t, name+": routes", g["LoadBalancerInfo"],
			`{"TargetGroupPairInfoList":[{"ProdTrafficRoute":{"ListenerArns":[`+c.production+`]},`+
				`"TargetGroups":[{"Name":{"Fn::GetAtt":["ServiceBlueC582B4C8","TargetGroupName"]}},{"Name":{"Fn::GetAtt":["ServiceGreen5E120984","TargetGroupName"]}}],`+
				`"TestTrafficRoute":{"ListenerArns":[`+c.test+`]}}]}`)
		equal(t, name+": role", g["ServiceRoleArn"], `{"Fn::GetAtt":["ServiceCodeDeployRole72F16B53","Arn"]}`)
	}
}

// Catches: a failed release that stays, or alarms that ring and roll nothing back.
func TestRollback(t *testing.T) {
	g := newFargate(t).Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties
	equal(t, "without alarms", g["AutoRollbackConfiguration"], `{"Enabled":true,"Events":["DEPLOYMENT_FAILURE","DEPLOYMENT_STOP_ON_REQUEST"]}`)

	const events = `{"Enabled":true,"Events":["DEPLOYMENT_FAILURE","DEPLOYMENT_STOP_ON_REQUEST","DEPLOYMENT_STOP_ON_ALARM"]}`
	g = newFargate(t, alarm).Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties
	equal(t, "with an alarm", g["AutoRollbackConfiguration"], events)
	equal(t, "alarms", g["AlarmConfiguration"], `{"Alarms":[{"Name":"shop-beta-catalog-errors"}],"Enabled":true}`)

	// An alarm on the service's own target group cannot be given before there is one.
	stack := newStack()
	f := create(stack)
	f.DeploymentGroup.AddAlarm(f.Blue.Metrics().UnhealthyHostCount(nil).CreateAlarm(f, jsii.String("Unhealthy"),
		&awscloudwatch.CreateAlarmOptions{Threshold: jsii.Number(1), EvaluationPeriods: jsii.Number(1)}))
	g = templatetest.Synth(stack).Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties
	equal(t, "with an alarm that follows", g["AutoRollbackConfiguration"], events)
}

// Catches: more alarms than CodeDeploy takes, which only their sum is, and a nil among them, of which the kernel would tell.
func TestWatchedAlarms(t *testing.T) {
	own := func(n int) func(*service.FargateProps) {
		return func(p *service.FargateProps) {
			alarm(p)
			p.Watch = watched(slices.Repeat([]interfacesawscloudwatch.IAlarmRef{p.Alarms[0]}, n)...)
		}
	}
	if g := newFargate(t, own(9)).Only(t, "AWS::CodeDeploy::DeploymentGroup").Properties; strings.Count(templatetest.Text(g["AlarmConfiguration"]), `"Name"`) != 10 {
		t.Errorf("want ten alarms, got %v", g["AlarmConfiguration"])
	}
	for want, change := range map[string]func(*service.FargateProps){
		"Watch: may make at most 9 beside the 1 of Alarms, got 10; a composite alarm is one alarm for several": own(10),
		"Watch[0]: must not be nil": func(p *service.FargateProps) { p.Watch = watched(nil) },
	} {
		if got := recovered(func() { create(newStack(), change) }); got != "service.Fargate Stack/Service:\n  "+want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// Catches: a permission too few, with which the first release fails, and one too many: on another service, another
// listener, another role.
func TestCodeDeployRole(t *testing.T) {
	ecs := `{"Action":["ecs:CreateTaskSet","ecs:DeleteTaskSet","ecs:DescribeServices","ecs:UpdateServicePrimaryTaskSet"],"Effect":"Allow","Resource":[` +
		`"arn:aws:ecs:us-west-2:222222222222:service/shop-beta/shop-beta-catalog","arn:aws:ecs:us-west-2:222222222222:task-set/shop-beta/shop-beta-catalog/*"]}`
	read := `{"Action":["elasticloadbalancing:DescribeListeners","elasticloadbalancing:DescribeRules","elasticloadbalancing:DescribeTargetGroups",` +
		`"cloudwatch:DescribeAlarms"],"Effect":"Allow","Resource":"*"}`
	pass := `{"Action":"iam:PassRole","Condition":{"StringEquals":{"iam:PassedToService":"ecs-tasks.amazonaws.com"}},"Effect":"Allow","Resource":[` +
		`{"Fn::GetAtt":["ServiceExecutionRole3DA90452","Arn"]},{"Fn::GetAtt":["ServiceTaskRoleC7213793","Arn"]}]}`
	for name, c := range map[string]struct {
		changes []func(*service.FargateProps)
		modify  string
	}{
		"internal": {nil, `{"Action":"elasticloadbalancing:ModifyListener","Effect":"Allow","Resource":[` +
			`{"Ref":"ServiceProductionListenerAC94E940"},{"Ref":"ServiceTestListenerDFA48312"}]}`},
		"public": {[]func(*service.FargateProps){public}, `{"Action":"elasticloadbalancing:ModifyRule","Effect":"Allow","Resource":[` +
			`{"Ref":"ServiceProductionRule8EBE4446"},{"Ref":"ServiceTestRuleA4838DA2"}]}`},
	} {
		template := newFargate(t, c.changes...)
		got := statements(t, template, "ServiceCodeDeployRole72F16B53")
		if want := []string{ecs, c.modify, read, pass}; strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s: got\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
		role := template.One(t, "ServiceCodeDeployRole72F16B53").Properties
		equal(t, name+": trust", role["AssumeRolePolicyDocument"],
			`{"Statement":[{"Action":"sts:AssumeRole","Condition":{"StringEquals":{"aws:SourceAccount":"222222222222"},`+
				`"StringLike":{"aws:SourceArn":"arn:aws:codedeploy:us-west-2:222222222222:deploymentgroup:shop-beta-catalog/*"}},"Effect":"Allow",`+
				`"Principal":{"Service":"codedeploy.amazonaws.com"}}],"Version":"2012-10-17"}`)
		if p, ok := role["ManagedPolicyArns"]; ok {
			t.Errorf("%s: the CDK attached %s", name, templatetest.Text(p))
		}
	}
}

// Catches: a deployment group that CodeDeploy refuses, because its role may not do anything yet.
func TestDeploymentGroupWaitsForItsRole(t *testing.T) {
	depends := templatetest.Text(newFargate(t).Only(t, "AWS::CodeDeploy::DeploymentGroup").DependsOn)
	for _, id := range []string{"ServiceCodeDeployRole72F16B53", "ServiceProductionListenerAC94E940", "ServiceTestListenerDFA48312"} {
		if !strings.Contains(depends, id) {
			t.Errorf("want %s among %s", id, depends)
		}
	}
}

// Catches: role names without the region, of which an account can have only one.
func TestRoleNames(t *testing.T) {
	names := func(changes ...func(*service.FargateProps)) []any {
		template := newFargate(t, changes...)
		var names []any
		for _, id := range []string{"ServiceExecutionRole3DA90452", "ServiceTaskRoleC7213793", "ServiceCodeDeployRole72F16B53"} {
			names = append(names, template.One(t, id).Properties["RoleName"])
		}
		return names
	}
	equal(t, "by default", names(), `["shop-beta-catalog-us-west-2-execution","shop-beta-catalog-us-west-2-task","shop-beta-catalog-us-west-2-codedeploy"]`)
	equal(t, "given", names(func(p *service.FargateProps) {
		p.ExecutionRoleName, p.TaskRoleName, p.CodeDeployRoleName = "e", "t", "c"
	}), `["e","t","c"]`)
}

// Catches: a cluster of the same stack, whose name is a reference, lost from the ARNs.
func TestCodeDeployRoleWithOwnCluster(t *testing.T) {
	stack := newStack()
	create(stack, func(p *service.FargateProps) {
		p.Cluster = service.NewCluster(stack, "Own", &service.ClusterProps{Name: "shop-beta", Vpc: p.Vpc}).Cluster
	})
	got := statements(t, templatetest.Synth(stack), "ServiceCodeDeployRole72F16B53")
	if !strings.Contains(got[0], `["arn:aws:ecs:us-west-2:222222222222:service/",{"Ref":"OwnCluster`) {
		t.Errorf("got %s", got[0])
	}
}
