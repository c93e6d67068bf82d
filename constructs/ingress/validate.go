package ingress

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

const (
	// maxBlockedPaths keeps the web ACL cheap and far from its limit; see webACL.
	maxBlockedPaths = 100
	// maxBlockedPath is the longest path to block.
	maxBlockedPath = 200
	// maxRegex is the longest regular expression that a rule can have.
	// https://docs.aws.amazon.com/waf/latest/developerguide/limits.html
	maxRegex = 512
	// maxParameter is the longest value of an SSM parameter of the standard tier.
	// https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
	maxParameter = 4096
	// maxTestBlocks is what ports 80 and 443 leave of the 60 inbound rules that a security group can have.
	// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
	maxTestBlocks = 58
)

var (
	namePattern    = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	zonePattern    = regexp.MustCompile(`^[A-Z0-9]{1,32}$`)
	servicePattern = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,98}[a-z0-9])?$`)
	pathPattern    = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&-]*\*?$`)
)

// Validate reports every problem of the bucket's props.
func (p *LogBucketProps) Validate() error {
	var l problem.List
	if p.ExpireDays < 0 || p.ExpireDays > 3650 {
		l.Addf("ExpireDays", "must be 1 to 3650, got %d", p.ExpireDays)
	}
	return l.Err()
}

// Validate reports every problem of the public load balancer's props.
func (p *PublicProps) Validate() error {
	var l problem.List
	if p.Vpc == nil {
		l.Addf("Vpc", "required")
	}
	validateSubnets(&l, p.Subnets)
	validateCommon(&l, p.Logs, p.Domain, p.IdleTimeout)
	for i, h := range p.Hosts {
		validateHost(&l, text.Item("Hosts", i), h, p.Domain)
		if slices.Contains(p.Hosts[:i], h) {
			l.Addf(text.Item("Hosts", i), "%s is listed twice", h)
		}
	}
	if p.Dark && p.Domain == nil {
		l.Addf("Dark", "needs a domain; without one no name leads customers here")
	}
	if n := len(p.AllowTestFrom); n > maxTestBlocks {
		l.Addf("AllowTestFrom", "must have at most %d blocks, the most that a security group can admit, has %d", maxTestBlocks, n)
	}
	for i, b := range p.AllowTestFrom {
		if block, err := netip.ParsePrefix(b); !token(b) && (err != nil || !block.Addr().Is4()) {
			l.Addf(text.Item("AllowTestFrom", i), `must be an IPv4 block such as "203.0.113.7/32", got %q`, b)
		} else if err == nil && block.Bits() == 0 {
			l.Addf(text.Item("AllowTestFrom", i), "must not be everyone: the test listener shows versions that are not released yet")
		}
	}
	p.validateBlocks(&l)
	for i, r := range p.CountOnly {
		if !slices.Contains(commonRules, r) {
			l.Addf(text.Item("CountOnly", i), "must be a rule of the AWSManagedRulesCommonRuleSet (%s), got %q",
				text.List(commonRules), r)
		}
	}
	// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
	if r := p.RateLimit; r != nil && *r != 0 && (*r < 10 || *r > 2_000_000_000) {
		l.Addf("RateLimit", "must be 0 for no limit, or 10 to 2000000000 requests in five minutes, got %d", *r)
	}
	if d := p.LogRetentionDays; d != 0 && !slices.Contains(environment.LogRetentions, d) {
		l.Addf("LogRetentionDays", "must be one of %s, got %d", text.List(environment.LogRetentions), d)
	}
	return l.Err()
}

func (p *PublicProps) validateBlocks(l *problem.List) {
	total := 0
	for i, b := range p.Blocks {
		path := text.Item("Blocks", i)
		l.Under(path, b.Validate())
		if slices.ContainsFunc(p.Blocks[:i], func(o Block) bool { return o.Service == b.Service }) {
			l.Addf(path+".Service", "%q has a block already; put all its paths into one", b.Service)
		}
		total += len(b.Paths)
	}
	if total > maxBlockedPaths {
		l.Addf("Blocks", "must have at most %d paths altogether, have %d; let one with a * at its end stand for several",
			maxBlockedPaths, total)
	}
}

// Validate reports every problem of the block.
func (b Block) Validate() error {
	var l problem.List
	if !servicePattern.MatchString(b.Service) {
		l.Addf("Service", "must be 1 to 100 lower-case letters, digits and hyphens, got %q", b.Service)
	}
	if b.Host != "" && !namePattern.MatchString(b.Host) {
		l.Addf("Host", `must be a full name such as "admin.shop.example.com", got %q`, b.Host)
	}
	if len(b.Paths) == 0 {
		l.Addf("Paths", "at least one is required")
	}
	for i, p := range b.Paths {
		switch {
		case len(p) > maxBlockedPath || !pathPattern.MatchString(p):
			l.Addf(text.Item("Paths", i), "must begin with a slash and have at most %d letters, digits and %s and one * at its "+
				"end, got %q", maxBlockedPath, `_-.$/~"'@:+&`, p)
		case slices.Contains(b.Paths[:i], p):
			l.Addf(text.Item("Paths", i), "%s is listed twice", p)
		case len(pathRegex(p)) > maxRegex:
			l.Addf(text.Item("Paths", i), "has too many parts for a rule of the web ACL; end %s earlier, with a *", p)
		}
	}
	if n := len(b.Value()); n > maxParameter {
		l.Addf("Paths", "must fit into an SSM parameter of %d characters, joined by commas, have %d", maxParameter, n)
	}
	return l.Err()
}

// Validate reports every problem of the internal load balancer's props.
func (p *InternalProps) Validate() error {
	var l problem.List
	if p.Vpc == nil {
		l.Addf("Vpc", "required")
	}
	validateSubnets(&l, p.Subnets)
	validateCommon(&l, p.Logs, p.Domain, p.IdleTimeout)
	if p.WorkloadSecurityGroup == nil {
		l.Addf("WorkloadSecurityGroup", "required")
	}
	switch {
	case p.Zone == "":
		l.Addf("Zone", "required")
	case len(p.Zone) > 253 || !namePattern.MatchString(p.Zone):
		l.Addf("Zone", `must be a DNS name such as "internal.shop.example.com", got %q`, p.Zone)
	case p.Domain != nil && !strings.HasSuffix(p.Zone, "."+p.Domain.Name):
		l.Addf("Zone", "must be a name under the domain %s, in which its certificate is validated, got %s", p.Domain.Name, p.Zone)
	}
	return l.Err()
}

func validateCommon(l *problem.List, logs *LogBucket, d *environment.Domain, idle time.Duration) {
	if logs == nil {
		l.Addf("Logs", "required")
	}
	if d != nil {
		if len(d.Name) > 253 || !namePattern.MatchString(d.Name) {
			l.Addf("Domain.Name", `must be a DNS name such as "shop.example.com", got %q`, d.Name)
		}
		if !token(d.ZoneID) && !zonePattern.MatchString(d.ZoneID) {
			l.Addf("Domain.ZoneID", `must be the hosted zone's id, such as "Z0123456789ABC", got %q`, d.ZoneID)
		}
	}
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
	if idle != 0 && (idle < time.Second || idle > 4000*time.Second || idle%time.Second != 0) {
		l.Addf("IdleTimeout", "must be 1s to 4000s in whole seconds, got %s", idle)
	}
}

// validateHost accepts what the certificate covers: one label under the domain.
func validateHost(l *problem.List, path, host string, d *environment.Domain) {
	if d == nil {
		l.Addf(path, "needs a domain; without one the load balancer has only its own name")
		return
	}
	label, ok := strings.CutSuffix(host, "."+d.Name)
	if !ok || !namePattern.MatchString(host) || strings.Contains(label, ".") {
		l.Addf(path, `must be one label under the domain, such as "admin.%s", got %q`, d.Name, host)
	}
}

// token says whether s holds a value that is known only when CloudFormation deploys.
func token(s string) bool { return strings.Contains(s, "${Token[") }

func sorted(s []string) []string {
	s = slices.Clone(s)
	slices.Sort(s)
	return s
}
