package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
)

// connection is how a load balancer leads to a service.
type connection struct {
	// production and test are the listeners that CodeDeploy shifts; test is nil without codedeploy.
	production, test awselasticloadbalancingv2.IApplicationListener
	// nodes are the listeners or rules that this service owns. Each depends on both target groups, so that they are removed
	// first: a target group in use cannot be.
	nodes []constructs.IConstruct
	// balancer holds the rule that lets the load balancer out to the tasks.
	balancer constructs.IConstruct
	// modify is the call with which CodeDeploy rewrites routes, the ARNs of those listeners or rules.
	modify string
	routes []string
}

// connect gives the service listeners of its own. The test listener leads to green from the start: CodeDeploy wants the
// two groups on the two listeners, and moves both.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-groups-create-load-balancer-for-ecs.html
func (r *InternalRoute) connect(f *Fargate, p *FargateProps) connection {
	// Imported once more, because the CDK writes no rule out of a security group that it takes for open, and takes every
	// imported one for open unless it is told otherwise. A rule too many in a group that is open does no harm.
	balancer := awselasticloadbalancingv2.ApplicationLoadBalancer_FromApplicationLoadBalancerAttributes(f, jsii.String("LoadBalancer"),
		&awselasticloadbalancingv2.ApplicationLoadBalancerAttributes{
			LoadBalancerArn:                r.LoadBalancer.LoadBalancerArn(),
			SecurityGroupId:                r.SecurityGroup.SecurityGroupId(),
			SecurityGroupAllowsAllOutbound: jsii.Bool(false),
		})
	production := r.listener(f, "Production", balancer, r.Port, f.Blue)
	way := connection{
		production: production,
		balancer:   balancer,
		nodes:      []constructs.IConstruct{production},
		modify:     "elasticloadbalancing:ModifyListener",
		routes:     []string{*production.ListenerArn()},
	}
	if usesCodeDeploy(p) {
		test := r.listener(f, "Test", balancer, r.Port+environment.TestPortOffset, f.Green)
		way.test = test
		way.nodes = append(way.nodes, test)
		way.routes = append(way.routes, *test.ListenerArn())
	}
	return way
}

func (r *InternalRoute) listener(f *Fargate, id string, on awselasticloadbalancingv2.IApplicationLoadBalancer, port int, to awselasticloadbalancingv2.IApplicationTargetGroup) awselasticloadbalancingv2.ApplicationListener {
	props := &awselasticloadbalancingv2.ApplicationListenerProps{
		LoadBalancer:  on,
		Port:          jsii.Number(float64(port)),
		Protocol:      awselasticloadbalancingv2.ApplicationProtocol_HTTP,
		Open:          jsii.Bool(false), // the load balancer's security group says who may call
		DefaultAction: awselasticloadbalancingv2.ListenerAction_Forward(&[]awselasticloadbalancingv2.IApplicationTargetGroup{to}, nil),
	}
	if r.CertificateARN != "" {
		props.Protocol = awselasticloadbalancingv2.ApplicationProtocol_HTTPS
		props.SslPolicy = ingress.TLSPolicy
		props.Certificates = &[]awselasticloadbalancingv2.IListenerCertificate{
			awselasticloadbalancingv2.ListenerCertificate_FromArn(jsii.String(r.CertificateARN)),
		}
	}
	return awselasticloadbalancingv2.NewApplicationListener(f, jsii.String(id+"Listener"), props)
}

// connect gives the service a rule on each of the shared listeners.
func (r *PublicRoute) connect(f *Fargate, p *FargateProps) connection {
	group := awsec2.SecurityGroup_FromSecurityGroupId(f, jsii.String("LoadBalancerSecurityGroup"), r.SecurityGroup.SecurityGroupId(),
		&awsec2.SecurityGroupImportOptions{AllowAllOutbound: jsii.Bool(false)})
	production := r.rule(f, "Production", r.Listener, group, f.Blue)
	way := connection{
		production: r.Listener,
		balancer:   group,
		nodes:      []constructs.IConstruct{production},
		modify:     "elasticloadbalancing:ModifyRule",
		routes:     []string{*production.ListenerRuleArn()},
	}
	if usesCodeDeploy(p) {
		test := r.rule(f, "Test", r.TestListener, group, f.Green)
		way.test = r.TestListener
		way.nodes = append(way.nodes, test)
		way.routes = append(way.routes, *test.ListenerRuleArn())
	}
	return way
}

func (r *PublicRoute) rule(f *Fargate, id string, on awselasticloadbalancingv2.IApplicationListener, group awsec2.ISecurityGroup,
	to awselasticloadbalancingv2.IApplicationTargetGroup) awselasticloadbalancingv2.ApplicationListenerRule {
	// Imported once more, as in InternalRoute.
	listener := awselasticloadbalancingv2.ApplicationListener_FromApplicationListenerAttributes(f, jsii.String(id+"Listener"),
		&awselasticloadbalancingv2.ApplicationListenerAttributes{ListenerArn: on.ListenerArn(), SecurityGroup: group})
	conditions := []awselasticloadbalancingv2.ListenerCondition{
		awselasticloadbalancingv2.ListenerCondition_PathPatterns(jsii.Strings(r.Path)),
	}
	if r.Host != "" {
		conditions = append(conditions, awselasticloadbalancingv2.ListenerCondition_HostHeaders(jsii.Strings(r.Host)))
	}
	return awselasticloadbalancingv2.NewApplicationListenerRule(f, jsii.String(id+"Rule"), &awselasticloadbalancingv2.ApplicationListenerRuleProps{
		Listener:   listener,
		Priority:   jsii.Number(float64(r.Priority)),
		Conditions: &conditions,
		Action:     awselasticloadbalancingv2.ListenerAction_Forward(&[]awselasticloadbalancingv2.IApplicationTargetGroup{to}, nil),
	})
}

// balance puts the tasks behind blue, and returns what must be there before the service is: the listener or rule, for ECS
// refuses a target group without one, and the ways between the load balancer and the tasks, for without them the first
// tasks would fail their health checks.
func (f *Fargate) balance(p *FargateProps, way connection) []constructs.IDependable {
	groups := []constructs.IDependable{f.Blue}
	if f.Green != nil {
		groups = append(groups, f.Green)
	}
	f.Blue.AddTarget(f.Service.LoadBalancerTarget(&awsecs.LoadBalancerTargetOptions{
		ContainerName: jsii.String(ContainerName), ContainerPort: jsii.Number(float64(p.Runtime.HTTP.Port)),
	}))
	needs := []constructs.IDependable{f.SecurityGroup, way.balancer}
	for _, n := range way.nodes {
		n.Node().AddDependency(groups...)
		needs = append(needs, n)
	}
	return needs
}
