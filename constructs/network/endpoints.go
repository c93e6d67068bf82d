package network

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
)

// addEndpoints gives the private subnets their ways to AWS services that do not pass the NAT gateways. The ids derive
// from the services' names, so that one more moves no other.
func (v *Vpc) addEndpoints(services []string) {
	private := &[]*awsec2.SubnetSelection{{SubnetType: awsec2.SubnetType_PRIVATE_WITH_EGRESS}}
	v.Vpc.AddGatewayEndpoint(jsii.String("S3"), &awsec2.GatewayVpcEndpointOptions{
		Service: once.Of("GatewayVpcEndpointAwsService.S3", awsec2.GatewayVpcEndpointAwsService_S3), Subnets: private,
	})
	v.Vpc.AddGatewayEndpoint(jsii.String("DynamoDb"), &awsec2.GatewayVpcEndpointOptions{
		Service: once.Of("GatewayVpcEndpointAwsService.DYNAMODB", awsec2.GatewayVpcEndpointAwsService_DYNAMODB), Subnets: private,
	})
	if len(services) == 0 {
		return
	}
	group := awsec2.NewSecurityGroup(v, jsii.String("Endpoints"), &awsec2.SecurityGroupProps{
		Vpc:              v.Vpc,
		Description:      jsii.String("Interface endpoints: HTTPS from the workload"),
		AllowAllOutbound: jsii.Bool(false),
	})
	group.AddIngressRule(v.WorkloadSecurityGroup, once.Port(443), jsii.String("HTTPS from the workload"), nil)
	for _, service := range services {
		v.Vpc.AddInterfaceEndpoint(jsii.String(service), &awsec2.InterfaceVpcEndpointOptions{
			Service:           interfaceService(service),
			PrivateDnsEnabled: jsii.Bool(true),
			// Without Open: false CDK admits the whole VPC.
			Open:           jsii.Bool(false),
			SecurityGroups: &[]awsec2.ISecurityGroup{group},
			Subnets:        (*private)[0],
		})
	}
}

// interfaceService is an AWS service behind an interface endpoint. Its region is that of the stack that uses it.
func interfaceService(name string) awsec2.InterfaceVpcEndpointAwsService {
	return once.Of("InterfaceVpcEndpointAwsService."+name, func() awsec2.InterfaceVpcEndpointAwsService {
		return awsec2.NewInterfaceVpcEndpointAwsService(&name, nil, nil, nil)
	})
}
