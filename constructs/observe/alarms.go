package observe

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

// Alarms are the alarms of one service. They have no actions of their own: what they stop is a release.
type Alarms struct {
	node.Construct
	// All alarms in the order of environment.Runtime.ArmedAlarms: those of blue, those of green, those of the service. They are
	// L1 constructs, because a store has hundreds of them, and each of the L2's metrics is several calls to the kernel.
	All []awscloudwatch.CfnAlarm

	props  *AlarmsProps
	limits environment.Alarms
}

// NewAlarms creates the alarms of a service: on errors, latency and unhealthy tasks of each target group, and on running
// tasks, CPU and memory of the service, and on its canary. CloudWatch charges an alarm by the metrics in it, 18 for a service with
// two target groups, and one for the canary. https://aws.amazon.com/cloudwatch/pricing/
func NewAlarms(scope constructs.Construct, id string, props *AlarmsProps) *Alarms {
	if props == nil {
		props = &AlarmsProps{}
	}
	node.Must("observe.Alarms", scope, id, props.Validate())
	a := &Alarms{props: props.withDefaults()}
	a.limits = a.props.Runtime.Alarms
	node.Init(a, scope, id)
	groups := map[string]group{}
	for name, g := range map[string]awselasticloadbalancingv2.ApplicationTargetGroup{
		environment.Blue: props.Blue, environment.Green: props.Green,
	} {
		if g != nil {
			groups[name] = newGroup(g)
		}
	}
	if props.Green == nil {
		groups[""] = groups[environment.Blue]
	}
	for _, alarm := range a.props.Runtime.ArmedAlarms() {
		c := a.watch(alarm, groups[alarm.Group])
		c.AlarmName = jsii.String(a.props.Name + "-" + alarm.Name())
		c.EvaluationPeriods = jsii.Number(float64(a.datapoints(alarm.Metric)))
		c.DatapointsToAlarm = c.EvaluationPeriods
		a.All = append(a.All, awscloudwatch.NewCfnAlarm(a, jsii.String(alarm.Name()), c))
	}
	return a
}

// Refs are the alarms, and the others of the props, as a deployment group takes them when it is made.
func (a *Alarms) Refs() []interfacesawscloudwatch.IAlarmRef {
	var refs []interfacesawscloudwatch.IAlarmRef
	for _, alarm := range a.All {
		refs = append(refs, alarm)
	}
	return append(refs, a.props.Others...)
}

// Arm lets the alarms, and the others of the props, stop the deployments of a group, and roll them back. It panics without a
// group, which a service has with the engine codedeploy only, and where the group would have more than environment.MaxAlarms.
// [Named] arms the engines ecs and rolling.
func (a *Alarms) Arm(group awscodedeploy.EcsDeploymentGroup) {
	var l problem.List
	refs := a.Refs()
	if group == nil {
		l.Addf("Arm", "needs a deployment group, which a service has with engine codedeploy only; with ecs and rolling give "+
			"service.FargateProps.Alarms what observe.Named returns")
	} else if has := armed(group); has+len(refs) > environment.MaxAlarms {
		l.Addf("Arm", "may give the deployment group at most %d alarms beside the %d that it has, got %d; a composite alarm is one alarm for several",
			max(0, environment.MaxAlarms-has), has, len(refs))
	}
	node.MustBe("observe.Alarms", a, l.Err())
	for _, alarm := range refs {
		group.AddAlarm(alarm)
	}
}

// armed is how many alarms a deployment group has by now: the CDK's own list is private to it.
func armed(group awscodedeploy.EcsDeploymentGroup) int {
	resource, ok := group.Node().DefaultChild().(awscodedeploy.CfnDeploymentGroup)
	if !ok {
		return 0
	}
	configuration, _ := once.StackOf(group).Resolve(resource.AlarmConfiguration()).(map[string]any)
	alarms, _ := configuration["alarms"].([]any)
	return len(alarms)
}

// Named are the alarms of [NewAlarms] of a service of that name that runs as r, by their names: the same, in the same order, and
// none where r has its alarms off. They need not exist, so they can be service.FargateProps.Alarms with the engines ecs and rolling,
// where the ECS service names the alarms that stop its releases, and they watch what comes with it. NewAlarms creates them after it:
//
//	props.Alarms = observe.Named(stack, "Armed", props.Name, props.Runtime)
//	svc := service.NewFargate(stack, "Service", props)
//	alarms := observe.NewAlarms(stack, "Alarms", &observe.AlarmsProps{Name: props.Name, …, Blue: svc.Blue, Green: svc.Green})
//	svc.Service.Node().AddDependency(alarms) // ECS looks for them when a deployment begins
//
// Named creates nothing. With the engine codedeploy use service.FargateProps.Watch or [Alarms.Arm].
func Named(scope constructs.Construct, id, name string, r environment.Runtime) []awscloudwatch.IAlarm {
	r = r.WithDefaults(environment.Production)
	if r.Alarms.Disabled {
		return nil
	}
	at := constructs.NewConstruct(scope, &id)
	var alarms []awscloudwatch.IAlarm
	for _, a := range r.ArmedAlarms() {
		alarms = append(alarms, awscloudwatch.Alarm_FromAlarmName(at, jsii.String(a.Name()), jsii.String(name+"-"+a.Name())))
	}
	return alarms
}

// group is a target group as metrics name it.
type group struct{ name, balancer *string }

// newGroup reads the names of a target group and of the load balancer that its listener or rule stands on. Nobody needs to
// know the load balancer for it: its name is a part of the listener's ARN.
func newGroup(g awselasticloadbalancingv2.ApplicationTargetGroup) group {
	return group{g.TargetGroupFullName(), g.FirstLoadBalancerFullName()}
}

// watch is an alarm without its name and its patience.
func (a *Alarms) watch(alarm environment.Alarm, g group) *awscloudwatch.CfnAlarmProps {
	which := "the tasks"
	if alarm.Group != "" {
		which = "the " + alarm.Group + " tasks"
	}
	every := text.Duration(a.limits.Period)
	switch alarm.Metric {
	case environment.Errors:
		return a.expression(fmt.Sprintf("More than %d%% of at least %d requests to %s in %s failed.%s",
			a.limits.ErrorPercent, a.limits.MinRequests, which, every, a.blind()),
			fmt.Sprintf("IF(requests >= %d, 100 * (FILL(errors, 0) + FILL(refused, 0)) / requests, 0)", a.limits.MinRequests), a.limits.ErrorPercent,
			a.of(g, "requests", "RequestCount", "Sum"),
			a.of(g, "errors", "HTTPCode_Target_5XX_Count", "Sum"),
			// A task that takes no connection answers nothing: the load balancer answers for it, and counts that for itself only.
			a.of(g, "refused", "TargetConnectionErrorCount", "Sum"))
	case environment.Latency:
		return a.expression(fmt.Sprintf("The slowest hundredth of at least %d requests to %s in %s waited more than %d ms for an answer.",
			a.limits.MinRequests, which, every, a.limits.LatencyMs),
			fmt.Sprintf("IF(requests >= %d, 1000 * latency, 0)", a.limits.MinRequests), a.limits.LatencyMs,
			a.of(g, "requests", "RequestCount", "Sum"),
			a.of(g, "latency", "TargetResponseTime", "p99"))
	case environment.Unhealthy:
		// Without requests, a starting task that is not healthy yet would stop every release of a slow starter.
		return a.expression(fmt.Sprintf("One of %s was unhealthy while they took requests.", which),
			"IF(requests > 0, unhealthy, 0)", 0,
			a.of(g, "requests", "RequestCount", "Sum"),
			a.of(g, "unhealthy", "UnHealthyHostCount", "Maximum"))
	case environment.Tasks:
		// A new service wants one task until auto scaling wants the least of them: until then, fewer are what was asked for.
		least := a.props.Runtime.Scale.Min
		c := a.expression(fmt.Sprintf("Fewer than %s run, though as many are wanted.", text.Count(least, "task")),
			fmt.Sprintf("IF(desired >= %d, %d - running, 0)", least, least), 0,
			a.stat("desired", "ECS/ContainerInsights", "DesiredTaskCount", "Average", a.service()),
			a.stat("running", "ECS/ContainerInsights", "RunningTaskCount", "Average", a.service()))
		c.TreatMissingData = jsii.String(missing)
		return c
	case environment.CPU:
		return a.metric(fmt.Sprintf("The tasks use more than %d%% of their CPU.", a.limits.CPUPercent), "AWS/ECS", "CPUUtilization", a.limits.CPUPercent)
	case environment.Outside:
		return a.canary()
	}
	return a.metric(fmt.Sprintf("The tasks use more than %d%% of their memory.", a.limits.MemoryPercent), "AWS/ECS", "MemoryUtilization", a.limits.MemoryPercent)
}

// taskPatience is how long tasks may be missing: ECS replaces one that died, and starts those that auto scaling asks for, within a
// few minutes, and neither is a bad version. A version whose tasks cannot stay is seen by the health checks of the release first.
const taskPatience = 5 * time.Minute

// datapoints are how many in a row set an alarm off.
func (a *Alarms) datapoints(metric environment.Metric) int {
	n := a.limits.Datapoints
	switch metric {
	case environment.Tasks:
		n = max(n, int(taskPatience/a.limits.Period))
	case environment.Outside:
		n = environment.CanaryFailures
	}
	return n
}

// blind says what an alarm on errors cannot see: gRPC answers with 200, and with its own status behind the answer, where no
// metric of the load balancer looks.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (a *Alarms) blind() string {
	if a.props.Runtime.HTTP.Protocol == environment.GRPC {
		return " The status of gRPC is not seen, only connections that tasks refuse."
	}
	return ""
}

// expression is an alarm on what several metrics say together.
//
// A load balancer sends no metric without requests. That is no success and no failure, so the alarm stays quiet; in a minute
// with requests, what is missing are errors, and those alone are filled with zeros: with FILL on the requests, the minute that
// has not arrived yet would always be a good one, and the alarm could stick.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
func (a *Alarms) expression(description, expression string, threshold int, metrics ...awscloudwatch.CfnAlarm_MetricDataQueryProperty) *awscloudwatch.CfnAlarmProps {
	queries := []any{awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: jsii.String("value"), Expression: jsii.String(expression), ReturnData: jsii.Bool(true),
	}}
	for _, m := range metrics {
		queries = append(queries, m)
	}
	return &awscloudwatch.CfnAlarmProps{
		AlarmDescription:   jsii.String(description),
		Metrics:            queries,
		ComparisonOperator: jsii.String("GreaterThanThreshold"),
		Threshold:          jsii.Number(float64(threshold)),
		TreatMissingData:   jsii.String("notBreaching"),
	}
}

// of is a metric of a target group.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
func (a *Alarms) of(g group, id, metric, statistic string) awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	return a.stat(id, "AWS/ApplicationELB", metric, statistic, []any{dimension("LoadBalancer", g.balancer), dimension("TargetGroup", g.name)})
}

// stat is a metric in an expression.
func (a *Alarms) stat(id, namespace, metric, statistic string, dimensions []any) awscloudwatch.CfnAlarm_MetricDataQueryProperty {
	return awscloudwatch.CfnAlarm_MetricDataQueryProperty{
		Id: &id,
		MetricStat: awscloudwatch.CfnAlarm_MetricStatProperty{
			Metric: awscloudwatch.CfnAlarm_MetricProperty{Namespace: &namespace, MetricName: &metric, Dimensions: dimensions},
			Period: jsii.Number(a.limits.Period.Seconds()),
			Stat:   &statistic,
		},
		ReturnData: jsii.Bool(false),
	}
}

// metric is an alarm on a metric of the service.
//
// ECS sends these every minute as long as tasks run. What is missing says nothing of the version: a service has none in its
// first minutes, in which its first release begins. The alarm then shows insufficient data, which stops no release, and is
// no green light either.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Container-Insights-enhanced-observability-metrics-ECS.html
func (a *Alarms) metric(description, namespace, metric string, threshold int) *awscloudwatch.CfnAlarmProps {
	return &awscloudwatch.CfnAlarmProps{
		AlarmDescription:   &description,
		Namespace:          &namespace,
		MetricName:         &metric,
		Dimensions:         a.service(),
		Statistic:          jsii.String("Average"),
		Period:             jsii.Number(a.limits.Period.Seconds()),
		ComparisonOperator: jsii.String("GreaterThanThreshold"),
		Threshold:          jsii.Number(float64(threshold)),
		TreatMissingData:   jsii.String(missing),
	}
}

// missing is how the alarms on metrics of the service treat what is missing: as insufficient data.
const missing = "missing"

// service are the dimensions of the metrics of the service.
func (a *Alarms) service() []any {
	return []any{dimension("ClusterName", &a.props.Cluster), dimension("ServiceName", &a.props.Name)}
}

func dimension(name string, value *string) awscloudwatch.CfnAlarm_DimensionProperty {
	return awscloudwatch.CfnAlarm_DimensionProperty{Name: &name, Value: value}
}
