package change

import (
	"slices"
	"strings"
	"testing"
)

// Catches a domain that a new environment takes from one that goes, where another new one stands in the account of that and looks
// like its rename.
func TestEveryDomainThatIsTakenIsRefused(t *testing.T) {
	old := edit(t, base(t), "  prod:\n", gamma+"  prod:\n")
	new := edit(t, old, "  gamma:\n", "  stage:\n", "gamma.shop.example.com, zoneId: Z03", "shop.example.com, zoneId: Z04", "  prod:\n", "  live:\n",
		"{name: shop.example.com, zoneId: Z04}\n    approval: {notify", "{name: gamma.shop.example.com, zoneId: Z03}\n    approval: {notify", "overrides: {prod", "overrides: {live")
	var paths []string
	for _, r := range between(t, old, new).Refusals {
		paths = append(paths, r.Path)
	}
	if want := []string{"environments.live.domain", "environments.stage.domain"}; !slices.Equal(paths, want) {
		t.Errorf("got %q, want %q", paths, want)
	}
}

// Catches steps that end in "already exists", or in an empty repository: CloudFormation cannot hand a repository from one stack to another.
func TestRepositoriesKeepTheirOwner(t *testing.T) {
	const head = "environments:\n"
	named := func(s string) []string { return []string{head, "delivery: {" + s + "}\n" + head} }
	orders := []string{"source: {repository: retail-orders}", "source: {repository: retail-orders2}"}
	program := []string{"source: {repository: retail-orders}", "source: {repository: retail-store-delivery}"}
	for name, x := range map[string]struct {
		old, new []string
		path     string
	}{
		"delivery takes a service's":                {nil, append(named("repository: retail-orders"), orders...), "delivery.repository"},
		"delivery comes to a service's":             {named(github), append(named("repository: retail-orders"), orders...), "delivery.repository"},
		"a service takes what was renamed":          {nil, append(named("repository: other"), program...), "services"},
		"a service takes what delivery left behind": {nil, append(named(github), program...), "services"},
		"both have new ones":                        {nil, append(named("repository: other"), orders...), ""},
	} {
		path := ""
		for _, r := range between(t, edit(t, base(t), x.old...), edit(t, base(t), x.new...)).Refusals {
			path += r.Path
		}
		if path != x.path {
			t.Errorf("%s: refuses %q, want %q", name, path, x.path)
		}
	}
}

// Catches advice that meets the same refusal: what cannot stand beside what goes cannot be added before it either.
func TestTheWayOutOfAClash(t *testing.T) {
	renamed := func(expose string) []string {
		return []string{orders, strings.Replace(strings.Replace(orders, "  orders:", "  ord:", 1), "internal\n", expose+"\n", 1), "services.orders.url", "services.ord.url"}
	}
	public := edit(t, base(t), "domain: none", "domain: {name: beta.shop.example.com, zoneId: Z02}", orders, strings.Replace(orders, "internal\n", "{path: /*, host: orders, priority: 40000}\n", 1))
	admin := edit(t, public, "  catalog:\n", `  admin:
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: {path: /admin}
    variables: {SHOP: "${services.ui.url}"}
  catalog:
`)
	moved := edit(t, admin, ui, shop, `"${services.ui.url}"`, `"${services.cart.url}"`, "  catalog:\n", cart+"  catalog:\n")
	for _, x := range []struct{ old, new, path, instead string }{
		{base(t), edit(t, base(t), renamed("{internal: {port: 29820}}")...), "services.ord.expose", "give ord another port: orders keeps its own until it is removed"},
		{public, edit(t, base(t), append(renamed("{path: /*, host: ord, priority: 40000}"), "domain: none", "domain: {name: beta.shop.example.com, zoneId: Z02}")...),
			"services.ord.expose", "give ord another priority: orders keeps its own until it is removed"},
		{admin, moved, "services", "make two changes of it: first release admin without what it refers to, then the rest"},
	} {
		got := between(t, x.old, x.new).Refusals
		if len(got) != 1 || got[0].Path != x.path || got[0].Instead != x.instead {
			t.Errorf("got %+v, want %s: %s", got, x.path, x.instead)
		}
	}
	// With another port, as it says, the change is possible.
	if c := between(t, base(t), edit(t, base(t), renamed("{internal: {port: 29821}}")...)); len(c.Refusals) > 0 {
		t.Errorf("got %+v", c.Refusals)
	}
}
