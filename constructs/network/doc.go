// Package network gives a target its network: a VPC whose zones need no look-up, the ways out of it, its flow logs, and
// the parameters under which other stacks find it.
//
//	stack := network.NewStack(app, "Network", &network.StackProps{Account: "222222222222", Region: "us-west-2"})
//	vpc := network.NewVpc(stack, "Network", &network.VpcProps{NatGateways: 1})
//	vpc.Publish(target)
//
// A stack of another pipeline reads the same network back:
//
//	found := network.FromParameters(stack, "Network", target)
//
// Every stack of the system is a [Stack], because a plain CDK stack asks the account for its zones as soon as anything
// in it needs them, and takes "dummy1a" for an answer where it may not ask.
package network
