package service

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"

	"github.com/storeship/storeship/constructs/environment"
)

// FargateProps configures a [Fargate].
type FargateProps struct {
	// Name of the ECS service, the task definition's family, the CodeDeploy application and its deployment group: 2 to 100
	// characters, letters, digits and hyphens, a letter first. Required. It stays for the life of the service.
	Name string
	// Runtime is how the service runs. Of its Expose nothing is made here, for Route says where requests come from: it may be nil, and
	// what it says must not be something else than Route says. Its Block must be empty, for what blocks is the web ACL of the load
	// balancer: ingress.PublicProps has Blocks. Default: what environment.Runtime.WithDefaults fills in for production.
	Runtime environment.Runtime
	// Architecture of the image. Default: x86_64.
	Architecture environment.Architecture
	// Image by digest, "repository@sha256:…", as a literal: what runs must be known when the template is written. Required.
	Image string
	// ImageRepositoryARN is the ARN of the ECR repository that tasks may pull from. Required for a private ECR image. Default: the
	// image is public and needs no permission.
	ImageRepositoryARN string

	// Account is the 12-digit id of the account that the service runs in, the stack's. Required: it is part of ARNs.
	Account string
	// Region that the service runs in, the stack's: "us-west-2". Required: it is part of names and ARNs.
	Region string
	// Cluster that the service runs in. Required.
	Cluster awsecs.ICluster
	// Vpc of the cluster, in whose private subnets the tasks run. Another one is refused where both ids are known, or neither.
	// Required.
	Vpc awsec2.IVpc
	// WorkloadSecurityGroup is the second security group of every task, beside its own: it is what lets tasks out, and what
	// other services know them by. Required.
	WorkloadSecurityGroup awsec2.ISecurityGroup
	// Route from a load balancer to the tasks: an [InternalRoute] or a [PublicRoute]. Required with Runtime.HTTP. Default:
	// none; the service is a worker.
	Route Route

	// TestURL is the test listener as the VPC reaches it, without a path: "https://catalog.internal.shop.example.com:31234". Its
	// host may be a token, its port not. Required with Runtime.Checks and the engines codedeploy and ecs.
	TestURL string

	// Bake is how long the old tasks stay after all traffic is on the new ones, with the alarms armed: 0 to 48h in whole
	// minutes with the engine codedeploy, and with the engine ecs to [environment.MaxECSBake], which a deployment of the
	// stack then waits for. Not with the engine rolling. Default: none.
	Bake time.Duration
	// Alarms that stop a release and roll it back, 0 to 10, with those of Watch. Default: none. Alarms on what the service itself
	// creates come, with the engine codedeploy, from Watch, or follow: Fargate.DeploymentGroup has AddAlarm. With the engines ecs and
	// rolling the service names them before they exist: observe.Named has their names, and its documentation says the rest.
	// https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
	Alarms []awscloudwatch.IAlarm
	// Watch makes more alarms that stop a release, on what the service itself creates: it is called when the target groups are behind
	// their load balancer, before the deployment group, which takes all alarms at once. None of them may be nil, and with Alarms there
	// may be 10. With the engine codedeploy only; with the others use Alarms. Default: none.
	Watch func(f *Fargate) []interfacesawscloudwatch.IAlarmRef

	// ExecutionRoleName is the role with which ECS starts the tasks. Default: "<Name>-<Region>-execution".
	ExecutionRoleName string
	// TaskRoleName is the role that the containers have. Default: "<Name>-<Region>-task".
	TaskRoleName string
	// CodeDeployRoleName is the role with which CodeDeploy shifts traffic. Default: "<Name>-<Region>-codedeploy".
	CodeDeployRoleName string
	// ShiftRoleName is the role with which ECS shifts traffic, with the engine ecs. Default: "<Name>-<Region>-shift".
	ShiftRoleName string
	// GateName is the Lambda function that asks a new version its checks, at most 64 characters. Default: "<Name>-gate".
	GateName string
	// GateRoleName is that function's role. Default: "<Name>-<Region>-gate".
	GateRoleName string
	// LogGroupName of the tasks' log group: 1 to 512 letters, digits and _-./#. Default: "/ecs/<Name>".
	LogGroupName string
	// GateLogGroupName of the gate's log group, which LogGroupName's characters make too. Default: "<LogGroupName>/gate".
	GateLogGroupName string
	// LogKey encrypts the log groups; its policy must admit CloudWatch Logs. Default: CloudWatch Logs' own key.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
	LogKey awskms.IKey
	// SecretKeyARNs lists the customer managed keys of Runtime.Secrets, keys and not aliases. Default: none; AWS managed keys
	// need no permission.
	SecretKeyARNs []string
}

// Route is a way from a load balancer to the tasks of a service: [*InternalRoute] or [*PublicRoute].
type Route interface {
	connect(f *Fargate, p *FargateProps) connection
	// admit lets the gate reach the test listener.
	admit(gate awsec2.SecurityGroup, p *FargateProps)
	validate(p *FargateProps) error
}

// InternalRoute gives a service a production listener and a test listener of its own on an internal load balancer. The
// test listener stands environment.TestPortOffset above the production listener; the engine rolling has none. With the
// engine ecs each of the two has a rule that everything matches, for ECS shifts rules.
type InternalRoute struct {
	// LoadBalancer that the listeners stand on. Required.
	LoadBalancer awselasticloadbalancingv2.IApplicationLoadBalancer
	// SecurityGroup of the load balancer; it gets a rule out to the tasks, and with checks one that admits the gate to the test
	// listener. Required.
	SecurityGroup awsec2.ISecurityGroup
	// Port of the production listener, 20000 to 29999. Required.
	Port int
	// CertificateARN of the listeners, of ACM or IAM. Required with the protocols grpc and http2. Default: none; the listeners speak plain
	// HTTP.
	CertificateARN string
}

// PublicRoute gives a service a rule on the shared listeners of a public load balancer.
type PublicRoute struct {
	// Listener that customers reach. It must speak HTTPS with the protocols grpc and http2, which nobody can see here.
	// Required.
	Listener awselasticloadbalancingv2.IApplicationListener
	// TestListener is closed to customers and shows a new version before it takes traffic. With Runtime.Checks it must admit
	// the addresses from which the VPC reaches the internet. Required with the engines codedeploy and ecs; rolling has no use for
	// it.
	TestListener awselasticloadbalancingv2.IApplicationListener
	// SecurityGroup of the load balancer; it gets a rule out to the tasks. Required.
	SecurityGroup awsec2.ISecurityGroup
	// Path that the rule matches, 1 to 128 characters, with a slash first and at most the wildcard * at its end. Required.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
	Path string
	// Host that the rule matches, a full name of at most 128 characters: "admin.shop.example.com". Default: every host.
	Host string
	// Priority of the rule on both listeners, 1 to 50000, no other rule's. Required.
	Priority int
}

// ClusterProps configures a [Cluster].
type ClusterProps struct {
	// Name of the cluster: 1 to 255 letters, digits, hyphens and underscores. Required.
	Name string
	// Vpc that the cluster's services run in. Required.
	Vpc awsec2.IVpc
	// LogRetentionDays is how long the performance records of Container Insights are kept, one of the periods that
	// CloudWatch Logs offers. Default: [DefaultInsightsRetentionDays].
	LogRetentionDays int
	// LogKey encrypts the performance records; its policy must admit CloudWatch Logs. Default: CloudWatch Logs' own key.
	LogKey awskms.IKey
}
