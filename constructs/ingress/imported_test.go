package ingress_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

// read are the contract parameters that a template declares.
func read(t templatetest.Template) []string {
	var names []string
	for _, p := range t.Parameters {
		if name, ok := strings.CutPrefix(p.Default, "/shop/platform/beta/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func rule(stack awscdk.Stack, id string, l awselasticloadbalancingv2.IApplicationListener) {
	awselasticloadbalancingv2.NewApplicationListenerRule(stack, jsii.String(id), &awselasticloadbalancingv2.ApplicationListenerRuleProps{
		Listener: l, Priority: jsii.Number(7),
		Conditions: &[]awselasticloadbalancingv2.ListenerCondition{awselasticloadbalancingv2.ListenerCondition_PathPatterns(jsii.Strings("/*"))},
		Action:     awselasticloadbalancingv2.ListenerAction_FixedResponse(jsii.Number(200), nil),
	})
}

// Catches an import on which a service cannot hang its rules, and parameters that nothing refers to, which CloudFormation's
// validation refuses: a service that rolls has no use for the test listener. The stack is CDK's own.
func TestImportedPublic(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Service"), nil)
	public := ingress.PublicFromParameters(stack, "Public", target(domain))
	rule(stack, "Rule", public.Listener)
	public.SecurityGroup.AddEgressRule(awsec2.Peer_Ipv4(jsii.String("10.0.0.0/16")), awsec2.Port_Tcp(jsii.Number(8080)), nil, nil)
	tmpl := templatetest.Synth(stack)
	templatetest.WantText(t, tmpl.Only(t, "AWS::ElasticLoadBalancingV2::ListenerRule").Properties["ListenerArn"], "publiclistenerarn")
	templatetest.WantText(t, tmpl.Only(t, "AWS::EC2::SecurityGroupEgress").Properties["GroupId"], "publicsecuritygroupid")
	wantList(t, "read", read(tmpl), []string{"ingress/v1/public/listener-arn", "ingress/v1/public/security-group-id"})
}

// Catches a test listener that is the production listener, or another one at every call.
func TestImportedTestListener(t *testing.T) {
	stack := newStack()
	public := ingress.PublicFromParameters(stack, "Public", target(nil))
	rule(stack, "One", public.TestListener())
	rule(stack, "Two", public.TestListener())
	awscdk.NewCfnOutput(stack, jsii.String("Name"), &awscdk.CfnOutputProps{Value: jsii.String(public.DNSName())})
	tmpl := templatetest.Synth(stack)
	for _, id := range tmpl.IDs("AWS::ElasticLoadBalancingV2::ListenerRule") {
		templatetest.WantText(t, tmpl.Resources[id].Properties["ListenerArn"], "publictestlistenerarn")
	}
	if !slices.Contains(read(tmpl), "ingress/v1/public/dns-name") {
		t.Errorf("the name is not among %v", read(tmpl))
	}
}

// Catches an import on which a service cannot hang its listeners.
func TestImportedInternal(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Service"), nil)
	found := network.FromParameters(stack, "Network", target(domain))
	internal := ingress.InternalFromParameters(stack, "Internal", target(domain), found.Vpc)
	awselasticloadbalancingv2.NewApplicationListener(stack, jsii.String("Listener"), &awselasticloadbalancingv2.ApplicationListenerProps{
		LoadBalancer: internal.LoadBalancer, Port: jsii.Number(20001), Open: jsii.Bool(false),
		Protocol: awselasticloadbalancingv2.ApplicationProtocol_HTTPS, SslPolicy: ingress.TLSPolicy,
		Certificates: &[]awselasticloadbalancingv2.IListenerCertificate{
			awselasticloadbalancingv2.ListenerCertificate_FromArn(&internal.CertificateARN),
		},
		DefaultAction: awselasticloadbalancingv2.ListenerAction_FixedResponse(jsii.Number(404), nil),
	})
	internal.SecurityGroup.AddEgressRule(found.WorkloadSecurityGroup, awsec2.Port_Tcp(jsii.Number(8080)), nil, nil)
	tmpl := templatetest.Synth(stack)
	templatetest.WantText(t, tmpl.Only(t, "AWS::ElasticLoadBalancingV2::Listener").Properties, "internalloadbalancerarn", "internalcertificatearn",
		`"Port":20001`, `"Protocol":"HTTPS"`)
	templatetest.WantText(t, tmpl.Only(t, "AWS::EC2::SecurityGroupEgress").Properties["GroupId"], "internalsecuritygroupid")

	plain := ingress.InternalFromParameters(newStack(), "Internal", target(nil), nil)
	if plain.CertificateARN != "" {
		t.Error("without a domain there is no certificate to read")
	}
}

// Catches names that one side of the contract writes and the other does not read.
func TestContract(t *testing.T) {
	var written []string
	for _, tmpl := range []templatetest.Template{newPublic(nil), newInternal(nil)} {
		for name := range parameters(tmpl) {
			written = append(written, strings.TrimPrefix(name, "/shop/platform/beta/"))
		}
	}
	slices.Sort(written)
	stack := newStack()
	public := ingress.PublicFromParameters(stack, "Public", target(domain))
	public.TestListener()
	public.DNSName()
	ingress.InternalFromParameters(stack, "Internal", target(domain), nil)
	wantList(t, "read and written", read(templatetest.Synth(stack)), written)
}
