package observe_test

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/observe"
)

func equal(tb testing.TB, what string, got any, want string) {
	tb.Helper()
	if g := templatetest.Text(got); g != want {
		tb.Errorf("%s is\n  %s, want\n  %s", what, g, want)
	}
}

// Catches: a target group without alarms, alarms on a load balancer that a worker does not have, and alarms that the
// names of the plan, which are checked and which the engine rolling arms by, do not have.
func TestAlarmsOf(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*observe.AlarmsProps)
		want   string
	}{
		"codedeploy": {func(*observe.AlarmsProps) {}, "blue-errors blue-latency blue-unhealthy canary cpu green-errors green-latency green-unhealthy memory tasks"},
		"rolling":    {rolling, "canary cpu errors latency memory tasks unhealthy"},
		"worker":     {worker, "cpu memory tasks"},
		"internal":   {internal, "blue-errors blue-latency blue-unhealthy cpu green-errors green-latency green-unhealthy memory tasks"},
	} {
		alarms := newAlarms(t, c.change)
		if got := strings.Join(slices.Sorted(maps.Keys(alarms)), " "); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
		if len(alarms) > environment.MaxAlarms {
			t.Errorf("%s: %d alarms are more than a deployment group takes", name, len(alarms))
		}
	}
}

// metrics is the expression of an alarm and its metrics, one a line: id, name, statistic, period, target group.
func metrics(alarm map[string]any) string {
	var lines []string
	for _, m := range alarm["Metrics"].([]any) {
		q := m.(map[string]any)
		if e, ok := q["Expression"]; ok {
			lines = append(lines, "= "+e.(string)+" "+templatetest.Text(q["ReturnData"]))
			continue
		}
		s := q["MetricStat"].(map[string]any)
		metric := s["Metric"].(map[string]any)
		lines = append(lines, strings.Join([]string{q["Id"].(string), metric["Namespace"].(string), metric["MetricName"].(string), s["Stat"].(string),
			templatetest.Text(s["Period"]), templatetest.Text(metric["Dimensions"]), templatetest.Text(q["ReturnData"])}, " "))
	}
	return strings.Join(lines, "\n")
}

// Catches: an alarm on a metric or a dimension that does not exist, which stays quiet for ever; one on the whole load balancer,
// which sees a tenth of a canary's errors; one that two requests set off; one that silence sets off, or that counts a minute
// whose metrics have not arrived for a good one.
func TestAlarmsOfATargetGroup(t *testing.T) {
	alarms := newAlarms(t)
	for color, logical := range map[string]string{"blue": "Blue10BB7880", "green": "Green9DCBBC03"} {
		dimensions := `[{"Name":"LoadBalancer","Value":"app/shop-prod/2222222222222222"},{"Name":"TargetGroup","Value":{"Fn::GetAtt":["` + logical + `","TargetGroupFullName"]}}] false`
		for name, c := range map[string]struct{ want, threshold string }{
			"errors": {"= IF(requests >= 20, 100 * (FILL(errors, 0) + FILL(refused, 0)) / requests, 0) true\n" +
				"requests AWS/ApplicationELB RequestCount Sum 60 " + dimensions + "\n" +
				"errors AWS/ApplicationELB HTTPCode_Target_5XX_Count Sum 60 " + dimensions + "\n" +
				"refused AWS/ApplicationELB TargetConnectionErrorCount Sum 60 " + dimensions, "5"},
			"latency": {"= IF(requests >= 20, 1000 * latency, 0) true\n" +
				"requests AWS/ApplicationELB RequestCount Sum 60 " + dimensions + "\n" +
				"latency AWS/ApplicationELB TargetResponseTime p99 60 " + dimensions, "3000"},
			"unhealthy": {"= IF(requests > 0, unhealthy, 0) true\n" +
				"requests AWS/ApplicationELB RequestCount Sum 60 " + dimensions + "\n" +
				"unhealthy AWS/ApplicationELB UnHealthyHostCount Maximum 60 " + dimensions, "0"},
		} {
			alarm := alarms[color+"-"+name]
			if got := metrics(alarm); got != c.want {
				t.Errorf("%s %s: got\n%s\nwant\n%s", color, name, got, c.want)
			}
			equal(t, name, []any{alarm["ComparisonOperator"], alarm["Threshold"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["TreatMissingData"]},
				`["GreaterThanThreshold",`+c.threshold+`,2,2,"notBreaching"]`)
		}
	}
}

// Catches: an alarm on tasks that fires on enough of them, one on a metric that Fargate does not have, and one that stops the
// first release of a service: it has no metrics yet, and then one task, until auto scaling asks for the others.
func TestAlarmsOfAService(t *testing.T) {
	alarms := newAlarms(t)
	of := `,[{"Name":"ClusterName","Value":"shop-prod"},{"Name":"ServiceName","Value":"shop-prod-catalog"}],"Average",60,2,"missing"]`
	for name, want := range map[string]string{
		"cpu":    `["AWS/ECS","CPUUtilization","GreaterThanThreshold",90` + of,
		"memory": `["AWS/ECS","MemoryUtilization","GreaterThanThreshold",90` + of,
	} {
		a := alarms[name]
		equal(t, name, []any{a["Namespace"], a["MetricName"], a["ComparisonOperator"], a["Threshold"], a["Dimensions"], a["Statistic"], a["Period"],
			a["EvaluationPeriods"], a["TreatMissingData"]}, want)
	}
	const dimensions = `[{"Name":"ClusterName","Value":"shop-prod"},{"Name":"ServiceName","Value":"shop-prod-catalog"}] false`
	tasks := alarms["tasks"]
	if got, want := metrics(tasks), "= IF(desired >= 3, 3 - running, 0) true\n"+
		"desired ECS/ContainerInsights DesiredTaskCount Average 60 "+dimensions+"\n"+
		"running ECS/ContainerInsights RunningTaskCount Average 60 "+dimensions; got != want {
		t.Errorf("tasks: got\n%s\nwant\n%s", got, want)
	}
	equal(t, "tasks", []any{tasks["ComparisonOperator"], tasks["Threshold"], tasks["EvaluationPeriods"], tasks["DatapointsToAlarm"], tasks["TreatMissingData"]},
		`["GreaterThanThreshold",0,5,5,"missing"]`)
}

// Catches: a setting that reaches no alarm.
func TestAlarmSettings(t *testing.T) {
	alarms := newAlarms(t, func(p *observe.AlarmsProps) {
		p.Runtime.Alarms = environment.Alarms{
			ErrorPercent: 1, LatencyMs: 250, MinRequests: 7, CPUPercent: 81, MemoryPercent: 82, Period: 5 * time.Minute, Datapoints: 3,
		}
		p.Runtime.Scale.Min = 1
	})
	for name, want := range map[string][]string{
		"green-errors":  {`requests >= 7,`, `"Period":300`, `"Threshold":1,`, `"EvaluationPeriods":3`, `"DatapointsToAlarm":3`, "More than 1% of at least 7 requests to the green tasks in 5m failed."},
		"green-latency": {`requests >= 7,`, `"Period":300`, `"Threshold":250,`},
		"cpu":           {`"Period":300`, `"Threshold":81,`},
		"memory":        {`"Period":300`, `"Threshold":82,`},
		"tasks":         {`"Period":300`, `IF(desired >= 1, 1 - running, 0)`, `"EvaluationPeriods":3`, "Fewer than 1 task run, though as many are wanted."},
	} {
		templatetest.WantText(t, alarms[name], want...)
	}
}

// Catches: an alarm on the errors of a gRPC service that lets its reader believe it had seen them.
func TestGRPCSaysWhatItDoesNotSee(t *testing.T) {
	alarms := newAlarms(t, func(p *observe.AlarmsProps) {
		p.Runtime.HTTP = &environment.HTTP{Port: 8080, Protocol: environment.GRPC}
		p.Canary = ""
	})
	templatetest.WantText(t, alarms["blue-errors"], "The status of gRPC is not seen")
}

// Catches: props that fail only at AWS, or leave out one of the two groups.
func TestAlarmsProps(t *testing.T) {
	stack := newStack()
	own := awscloudwatch.NewCfnAlarm(stack, jsii.String("Own"), &awscloudwatch.CfnAlarmProps{
		ComparisonOperator: jsii.String("GreaterThanThreshold"), EvaluationPeriods: jsii.Number(1),
	})
	full := newProps(stack)
	for name, c := range map[string]struct {
		change func(*observe.AlarmsProps)
		want   string
	}{
		"right":           {func(*observe.AlarmsProps) {}, ""},
		"one other":       {func(p *observe.AlarmsProps) { internal(p); p.Others = []interfacesawscloudwatch.IAlarmRef{own} }, ""},
		"with a canary":   {func(p *observe.AlarmsProps) { p.Others = []interfacesawscloudwatch.IAlarmRef{own} }, "Others: may be at most 0 beside the 10 that are created, got 1; a composite alarm is one alarm for several"},
		"no canary":       {func(p *observe.AlarmsProps) { p.Canary = "" }, "Canary: required: Runtime has a canary; give its name, or set Runtime.Synthetics.Disabled to true"},
		"canary off":      {func(p *observe.AlarmsProps) { yes := true; p.Runtime.Synthetics.Disabled = &yes }, "Canary: Runtime has none; remove it"},
		"too many":        {func(p *observe.AlarmsProps) { internal(p); p.Others = []interfacesawscloudwatch.IAlarmRef{own, own} }, "Others: may be at most 1 beside the 9 that are created, got 2; a composite alarm is one alarm for several"},
		"nil":             {func(p *observe.AlarmsProps) { internal(p); p.Others = []interfacesawscloudwatch.IAlarmRef{nil} }, "Others[0]: must not be nil"},
		"nothing":         {func(p *observe.AlarmsProps) { *p = observe.AlarmsProps{} }, "Name: required\nCluster: required"},
		"name":            {func(p *observe.AlarmsProps) { p.Name = "1" }, `Name: must be 2 to 240 letters, digits and hyphens, a letter first, got "1"`},
		"off":             {func(p *observe.AlarmsProps) { p.Runtime.Alarms.Disabled = true }, "Runtime.Alarms.Disabled: leaves no alarm to create; create none"},
		"no blue":         {func(p *observe.AlarmsProps) { p.Blue = nil }, "Blue: required with Runtime.HTTP"},
		"no green":        {func(p *observe.AlarmsProps) { p.Green = nil }, "Green: required with an engine that shifts traffic"},
		"green rolling":   {func(p *observe.AlarmsProps) { rolling(p); p.Green = full.Green }, "Green: goes with an engine that shifts traffic only; remove it"},
		"blue of workers": {func(p *observe.AlarmsProps) { worker(p); p.Blue = full.Blue }, "Blue: goes with Runtime.HTTP only; remove it"},
		"limits":          {func(p *observe.AlarmsProps) { p.Runtime.Alarms.ErrorPercent = 101 }, "Runtime.alarms.errorPercent: must be 1 to 100, got 101"},
	} {
		p := *full
		c.change(&p)
		got := ""
		if err := p.Validate(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Catches: an alarm on another canary, one that a run that was lost sets off, and one whose period has no run or several; one that a
// canary that nobody runs keeps firing, or quiet.
func TestAlarmOfTheCanary(t *testing.T) {
	alarm := newAlarms(t, func(p *observe.AlarmsProps) {
		p.Canary = "another"
		p.Runtime.Synthetics.Interval = 10 * time.Minute
		p.Runtime.Alarms.Datapoints, p.Runtime.Alarms.Period = 3, time.Minute
	})["canary"]
	equal(t, "canary", []any{alarm["Namespace"], alarm["MetricName"], alarm["ComparisonOperator"], alarm["Threshold"], alarm["Dimensions"], alarm["Statistic"],
		alarm["Period"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"], alarm["TreatMissingData"]},
		`["CloudWatchSynthetics","SuccessPercent","LessThanThreshold",100,[{"Name":"CanaryName","Value":"another"}],"Average",600,2,2,"missing"]`)
	equal(t, "description", alarm["AlarmDescription"],
		`"2 runs of the canary another failed, one every 10m: customers are not answered as they should be. Its runs say why."`)
}
