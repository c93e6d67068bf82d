package rollout

import (
	"time"

	"github.com/storeship/storeship/constructs/environment"
)

// Charge is something that costs money, and how many there are of it.
type Charge struct {
	// What it is, for a person.
	What string
	// Resource is its type in CloudFormation. Empty for what no resource stands for.
	Resource string
	// Unit is what AWS charges by.
	Unit string
	// Count of it.
	Count int
}

// Charges of a target before any service: what its network and ingress cost whether someone comes or not.
func Charges(t environment.Target) []Charge {
	n := t.Environment.Network.WithDefaults(t.Environment.Kind)
	return []Charge{
		{"NAT gateway", "AWS::EC2::NatGateway", "hour, and GB through it", n.NatGateways},
		{"public IPv4 address of a NAT gateway", "AWS::EC2::EIP", "hour", n.NatGateways},
		{"public IPv4 address of the public load balancer, one a zone", "", "hour", n.AvailabilityZones},
		{"interface endpoint", "AWS::EC2::VPCEndpoint", "see the next line", len(n.Endpoints)},
		{"interface endpoint in a zone", "", "hour, and GB through it", len(n.Endpoints) * n.AvailabilityZones},
		{"load balancer", "AWS::ElasticLoadBalancingV2::LoadBalancer", "hour, and capacity unit (LCU) in use", 2},
		{"web ACL", "AWS::WAFv2::WebACL", "month, each of its rules a month, and request", 1},
		{"customer managed key", "AWS::KMS::Key", "month, and request", 1},
		{"private zone", "AWS::Route53::HostedZone", "month", 1},
		{"log group: flow logs, web ACL, Container Insights", "AWS::Logs::LogGroup", "GB written, and GB kept a month", 3},
		{"bucket of access logs", "AWS::S3::Bucket", "GB kept a month, and request", 1},
	}
}

// ServiceCharges of one service in a target.
func ServiceCharges(t environment.Target, s *environment.Service) []Charge {
	r := s.In(t.Environment)
	charges := []Charge{
		{"Fargate task, at least", "", "vCPU hour and GB hour", r.Scale.Min},
		{"Fargate task, at most", "", "vCPU hour and GB hour", r.Scale.Max},
		{"Fargate task while a release goes on, at most", "", "vCPU hour and GB hour", Peak(r)},
		{"alarm of the scaling, two a policy", "", "month", 4},
		{"alarm of the releases", "AWS::CloudWatch::Alarm", "month, each of its metrics", len(r.ArmedAlarms())},
		{"log group", "AWS::Logs::LogGroup", "GB written, and GB kept a month", 1},
	}
	for _, p := range r.Scale.Peaks {
		charges = append(charges, Charge{"Fargate task in peak " + p.Name + ", at least", "", "vCPU hour and GB hour", p.Min})
	}
	return append(charges, CanaryCharges(r)...)
}

// CanaryCharges of a service that runs as r, which has its defaults; none where no canary asks it.
func CanaryCharges(r environment.Runtime) []Charge {
	if len(r.Asked()) == 0 {
		return nil
	}
	return []Charge{
		{"canary", "AWS::Synthetics::Canary", "see the next line", 1},
		{"run of the canary in 30 days", "", "run, second of its function, and GB that it logs", int(30 * 24 * time.Hour / r.Synthetics.Interval)},
		{"bucket of the canary's results", "AWS::S3::Bucket", "GB kept a month, and request to it and to the key", 1},
	}
}

// ToolsCharges of the tools account, in all regions of the store together.
func ToolsCharges(plan *environment.Plan) []Charge {
	regions, services := len(plan.Store.Regions()), len(plan.Services)
	charges := []Charge{
		{"customer managed key: artifacts and images of a region", "AWS::KMS::Key", "month, and request", 2 * regions},
		{"bucket: artifacts and their access logs", "AWS::S3::Bucket", "GB kept a month, and request", 2 * regions},
		{"image repository, one per service and region", "AWS::ECR::Repository", "GB kept a month, and GB copied to another region", services * regions},
		{"pipeline", "AWS::CodePipeline::Pipeline", "minute of an action, but for approvals", 1 + services},
		{"log group of builds", "AWS::Logs::LogGroup", "GB written, and GB kept a month", 1 + services},
	}
	if plan.HasSourceBucket() {
		charges = append(charges, Charge{"bucket: uploaded code and its access logs", "AWS::S3::Bucket", "GB kept a month, and request", 2})
	}
	if n := len(plan.ChangeFilters()); n > 0 {
		charges = append(charges,
			Charge{"change filter of a branch of CodeCommit", "AWS::CodeBuild::Project", "minute of a small host, about one a push", n},
			Charge{"log group of change filters", "AWS::Logs::LogGroup", "GB written, and GB kept a month", 1})
	}
	return charges
}

// Peak is how many tasks of a service can run at once: while a release goes on, the old and the new at the maximum of the
// largest peak.
func Peak(r environment.Runtime) int {
	if r.Release.Engine.Shifts() {
		return 2 * r.Scale.Most()
	}
	return (r.Scale.Most()*r.Release.MaxHealthyPercent + 99) / 100
}
