package ingress

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsroute53"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
)

// Public is the load balancer that customers reach.
type Public struct {
	node.Construct
	// LoadBalancer in the public subnets.
	LoadBalancer awselasticloadbalancingv2.ApplicationLoadBalancer
	// SecurityGroup of the load balancer. It lets nothing out: every service adds the way to its tasks.
	SecurityGroup awsec2.SecurityGroup
	// Listener is where customers arrive: port 443, or 80 without a domain. It answers 404 until services add their rules.
	Listener awselasticloadbalancingv2.ApplicationListener
	// TestListener shows versions before they take traffic, on port [environment.PublicTestPort], to who may see them.
	TestListener awselasticloadbalancingv2.ApplicationListener
	// Certificate of the domain and the names directly under it; nil without a domain.
	Certificate awscertificatemanager.Certificate
	// WebACL filters what reaches the listeners.
	WebACL awswafv2.CfnWebACL
	// WebACLLogs is the log group of the web ACL.
	WebACLLogs awslogs.LogGroup

	association awswafv2.CfnWebACLAssociation
	blocks      []Block
}

// NewPublic creates an internet-facing load balancer with its listeners, certificate and names, and a web ACL with its
// logs.
//
// The load balancer costs by the hour and by traffic, its public addresses by the hour, the web ACL by the month, by rule
// and by request. https://aws.amazon.com/elasticloadbalancing/pricing/ https://aws.amazon.com/waf/pricing/
func NewPublic(scope constructs.Construct, id string, props *PublicProps) *Public {
	if props == nil {
		props = &PublicProps{}
	}
	node.Must("ingress.Public", scope, id, errors.Join(props.Validate(), fits(props.Vpc, props.Subnets, "public", publicSubnets)))
	d := props.withDefaults()
	props = &d
	p := &Public{blocks: props.Blocks}
	node.Init(p, scope, id)
	account, region := once.Place(scope)
	p.WebACL = p.newWebACL(props)
	logging := p.logWebACL(props, account)
	p.SecurityGroup = newGroup(p, props.Vpc, "Public load balancer: customers in, tasks out")
	p.LoadBalancer = newBalancer(p, props.Vpc, props.Subnets, p.SecurityGroup, true, props.IdleTimeout, props.Deletable)
	// What may fail comes first: a protected load balancer resists a rollback.
	needs := []constructs.IDependable{props.Logs.receive(p.LoadBalancer, "public"), logging}
	if props.Domain == nil {
		p.addHTTP(props)
	} else {
		p.addHTTPS(props, region)
		needs = append(needs, p.Certificate)
	}
	p.LoadBalancer.Node().AddDependency(needs...)
	p.association = awswafv2.NewCfnWebACLAssociation(p, jsii.String("WebAclAssociation"), &awswafv2.CfnWebACLAssociationProps{
		ResourceArn: p.LoadBalancer.LoadBalancerArn(), WebAclArn: p.WebACL.AttrArn(),
	})
	return p
}

// addHTTP is the way in where there is no domain, and so no certificate.
func (p *Public) addHTTP(props *PublicProps) {
	p.admit(props, 80)
	p.Listener = p.listener("Http", 80, notFound())
	p.TestListener = p.listener("Test", environment.PublicTestPort, notFound())
}

func (p *Public) addHTTPS(props *PublicProps, region string) {
	zone := newZone(p, props.Domain)
	p.Certificate = newCertificate(p, props.Domain.Name, zone)
	p.admit(props, 80, 443)
	p.listener("Http", 80, awselasticloadbalancingv2.ListenerAction_Redirect(&awselasticloadbalancingv2.RedirectOptions{
		Protocol: jsii.String("HTTPS"), Port: jsii.String("443"), Permanent: jsii.Bool(true),
	}))
	p.Listener = p.listener("Https", 443, notFound())
	p.TestListener = p.listener("Test", environment.PublicTestPort, notFound())
	p.addRecords(props, zone, region)
}

// admit lets everyone reach ports, and AllowTestFrom the test listener.
func (p *Public) admit(props *PublicProps, ports ...int) {
	for _, port := range ports {
		p.SecurityGroup.AddIngressRule(once.Everyone(), once.Port(port), jsii.String("Customers"), nil)
	}
	for _, block := range props.AllowTestFrom {
		p.SecurityGroup.AddIngressRule(awsec2.Peer_Ipv4(jsii.String(block)), once.Port(environment.PublicTestPort),
			jsii.String("Tests of versions before they take traffic"), nil)
	}
	policy.AcknowledgeFirst(p.SecurityGroup, policy.Finding{
		Rule:   "AwsSolutions-EC23",
		Reason: "Customers come from everywhere. Only the ports of the customers' listeners are open to them, behind a web ACL.",
	})
}

// listener speaks HTTPS where there is a certificate, except on port 80.
func (p *Public) listener(
	id string, port int, action awselasticloadbalancingv2.ListenerAction,
) awselasticloadbalancingv2.ApplicationListener {
	l := &awselasticloadbalancingv2.ApplicationListenerProps{
		LoadBalancer:  p.LoadBalancer,
		Port:          jsii.Number(float64(port)),
		Protocol:      awselasticloadbalancingv2.ApplicationProtocol_HTTP,
		DefaultAction: action,
		// Without this CDK opens the security group to everyone, on the test port too.
		Open: jsii.Bool(false),
	}
	if p.Certificate != nil && port != 80 {
		l.Protocol = awselasticloadbalancingv2.ApplicationProtocol_HTTPS
		l.SslPolicy = TLSPolicy
		l.Certificates = &[]awselasticloadbalancingv2.IListenerCertificate{
			awselasticloadbalancingv2.ListenerCertificate_FromCertificateManager(p.Certificate),
		}
	}
	return awselasticloadbalancingv2.NewApplicationListener(p, jsii.String(id), l)
}

func notFound() awselasticloadbalancingv2.ListenerAction {
	return awselasticloadbalancingv2.ListenerAction_FixedResponse(jsii.Number(404),
		&awselasticloadbalancingv2.FixedResponseOptions{
			ContentType: jsii.String("text/plain"), MessageBody: jsii.String("Not found"),
		})
}

// addRecords gives the load balancer its names. Those that several regions share are latency records from the first
// region on, because Route 53 has no way from a simple record to one of a set; the regional name leads tests to this
// region and no other. A dark load balancer has the regional name only.
func (p *Public) addRecords(props *PublicProps, zone awsroute53.IHostedZone, region string) {
	target := alias(p.LoadBalancer)
	awsroute53.NewARecord(p, jsii.String("RegionalName"), &awsroute53.ARecordProps{
		Zone: zone, RecordName: jsii.String(region + "." + props.Domain.Name), Target: target,
	})
	if props.Dark {
		return
	}
	awsroute53.NewARecord(p, jsii.String("Name"), &awsroute53.ARecordProps{
		Zone: zone, RecordName: &props.Domain.Name, Target: target, Region: &region, SetIdentifier: &region,
	})
	for _, host := range props.Hosts {
		awsroute53.NewARecord(p, jsii.String("Host-"+host), &awsroute53.ARecordProps{
			Zone: zone, RecordName: jsii.String(host), Target: target, Region: &region, SetIdentifier: &region,
		})
	}
}
