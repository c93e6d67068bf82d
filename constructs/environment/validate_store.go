package environment

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

var (
	accountPattern     = regexp.MustCompile(`^[0-9]{12}$`)
	namePattern        = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	environmentPattern = regexp.MustCompile(`^[a-z][a-z0-9]*$`)
	labelPattern       = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	zonePattern        = regexp.MustCompile(`^Z[A-Z0-9]{1,31}$`)
	emailPattern       = regexp.MustCompile(`^[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>".]+$`)
)

// reservedStores are beginnings that AWS keeps for itself: of parameter names, and of bucket names.
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
var reservedStores = []string{"aws", "ssm", "sthree-", "amzn-s3-demo-"}

// reservedEnvironments are names that would meet something else of the store.
var reservedEnvironments = map[string]string{
	"tools":     "the tools account's parameters have it in their path",
	"platform":  "the platform's pipeline and parameters have it",
	"pipelines": "the log groups of pipelines have it",
}

// maxDomain is the longest zone name: a certificate's first name has at most 64 characters, and that of the internal
// names begins with "*.internal.".
// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const maxDomain = 64 - len("*.internal.")

func (c *checker) store() {
	s := c.plan.Store
	c.name("store", s.Name, 20)
	for _, prefix := range reservedStores {
		if strings.HasPrefix(s.Name, prefix) {
			c.add("store", "must not begin with %q: AWS reserves it for parameters and buckets of its own", prefix)
		}
	}
	c.account("tools.account", s.Tools.Account)
	if c.region("tools.region", s.Tools.Region) {
		c.pipelined("tools.region", s.Tools.Region)
		c.stored()
	}
	if len(s.Environments) == 0 {
		c.add("environments", "at least one is required")
	}
	for i, e := range s.Environments {
		c.environment(i, e)
	}
	c.notifications()
	c.sources()
	c.signing()
}

// name checks the name of a store or a service.
func (c *checker) name(path, name string, most int) bool {
	switch {
	case name == "":
		c.add(path, "a name is required")
	case len(name) < 2 || len(name) > most:
		c.add(path, "must have 2 to %d characters, got %d: it is part of every derived name", most, len(name))
	case !namePattern.MatchString(name):
		c.add(path, "must be lower-case letters, digits and single hyphens, a letter first, got %s", text.Quote(name))
	default:
		return true
	}
	return false
}

func (c *checker) account(path, id string) bool {
	switch {
	case id == "":
		c.add(path, "is required: the 12 digits of an AWS account")
	case !accountPattern.MatchString(id):
		c.add(path, "must be the 12 digits of an AWS account, got %s", text.Quote(id))
	default:
		return true
	}
	return false
}

func (c *checker) environment(i int, e *Environment) {
	s, path := c.plan.Store, under("environments", e.Name, i)
	switch {
	case e.Name == "":
		c.add(path, "a name is required")
	case len(e.Name) < 2 || len(e.Name) > 12:
		c.add(path, "must have 2 to 12 characters, got %d: it is part of every derived name", len(e.Name))
	case !environmentPattern.MatchString(e.Name):
		c.add(path, "must be lower-case letters and digits, a letter first, got %s", text.Quote(e.Name))
	case reservedEnvironments[e.Name] != "":
		c.add(path, "the name is reserved: %s; choose another", reservedEnvironments[e.Name])
	case s.Environment(e.Name) != e:
		c.add(path, "another environment has this name")
	}
	if e.Kind == "" {
		c.add(path+".kind", "is required: test, preproduction or production")
	} else if oneOf(c, path+".kind", e.Kind, Kinds) {
		c.order(i, path, e)
	}
	if c.account(path+".account", e.Account) && !s.Sandbox {
		if other := c.sameAccount(i, e.Account); other != "" {
			c.add(path+".account", "%s is the account of %s, too; use one of its own, or say sandbox: true to let them share one",
				e.Account, other)
		}
	}
	c.domain(i, path+".domain", e)
	c.waves(path, e)
	c.dark(path+".dark", e)
	if e.Approval != nil {
		c.approval(i, path+".approval", e)
	}
	c.windows(path+".windows", e.Windows)
	c.freezes(path+".freezes", e.Freezes)
	c.network(path+".network", e)
}

// order checks that a release passes the kinds in their order.
func (c *checker) order(i int, path string, e *Environment) {
	for _, before := range c.plan.Store.Environments[:i] {
		if slices.Index(Kinds, before.Kind) > slices.Index(Kinds, e.Kind) {
			c.add(path+".kind", "a %s environment stands after %s, which is for %s: a release passes test, preproduction and "+
				"production in this order; move %s up", e.Kind, before.Name, before.Kind, e.Name)
			return
		}
	}
}

// sameAccount names what has the account before environment i.
func (c *checker) sameAccount(i int, account string) string {
	if c.plan.Store.Tools.Account == account {
		return "the tools"
	}
	for _, e := range c.plan.Store.Environments[:i] {
		if e.Account == account {
			return "environment " + e.Name
		}
	}
	return ""
}

func (c *checker) domain(i int, path string, e *Environment) {
	if e.Domain == nil {
		return
	}
	name := e.Domain.Name
	labels := strings.Split(name, ".")
	switch {
	case name == "":
		c.add(path+".name", "is required: the name of the hosted zone, such as beta.shop.example.com")
	case len(labels) < 2 || slices.ContainsFunc(labels, func(l string) bool { return !labelPattern.MatchString(l) }):
		c.add(path+".name", "must be a DNS name in lower case, without a scheme and without a dot at its end, got %s", text.Quote(name))
	case len(name) > maxDomain:
		c.add(path+".name", "must have at most %d characters, got %d: ACM allows 64 for a certificate's first name, *.internal.%s",
			maxDomain, len(name), name)
	default:
		for _, before := range c.plan.Store.Environments[:i] {
			if before.Domain != nil && before.Domain.Name == name {
				c.add(path+".name", "%s is the domain of environment %s, too; give each its own zone, such as %s.%s",
					name, before.Name, e.Name, name)
			}
		}
		c.shadowed(path+".name", e)
	}
	switch id := e.Domain.ZoneID; {
	case id == "":
		c.add(path+".zoneId", "is required: the id of the hosted zone, such as Z0123456789ABCDEF")
	case !zonePattern.MatchString(id):
		c.add(path+".zoneId", "must be a hosted zone's id, Z and capital letters and digits, got %s", text.Quote(id))
	default:
		c.foreignZone(i, path, e)
	}
}

// foreignZone refuses the zone of an environment in another account: a zone is in one, and the roles of an environment reach no other.
// Within one account two environments may have their names in one zone.
func (c *checker) foreignZone(i int, path string, e *Environment) {
	for _, before := range c.plan.Store.Environments[:i] {
		if before.Domain == nil || before.Domain.ZoneID != e.Domain.ZoneID || before.Account == e.Account ||
			!accountPattern.MatchString(before.Account) || !accountPattern.MatchString(e.Account) {
			continue
		}
		c.related([]string{strings.TrimSuffix(path, ".domain") + ".account"}, path+".zoneId", "%s is the zone of environment %s, too, and a zone is in one "+
			"account: %s is in %s, and %s in %s; write the id of the zone that is in %s", e.Domain.ZoneID, before.Name,
			before.Name, before.Account, e.Name, e.Account, e.Account)
		return
	}
}

// shadowed refuses a domain that another environment has names of its own for: the record of a region would meet the
// delegation, and the certificate of the internal names would be validated in the wrong zone, which is never.
func (c *checker) shadowed(path string, e *Environment) {
	for _, other := range c.plan.Store.Environments {
		if other == e || other.Domain == nil {
			continue
		}
		label, under := strings.CutSuffix(e.Domain.Name, "."+other.Domain.Name)
		reserved := "internal services"
		if _, region := FindRegion(label); region {
			reserved = "address in that region"
		} else if label != "internal" {
			continue
		}
		if under {
			c.add(path, "%s is kept for environment %s's %s; choose another label, such as %s.%s",
				e.Domain.Name, other.Name, reserved, e.Name, other.Domain.Name)
		}
	}
}

func (c *checker) waves(path string, e *Environment) {
	if len(e.Waves) == 0 {
		c.add(path+".waves", "at least one wave is required, such as {regions: [us-west-2]}")
	}
	first := map[string]string{}
	for i, w := range e.Waves {
		wave := text.Item(path+".waves", i)
		if len(w.Regions) == 0 {
			c.add(wave+".regions", "at least one region is required")
		}
		if n := len(w.Regions); n > MaxWaveRegions {
			c.add(wave+".regions", "must be at most %d regions, got %d: a release by CodeDeploy takes 4 actions or more in each, and CodePipeline "+
				"allows %d in a stage; begin another wave", MaxWaveRegions, n, MaxStageActions)
		}
		for j, r := range w.Regions {
			at := text.Item(wave+".regions", j)
			if !c.region(at, r) {
				continue
			}
			c.pipelined(at, r)
			if before := first[r]; before != "" {
				c.add(at, "%s stands in %s already; an environment releases to a region once", r, before)
				continue
			}
			first[r] = strings.TrimPrefix(at, path+".")
		}
		switch {
		case w.Bake < 0 || w.Bake > MaxBake:
			c.add(wave+".bake", "must be at most %s, the longest that CodeDeploy keeps the old tasks, got %s",
				text.Duration(MaxBake), text.Duration(w.Bake))
		case w.Bake%time.Minute != 0:
			c.add(wave+".bake", "must be whole minutes, got %s", text.Duration(w.Bake))
		}
	}
}

// dark checks that what customers are kept out of is there, and that there is something to keep them out of.
func (c *checker) dark(path string, e *Environment) {
	if len(e.Dark) > 0 && e.Domain == nil {
		c.related([]string{strings.TrimSuffix(path, ".dark") + ".domain"}, path, "needs a domain: without one no name leads customers to any region; remove it")
		return
	}
	var regions []string
	known := len(e.Waves) > 0 // whether it is known which regions are meant: else that is refused itself
	for _, w := range e.Waves {
		regions = append(regions, w.Regions...)
		known = known && len(w.Regions) > 0 && !slices.ContainsFunc(w.Regions, func(r string) bool { _, ok := FindRegion(r); return !ok })
	}
	for i, r := range e.Dark {
		switch at := text.Item(path, i); {
		case slices.Contains(e.Dark[:i], r):
			c.add(at, "%s stands twice", r)
		case c.region(at, r) && known && !slices.Contains(regions, r):
			c.add(at, "%s is none of the environment's regions (%s): put it into a wave, or remove it here", r, text.List(regions))
		}
	}
}

// allDark says whether customers are led to no region at all.
func (e *Environment) allDark() bool {
	return len(e.Dark) > 0 && !slices.ContainsFunc(e.Targets(nil), func(t Target) bool { return !t.Dark() })
}

func (c *checker) approval(i int, path string, e *Environment) {
	if i == 0 && e.Kind == Test {
		c.add(path, "not before the first environment, which is for tests: a person would approve what nothing has tried yet; "+
			"put the approval before a later environment")
	}
	c.addresses(path+".notify", e.Approval.Notify)
}

// addresses checks a list of e-mail addresses.
func (c *checker) addresses(path string, list []string) {
	for i, to := range list {
		at := text.Item(path, i)
		if !emailPattern.MatchString(to) {
			c.add(at, "must be an e-mail address, got %s", text.Quote(to))
		} else if slices.Contains(list[:i], to) {
			c.add(at, "%s stands twice", to)
		}
	}
}
