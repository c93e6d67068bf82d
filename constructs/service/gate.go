package service

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/checks"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/retention"
)

const (
	// gateInterval is how long the gate waits before it asks again what failed.
	gateInterval = 5 * time.Second
	// gateMargin is what the function has beyond the time for the checks: to start, to wait for the last answers, and to report.
	gateMargin = 50 * time.Second
	gateMemory = 256 // MiB
)

// Gate is what a new version must pass before it takes a customer's request: a Lambda function that asks it the service's
// checks through the test listener. CodeDeploy calls it at AfterAllowTestTraffic, and ECS at POST_TEST_TRAFFIC_SHIFT; a
// version that does not pass is taken back.
//
// A release costs a few seconds of the function, up to its timeout. https://aws.amazon.com/lambda/pricing/
type Gate struct {
	node.Construct
	// Function asks the checks. Its code stands in the template.
	Function awslambda.Function
	// SecurityGroup of the function: out to the test listener. What else it needs it has from the workload's.
	SecurityGroup awsec2.SecurityGroup
	// LogGroup says which check failed, and how.
	LogGroup awslogs.LogGroup
}

// addGate creates the gate of a service that has one.
func (f *Fargate) addGate(p *FargateProps) {
	if p.Route == nil || !p.Runtime.Gated() {
		return
	}
	g := &Gate{}
	node.Init(g, f, "Gate")
	f.Gate = g
	g.SecurityGroup = awsec2.NewSecurityGroup(g, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              p.Vpc,
		Description:      jsii.String("Checks of new versions of " + p.Name + ": out to the test listener"),
		AllowAllOutbound: jsii.Bool(false),
	})
	p.Route.admit(g.SecurityGroup, p)
	g.LogGroup = awslogs.NewLogGroup(g, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String(p.GateLogGroupName),
		EncryptionKey: p.LogKey,
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
		Retention:     retention.Of(p.Runtime.LogRetentionDays),
	})
	timeout := p.Runtime.Release.CheckTimeout
	g.Function = awslambda.NewFunction(g, jsii.String("Function"), &awslambda.FunctionProps{
		FunctionName:   jsii.String(p.GateName),
		Description:    jsii.String("Asks new versions of " + p.Name + " their checks before customers do"),
		Runtime:        once.Of("Runtime.NODEJS_24_X", awslambda.Runtime_NODEJS_24_X),
		Architecture:   once.Of("Architecture.ARM_64", awslambda.Architecture_ARM_64),
		MemorySize:     jsii.Number(gateMemory),
		Code:           once.Of("Code.gate", func() awslambda.InlineCode { return awslambda.Code_FromInline(jsii.String(checks.Gate())) }),
		Handler:        jsii.String("index.handler"),
		Timeout:        once.Seconds(int((timeout + gateMargin).Seconds())),
		Role:           g.role(p),
		Vpc:            p.Vpc,
		VpcSubnets:     &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS},
		SecurityGroups: &[]awsec2.ISecurityGroup{g.SecurityGroup, p.WorkloadSecurityGroup},
		LogGroup:       g.LogGroup,
		// A second run would report a second time.
		RetryAttempts: jsii.Number(0),
		Environment: &map[string]*string{
			"SERVICE":  jsii.String(p.Name),
			"ENGINE":   jsii.String(string(p.Runtime.Release.Engine)),
			"TARGET":   jsii.String(p.target().JSON()),
			"CHECKS":   jsii.String(checks.JSON(p.Runtime.Checks)),
			"TIMEOUT":  jsii.String(strconv.FormatInt(timeout.Milliseconds(), 10)),
			"INTERVAL": jsii.String(strconv.FormatInt(gateInterval.Milliseconds(), 10)),
		},
	})
	g.keepAwake(p)
}

// keepAwake invokes the function every day. One in a VPC that nobody invokes for weeks loses its network interfaces, and its
// next invocation fails: the first release after a quiet month would.
// https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
func (g *Gate) keepAwake(p *FargateProps) {
	arn := g.Function.FunctionArn()
	// L1, because the L2 of either takes four calls to the kernel for what is known.
	rule := awsevents.NewCfnRule(g, jsii.String("Awake"), &awsevents.CfnRuleProps{
		Description:        jsii.String("Keeps the checks of new versions of " + p.Name + " awake"),
		ScheduleExpression: jsii.String("rate(1 day)"),
		Targets:            []any{&awsevents.CfnRule_TargetProperty{Id: jsii.String("Gate"), Arn: arn, Input: jsii.String(`{"awake":true}`)}},
	})
	awslambda.NewCfnPermission(g, jsii.String("AwakePermission"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), FunctionName: arn, Principal: jsii.String("events.amazonaws.com"), SourceArn: rule.AttrArn(),
	})
}

// target is where the gate asks.
func (p *FargateProps) target() checks.Target {
	t := checks.Target{URL: p.TestURL, HTTP2: p.Runtime.HTTP.Protocol == environment.HTTP2}
	if r, ok := p.Route.(*PublicRoute); ok {
		t.Host = r.Host
	}
	return t
}

// role is what the function may do: stand in the VPC, log, and answer CodeDeploy. A function in a VPC has its network
// interfaces made with its own role, which its code may not use for that.
// https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
func (g *Gate) role(p *FargateProps) awsiam.Role {
	interfaces := "arn:aws:ec2:" + p.Region + ":" + p.Account + ":*/*"
	logs := "arn:aws:logs:" + p.Region + ":" + p.Account + ":log-group:" + p.GateLogGroupName + ":*"
	network := []string{"ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses"}
	describe := []string{"ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"}
	statements := []map[string]any{
		allow(nil, network, interfaces),
		allow(nil, describe, "*"),
		{
			"Effect": "Deny", "Action": append(network, describe...), "Resource": "*",
			"Condition": map[string]any{"ArnEquals": map[string]any{"lambda:SourceFunctionArn": p.gateARN()}},
		},
		allow(nil, []string{"logs:CreateLogStream", "logs:PutLogEvents"}, logs),
	}
	if usesCodeDeploy(p) {
		statements = append(statements, allow(nil, []string{"codedeploy:PutLifecycleEventHookExecutionStatus"},
			"arn:aws:codedeploy:"+p.Region+":"+p.Account+":deploymentgroup:"+p.Name+"/"+p.Name))
	}
	role := awsiam.NewRole(g, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:       jsii.String(p.GateRoleName),
		Description:    jsii.String("Checks new versions of " + p.Name),
		AssumedBy:      once.Service("lambda.amazonaws.com"),
		InlinePolicies: inline("Check", statements...),
	})
	policy.AcknowledgeFirst(role,
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Lambda makes the function's network interfaces with this role, and accepts no narrower resource for it; the function's code is denied the same calls.",
			AppliesTo: []string{"Resource::" + interfaces, "Resource::*"},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "The streams of the function's own log group, whose names Lambda chooses.",
			AppliesTo: []string{"Resource::" + logs},
		})
	return role
}

// gateARN is the function's ARN, by its name: CodeDeploy's and ECS's roles name it without waiting for it.
func (p *FargateProps) gateARN() string {
	return "arn:aws:lambda:" + p.Region + ":" + p.Account + ":function:" + p.GateName
}

// hook has ECS ask the gate when the test listener leads to the new version.
func (f *Fargate) hook(role awsiam.IRole) {
	f.Service.AddLifecycleHook(awsecs.NewDeploymentLifecycleLambdaTarget(f.Gate.Function, jsii.String("Gate"), &awsecs.DeploymentLifecycleLambdaTargetProps{
		LifecycleStages: &[]awsecs.DeploymentLifecycleStage{awsecs.DeploymentLifecycleStage_POST_TEST_TRAFFIC_SHIFT},
		Role:            role,
	}))
}

// admit opens the test listener, which the load balancer's own security group keeps closed to everyone else.
func (r *InternalRoute) admit(gate awsec2.SecurityGroup, p *FargateProps) {
	test := r.Port + environment.TestPortOffset
	port := jsii.Number(float64(test))
	gate.AddEgressRule(r.SecurityGroup, once.Port(test), jsii.String("The test listener"), nil)
	// L1, because a rule of the load balancer's group would not be the gate's, and what waits for the gate is to wait for it.
	awsec2.NewCfnSecurityGroupIngress(gate, jsii.String("Admitted"), &awsec2.CfnSecurityGroupIngressProps{
		GroupId:               r.SecurityGroup.SecurityGroupId(),
		SourceSecurityGroupId: gate.SecurityGroupId(),
		IpProtocol:            jsii.String("tcp"),
		FromPort:              port,
		ToPort:                port,
		Description:           jsii.String("Checks of new versions of " + p.Name),
	})
}

// admit lets the gate out. A public load balancer has public addresses, to which the gate comes from the NAT gateways': the
// test listener admits those.
func (r *PublicRoute) admit(gate awsec2.SecurityGroup, p *FargateProps) {
	port, _ := strconv.Atoi(p.TestURL[strings.LastIndex(p.TestURL, ":")+1:])
	gate.AddEgressRule(once.Everyone(), once.Port(port), jsii.String("The test listener, at its public addresses"), nil)
}
