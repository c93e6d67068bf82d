package metrics

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/eventrule"
	"github.com/storeship/storeship/internal/deliverymetrics/function"
)

// patterns are the events that have facts: no others call the function.
func (p *DeliveryProps) patterns() []*eventrule.Pattern {
	var stages []string
	for _, pl := range p.Pipelines {
		for _, stage := range pl.Production {
			if !slices.Contains(stages, stage) {
				stages = append(stages, stage)
			}
		}
	}
	pattern := func(id, description, kind string, detail map[string]any) *eventrule.Pattern {
		return &eventrule.Pattern{
			ID: id, Description: "Delivery metrics of " + p.Store + ": " + description, Source: "aws.codepipeline",
			Type: "CodePipeline " + kind + " Execution State Change", Key: "pipeline", Detail: detail,
		}
	}
	of := func(category string) map[string]any { return map[string]any{"category": []string{category}} }
	all := []*eventrule.Pattern{
		pattern("Executions", "executions of pipelines", "Pipeline", nil),
		pattern("Revisions", "revisions that pipelines take", "Action", map[string]any{"type": of("Source"), "state": []string{"SUCCEEDED"}}),
	}
	if len(stages) > 0 {
		all = append(all,
			pattern("Production", "the end of stages of production", "Stage", map[string]any{"stage": stages, "state": []string{"SUCCEEDED", "FAILED"}}),
			pattern("Deployments", "what is deployed in stages of production", "Action",
				map[string]any{"stage": stages, "type": of("Deploy"), "state": []string{"STARTED"}}))
	}
	return all
}

// addRules calls the function at events, and by the clock.
func (d *Delivery) addRules() {
	var names []string
	for _, pl := range d.props.Pipelines {
		names = append(names, pl.Name)
	}
	to := &eventrule.Target{ID: "Metrics", Function: d.Function.FunctionArn()}
	for _, p := range d.props.patterns() {
		to.At(d, p, names)
	}
	clock := &eventrule.Target{ID: to.ID, Function: to.Function, Input: jsii.String(function.Tick)}
	clock.By(d, "Clock", &awsevents.CfnRuleProps{
		Description:        jsii.String("Delivery metrics of " + d.props.Store + ": when they are written"),
		ScheduleExpression: jsii.String(fmt.Sprintf("rate(%d minutes)", int(Every.Minutes()))),
	})
}
