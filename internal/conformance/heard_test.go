package conformance_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/conformance"
)

// Catches: a canary that nothing listens to, that does not run, or that runs in some targets only, taken for a test; and one that
// something listens to, in any of the ways there are, refused.
func TestSyntheticTests(t *testing.T) {
	deployed := func(region, template string) string {
		return "{Name: D-" + region + ", Region: " + region + ", RoleArn: 'arn:aws:iam::333333333333:role/d', InputArtifacts: [{Name: C}], " +
			"ActionTypeId: {Category: Deploy, Owner: AWS, Provider: CloudFormation}, Configuration: {StackName: shop, TemplatePath: 'C::" + template + "'}}"
	}
	const (
		task    = "T: {Type: AWS::ECS::TaskDefinition}"
		canary  = ", Can: {Type: AWS::Synthetics::Canary, Properties: {StartCanaryAfterCreation: true, Schedule: {Expression: rate(1 minute)}}}"
		stopped = ", Can: {Type: AWS::Synthetics::Canary, Properties: {StartCanaryAfterCreation: false}}"
		alarm   = ", Al: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: CloudWatchSynthetics, MetricName: SuccessPercent}}"
		maths   = ", Al: {Type: AWS::CloudWatch::Alarm, Properties: {Metrics: [{Id: m, MetricStat: {Metric: {Namespace: CloudWatchSynthetics}}}]}}"
		others  = ", Al: {Type: AWS::CloudWatch::Alarm, Properties: {Namespace: AWS/ApplicationELB}}"
		event   = ", Ev: {Type: AWS::Events::Rule, Properties: {EventPattern: {source: [aws.synthetics]}}}"
		looks   = "runs=$(aws synthetics get-canary-runs --name c --query CanaryRuns[0].Status.State)"
	)
	for name, c := range map[string]struct {
		west, east string
		actions    []string
		state      conformance.State
		reason     string
	}{
		"alarms":             {canary + alarm, canary + maths, nil, conformance.Present, ""},
		"events":             {canary + event, canary + event, nil, conformance.Present, ""},
		"a step":             {canary, canary, []string{commands("Look", "2", looks)}, conformance.Present, ""},
		"a step for all":     {"", "", []string{commands("Look", "2", looks)}, conformance.Present, ""}, // of canaries that others have
		"a step that prints": {canary, canary, []string{commands("Look", "2", "aws synthetics get-canary-runs --name c")}, conformance.Hollow, "prints how the canary runs, and nothing looks at it"},
		"a step that starts": {"", "", []string{commands("Synthetic", "2", "aws synthetics start-canary --name c")}, conformance.Hollow, "starts the canary, and looks at none of its runs"},
		"nothing listens":    {canary, canary, nil, conformance.Hollow, "Can fails, and nothing hears of it"},
		"others' alarms":     {canary + others, canary + others, nil, conformance.Hollow, "nothing hears of it"},
		"a step too early":   {canary, canary, []string{commands("Look", "1", looks)}, conformance.Hollow, ""},
		"a step that says":   {canary, canary, []string{commands("Look", "2", looks+" || true")}, conformance.Hollow, ""},
		"one target":         {canary + alarm, "", nil, conformance.Hollow, "only in some targets of gamma; not in 333333333333 us-east-1"},
		"one target, step":   {canary + alarm, "", []string{commands("Look", "2", looks)}, conformance.Hollow, "not in 333333333333 us-east-1"},
		"one does not run":   {canary + alarm, stopped + alarm, []string{commands("Look", "2", looks)}, conformance.Hollow, "not in 333333333333 us-east-1, where Can is not started"},
		"none runs":          {stopped + alarm, stopped + alarm, []string{commands("Look", "2", looks)}, conformance.Hollow, "in no target of gamma, where Can is not started"},
		"one alarm, a step":  {canary + alarm, canary, []string{commands("Look", "2", looks)}, conformance.Present, ""},
		"one alarm":          {canary + alarm, canary, nil, conformance.Hollow, "not in 333333333333 us-east-1, where Can fails, and nothing hears of it"},
		"none":               {"", "", nil, conformance.Missing, ""},
	} {
		gamma := append([]string{deployed("us-west-2", "west.yaml"), deployed("us-east-1", "east.yaml")}, c.actions...)
		files := stages("", stage("Gamma", gamma...), stage("Prod", deployed("eu-west-1", "prod.yaml")))
		files["west.yaml"], files["east.yaml"], files["prod.yaml"] = "Resources: {"+task+c.west+"}\n", "Resources: {"+task+c.east+"}\n", "Resources: {"+task+"}\n"
		t.Run(name, func(t *testing.T) { judge(t, files, nil).is("synthetic-tests", c.state, c.reason) })
	}
	// What is not here may listen.
	files := stages("", stage("Gamma", deployed("us-west-2", "west.yaml"), strings.Replace(deployed("us-west-2", "elsewhere.yaml"), "D-us", "E-us", 1)), production)
	files["west.yaml"] = "Resources: {" + task + canary + "}\n"
	judge(t, files, nil).is("synthetic-tests", conformance.Present, "")
}
