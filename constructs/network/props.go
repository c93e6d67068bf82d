package network

import (
	"net/netip"
	"regexp"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

// MaxZones is the most availability zones that a VPC can have. Its addresses are laid out for all of them from the first
// day, so that a third zone moves no subnet.
const MaxZones = 3

// DefaultFlowLogRetentionDays is how long flow logs are kept.
const DefaultFlowLogRetentionDays = 365

// StackProps configures a [Stack].
type StackProps struct {
	// StackName in CloudFormation: 1 to 128 letters, digits and hyphens, a letter first. Default: derived from the id.
	StackName string
	// Account is the 12-digit account id. Default: the account of the stage around the stack, or of the credentials that
	// deploy it.
	Account string
	// Region that the stack is deployed to. Default: as Account.
	Region string
	// Description in CloudFormation, at most 1024 bytes. Default: none.
	Description string
	// Tags of the stack, which CloudFormation hands on to its resources. Default: none.
	Tags map[string]string
	// AvailabilityZones is how many zones of the region constructs of the stack see, 2 or 3. A region that has fewer fails
	// the deployment of what uses them. Default: [MaxZones].
	AvailabilityZones int
	// TerminationProtection refuses to delete the stack until a person turns it off. Default: off.
	TerminationProtection bool
}

// VpcProps configures a [Vpc].
type VpcProps struct {
	// Cidr is the address block, private (RFC 1918), /16 to /20. It stays for the life of the VPC. Default:
	// [environment.DefaultCidr].
	Cidr string
	// AvailabilityZones is the number of zones, 2 or 3. A region that has fewer fails the deployment. Default: [MaxZones].
	AvailabilityZones int
	// NatGateways is the number of NAT gateways, 1 to AvailabilityZones. Where there are fewer than zones, the other zones
	// go out through them, and lose their way out with the gateway's zone. Default: one a zone.
	NatGateways int
	// Endpoints lists the AWS services that the workload reaches through an interface endpoint in every zone instead of
	// the NAT gateways, such as "ecr.api" or "logs". S3 and DynamoDB have their gateway endpoints always, because those
	// cost nothing. Only who has the workload security group reaches an endpoint, and the service's usual name resolves
	// to it in the whole VPC. Default: none.
	// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
	Endpoints []string
	// FlowLogRetentionDays is how long flow logs are kept, one of the periods that CloudWatch Logs offers. Default:
	// [DefaultFlowLogRetentionDays].
	FlowLogRetentionDays int
	// LogKey encrypts the flow logs; its policy must admit CloudWatch Logs, as that of a [LogKey] does. Default: CloudWatch
	// Logs' own key.
	LogKey awskms.IKey
}

// LogKeyProps configures a [LogKey].
type LogKeyProps struct {
	// LogGroups lists the names of the log groups that CloudWatch Logs may use the key for, with "*" for any characters:
	// "/retail-store/beta/*". Default: every log group of the account and region.
	LogGroups []string
}

var (
	accountPattern  = regexp.MustCompile(`^[0-9]{12}$`)
	regionPattern   = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	stackPattern    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,127}$`)
	groupPattern    = regexp.MustCompile(`^[A-Za-z0-9._/#*-]{1,512}$`)
	endpointPattern = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)
)

// Validate reports every problem of the stack's props.
func (p *StackProps) Validate() error {
	var l problem.List
	if p.StackName != "" && !token(p.StackName) && !stackPattern.MatchString(p.StackName) {
		l.Addf("StackName", "must be 1 to 128 letters, digits and hyphens, a letter first, got %q", p.StackName)
	}
	if p.Account != "" && !token(p.Account) && !accountPattern.MatchString(p.Account) {
		l.Addf("Account", "must be 12 digits, got %q", p.Account)
	}
	if p.Region != "" && !token(p.Region) && !regionPattern.MatchString(p.Region) {
		l.Addf("Region", `must be a region's name such as "us-west-2", got %q`, p.Region)
	}
	if n := len(p.Description); n > 1024 {
		l.Addf("Description", "must have at most 1024 bytes, has %d", n)
	}
	validateZones(&l, p.AvailabilityZones)
	return l.Err()
}

func (p *StackProps) withDefaults() StackProps {
	c := *p
	if c.AvailabilityZones == 0 {
		c.AvailabilityZones = MaxZones
	}
	return c
}

// env is nil where neither account nor region is given, so that CDK takes those of the stage.
func (p *StackProps) env() *awscdk.Environment {
	if p.Account == "" && p.Region == "" {
		return nil
	}
	return &awscdk.Environment{Account: optional(p.Account), Region: optional(p.Region)}
}

func (p *StackProps) tags() *map[string]*string {
	if len(p.Tags) == 0 {
		return nil
	}
	tags := map[string]*string{}
	for k, v := range p.Tags {
		tags[k] = jsii.String(v)
	}
	return &tags
}

// Validate reports every problem of the VPC's props.
func (p *VpcProps) Validate() error {
	var l problem.List
	if p.Cidr != "" {
		validateCidr(&l, p.Cidr)
	}
	validateZones(&l, p.AvailabilityZones)
	zones := p.withDefaults().AvailabilityZones
	if p.NatGateways < 0 || p.NatGateways > zones {
		l.Addf("NatGateways", "must be 1 to the number of zones (%d), got %d", zones, p.NatGateways)
	}
	seen := map[string]bool{}
	for i, e := range p.Endpoints {
		switch {
		case !endpointPattern.MatchString(e):
			l.Addf(text.Item("Endpoints", i), `must be a service's name such as "ecr.api", got %q`, e)
		case e == "s3" || e == "dynamodb":
			l.Addf(text.Item("Endpoints", i), "%s has a gateway endpoint already, which costs nothing; leave it out", e)
		case seen[e]:
			l.Addf(text.Item("Endpoints", i), "%s is listed twice", e)
		}
		seen[e] = true
	}
	if d := p.FlowLogRetentionDays; d != 0 && !slices.Contains(environment.LogRetentions, d) {
		l.Addf("FlowLogRetentionDays", "must be one of %s, got %d", text.List(environment.LogRetentions), d)
	}
	return l.Err()
}

func (p *VpcProps) withDefaults() VpcProps {
	c := *p
	if c.Cidr == "" {
		c.Cidr = environment.DefaultCidr
	}
	if c.AvailabilityZones == 0 {
		c.AvailabilityZones = MaxZones
	}
	if c.NatGateways == 0 {
		c.NatGateways = c.AvailabilityZones
	}
	if c.FlowLogRetentionDays == 0 {
		c.FlowLogRetentionDays = DefaultFlowLogRetentionDays
	}
	// The order of the list is nobody's concern: the template has them sorted.
	c.Endpoints = slices.Clone(c.Endpoints)
	slices.Sort(c.Endpoints)
	return c
}

// Validate reports every problem of the key's props.
func (p *LogKeyProps) Validate() error {
	var l problem.List
	for i, g := range p.LogGroups {
		if !token(g) && !groupPattern.MatchString(g) {
			l.Addf(text.Item("LogGroups", i), "must be 1 to 512 letters, digits and ._/#-, and * for any characters, got %q", g)
		}
	}
	return l.Err()
}

func (p *LogKeyProps) withDefaults() LogKeyProps {
	if len(p.LogGroups) == 0 {
		return LogKeyProps{LogGroups: []string{"*"}}
	}
	return *p
}

func validateZones(l *problem.List, n int) {
	if n != 0 && (n < 2 || n > MaxZones) {
		l.Addf("AvailabilityZones", "must be 2 or 3, got %d", n)
	}
}

// privateBlocks are the addresses of RFC 1918. Others can be a VPC's too, but not without surprises.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
var privateBlocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("172.16.0.0/12"), netip.MustParsePrefix("192.168.0.0/16"),
}

func validateCidr(l *problem.List, s string) {
	block, err := netip.ParsePrefix(s)
	switch {
	case err != nil || !block.Addr().Is4():
		l.Addf("Cidr", `must be an IPv4 block such as "10.0.0.0/16", got %q`, s)
	case block != block.Masked():
		l.Addf("Cidr", "has bits outside its mask, write %s instead of %s", block.Masked(), s)
	case block.Bits() < 16 || block.Bits() > 20:
		l.Addf("Cidr", "must be /16 to /20, got /%d", block.Bits())
	case !slices.ContainsFunc(privateBlocks, func(b netip.Prefix) bool { return b.Contains(block.Addr()) }):
		l.Addf("Cidr", "must be within 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16, got %s", s)
	}
}
