package environment

import (
	"hash/fnv"
	"strings"
)

// PlatformName is the name of the platform's own pipeline and scope. No service may have it.
const PlatformName = "platform"

// Names in the tools account.

// PipelineName is the name of the pipeline that releases a service, or of the platform's with [PlatformName].
func (s *Store) PipelineName(service string) string { return s.Name + "-" + service }

// PipelineStackName is the name of the stack that holds that pipeline.
func (s *Store) PipelineStackName(service string) string { return s.Name + "-" + service + "-pipeline" }

// PipelineRoleName is the role of that pipeline. IAM is global: the name carries the region.
func (s *Store) PipelineRoleName(service string) string {
	return s.Name + "-" + service + "-" + s.Tools.Region + "-pipeline"
}

// PipelineRolePattern matches the ARN of every pipeline's role, for the trust policies of other accounts, which may not
// name a role that does not exist yet.
func (s *Store) PipelineRolePattern() string {
	return "arn:aws:iam::" + s.Tools.Account + ":role/" + s.Name + "-*-pipeline"
}

// BaselineRoleName is the role of the one build of a pipeline that keeps what it released, for the next review.
func (s *Store) BaselineRoleName(service string) string {
	return s.Name + "-" + service + "-" + s.Tools.Region + "-baseline"
}

// SCARoleName is the role of the one build of a pipeline that keeps the bill of materials of its source.
func (s *Store) SCARoleName(service string) string {
	return s.Name + "-" + service + "-" + s.Tools.Region + "-sca"
}

// ImageScanRoleName is the role of the one build of a pipeline that keeps the bill of materials of its image.
func (s *Store) ImageScanRoleName(service string) string {
	return s.Name + "-" + service + "-" + s.Tools.Region + "-scan"
}

// CheckRoleName is the role of the builds of a pipeline that look into targets: contract checks and smoke tests.
func (s *Store) CheckRoleName(service string) string {
	return s.Name + "-" + service + "-" + s.Tools.Region + "-check"
}

// CheckRolePattern matches the ARN of every check role.
func (s *Store) CheckRolePattern() string {
	return "arn:aws:iam::" + s.Tools.Account + ":role/" + s.Name + "-*-check"
}

// ArtifactsStackName is the name of the stack that holds the artifact bucket and key, one per region.
func (s *Store) ArtifactsStackName() string { return s.Name + "-artifacts" }

// ArtifactBucketName is the artifact bucket in region. Bucket names are global, so it carries account and region.
func (s *Store) ArtifactBucketName(region string) string {
	return s.Name + "-artifacts-" + s.Tools.Account + "-" + region
}

// ArtifactLogBucketName is the bucket for the access logs of the artifact bucket in region.
func (s *Store) ArtifactLogBucketName(region string) string {
	return s.Name + "-artifact-logs-" + s.Tools.Account + "-" + region
}

// ArtifactKeyAlias is the alias of the key of artifacts in every region of the tools account.
func (s *Store) ArtifactKeyAlias() string { return "alias/" + s.Name + "-artifacts" }

// PipelineLogGroupName is the log group of the builds of a service's pipeline, or of the platform's.
func (s *Store) PipelineLogGroupName(service string) string {
	return "/" + s.Name + "/pipelines/" + service
}

// RegistryStackName is the name of the stack that holds the image repositories, one per region.
func (s *Store) RegistryStackName() string { return s.Name + "-registry" }

// RegistryKeyAlias is the alias of the key of images in every region of the tools account.
func (s *Store) RegistryKeyAlias() string { return "alias/" + s.Name + "-registry" }

// SourcesStackName is the name of the stack that holds the source repositories of the services.
func (s *Store) SourcesStackName() string { return s.Name + "-sources" }

// SourceBucketName is the bucket that services with provider s3 take their code from.
func (s *Store) SourceBucketName() string {
	return s.Name + "-sources-" + s.Tools.Account + "-" + s.Tools.Region
}

// SourceLogBucketName is the bucket for the access logs of the source bucket.
func (s *Store) SourceLogBucketName() string {
	return s.Name + "-source-logs-" + s.Tools.Account + "-" + s.Tools.Region
}

// OperationsStackName is the name of the stack of what watches the pipelines.
func (s *Store) OperationsStackName() string { return s.Name + "-operations" }

// NotificationsName is the topic in the tools account that says what happens to releases, and the function that writes to it.
func (s *Store) NotificationsName() string { return s.Name + "-operations-notify" }

// NotificationsRoleName is that function's role. IAM is global: the name carries the region.
func (s *Store) NotificationsRoleName() string {
	return s.Name + "-operations-" + s.Tools.Region + "-notify"
}

// NotificationsLogGroupName is that function's log group. Its name is below those of pipelines, for the key of artifacts encrypts it
// as it does theirs; no service's has a slash.
func (s *Store) NotificationsLogGroupName() string {
	return s.PipelineLogGroupName("operations") + "/notify"
}

// DeliveryMetricsName is the function that measures delivery, and the queue of the events that it could not keep.
func (s *Store) DeliveryMetricsName() string { return s.Name + "-operations-metrics" }

// DeliveryMetricsRoleName is that function's role. IAM is global: the name carries the region.
func (s *Store) DeliveryMetricsRoleName() string {
	return s.Name + "-operations-" + s.Tools.Region + "-metrics"
}

// DeliveryMetricsLogGroupName is that function's log group. Its name is below those of pipelines, for the key of artifacts encrypts
// it as it does theirs; no service's has a slash.
func (s *Store) DeliveryMetricsLogGroupName() string {
	return s.PipelineLogGroupName("operations") + "/metrics"
}

// DeliveryDashboardName is the dashboard of the delivery metrics. Dashboards of all regions of an account are one list.
func (s *Store) DeliveryDashboardName() string { return s.Name + "-delivery-" + s.Tools.Region }

// ChangesLogGroupName is the log group of the change filters. Its name is that of a pipeline, for the key of artifacts
// encrypts it as it does theirs; no service is named like it.
func (s *Store) ChangesLogGroupName() string { return s.PipelineLogGroupName("sources") }

// RepositoryName is the image repository of a service, the same in every region.
func (s *Store) RepositoryName(service string) string { return s.Name + "/" + service }

// RepositoryURI is the address of a service's image repository in region.
func (s *Store) RepositoryURI(service, region string) string {
	return s.Tools.Account + ".dkr.ecr." + region + ".amazonaws.com/" + s.RepositoryName(service)
}

// RepositoryARN is the ARN of a service's image repository in region.
func (s *Store) RepositoryARN(service, region string) string {
	return "arn:aws:ecr:" + region + ":" + s.Tools.Account + ":repository/" + s.RepositoryName(service)
}

// ToolsParameter is the name of an SSM parameter that the platform's stacks write in the tools account.
func (s *Store) ToolsParameter(name string) string { return "/" + s.Name + "/platform/tools/" + name }

// Names in an environment's account.

// AccessStackName is the name of the stack that lets the pipelines in, one per environment.
func (e *Environment) AccessStackName(s *Store) string { return s.Name + "-" + e.Name + "-access" }

// DeployerRoleName is the role that CodePipeline assumes to start blue/green deployments. It is created once per
// environment, by the access stack, which stands in the tools region whatever the environment's regions are.
func (e *Environment) DeployerRoleName(s *Store) string { return s.Name + "-" + e.Name + "-deployer" }

// InspectorRoleName is the role that checks in the pipelines assume to read, and only read, what a target has.
func (e *Environment) InspectorRoleName(s *Store) string { return s.Name + "-" + e.Name + "-inspector" }

// ExecutionRolePattern matches the names of the roles with which ECS pulls images in this environment.
func (e *Environment) ExecutionRolePattern(s *Store) string {
	return s.Name + "-" + e.Name + "-*-execution"
}

// TestRolePattern matches the names of the roles with which tests of services run in this environment.
func (e *Environment) TestRolePattern(s *Store) string { return s.Name + "-" + e.Name + "-*-tests" }

// TestProjectPatterns match the names of the build projects of the tests that run in this environment; none in production.
func (e *Environment) TestProjectPatterns(s *Store) []string {
	var all []string
	for _, k := range TestKinds {
		if k.RunsIn() == e.Kind {
			all = append(all, s.Name+"-"+e.Name+"-*-"+string(k))
		}
	}
	return all
}

// ApprovalTopicName is the topic in the tools account that says when a release waits for an approval.
func (e *Environment) ApprovalTopicName(s *Store) string { return s.Name + "-" + e.Name + "-approval" }

// RoleARN is the ARN of a role of the environment's account.
func (e *Environment) RoleARN(name string) string {
	return "arn:aws:iam::" + e.Account + ":role/" + name
}

// Prefix begins the names of everything of the environment: "retail-store-beta".
func (t Target) Prefix() string { return t.Store.Name + "-" + t.Environment.Name }

// NetworkStackName is the name of the target's network stack.
func (t Target) NetworkStackName() string { return t.Prefix() + "-network" }

// IngressStackName is the name of the target's ingress stack.
func (t Target) IngressStackName() string { return t.Prefix() + "-ingress" }

// KeyAlias is the alias of the key of the target's logs.
func (t Target) KeyAlias() string { return "alias/" + t.Prefix() }

// ServiceStackName is the name of a service's stack in the target.
func (t Target) ServiceStackName(service string) string { return t.Prefix() + "-" + service }

// ServiceName is the name of a service in the target: of the ECS service, the task definition's family, the CodeDeploy
// application and its deployment group.
func (t Target) ServiceName(service string) string { return t.Prefix() + "-" + service }

// ClusterName is the target's ECS cluster.
func (t Target) ClusterName() string { return t.Prefix() }

// LogGroupName is the log group of a service's tasks.
func (t Target) LogGroupName(service string) string {
	return "/" + t.Store.Name + "/" + t.Environment.Name + "/" + service
}

// LogGroupPatterns match the names of all log groups of the target, for the policy of its key.
func (t Target) LogGroupPatterns() []string {
	return []string{
		t.LogGroupName("*"),
		t.Prefix() + "-*", // groups that CloudFormation names after their stack
		"aws-waf-logs-" + t.Prefix() + "*",
		"/aws/ecs/containerinsights/" + t.ClusterName() + "/performance",
	}
}

// ExecutionRoleName is the role with which ECS starts a service's tasks. IAM is global: the name carries the region.
func (t Target) ExecutionRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-execution"
}

// TaskRoleName is the role that a service's containers have.
func (t Target) TaskRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-task"
}

// CodeDeployRoleName is the role with which CodeDeploy shifts a service's traffic.
func (t Target) CodeDeployRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-codedeploy"
}

// ShiftRoleName is the role with which ECS shifts a service's traffic.
func (t Target) ShiftRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-shift"
}

// GateName is the Lambda function that asks new versions of a service their checks.
func (t Target) GateName(service string) string { return t.ServiceName(service) + "-gate" }

// GateRoleName is that function's role.
func (t Target) GateRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-gate"
}

// GateLogGroupName is that function's log group.
func (t Target) GateLogGroupName(service string) string { return t.LogGroupName(service) + "/gate" }

// TestName is a test of a service in the target: its build project and its report group.
func (t Target) TestName(service string, k TestKind) string {
	return t.ServiceName(service) + "-" + string(k)
}

// TestRoleName is the role of the tests of a service.
func (t Target) TestRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-tests"
}

// TestLogGroupName is the log group of the tests of a service.
func (t Target) TestLogGroupName(service string) string { return t.LogGroupName(service) + "/tests" }

// TestAddress is the host and port at which the VPC reaches the test listener of a service; the host is empty for a public
// service without a domain, which only its load balancer's own name leads to.
func (t Target) TestAddress(service string, x *Expose) (host string, port int) {
	if x.Internal {
		return t.InternalHost(service), x.PortOf(service) + TestPortOffset
	}
	return t.Host(), PublicTestPort
}

// AlarmName is an alarm of a service in the target.
func (t Target) AlarmName(service string, a Alarm) string {
	return t.ServiceName(service) + "-" + a.Name()
}

// CanaryName is the canary of a service in the target. Lambda's limits cut it down to 21 characters in the names of what Synthetics
// makes for it: [CanaryLogGroups].
func (t Target) CanaryName(service string) string { return t.ServiceName(service) }

// CanaryRoleName is the role of a service's canary.
func (t Target) CanaryRoleName(service string) string {
	return t.Prefix() + "-" + service + "-" + t.Region + "-canary"
}

// CanaryLogGroups is the pattern of the names of the log groups of a canary of that name: its function's, which ends in the
// canary's id. Other canaries whose names begin alike have it, too.
// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_DeleteCanary.html
func CanaryLogGroups(canary string) string {
	const kept = 21
	if len(canary) > kept {
		return "/aws/lambda/cwsyn-" + canary[:kept] + "*"
	}
	return "/aws/lambda/cwsyn-" + canary + "-*"
}

// Host is the regional public name of the target, "us-west-2.shop.example.com"; empty without a domain.
func (t Target) Host() string {
	if t.Environment.Domain == nil {
		return ""
	}
	return t.Region + "." + t.Environment.Domain.Name
}

// PublicHost is the name that the rule of a public service matches: empty for every name of the target.
func (t Target) PublicHost(x *Expose) string {
	if x.Host == "" || t.Environment.Domain == nil {
		return ""
	}
	return x.Host + "." + t.Environment.Domain.Name
}

// InternalDomain is the private zone of the target: under the environment's domain, or, where it has none, a name under
// .internal, which no one can register.
func (t Target) InternalDomain() string {
	if t.Environment.Domain == nil {
		return t.Environment.Name + "." + t.Store.Name + ".internal"
	}
	return "internal." + t.Environment.Domain.Name
}

// InternalHost is the name under which other services reach an internal service.
func (t Target) InternalHost(service string) string { return service + "." + t.InternalDomain() }

// Scheme is https where the environment has a domain, and http where it has none.
func (t Target) Scheme() string {
	if t.Environment.Domain == nil {
		return "http"
	}
	return "https"
}

// RepositoryURI is the address of a service's image repository in the target's region.
func (t Target) RepositoryURI(service string) string {
	return t.Store.RepositoryURI(service, t.Region)
}

// Ports of an internal service. Each has a production listener and a test listener of its own on the internal load
// balancer; both derive from the service's name alone, so that adding a service moves no other.
const (
	// InternalPortBase is the lowest port of a production listener.
	InternalPortBase = 20000
	// InternalPortCount is how many ports there are.
	InternalPortCount = 10000
	// TestPortOffset is added to the production port for the test listener.
	TestPortOffset = 10000
)

// PublicTestPort is the port of the public load balancer's closed test listener.
const PublicTestPort = 9443

// InternalPort derives the production listener's port of an internal service from its name: 20000 to 29999.
func InternalPort(service string) int {
	return InternalPortBase + int(hash(service)%InternalPortCount)
}

// RulePriority derives the priority of a public service's listener rule from its path, its host and its name, in the
// range 1 to 50000 that a listener has. A rule with a host precedes rules without one, a longer path a shorter one, and an
// exact path one with a wildcard.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-rules.html
func RulePriority(service, host, path string) int {
	const names, lengths = 96, 129
	exact := strings.TrimSuffix(path, "*")
	band := 2 * (lengths - 1 - min(len(exact), lengths-1))
	if exact != path {
		band++
	}
	if host == "" {
		band += 2 * lengths
	}
	return 1 + band*names + int(hash(service)%names)
}

func hash(s string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(s))
	return h.Sum32()
}

// MarkerDigest stands for the image in a synth that was given none. It is well formed and no image has it; the pipeline
// refuses to deploy it.
const MarkerDigest = "sha256:0000000000000000000000000000000000000000000000000000000000000000"
