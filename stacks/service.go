package stacks

import (
	"fmt"
	"maps"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/network"
	"github.com/storeship/storeship/constructs/observe"
	"github.com/storeship/storeship/constructs/service"
)

// Service is the stack of one service in one target.
type Service struct {
	// Stack is what CloudFormation deploys: one per service and target.
	Stack awscdk.Stack
	// Name of the service in the plan.
	Name string
	// Target that it runs in.
	Target environment.Target
	// Fargate is the service with its release engine.
	Fargate *service.Fargate
	// Alarms that roll its releases back. Nil where the plan has them off.
	Alarms *observe.Alarms
	// Tests of it, where it has some in the target's environment; else nil.
	Tests *build.TargetTests
	// Canary that asks it, from outside or from within the VPC. Nil where there is none: in test environments, of internal services in
	// production if the plan does not ask for it, and where there is nothing to ask.
	Canary *observe.Canary
}

// NewService creates the stack of a service in a target, running the image with that digest. Everything that it shares
// with the target it reads from the platform contract.
func NewService(scope constructs.Construct, plan *environment.Plan, s *environment.Service, t environment.Target, digest string) *Service {
	runtime := resolved(plan, s, t)
	stack := targetStack(scope, t, "Service", t.ServiceStackName(s.Name), fmt.Sprintf("Service %s of %s in %s", s.Name, t.Store.Name, t.Environment.Name))
	platform := network.FromParameters(stack, "Network", t)
	props := &service.FargateProps{
		Name:                  t.ServiceName(s.Name),
		Runtime:               unblocked(runtime),
		Architecture:          s.Build.Architecture,
		Image:                 t.RepositoryURI(s.Name) + "@" + digest,
		ImageRepositoryARN:    t.Store.RepositoryARN(s.Name, t.Region),
		Account:               t.Environment.Account,
		Region:                t.Region,
		Vpc:                   platform.Vpc,
		WorkloadSecurityGroup: platform.WorkloadSecurityGroup,
		Bake:                  bake(runtime, t),
		ExecutionRoleName:     t.ExecutionRoleName(s.Name),
		TaskRoleName:          t.TaskRoleName(s.Name),
		CodeDeployRoleName:    t.CodeDeployRoleName(s.Name),
		ShiftRoleName:         t.ShiftRoleName(s.Name),
		GateName:              t.GateName(s.Name),
		GateRoleName:          t.GateRoleName(s.Name),
		GateLogGroupName:      t.GateLogGroupName(s.Name),
		LogGroupName:          t.LogGroupName(s.Name),
		LogKey:                platform.LogKey(),
	}
	props.Cluster = awsecs.Cluster_FromClusterAttributes(stack, jsii.String("Cluster"), &awsecs.ClusterAttributes{
		ClusterName: jsii.String(t.ClusterName()),
		Vpc:         platform.Vpc,
	})
	var from way
	if x := runtime.Expose; x != nil {
		from = lead(stack, platform, s.Name, t, runtime)
		props.Route, props.TestURL = from.route, from.test
	}
	created := &Service{Stack: stack, Name: s.Name, Target: t}
	armed := runtime.Release.Engine == environment.CodeDeploy
	if !armed {
		props.Alarms = observe.Named(stack, "Armed", props.Name, runtime)
	}
	if armed && !runtime.Alarms.Disabled {
		// Under CodeDeploy the deployment group names them, for the ECS service is frozen.
		props.Watch = func(f *service.Fargate) []interfacesawscloudwatch.IAlarmRef {
			created.watch(f, runtime)
			return created.Alarms.Refs()
		}
	}
	created.Fargate = service.NewFargate(stack, "Service", props)
	if !armed && !runtime.Alarms.Disabled {
		created.watch(created.Fargate, runtime)
		// The service refers to them by name, and ECS looks for them when a deployment begins.
		created.Fargate.Service.Node().AddDependency(created.Alarms)
	}
	created.ask(runtime, platform, from.callers)
	created.test(plan, s, runtime, platform, from.callers)
	return created
}

// unblocked is a runtime without the paths that nobody may reach from the internet: the web ACL of the storefront's stack blocks them.
func unblocked(r environment.Runtime) environment.Runtime {
	if r.Expose != nil {
		x := *r.Expose
		x.Block, r.Expose = nil, &x
	}
	return r
}

// watch creates the alarms.
func (s *Service) watch(f *service.Fargate, r environment.Runtime) {
	canary := ""
	if len(r.Asked()) > 0 {
		canary = s.Target.CanaryName(s.Name)
	}
	s.Alarms = observe.NewAlarms(s.Stack, "Alarms", &observe.AlarmsProps{
		Name:    s.Target.ServiceName(s.Name),
		Cluster: s.Target.ClusterName(),
		Runtime: r,
		Blue:    f.Blue,
		Green:   f.Green,
		Canary:  canary,
	})
}

// ask creates the canary, after the service: it asks as soon as it exists. With the engines ecs and rolling the service is created,
// and changes, after the alarms: they know the canary by its name.
func (s *Service) ask(r environment.Runtime, platform *network.Imported, url string) {
	if len(r.Asked()) == 0 {
		return
	}
	t := s.Target
	var inside *observe.Inside
	if r.Expose.Internal {
		inside = &observe.Inside{Vpc: platform.Vpc, SecurityGroup: platform.WorkloadSecurityGroup}
	}
	s.Canary = observe.NewCanary(s.Stack, "Canary", &observe.CanaryProps{
		Name:     t.CanaryName(s.Name),
		RoleName: t.CanaryRoleName(s.Name),
		Runtime:  r,
		URL:      url,
		Host:     t.PublicHost(r.Expose),
		Inside:   inside,
		Key:      platform.LogKey(),
	})
	s.Canary.Canary.Node().AddDependency(s.Fargate.Service)
}

// test creates the tests, after the service: it must not wait for them, and the pipeline runs them when it is released.
func (s *Service) test(plan *environment.Plan, service *environment.Service, r environment.Runtime, platform *network.Imported, url string) {
	tests := r.Tests.List()
	if len(tests) == 0 {
		return
	}
	t := s.Target
	variables := map[string]string{
		"STORE": t.Store.Name, "ENVIRONMENT": t.Environment.Name, "REGION": t.Region, "SERVICE": s.Name, "TARGET": t.ID(),
		"CLUSTER": t.ClusterName(), "SERVICE_NAME": t.ServiceName(s.Name), "LOG_GROUP": t.LogGroupName(s.Name),
		"TASK_ROLE_ARN": t.Environment.RoleARN(t.TaskRoleName(s.Name)),
	}
	groups := []awsec2.ISecurityGroup{platform.WorkloadSecurityGroup}
	if url != "" {
		variables["TARGET_URL"] = url
		if host := t.PublicHost(r.Expose); host != "" {
			variables["TARGET_HOST"] = host
		}
		if !r.Expose.Internal && t.Environment.Domain == nil {
			groups = append(groups, build.OpenToHTTP(s.Stack, "TestsHTTP", platform.Vpc))
		}
	}
	s.Tests = build.NewTargetTests(s.Stack, "Tests", &build.TargetTestsProps{
		Name:             t.ServiceName(s.Name),
		RoleName:         t.TestRoleName(s.Name),
		LogGroupName:     t.TestLogGroupName(s.Name),
		LogKey:           platform.LogKey(),
		LogRetentionDays: r.LogRetentionDays,
		Account:          t.Environment.Account,
		Region:           t.Region,
		Tests:            tests,
		Variables:        variables,
		Path:             plan.SourceOf(service).Path,
		Preset:           service.Build.Preset,
		Vpc:              platform.Vpc,
		SecurityGroups:   groups,
		ToolsAccount:     t.Store.Tools.Account,
		ArtifactBucket:   t.Store.ArtifactBucketName(t.Region),
		Pipeline:         t.Store.PipelineName(s.Name),
	})
}

// way is how requests reach a service.
type way struct {
	route service.Route
	// test is the URL of the test listener, for the gate.
	test string
	// callers is the URL of the production listener, for the canary and for tests: of the target's own load balancer, not of the nearest region's.
	callers string
}

// lead leads from the target's load balancer to the service.
func lead(stack awscdk.Stack, platform *network.Imported, name string, t environment.Target, r environment.Runtime) way {
	host, port := t.TestAddress(name, r.Expose)
	if r.Expose.Internal {
		in := ingress.InternalFromParameters(stack, "Ingress", t, platform.Vpc)
		production := r.Expose.PortOf(name)
		return way{test: listener(t, host, port), callers: listener(t, host, production), route: &service.InternalRoute{
			LoadBalancer:   in.LoadBalancer,
			SecurityGroup:  in.SecurityGroup,
			Port:           production,
			CertificateARN: in.CertificateARN,
		}}
	}
	in := ingress.PublicFromParameters(stack, "Ingress", t)
	public := &service.PublicRoute{
		Listener:      in.Listener,
		SecurityGroup: in.SecurityGroup,
		Path:          r.Expose.Path,
		Host:          t.PublicHost(r.Expose),
		Priority:      r.Expose.PriorityOf(name),
	}
	if r.Release.Engine.Shifts() {
		public.TestListener = in.TestListener()
	}
	if host == "" && (r.Gated() || len(r.Asked()) > 0 || len(r.Tests.List()) > 0) {
		host = in.DNSName()
	}
	return way{public, listener(t, host, port), t.Scheme() + "://" + host}
}

func listener(t environment.Target, host string, port int) string {
	return fmt.Sprintf("%s://%s:%d", t.Scheme(), host, port)
}

// bake is the wave's; the engine rolling has none of its own.
func bake(r environment.Runtime, t environment.Target) time.Duration {
	if r.Release.Engine.Shifts() {
		return t.Bake()
	}
	return 0
}

// resolved is the runtime of a service in a target, with the references in its variables replaced by what they refer to.
func resolved(plan *environment.Plan, s *environment.Service, t environment.Target) environment.Runtime {
	r := s.In(t.Environment)
	r.Variables = resolve(plan, t, "services."+s.Name+".variables.", r.Variables)
	for _, test := range []*environment.TargetTest{r.Tests.Integration, r.Tests.Acceptance, r.Tests.Performance} {
		if test != nil { // a copy: In makes one
			test.Variables = resolve(plan, t, "services."+s.Name+".tests: variables.", test.Variables)
		}
	}
	return r
}

// resolve replaces the references in variables, whose path begins with at.
func resolve(plan *environment.Plan, t environment.Target, at string, variables map[string]string) map[string]string {
	resolved := maps.Clone(variables)
	for name, value := range resolved {
		v, err := plan.Resolve(t, value)
		if err != nil {
			panic(fmt.Errorf("%s%s: %w", at, name, err))
		}
		resolved[name] = v
	}
	return resolved
}
