package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
)

// The health check of a target group. It stands here in full, because a change acts on the tasks that serve customers, at
// once and before any new task exists.
const (
	// deregistrationSeconds is how long a load balancer lets a stopping task finish its requests.
	deregistrationSeconds = 30
	healthIntervalSeconds = 15
	healthTimeoutSeconds  = 5
	healthyThreshold      = 2
	unhealthyThreshold    = 3
	healthyHTTPCodes      = "200-299" // a redirect, to a log-in page for one, is no sign of health
	// AWS's default, 12, is a server's answer to a method that it does not have: see environment.GRPCHealth.
	healthyGRPCCodes = "0"
)

// addTargetGroups creates blue, and green where releases move tasks between the two. They have no physical names: those
// have at most 32 characters, fewer than store, environment and service can have together.
func (f *Fargate) addTargetGroups(p *FargateProps) {
	f.Blue = f.targetGroup("Blue", p)
	if p.Runtime.Release.Engine.Shifts() {
		f.Green = f.targetGroup("Green", p)
	}
}

func (f *Fargate) targetGroup(id string, p *FargateProps) awselasticloadbalancingv2.ApplicationTargetGroup {
	http := p.Runtime.HTTP
	check := &awselasticloadbalancingv2.HealthCheck{
		Path:                    jsii.String(http.Health),
		Protocol:                awselasticloadbalancingv2.Protocol_HTTP,
		Interval:                once.Seconds(healthIntervalSeconds),
		Timeout:                 once.Seconds(healthTimeoutSeconds),
		HealthyThresholdCount:   jsii.Number(healthyThreshold),
		UnhealthyThresholdCount: jsii.Number(unhealthyThreshold),
	}
	version := awselasticloadbalancingv2.ApplicationProtocolVersion_HTTP1
	switch http.Protocol {
	case environment.GRPC:
		version = awselasticloadbalancingv2.ApplicationProtocolVersion_GRPC
		check.HealthyGrpcCodes = jsii.String(healthyGRPCCodes)
	case environment.HTTP2:
		version = awselasticloadbalancingv2.ApplicationProtocolVersion_HTTP2
		check.HealthyHttpCodes = jsii.String(healthyHTTPCodes)
	default:
		check.HealthyHttpCodes = jsii.String(healthyHTTPCodes)
	}
	return awselasticloadbalancingv2.NewApplicationTargetGroup(f, jsii.String(id), &awselasticloadbalancingv2.ApplicationTargetGroupProps{
		Vpc:             p.Vpc,
		TargetType:      awselasticloadbalancingv2.TargetType_IP,
		Port:            jsii.Number(float64(http.Port)),
		Protocol:        awselasticloadbalancingv2.ApplicationProtocol_HTTP,
		ProtocolVersion: version,
		// By default a zone in which one target group has no healthy task leaves the load balancer's DNS name, and takes the
		// healthy services that share the balancer along.
		// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html
		TargetGroupHealth: &awselasticloadbalancingv2.TargetGroupHealth{
			DnsMinimumHealthyTargetCount: jsii.Number(0), DnsMinimumHealthyTargetPercentage: jsii.Number(0), // rendered as "off"
		},
		DeregistrationDelay: once.Seconds(deregistrationSeconds),
		HealthCheck:         check,
	})
}
