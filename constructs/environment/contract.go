package environment

// The platform contract: the SSM parameters of a target that the platform's stacks write and the services' stacks read.
// Stacks of different pipelines share nothing else. A value is written once and never changes, because CloudFormation
// reads it anew at every update and what it feeds is frozen once CodeDeploy controls the service: a new value gets a
// new name, which is what the version in the name is for.
const (
	// VpcID is the id of the target's VPC.
	VpcID = "network/v1/vpc-id"
	// VpcCidr is the VPC's address block.
	VpcCidr = "network/v1/vpc-cidr"
	// PublicSubnetIDs lists the subnets of the public load balancer.
	PublicSubnetIDs = "network/v1/public-subnet-ids"
	// PrivateSubnetIDs lists the subnets of tasks and of the internal load balancer.
	PrivateSubnetIDs = "network/v1/private-subnet-ids"
	// NatAddresses lists the public addresses of the NAT gateways, as /32 blocks.
	NatAddresses = "network/v1/nat-addresses"
	// KeyARN is the key of the target's logs.
	KeyARN = "network/v1/key-arn"
	// WorkloadSecurityGroupID is the security group that every task has: who has it may call internal services.
	WorkloadSecurityGroupID = "network/v1/workload-security-group-id"

	// PublicListenerARN is the public load balancer's production listener.
	PublicListenerARN = "ingress/v1/public/listener-arn"
	// PublicTestListenerARN is the public load balancer's closed test listener.
	PublicTestListenerARN = "ingress/v1/public/test-listener-arn"
	// PublicSecurityGroupID is the security group of the public load balancer.
	PublicSecurityGroupID = "ingress/v1/public/security-group-id"
	// PublicDNSName is the public load balancer's own DNS name.
	PublicDNSName = "ingress/v1/public/dns-name"
	// InternalLoadBalancerARN is the internal load balancer.
	InternalLoadBalancerARN = "ingress/v1/internal/load-balancer-arn"
	// InternalSecurityGroupID is the security group of the internal load balancer.
	InternalSecurityGroupID = "ingress/v1/internal/security-group-id"
	// InternalCertificateARN is the certificate of the internal names; not written without a domain.
	InternalCertificateARN = "ingress/v1/internal/certificate-arn"
)

// ArtifactKeyARN is the parameter of the tools account with the ARN of the artifact key of its region.
const ArtifactKeyARN = "artifacts/v1/key-arn"

// DispatchedFingerprint is the parameter of the tools account with the fingerprint of what a service's pipeline deployed
// when the platform's pipeline started it last. That pipeline's dispatch step writes it; no stack does.
func DispatchedFingerprint(service string) string { return "dispatch/v1/" + service }

// AcceptedReview is the parameter of the tools account with the id of a change that the review of a service's pipeline, or of
// the platform's, stops and a person lets pass. Only people write it.
func AcceptedReview(service string) string { return "review/v1/" + service }

// StopSwitch is the parameter of the tools account that closes an environment for releases: while it has a value other than
// "open", with or without words after it, no pipeline deploys there. Only people write it.
func StopSwitch(environment string) string { return "stop/v1/" + environment }

// BreakGlass is the parameter of the tools account with the execution of a service's pipeline, or of the platform's, that a person
// lets into a closed environment, and with who and why. Only people write it.
func BreakGlass(service string) string { return "break-glass/v1/" + service }

// BlockedPaths is the parameter with the paths of a public service that the web ACL blocks, separated by commas.
func BlockedPaths(service string) string { return "ingress/v1/blocked-paths/" + service }

// Parameter is the full name of a parameter of the target's platform contract.
func (t Target) Parameter(name string) string {
	return "/" + t.Store.Name + "/platform/" + t.Environment.Name + "/" + name
}

// ServiceContract lists what the stack of a service that runs as r reads of the target's contract, in a stable order. Keys
// are names without the target's prefix, as the constants have them.
func (t Target) ServiceContract(r Runtime) []string {
	names := []string{VpcID, PrivateSubnetIDs, KeyARN, WorkloadSecurityGroupID}
	switch {
	case r.Expose == nil:
	case r.Expose.Internal:
		names = append(names, InternalLoadBalancerARN, InternalSecurityGroupID)
		if t.Environment.Domain != nil {
			names = append(names, InternalCertificateARN)
		}
	default:
		names = append(names, PublicListenerARN, PublicSecurityGroupID)
		if r.Release.Engine.Shifts() {
			names = append(names, PublicTestListenerARN)
		}
		if t.Environment.Domain == nil && (r.Gated() || len(r.Asked()) > 0 || len(r.Tests.List()) > 0) {
			names = append(names, PublicDNSName)
		}
	}
	return names
}
