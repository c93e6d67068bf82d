package network_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

func ExampleNewStack() {
	app := awscdk.NewApp(nil)
	stack := network.NewStack(app, "Network", &network.StackProps{Account: "222222222222", Region: "us-west-2"})
	zone := (*stack.AvailabilityZones())[0]
	fmt.Println(templatetest.Text(stack.Resolve(zone)))
	// Output: {"Fn::Select":[0,{"Fn::GetAZs":""}]}
}

func ExampleNewVpc() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Network"), nil)
	vpc := network.NewVpc(stack, "Network", &network.VpcProps{
		AvailabilityZones: 2,
		NatGateways:       1,
		Endpoints:         []string{"ecr.api", "ecr.dkr", "logs"},
	})
	fmt.Println(len(*vpc.Vpc.PublicSubnets()), "public subnets,", len(*vpc.Vpc.PrivateSubnets()), "private subnets")
	fmt.Println(len(vpc.NatAddresses), "address to the internet")
	// Output:
	// 2 public subnets, 2 private subnets
	// 1 address to the internet
}

func ExampleNewLogKey() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Network"), nil)
	key := network.NewLogKey(stack, "LogKey", &network.LogKeyProps{LogGroups: []string{"/shop/beta/*"}})
	vpc := network.NewVpc(stack, "Network", &network.VpcProps{LogKey: key.Key})
	fmt.Println(vpc.LogKey == key.Key)
	// Output: true
}

func ExampleFromParameters() {
	target := environment.Target{
		Store:       &environment.Store{Name: "shop"},
		Environment: &environment.Environment{Name: "beta", Kind: environment.Test, Account: "222222222222"},
		Region:      "us-west-2",
	}
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Ingress"), nil)
	found := network.FromParameters(stack, "Network", target)
	fmt.Println(len(*found.Vpc.PrivateSubnets()), "private subnets,", len(found.NatAddresses()), "NAT address")
	// Output: 2 private subnets, 1 NAT address
}
