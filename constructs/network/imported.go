package network

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// Imported is the network of a target as another stack sees it. What not every stack needs is a method: CloudFormation's
// validation refuses a template with parameters that nothing refers to.
type Imported struct {
	node.Construct
	// Vpc with its private subnets.
	Vpc awsec2.IVpc
	// WorkloadSecurityGroup is the group that every task has beside its own. Rules added to it become resources of the
	// stack that adds them.
	WorkloadSecurityGroup awsec2.ISecurityGroup

	target environment.Target
	logKey awskms.IKey
	public []awsec2.ISubnet
}

// FromParameters finds the network of a target by the parameters that [Vpc.Publish] writes. CloudFormation reads them
// when it deploys the stack; the synth looks nothing up. The numbers of zones and NAT gateways are the target's. It
// creates no resource.
func FromParameters(scope constructs.Construct, id string, target environment.Target) *Imported {
	node.Must("network.Imported", scope, id, target.Validate())
	i := &Imported{target: target}
	node.Init(i, scope, id)
	acknowledgeRoutes(i)
	azs := zones(i.size().AvailabilityZones)
	i.Vpc = awsec2.Vpc_FromVpcAttributes(i, jsii.String("Vpc"), &awsec2.VpcAttributes{
		VpcId:             i.text(environment.VpcID),
		AvailabilityZones: &azs,
		PrivateSubnetIds:  i.elements(environment.PrivateSubnetIDs, len(azs)),
	})
	i.WorkloadSecurityGroup = awsec2.SecurityGroup_FromSecurityGroupId(i, jsii.String("Workload"),
		i.text(environment.WorkloadSecurityGroupID),
		&awsec2.SecurityGroupImportOptions{AllowAllOutbound: jsii.Bool(false), Mutable: jsii.Bool(true)})
	return i
}

// PublicSubnets are the subnets of the public load balancer, one a zone.
func (i *Imported) PublicSubnets() []awsec2.ISubnet {
	if i.public != nil {
		return i.public
	}
	azs := zones(i.size().AvailabilityZones)
	for k, id := range *i.elements(environment.PublicSubnetIDs, len(azs)) {
		subnet := awsec2.Subnet_FromSubnetAttributes(i, jsii.String("PublicSubnet"+strconv.Itoa(k+1)),
			&awsec2.SubnetAttributes{SubnetId: id, AvailabilityZone: azs[k]})
		i.public = append(i.public, subnet)
	}
	return i.public
}

// NatAddresses are the public addresses of the target's NAT gateways as /32 blocks.
func (i *Imported) NatAddresses() []string {
	var addresses []string
	for _, a := range *i.elements(environment.NatAddresses, i.size().NatGateways) {
		addresses = append(addresses, *a)
	}
	return addresses
}

// Cidr is the VPC's address block.
func (i *Imported) Cidr() string { return *i.text(environment.VpcCidr) }

// LogKey is the key of the target's logs. Its policy is the network stack's: statements added to it here have no effect.
func (i *Imported) LogKey() awskms.IKey {
	if i.logKey == nil {
		i.logKey = awskms.Key_FromKeyArn(i, jsii.String("LogKey"), i.text(environment.KeyARN))
	}
	return i.logKey
}

func (i *Imported) size() environment.Network {
	return i.target.Environment.Network.WithDefaults(i.target.Environment.Kind)
}

// text is the value of a parameter. CDK declares it once per stack, however often it is asked for.
func (i *Imported) text(name string) *string {
	return awsssm.StringParameter_ValueForTypedStringParameterV2(i, jsii.String(i.target.Parameter(name)),
		awsssm.ParameterValueType_STRING, nil)
}

// elements are the first n values of a list parameter. CDK wants as many subnets as zones, which a list of unknown length
// cannot promise.
func (i *Imported) elements(name string, n int) *[]*string {
	values := awsssm.StringListParameter_ValueForTypedListParameter(i, jsii.String(i.target.Parameter(name)),
		awsssm.ParameterValueType_STRING, nil)
	elements := make([]*string, n)
	for k := range elements {
		elements[k] = awscdk.Fn_Select(jsii.Number(float64(k)), values)
	}
	return &elements
}

// acknowledgeRoutes silences CDK's warning that an imported subnet has no route table, for all subnets that i will have: routes are
// the network stack's.
func acknowledgeRoutes(i *Imported) {
	awscdk.Annotations_Of(i).AcknowledgeWarning(jsii.String("@aws-cdk/aws-ec2:noSubnetRouteTableId"),
		jsii.String("routes belong to the network stack"))
}
