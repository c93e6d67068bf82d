package ingress

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// ImportedPublic is the public load balancer of a target as a service's stack sees it. What not every stack needs is a
// method: CloudFormation's validation refuses a template with parameters that nothing refers to.
type ImportedPublic struct {
	node.Construct
	// Listener is where customers arrive. Rules added to it become resources of the stack that adds them.
	Listener awselasticloadbalancingv2.IApplicationListener
	// SecurityGroup of the load balancer. Rules added to it become resources of the stack that adds them.
	SecurityGroup awsec2.ISecurityGroup

	target environment.Target
	test   awselasticloadbalancingv2.IApplicationListener
}

// PublicFromParameters finds the public load balancer of a target by the parameters that [Public.Publish] writes.
// CloudFormation reads them when it deploys the stack; the synth looks nothing up. It creates no resource.
func PublicFromParameters(scope constructs.Construct, id string, target environment.Target) *ImportedPublic {
	node.Must("ingress.ImportedPublic", scope, id, target.Validate())
	p := &ImportedPublic{target: target}
	node.Init(p, scope, id)
	p.SecurityGroup = group(p, value(p, target, environment.PublicSecurityGroupID))
	port := 443
	if target.Environment.Domain == nil {
		port = 80
	}
	p.Listener = p.listener("Listener", environment.PublicListenerARN, port)
	return p
}

// TestListener shows versions before they take traffic.
func (p *ImportedPublic) TestListener() awselasticloadbalancingv2.IApplicationListener {
	if p.test == nil {
		p.test = p.listener("TestListener", environment.PublicTestListenerARN, environment.PublicTestPort)
	}
	return p.test
}

// DNSName is the load balancer's own name, under which it is reached without a domain.
func (p *ImportedPublic) DNSName() string { return *value(p, p.target, environment.PublicDNSName) }

func (p *ImportedPublic) listener(id, name string, port int) awselasticloadbalancingv2.IApplicationListener {
	return awselasticloadbalancingv2.ApplicationListener_FromApplicationListenerAttributes(p, jsii.String(id),
		&awselasticloadbalancingv2.ApplicationListenerAttributes{
			ListenerArn: value(p, p.target, name), SecurityGroup: p.SecurityGroup, DefaultPort: jsii.Number(float64(port)),
		})
}

// ImportedInternal is the internal load balancer of a target as a service's stack sees it.
type ImportedInternal struct {
	node.Construct
	// LoadBalancer that services add their listeners to. Give each Open: false, or CDK lets everyone in.
	LoadBalancer awselasticloadbalancingv2.IApplicationLoadBalancer
	// SecurityGroup of the load balancer. Rules added to it become resources of the stack that adds them.
	SecurityGroup awsec2.ISecurityGroup
	// CertificateARN of the internal names; empty without a domain.
	CertificateARN string
}

// InternalFromParameters finds the internal load balancer of a target, which stands in vpc, by the parameters that
// [Internal.Publish] writes. CloudFormation reads them when it deploys the stack; the synth looks nothing up. It creates
// no resource.
func InternalFromParameters(
	scope constructs.Construct, id string, target environment.Target, vpc awsec2.IVpc,
) *ImportedInternal {
	node.Must("ingress.ImportedInternal", scope, id, target.Validate())
	i := &ImportedInternal{}
	node.Init(i, scope, id)
	groupID := value(i, target, environment.InternalSecurityGroupID)
	i.SecurityGroup = group(i, groupID)
	i.LoadBalancer = awselasticloadbalancingv2.ApplicationLoadBalancer_FromApplicationLoadBalancerAttributes(i,
		jsii.String("LoadBalancer"), &awselasticloadbalancingv2.ApplicationLoadBalancerAttributes{
			LoadBalancerArn:                value(i, target, environment.InternalLoadBalancerARN),
			SecurityGroupId:                groupID,
			SecurityGroupAllowsAllOutbound: jsii.Bool(false),
			Vpc:                            vpc,
		})
	if target.Environment.Domain != nil {
		i.CertificateARN = *value(i, target, environment.InternalCertificateARN)
	}
	return i
}

func group(scope constructs.Construct, id *string) awsec2.ISecurityGroup {
	return awsec2.SecurityGroup_FromSecurityGroupId(scope, jsii.String("SecurityGroup"), id,
		&awsec2.SecurityGroupImportOptions{AllowAllOutbound: jsii.Bool(false), Mutable: jsii.Bool(true)})
}

// value is the value of a parameter. CDK declares it once per stack, however often it is asked for.
func value(scope constructs.Construct, target environment.Target, name string) *string {
	return awsssm.StringParameter_ValueForTypedStringParameterV2(scope, jsii.String(target.Parameter(name)),
		awsssm.ParameterValueType_STRING, nil)
}
