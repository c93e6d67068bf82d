package change

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
)

// plans makes valid files at random. What no live service can change depends on names only, so that most pairs of them can
// follow each other.
type plans struct{ *rand.Rand }

func (r plans) some(all []string, least int) []string {
	var picked []string
	for len(picked) < least {
		picked = nil
		for _, x := range all {
			if r.IntN(2) == 0 {
				picked = append(picked, x)
			}
		}
	}
	return picked
}

func (r plans) pick(all ...string) string { return all[r.IntN(len(all))] }

var kinds = map[string]string{
	"alpha":   "{kind: test, account: \"222222222222\", domain: none",
	"beta":    "{kind: test, account: \"222222222223\", domain: {name: beta.example.com, zoneId: Z02}",
	"gamma":   "{kind: preproduction, account: \"333333333333\", domain: {name: gamma.example.com, zoneId: Z03}",
	"prod":    "{kind: production, account: \"444444444444\", domain: {name: example.com, zoneId: Z04}",
	"prodtwo": "{kind: production, account: \"555555555555\", domain: none",
}

const github = `provider: github, owner: acme, connection: "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"`

// valid is the next file that is valid: a few are not.
func (r plans) valid() string {
	for {
		text := r.file()
		if _, err := config.Parse("x.yaml", []byte(text)); err == nil {
			return text
		}
	}
}

func (r plans) file() string {
	var b strings.Builder
	b.WriteString("store: shop\ntools: {account: \"111111111111\", region: us-west-2}\n")
	if r.IntN(3) == 0 {
		fmt.Fprintf(&b, "delivery: {%s}\n", r.pick("branch: next", "repository: program", "repository: program, branch: next", github, github+", repository: program"))
	}
	b.WriteString("environments:\n")
	for _, name := range r.some([]string{"alpha", "beta", "gamma", "prod", "prodtwo"}, 1) {
		fmt.Fprintf(&b, "  %s: %s", name, kinds[name])
		if r.IntN(2) == 0 {
			fmt.Fprintf(&b, ", approval: {notify: [%s@example.com]}", r.pick("a", "b"))
		}
		b.WriteString(", waves: [")
		regions := r.some([]string{"us-west-2", "us-east-1", "eu-west-1", "eu-central-1", "me-central-1"}, 1)
		all := slices.Clone(regions)
		r.Shuffle(len(regions), func(i, j int) { regions[i], regions[j] = regions[j], regions[i] })
		for len(regions) > 0 {
			n := 1 + r.IntN(len(regions))
			fmt.Fprintf(&b, "{regions: [%s], bake: %s},", strings.Join(regions[:n], ", "), r.pick("10m", "30m"))
			regions = regions[n:]
		}
		b.WriteString("]")
		if name != "alpha" && name != "prodtwo" && r.IntN(3) == 0 {
			fmt.Fprintf(&b, ", dark: [%s]", strings.Join(r.some(all, 0), ", "))
		}
		b.WriteString("}\n")
	}
	fmt.Fprintf(&b, "defaults: {cpu: %s, memoryMiB: 2048}\nservices:\n", r.pick("512", "1024"))
	names := r.some([]string{r.pick("ui", "shop"), "admin", "cart", "orders", "catalog", "checkout"}, 1)
	var internal []string
	for _, name := range names {
		if !slices.Contains([]string{"ui", "shop", "admin"}, name) {
			internal = append(internal, name)
		}
	}
	for _, name := range names {
		expose := "internal"
		switch name {
		case "ui":
			expose = "{path: /*, block: [/private/*]}"
		case "shop": // can take the address of ui over, and ui not that of shop
			expose = "{path: /*, block: [/private/*], priority: 50000}"
		case "admin":
			expose = "{path: /admin/*}"
		}
		fmt.Fprintf(&b, "  %s: {build: {preset: go}, http: {port: 8080, health: /health}, expose: %s", name, expose)
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, ", source: %s", r.pick("{repository: one, branch: main}", "{repository: two}", "{branch: release}", "{provider: s3}",
				"{"+github+"}"))
		}
		if r.IntN(3) == 0 {
			fmt.Fprintf(&b, ", secrets: {KEY: \"secretsmanager:%s/credentials#%s\"}", r.pick("shared", name), r.pick("a", "b"))
		}
		variables := []string{"LEVEL: " + r.pick("info", "debug")}
		for _, other := range internal {
			if other != name && r.IntN(3) == 0 {
				variables = append(variables, strings.ToUpper(other)+": \"${services."+other+".url}\"")
			}
		}
		fmt.Fprintf(&b, ", variables: {%s}", strings.Join(variables, ", "))
		if len(internal) > 0 && r.IntN(3) == 0 {
			fmt.Fprintf(&b, ", tests: {%s: {commands: [./test], variables: {URL: \"${services.%s.url}\"}}}", r.pick("integration", "acceptance", "performance"), r.pick(internal...))
		}
		b.WriteString("}\n")
	}
	return b.String()
}

// Random pairs of plans: whatever comes together, nothing is deployed that the new plan lacks, nothing deleted that it has,
// everything that goes is deleted once and in order, and no push calls what is not there.
func TestRandomPairs(t *testing.T) {
	r := plans{rand.New(rand.NewPCG(1, 2))}
	possible := 0
	for i := range 100 {
		old, new := r.valid(), r.valid()
		a, b := parse(t, "old.yaml", old), parse(t, "new.yaml", new)
		c := New(a, b, Options{})
		if len(c.Refusals) == 0 {
			possible++
		}
		name := fmt.Sprintf("pair %d", i)
		check(t, name, c, a.Plan(), b.Plan())
		safe(t, name, old, new)
		if t.Failed() {
			t.Logf("old:\n%s\nnew:\n%s", old, new)
			for _, command := range commands(c) {
				t.Log(command)
			}
			return
		}
	}
	if possible < 70 {
		t.Errorf("only %d pairs were possible", possible)
	}
}

// Whatever is retired, the file without it is valid. Catches a reference that is not seen, when the steps have deleted what it leads to.
func TestRandomRetirements(t *testing.T) {
	r := plans{rand.New(rand.NewPCG(3, 4))}
	possible := 0
	for range 100 {
		c := parse(t, "storeship.yaml", r.valid())
		for _, s := range c.Plan().Services {
			if _, err := Retire(c, s.Name, Options{}); err != nil {
				continue
			}
			possible++
			without := c.Plan()
			without.Services = slices.DeleteFunc(without.Services, func(o *environment.Service) bool { return o.Name == s.Name })
			if err := without.Validate().Err(); err != nil {
				t.Errorf("%s is retired, and then: %v", s.Name, err)
			}
		}
	}
	if possible < 50 {
		t.Errorf("only %d services could be retired", possible)
	}
}
