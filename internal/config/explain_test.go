package config

import (
	"fmt"
	"os"
	"reflect"
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
