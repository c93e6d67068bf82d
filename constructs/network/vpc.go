package network

import (
	"net/netip"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// Vpc is the network of a target.
type Vpc struct {
	node.Construct
	// Vpc has a public and a private subnet in every zone.
	Vpc awsec2.Vpc
	// WorkloadSecurityGroup is the group that every task has beside its own. It lets HTTPS out and nothing in; who has it
	// may use the endpoints and call internal services.
	WorkloadSecurityGroup awsec2.SecurityGroup
	// FlowLogs is the log group of the VPC's flow logs.
	FlowLogs awslogs.LogGroup
	// LogKey is the key of the props; nil if they have none.
	LogKey awskms.IKey
	// NatAddresses are the public addresses of the NAT gateways as /32 blocks: where the workload's calls to the internet
	// come from. They are known when CloudFormation deploys.
	NatAddresses []string
}

// NewVpc creates a VPC with public and private subnets, NAT gateways with an Elastic IP each, gateway endpoints, interface
// endpoints, the workload's security group and flow logs.
//
// The zones are the first ones that CloudFormation lists for the region: those with a default subnet, or all where no zone
// has one. So do not delete some of an account's default subnets under a living VPC; the next deployment would replace
// subnets.
//
// NAT gateways cost by the hour and by the gigabyte, interface endpoints by the hour and zone, and flow logs by the
// gigabyte. https://aws.amazon.com/vpc/pricing/ https://aws.amazon.com/privatelink/pricing/
func NewVpc(scope constructs.Construct, id string, props *VpcProps) *Vpc {
	if props == nil {
		props = &VpcProps{}
	}
	node.Must("network.Vpc", scope, id, props.Validate())
	p := props.withDefaults()
	v := &Vpc{LogKey: p.LogKey}
	node.Init(v, scope, id)
	azs := zones(p.AvailabilityZones)
	v.Vpc = awsec2.NewVpc(v, jsii.String("Vpc"), &awsec2.VpcProps{
		IpAddresses:       awsec2.IpAddresses_Cidr(jsii.String(p.Cidr)),
		AvailabilityZones: &azs,
		ReservedAzs:       jsii.Number(float64(MaxZones - p.AvailabilityZones)),
		NatGateways:       jsii.Number(float64(p.NatGateways)),
		SubnetConfiguration: &[]*awsec2.SubnetConfiguration{
			subnets("Public", awsec2.SubnetType_PUBLIC, p.Cidr, 4),
			subnets("Private", awsec2.SubnetType_PRIVATE_WITH_EGRESS, p.Cidr, 3),
		},
		// The default security group cannot be closed without a custom resource, and CDK's is a Lambda function with an
		// asset and a role of its own in every target. Nothing of ours has the default group, and it admits only who has
		// it, so it stays as AWS makes it. Security Hub's control EC2.2 reports it; close it once, by hand, if that matters.
		// https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
		RestrictDefaultSecurityGroup: jsii.Bool(false),
	})
	v.NatAddresses = natAddresses(v.Vpc)
	v.WorkloadSecurityGroup = awsec2.NewSecurityGroup(v, jsii.String("Workload"), &awsec2.SecurityGroupProps{
		Vpc:              v.Vpc,
		Description:      jsii.String("Every task: out by HTTPS; endpoints and internal services admit this group"),
		AllowAllOutbound: jsii.Bool(false),
	})
	v.WorkloadSecurityGroup.AddEgressRule(once.Everyone(), once.Port(443), jsii.String("HTTPS to anywhere"), nil)
	v.addEndpoints(p.Endpoints)
	account, _ := once.Place(scope)
	v.addFlowLogs(p.FlowLogRetentionDays, account)
	return v
}

// subnets are the subnets of one kind. Their masks are explicit and count from the VPC's, so that the layout is the same
// for every number of zones, gateways and endpoints. Of the sixteen parts of the block the public subnets have three of
// one part each (0 to 2) and the private ones three of two (4 to 9); the rest is free for a later kind.
func subnets(name string, typ awsec2.SubnetType, cidr string, bits int) *awsec2.SubnetConfiguration {
	c := &awsec2.SubnetConfiguration{
		Name:       jsii.String(name),
		SubnetType: typ,
		CidrMask:   jsii.Number(float64(netip.MustParsePrefix(cidr).Bits() + bits)),
	}
	if typ == awsec2.SubnetType_PUBLIC {
		// Load balancers and NAT gateways bring their own public addresses.
		c.MapPublicIpOnLaunch = jsii.Bool(false)
	}
	return c
}

// natAddresses reads the Elastic IPs that CDK gives to the NAT gateways. The VPC has no others.
func natAddresses(vpc awsec2.Vpc) []string {
	var addresses []string
	eips := awscdk.ConstructSelector_ResourcesOfType(jsii.String("AWS::EC2::EIP"))
	for _, eip := range *eips.Select(vpc) {
		addresses = append(addresses, *eip.(awsec2.CfnEIP).AttrPublicIp()+"/32")
	}
	return addresses
}
