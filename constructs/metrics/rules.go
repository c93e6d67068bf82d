package metrics

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
)

// maxPattern is how long the pattern of a rule can be.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const maxPattern = 2048

// pattern chooses events.
type pattern struct {
	// id of the rule, and what it is for.
	id, description string
	// kind is the events' type.
	kind string
	// detail of the events, beside the pipelines.
	detail map[string]any
}

// patterns are the events that have facts: no others call the function.
func (p *DeliveryProps) patterns() []pattern {
	var stages []string
	for _, pl := range p.Pipelines {
		for _, stage := range pl.Production {
			if !slices.Contains(stages, stage) {
				stages = append(stages, stage)
			}
		}
	}
	of := func(category string) map[string]any { return map[string]any{"category": []string{category}} }
	all := []pattern{
		{"Executions", "executions of pipelines", "Pipeline", map[string]any{}},
		{"Revisions", "revisions that pipelines take", "Action", map[string]any{"type": of("Source"), "state": []string{"SUCCEEDED"}}},
	}
	if len(stages) > 0 {
		all = append(all,
			pattern{"Production", "the end of stages of production", "Stage", map[string]any{"stage": stages, "state": []string{"SUCCEEDED", "FAILED"}}},
			pattern{"Deployments", "what is deployed in stages of production", "Action",
				map[string]any{"stage": stages, "type": of("Deploy"), "state": []string{"STARTED"}}})
	}
	return all
}

// json is the pattern for some pipelines.
func (r *pattern) json(pipelines []string) string {
	detail := map[string]any{"pipeline": pipelines}
	for k, v := range r.detail {
		detail[k] = v
	}
	text, err := json.Marshal(r.object(detail))
	if err != nil {
		panic(err) // strings
	}
	return string(text)
}

func (r *pattern) object(detail map[string]any) map[string]any {
	return map[string]any{
		"source": []string{"aws.codepipeline"}, "detail-type": []string{"CodePipeline " + r.kind + " Execution State Change"}, "detail": detail,
	}
}

// parts divides the pipelines so that the pattern of each part is short enough.
func (r *pattern) parts(pipelines []string) [][]string {
	var parts [][]string
	var part []string
	for _, name := range pipelines {
		if longer := append(slices.Clone(part), name); len(part) == 0 || len(r.json(longer)) <= maxPattern {
			part = longer
			continue
		}
		parts = append(parts, part)
		part = []string{name}
	}
	return append(parts, part)
}

// addRules calls the function at events, and by the clock. The rules are L1 constructs, which take a pattern as it is.
func (d *Delivery) addRules() {
	var names []string
	for _, pl := range d.props.Pipelines {
		names = append(names, pl.Name)
	}
	for _, r := range d.props.patterns() {
		for i, part := range r.parts(names) {
			id := r.id
			if i > 0 {
				id = fmt.Sprint(id, i+1)
			}
			detail := map[string]any{"pipeline": part}
			for k, v := range r.detail {
				detail[k] = v
			}
			d.call(id, nil, &awsevents.CfnRuleProps{
				Description:  jsii.String("Delivery metrics of " + d.props.Store + ": " + r.description),
				EventPattern: r.object(detail),
			})
		}
	}
	d.call("Clock", jsii.String(function.Tick), &awsevents.CfnRuleProps{
		Description:        jsii.String("Delivery metrics of " + d.props.Store + ": when they are written"),
		ScheduleExpression: jsii.String(fmt.Sprintf("rate(%d minutes)", int(Every.Minutes()))),
	})
}

// call has a rule call the function.
func (d *Delivery) call(id string, input *string, props *awsevents.CfnRuleProps) {
	arn := d.Function.FunctionArn()
	props.Targets = []any{&awsevents.CfnRule_TargetProperty{Id: jsii.String("Metrics"), Arn: arn, Input: input}}
	rule := awsevents.NewCfnRule(d, &id, props)
	awslambda.NewCfnPermission(d, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), FunctionName: arn, Principal: jsii.String("events.amazonaws.com"), SourceArn: rule.AttrArn(),
	})
}
