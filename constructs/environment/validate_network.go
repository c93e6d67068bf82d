package environment

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// privateBlocks are where a VPC may lie: a public block would hide the part of the internet that owns it.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
var privateBlocks = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("100.64.0.0/10"),
}

var endpointPattern = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

// commonEndpoints are what stores use; they serve only to find mistyped names, for AWS has hundreds.
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
var commonEndpoints = []string{
	"application-autoscaling", "appconfig", "appconfigdata", "athena", "autoscaling", "cloudformation", "codeartifact.api",
	"codebuild", "codecommit", "codedeploy", "codepipeline", "cognito-idp", "dynamodb", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "ecs",
	"ecs-agent", "ecs-telemetry", "elasticache", "elasticfilesystem", "elasticloadbalancing", "email-smtp", "events",
	"execute-api", "kafka", "kinesis-firehose", "kinesis-streams", "kms", "lambda", "logs", "monitoring", "rds", "rds-data",
	"secretsmanager", "servicediscovery", "sns", "sqs", "ssm", "ssmmessages", "states", "sts", "synthetics", "xray",
}

func (c *checker) network(path string, e *Environment) {
	n := e.Network.WithDefaults(e.Kind)
	if c.between(path+".availabilityZones", n.AvailabilityZones, 2, 3) && (n.NatGateways < 1 || n.NatGateways > n.AvailabilityZones) {
		c.related([]string{path + ".availabilityZones"}, path+".natGateways", "must be 1 to %d, one for each availability zone, got %d",
			n.AvailabilityZones, n.NatGateways)
	}
	c.cidr(path+".cidr", n.Cidr)
	for i, name := range e.Network.Endpoints {
		at := text.Item(path+".endpoints", i)
		switch {
		case name == "s3":
			c.add(at, "s3 needs no interface endpoint: it has its gateway endpoint always, which costs nothing; leave it out")
		case strings.HasPrefix(name, "com.amazonaws."):
			c.add(at, "must be the service's short name, such as ecr.api, got %s", text.Quote(name))
		case !endpointPattern.MatchString(name):
			c.add(at, "must be the short name of an AWS service, such as ecr.api, got %s", text.Quote(name))
		case slices.Contains(e.Network.Endpoints[:i], name):
			c.add(at, "%s stands twice", name)
		case !slices.Contains(commonEndpoints, name):
			if near := text.Nearest(name, commonEndpoints); near != "" {
				c.add(at, "%s is not known to have an endpoint; did you mean %s?", text.Quote(name), near)
			}
		}
	}
}

func (c *checker) cidr(path, cidr string) {
	const example = "such as 10.0.0.0/16"
	block, err := netip.ParsePrefix(cidr)
	switch {
	case err != nil || !block.Addr().Is4():
		c.add(path, "must be an IPv4 address block, %s, got %s", example, text.Quote(cidr))
	case block.Bits() < 16 || block.Bits() > 20:
		c.add(path, "must be /16 to /20, got /%d", block.Bits())
	case block != block.Masked():
		c.add(path, "%s begins within a block; write %s", cidr, block.Masked())
	case !slices.ContainsFunc(privateBlocks, func(p netip.Prefix) bool { return p.Contains(block.Addr()) }):
		c.add(path, "must lie in a private block (%s), got %s", text.List(privateBlocks), cidr)
	}
}
