package stacks

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/network"
)

// Ingress is the stack of a target's load balancers, names and web ACL. It reads the network from the platform contract
// and must be deployed after it.
type Ingress struct {
	// Stack is what CloudFormation deploys: one per target.
	Stack awscdk.Stack
	// Logs takes the access logs of both load balancers.
	Logs *ingress.LogBucket
	// Public leads to services with a path.
	Public *ingress.Public
	// Internal leads from services to internal services.
	Internal *ingress.Internal
}

// NewIngress creates the ingress stack of a target.
func NewIngress(scope constructs.Construct, plan *environment.Plan, t environment.Target) *Ingress {
	e := t.Environment
	i := &Ingress{Stack: targetStack(scope, t, "Ingress", t.IngressStackName(), "Ingress of "+t.Store.Name+" in "+e.Name)}
	platform := network.FromParameters(i.Stack, "Network", t)
	hosts, blocks := public(plan, t)
	i.Logs = ingress.NewLogBucket(i.Stack, "Logs", nil)
	i.Public = ingress.NewPublic(i.Stack, "Public", &ingress.PublicProps{
		Vpc:           platform.Vpc,
		Subnets:       platform.PublicSubnets(),
		Logs:          i.Logs,
		Domain:        e.Domain,
		Hosts:         hosts,
		Dark:          t.Dark(),
		AllowTestFrom: platform.NatAddresses(),
		Blocks:        blocks,
		LogKey:        platform.LogKey(),
	})
	i.Public.Publish(t)
	i.Internal = ingress.NewInternal(i.Stack, "Internal", &ingress.InternalProps{
		Vpc:                   platform.Vpc,
		Logs:                  i.Logs,
		WorkloadSecurityGroup: platform.WorkloadSecurityGroup,
		Zone:                  t.InternalDomain(),
		Domain:                e.Domain,
	})
	i.Internal.Publish(t)
	return i
}

// public lists the hosts and the blocked paths of the target's public services.
func public(plan *environment.Plan, t environment.Target) (hosts []string, blocks []ingress.Block) {
	seen := map[string]bool{}
	for _, s := range plan.Services {
		x := s.In(t.Environment).Expose
		if x == nil || x.Internal {
			continue
		}
		if host := t.PublicHost(x); host != "" && !seen[host] {
			seen[host] = true
			hosts = append(hosts, host)
		}
		if b, ok := block(t, s.Name, x); ok {
			blocks = append(blocks, b)
		}
	}
	return hosts, blocks
}

// block is what the web ACL blocks for a public service.
func block(t environment.Target, service string, x *environment.Expose) (ingress.Block, bool) {
	return ingress.Block{Service: service, Host: t.PublicHost(x), Paths: x.Block}, len(x.Block) > 0
}
