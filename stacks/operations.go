package stacks

import (
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/metrics"
	"github.com/storeship/storeship/constructs/notify"
)

// Operations is the stack of what watches the pipelines, in the tools region. The platform pipeline deploys it, so that a push which adds
// a service or an environment brings it along.
type Operations struct {
	// Stack is what CloudFormation deploys: one per store.
	Stack awscdk.Stack
	// Notifications tell people what happens to releases.
	Notifications *notify.Notifications
	// Metrics measure how changes come to production.
	Metrics *metrics.Delivery

	plan *environment.Plan
	key  awskms.IKey
}

// NewOperations creates the operations stack. It names the pipelines literally, and needs none of them to exist.
func NewOperations(scope constructs.Construct, plan *environment.Plan) *Operations {
	store := plan.Store
	o := &Operations{plan: plan}
	o.Stack = toolsStack(scope, store, "Operations", store.OperationsStackName(), "Operations of "+store.Name, store.Tools.Region)
	name := store.ToolsParameter(environment.ArtifactKeyARN)
	// Like the approvals' topics and the builds' logs.
	o.key = awskms.Key_FromKeyArn(o.Stack, jsii.String("ArtifactKey"), awsssm.StringParameter_ValueForStringParameter(o.Stack, &name, nil))
	o.Notifications = notify.NewNotifications(o.Stack, "Notifications", o.notifications())
	o.Metrics = metrics.NewDelivery(o.Stack, "Metrics", o.metrics())
	return o
}

func (o *Operations) notifications() *notify.NotificationsProps {
	store := o.plan.Store
	props := &notify.NotificationsProps{
		Name: store.Name, Account: store.Tools.Account, Region: store.Tools.Region,
		TopicName: store.NotificationsName(), FunctionName: store.NotificationsName(),
		RoleName: store.NotificationsRoleName(), LogGroupName: store.NotificationsLogGroupName(), Key: o.key,
	}
	services := []string{environment.PlatformName}
	for _, s := range o.plan.Services {
		services = append(services, s.Name)
	}
	closes := slices.ContainsFunc(store.Environments, (*environment.Environment).CanClose)
	for _, s := range services {
		pipeline := notify.Pipeline{Name: store.PipelineName(s), Service: s}
		if closes {
			pipeline.BreakGlass = store.ToolsParameter(environment.BreakGlass(s))
		}
		props.Pipelines = append(props.Pipelines, pipeline)
	}
	for _, e := range store.Environments {
		props.Environments = append(props.Environments, o.environment(e))
	}
	for _, to := range store.Notifications.Notify {
		props.Addresses = append(props.Addresses, notify.Address{Email: to, Asked: store.ApprovalsOf(to)})
	}
	for _, to := range store.Notifications.OnCall {
		props.Addresses = append(props.Addresses, notify.Address{Email: to, Urgent: true})
	}
	return props
}

// environment is an environment with the stages that release to it, which all pipelines call the same.
func (o *Operations) environment(e *environment.Environment) notify.Environment {
	store := o.plan.Store
	n := notify.Environment{Name: e.Name, Kind: e.Kind, Account: e.Account}
	if e.CanClose() {
		n.StopSwitch = store.ToolsParameter(environment.StopSwitch(e.Name))
	}
	for i, w := range e.Waves {
		stage := notify.Stage{Name: e.StageID(i)}
		for _, region := range w.Regions {
			t := environment.Target{Store: store, Environment: e, Region: region}
			stage.Targets = append(stage.Targets, notify.Target{ID: t.ID(), Region: region})
		}
		n.Stages = append(n.Stages, stage)
	}
	return n
}

// metrics are of every service's pipeline, and of the platform's, which is no service.
func (o *Operations) metrics() *metrics.DeliveryProps {
	store := o.plan.Store
	props := &metrics.DeliveryProps{
		Store: store.Name, Name: store.DeliveryMetricsName(), Dashboard: store.DeliveryDashboardName(),
		RoleName: store.DeliveryMetricsRoleName(), LogGroupName: store.DeliveryMetricsLogGroupName(),
		Account: store.Tools.Account, Region: store.Tools.Region, Key: o.key, Topic: o.Notifications.Topic,
	}
	for _, s := range o.plan.Services {
		props.Pipelines = append(props.Pipelines, o.measured(s.Name, o.plan.SourceOf(s)))
	}
	platform := o.measured(environment.PlatformName, o.plan.DeliverySource())
	platform.Apart = true
	props.Pipelines = append(props.Pipelines, platform)
	return props
}

// measured is the pipeline of a service, which takes that code.
func (o *Operations) measured(service string, code environment.Source) metrics.Pipeline {
	store := o.plan.Store
	p := metrics.Pipeline{Name: store.PipelineName(service), Service: service, Source: code.ActionName()}
	if code.Provider == environment.CodeCommit {
		p.Repository = code.Repository
	}
	for _, e := range store.Environments {
		if e.Kind != environment.Production {
			continue
		}
		for i := range e.Waves {
			p.Production = append(p.Production, e.StageID(i))
		}
	}
	return p
}
