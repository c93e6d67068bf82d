package ingress

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"

	"github.com/storeship/storeship/constructs/environment"
)

type validator interface{ Validate() error }

// Stand-ins: validation only looks whether they are there.
type (
	anyVpc   struct{ awsec2.IVpc }
	anyGroup struct{ awsec2.ISecurityGroup }
)

func shop() *environment.Domain {
	return &environment.Domain{Name: "shop.example.com", ZoneID: "Z0123456789ABC"}
}

func limit(n int) *int { return &n }

// Catches a check that was dropped, and one that stops at the first problem: each case lists every line it must give.
func TestValidate(t *testing.T) {
	vpc, group, logs := anyVpc{}, anyGroup{}, &LogBucket{}
	for name, c := range map[string]struct {
		props validator
		want  []string
	}{
		"empty bucket":   {&LogBucketProps{}, nil},
		"bad bucket":     {&LogBucketProps{ExpireDays: -1}, []string{"ExpireDays: must be 1 to 3650, got -1"}},
		"least public":   {&PublicProps{Vpc: vpc, Logs: logs}, nil},
		"empty public":   {&PublicProps{}, []string{"Vpc: required", "Logs: required"}},
		"empty internal": {&InternalProps{}, []string{"Vpc: required", "Logs: required", "WorkloadSecurityGroup: required", "Zone: required"}},
		"whole public": {&PublicProps{
			Vpc: vpc, Logs: logs, Domain: shop(), Hosts: []string{"admin.shop.example.com"},
			AllowTestFrom: []string{"203.0.113.7/32", "${Token[TOKEN.7]}"},
			Blocks:        []Block{{Service: "ui", Paths: []string{"/utility/*", "/actuator/metrics"}}},
			CountOnly:     []string{"SizeRestrictions_BODY"}, RateLimit: limit(0), LogRetentionDays: 30, IdleTimeout: 2 * time.Minute,
		}, nil},
		"bad public": {&PublicProps{
			Vpc: vpc, Logs: logs, Domain: &environment.Domain{Name: "Shop", ZoneID: "zone"},
			AllowTestFrom: []string{"0.0.0.0/0", "here", "fd00::/8"}, CountOnly: []string{"Size"}, RateLimit: limit(9),
			LogRetentionDays: 31, IdleTimeout: 1500 * time.Millisecond,
		}, []string{
			`Domain.Name: must be a DNS name such as "shop.example.com", got "Shop"`,
			`Domain.ZoneID: must be the hosted zone's id, such as "Z0123456789ABC", got "zone"`,
			"IdleTimeout: must be 1s to 4000s in whole seconds, got 1.5s",
			"AllowTestFrom[0]: must not be everyone: the test listener shows versions that are not released yet",
			`AllowTestFrom[1]: must be an IPv4 block such as "203.0.113.7/32", got "here"`,
			`AllowTestFrom[2]: must be an IPv4 block such as "203.0.113.7/32", got "fd00::/8"`,
			"CountOnly[0]: must be a rule of the AWSManagedRulesCommonRuleSet (" + strings.Join(commonRules, ", ") + `), got "Size"`,
			"RateLimit: must be 0 for no limit, or 10 to 2000000000 requests in five minutes, got 9",
			"LogRetentionDays: must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, " +
				"2557, 2922, 3288, 3653, got 31",
		}},
		"no subnets":  {&PublicProps{Vpc: vpc, Logs: logs, Subnets: []awsec2.ISubnet{}}, []string{"Subnets: must be at least 2, each in a zone of its own, got 0"}},
		"nil subnets": {&PublicProps{Vpc: vpc, Logs: logs, Subnets: make([]awsec2.ISubnet, 2)}, []string{"Subnets[0]: must not be nil", "Subnets[1]: must not be nil"}},
		"one subnet": {&InternalProps{Vpc: vpc, Logs: logs, WorkloadSecurityGroup: group, Zone: "internal.shop.example.com", Subnets: []awsec2.ISubnet{struct{ awsec2.ISubnet }{}}},
			[]string{"Subnets: must be at least 2, each in a zone of its own, got 1"}},
		"bad hosts": {&PublicProps{
			Vpc: vpc, Logs: logs, Domain: shop(),
			Hosts: []string{"admin", "a.b.shop.example.com", "x.shop.example.com", "x.shop.example.com"},
		}, []string{
			`Hosts[0]: must be one label under the domain, such as "admin.shop.example.com", got "admin"`,
			`Hosts[1]: must be one label under the domain, such as "admin.shop.example.com", got "a.b.shop.example.com"`,
			"Hosts[3]: x.shop.example.com is listed twice",
		}},
		"hosts without a domain": {&PublicProps{Vpc: vpc, Logs: logs, Hosts: []string{"admin.shop.example.com"}}, []string{
			"Hosts[0]: needs a domain; without one the load balancer has only its own name"}},
		"dark without a domain": {&PublicProps{Vpc: vpc, Logs: logs, Dark: true}, []string{
			"Dark: needs a domain; without one no name leads customers here"}},
		"too many test blocks": {&PublicProps{Vpc: vpc, Logs: logs, AllowTestFrom: slices.Repeat([]string{"203.0.113.7/32"}, 59)}, []string{
			"AllowTestFrom: must have at most 58 blocks, the most that a security group can admit, has 59"}},
		"bad blocks": {&PublicProps{Vpc: vpc, Logs: logs, Blocks: []Block{
			{Service: "UI", Host: "admin", Paths: []string{"utility", "/a*b", "/a,b", "/x", "/x"}},
			{Service: "UI", Paths: []string{"/" + strings.Repeat("a", 200), strings.Repeat("/a", 60)}},
			{Service: "no-paths"},
		}}, []string{
			`Blocks[0].Service: must be 1 to 100 lower-case letters, digits and hyphens, got "UI"`,
			`Blocks[0].Host: must be a full name such as "admin.shop.example.com", got "admin"`,
			badPath("0", "0", "utility"), badPath("0", "1", "/a*b"), badPath("0", "2", "/a,b"),
			"Blocks[0].Paths[4]: /x is listed twice",
			`Blocks[1].Service: must be 1 to 100 lower-case letters, digits and hyphens, got "UI"`,
			badPath("1", "0", "/"+strings.Repeat("a", 200)),
			"Blocks[1].Paths[1]: has too many parts for a rule of the web ACL; end " + strings.Repeat("/a", 60) + " earlier, with a *",
			`Blocks[1].Service: "UI" has a block already; put all its paths into one`,
			"Blocks[2].Paths: at least one is required",
		}},
		"whole internal": {&InternalProps{
			Vpc: vpc, Logs: logs, WorkloadSecurityGroup: group, Zone: "internal.shop.example.com", Domain: shop(),
		}, nil},
		"bad internal": {&InternalProps{Vpc: vpc, Logs: logs, WorkloadSecurityGroup: group, Zone: "-", IdleTimeout: time.Hour * 2}, []string{
			"IdleTimeout: must be 1s to 4000s in whole seconds, got 2h0m0s",
			`Zone: must be a DNS name such as "internal.shop.example.com", got "-"`,
		}},
		"zone elsewhere": {&InternalProps{Vpc: vpc, Logs: logs, WorkloadSecurityGroup: group, Zone: "beta.shop.internal", Domain: shop()}, []string{
			"Zone: must be a name under the domain shop.example.com, in which its certificate is validated, got beta.shop.internal"}},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			if err := c.props.Validate(); err != nil {
				got = strings.Split(err.Error(), "\n")
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}

func badPath(block, path, got string) string {
	return "Blocks[" + block + "].Paths[" + path + `]: must begin with a slash and have at most 200 letters, digits and ` +
		`_-.$/~"'@:+& and one * at its end, got "` + got + `"`
}

// Catches a web ACL that grows past what its limit was reckoned for.
func TestBlockedPathsHaveALimit(t *testing.T) {
	p := &PublicProps{Vpc: anyVpc{}, Logs: &LogBucket{}}
	for _, s := range []string{"a", "b", "c"} {
		b := Block{Service: s}
		for i := range 34 {
			b.Paths = append(b.Paths, "/"+strings.Repeat("x", i+1))
		}
		p.Blocks = append(p.Blocks, b)
	}
	want := "Blocks: must have at most 100 paths altogether, have 102; let one with a * at its end stand for several"
	if err := p.Validate(); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Catches defaults that write into the caller's props, which another target may use too.
func TestDefaultsAreACopy(t *testing.T) {
	p := &PublicProps{Vpc: anyVpc{}, Subnets: []awsec2.ISubnet{}, Blocks: []Block{
		{Service: "ui", Paths: []string{"/b", "/a"}}, {Service: "admin", Paths: []string{"/"}},
	}}
	d := p.withDefaults()
	if d.Blocks[0].Service != "admin" || d.Blocks[1].Paths[0] != "/a" || *d.RateLimit != DefaultRateLimit {
		t.Errorf("unexpected defaults: %+v", d)
	}
	if p.Blocks[0].Service != "ui" || p.Blocks[0].Paths[0] != "/b" || p.RateLimit != nil {
		t.Errorf("the caller's props changed: %+v", p)
	}
}
