package service

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

// addDeploymentGroup lets CodeDeploy move the traffic between blue and green.
func (f *Fargate) addDeploymentGroup(p *FargateProps, way connection) {
	role := f.codeDeployRole(p, way)
	f.Application = awscodedeploy.NewEcsApplication(f, jsii.String("Application"), &awscodedeploy.EcsApplicationProps{
		ApplicationName: jsii.String(p.Name),
	})
	props := &awscodedeploy.EcsDeploymentGroupProps{
		Application:         f.Application,
		DeploymentGroupName: jsii.String(p.Name),
		DeploymentConfig:    f.deploymentConfig(p),
		Service:             f.Service,
		// CDK adds an AWS managed policy to the role that it is given; this one has an exact policy of its own.
		Role: role.WithoutPolicyUpdates(nil),
		AutoRollback: &awscodedeploy.AutoRollbackConfig{
			FailedDeployment:  jsii.Bool(true),
			StoppedDeployment: jsii.Bool(true),
		},
		BlueGreenDeploymentConfig: &awscodedeploy.EcsBlueGreenDeploymentConfig{
			BlueTargetGroup:     f.Blue,
			GreenTargetGroup:    f.Green,
			Listener:            way.production,
			TestListener:        way.test,
			TerminationWaitTime: once.Minutes(int(p.Bake.Minutes())),
		},
	}
	if alarms := f.armed(p); len(alarms) > 0 {
		props.AutoRollback.DeploymentInAlarm = jsii.Bool(true)
		props.Alarms = &alarms
	}
	f.DeploymentGroup = awscodedeploy.NewEcsDeploymentGroup(f, jsii.String("DeploymentGroup"), props)
	needs := []constructs.IDependable{role}
	for _, n := range way.nodes {
		needs = append(needs, n)
	}
	f.DeploymentGroup.Node().AddDependency(needs...)
}

// armed are all alarms of the deployment group.
func (f *Fargate) armed(p *FargateProps) []interfacesawscloudwatch.IAlarmRef {
	var alarms []interfacesawscloudwatch.IAlarmRef
	for _, a := range p.Alarms {
		alarms = append(alarms, a)
	}
	if p.Watch == nil {
		return alarms
	}
	watched := p.Watch(f)
	var l problem.List
	for i, a := range watched {
		if a == nil {
			l.Addf(text.Item("Watch", i), "must not be nil")
		}
	}
	if n := len(alarms) + len(watched); n > maxAlarms {
		l.Addf("Watch", "may make at most %d beside the %d of Alarms, got %d; a composite alarm is one alarm for several",
			maxAlarms-len(alarms), len(alarms), len(watched))
	}
	node.MustBe("service.Fargate", f, l.Err())
	return append(alarms, watched...)
}

// predefined are AWS's own configurations, by what they do.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html#deployment-configuration-ecs
var predefined = map[string]func() awscodedeploy.IEcsDeploymentConfig{
	"all-at-once":   awscodedeploy.EcsDeploymentConfig_ALL_AT_ONCE,
	"canary-10-5m":  awscodedeploy.EcsDeploymentConfig_CANARY_10PERCENT_5MINUTES,
	"canary-10-15m": awscodedeploy.EcsDeploymentConfig_CANARY_10PERCENT_15MINUTES,
	"linear-10-1m":  awscodedeploy.EcsDeploymentConfig_LINEAR_10PERCENT_EVERY_1MINUTES,
	"linear-10-3m":  awscodedeploy.EcsDeploymentConfig_LINEAR_10PERCENT_EVERY_3MINUTES,
}

// deploymentConfig is AWS's configuration where one does what the release says, and otherwise one of this service's own. A
// configuration cannot be changed, so its content is its name: another content is another resource.
func (f *Fargate) deploymentConfig(p *FargateProps) awscodedeploy.IEcsDeploymentConfig {
	r := p.Runtime.Release
	if known := predefined[shift(r)]; known != nil {
		return once.Of("EcsDeploymentConfig."+shift(r), known)
	}
	interval := once.Minutes(int(r.Interval.Minutes()))
	percent := jsii.Number(float64(r.Percent))
	var routing awscodedeploy.TrafficRouting
	if r.Strategy == environment.Canary {
		routing = awscodedeploy.TrafficRouting_TimeBasedCanary(&awscodedeploy.TimeBasedCanaryTrafficRoutingProps{Interval: interval, Percentage: percent})
	} else {
		routing = awscodedeploy.TrafficRouting_TimeBasedLinear(&awscodedeploy.TimeBasedLinearTrafficRoutingProps{Interval: interval, Percentage: percent})
	}
	return awscodedeploy.NewEcsDeploymentConfig(f, jsii.String("Config-"+shift(r)), &awscodedeploy.EcsDeploymentConfigProps{
		DeploymentConfigName: jsii.String(configName(p)),
		TrafficRouting:       routing,
	})
}

// configName is the name of the service's own configuration; empty where AWS has one.
func configName(p *FargateProps) string {
	content := shift(p.Runtime.Release)
	if predefined[content] != nil {
		return ""
	}
	return p.Name + "-" + content
}

// shift says in a word how traffic shifts: "all-at-once", "canary-10-5m".
func shift(r environment.Release) string {
	if r.Strategy == environment.AllAtOnce {
		return string(r.Strategy)
	}
	return fmt.Sprintf("%s-%d-%s", r.Strategy, r.Percent, strings.TrimSuffix(r.Interval.Round(time.Minute).String(), "0s"))
}
