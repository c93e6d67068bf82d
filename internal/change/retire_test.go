package change

import (
	"bytes"
	"strings"
	"testing"
)

// Golden text of a removal. Catches a command that is missing, or that comes too early.
func TestRetire(t *testing.T) {
	c, err := Retire(parse(t, "storeship.yaml", base(t)), "catalog", Options{})
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := c.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	golden(t, "retire.txt", b.String())
}

// The same service removed by two files has the same steps, but for what the file is called.
func TestRetireIsTheSameAsAPlan(t *testing.T) {
	retired, err := Retire(parse(t, "storeship.yaml", base(t)), "catalog", Options{})
	if err != nil {
		t.Fatal(err)
	}
	planned := between(t, base(t), edit(t, base(t), catalog, ""))
	if a, b := commands(retired), commands(planned); strings.Join(a, "\n") != strings.Join(b, "\n") {
		t.Errorf("retire:\n%s\nplan:\n%s", strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
	if len(retired.Stays) != len(planned.Stays) || len(retired.ForGood) != len(planned.ForGood) {
		t.Errorf("%d and %d stay", len(retired.Stays), len(planned.Stays))
	}
}

func commands(c *Change) []string {
	var all []string
	for _, s := range c.Steps {
		for _, x := range s.Commands {
			all = append(all, x.Account+" "+x.Run)
		}
	}
	return all
}

// Each case catches a service that is taken away under those who call it, or a typing error that removes nothing.
func TestRetireRefuses(t *testing.T) {
	several := edit(t, base(t), "expose: internal\n    secrets", "expose: internal\n    variables: {A: \"$${services.orders.url}\", B: \"x ${services.orders.host}\"}\n    secrets",
		"{prod: {scale: {max: 8}}}", "{prod: {scale: {max: 8}, variables: {C: \"${services.orders.port}\"}}}")
	tested := edit(t, base(t), "${services.orders.url}", "none", "    secrets: {API", `    tests:
      integration: {commands: [./test], variables: {ORDERS: "${services.orders.url}"}}
    secrets: {API`, "{prod: {scale: {max: 8}}}", `{beta: {tests: {acceptance: {commands: [./test], variables: {HOST: "${services.orders.host}"}}}}}`,
		"defaults: {", `defaults: {tests: {performance: {commands: [./test], variables: {PORT: "${services.orders.port}"}}}, `)
	one := base(t)[:strings.Index(base(t), "  orders:\n")]
	one = edit(t, one, "${services.orders.url}", "none")
	for _, x := range []struct{ text, service, want string }{
		{base(t), "catlog", `storeship.yaml: no service is named "catlog"; did you mean "catalog"?`},
		{several, "orders", `storeship.yaml:24:29: services.ui.variables.ORDERS_URL: refers to orders; release its service without it first
storeship.yaml:34:50: services.catalog.variables.B: refers to orders; release its service without it first
storeship.yaml:36:56: services.catalog.overrides.prod.variables.C: refers to orders; release its service without it first`},
		{tested, "orders", `storeship.yaml:17:72: defaults.tests.performance.variables.PORT: refers to orders; release its service without it first
storeship.yaml:35:61: services.catalog.tests.integration.variables.ORDERS: refers to orders; release its service without it first
storeship.yaml:37:83: services.catalog.overrides.beta.tests.acceptance.variables.HOST: refers to orders; release its service without it first`},
		{one, "ui", `storeship.yaml:19:3: services.ui: is the only service, and a store has at least one; docs/first-deployment.md, "Remove everything", takes the whole store down`},
	} {
		_, err := Retire(parse(t, "storeship.yaml", x.text), x.service, Options{})
		if err == nil || err.Error() != x.want {
			t.Errorf("%s: got\n%v\nwant\n%s", x.service, err, x.want)
		}
	}
}
