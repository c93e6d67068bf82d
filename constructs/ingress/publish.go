package ingress

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// Publish writes the public load balancer's part of the platform contract to SSM parameters, which cost nothing.
//
// Their names are fixed, and so they go with the stack: a retained parameter would keep the stack from being created
// again. What keeps them as long as services read them is the order in which stacks are removed, which `storeship plan OLD
// NEW` prints.
func (p *Public) Publish(target environment.Target) {
	node.MustBe("ingress.Public", p, target.Validate())
	parameter(p, "ListenerArn", target.Parameter(environment.PublicListenerARN), p.Listener.ListenerArn())
	parameter(p, "TestListenerArn", target.Parameter(environment.PublicTestListenerARN), p.TestListener.ListenerArn())
	parameter(p, "SecurityGroupId", target.Parameter(environment.PublicSecurityGroupID), p.SecurityGroup.SecurityGroupId())
	parameter(p, "DnsName", target.Parameter(environment.PublicDNSName), p.LoadBalancer.LoadBalancerDnsName())
	for _, b := range p.blocks {
		blocked := parameter(p, "BlockedPaths-"+b.Service, target.Parameter(environment.BlockedPaths(b.Service)),
			jsii.String(b.Value()))
		// Who reads that a path is blocked may rely on it.
		blocked.Node().AddDependency(p.WebACL, p.association)
	}
}

// Publish writes the internal load balancer's part of the platform contract; see [Public.Publish].
func (i *Internal) Publish(target environment.Target) {
	node.MustBe("ingress.Internal", i, target.Validate())
	parameter(i, "LoadBalancerArn", target.Parameter(environment.InternalLoadBalancerARN), i.LoadBalancer.LoadBalancerArn())
	parameter(i, "SecurityGroupId", target.Parameter(environment.InternalSecurityGroupID), i.SecurityGroup.SecurityGroupId())
	if i.Certificate != nil {
		parameter(i, "CertificateArn", target.Parameter(environment.InternalCertificateARN), i.Certificate.CertificateArn())
	}
}

func parameter(scope constructs.Construct, id, name string, value *string) awsssm.StringParameter {
	return awsssm.NewStringParameter(scope, jsii.String(id+"Parameter"), &awsssm.StringParameterProps{
		ParameterName: &name, StringValue: value,
	})
}
