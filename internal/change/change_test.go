package change

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/frozen"
)

// base is the store that the tests change.
func base(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/base.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parse(t testing.TB, file, text string) *config.Config {
	t.Helper()
	c, err := config.Parse(file, []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// edit replaces pairs of old and new text, each of which must be there.
func edit(t testing.TB, text string, pairs ...string) string {
	t.Helper()
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			t.Fatalf("no %q in\n%s", pairs[i], text)
		}
		text = strings.Replace(text, pairs[i], pairs[i+1], 1)
	}
	return text
}

// between is the change from one text to another.
func between(t testing.TB, old, new string) *Change {
	t.Helper()
	return New(parse(t, "old.yaml", old), parse(t, "new.yaml", new), Options{})
}

// comparing is what [New] works with.
func comparing(old, new *config.Config) *comparer {
	return &comparer{old: side{old, old.Plan()}, new: side{new, new.Plan()}, change: &Change{From: old.File(), To: new.File()}}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; UPDATE_GOLDEN=1 rewrites it. Got:\n%s", path, got)
	}
}

const (
	cart = `  cart:
    source: {repository: retail-cart}
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: internal
    secrets: {SESSION: "ssm:/cart/session"}
`
	chained = `    variables: {STOCK_URL: "${services.stock.url}"}
  stock:
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: internal
`
	tester = `    tests: {integration: {commands: [./test], variables: {CART_URL: "${services.cart.url}"}}}
`
	beta = `  beta:
    kind: test
    account: "222222222222"
    domain: none
    waves: [{regions: [us-west-2]}]
`
	gamma = `  gamma:
    kind: preproduction
    account: "333333333333"
    domain: {name: gamma.shop.example.com, zoneId: Z03}
    approval: {}
    waves: [{regions: [us-west-2, us-east-2]}]
`
	shop = `  shop:
    source: {repository: retail-ui}
    build: {preset: java-maven}
    http: {port: 8080, health: /health}
    expose: {path: /*, block: [/utility/*], priority: 49309}
`
	ui = `  ui:
    source: {repository: retail-ui}
    build: {preset: java-maven}
    http: {port: 8080, health: /health}
    expose: {path: /*, block: [/utility/*]}
    variables: {ORDERS_URL: "${services.orders.url}"}
`
	orders = `  orders:
    source: {repository: retail-orders}
    build: {preset: java-maven}
    http: {port: 8080, health: /health}
    expose: internal
`
	catalog = `  catalog:
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: internal
    secrets: {API_KEY: "secretsmanager:catalog/credentials#key"}
    overrides: {prod: {scale: {max: 8}}}
`
)

// cases are the kinds of changes, as edits of the base; those in back are read from new to old.
var cases = []struct {
	name  string
	back  bool
	edits []string
}{
	{"add-service", false, []string{"  catalog:\n", cart + "  catalog:\n"}},
	{"add-service-with-caller", false, []string{"  catalog:\n", cart + "  catalog:\n", `orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`}},
	{"remove-service", true, []string{"  catalog:\n", cart + "  catalog:\n"}},
	{"remove-service-with-caller", true, []string{"  catalog:\n", cart + "  catalog:\n", `orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`}},
	{"add-region", false, []string{"[eu-west-1]", "[eu-west-1, eu-central-1]"}},
	{"add-region-as-wave", false, []string{"[eu-west-1]}", "[eu-west-1]}\n      - {regions: [ap-south-1]}"}},
	{"remove-region", false, []string{"\n      - {regions: [eu-west-1]}", ""}},
	{"replace-region", false, []string{"[eu-west-1]", "[eu-north-1]"}},
	{"add-environment", false, []string{"  prod:\n", gamma + "  prod:\n"}},
	{"remove-environment", true, []string{"  prod:\n", gamma + "  prod:\n"}},
	{"rename-service", false, []string{"  orders:\n", "  ordering:\n", "services.orders.url", "services.ordering.url"}},
	{"rename-public-service", false, []string{"  ui:\n", "  web:\n", "block: [/utility/*]", "block: [/utility/*], priority: 49309"}},
	{"replace-public-service", false, []string{ui, shop, orders, ""}},
	// In the old file ui calls cart and cart calls stock; in the new one neither is there.
	{"remove-chain", true, []string{`orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`, "  catalog:\n", cart + chained + "  catalog:\n"}},
	{"add-service-with-tester", false, []string{"  catalog:\n", cart + "  catalog:\n", "    secrets: {API", tester + "    secrets: {API"}},
	{"remove-service-with-tester", true, []string{"  catalog:\n", cart + "  catalog:\n", "    secrets: {API", tester + "    secrets: {API"}},
	{"replace-environment", false, []string{beta, gamma}},
	{"rename-environment", false, []string{"  beta:\n", "  dev:\n"}},
	{"engine-to-rolling", false, []string{"    secrets: {API", "    release: {engine: rolling}\n    secrets: {API"}},
	{"engine-to-codedeploy", true, []string{"    secrets: {API", "    release: {engine: rolling}\n    secrets: {API"}},
	{"engine-to-ecs", false, []string{"    secrets: {API", "    release: {engine: ecs}\n    secrets: {API"}},
	{"engine-from-ecs", true, []string{"    secrets: {API", "    release: {engine: ecs}\n    secrets: {API"}},
	{"move-to-ecs", false, []string{"  orders:\n", "  ordering:\n    release: {engine: ecs}\n", "services.orders.url", "services.ordering.url"}},
	{"move-region-and-bake", false, []string{"[us-west-2, us-east-1], bake: 30m", "[us-west-2], bake: 1h", "[eu-west-1]", "[us-east-1, eu-west-1]"}},
	{"reorder", false, []string{catalog, "", "  ui:\n", catalog + "  ui:\n"}},
	{"defaults", false, []string{"cpu: 512, memoryMiB: 1024", "cpu: 1024, memoryMiB: 2048, scale: {max: 10}", "domain: none", "domain: none\n    network: {natGateways: 2}"}},
	{"refused", false, []string{"port: 8080", "port: 9090", "domain: none", "domain: none\n    network: {cidr: 10.8.0.0/16}", "expose: internal", "expose: {path: /orders}",
		"${services.orders.url}", "none", `account: "444444444444"`, `account: "555555555555"`}},
	{"refused-tools", false, []string{`region: us-west-2}`, `region: eu-west-1}`}},
	{"refused-public-rename", false, []string{"  ui:\n", "  shop:\n"}},
	{"refused-domain", false, []string{"  prod:\n", "  live:\n", `account: "444444444444"`, `account: "555555555555"`, "overrides: {prod", "overrides: {live"}},
	{"refused-domain-in-other-regions", false, []string{"  prod:\n", "  live:\n", "[us-west-2, us-east-1]", "[eu-north-1]", "\n      - {regions: [eu-west-1]}", "", "overrides: {prod", "overrides: {live"}},
	{"refused-port", false, []string{orders, strings.Replace(strings.Replace(orders, "  orders:", "  ord:", 1), "internal\n", "{internal: {port: 29820}}\n", 1), "services.orders.url", "services.ord.url"}},
	{"no-change", false, []string{"defaults: {cpu: 512, memoryMiB: 1024}", "defaults: {memoryMiB: 1024}"}},
	{"several", false, []string{catalog, "", "  orders:\n", cart + "  orders:\n", "[eu-west-1]", "[eu-central-1]", `orders.url}"`, `orders.url}", CART_URL: "${services.cart.url}"`,
		"  prod:\n", gamma + "  prod:\n"}},
	{"add-service-on-github", false, []string{"  catalog:\n", `  cart:
    source: {provider: github, owner: acme, repository: cart, connection: "arn:aws:codeconnections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"}
    build: {preset: go}
    http: {port: 8080, health: /health}
    expose: internal
` + "  catalog:\n"}},
	{"uploads-instead-of-codecommit", false, []string{"environments:\n", "source: {provider: s3}\nenvironments:\n", "{repository: retail-ui}", "{key: ui.zip}", "{repository: retail-orders}", "{key: orders.zip}"}},
	{"notifications", false, []string{"environments:\n", "notifications: {notify: [team@shop.example.com], onCall: [oncall@shop.example.com]}\nenvironments:\n"}},
	{"kind", false, []string{"kind: test\n    account: \"222222222222\"", "kind: preproduction\n    account: \"222222222222\"\n    network: {availabilityZones: 2}"}},
	{"tests", false, []string{"    expose: {path: /*, block: [/utility/*]}\n", `    expose: {path: /*, block: [/utility/*]}
    tests:
      integration: {commands: [./mvnw verify], reports: target/failsafe-reports/*.xml}
      acceptance: {commands: [npm test], image: "node:22.21.1", timeout: 20m, variables: {LEVEL: "1"}}
`}},
	{"delivery-and-sources", false, []string{"environments:\n", "delivery: {repository: retail-delivery}\nenvironments:\n", "{repository: retail-ui}", "{repository: retail-web}",
		"{repository: retail-orders}", "{repository: retail-orders, branch: release}"}},
	{"delivery-name-and-branch", false, []string{"environments:\n", "delivery: {repository: retail-delivery, branch: release}\nenvironments:\n"}},
	{"delivery-to-github", false, []string{"environments:\n", "delivery: {" + github + "}\nenvironments:\n"}},
	{"delivery-from-github", true, []string{"environments:\n", "delivery: {" + github + "}\nenvironments:\n"}},
}

// Golden text: what people read, for each kind of change. Catches any change of it that nobody looked at.
func TestText(t *testing.T) {
	for _, x := range cases {
		old, new := base(t), edit(t, base(t), x.edits...)
		if x.back {
			old, new = new, old
		}
		c := between(t, old, new)
		var b bytes.Buffer
		if err := c.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		golden(t, x.name+".txt", b.String())
		for i, line := range strings.Split(b.String(), "\n") {
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s line %d ends in spaces", x.name, i+1)
			}
		}
		if refused := strings.HasPrefix(x.name, "refused") || strings.HasPrefix(x.name, "engine"); refused != (len(c.Refusals) > 0) {
			t.Errorf("%s: %d refusals", x.name, len(c.Refusals))
		}
	}
}

// JSON is for programs: the same bytes each time.
func TestJSON(t *testing.T) {
	new := edit(t, base(t), "[eu-west-1]", "[eu-central-1]")
	var one, two bytes.Buffer
	for _, w := range []*bytes.Buffer{&one, &two} {
		if err := between(t, base(t), new).WriteJSON(w); err != nil {
			t.Fatal(err)
		}
	}
	var back Change
	if err := json.Unmarshal(one.Bytes(), &back); err != nil || one.String() != two.String() {
		t.Fatal("two runs differ", err)
	}
	if back.From != "old.yaml" || len(back.Differences) != 2 || len(back.Steps) < 8 || len(back.Stays) == 0 {
		t.Errorf("got %d differences, %d steps", len(back.Differences), len(back.Steps))
	}
}

// Commands name a file that the CDK app would not read by itself.
func TestConfigIsCarried(t *testing.T) {
	c := New(parse(t, "old.yaml", base(t)), parse(t, "my store.yaml", edit(t, base(t), "  catalog:\n", cart+"  catalog:\n")), Options{Config: "my store.yaml"})
	text, _ := json.Marshal(c.Steps)
	if !strings.Contains(string(text), "npx cdk deploy retail-store-cart-pipeline -c scope=cart -c 'config=my store.yaml'") {
		t.Error(string(text))
	}
}

// Every key of the file that is no service's, changed alone, is said: a service's are compared by what explain lists, so that
// only these could be forgotten.
func TestEveryKeyIsCompared(t *testing.T) {
	edits := map[string][]string{
		"store":                          {"store: retail-store", "store: retail-shop"},
		"tools":                          {"region: us-west-2}", "region: us-east-1}"},
		"source":                         {"environments:\n", "source: {provider: s3}\nenvironments:\n", "{repository: retail-ui}", "{}", "{repository: retail-orders}", "{}"},
		"delivery":                       {"environments:\n", "delivery: {branch: next}\nenvironments:\n"},
		"sandbox":                        {"environments:\n", "sandbox: true\nenvironments:\n"},
		"notifications":                  {"environments:\n", "notifications: {notify: [team@shop.example.com]}\nenvironments:\n"},
		"signing":                        {"environments:\n", "signing: {profile: other}\nenvironments:\n"},
		"signing.reason":                 {"environments:\n", "signing: {mode: none, reason: moving}\nenvironments:\n"},
		"environments":                   {"  prod:\n", gamma + "  prod:\n"},
		"environments.*.kind":            {"kind: test", "kind: preproduction"},
		"environments.*.account":         {"222222222222", "333333333333"},
		"environments.*.domain":          {"zoneId: Z04", "zoneId: Z05"},
		"environments.*.approval":        {"release-managers", "managers"},
		"environments.*.windows":         {"waves:\n", "windows: [{from: \"09:00\", to: \"16:00\"}]\n    waves:\n"},
		"environments.*.freezes":         {"waves:\n", "freezes: [{name: sale, from: 2026-11-26T00:00, to: 2026-12-01T08:00}]\n    waves:\n"},
		"environments.*.dark":            {"waves:\n", "dark: [us-east-1]\n    waves:\n"},
		"environments.*.waves.*.regions": {"[eu-west-1]", "[eu-west-3]"},
		"environments.*.waves.*.bake":    {"bake: 30m", "bake: 40m"},
		"environments.*.network.availabilityZones": {"domain: none", "domain: none\n    network: {availabilityZones: 3}"},
		"environments.*.network.cidr":              {"domain: none", "domain: none\n    network: {cidr: 10.1.0.0/16}"},
		"environments.*.network.natGateways":       {"domain: none", "domain: none\n    network: {natGateways: 2}"},
		"environments.*.network.endpoints":         {"domain: none", "domain: none\n    network: {endpoints: [logs]}"},
		"defaults":                                 {"cpu: 512", "cpu: 1024"},
		"services":                                 {"  catalog:\n", cart + "  catalog:\n"},
	}
	for _, s := range frozen.Settings() {
		for _, key := range s.Keys {
			pairs, ok := edits[key]
			if !ok && !strings.HasPrefix(key, "services.") {
				t.Errorf("no edit of %s; does compare look at it?", key)
			}
			if ok && len(between(t, base(t), edit(t, base(t), pairs...)).Differences) == 0 {
				t.Errorf("a change of %s is not said", key)
			}
		}
	}
}

// Catches: a wait for pipelines that do not start, or none for those that do: what a change of a store's or an environment's key does to the
// services' pipelines. The steps Package and VerifySignature of each name the profile and the account that sign. And a store's key
// that is said once more as if it were each service's.
func TestKeysStartWhatTheyChange(t *testing.T) {
	const head = "environments:\n"
	signing := func(s string) []string { return []string{head, "signing: " + s + "\n" + head} }
	managed, none := []string{head, head}, signing("{mode: none, reason: moving}")
	for name, x := range map[string]struct {
		old, new []string
		starts   bool
	}{
		"signing, none to managed":      {none, managed, true},
		"signing, managed to none":      {managed, none, true},
		"signing, managed to external":  {managed, signing("{mode: external, profile: acme, account: \"999999999999\"}"), true},
		"signing, another profile":      {managed, signing("{profile: other}"), true},
		"signing, another account":      {signing("{mode: external, profile: acme}"), signing("{mode: external, profile: acme, account: \"999999999999\"}"), true},
		"signing, who configures it":    {managed, signing("{mode: external, profile: retail_store_images}"), false},
		"signing, another reason":       {none, signing("{mode: none, reason: still moving}"), false},
		"notifications":                 {managed, []string{head, "notifications: {notify: [team@shop.example.com]}\n" + head}, false},
		"delivery":                      {managed, []string{head, "delivery: {branch: next}\n" + head}, true},
		"environments.*.approval, gone": {managed, []string{"    approval: {notify: [release-managers@shop.example.com]}\n", ""}, true},
		"environments.*.freezes":        {managed, []string{"waves:\n", "freezes: [{name: sale, from: 2026-11-26T00:00, to: 2026-12-01T08:00}]\n    waves:\n"}, true},
		"environments.*.waves.*.bake":   {managed, []string{"bake: 30m", "bake: 40m"}, true},
		"environments.*.network":        {managed, []string{"domain: none", "domain: none\n    network: {natGateways: 2}"}, false},
	} {
		old, new := edit(t, base(t), x.old...), edit(t, base(t), x.new...)
		c := between(t, old, new)
		var b strings.Builder
		if err := c.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		got := strings.Join(strings.Fields(b.String()), " ")
		started, idle := strings.Contains(got, "starts the pipelines of ui, orders, catalog"), strings.Contains(got, "No pipeline of a service changes, and Dispatch starts none.")
		if len(c.Refusals) > 0 || len(c.Differences) == 0 || started != x.starts || idle == x.starts {
			t.Errorf("%s: starts %v\n%s", name, started, b.String())
		}
		for _, d := range c.Differences {
			if strings.HasPrefix(name, "signing") && (d.Group != "store" || !strings.HasPrefix(d.What, "signing.")) || d.How == "" {
				t.Errorf("%s: says %s: %s, %s: %q", name, d.Group, d.What, d.When, d.How)
			}
		}
	}
}

// Catches: one explanation under each of ten lines that it holds for; and one that is left out where the next line is of another
// group, or has another.
func TestOneExplanationForLinesThatFollow(t *testing.T) {
	line := func(group, what, how string) Difference {
		return Difference{Group: group, What: what, Kind: Changed, Old: "a", New: "b", When: frozen.NextRelease, How: how}
	}
	c := &Change{Differences: []Difference{line("store", "one", "x"), line("store", "two", "x"), line("store", "three", "y"), line("settings of beta", "four", "y"),
		line("settings of beta", "five", "x")}}
	var b strings.Builder
	c.writeDifferences(&b)
	if want := `
What changes
  store
    ~ one: a → b
    ~ two: a → b
      with the next release: x
    ~ three: a → b
      with the next release: y
  settings of beta
    ~ four: a → b
      with the next release: y
    ~ five: a → b
      with the next release: x
`; b.String() != want {
		t.Errorf("got %s", b.String())
	}
}

// Catches: a colon with nothing behind it, where there is no more to say than when a change takes effect.
func TestNothingBehindAColon(t *testing.T) {
	c := &Change{Differences: []Difference{{Group: "store", What: "key", Kind: Changed, Old: "a", New: "b", When: frozen.NextDeployment}}}
	var b strings.Builder
	c.writeDifferences(&b)
	if !strings.HasSuffix(b.String(), "    ~ key: a → b\n      when the stack is deployed\n") {
		t.Errorf("got %q", b.String())
	}
}

// Catches a health path that is changed in one push: load balancers ask live tasks for the new one before a release brings it.
func TestHealthPathIsReleasedFirst(t *testing.T) {
	text := base(t)
	c := between(t, text, strings.Replace(text, "health: /health", "health: /healthz", 1))
	var b strings.Builder
	if err := c.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(strings.Fields(b.String()), " "); !strings.Contains(got, "Before this push, release versions of ") ||
		!strings.Contains(got, "that answer the old and the new health path everywhere") {
		t.Errorf("got\n%s", b.String())
	}
}

// Catches a wait for pipelines that Dispatch does not start: which files of a push to CodeCommit count is known to the change
// filter alone. And a service that gets a trigger, or gives it up, not told of.
func TestFiltersStartOnlyWhoseTriggerChanges(t *testing.T) {
	const monorepo = `store: shop
tools: {account: "111111111111", region: us-west-2}
source: {provider: codecommit, filter: codebuild}
environments:
  beta: {kind: test, account: "222222222222", domain: none, waves: [{regions: [us-west-2]}]}
services:
  api: {build: {preset: go}, source: {repository: mono, path: api, filePaths: {includes: [api/**]}}}
  job: {build: {preset: go}, source: {repository: mono, path: job}}
  web: {build: {preset: go}}
`
	for name, c := range map[string]struct {
		old, new string
		want     []string
	}{
		"other files": {"includes: [api/**]", "includes: [api/**, libs/**]", nil},
		"no filter":   {", filter: codebuild}", "}", []string{"api", "job"}},
	} {
		text := edit(t, monorepo, c.old, c.new)
		if name == "no filter" {
			text = edit(t, text, ", filePaths: {includes: [api/**]}", "")
		}
		before, after := parse(t, "old.yaml", monorepo).Plan(), parse(t, "new.yaml", text).Plan()
		for _, way := range []struct{ from, to *environment.Plan }{{before, after}, {after, before}} {
			if got := changed(way.from, way.to); !slices.Equal(got, c.want) {
				t.Errorf("%s: starts %q, want %q", name, got, c.want)
			}
		}
	}
}

// Catches: "Each stops before prod" of a single pipeline.
func TestOnePipelineIsIt(t *testing.T) {
	for edits, want := range map[[2]string]string{
		{"    secrets: {API", "    cpu: 1024\n    memoryMiB: 2048\n    secrets: {API"}: "It stops before prod ",
		{"cpu: 512, memoryMiB: 1024", "cpu: 1024, memoryMiB: 2048"}:                    "Each stops before prod ",
	} {
		steps := between(t, base(t), edit(t, base(t), edits[:]...)).Steps
		if notes := steps[len(steps)-1].Notes; len(notes) != 1 || !strings.HasPrefix(notes[0], want) {
			t.Errorf("got %q, want %q", notes, want)
		}
	}
}
