package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

// Approval is the step in which a person lets a release into an environment, or does not. It links to what the change does.
type Approval struct {
	pipelines.Step
	name, question, report string
	topic                  awssns.ITopic
}

// Approval makes the step. Who is to hear of it is told by the environment's topic. Its link is the page of the pipeline's
// review, which must be made before.
func (p *Pipeline) Approval(e *environment.Environment) *Approval {
	topic := "arn:aws:sns:" + p.store.Tools.Region + ":" + p.store.Tools.Account + ":" + e.ApprovalTopicName(p.store)
	step := &Approval{
		name:     "Approve-" + e.Name,
		question: "Release " + p.service + " to " + e.Name + " of " + p.store.Name + "?",
		topic:    awssns.Topic_FromTopicArn(p, jsii.String("Approval-"+e.Name), jsii.String(topic)),
	}
	pipelines.NewStep_Override(step, jsii.String(step.name))
	if p.review != nil {
		step.report = build.Report(p.review)
		step.question += " What the change does: " + step.report
		step.DiscoverReferencedOutputs(step.report)
	}
	return step
}

// ProduceAction adds the manual approval; CDK Pipelines calls it while the pipeline is built.
func (s *Approval) ProduceAction(stage awscodepipeline.IStage, o *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	props := &awscodepipelineactions.ManualApprovalActionProps{
		ActionName:            o.ActionName,
		RunOrder:              o.RunOrder,
		AdditionalInformation: &s.question,
		NotificationTopic:     s.topic,
	}
	if s.report != "" {
		props.ExternalEntityLink = &s.report
	}
	stage.AddAction(awscodepipelineactions.NewManualApprovalAction(props))
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(1)}
}
