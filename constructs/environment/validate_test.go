package environment

import (
	"strings"
	"testing"
	"time"
)

// newPlan is a valid plan of two environments, changed by the given functions.
func newPlan(changes ...func(*Plan)) *Plan {
	p := &Plan{
		Store: &Store{
			Name:  "shop",
			Tools: Tools{Account: "111111111111", Region: "us-west-2"},
			Environments: []*Environment{{
				Name: "beta", Kind: Test, Account: "222222222222",
				Domain: &Domain{Name: "beta.shop.example.com", ZoneID: "Z01"},
				Waves:  []Wave{{Regions: []string{"us-west-2"}}},
			}, {
				Name: "prod", Kind: Production, Account: "333333333333",
				Domain:   &Domain{Name: "shop.example.com", ZoneID: "Z02"},
				Approval: &Approval{Notify: []string{"release@example.com"}},
				Waves:    []Wave{{Regions: []string{"us-west-2", "eu-west-1"}, Bake: 30 * time.Minute}, {Regions: []string{"us-east-1"}}},
			}},
		},
		Services: []*Service{{
			Name:  "catalog",
			Build: Build{Preset: PresetGo},
			Runtime: Runtime{
				HTTP:      &HTTP{Port: 8080, Health: "/health"},
				Expose:    &Expose{Internal: true},
				Variables: map[string]string{"UI": "${services.ui.url}", "PRICE": "$${price}"},
				Secrets:   map[string]string{"KEY": "secretsmanager:catalog/credentials#key", "FLAG": "ssm:/shop/flag"},
			},
		}, {
			Name:  "ui",
			Build: Build{Preset: PresetJavaMaven},
			Runtime: Runtime{
				HTTP:          &HTTP{Port: 8080, Health: "/health"},
				Expose:        &Expose{Path: "/*", Block: []string{"/utility/*"}},
				WritablePaths: []string{"/tmp"},
			},
		}, {
			Name:  "mailer",
			Build: Build{TestCommands: []string{"make test"}, Gates: Gates{Quality: Gate{Commands: []string{"make lint"}}}},
		}},
	}
	for _, change := range changes {
		change(p)
	}
	return p
}

func beta(p *Plan) *Environment { return p.Store.Environments[0] }
func prod(p *Plan) *Environment { return p.Store.Environments[1] }
func catalog(p *Plan) *Service  { return p.Services[0] }
func ui(p *Plan) *Service       { return p.Services[1] }
func mailer(p *Plan) *Service   { return p.Services[2] }

// Catches a check that refuses what is right.
func TestValidPlanHasNoProblems(t *testing.T) {
	if err := newPlan().Validate().Err(); err != nil {
		t.Error(err)
	}
	if w := newPlan().Warnings(); len(w) != 0 {
		t.Errorf("warnings: %v", w.Err())
	}
}

// refusal is a mistake with the only problem that it is to have.
type refusal struct {
	mistake string
	change  func(*Plan)
	want    string // "path: beginning of the message"
}

func refuse(t *testing.T, cases []refusal) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.mistake, func(t *testing.T) {
			err := newPlan(c.change).Validate().Err()
			if err == nil {
				t.Fatalf("no problem; want %s", c.want)
			}
			lines := strings.Split(err.Error(), "\n")
			if len(lines) != 1 || !strings.Contains(lines[0], c.want) {
				t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(lines, "\n\t"), c.want)
			}
		})
	}
}

// Each case catches its mistake in a store going unnoticed until AWS refuses it.
func TestStoreProblems(t *testing.T) {
	refuse(t, []refusal{
		{"no store name", func(p *Plan) { p.Store.Name = "" }, "store: a name is required"},
		{"store name too long", func(p *Plan) { p.Store.Name = strings.Repeat("s", 21) },
			"store: must have 2 to 20 characters, got 21"},
		{"store name with an umlaut, which no repository may have", func(p *Plan) { p.Store.Name = "bücher" },
			`store: must be lower-case letters, digits and single hyphens, a letter first, got "bücher"`},
		{"store name with capitals", func(p *Plan) { p.Store.Name = "Shop" }, `letter first, got "Shop"`},
		{"store name with double hyphen", func(p *Plan) { p.Store.Name = "my--shop" }, "single hyphens"},
		{"store name that AWS reserves", func(p *Plan) { p.Store.Name = "aws-shop" }, `store: must not begin with "aws"`},
		{"no tools account", func(p *Plan) { p.Store.Tools.Account = "" }, "tools.account: is required"},
		{"no tools region", func(p *Plan) { p.Store.Tools.Region = "" }, "tools.region: is required"},
		{"account of 11 digits", func(p *Plan) { beta(p).Account = "22222222222" },
			`environments.beta.account: must be the 12 digits of an AWS account, got "22222222222"`},
		{"production in the tools account", func(p *Plan) { prod(p).Account = "111111111111" },
			"environments.prod.account: 111111111111 is the account of the tools, too; use one of its own, or say sandbox: true"},
		{"two environments in one account", func(p *Plan) { prod(p).Account = "222222222222" },
			"environments.prod.account: 222222222222 is the account of environment beta, too"},
		{"domain of another environment's internal names", func(p *Plan) { beta(p).Domain.Name = "internal.shop.example.com" },
			"environments.beta.domain.name: internal.shop.example.com is kept for environment prod's internal services; choose another label, such as beta.shop.example.com"},
		{"domain of another environment's region", func(p *Plan) { beta(p).Domain.Name = "eu-west-1.shop.example.com" },
			"environments.beta.domain.name: eu-west-1.shop.example.com is kept for environment prod's address in that region"},
		{"mistyped region", func(p *Plan) { beta(p).Waves[0].Regions[0] = "us-wst-2" },
			`environments.beta.waves[0].regions[0]: "us-wst-2" is no AWS region; did you mean us-west-2? known: af-south-1, `},
		{"mistyped region that is dark", func(p *Plan) { prod(p).Waves[1].Regions[0], prod(p).Dark = "us-est-1", []string{"us-east-1"} },
			`environments.prod.waves[1].regions[0]: "us-est-1" is no AWS region; did you mean us-east-1?`},
		{"region of China", func(p *Plan) { beta(p).Waves[0].Regions[0] = "cn-north-1" },
			`"cn-north-1" is a region of another AWS partition`},
		{"GovCloud tools", func(p *Plan) { p.Store.Tools.Region = "us-gov-west-1" }, "tools.region: \"us-gov-west-1\" is a region of another"},
		{"a region in two waves", func(p *Plan) { prod(p).Waves[1].Regions[0] = "eu-west-1" },
			"environments.prod.waves[1].regions[0]: eu-west-1 stands in waves[0].regions[1] already"},
		{"no environments", func(p *Plan) {
			p.Store.Environments = nil
			p.Services = p.Services[2:]
		}, "environments: at least one is required"},
		{"no services", func(p *Plan) { p.Services = nil }, "services: at least one is required"},
		{"no waves", func(p *Plan) { beta(p).Waves = nil }, "environments.beta.waves: at least one wave is required"},
		{"a wave of nothing", func(p *Plan) { beta(p).Waves[0].Regions = nil }, "environments.beta.waves[0].regions: at least one region"},
		{"a wave of twelve", func(p *Plan) { prod(p).Waves = []Wave{{Regions: wideRegions}} },
			"environments.prod.waves[0].regions: must be at most 11 regions, got 12: a release by CodeDeploy takes 4 actions or more in each"},
		{"no kind", func(p *Plan) { beta(p).Kind = "" }, "environments.beta.kind: is required: test, preproduction or production"},
		{"unknown kind", func(p *Plan) { prod(p).Kind = "prodution" }, `got "prodution"; did you mean production?`},
		{"production before test", func(p *Plan) {
			e := p.Store.Environments
			e[0], e[1] = e[1], e[0]
		}, "environments.beta.kind: a test environment stands after prod, which is for production"},
		{"environment with a hyphen", func(p *Plan) { beta(p).Name = "be-ta" }, "environments.be-ta: must be lower-case letters and digits"},
		{"environment name too long", func(p *Plan) { beta(p).Name = "betabetabetab" }, "must have 2 to 12 characters, got 13"},
		{"environment tools", func(p *Plan) { beta(p).Name = "tools" }, "environments.tools: the name is reserved"},
		{"two environments of one name", func(p *Plan) { prod(p).Name = "beta" }, "environments.beta: another environment has this name"},
		{"nameless environment", func(p *Plan) { beta(p).Name = "" }, "environments[0]: a name is required"},
		{"bake over 48h", func(p *Plan) { prod(p).Waves[0].Bake = 49 * time.Hour },
			"environments.prod.waves[0].bake: must be at most 48h, the longest that CodeDeploy keeps the old tasks, got 49h"},
		{"negative bake", func(p *Plan) { prod(p).Waves[0].Bake = -time.Minute }, "must be at most 48h"},
		{"bake of seconds", func(p *Plan) { prod(p).Waves[0].Bake = 90 * time.Second }, "must be whole minutes, got 1m30s"},
		{"approval before the first tests", func(p *Plan) { beta(p).Approval = &Approval{} },
			"environments.beta.approval: not before the first environment, which is for tests: a person would approve what nothing has tried yet"},
		{"no e-mail address", func(p *Plan) { prod(p).Approval.Notify[0] = "release" },
			`environments.prod.approval.notify[0]: must be an e-mail address, got "release"`},
		{"an address twice", func(p *Plan) { prod(p).Approval.Notify = []string{"a@b.com", "a@b.com"} }, "notify[1]: a@b.com stands twice"},
		{"domain with a scheme", func(p *Plan) { beta(p).Domain.Name = "https://shop.example.com" }, "environments.beta.domain.name: must be a DNS name"},
		{"domain with a dot at its end", func(p *Plan) { beta(p).Domain.Name = "shop.example.com." }, "without a dot at its end"},
		{"domain of one label", func(p *Plan) { beta(p).Domain.Name = "shop" }, "must be a DNS name"},
		{"domain too long for a certificate", func(p *Plan) { beta(p).Domain.Name = strings.Repeat("a", 50) + ".com" },
			"environments.beta.domain.name: must have at most 53 characters, got 54"},
		{"one domain for two environments", func(p *Plan) { prod(p).Domain.Name = "beta.shop.example.com" },
			"environments.prod.domain.name: beta.shop.example.com is the domain of environment beta, too"},
		{"no zone id", func(p *Plan) { beta(p).Domain.ZoneID = "" }, "environments.beta.domain.zoneId: is required"},
		{"the zone of another account", func(p *Plan) { prod(p).Domain.ZoneID = "Z01" },
			"environments.prod.domain.zoneId: Z01 is the zone of environment beta, too, and a zone is in one account: beta is in 222222222222, and prod in 333333333333"},
		{"a zone's name for its id", func(p *Plan) { beta(p).Domain.ZoneID = "shop.example.com" }, "must be a hosted zone's id"},
		{"one availability zone", func(p *Plan) { beta(p).Network.AvailabilityZones = 1 },
			"environments.beta.network.availabilityZones: must be 2 to 3, got 1"},
		{"more NAT gateways than zones", func(p *Plan) { beta(p).Network.NatGateways = 3 },
			"environments.beta.network.natGateways: must be 1 to 2, one for each availability zone, got 3"},
		{"cidr without a length", func(p *Plan) { beta(p).Network.Cidr = "10.0.0.0" }, "environments.beta.network.cidr: must be an IPv4 address block"},
		{"cidr of IPv6", func(p *Plan) { beta(p).Network.Cidr = "fd00::/16" }, "must be an IPv4 address block"},
		{"cidr too small", func(p *Plan) { beta(p).Network.Cidr = "10.0.0.0/24" }, "must be /16 to /20, got /24"},
		{"cidr within a block", func(p *Plan) { beta(p).Network.Cidr = "10.0.1.0/16" }, "10.0.1.0/16 begins within a block; write 10.0.0.0/16"},
		{"public cidr", func(p *Plan) { beta(p).Network.Cidr = "8.8.0.0/16" }, "must lie in a private block (10.0.0.0/8, "},
		{"endpoint s3", func(p *Plan) { beta(p).Network.Endpoints = []string{"s3"} },
			"environments.beta.network.endpoints[0]: s3 needs no interface endpoint"},
		{"mistyped endpoint", func(p *Plan) { beta(p).Network.Endpoints = []string{"secretmanager"} }, "did you mean secretsmanager?"},
		{"full name of an endpoint", func(p *Plan) { beta(p).Network.Endpoints = []string{"com.amazonaws.us-west-2.logs"} }, "must be the service's short name"},
		{"endpoint with a space", func(p *Plan) { beta(p).Network.Endpoints = []string{"ecr api"} }, "must be the short name of an AWS service"},
		{"endpoint twice", func(p *Plan) { beta(p).Network.Endpoints = []string{"logs", "logs"} }, "endpoints[1]: logs stands twice"},
		{"delivery repository with a slash", func(p *Plan) { p.Delivery.Repository = "a/b" }, `delivery.repository: must be 1 to 100 letters`},
	})
}

// Catches a plan of an importer that holds nil, which the checks must not meet.
func TestNilInPlan(t *testing.T) {
	if err := (&Plan{}).Validate().Err(); err == nil || err.Error() != "store: is required" {
		t.Errorf("got %v", err)
	}
	p := newPlan(func(p *Plan) {
		p.Store.Environments[0] = nil
		p.Services[1] = nil
	})
	if err := p.Validate().Err(); err == nil || err.Error() != "environments[0]: must not be nil\nservices[1]: must not be nil" {
		t.Errorf("got %v", err)
	}
}

// Catches a sandbox that still asks for an account each, or for a zone each: within one account two domains may stand in one.
func TestSandboxSharesAnAccount(t *testing.T) {
	p := newPlan(func(p *Plan) {
		p.Store.Sandbox = true
		beta(p).Account, prod(p).Account = "111111111111", "111111111111"
		prod(p).Domain.ZoneID = beta(p).Domain.ZoneID
	})
	if err := p.Validate().Err(); err != nil {
		t.Error(err)
	}
}

// Catches a problem of every environment that is printed once an environment, and one that does not say where it is.
func TestErrNamesEnvironmentsOnce(t *testing.T) {
	err := newPlan(func(p *Plan) { mailer(p).Runtime.CPU = 300 }).Validate().Err()
	if err == nil || strings.Count(err.Error(), "\n") != 0 || !strings.HasSuffix(err.Error(), "got 300 (in beta, prod)") {
		t.Errorf("got %v", err)
	}
}

// Catches a region that is missing from the table, or has the wrong opt-in status where that is known for certain.
func TestRegions(t *testing.T) {
	for name, optIn := range map[string]bool{"us-east-1": false, "eu-central-1": false, "eu-central-2": true, "me-south-1": true, "ap-east-1": true} {
		r, ok := FindRegion(name)
		if !ok || r.OptIn != optIn {
			t.Errorf("%s: known %v, opt-in %v", name, ok, r.OptIn)
		}
	}
	if len(RegionNames()) != 34 {
		t.Errorf("%d regions; the CDK's region-info has 34 in the partition aws", len(RegionNames()))
	}
}
