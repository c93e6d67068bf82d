package config

import (
	"fmt"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/text"
)

// Catches a value, an origin or a name that changes unnoticed. UPDATE_GOLDEN=1 rewrites it.
func TestExplain(t *testing.T) {
	c := load(t, "full")
	var out strings.Builder
	for _, of := range [][2]string{{"web", "prod"}, {"catalog", "beta"}, {"mailer", "prod"}} {
		settings, err := c.Explain(of[0], of[1])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&out, "== %s in %s\n", of[0], of[1])
		for _, s := range settings {
			fmt.Fprintf(&out, "%s = %s (%s)\n", s.Path, s.Value, s.Origin)
		}
	}
	const golden = "testdata/explain.txt"
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(golden, []byte(out.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if want := string(read(t, golden)); out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// Catches a canary of an internal service that is there, or is not, and nobody learns why.
func TestExplainTheCanaryOfAnInternalService(t *testing.T) {
	for _, c := range []struct{ service, environment, disabled, canary string }{
		{"catalog", "beta", "true (always for test)", ""},
		{"catalog", "gamma", "false (default for preproduction)", "shop-gamma-catalog (derived)"},
		{"catalog", "prod", "true (default for production)",
			"none: of internal services only in preproduction; synthetics: {disabled: false} in the overrides of prod makes one (derived)"},
		{"orders", "gamma", "true (overrides.gamma, line LINE)", ""},
		{"orders", "prod", "false (services.orders, line LINE)", "shop-prod-orders (derived)"},
		{"carts", "prod", "true (services.carts, line LINE)", ""},
	} {
		p, err := Parse("x.yaml", []byte(`store: shop
tools: {account: "111111111111", region: eu-west-1}
environments:
  beta: {kind: test, account: "222222222222", domain: {name: b.example.com, zoneId: Z1}, waves: [{regions: [eu-west-1]}]}
  gamma: {kind: preproduction, account: "333333333333", domain: {name: g.example.com, zoneId: Z2}, waves: [{regions: [eu-west-1]}]}
  prod: {kind: production, account: "444444444444", domain: {name: p.example.com, zoneId: Z3}, waves: [{regions: [eu-west-1]}]}
services:
  catalog: {build: {preset: go}, http: {port: 8080, health: /health}, expose: internal}
  orders: {build: {preset: go}, http: {port: 8080, health: /health}, expose: internal, synthetics: {disabled: false}, overrides: {gamma: {synthetics: {disabled: true}}}}
  carts: {build: {preset: go}, http: {port: 8080, health: /health}, expose: internal, synthetics: {disabled: true}}
`))
		if err != nil {
			t.Fatal(err)
		}
		settings, err := p.Explain(c.service, c.environment)
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for _, s := range settings {
			got[s.Path] = s.Value + " (" + lineNumber.ReplaceAllString(s.Origin, "line LINE") + ")"
		}
		if got["synthetics.disabled"] != c.disabled || got["names.canary"] != c.canary {
			t.Errorf("%s in %s: disabled %s, canary %s", c.service, c.environment, got["synthetics.disabled"], got["names.canary"])
		}
	}
}

var lineNumber = regexp.MustCompile(`line \d+`)

// Catches a new setting that explain leaves out: whatever a file says of a service is explained.
func TestExplainHasEverySetting(t *testing.T) {
	const gamma = "  gamma: {kind: preproduction, account: \"555555555555\", domain: none, waves: [{regions: [eu-west-1]}]}\n"
	c, err := Parse("full.yaml", []byte(strings.Replace(string(read(t, "testdata/good/full.yaml")), "  prod:\n", gamma+"  prod:\n", 1)))
	if err != nil {
		t.Fatal(err)
	}
	explained := map[string]bool{}
	for _, service := range c.Services.Names() {
		for _, environment := range c.Environments.Names() {
			settings, err := c.Explain(service, environment)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range settings {
				explained[s.Path] = true
				if s.Origin == "" || s.Value == "" && s.Path != "variables.EMPTY" && s.Path != "tests.integration.variables.GREETING" {
					t.Errorf("%s of %s: value %q, origin %q", s.Path, service, s.Value, s.Origin)
				}
			}
		}
	}
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if _, isMap := reflect.New(typ).Interface().(ordered); isMap || typ.Kind() == reflect.Map {
			return
		}
		if typ.Kind() == reflect.Struct {
			for key, f := range fieldsOf(typ) {
				walk(text.Under(path, key), f.typ)
			}
		} else if !explained[path] {
			t.Errorf("%s is not explained", path)
		}
	}
	walk("", reflect.TypeFor[Service]())
}

// Catches a mistyped name that ends in an empty table.
func TestExplainProblems(t *testing.T) {
	c := load(t, "full")
	for _, x := range [][3]string{
		{"webb", "prod", `no service is named "webb"; did you mean "web"?`},
		{"web", "staging", `no environment is named "staging"; known: beta, prod`},
	} {
		if _, err := c.Explain(x[0], x[1]); err == nil || err.Error() != x[2] {
			t.Errorf("got %v, want %s", err, x[2])
		}
	}
}
