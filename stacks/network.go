package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/network"
	"github.com/storeship/storeship/constructs/service"
)

// Network is the stack of what services of a target stand on: VPC, log key and cluster.
type Network struct {
	// Stack is what CloudFormation deploys: one per target.
	Stack awscdk.Stack
	// Key encrypts the target's logs.
	Key *network.LogKey
	// Vpc of the target.
	Vpc *network.Vpc
	// Cluster that all services of the target run in.
	Cluster *service.Cluster
}

// NewNetwork creates the network stack of a target.
func NewNetwork(scope constructs.Construct, t environment.Target) *Network {
	size := t.Environment.Network.WithDefaults(t.Environment.Kind)
	n := &Network{Stack: network.NewStack(scope, "Network", &network.StackProps{
		StackName:   t.NetworkStackName(),
		Description: "Network of " + t.Store.Name + " in " + t.Environment.Name,
		Account:     t.Environment.Account,
		Region:      t.Region,
		Tags:        stackTags(t.Store, t.Environment.Name),
	})}
	n.Key = network.NewLogKey(n.Stack, "Key", &network.LogKeyProps{LogGroups: t.LogGroupPatterns()})
	n.Vpc = network.NewVpc(n.Stack, "Network", &network.VpcProps{
		Cidr:              size.Cidr,
		AvailabilityZones: size.AvailabilityZones,
		NatGateways:       size.NatGateways,
		Endpoints:         size.Endpoints,
		LogKey:            n.Key.Key,
	})
	n.Vpc.Publish(t)
	n.Cluster = service.NewCluster(n.Stack, "Cluster", &service.ClusterProps{
		Name:   t.ClusterName(),
		Vpc:    n.Vpc.Vpc,
		LogKey: n.Key.Key,
	})
	return n
}
