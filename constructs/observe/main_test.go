package observe_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/observe"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

const listenerARN = "arn:aws:elasticloadbalancing:us-west-2:222222222222:listener/app/shop-prod/2222222222222222/3333333333333333"

func newStack() awscdk.Stack {
	return awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Stack"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("222222222222"), Region: jsii.String("us-west-2")},
	})
}

// newGroups are the target groups of a service on a listener that another stack has, given by ARN.
func newGroups(stack constructs.Construct, ids ...string) []awselasticloadbalancingv2.ApplicationTargetGroup {
	vpc := awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId: jsii.String("vpc-11111111111111111"), AvailabilityZones: jsii.Strings("us-west-2a"),
	})
	listener := awselasticloadbalancingv2.ApplicationListener_FromApplicationListenerAttributes(stack, jsii.String("Listener"),
		&awselasticloadbalancingv2.ApplicationListenerAttributes{
			ListenerArn:   jsii.String(listenerARN),
			SecurityGroup: awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("Group"), jsii.String("sg-11111111111111111"), nil),
		})
	var groups []awselasticloadbalancingv2.ApplicationTargetGroup
	for i, id := range ids {
		group := awselasticloadbalancingv2.NewApplicationTargetGroup(stack, jsii.String(id), &awselasticloadbalancingv2.ApplicationTargetGroupProps{
			Vpc: vpc, TargetType: awselasticloadbalancingv2.TargetType_IP, Port: jsii.Number(8080),
		})
		awselasticloadbalancingv2.NewApplicationListenerRule(stack, jsii.String(id+"Rule"), &awselasticloadbalancingv2.ApplicationListenerRuleProps{
			Listener: listener, Priority: jsii.Number(float64(i + 1)),
			Conditions: &[]awselasticloadbalancingv2.ListenerCondition{awselasticloadbalancingv2.ListenerCondition_PathPatterns(jsii.Strings("/*"))},
			Action:     awselasticloadbalancingv2.ListenerAction_Forward(&[]awselasticloadbalancingv2.IApplicationTargetGroup{group}, nil),
		})
		groups = append(groups, group)
	}
	return groups
}

// newProps are the props of the alarms of a service that CodeDeploy releases.
func newProps(stack constructs.Construct) *observe.AlarmsProps {
	groups := newGroups(stack, "Blue", "Green")
	return &observe.AlarmsProps{
		Name:    "shop-prod-catalog",
		Cluster: "shop-prod",
		Runtime: environment.Runtime{HTTP: &environment.HTTP{Port: 8080, Health: "/health"}, Expose: &environment.Expose{Path: "/*"}},
		Canary:  "shop-prod-catalog",
		Blue:    groups[0],
		Green:   groups[1],
	}
}

// newAlarms are the alarms of a template by the ends of their names, with props changed by the changes.
func newAlarms(tb testing.TB, changes ...func(*observe.AlarmsProps)) map[string]map[string]any {
	tb.Helper()
	stack := newStack()
	p := newProps(stack)
	for _, change := range changes {
		change(p)
	}
	observe.NewAlarms(stack, "Alarms", p)
	template := templatetest.Synth(stack)
	alarms := map[string]map[string]any{}
	for _, id := range template.IDs("AWS::CloudWatch::Alarm") {
		properties := template.Resources[id].Properties
		alarms[properties["AlarmName"].(string)[len(p.Name)+1:]] = properties
	}
	return alarms
}

func rolling(p *observe.AlarmsProps) {
	p.Runtime.Release.Engine = environment.Rolling
	p.Green = nil
}

func worker(p *observe.AlarmsProps) {
	p.Runtime.HTTP, p.Runtime.Expose = nil, nil
	p.Blue, p.Green, p.Canary = nil, nil, ""
}

func internal(p *observe.AlarmsProps) {
	p.Runtime.Expose = &environment.Expose{Internal: true}
	p.Canary = ""
}
