package ingress_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/network"
)

// Catches: a load balancer without subnets, or with two in a zone, which AWS refuses, and an error of something else for it: a
// parameter that nothing refers to.
func TestSubnetsOfTheVpc(t *testing.T) {
	const none = "Subnets: required with a VPC that has fewer than 2 "
	const instead = "; a network.Imported has them as PublicSubnets"
	vpc := func(scope constructs.Construct, kind awsec2.SubnetType) awsec2.IVpc {
		return awsec2.NewVpc(scope, jsii.String("Own"), &awsec2.VpcProps{
			AvailabilityZones: jsii.Strings("us-west-2a", "us-west-2b"), NatGateways: jsii.Number(0),
			SubnetConfiguration: &[]*awsec2.SubnetConfiguration{{Name: jsii.String("one"), SubnetType: kind}},
		})
	}
	for name, c := range map[string]struct {
		change         func(*ingress.PublicProps)
		public, inside string
	}{
		"imported": {func(p *ingress.PublicProps) { p.Subnets = nil }, none + "public subnets, got 0" + instead, ""},
		"isolated": {func(p *ingress.PublicProps) { p.Subnets, p.Vpc = nil, vpc(p.Logs, awsec2.SubnetType_PRIVATE_ISOLATED) },
			none + "public subnets, got 0" + instead, none + "private subnets, got 0"},
		"public only": {func(p *ingress.PublicProps) { p.Subnets, p.Vpc = nil, vpc(p.Logs, awsec2.SubnetType_PUBLIC) },
			"", none + "private subnets, got 0"},
		"one zone": {func(p *ingress.PublicProps) {
			one := (*vpc(p.Logs, awsec2.SubnetType_PUBLIC).PublicSubnets())[0]
			p.Subnets = []awsec2.ISubnet{one, one}
		}, "Subnets: must be one in a zone, got several in us-west-2a", "Subnets: must be one in a zone, got several in us-west-2a"},
		"without zones": {func(p *ingress.PublicProps) {
			p.Subnets = []awsec2.ISubnet{
				awsec2.Subnet_FromSubnetId(p.Logs, jsii.String("A"), jsii.String("subnet-1")),
				awsec2.Subnet_FromSubnetId(p.Logs, jsii.String("B"), jsii.String("subnet-2")),
			}
		}, "", ""},
	} {
		stack := newStack()
		found := network.FromParameters(stack, "Network", target(nil))
		p := &ingress.PublicProps{Vpc: found.Vpc, Subnets: found.PublicSubnets(), Logs: ingress.NewLogBucket(stack, "Logs", nil)}
		c.change(p)
		for _, r := range []struct {
			create func()
			what   string
			want   string
		}{
			{func() { ingress.NewPublic(stack, "Public", p) }, "ingress.Public Stack/Public:\n  ", c.public},
			{func() {
				ingress.NewInternal(stack, "Internal", &ingress.InternalProps{
					Vpc: p.Vpc, Subnets: p.Subnets, Logs: p.Logs, WorkloadSecurityGroup: found.WorkloadSecurityGroup, Zone: "internal.shop",
				})
			}, "ingress.Internal Stack/Internal:\n  ", c.inside},
		} {
			want := r.want
			if want != "" {
				want = r.what + want
			}
			if got := recovered(r.create); got != want {
				t.Errorf("%s: got %s\nwant %s", name, got, want)
			}
		}
	}
}

// recovered is the error that f panics with.
func recovered(f func()) (message string) {
	defer func() {
		if err, ok := recover().(error); ok {
			message = err.Error()
		}
	}()
	f()
	return ""
}
