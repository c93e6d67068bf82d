package ingress

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/storeship/storeship/constructs/environment"
)

// Defaults of the ingress.
const (
	// DefaultLogDays is how long access logs and the web ACL's logs are kept.
	DefaultLogDays = 365
	// DefaultIdleTimeout is how long a load balancer keeps a connection on which nothing happens.
	DefaultIdleTimeout = 60 * time.Second
	// DefaultRateLimit is how many requests one address may make in five minutes. It stops a flood and no customer: a page
	// of a shop makes some fifty requests, and a company behind one address is many customers.
	DefaultRateLimit = environment.RateLimit
)

// LogBucketProps configures a [LogBucket].
type LogBucketProps struct {
	// ExpireDays is how long access logs are kept, 1 to 3650 days. Default: [DefaultLogDays].
	ExpireDays int
}

// PublicProps configures a [Public].
type PublicProps struct {
	// Vpc that the load balancer stands in. Required.
	Vpc awsec2.IVpc
	// Subnets of the load balancer, at least two, each in a zone of its own, with a way to the internet. Default: the VPC's public
	// subnets. Required where those are none, or not of that kind: the VPC of a network.Imported has them apart, as PublicSubnets.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
	Subnets []awsec2.ISubnet
	// Logs takes the access logs. Required.
	Logs *LogBucket
	// Domain is the public hosted zone in which the load balancer has its names: the domain itself, and "<region>." under
	// it. It must exist and be delegated, or the certificate is never validated. Default: none; the load balancer speaks
	// plain HTTP under its own name.
	Domain *environment.Domain
	// Hosts lists further names of the load balancer, one label under the domain: "admin.shop.example.com". Default: none.
	Hosts []string
	// Dark keeps customers out: the load balancer has its regional name only, and no record of the domain or of Hosts. To
	// change it later adds or deletes those records, and touches nothing else. Needs a domain. Default: customers come.
	Dark bool
	// AllowTestFrom lists the IPv4 blocks from which the test listener can be reached: the store's NAT addresses, because a
	// caller in the VPC comes to an internet-facing load balancer from there. Default: nobody.
	AllowTestFrom []string
	// Blocks lists the paths that the web ACL answers with 403. Default: none.
	Blocks []Block
	// CountOnly lists rules of the AWSManagedRulesCommonRuleSet that count what they match instead of blocking it. A shop
	// that takes uploads or large forms needs "SizeRestrictions_BODY" here, for it blocks bodies over 8 KB. Default: none.
	// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
	CountOnly []string
	// RateLimit is how many requests one address may make in five minutes, 10 to 2000000000; 0 means no limit. Default:
	// [DefaultRateLimit].
	RateLimit *int
	// LogRetentionDays is how long the web ACL's logs are kept, one of the periods that CloudWatch Logs offers. Default:
	// [DefaultLogDays].
	LogRetentionDays int
	// LogKey encrypts the web ACL's logs, whose log group is named "aws-waf-logs-…"; its policy must admit CloudWatch Logs.
	// Default: CloudWatch Logs' own key.
	LogKey awskms.IKey
	// IdleTimeout closes a connection on which nothing happens, 1s to 4000s in whole seconds. Default:
	// [DefaultIdleTimeout].
	IdleTimeout time.Duration
	// Deletable turns deletion protection off. Default: the load balancer is protected.
	Deletable bool
}

// Block is the paths of one public service that nobody may reach from the internet.
type Block struct {
	// Service names the rule and the contract parameter: 1 to 100 lower-case letters, digits and hyphens. Required.
	Service string
	// Host limits the rule to requests to this full name. Default: every name.
	Host string
	// Paths are exact, or have a * at their end, 1 to 200 characters each. They are compared decoded, normalized and in
	// lower case, so that no way of writing them passes. At least one is required.
	Paths []string
}

// InternalProps configures an [Internal].
type InternalProps struct {
	// Vpc that the load balancer stands in. Required.
	Vpc awsec2.IVpc
	// Subnets of the load balancer, at least two, each in a zone of its own. Default: the VPC's private subnets. Required where
	// those are none, or not of that kind.
	Subnets []awsec2.ISubnet
	// Logs takes the access logs. Required.
	Logs *LogBucket
	// WorkloadSecurityGroup is the group of everyone who may call internal services. It gets a rule out to the load
	// balancer. Required.
	WorkloadSecurityGroup awsec2.ISecurityGroup
	// Zone is the private DNS zone in which every name leads to the load balancer: "internal.shop.example.com". It is
	// created, and only this VPC sees it. Required.
	Zone string
	// Domain is the public hosted zone above Zone, in which the certificate is validated: a name that is private only
	// cannot be. Default: none; internal services speak plain HTTP.
	Domain *environment.Domain
	// IdleTimeout closes a connection on which nothing happens, 1s to 4000s in whole seconds. Default:
	// [DefaultIdleTimeout].
	IdleTimeout time.Duration
	// Deletable turns deletion protection off. Default: the load balancer is protected.
	Deletable bool
}

func (p *LogBucketProps) withDefaults() LogBucketProps {
	c := *p
	set(&c.ExpireDays, DefaultLogDays)
	return c
}

func (p *PublicProps) withDefaults() PublicProps {
	c := *p
	if c.Subnets == nil {
		c.Subnets = publicSubnets(c.Vpc)
	}
	if c.RateLimit == nil {
		limit := DefaultRateLimit
		c.RateLimit = &limit
	}
	// Lists whose order means nothing come sorted into the template. AllowTestFrom does not: tokens have no stable order.
	c.Hosts, c.CountOnly, c.Blocks = sorted(c.Hosts), sorted(c.CountOnly), sortedBlocks(c.Blocks)
	set(&c.LogRetentionDays, DefaultLogDays)
	set(&c.IdleTimeout, DefaultIdleTimeout)
	return c
}

func (p *InternalProps) withDefaults() InternalProps {
	c := *p
	if c.Subnets == nil {
		c.Subnets = privateSubnets(c.Vpc)
	}
	set(&c.IdleTimeout, DefaultIdleTimeout)
	return c
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
