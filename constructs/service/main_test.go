package service_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

const (
	account    = "222222222222"
	region     = "us-west-2"
	digest     = "sha256:1111111111111111111111111111111111111111111111111111111111111111"
	repository = "111111111111.dkr.ecr.us-west-2.amazonaws.com/shop/catalog"
)

func newStack() awscdk.Stack {
	return awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Stack"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
}

// newProps are the props of an internal service released by CodeDeploy, whose platform is imported by literal ids.
func newProps(stack awscdk.Stack) *service.FargateProps {
	vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             jsii.String("vpc-11111111111111111"),
		AvailabilityZones: jsii.Strings("us-west-2a", "us-west-2b"),
		PrivateSubnetIds:  jsii.Strings("subnet-11111111111111111", "subnet-22222222222222222"),
	})
	return &service.FargateProps{
		Name:               "shop-beta-catalog",
		Account:            account,
		Region:             region,
		Image:              repository + "@" + digest,
		ImageRepositoryARN: "arn:aws:ecr:us-west-2:111111111111:repository/shop/catalog",
		Cluster: awsecs.Cluster_FromClusterAttributes(stack, jsii.String("Cluster"), &awsecs.ClusterAttributes{
			ClusterName: jsii.String("shop-beta"), Vpc: vpc,
		}),
		Vpc:                   vpc,
		WorkloadSecurityGroup: group(stack, "Workload", workloadGroup),
		Runtime:               environment.Runtime{HTTP: &environment.HTTP{Port: 8080, Health: "/health"}},
		Route:                 internalRoute(stack, vpc),
	}
}

const (
	workloadGroup       = "sg-11111111111111111"
	balancerGroup       = "sg-22222222222222222"
	publicBalancerGroup = "sg-33333333333333333"
)

// group imports a group as most people do, which the CDK takes for open to everywhere.
func group(stack awscdk.Stack, id, groupID string) awsec2.ISecurityGroup {
	return awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String(id), jsii.String(groupID), nil)
}

const balancerARN = "arn:aws:elasticloadbalancing:us-west-2:222222222222:loadbalancer/app/shop-beta-internal/1111111111111111"

func internalRoute(stack awscdk.Stack, vpc awsec2.IVpc) *service.InternalRoute {
	return &service.InternalRoute{
		LoadBalancer: awselasticloadbalancingv2.ApplicationLoadBalancer_FromApplicationLoadBalancerAttributes(stack,
			jsii.String("Balancer"), &awselasticloadbalancingv2.ApplicationLoadBalancerAttributes{
				LoadBalancerArn: jsii.String(balancerARN), SecurityGroupId: jsii.String(balancerGroup), Vpc: vpc,
			}),
		SecurityGroup: group(stack, "BalancerGroup", balancerGroup),
		Port:          20080,
	}
}

const (
	listenerARN     = "arn:aws:elasticloadbalancing:us-west-2:222222222222:listener/app/shop-beta-public/2222222222222222/3333333333333333"
	testListenerARN = "arn:aws:elasticloadbalancing:us-west-2:222222222222:listener/app/shop-beta-public/2222222222222222/4444444444444444"
)

func publicRoute(stack awscdk.Stack) *service.PublicRoute {
	own := group(stack, "PublicBalancerGroup", publicBalancerGroup)
	listener := func(id, arn string, port float64) awselasticloadbalancingv2.IApplicationListener {
		return awselasticloadbalancingv2.ApplicationListener_FromApplicationListenerAttributes(stack, jsii.String(id),
			&awselasticloadbalancingv2.ApplicationListenerAttributes{
				ListenerArn: jsii.String(arn), SecurityGroup: own, DefaultPort: jsii.Number(port),
			})
	}
	return &service.PublicRoute{
		Listener:      listener("Listener", listenerARN, 443),
		TestListener:  listener("TestListener", testListenerARN, 9443),
		SecurityGroup: own,
		Path:          "/*",
		Priority:      42,
	}
}

// public makes the route of p a public one.
func public(p *service.FargateProps) { p.Route = publicRoute(awscdk.Stack_Of(p.Cluster)) }

// rolling gives p the engine rolling.
func rolling(p *service.FargateProps) { p.Runtime.Release.Engine = environment.Rolling }

// worker takes the port and the route from p.
func worker(p *service.FargateProps) { p.Runtime.HTTP, p.Route = nil, nil }

// create makes an internal service in the stack, changed by the changes.
func create(stack awscdk.Stack, changes ...func(*service.FargateProps)) *service.Fargate {
	p := newProps(stack)
	for _, change := range changes {
		change(p)
	}
	return service.NewFargate(stack, "Service", p)
}

// newFargate is the template of a stack with an internal service, changed by the changes.
func newFargate(tb testing.TB, changes ...func(*service.FargateProps)) templatetest.Template {
	tb.Helper()
	stack := newStack()
	create(stack, changes...)
	return templatetest.Synth(stack)
}

// statements are those of the policies of the role with that logical id, its own first, as JSON.
func statements(tb testing.TB, t templatetest.Template, role string) []string {
	tb.Helper()
	var all []string
	own, _ := t.One(tb, role).Properties["Policies"].([]any)
	for _, p := range own {
		for _, s := range p.(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			all = append(all, templatetest.Text(s))
		}
	}
	for _, id := range t.IDs("AWS::IAM::Policy") {
		p := t.Resources[id].Properties
		if templatetest.Text(p["Roles"]) != `[{"Ref":"`+role+`"}]` {
			continue
		}
		for _, s := range p["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			all = append(all, templatetest.Text(s))
		}
	}
	return all
}

// equal compares a value's JSON.
func equal(tb testing.TB, what string, got any, want string) {
	tb.Helper()
	if g := templatetest.Text(got); g != want {
		tb.Errorf("%s is\n  %s, want\n  %s", what, g, want)
	}
}

// ecs gives p the engine ecs.
func ecs(p *service.FargateProps) { p.Runtime.Release.Engine = environment.ECS }
