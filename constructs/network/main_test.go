package network_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

// target is beta in us-west-2, as large as a production environment.
func target() environment.Target {
	return environment.Target{
		Store:       &environment.Store{Name: "shop"},
		Environment: &environment.Environment{Name: "beta", Kind: environment.Preproduction, Account: "222222222222"},
		Region:      "us-west-2",
	}
}

func newStack() *network.Stack {
	return network.NewStack(awscdk.NewApp(nil), "Stack", &network.StackProps{Account: "222222222222", Region: "us-west-2"})
}

// newVpc is the template of a stack with a VPC of the default props, changed by change.
func newVpc(change func(*network.VpcProps)) templatetest.Template {
	p := &network.VpcProps{}
	if change != nil {
		change(p)
	}
	stack := newStack()
	network.NewVpc(stack, "Network", p)
	return templatetest.Synth(stack)
}
