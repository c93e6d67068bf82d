package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/once"
)

// connection is how a load balancer leads to a service.
type connection struct {
	// production and test are the listeners that CodeDeploy shifts; test is nil without codedeploy.
	production, test awselasticloadbalancingv2.IApplicationListener
	// rule and testRule are the rules that ECS shifts; nil without the engine ecs.
	rule, testRule awselasticloadbalancingv2.ApplicationListenerRule
	// nodes are the listeners or rules that this service owns. Each depends on both target groups, so that they are removed
	// first: a target group in use cannot be.
	nodes []constructs.IConstruct
	// balancer holds the rule that lets the load balancer out to the tasks.
	balancer constructs.IConstruct
	// modify is the call with which CodeDeploy or ECS rewrites routes, the ARNs of those listeners or rules.
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
	if !p.Runtime.Release.Engine.Shifts() {
		return way
	}
	test := r.listener(f, "Test", balancer, r.Port+environment.TestPortOffset, f.Green)
	way.test = test
	way.nodes = append(way.nodes, test)
	way.routes = append(way.routes, *test.ListenerArn())
	if p.Runtime.Release.Engine == environment.ECS {
		way.shift(f.everything("Production", production, f.Blue, f.Green), f.everything("Test", test, f.Green, f.Blue))
	}
	return way
}

// everything is a rule that every request on a listener matches. ECS shifts rules and not listeners, and the default rule
// of a listener has no ARN in CloudFormation. The listener's own action is never reached, and it forwards too: AWS has
// said that ECS refuses listeners on which something is forwarded and something is not.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/alb-resources-for-blue-green.html
func (f *Fargate) everything(id string, on awselasticloadbalancingv2.IApplicationListener, to, other awselasticloadbalancingv2.IApplicationTargetGroup) awselasticloadbalancingv2.ApplicationListenerRule {
	return awselasticloadbalancingv2.NewApplicationListenerRule(f, jsii.String(id+"Rule"), &awselasticloadbalancingv2.ApplicationListenerRuleProps{
		Listener:   on,
		Priority:   jsii.Number(1),
		Conditions: &[]awselasticloadbalancingv2.ListenerCondition{onPath("/*")},
		Action:     weighted(to, other),
	})
}

// weighted forwards all to one group, and names the other: ECS wants both on the rule whose weights it changes.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/migrate-codedeploy-to-ecs-bluegreen.html
func weighted(to, other awselasticloadbalancingv2.IApplicationTargetGroup) awselasticloadbalancingv2.ListenerAction {
	return awselasticloadbalancingv2.ListenerAction_WeightedForward(&[]*awselasticloadbalancingv2.WeightedTargetGroup{
		{TargetGroup: to, Weight: jsii.Number(100)},
		{TargetGroup: other, Weight: jsii.Number(0)},
	}, nil)
}

// shift makes the two rules what ECS shifts.
func (c *connection) shift(production, test awselasticloadbalancingv2.ApplicationListenerRule) {
	c.rule, c.testRule = production, test
	c.nodes = append(c.nodes, production, test)
	c.modify = "elasticloadbalancing:ModifyRule"
	c.routes = []string{*production.ListenerRuleArn(), *test.ListenerRuleArn()}
}

func (r *InternalRoute) listener(f *Fargate, id string, on awselasticloadbalancingv2.IApplicationLoadBalancer, port int, to awselasticloadbalancingv2.IApplicationTargetGroup) awselasticloadbalancingv2.ApplicationListener {
	props := &awselasticloadbalancingv2.ApplicationListenerProps{
		LoadBalancer:        on,
		Port:                jsii.Number(float64(port)),
		Protocol:            awselasticloadbalancingv2.ApplicationProtocol_HTTP,
		Open:                jsii.Bool(false), // the load balancer's security group says who may call
		DefaultTargetGroups: &[]awselasticloadbalancingv2.IApplicationTargetGroup{to},
	}
	if r.CertificateARN != "" {
		props.Protocol = awselasticloadbalancingv2.ApplicationProtocol_HTTPS
		props.SslPolicy = ingress.TLSPolicy
		props.Certificates = &[]awselasticloadbalancingv2.IListenerCertificate{
			once.Of("ListenerCertificate."+r.CertificateARN, func() awselasticloadbalancingv2.IListenerCertificate {
				return awselasticloadbalancingv2.ListenerCertificate_FromArn(jsii.String(r.CertificateARN))
			}),
		}
	}
	return awselasticloadbalancingv2.NewApplicationListener(f, jsii.String(id+"Listener"), props)
}

// connect gives the service a rule on each of the shared listeners.
func (r *PublicRoute) connect(f *Fargate, p *FargateProps) connection {
	group := awsec2.SecurityGroup_FromSecurityGroupId(f, jsii.String("LoadBalancerSecurityGroup"), r.SecurityGroup.SecurityGroupId(),
		&awsec2.SecurityGroupImportOptions{AllowAllOutbound: jsii.Bool(false)})
	if p.Runtime.Release.Engine == environment.ECS {
		way := connection{balancer: group}
		way.shift(r.rule(f, "Production", r.Listener, group, weighted(f.Blue, f.Green)), r.rule(f, "Test", r.TestListener, group, weighted(f.Green, f.Blue)))
		return way
	}
	production := r.rule(f, "Production", r.Listener, group, forward(f.Blue))
	way := connection{
		production: r.Listener,
		balancer:   group,
		nodes:      []constructs.IConstruct{production},
		modify:     "elasticloadbalancing:ModifyRule",
		routes:     []string{*production.ListenerRuleArn()},
	}
	if usesCodeDeploy(p) {
		test := r.rule(f, "Test", r.TestListener, group, forward(f.Green))
		way.test = r.TestListener
		way.nodes = append(way.nodes, test)
		way.routes = append(way.routes, *test.ListenerRuleArn())
	}
	return way
}

func (r *PublicRoute) rule(f *Fargate, id string, on awselasticloadbalancingv2.IApplicationListener, group awsec2.ISecurityGroup,
	action awselasticloadbalancingv2.ListenerAction) awselasticloadbalancingv2.ApplicationListenerRule {
	// Imported once more, as in InternalRoute.
	listener := awselasticloadbalancingv2.ApplicationListener_FromApplicationListenerAttributes(f, jsii.String(id+"Listener"),
		&awselasticloadbalancingv2.ApplicationListenerAttributes{ListenerArn: on.ListenerArn(), SecurityGroup: group})
	conditions := []awselasticloadbalancingv2.ListenerCondition{onPath(r.Path)}
	if r.Host != "" {
		conditions = append(conditions, awselasticloadbalancingv2.ListenerCondition_HostHeaders(jsii.Strings(r.Host)))
	}
	return awselasticloadbalancingv2.NewApplicationListenerRule(f, jsii.String(id+"Rule"), &awselasticloadbalancingv2.ApplicationListenerRuleProps{
		Listener:   listener,
		Priority:   jsii.Number(float64(r.Priority)),
		Conditions: &conditions,
		Action:     action,
	})
}

// onPath is the condition that a request's path matches a pattern.
func onPath(pattern string) awselasticloadbalancingv2.ListenerCondition {
	return once.Of("ListenerCondition.path "+pattern, func() awselasticloadbalancingv2.ListenerCondition {
		return awselasticloadbalancingv2.ListenerCondition_PathPatterns(jsii.Strings(pattern))
	})
}

// forward sends everything to one group.
func forward(to awselasticloadbalancingv2.IApplicationTargetGroup) awselasticloadbalancingv2.ListenerAction {
	return awselasticloadbalancingv2.ListenerAction_Forward(&[]awselasticloadbalancingv2.IApplicationTargetGroup{to}, nil)
}

// balance puts the tasks behind blue, and returns what must be there before the service is: the listener or rule, for ECS
// refuses a target group without one, and the ways between the load balancer and the tasks, for without them the first
// tasks would fail their health checks.
func (f *Fargate) balance(p *FargateProps, way connection) []constructs.IDependable {
	groups := []constructs.IDependable{f.Blue}
	if f.Green != nil {
		groups = append(groups, f.Green)
	}
	target := &awsecs.LoadBalancerTargetOptions{
		ContainerName: jsii.String(ContainerName), ContainerPort: jsii.Number(float64(p.Runtime.HTTP.Port)),
	}
	if p.Runtime.Release.Engine == environment.ECS {
		target.AlternateTarget = f.alternate(p, way)
	}
	f.Blue.AddTarget(f.Service.LoadBalancerTarget(target))
	needs := []constructs.IDependable{f.SecurityGroup, way.balancer}
	for _, n := range way.nodes {
		n.Node().AddDependency(groups...)
		needs = append(needs, n)
	}
	return needs
}
