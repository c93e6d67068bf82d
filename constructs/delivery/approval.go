package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

// Fact is a line of what a person should know before an approval.
type Fact struct {
	// Name says what it is: "Commit".
	Name string
	// Value is the fact; variables of the pipeline's actions are resolved when the approval is asked for. Facts with an empty
	// value are left out.
	Value string
}

// Approval makes the step in which a person lets a release into an environment, or does not. The question and the facts stand in
// the notification and in the console, the last of them the running execution. Its link is the page of the pipeline's
// review, which must be made before. Who is to hear of it is told by the environment's topic.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/actions-variables.html
func (p *Pipeline) Approval(e *environment.Environment, facts ...Fact) pipelines.Step {
	p.needs(e != nil, "Approval", "needs an environment")
	tools := p.store.Tools
	topic := "arn:aws:sns:" + tools.Region + ":" + tools.Account + ":" + e.ApprovalTopicName(p.store)
	props := &pipelines.ManualApprovalStepProps{
		NotificationTopic: awssns.Topic_FromTopicArn(p, jsii.String("Approval-"+e.Name), &topic),
	}
	asked := "Release " + p.service + " to " + e.Name + " of " + p.store.Name + "?"
	for _, f := range append(facts, Fact{"Execution", p.executionURL()}) {
		if f.Value != "" {
			asked += "\n" + f.Name + ": " + f.Value
		}
	}
	if p.review != nil {
		props.ReviewUrl = jsii.String(build.Report(p.review))
		asked += "\nWhat the change does: " + *props.ReviewUrl
	}
	props.Comment = &asked
	step := pipelines.NewManualApprovalStep(jsii.String("Approve-"+e.Name), props)
	step.DiscoverReferencedOutputs(asked)
	return step
}

// executionURL leads to the running execution in the console.
func (p *Pipeline) executionURL() string {
	return "https://" + p.store.Tools.Region + ".console.aws.amazon.com/codesuite/codepipeline/pipelines/" + p.store.PipelineName(p.service) +
		"/executions/#{codepipeline.PipelineExecutionId}/visualization?region=" + p.store.Tools.Region
}
