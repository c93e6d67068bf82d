package ingress_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

var domain = &environment.Domain{Name: "beta.shop.example.com", ZoneID: "Z0123456789ABC"}

func target(d *environment.Domain) environment.Target {
	return environment.Target{
		Store:       &environment.Store{Name: "shop"},
		Environment: &environment.Environment{Name: "beta", Kind: environment.Test, Account: "222222222222", Domain: d},
		Region:      "us-west-2",
	}
}

func newStack() *network.Stack {
	return network.NewStack(awscdk.NewApp(nil), "Stack", &network.StackProps{
		StackName: "shop-beta-ingress", Account: "222222222222", Region: "us-west-2",
	})
}

// newPublic is the template of a stack with a public load balancer that has a domain, changed by change, and published.
func newPublic(change func(*ingress.PublicProps)) templatetest.Template {
	stack := newStack()
	found := network.FromParameters(stack, "Network", target(domain))
	p := &ingress.PublicProps{
		Vpc: found.Vpc, Subnets: found.PublicSubnets(), Logs: ingress.NewLogBucket(stack, "Logs", nil), Domain: domain,
	}
	if change != nil {
		change(p)
	}
	ingress.NewPublic(stack, "Public", p).Publish(target(p.Domain))
	return templatetest.Synth(stack)
}

// newInternal is the same for an internal load balancer.
func newInternal(change func(*ingress.InternalProps)) templatetest.Template {
	stack := newStack()
	found := network.FromParameters(stack, "Network", target(domain))
	p := &ingress.InternalProps{
		Vpc: found.Vpc, Logs: ingress.NewLogBucket(stack, "Logs", nil), WorkloadSecurityGroup: found.WorkloadSecurityGroup,
		Zone: "internal.beta.shop.example.com", Domain: domain,
	}
	if change != nil {
		change(p)
	}
	ingress.NewInternal(stack, "Internal", p).Publish(target(p.Domain))
	return templatetest.Synth(stack)
}

// dependsOn says whether r is created after some resource of the type.
func dependsOn(t templatetest.Template, r templatetest.Resource, typ string) bool {
	return slices.ContainsFunc(r.DependsOn, func(id string) bool { return t.Resources[id].Type == typ })
}

// parameters are the names and values of the contract's parameters.
func parameters(t templatetest.Template) map[string]string {
	values := map[string]string{}
	for _, id := range t.IDs("AWS::SSM::Parameter") {
		p := t.Resources[id].Properties
		values[p["Name"].(string)] = templatetest.Text(p["Value"])
	}
	return values
}
