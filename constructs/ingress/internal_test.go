package ingress_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

// Catches an internal load balancer that others than the workload reach, that the workload does not reach, or that stands
// open on the ports of the test listeners.
func TestInternalOpenings(t *testing.T) {
	tmpl := newInternal(nil)
	group := tmpl.Only(t, "AWS::EC2::SecurityGroup").Properties
	if group["SecurityGroupIngress"] != nil {
		t.Errorf("the group admits %s", templatetest.Text(group["SecurityGroupIngress"]))
	}
	in, out := tmpl.Only(t, "AWS::EC2::SecurityGroupIngress").Properties, tmpl.Only(t, "AWS::EC2::SecurityGroupEgress").Properties
	for _, rule := range []map[string]any{in, out} {
		templatetest.WantText(t, rule, `"FromPort":20000`, `"ToPort":29999`, `"IpProtocol":"tcp"`)
	}
	if !reflect.DeepEqual(in["GroupId"], out["DestinationSecurityGroupId"]) || !reflect.DeepEqual(in["SourceSecurityGroupId"], out["GroupId"]) {
		t.Errorf("the rules are not two sides of one way:\n%s\n%s", templatetest.Text(in), templatetest.Text(out))
	}
	templatetest.WantText(t, in["SourceSecurityGroupId"], "workloadsecuritygroupid")
}

// Catches a workload's own security group in the same stack, where CDK could write the rule into the wrong group.
func TestInternalBesideItsNetwork(t *testing.T) {
	stack := newStack()
	vpc := network.NewVpc(stack, "Network", nil)
	ingress.NewInternal(stack, "Internal", &ingress.InternalProps{
		Vpc: vpc.Vpc, Logs: ingress.NewLogBucket(stack, "Logs", nil), WorkloadSecurityGroup: vpc.WorkloadSecurityGroup,
		Zone: "beta.shop.internal",
	})
	tmpl := templatetest.Synth(stack)
	templatetest.WantText(t, tmpl.Only(t, "AWS::EC2::SecurityGroupEgress").Properties, `"GroupId":{"Fn::GetAtt":["NetworkWorkload`)
	if len(tmpl.IDs("AWS::CertificateManager::Certificate")) != 0 {
		t.Error("without a domain nothing can be certified")
	}
}

// Catches a balancer on the internet, unprotected, or created before its bucket and certificate are there; and services
// that find no name, or a name that the certificate does not cover.
func TestInternal(t *testing.T) {
	tmpl := newInternal(nil)
	lb := tmpl.Only(t, "AWS::ElasticLoadBalancingV2::LoadBalancer")
	if lb.Properties["Scheme"] != "internal" {
		t.Errorf("scheme %v", lb.Properties["Scheme"])
	}
	templatetest.WantText(t, lb.Properties, `privatesubnetids`, `{"Key":"deletion_protection.enabled","Value":"true"}`,
		`{"Key":"access_logs.s3.prefix","Value":"internal"}`)
	for _, typ := range []string{"AWS::S3::BucketPolicy", "AWS::CertificateManager::Certificate"} {
		if !dependsOn(tmpl, lb, typ) {
			t.Errorf("the load balancer does not wait for the %s: %v", typ, lb.DependsOn)
		}
	}
	zone := tmpl.Only(t, "AWS::Route53::HostedZone").Properties
	templatetest.WantText(t, zone, `"Name":"internal.beta.shop.example.com."`, `"VPCRegion":"us-west-2"`, `vpcid`)
	record := tmpl.Only(t, "AWS::Route53::RecordSet").Properties
	templatetest.WantText(t, record, `"Name":"*.internal.beta.shop.example.com."`, `"HostedZoneId":{"Ref":"`+tmpl.IDs("AWS::Route53::HostedZone")[0]+`"}`)
	templatetest.WantText(t, tmpl.Only(t, "AWS::CertificateManager::Certificate").Properties,
		`"DomainName":"internal.beta.shop.example.com"`, `"SubjectAlternativeNames":["*.internal.beta.shop.example.com"]`,
		`"HostedZoneId":"Z0123456789ABC"`)
	if len(tmpl.IDs("AWS::WAFv2::WebACLAssociation")) != 0 {
		t.Error("the internal load balancer has a web ACL")
	}
}

// Catches a parameter of the contract that is not written, and a certificate's where there is none.
func TestPublishInternal(t *testing.T) {
	names := func(change func(*ingress.InternalProps)) []string {
		var list []string
		for name := range parameters(newInternal(change)) {
			list = append(list, name)
		}
		slices.Sort(list)
		return list
	}
	p := target(nil).Parameter
	wantList(t, "with a domain", names(nil), []string{
		p(environment.InternalCertificateARN), p(environment.InternalLoadBalancerARN), p(environment.InternalSecurityGroupID)})
	wantList(t, "without", names(func(p *ingress.InternalProps) { p.Domain = nil }), []string{
		p(environment.InternalLoadBalancerARN), p(environment.InternalSecurityGroupID)})
}

// Catches a constructor that lets bad props through to jsii, whose exceptions name no field.
func TestInternalPanicsWithItsProblems(t *testing.T) {
	defer func() {
		err, _ := recover().(error)
		want := "ingress.Internal Stack/Internal:\n  Vpc: required\n  Logs: required\n  WorkloadSecurityGroup: required\n  Zone: required"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	ingress.NewInternal(newStack(), "Internal", nil)
}
