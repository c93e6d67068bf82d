package service_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

const network = `"NetworkConfiguration":{"AwsvpcConfiguration":{"AssignPublicIp":"DISABLED",` +
	`"SecurityGroups":[{"Fn::GetAtt":["ServiceSecurityGroupC96ED6A7","GroupId"]},"sg-11111111111111111"],` +
	`"Subnets":["subnet-11111111111111111","subnet-22222222222222222"]}}`

// Catches: any change of the resource that CloudFormation may create and never update. No DesiredCount: ECS refuses it from
// CloudFormation. The family alone: a revision would change with every release. What is said here would otherwise be
// filled in, differently after an upgrade of the CDK.
func TestServiceOfCodeDeploy(t *testing.T) {
	equal(t, "the service", newFargate(t).Only(t, "AWS::ECS::Service").Properties,
		`{"Cluster":"shop-beta","DeploymentConfiguration":{"MaximumPercent":200,"MinimumHealthyPercent":100},`+
			`"DeploymentController":{"Type":"CODE_DEPLOY"},"EnableECSManagedTags":false,"EnableExecuteCommand":false,`+
			`"HealthCheckGracePeriodSeconds":60,"LaunchType":"FARGATE",`+
			`"LoadBalancers":[{"ContainerName":"app","ContainerPort":8080,"TargetGroupArn":{"Ref":"ServiceBlueC582B4C8"}}],`+
			network+`,"PlatformVersion":"LATEST","ServiceName":"shop-beta-catalog","TaskDefinition":"shop-beta-catalog"}`)
}

// Catches: a rolling service that waits three hours for tasks that never start, or that goes on with the old revision.
func TestServiceOfRolling(t *testing.T) {
	s := newFargate(t, rolling, func(p *service.FargateProps) {
		zero := 0
		p.Runtime.Release.MinHealthyPercent, p.Runtime.Release.MaxHealthyPercent = &zero, 150
		p.Runtime.HTTP.GraceSeconds = 7
	}).Only(t, "AWS::ECS::Service").Properties
	equal(t, "controller", s["DeploymentController"], `{"Type":"ECS"}`)
	equal(t, "task definition", s["TaskDefinition"], `{"Ref":"ServiceTaskDefinition55FA0F15"}`)
	equal(t, "grace", s["HealthCheckGracePeriodSeconds"], `7`)
	equal(t, "target groups", s["LoadBalancers"],
		`[{"ContainerName":"app","ContainerPort":8080,"TargetGroupArn":{"Ref":"ServiceBlueC582B4C8"}}]`)
	c := s["DeploymentConfiguration"].(map[string]any)
	equal(t, "circuit breaker", c["DeploymentCircuitBreaker"], `{"Enable":true,"Rollback":true}`)
	equal(t, "percents", []any{c["MinimumHealthyPercent"], c["MaximumPercent"]}, `[0,150]`)
	if _, ok := s["DesiredCount"]; ok {
		t.Error("CloudFormation would set the number of tasks back with every deployment")
	}
}

// Catches: alarms that are given to a rolling service and stop nothing.
func TestRollingRollsBackOnAlarms(t *testing.T) {
	s := newFargate(t, rolling, alarm).Only(t, "AWS::ECS::Service").Properties
	equal(t, "alarms", s["DeploymentConfiguration"].(map[string]any)["Alarms"],
		`{"AlarmNames":["shop-beta-catalog-errors"],"Enable":true,"Rollback":true}`)
}

// alarm gives p an alarm.
func alarm(p *service.FargateProps) {
	p.Alarms = append(p.Alarms, awscloudwatch.Alarm_FromAlarmName(awscdk.Stack_Of(p.Cluster), jsii.String("Alarm"),
		jsii.String("shop-beta-catalog-errors")))
}

// Catches: a resource of one engine or exposure in another: a deployment group that no pipeline uses, a second target group
// that costs a health check, a listener that a worker has no use for.
func TestResourcesByEngineAndRoute(t *testing.T) {
	common := []string{
		"AWS::ApplicationAutoScaling::ScalableTarget 1", "AWS::ApplicationAutoScaling::ScalingPolicy 2",
		"AWS::EC2::SecurityGroup 1", "AWS::ECS::Service 1", "AWS::ECS::TaskDefinition 1", "AWS::IAM::Policy 1", "AWS::IAM::Role 2",
		"AWS::Logs::LogGroup 1",
	}
	balanced := []string{"AWS::EC2::SecurityGroupEgress 1", "AWS::EC2::SecurityGroupIngress 1"}
	blueGreen := []string{
		"AWS::CodeDeploy::Application 1", "AWS::CodeDeploy::DeploymentGroup 1",
		"AWS::ElasticLoadBalancingV2::TargetGroup 2", "AWS::IAM::Role 3",
	}
	native := []string{
		"AWS::ElasticLoadBalancingV2::TargetGroup 2", "AWS::ElasticLoadBalancingV2::ListenerRule 2", "AWS::IAM::Role 3",
	}
	for name, c := range map[string]struct {
		changes []func(*service.FargateProps)
		more    [][]string
	}{
		"internal ecs":     {[]func(*service.FargateProps){ecs}, [][]string{balanced, native, {"AWS::ElasticLoadBalancingV2::Listener 2"}}},
		"public ecs":       {[]func(*service.FargateProps){public, ecs}, [][]string{balanced, native}},
		"worker":           {[]func(*service.FargateProps){worker}, nil},
		"internal":         {nil, [][]string{balanced, blueGreen, {"AWS::ElasticLoadBalancingV2::Listener 2"}}},
		"public":           {[]func(*service.FargateProps){public}, [][]string{balanced, blueGreen, {"AWS::ElasticLoadBalancingV2::ListenerRule 2"}}},
		"internal rolling": {[]func(*service.FargateProps){rolling}, [][]string{balanced, {"AWS::ElasticLoadBalancingV2::TargetGroup 1", "AWS::ElasticLoadBalancingV2::Listener 1"}}},
		"public rolling":   {[]func(*service.FargateProps){public, rolling}, [][]string{balanced, {"AWS::ElasticLoadBalancingV2::TargetGroup 1", "AWS::ElasticLoadBalancingV2::ListenerRule 1"}}},
	} {
		want := map[string]string{}
		for _, list := range append([][]string{common}, c.more...) {
			for _, line := range list {
				typ, n, _ := strings.Cut(line, " ")
				want[typ] = n
			}
		}
		got := map[string]string{}
		template := newFargate(t, c.changes...)
		for _, r := range template.Resources {
			got[r.Type] = fmt.Sprint(len(template.IDs(r.Type)))
		}
		equal(t, name, got, templatetest.Text(want))
	}
}

// Catches: a worker with a property of load balancing, which ECS refuses.
func TestWorker(t *testing.T) {
	s := newFargate(t, worker).Only(t, "AWS::ECS::Service").Properties
	for _, name := range []string{"LoadBalancers", "HealthCheckGracePeriodSeconds", "DesiredCount"} {
		if v, ok := s[name]; ok {
			t.Errorf("%s is %s", name, templatetest.Text(v))
		}
	}
}

// Catches: tasks that start before they may: without their image, their secrets, their permissions, a listener, or the rules
// that let the load balancer ask for their health.
func TestServiceWaits(t *testing.T) {
	for name, c := range map[string]struct {
		changes []func(*service.FargateProps)
		route   []string
	}{
		"internal": {nil, []string{"ServiceProductionListenerAC94E940", "ServiceTestListenerDFA48312"}},
		"public":   {[]func(*service.FargateProps){public}, []string{"ServiceProductionRule8EBE4446", "ServiceTestRuleA4838DA2"}},
		"internal ecs": {[]func(*service.FargateProps){ecs}, []string{"ServiceProductionListenerAC94E940", "ServiceProductionRule8EBE4446",
			"ServiceTestListenerDFA48312", "ServiceTestRuleA4838DA2"}},
		"public ecs":       {[]func(*service.FargateProps){public, ecs}, []string{"ServiceProductionRule8EBE4446", "ServiceTestRuleA4838DA2"}},
		"internal rolling": {[]func(*service.FargateProps){rolling}, []string{"ServiceProductionListenerAC94E940"}},
		"public rolling":   {[]func(*service.FargateProps){public, rolling}, []string{"ServiceProductionRule8EBE4446"}},
		"worker":           {[]func(*service.FargateProps){worker}, nil},
	} {
		stack := newStack()
		f := create(stack, c.changes...)
		f.TaskRole.AddToPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings("sns:Publish"), Resources: jsii.Strings("arn:aws:sns:us-west-2:222222222222:orders"),
		}))
		want := append([]string{
			"ServiceExecutionRole3DA90452", "ServiceExecutionRoleDefaultPolicyC3CC8C20", "ServiceTaskDefinition55FA0F15",
			"ServiceTaskRoleC7213793", "ServiceTaskRoleDefaultPolicyD631B465",
		}, c.route...)
		template := templatetest.Synth(stack)
		if c.route != nil {
			for _, typ := range []string{"SecurityGroup", "SecurityGroupIngress", "SecurityGroupEgress"} {
				want = append(want, template.IDs("AWS::EC2::"+typ)...)
			}
		}
		got := template.Only(t, "AWS::ECS::Service").DependsOn
		slices.Sort(got)
		slices.Sort(want)
		equal(t, name, got, templatetest.Text(want))
	}
}

// Catches: a release that changes more than what runs. Whatever else changed would fail the deployment, or reset traffic.
func TestDigestsDifferInTaskDefinitions(t *testing.T) {
	for name, changes := range map[string][]func(*service.FargateProps){"internal": nil, "public": {public}, "ecs": {ecs}} {
		full := append(changes, func(p *service.FargateProps) { p.Runtime.WritablePaths = []string{"/tmp"} })
		before := newFargate(t, full...)
		after := newFargate(t, append(full, func(p *service.FargateProps) {
			p.Image = strings.ReplaceAll(p.Image, "1111111111111111111111111111111111111111111111111111111111111111",
				"2222222222222222222222222222222222222222222222222222222222222222")
		})...)
		var changed []string
		for id, r := range before.Resources {
			if templatetest.Text(after.Resources[id]) != templatetest.Text(r) {
				changed = append(changed, r.Type)
			}
		}
		if len(after.Resources) != len(before.Resources) {
			t.Errorf("%s: %d resources become %d", name, len(before.Resources), len(after.Resources))
		}
		equal(t, name+" changed", changed, `["AWS::ECS::TaskDefinition"]`)
	}
}

// Catches: a workload group of another stack that the template names as if it were its own.
func TestWorkloadSecurityGroupOfAnotherStack(t *testing.T) {
	app := awscdk.NewApp(nil)
	env := &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)}
	platform := awscdk.NewStack(app, jsii.String("Platform"), &awscdk.StackProps{Env: env})
	vpc := awsec2.NewVpc(platform, jsii.String("Vpc"), &awsec2.VpcProps{RestrictDefaultSecurityGroup: jsii.Bool(false)})
	workload := awsec2.NewSecurityGroup(platform, jsii.String("Workload"), &awsec2.SecurityGroupProps{Vpc: vpc})
	stack := awscdk.NewStack(app, jsii.String("Stack"), &awscdk.StackProps{Env: env})
	create(stack, func(p *service.FargateProps) { p.WorkloadSecurityGroup = workload })
	c := templatetest.Synth(stack).Only(t, "AWS::ECS::Service").Properties["NetworkConfiguration"].(map[string]any)["AwsvpcConfiguration"]
	groups := templatetest.Text(c.(map[string]any)["SecurityGroups"])
	if !strings.Contains(groups, `{"Fn::ImportValue":"Platform:ExportsOutputFnGetAttWorkload`) {
		t.Errorf("the groups are %s", groups)
	}
}

// Catches: props that panic with a stack trace, or with the first problem only.
func TestNewFargatePanicsWithAllProblems(t *testing.T) {
	for _, c := range []struct {
		create func(awscdk.Stack)
		want   string
	}{
		{func(s awscdk.Stack) { service.NewFargate(s, "Service", nil) }, "service.Fargate Stack/Service:\n  Name: required\n  Account: required\n"},
		{func(s awscdk.Stack) { service.NewCluster(s, "Cluster", nil) }, "service.Cluster Stack/Cluster:\n  Name: required\n  Vpc: required"},
		// The names and ARNs of another account or region would be found out by AWS, one after the other.
		{func(s awscdk.Stack) {
			create(s, func(p *service.FargateProps) { p.Account, p.Region = "333333333333", "us-east-1" })
		}, "service.Fargate Stack/Service:\n  Account: must be that of the stack, 222222222222, got 333333333333\n" +
			"  Region: must be that of the stack, us-west-2, got us-east-1"},
		// The tasks would stand in the subnets of the one VPC with a security group of the other.
		{func(s awscdk.Stack) {
			create(s, func(p *service.FargateProps) {
				p.Vpc = awsec2.Vpc_FromVpcAttributes(s, jsii.String("Other"), &awsec2.VpcAttributes{
					VpcId: jsii.String("vpc-22222222222222222"), AvailabilityZones: jsii.Strings("us-west-2a"),
				})
			})
		}, "service.Fargate Stack/Service:\n  Vpc: must be that of Cluster, vpc-11111111111111111, in whose subnets the tasks run, got vpc-22222222222222222"},
		{func(s awscdk.Stack) {
			create(s, func(p *service.FargateProps) {
				p.Vpc = awsec2.NewVpc(s, jsii.String("One"), nil)
				p.Cluster = service.NewCluster(s, "Own", &service.ClusterProps{Name: "own", Vpc: awsec2.NewVpc(s, jsii.String("Two"), nil)}).Cluster
			})
		}, "service.Fargate Stack/Service:\n  Vpc: must be that of Cluster, in whose subnets the tasks run, got another"},
		{func(s awscdk.Stack) {
			create(s, func(p *service.FargateProps) {
				p.Cluster = awsecs.Cluster_FromClusterArn(s, jsii.String("ByARN"), jsii.String("arn:aws:ecs:us-west-2:222222222222:cluster/shop-beta"))
			})
		}, "service.Fargate Stack/Service:\n  Cluster: must know its VPC; import it with awsecs.Cluster_FromClusterAttributes, and give that Vpc"},
	} {
		got := recovered(func() { c.create(newStack()) })
		if !strings.HasPrefix(got, c.want) {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}

// recovered is the error that f panics with.
func recovered(f func()) (message string) {
	defer func() {
		err, ok := recover().(error)
		if !ok {
			err = errors.New("no error")
		}
		message = err.Error()
	}()
	f()
	return ""
}

// Catches: a service that cannot stand in a stack whose account is decided at deployment.
func TestStackWithoutEnvironment(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Stack"), nil)
	create(stack)
	if ids := templatetest.Synth(stack).IDs("AWS::ECS::Service"); len(ids) != 1 {
		t.Errorf("got %v", ids)
	}
}

// Catches: exported fields that are nil, or not, against their comments.
func TestFields(t *testing.T) {
	for name, c := range map[string]struct {
		changes            []func(*service.FargateProps)
		blue, green, group bool
	}{
		"codedeploy": {nil, true, true, true},
		"ecs":        {[]func(*service.FargateProps){ecs}, true, true, false},
		"rolling":    {[]func(*service.FargateProps){rolling}, true, false, false},
		"worker":     {[]func(*service.FargateProps){worker}, false, false, false},
	} {
		f := create(newStack(), c.changes...)
		if f.Service == nil || f.TaskDefinition == nil || f.TaskRole == nil || f.ExecutionRole == nil || f.LogGroup == nil ||
			f.SecurityGroup == nil || f.Scaling == nil {
			t.Errorf("%s: something is nil", name)
		}
		if (f.Blue != nil) != c.blue || (f.Green != nil) != c.green || (f.Application != nil) != c.group || (f.DeploymentGroup != nil) != c.group {
			t.Errorf("%s: blue %v, green %v, application %v, group %v", name, f.Blue, f.Green, f.Application, f.DeploymentGroup)
		}
	}
}

// Catches: arm64 images on x86 tasks, which end with "exec format error".
func TestDefaultsReachTheTemplate(t *testing.T) {
	p := newFargate(t, func(p *service.FargateProps) { p.Architecture = environment.Arm64 }).
		Only(t, "AWS::ECS::TaskDefinition").Properties
	equal(t, "platform", p["RuntimePlatform"], `{"CpuArchitecture":"ARM64","OperatingSystemFamily":"LINUX"}`)
	p = newFargate(t).Only(t, "AWS::ECS::TaskDefinition").Properties
	equal(t, "size and platform", []any{p["Cpu"], p["Memory"], p["RuntimePlatform"]},
		`["512","1024",{"CpuArchitecture":"X86_64","OperatingSystemFamily":"LINUX"}]`)
}

// Catches: one VPC that is taken for two, because each import of its id is another token.
func TestVpcOfTheClusterByImport(t *testing.T) {
	stack := newStack()
	shared := func(id string) awsec2.IVpc {
		return awsec2.Vpc_FromVpcAttributes(stack, jsii.String(id), &awsec2.VpcAttributes{
			VpcId: awscdk.Fn_ImportValue(jsii.String("vpc")), AvailabilityZones: jsii.Strings("us-west-2a"),
			PrivateSubnetIds: jsii.Strings("subnet-11111111111111111"),
		})
	}
	create(stack, func(p *service.FargateProps) {
		p.Vpc = shared("One")
		p.Cluster = service.NewCluster(stack, "Own", &service.ClusterProps{Name: "own", Vpc: shared("Two")}).Cluster
	})
	if ids := templatetest.Synth(stack).IDs("AWS::ECS::Service"); len(ids) != 1 {
		t.Errorf("got %v", ids)
	}
}
