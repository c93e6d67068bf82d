package observe

import (
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
)

// CanaryProps configures [Canary].
type CanaryProps struct {
	// Name of the canary, 1 to 255 lower-case letters, digits, hyphens and underscores; unique in the account and region. It stands in
	// requests over the internet: no place for a secret. Required.
	// https://docs.aws.amazon.com/AmazonSynthetics/latest/APIReference/API_CreateCanary.html
	Name string
	// RoleName is the name of its role, at most 64 characters, unique in the account. Required.
	RoleName string
	// Runtime is how the service runs: of http or http2. environment.Runtime.Asked says what the canary asks. Default: what
	// environment.Runtime.WithDefaults fills in for production.
	Runtime environment.Runtime
	// URL of the listener that customers, or the callers of an internal service, reach, without a path:
	// "https://us-west-2.shop.example.com". The host may be known only at deployment. Required.
	URL string
	// Inside is where the canary of an internal service stands. Required for one, and for no other service. Default: outside of every
	// VPC.
	Inside *Inside
	// Host of the requests. Default: the URL's.
	Host string
	// Key encrypts the results. Its policy must leave permissions to IAM, as that of a new key of the CDK does. Required.
	Key awskms.IKey
}

// Inside is where a canary stands that no customer could replace: in the private subnets, as the tasks do that call the service.
type Inside struct {
	// Vpc of the service, with a private subnet at least. From its private subnets the canary must reach S3 and CloudWatch, through NAT gateways or endpoints, and the
	// VPC must resolve names. Required.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Synthetics_Canaries_VPC.html
	Vpc awsec2.IVpc
	// SecurityGroup that the internal load balancer admits to its production listeners, and that lets HTTPS out: the workload's. A
	// group of the canary's own could not be deleted as long as Lambda holds network interfaces, some twenty minutes. Required.
	SecurityGroup awsec2.ISecurityGroup
}

var (
	canaryPattern = regexp.MustCompile(`^[0-9a-z_-]{1,255}$`)
	urlPattern    = regexp.MustCompile(`^https?://[^/?#]+$`)
	rolePattern   = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)
)

// Validate reports every problem in p, joined.
func (p *CanaryProps) Validate() error {
	var l problem.List
	for _, f := range []struct {
		field, value, shape string
		pattern             *regexp.Regexp
	}{
		{"Name", p.Name, "1 to 255 lower-case letters, digits, hyphens and underscores", canaryPattern},
		{"RoleName", p.RoleName, "1 to 64 letters, digits and +=,.@_-", rolePattern},
		{"URL", p.URL, "http:// or https:// and a host, without a path", urlPattern},
	} {
		switch {
		case f.value == "":
			l.Addf(f.field, "required")
		case !f.pattern.MatchString(f.value):
			l.Addf(f.field, "must be %s, got %q", f.shape, f.value)
		}
	}
	if p.Key == nil {
		l.Addf("Key", "required")
	}
	l.Add(p.Runtime.Validate("Runtime").Err())
	full := p.withDefaults().Runtime
	if len(full.Asked()) == 0 {
		l.Addf("Runtime", "leaves nothing to ask: it must be a service of http or http2 whose canary is not disabled, with a check that only reads, "+
			"or a health check that its callers may ask; create no canary")
	}
	switch internal := full.Expose != nil && full.Expose.Internal; {
	case internal && p.Inside == nil:
		l.Addf("Inside", "required for an internal service: nobody reaches it from outside the VPC")
	case !internal && p.Inside != nil:
		l.Addf("Inside", "is for internal services, and Runtime.Expose is none; remove it")
	case p.Inside != nil:
		if p.Inside.Vpc == nil {
			l.Addf("Inside.Vpc", "required")
		}
		if p.Inside.SecurityGroup == nil {
			l.Addf("Inside.SecurityGroup", "required")
		}
	}
	return l.Err()
}

// fits checks that there is a subnet to stand in.
func (i *Inside) fits() error {
	var l problem.List
	if i != nil && i.Vpc != nil && len(*i.Vpc.PrivateSubnets()) == 0 {
		l.Addf("Inside.Vpc", "must have private subnets, in which the canary stands, got none")
	}
	return l.Err()
}

func (p *CanaryProps) withDefaults() *CanaryProps {
	c := *p
	c.Runtime = p.Runtime.WithDefaults(environment.Production)
	return &c
}
