package service

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// Fargate is a service on ECS Fargate with the engine that releases it.
type Fargate struct {
	node.Construct
	// Service runs the tasks. With the engine codedeploy nothing of it can be changed after its creation.
	Service awsecs.FargateService
	// TaskDefinition of this template; older revisions are retained, for rollbacks.
	TaskDefinition awsecs.FargateTaskDefinition
	// Blue is the target group that the tasks of the first deployment are in; with the engine ecs those may be in Green. Nil for a worker.
	Blue awselasticloadbalancingv2.ApplicationTargetGroup
	// Green takes the tasks of the next release; then the two change places with every release. Nil with rolling.
	Green awselasticloadbalancingv2.ApplicationTargetGroup
	// Application of CodeDeploy. Nil without codedeploy.
	Application awscodedeploy.EcsApplication
	// DeploymentGroup of CodeDeploy. Nil without codedeploy.
	DeploymentGroup awscodedeploy.EcsDeploymentGroup
	// Gate asks a new version the service's checks before customers reach it. Nil without checks, and with rolling.
	Gate *Gate
	// TaskRole is what the containers may do; nothing, until you grant it something.
	TaskRole awsiam.Role
	// ExecutionRole is what ECS may do to start a task: pull the image, read the secrets, write logs.
	ExecutionRole awsiam.Role
	// LogGroup of the containers.
	LogGroup awslogs.LogGroup
	// SecurityGroup of this service's tasks: in from the load balancer, out to nowhere.
	SecurityGroup awsec2.SecurityGroup
	// Scaling follows CPU and memory.
	Scaling awsecs.ScalableTaskCount

	serviceNode constructs.Node
}

// NewFargate creates an ECS service with its task definition, roles, log group, security group and scaling; behind a load
// balancer its target groups and listeners or rules; with the engine codedeploy an application and a deployment group, and
// with the engine ecs the role with which ECS shifts the traffic.
//
// Tasks cost by vCPU and memory for every second that they run, and a blue/green release runs twice as many for its
// duration. https://aws.amazon.com/fargate/pricing/
func NewFargate(scope constructs.Construct, id string, props *FargateProps) *Fargate {
	if props == nil {
		props = &FargateProps{}
	}
	node.Must("service.Fargate", scope, id, errors.Join(props.Validate(), props.fits(scope)))
	p := props.withDefaults()
	f := &Fargate{}
	node.Init(f, scope, id)
	f.addLogGroup(p)
	f.addRoles(p)
	f.addTaskDefinition(p)
	f.addService(p)
	// The service names its family, and CodeDeploy's names the role by text: without these, a task could be started before
	// what it needs is there.
	needs := []constructs.IDependable{f.TaskDefinition, f.ExecutionRole, f.TaskRole}
	if p.Route != nil {
		f.addTargetGroups(p)
		f.addGate(p)
		way := p.Route.connect(f, p)
		needs = append(needs, f.balance(p, way)...)
		if p.Runtime.Release.Engine == environment.CodeDeploy {
			f.addDeploymentGroup(p, way)
		} else if f.Gate != nil {
			needs = append(needs, f.Gate) // ECS asks it within the deployment of the stack
		}
	}
	f.serviceNode.AddDependency(needs...)
	f.addScaling(p.Runtime.Scale)
	return f
}

// addService creates the ECS service. Everything that CloudFormation would otherwise fill in is said, so that no upgrade of
// the CDK can change a service that CodeDeploy controls.
func (f *Fargate) addService(p *FargateProps) {
	f.SecurityGroup = awsec2.NewSecurityGroup(f, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              p.Vpc,
		Description:      jsii.String("Tasks of " + p.Name + ": in from the load balancer"),
		AllowAllOutbound: jsii.Bool(false),
	})
	props := &awsecs.FargateServiceProps{
		ServiceName:          jsii.String(p.Name),
		Cluster:              p.Cluster,
		TaskDefinition:       f.TaskDefinition,
		SecurityGroups:       &[]awsec2.ISecurityGroup{f.SecurityGroup},
		VpcSubnets:           &awsec2.SubnetSelection{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS},
		AssignPublicIp:       jsii.Bool(false),
		EnableExecuteCommand: jsii.Bool(false),
		PlatformVersion:      awsecs.FargatePlatformVersion_LATEST,
	}
	if http := p.Runtime.HTTP; http != nil {
		props.HealthCheckGracePeriod = once.Seconds(http.GraceSeconds)
	}
	release := p.Runtime.Release
	props.MinHealthyPercent, props.MaxHealthyPercent = jsii.Number(100), jsii.Number(200)
	if release.Engine == environment.CodeDeploy {
		props.DeploymentController = &awsecs.DeploymentController{Type: awsecs.DeploymentControllerType_CODE_DEPLOY}
	} else {
		props.DeploymentController = &awsecs.DeploymentController{Type: awsecs.DeploymentControllerType_ECS}
		props.CircuitBreaker = &awsecs.DeploymentCircuitBreaker{Enable: jsii.Bool(true), Rollback: jsii.Bool(true)}
		if release.Engine == environment.ECS {
			f.strategy(p, props)
		} else {
			props.MinHealthyPercent = jsii.Number(float64(*release.MinHealthyPercent))
			props.MaxHealthyPercent = jsii.Number(float64(release.MaxHealthyPercent))
		}
		if len(p.Alarms) > 0 {
			props.DeploymentAlarms = &awsecs.DeploymentAlarmConfig{AlarmNames: alarmNames(p.Alarms), Behavior: awsecs.AlarmBehavior_ROLLBACK_ON_ALARM}
		}
	}
	f.Service = awsecs.NewFargateService(f, jsii.String("Service"), props)
	// Told to the L2, the workload group would get the load balancer's rules as well, and with it every other service.
	f.serviceNode = f.Service.Node()
	f.serviceNode.FindChild(jsii.String("Service")).(awsecs.CfnService).AddPropertyOverride(
		jsii.String("NetworkConfiguration.AwsvpcConfiguration.SecurityGroups.1"), p.WorkloadSecurityGroup.SecurityGroupId())
}

func alarmNames(alarms []awscloudwatch.IAlarm) *[]*string {
	names := make([]*string, len(alarms))
	for i, a := range alarms {
		names[i] = a.AlarmName()
	}
	return &names
}
