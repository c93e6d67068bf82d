package environment

import (
	"slices"
	"strings"
	"testing"
)

// everywhere is a plan of nine targets with everything in one account, and with the pipelines in a region of no target.
func everywhere(p *Plan) {
	const account = "111111111111"
	p.Store.Sandbox = true
	p.Store.Tools = Tools{Account: account, Region: "eu-north-1"}
	beta(p).Account, prod(p).Account = account, account
	gamma := &Environment{
		Name: "gamma", Kind: Preproduction, Account: account,
		Domain: &Domain{Name: "gamma.shop.example.com", ZoneID: "Z03"},
		Waves:  []Wave{{Regions: []string{"us-west-2", "us-east-1"}}},
	}
	prod(p).Waves = []Wave{
		{Regions: []string{"us-west-2", "us-east-1"}}, {Regions: []string{"eu-central-1", "eu-west-1"}},
		{Regions: []string{"ap-south-1", "ap-southeast-2"}},
	}
	p.Store.Environments = []*Environment{beta(p), gamma, prod(p)}
}

// Catches a name that AWS has once in an account, or in the world, and that two targets want: the second of them fails its
// first deployment. A role whose name is checked within its region only would go unnoticed by the plan's own check.
func TestTargetsShareNoGlobalName(t *testing.T) {
	p := newPlan(everywhere)
	if err := p.Validate().Err(); err != nil {
		t.Fatal(err)
	}
	owners := map[string]string{}
	roles, buckets := 0, 0
	for _, d := range p.derivedNames() {
		switch d.kind {
		case "IAM role":
			roles++
		case "bucket":
			buckets++
		default:
			continue
		}
		if d.region != "" || d.kind == "bucket" && d.account != "" {
			t.Errorf("the %s %s is checked in %s %s only, and AWS has it once", d.kind, d.name, d.account, d.region)
		}
		if other, taken := owners[d.kind+d.name]; taken {
			t.Errorf("%s is %s and %s", d.name, other, d.what)
		}
		owners[d.kind+d.name] = d.what
	}
	// Of nine targets each has two roles for every service, and a third for those that CodeDeploy releases, catalog and ui;
	// each of seven regions has two buckets.
	if want := 9 * (3*2 + 2); roles < want || buckets < 2*7 {
		t.Errorf("%d roles and %d buckets were looked at, want at least %d and %d", roles, buckets, want, 2*7)
	}
}

// Catches public names that two targets write: the record of one would be the other's, or would be refused.
func TestTargetsShareNoPublicName(t *testing.T) {
	p := newPlan(everywhere)
	owners := map[string]string{}
	for _, target := range p.Store.Targets() {
		host := target.Host()
		if other, taken := owners[host]; taken {
			t.Errorf("%s is the name of %s and %s", host, other, target.ID())
		}
		owners[host] = target.ID()
		// One certificate covers the domain and one label in front of it.
		if label := strings.TrimSuffix(host, "."+target.Environment.Domain.Name); strings.Contains(label, ".") {
			t.Errorf("the certificate does not cover %s", host)
		}
	}
}

// Catches an address in a variable that differs between regions: one task definition per environment would not do, and
// references are checked in the first region only. Environments of one account must not share a private zone's name.
func TestInternalNamesAreTheSameInEveryRegion(t *testing.T) {
	for name, change := range map[string]func(*Plan){"domain": func(*Plan) {}, "no domain": func(p *Plan) {
		for _, e := range p.Store.Environments {
			e.Domain = nil
		}
	}} {
		p := newPlan(everywhere, change)
		zones := map[string]string{}
		for _, target := range p.Store.Targets() {
			of, zone := target.Environment.Name, target.InternalDomain()
			if other, taken := zones[zone]; taken && other != of {
				t.Errorf("%s: %s is the internal zone of %s and %s", name, zone, other, of)
			}
			zones[zone] = of
			first := target.Environment.Targets(p.Store)[0]
			want, err := p.Resolve(first, "${services.catalog.url}")
			if got, err2 := p.Resolve(target, "${services.catalog.url}"); err != nil || err2 != nil || got != want {
				t.Errorf("%s: %s has %s, and %s has %s (%v, %v)", name, first.ID(), want, target.ID(), got, err, err2)
			}
		}
		if len(zones) != 3 {
			t.Errorf("%s: three environments have the zones %v", name, zones)
		}
	}
}

// Catches a store whose pipelines run where nothing else does, and that has no bucket or no images there; and a region of
// two environments that is listed, and so created, twice.
func TestToolsRegionOfNoTarget(t *testing.T) {
	p := newPlan(everywhere)
	regions := p.Store.Regions()
	want := []string{"eu-north-1", "us-west-2", "us-east-1", "eu-central-1", "eu-west-1", "ap-south-1", "ap-southeast-2"}
	if !slices.Equal(regions, want) {
		t.Errorf("got %v, want %v", regions, want)
	}
	for _, target := range p.Store.Targets() {
		if target.Region == p.Store.Tools.Region {
			t.Errorf("%s is in the tools region", target.ID())
		}
		// Tasks pull from their own region, which goes on when another fails.
		if uri := target.RepositoryURI("catalog"); !strings.Contains(uri, "."+target.Region+".") {
			t.Errorf("%s pulls from %s", target.ID(), uri)
		}
	}
}

// Catches a region that everyone must open by hand, and that only those are told of who have a target there.
func TestToolsRegionThatMustBeEnabled(t *testing.T) {
	p := newPlan(everywhere, func(p *Plan) { p.Store.Tools.Region = "eu-south-1" })
	if err := p.Warnings().Err(); err == nil || !strings.Contains(err.Error(), "eu-south-1 must be enabled by hand") {
		t.Errorf("got %v", err)
	}
}
