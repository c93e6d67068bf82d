package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
)

// strategy says how ECS shifts the traffic. The bake is always said: without one CloudFormation would wait for 36 hours.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecs-service-deploymentconfiguration.html
func (f *Fargate) strategy(p *FargateProps, props *awsecs.FargateServiceProps) {
	release := p.Runtime.Release
	props.BakeTime = once.Minutes(int(p.Bake.Minutes()))
	if release.Strategy == environment.AllAtOnce {
		props.DeploymentStrategy = awsecs.DeploymentStrategy_BLUE_GREEN
		return
	}
	steps := &awsecs.TrafficShiftConfig{
		StepPercent:  jsii.Number(float64(release.Percent)),
		StepBakeTime: once.Minutes(int(release.Interval.Minutes())),
	}
	if release.Strategy == environment.Canary {
		props.DeploymentStrategy, props.CanaryConfiguration = awsecs.DeploymentStrategy_CANARY, steps
	} else {
		props.DeploymentStrategy, props.LinearConfiguration = awsecs.DeploymentStrategy_LINEAR, steps
	}
}

// alternate is the second target group of a service, with the rules whose weights ECS changes and the role that it takes
// for that.
func (f *Fargate) alternate(p *FargateProps, way connection) awsecs.IAlternateTarget {
	role := f.shiftRole(p, way)
	if f.Gate != nil {
		f.hook(role.WithoutPolicyUpdates(nil))
	}
	return awsecs.NewAlternateTarget(jsii.String("Alternate"), &awsecs.AlternateTargetProps{
		AlternateTargetGroup: f.Green,
		ProductionListener:   awsecs.ListenerRuleConfiguration_ApplicationListenerRule(way.rule),
		TestListener:         awsecs.ListenerRuleConfiguration_ApplicationListenerRule(way.testRule),
		Role:                 role,
	})
}
