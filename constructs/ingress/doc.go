// Package ingress lets callers into a target: a public load balancer behind a web ACL for its customers, an internal one
// for its services, their certificates and names, and the parameters under which service stacks find them.
//
//	logs := ingress.NewLogBucket(stack, "Logs", nil)
//	public := ingress.NewPublic(stack, "Public", &ingress.PublicProps{Vpc: vpc, Logs: logs, Domain: domain})
//	internal := ingress.NewInternal(stack, "Internal", &ingress.InternalProps{
//		Vpc: vpc, Logs: logs, WorkloadSecurityGroup: workload, Zone: "internal.shop.example.com", Domain: domain,
//	})
//	public.Publish(target)
//	internal.Publish(target)
//
// Services add what is theirs in stacks of their own: rules on the public listeners, listeners on the internal balancer,
// and the ways from a balancer's security group to their tasks. See [PublicFromParameters] and [InternalFromParameters].
//
// A load balancer that is protected against deletion also resists the rollback of a first deployment. So it is created
// after everything that is likely to fail, above all its certificate. When the first deployment fails nevertheless, for
// example because the domain has an address record already: turn the protection off in the console or by
// "aws elbv2 modify-load-balancer-attributes", delete the stack, and deploy again.
package ingress
