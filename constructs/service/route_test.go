package service_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

const (
	certificate = "arn:aws:acm:us-west-2:222222222222:certificate/11111111-1111-1111-1111-111111111111"
	toBlue      = `[{"TargetGroupArn":{"Ref":"ServiceBlueC582B4C8"},"Type":"forward"}]`
	toGreen     = `[{"TargetGroupArn":{"Ref":"ServiceGreen5E120984"},"Type":"forward"}]`
)

// https puts the internal listeners on TLS.
func https(p *service.FargateProps) { p.Route.(*service.InternalRoute).CertificateARN = certificate }

// Catches: customers on green before any release, the two listeners on one port, or one that CodeDeploy cannot find.
func TestInternalListeners(t *testing.T) {
	template := newFargate(t)
	for id, want := range map[string]string{
		"ServiceProductionListenerAC94E940": `{"DefaultActions":` + toBlue + `,"LoadBalancerArn":"` + balancerARN + `","Port":20080,"Protocol":"HTTP"}`,
		"ServiceTestListenerDFA48312":       `{"DefaultActions":` + toGreen + `,"LoadBalancerArn":"` + balancerARN + `","Port":30080,"Protocol":"HTTP"}`,
	} {
		equal(t, id, template.One(t, id).Properties, want)
	}
}

// Catches: a certificate that is given and not used, on one of the two, or with what clients of ten years ago speak.
func TestInternalListenersWithCertificate(t *testing.T) {
	template := newFargate(t, https)
	for _, id := range []string{"ServiceProductionListenerAC94E940", "ServiceTestListenerDFA48312"} {
		l := template.One(t, id).Properties
		equal(t, id, []any{l["Protocol"], l["Certificates"], l["SslPolicy"]},
			`["HTTPS",[{"CertificateArn":"`+certificate+`"}],"ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"]`)
	}
}

// Catches: rules that differ in more than where they lead, or stand on the wrong listener.
func TestPublicRules(t *testing.T) {
	template := newFargate(t, public, func(p *service.FargateProps) {
		r := p.Route.(*service.PublicRoute)
		r.Path, r.Host = "/admin/*", "admin.shop.example.com"
	})
	conditions := `"Conditions":[{"Field":"path-pattern","PathPatternConfig":{"Values":["/admin/*"]}},` +
		`{"Field":"host-header","HostHeaderConfig":{"Values":["admin.shop.example.com"]}}]`
	for id, want := range map[string]string{
		"ServiceProductionRule8EBE4446": `{"Actions":` + toBlue + `,` + conditions + `,"ListenerArn":"` + listenerARN + `","Priority":42}`,
		"ServiceTestRuleA4838DA2":       `{"Actions":` + toGreen + `,` + conditions + `,"ListenerArn":"` + testListenerARN + `","Priority":42}`,
	} {
		equal(t, id, template.One(t, id).Properties, want)
	}
	rule := newFargate(t, public).One(t, "ServiceProductionRule8EBE4446").Properties
	equal(t, "conditions without a host", rule["Conditions"], `[{"Field":"path-pattern","PathPatternConfig":{"Values":["/*"]}}]`)
}

// Catches: a stack that cannot be removed, because a target group goes before the listener that CodeDeploy left leading to it.
func TestRoutesGoBeforeTargetGroups(t *testing.T) {
	for name, c := range map[string]struct {
		changes []func(*service.FargateProps)
		typ     string
		want    string
	}{
		"internal":         {nil, "Listener", `["ServiceBlueC582B4C8","ServiceGreen5E120984"]`},
		"internal ecs":     {[]func(*service.FargateProps){ecs}, "Listener", `["ServiceBlueC582B4C8","ServiceGreen5E120984"]`},
		"its rules":        {[]func(*service.FargateProps){ecs}, "ListenerRule", `["ServiceBlueC582B4C8","ServiceGreen5E120984"]`},
		"public ecs":       {[]func(*service.FargateProps){public, ecs}, "ListenerRule", `["ServiceBlueC582B4C8","ServiceGreen5E120984"]`},
		"public":           {[]func(*service.FargateProps){public}, "ListenerRule", `["ServiceBlueC582B4C8","ServiceGreen5E120984"]`},
		"internal rolling": {[]func(*service.FargateProps){rolling}, "Listener", `["ServiceBlueC582B4C8"]`},
		"public rolling":   {[]func(*service.FargateProps){public, rolling}, "ListenerRule", `["ServiceBlueC582B4C8"]`},
	} {
		template := newFargate(t, c.changes...)
		for _, id := range template.IDs("AWS::ElasticLoadBalancingV2::" + c.typ) {
			depends := template.Resources[id].DependsOn
			slices.Sort(depends)
			equal(t, name+": "+id+" depends on", depends, c.want)
		}
	}
}

const ownGroup = `{"Fn::GetAtt":["ServiceSecurityGroupC96ED6A7","GroupId"]}`

// Catches: tasks that the load balancer does not reach, though its group is imported as one that is open; tasks that others
// reach; and the load balancer's rules on the group that every service has.
func TestSecurityGroups(t *testing.T) {
	for name, c := range map[string]struct {
		changes  []func(*service.FargateProps)
		balancer string
	}{
		"internal":         {nil, balancerGroup},
		"internal ecs":     {[]func(*service.FargateProps){ecs}, balancerGroup},
		"public ecs":       {[]func(*service.FargateProps){public, ecs}, publicBalancerGroup},
		"public":           {[]func(*service.FargateProps){public}, publicBalancerGroup},
		"internal rolling": {[]func(*service.FargateProps){rolling}, balancerGroup},
		"public rolling":   {[]func(*service.FargateProps){public, rolling}, publicBalancerGroup},
	} {
		template := newFargate(t, c.changes...)
		equal(t, name+": rule in", template.Only(t, "AWS::EC2::SecurityGroupIngress").Properties,
			`{"Description":"Load balancer to target","FromPort":8080,"GroupId":`+ownGroup+`,"IpProtocol":"tcp","SourceSecurityGroupId":"`+
				c.balancer+`","ToPort":8080}`)
		equal(t, name+": rule out", template.Only(t, "AWS::EC2::SecurityGroupEgress").Properties,
			`{"Description":"Load balancer to target","DestinationSecurityGroupId":`+ownGroup+`,"FromPort":8080,"GroupId":"`+
				c.balancer+`","IpProtocol":"tcp","ToPort":8080}`)
		own := template.Only(t, "AWS::EC2::SecurityGroup").Properties
		if in, ok := own["SecurityGroupIngress"]; ok {
			t.Errorf("%s: the service's own group lets in %s", name, templatetest.Text(in))
		}
		// What CDK writes for "nothing": an address that no one has.
		equal(t, name+": out of the tasks", own["SecurityGroupEgress"],
			`[{"CidrIp":"255.255.255.255/32","Description":"Disallow all traffic","FromPort":252,"IpProtocol":"icmp","ToPort":86}]`)
	}
}

// Catches: no rule, or a rule twice, where the load balancer is created in the same stack.
func TestSecurityGroupsOfOwnLoadBalancer(t *testing.T) {
	stack := newStack()
	create(stack, func(p *service.FargateProps) {
		own := awselasticloadbalancingv2.NewApplicationLoadBalancer(stack, jsii.String("Own"), &awselasticloadbalancingv2.ApplicationLoadBalancerProps{
			Vpc: p.Vpc,
		})
		p.Route = &service.InternalRoute{
			LoadBalancer: own, SecurityGroup: (*own.Connections().SecurityGroups())[0], Port: 20080, CertificateARN: certificate,
		}
	})
	template := templatetest.Synth(stack)
	const its = `"GroupId":{"Fn::GetAtt":["OwnSecurityGroup`
	if out := templatetest.Text(template.Only(t, "AWS::EC2::SecurityGroupEgress").Properties); !strings.Contains(out, its) {
		t.Errorf("out of the load balancer: %s", out)
	}
	template.Only(t, "AWS::EC2::SecurityGroupIngress")
	l := template.One(t, "ServiceProductionListenerAC94E940").Properties
	if !strings.Contains(templatetest.Text(l["LoadBalancerArn"]), `{"Ref":"Own`) {
		t.Errorf("the listener is on %s", templatetest.Text(l["LoadBalancerArn"]))
	}
}

// Catches: a physical name, which with store, environment and service overflows 32 characters; a default that changes the
// health check of tasks that serve customers; a matcher that takes failing tasks for healthy; and one service without healthy
// tasks that takes the load balancer's zone, and with it all others, out of DNS.
func TestTargetGroups(t *testing.T) {
	for protocol, c := range map[environment.Protocol]struct{ version, matcher, health, path string }{
		environment.HTTP1: {"HTTP1", `{"HttpCode":"200-299"}`, "/health", "/health"},
		environment.HTTP2: {"HTTP2", `{"HttpCode":"200-299"}`, "/health", "/health"},
		environment.GRPC:  {"GRPC", `{"GrpcCode":"0"}`, "", "/grpc.health.v1.Health/Check"},
	} {
		template := newFargate(t, https, func(p *service.FargateProps) { p.Runtime.HTTP.Protocol, p.Runtime.HTTP.Health = protocol, c.health })
		ids := template.IDs("AWS::ElasticLoadBalancingV2::TargetGroup")
		if len(ids) != 2 {
			t.Fatalf("want blue and green, got %v", ids)
		}
		for _, id := range ids {
			equal(t, id, template.Resources[id].Properties,
				`{"HealthCheckIntervalSeconds":15,"HealthCheckPath":"`+c.path+`","HealthCheckProtocol":"HTTP","HealthCheckTimeoutSeconds":5,`+
					`"HealthyThresholdCount":2,"Matcher":`+c.matcher+`,"Port":8080,"Protocol":"HTTP","ProtocolVersion":"`+c.version+`",`+
					`"TargetGroupAttributes":[{"Key":"deregistration_delay.timeout_seconds","Value":"30"},`+
					`{"Key":"target_group_health.dns_failover.minimum_healthy_targets.count","Value":"off"},`+
					`{"Key":"target_group_health.dns_failover.minimum_healthy_targets.percentage","Value":"off"},`+
					`{"Key":"stickiness.enabled","Value":"false"}],`+
					`"TargetType":"ip","UnhealthyThresholdCount":3,"VpcId":"vpc-11111111111111111"}`)
		}
	}
}

// Catches: two services of one stack that meet each other's imports.
func TestTwoServicesInOneStack(t *testing.T) {
	stack := newStack()
	p := newProps(stack)
	service.NewFargate(stack, "Catalog", p)
	q := *p
	q.Name, q.Route = "shop-beta-ui", publicRoute(awscdk.Stack_Of(p.Cluster))
	service.NewFargate(stack, "UI", &q)
	if ids := templatetest.Synth(stack).IDs("AWS::ECS::Service"); len(ids) != 2 {
		t.Errorf("got %v", ids)
	}
}

// Catches: two services that cannot both listen on port 8080. Each task has an address of its own, so only the listeners'
// ports must differ; a rule that names the port alone would let the load balancer reach one of the two.
func TestServicesOnOneContainerPort(t *testing.T) {
	stack := newStack()
	p := newProps(stack)
	service.NewFargate(stack, "Catalog", p)
	q := *p
	route := *p.Route.(*service.InternalRoute)
	route.Port = 20081
	q.Name, q.Route = "shop-beta-orders", &route
	service.NewFargate(stack, "Orders", &q)
	template := templatetest.Synth(stack)
	ports := func(typ, name string) []string {
		var list []string
		for _, id := range template.IDs(typ) {
			list = append(list, templatetest.Text(template.Resources[id].Properties[name]))
		}
		slices.Sort(list)
		return list
	}
	equal(t, "target groups", ports("AWS::ElasticLoadBalancingV2::TargetGroup", "Port"), `["8080","8080","8080","8080"]`)
	equal(t, "listeners", ports("AWS::ElasticLoadBalancingV2::Listener", "Port"), `["20080","20081","30080","30081"]`)
	for _, id := range template.IDs("AWS::ECS::TaskDefinition") {
		containers := templatetest.Text(template.Resources[id].Properties["ContainerDefinitions"])
		if !strings.Contains(containers, `"PortMappings":[{"ContainerPort":8080,"Protocol":"tcp"}]`) || template.Resources[id].Properties["NetworkMode"] != "awsvpc" {
			t.Errorf("%s has the containers %s", id, containers)
		}
	}
	for _, typ := range []string{"AWS::EC2::SecurityGroupEgress", "AWS::EC2::SecurityGroupIngress"} {
		groups := append(ports(typ, "DestinationSecurityGroupId"), ports(typ, "GroupId")...)
		slices.Sort(groups)
		own := 0
		for _, g := range slices.Compact(groups) {
			if strings.Contains(g, `"Fn::GetAtt"`) {
				own++
			}
		}
		if own != 2 {
			t.Errorf("%s name %d groups of tasks, want 2", typ, own)
		}
	}
}
