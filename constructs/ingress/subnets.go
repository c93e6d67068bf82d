package ingress

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

// minSubnets is the least that a load balancer stands in.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const minSubnets = 2

// validateSubnets checks subnets that are given; nil are the VPC's.
func validateSubnets(l *problem.List, subnets []awsec2.ISubnet) {
	if subnets != nil && len(subnets) < minSubnets {
		l.Addf("Subnets", "must be at least %d, each in a zone of its own, got %d", minSubnets, len(subnets))
	}
	for i, s := range subnets {
		if s == nil {
			l.Addf(text.Item("Subnets", i), "must not be nil")
		}
	}
}

// fits checks the subnets of a load balancer against what the CDK knows of them: given, or else the VPC's of a kind.
func fits(vpc awsec2.IVpc, given []awsec2.ISubnet, kind string, own func(awsec2.IVpc) []awsec2.ISubnet) error {
	var l problem.List
	subnets := given
	if given == nil && vpc != nil {
		subnets = own(vpc)
		if n := len(subnets); n < minSubnets && (n != 1 || !strings.Contains(*subnets[0].SubnetId(), "#{Token[")) { // of a list nobody knows the length
			hint := ""
			if kind == "public" {
				hint = "; a network.Imported has them as PublicSubnets"
			}
			l.Addf("Subnets", "required with a VPC that has fewer than %d %s subnets, got %d%s", minSubnets, kind, n, hint)
		}
	}
	first := map[string]bool{}
	for _, s := range subnets {
		zone := zoneOf(s)
		if zone == "" {
			continue
		}
		if first[zone] {
			l.Addf("Subnets", "must be one in a zone, got several in %s", zone)
			break
		}
		first[zone] = true
	}
	return l.Err()
}

// zoneOf is a subnet's zone; empty where that is not known.
func zoneOf(s awsec2.ISubnet) (zone string) {
	if s == nil {
		return ""
	}
	defer func() { _ = recover() }() // the CDK throws where a subnet is imported without
	if zone = *s.AvailabilityZone(); token(zone) || strings.Contains(zone, "#{Token[") {
		return ""
	}
	return zone
}

func publicSubnets(vpc awsec2.IVpc) []awsec2.ISubnet { return *vpc.PublicSubnets() }

func privateSubnets(vpc awsec2.IVpc) []awsec2.ISubnet { return *vpc.PrivateSubnets() }
