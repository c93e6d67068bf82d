package change

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/text"
)

// compare lists what differs.
func (c *comparer) compare() {
	old, new := c.old.plan, c.new.plan
	c.named("services", services(old), services(new))
	c.renames()
	c.named("environments", environments(old), environments(new))
	for _, name := range both(environments(new), environments(old)) {
		c.regions(old.Store.Environment(name), new.Store.Environment(name))
	}
	c.order()
	c.store()
	for _, name := range both(environments(new), environments(old)) {
		c.environment(name)
	}
	for _, name := range both(services(new), services(old)) {
		c.settings(name)
	}
}

// named lists what came and went by its name.
func (c *comparer) named(group string, old, new []string) {
	for _, name := range only(new, old) {
		c.add(Difference{Group: group, What: name, Kind: Added})
	}
	for _, name := range only(old, new) {
		c.add(Difference{Group: group, What: name, Kind: Removed})
	}
}

// regions compares the waves of an environment.
func (c *comparer) regions(old, new *environment.Environment) {
	before, after := regions(old), regions(new)
	at := func(e *environment.Environment, region string) string {
		i := slices.IndexFunc(e.Waves, func(w environment.Wave) bool { return slices.Contains(w.Regions, region) })
		return "wave " + strconv.Itoa(i+1)
	}
	for _, r := range only(after, before) {
		c.add(Difference{Group: "regions", What: new.Name + " " + r + ", in " + at(new, r), Kind: Added})
	}
	for _, r := range only(before, after) {
		c.add(Difference{Group: "regions", What: old.Name + " " + r, Kind: Removed})
	}
	for _, r := range both(after, before) {
		if at(old, r) != at(new, r) {
			c.add(Difference{Group: "regions", What: new.Name + " " + r, Kind: Changed, Old: at(old, r), New: at(new, r),
				When: frozen.NextDeployment, How: "every pipeline updates itself; no stack changes"})
		}
	}
}

// order compares the order of what is in both plans.
func (c *comparer) order() {
	for _, x := range []struct {
		what     string
		old, new []string
		when     frozen.When
		how      string
	}{
		{"environments", environments(c.old.plan), environments(c.new.plan), frozen.NextDeployment, "releases pass them in another order; no stack changes"},
		{"services", services(c.old.plan), services(c.new.plan), "", "nothing derives from it: push it whenever you like"},
	} {
		if before, after := both(x.old, x.new), both(x.new, x.old); !slices.Equal(before, after) {
			c.add(Difference{Group: "order", What: x.what, Kind: Changed, Old: text.List(before), New: text.List(after), When: x.when, How: x.how})
		}
	}
}

// value adds a difference of a setting, if there is one.
func (c *comparer) value(group, path, old, new string, environments ...string) {
	if old != new {
		when, how := frozen.Of(path, "")
		c.add(Difference{Group: group, What: path, Kind: Changed, Old: old, New: new, Environments: environments, When: when, How: how})
	}
}

// store compares what is said once.
func (c *comparer) store() {
	const group = "store"
	old, new := c.old.plan, c.new.plan
	c.value(group, "store", old.Store.Name, new.Store.Name)
	c.value(group, "tools.account", old.Store.Tools.Account, new.Store.Tools.Account)
	c.value(group, "tools.region", old.Store.Tools.Region, new.Store.Tools.Region)
	c.value(group, "sandbox", strconv.FormatBool(old.Store.Sandbox), strconv.FormatBool(new.Store.Sandbox))
	c.value(group, "notifications.notify", addresses(old.Store.Notifications.Notify), addresses(new.Store.Notifications.Notify))
	c.value(group, "notifications.onCall", addresses(old.Store.Notifications.OnCall), addresses(new.Store.Notifications.OnCall))
	a, b := old.Store, new.Store
	c.value(group, "signing.mode", signing(a), signing(b))
	c.value(group, "signing.profile", a.SigningProfile(), b.SigningProfile())
	c.value(group, "signing.account", a.SigningAccount(), b.SigningAccount())
	c.value(group, "signing.reason", a.Signing.Reason, b.Signing.Reason)
	before, after := fields(old.DeliverySource()), fields(new.DeliverySource())
	for i := range after {
		c.value(group, "delivery."+after[i].name, before[i].value, after[i].value)
	}
}

// signing is who signs a store's images.
func signing(s *environment.Store) string {
	if s.ManagesSigning() {
		return string(environment.SigningManaged)
	}
	return string(s.Signing.Mode)
}

type field struct{ name, value string }

// fields lists the fields of a struct of simple values.
func fields(s any) []field {
	var all []field
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		name := v.Type().Field(i).Name
		all = append(all, field{strings.ToLower(name[:1]) + name[1:], fmt.Sprint(v.Field(i).Interface())})
	}
	return all
}

// environment compares the settings of an environment that is in both plans.
func (c *comparer) environment(name string) {
	group, path := "settings of "+name, "environments."+name
	old, new := c.old.plan.Store.Environment(name), c.new.plan.Store.Environment(name)
	c.value(group, path+".kind", string(old.Kind), string(new.Kind))
	c.value(group, path+".account", old.Account, new.Account)
	c.value(group, path+".domain", domain(old), domain(new))
	c.value(group, path+".dark", dark(old), dark(new))
	c.value(group, path+".approval", approval(old), approval(new))
	c.value(group, path+".windows", windows(old), windows(new))
	c.value(group, path+".freezes", freezes(old), freezes(new))
	a, b := old.Network.WithDefaults(old.Kind), new.Network.WithDefaults(new.Kind)
	c.value(group, path+".network.availabilityZones", strconv.Itoa(a.AvailabilityZones), strconv.Itoa(b.AvailabilityZones))
	c.value(group, path+".network.natGateways", strconv.Itoa(a.NatGateways), strconv.Itoa(b.NatGateways))
	c.value(group, path+".network.cidr", a.Cidr, b.Cidr)
	c.value(group, path+".network.endpoints", endpoints(a), endpoints(b))
	c.bakes(group, old, new)
}

// bakes compares the bake of every region that is in both plans, one line for those that change alike.
func (c *comparer) bakes(group string, old, new *environment.Environment) {
	type change struct{ old, new string }
	var order []change
	in := map[change][]string{}
	for _, r := range both(regions(new), regions(old)) {
		x := change{
			text.Duration(environment.Target{Store: c.old.plan.Store, Environment: old, Region: r}.Bake()),
			text.Duration(environment.Target{Store: c.new.plan.Store, Environment: new, Region: r}.Bake()),
		}
		if x.old == x.new {
			continue
		}
		if in[x] == nil {
			order = append(order, x)
		}
		in[x] = append(in[x], r)
	}
	for _, x := range order {
		when, how := frozen.Of("environments."+new.Name+".waves.0.bake", "")
		c.add(Difference{Group: group, What: "bake of " + text.List(in[x]), Kind: Changed, Old: x.old, New: x.new, When: when, How: how})
	}
}

func domain(e *environment.Environment) string {
	if e.Domain == nil {
		return "none"
	}
	return "{name: " + e.Domain.Name + ", zoneId: " + e.Domain.ZoneID + "}"
}

func dark(e *environment.Environment) string { return "[" + text.List(e.Dark) + "]" }

func windows(e *environment.Environment) string {
	var all []string
	for _, w := range e.Windows {
		all = append(all, w.Setting())
	}
	return "[" + text.List(all) + "]"
}

func freezes(e *environment.Environment) string {
	var all []string
	for _, f := range e.Freezes {
		all = append(all, f.Setting())
	}
	return "[" + text.List(all) + "]"
}

func approval(e *environment.Environment) string {
	if e.Approval == nil {
		return "none"
	}
	return "{notify: [" + text.List(e.Approval.Notify) + "]}"
}

func addresses(list []string) string { return "[" + text.List(list) + "]" }

func endpoints(n environment.Network) string { return "[" + text.List(n.Endpoints) + "]" }
