package observe

import (
	"regexp"

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
	// Runtime is how the service runs: a public one of http or http2. environment.Runtime.Asked says what the canary asks. Default: what
	// environment.Runtime.WithDefaults fills in for production.
	Runtime environment.Runtime
	// URL of the listener that customers reach, without a path: "https://us-west-2.shop.example.com". The host may be known only at
	// deployment. Required.
	URL string
	// Host of the requests. Default: the URL's.
	Host string
	// Key encrypts the results. Its policy must leave permissions to IAM, as that of a new key of the CDK does. Required.
	Key awskms.IKey
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
	if full := p.withDefaults().Runtime; len(full.Asked()) == 0 {
		l.Addf("Runtime", "leaves nothing to ask: it must be a public service of http or http2, with a check that only reads, or a health check "+
			"that customers may ask; create no canary")
	}
	return l.Err()
}

func (p *CanaryProps) withDefaults() *CanaryProps {
	c := *p
	c.Runtime = p.Runtime.WithDefaults(environment.Production)
	return &c
}
