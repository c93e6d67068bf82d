package ingress

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// Internal is the load balancer through which the services of a target call each other.
type Internal struct {
	node.Construct
	// LoadBalancer in the private subnets. Its listeners are the services', two for each.
	LoadBalancer awselasticloadbalancingv2.ApplicationLoadBalancer
	// SecurityGroup of the load balancer. It admits the workload to the production listeners' ports, 20000 to 29999, and
	// lets nothing out: every service adds the way to its tasks. The test listeners' ports are closed.
	SecurityGroup awsec2.SecurityGroup
	// Certificate of the zone and the names directly under it; nil without a domain.
	Certificate awscertificatemanager.Certificate
	// Zone is the private DNS zone of the VPC.
	Zone awsroute53.PrivateHostedZone
}

// NewInternal creates an internal load balancer, a private DNS zone in which every name leads to it, and its certificate.
//
// The load balancer costs by the hour and by traffic, the zone by the month.
// https://aws.amazon.com/elasticloadbalancing/pricing/ https://aws.amazon.com/route53/pricing/
func NewInternal(scope constructs.Construct, id string, props *InternalProps) *Internal {
	if props == nil {
		props = &InternalProps{}
	}
	node.Must("ingress.Internal", scope, id, errors.Join(props.Validate(), fits(props.Vpc, props.Subnets, "private", privateSubnets)))
	p := props.withDefaults()
	i := &Internal{}
	node.Init(i, scope, id)
	i.SecurityGroup = newGroup(i, p.Vpc, "Internal load balancer: the workload in, tasks out")
	i.LoadBalancer = newBalancer(i, p.Vpc, p.Subnets, i.SecurityGroup, false, p.IdleTimeout, p.Deletable)
	needs := []constructs.IDependable{p.Logs.receive(i.LoadBalancer, "internal")}
	production := once.Of("Port.production", func() awsec2.Port {
		return awsec2.Port_TcpRange(jsii.Number(environment.InternalPortBase),
			jsii.Number(environment.InternalPortBase+environment.InternalPortCount-1))
	})
	i.SecurityGroup.AddIngressRule(p.WorkloadSecurityGroup, production, jsii.String("Services call services"), nil)
	p.WorkloadSecurityGroup.AddEgressRule(i.SecurityGroup, production, jsii.String("Services call services"), nil)
	if p.Domain != nil {
		i.Certificate = newCertificate(i, p.Zone, newZone(i, p.Domain))
		// What may fail comes first: a protected load balancer resists a rollback.
		needs = append(needs, i.Certificate)
	}
	i.LoadBalancer.Node().AddDependency(needs...)
	i.Zone = awsroute53.NewPrivateHostedZone(i, jsii.String("Zone"), &awsroute53.PrivateHostedZoneProps{
		ZoneName: &p.Zone, Vpc: p.Vpc, Comment: jsii.String("Every name leads to the internal load balancer"),
	})
	awsroute53.NewARecord(i, jsii.String("Names"), &awsroute53.ARecordProps{
		Zone: i.Zone, RecordName: jsii.String("*." + p.Zone), Target: alias(i.LoadBalancer),
	})
	return i
}
