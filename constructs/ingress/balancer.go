package ingress

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53targets"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
)

// TLSPolicy is what listeners speak: TLS 1.3 and 1.2, with key exchange that stands against quantum computers, and without
// the CBC ciphers. It is what AWS's console chooses. Named here, so that an upgrade of CDK cannot change a listener.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
const TLSPolicy = awselasticloadbalancingv2.SslPolicy_TLS13_12_RES_PQ

// newBalancer creates a load balancer without a physical name, which could have 32 characters and would be taken when a
// change replaces the load balancer.
func newBalancer(scope constructs.Construct, vpc awsec2.IVpc, subnets []awsec2.ISubnet, group awsec2.ISecurityGroup,
	public bool, idle time.Duration, deletable bool,
) awselasticloadbalancingv2.ApplicationLoadBalancer {
	return awselasticloadbalancingv2.NewApplicationLoadBalancer(scope, jsii.String("LoadBalancer"),
		&awselasticloadbalancingv2.ApplicationLoadBalancerProps{
			Vpc:                vpc,
			VpcSubnets:         &awsec2.SubnetSelection{Subnets: &subnets},
			SecurityGroup:      group,
			InternetFacing:     jsii.Bool(public),
			IdleTimeout:        once.Seconds(int(idle.Seconds())),
			DeletionProtection: jsii.Bool(!deletable),
			// Headers with characters that no client sends, and requests that two servers may read differently.
			// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#desync-mitigation-mode
			DropInvalidHeaderFields: jsii.Bool(true),
			DesyncMitigationMode:    awselasticloadbalancingv2.DesyncMitigationMode_DEFENSIVE,
		})
}

// newGroup creates the security group of a load balancer. The ways out to the tasks are added by the services.
func newGroup(scope constructs.Construct, vpc awsec2.IVpc, description string) awsec2.SecurityGroup {
	return awsec2.NewSecurityGroup(scope, jsii.String("SecurityGroup"), &awsec2.SecurityGroupProps{
		Vpc:              vpc,
		Description:      &description,
		AllowAllOutbound: jsii.Bool(false),
	})
}

func newZone(scope constructs.Construct, d *environment.Domain) awsroute53.IHostedZone {
	return awsroute53.HostedZone_FromHostedZoneAttributes(scope, jsii.String("Domain"), &awsroute53.HostedZoneAttributes{
		HostedZoneId: &d.ZoneID, ZoneName: &d.Name,
	})
}

// newCertificate creates the certificate of name and of every name directly under it, validated in zone. CloudFormation
// waits until ACM sees the validation records; where the zone is not delegated, it waits for days.
//
// Every region has a certificate of its own for the same names, and ACM makes the validation record of the name and the
// account alone, so that all of them share one: the first region creates it, and the others find it. CloudFormation takes
// what it finds, and never removes it, which AWS does not document but others report: whoever deletes such a stack and
// creates it again meets his own record. So a region that goes leaves the others what they renew with, and the record must
// be no resource of ours, which a second region could not create and the first to go would delete.
// https://docs.aws.amazon.com/acm/latest/userguide/dns-validation.html
// https://github.com/aws-cloudformation/cloudformation-coverage-roadmap/issues/837
// https://github.com/aws/aws-cdk/pull/6309
func newCertificate(scope constructs.Construct, name string, zone awsroute53.IHostedZone) awscertificatemanager.Certificate {
	return awscertificatemanager.NewCertificate(scope, jsii.String("Certificate"), &awscertificatemanager.CertificateProps{
		DomainName:              &name,
		SubjectAlternativeNames: jsii.Strings("*." + name),
		Validation:              awscertificatemanager.CertificateValidation_FromDns(zone),
	})
}

// alias is an address record's target. Its health is not evaluated, which is the default: one group of unhealthy tasks,
// such as the one of a failed release, would take the whole load balancer out of DNS.
func alias(lb awselasticloadbalancingv2.IApplicationLoadBalancer) awsroute53.RecordTarget {
	return awsroute53.RecordTarget_FromAlias(awsroute53targets.NewLoadBalancerTarget(lb, nil))
}
