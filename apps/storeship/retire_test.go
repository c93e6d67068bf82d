package main

import (
	"strings"
	"testing"
)

const twoServices = twoAccounts + `
  cart:
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: internal
`

// The removal of a service, as text and as JSON. Catches a verb that is not in the table, and flags that do nothing.
func TestRetire(t *testing.T) {
	inFolder(t, "stores/shop.yaml", twoServices)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"cart"}, []string{"Store shop, stores/shop.yaml: retire cart.\n", "--stack-name shop-cart-pipeline\n", "--stack-name shop-beta-cart\n",
			"Take services.cart out of stores/shop.yaml", "/shop/beta/cart", "\nTo delete it for good: "}},
		{[]string{"cart", "-format", "json"}, []string{`"steps": [`, `"forGood": [`}},
	} {
		var out, errOut strings.Builder
		if code := run(append([]string{"retire", "-config", "stores/shop.yaml"}, c.args...), &out, &errOut); code != 0 || errOut.Len() > 0 {
			t.Fatalf("%v: exit code %d: %s", c.args, code, errOut.String())
		}
		for _, want := range c.want {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%v: no %q in\n%s", c.args, want, out.String())
			}
		}
	}
}

// What is wrong is said with its place, and nothing is printed that someone might run.
func TestRetireRefuses(t *testing.T) {
	inFolder(t, "storeship.yaml", strings.Replace(twoServices, "expose: {path: /*}", `expose: {path: /*}
    variables: {CART: "${services.cart.url}"}`, 1))
	write(t, map[string]string{"broken.yaml": strings.Replace(twoServices, "kind: test", "kind: tset", 1)})
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"cart"}, "storeship.yaml:15:23: services.ui.variables.CART: refers to cart; "},
		{[]string{"crat"}, `storeship.yaml: no service is named "crat"; did you mean "cart"?`},
		{[]string{}, "takes 1 argument, got 0"},
		{[]string{"cart", "-format", "yaml"}, "-format must be text or json, got \"yaml\""},
		{[]string{"cart", "-config", "broken.yaml"}, "broken.yaml:6:11: environments.beta.kind: "},
	} {
		var out, errOut strings.Builder
		if code := run(append([]string{"retire"}, c.args...), &out, &errOut); code != 1 || out.Len() > 0 || !strings.Contains(errOut.String(), c.want) {
			t.Errorf("%v: exit code %d, output %q, error %q, want %q", c.args, code, out.String(), errOut.String(), c.want)
		}
	}
}
