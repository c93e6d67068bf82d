package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsssm"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// Publish writes the network's part of the platform contract to SSM parameters, which [FromParameters] reads. They cost
// nothing.
//
// Their names are fixed, and so they go with the stack: a retained parameter would keep the stack from being created
// again. What keeps them as long as services read them is the stack's termination protection.
func (v *Vpc) Publish(target environment.Target) {
	node.MustBe("network.Vpc", v, target.Validate())
	v.text("VpcId", target.Parameter(environment.VpcID), v.Vpc.VpcId())
	v.text("VpcCidr", target.Parameter(environment.VpcCidr), v.Vpc.VpcCidrBlock())
	v.text("WorkloadSecurityGroupId", target.Parameter(environment.WorkloadSecurityGroupID),
		v.WorkloadSecurityGroup.SecurityGroupId())
	v.list("PublicSubnetIds", target.Parameter(environment.PublicSubnetIDs), subnetIDs(v.Vpc.PublicSubnets()))
	v.list("PrivateSubnetIds", target.Parameter(environment.PrivateSubnetIDs), subnetIDs(v.Vpc.PrivateSubnets()))
	v.list("NatAddresses", target.Parameter(environment.NatAddresses), jsii.Strings(v.NatAddresses...))
	if v.LogKey != nil {
		v.text("KeyArn", target.Parameter(environment.KeyARN), v.LogKey.KeyArn())
	}
}

func (v *Vpc) text(id, name string, value *string) {
	awsssm.NewStringParameter(v, jsii.String(id+"Parameter"), &awsssm.StringParameterProps{
		ParameterName: &name, StringValue: value,
	})
}

func (v *Vpc) list(id, name string, values *[]*string) {
	awsssm.NewStringListParameter(v, jsii.String(id+"Parameter"), &awsssm.StringListParameterProps{
		ParameterName: &name, StringListValue: values,
	})
}

func subnetIDs(subnets *[]awsec2.ISubnet) *[]*string {
	ids := make([]*string, len(*subnets))
	for i, s := range *subnets {
		ids[i] = s.SubnetId()
	}
	return &ids
}
