package observe_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/observe"
	"github.com/storeship/storeship/constructs/service"
)

// newService are the props of an internal service with an engine.
func newService(stack awscdk.Stack, engine environment.Engine) *service.FargateProps {
	vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId: jsii.String("vpc-11111111111111111"), AvailabilityZones: jsii.Strings("us-west-2a", "us-west-2b"),
		PrivateSubnetIds: jsii.Strings("subnet-11111111111111111", "subnet-22222222222222222"),
	})
	group := awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("Group"), jsii.String("sg-11111111111111111"), nil)
	return &service.FargateProps{
		Name: "shop-prod-catalog", Account: "222222222222", Region: "us-west-2",
		Image: "public.ecr.aws/shop/catalog@sha256:" + strings.Repeat("1", 64),
		Cluster: awsecs.Cluster_FromClusterAttributes(stack, jsii.String("Cluster"), &awsecs.ClusterAttributes{
			ClusterName: jsii.String("shop-prod"), Vpc: vpc,
		}),
		Vpc:                   vpc,
		WorkloadSecurityGroup: group,
		Runtime: environment.Runtime{
			HTTP: &environment.HTTP{Port: 8080, Health: "/health"}, Release: environment.Release{Engine: engine},
		},
		Route: &service.InternalRoute{
			LoadBalancer: awselasticloadbalancingv2.ApplicationLoadBalancer_FromApplicationLoadBalancerAttributes(stack, jsii.String("Balancer"),
				&awselasticloadbalancingv2.ApplicationLoadBalancerAttributes{
					LoadBalancerArn: jsii.String("arn:aws:elasticloadbalancing:us-west-2:222222222222:loadbalancer/app/shop-prod/1111111111111111"),
					SecurityGroupId: group.SecurityGroupId(),
					Vpc:             vpc,
				}),
			SecurityGroup: group, Port: 20080,
		},
	}
}

// watch creates the alarms of a service.
func watch(stack awscdk.Stack, svc *service.Fargate, p *service.FargateProps) *observe.Alarms {
	return observe.NewAlarms(stack, "Alarms", &observe.AlarmsProps{Name: p.Name, Cluster: "shop-prod", Runtime: p.Runtime, Blue: svc.Blue, Green: svc.Green})
}

// Catches: names that an ECS service arms and no alarm has, with which it cannot be released, and alarms that nobody arms.
func TestNamedAreTheAlarms(t *testing.T) {
	for _, engine := range []environment.Engine{environment.ECS, environment.Rolling, ""} {
		stack := newStack()
		p := newService(stack, engine)
		if engine == "" {
			p.Runtime.HTTP, p.Route = nil, nil
		}
		p.Alarms = observe.Named(stack, "Armed", p.Name, p.Runtime)
		svc := service.NewFargate(stack, "Service", p)
		svc.Service.Node().AddDependency(watch(stack, svc, p))
		template := templatetest.Synth(stack)
		var created []any
		s := template.Only(t, "AWS::ECS::Service")
		for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
			created = append(created, template.Resources[id].Properties["AlarmName"])
			templatetest.WantText(t, s.DependsOn, id)
		}
		armed := s.Properties["DeploymentConfiguration"].(map[string]any)["Alarms"].(map[string]any)["AlarmNames"].([]any)
		for _, names := range [][]any{created, armed} {
			slices.SortFunc(names, func(a, b any) int { return strings.Compare(a.(string), b.(string)) })
		}
		if len(created) == 0 {
			t.Errorf("engine %q has no alarms", engine)
		}
		equal(t, "armed with engine "+string(engine), armed, templatetest.Text(created))
	}
	r := environment.Runtime{Alarms: environment.Alarms{Disabled: true}}
	if got := observe.Named(newStack(), "Armed", "shop-prod-catalog", r); got != nil {
		t.Errorf("the alarms are off, got %v", got)
	}
}

// Catches: a nil pointer instead of a sentence, and more alarms than CodeDeploy takes.
func TestArm(t *testing.T) {
	arm := func(engine environment.Engine, times int) (message string) {
		defer func() {
			if err, ok := recover().(error); ok {
				message = err.Error()
			}
		}()
		stack := newStack()
		p := newService(stack, engine)
		svc := service.NewFargate(stack, "Service", p)
		alarms := watch(stack, svc, p)
		for range times {
			alarms.Arm(svc.DeploymentGroup)
		}
		return ""
	}
	const none = "observe.Alarms Stack/Alarms:\n  Arm: needs a deployment group, which a service has with engine codedeploy only; with ecs and rolling " +
		"give service.FargateProps.Alarms what observe.Named returns"
	for _, c := range []struct {
		engine environment.Engine
		times  int
		want   string
	}{
		{environment.CodeDeploy, 1, ""},
		{environment.CodeDeploy, 2, "observe.Alarms Stack/Alarms:\n  Arm: may give the deployment group at most 1 alarms beside the 9 that it has, got 9; " +
			"a composite alarm is one alarm for several"},
		{environment.ECS, 1, none},
		{environment.Rolling, 1, none},
	} {
		if got := arm(c.engine, c.times); got != c.want {
			t.Errorf("got %s\nwant %s", got, c.want)
		}
	}
}
