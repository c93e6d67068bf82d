package environment

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strings"
	"testing"
)

// add returns a change that adds an exposed service.
func add(name string, x Expose) func(*Plan) {
	return func(p *Plan) {
		p.Services = append(p.Services, &Service{
			Name: name, Build: Build{Preset: PresetGo},
			Runtime: Runtime{HTTP: &HTTP{Port: 80, Health: "/"}, Expose: &x},
		})
	}
}

func changes(cs ...func(*Plan)) func(*Plan) {
	return func(p *Plan) {
		for _, c := range cs {
			c(p)
		}
	}
}

// sameHash returns a name whose derived port, or rule priority, is that of the given service.
func sameHash(t *testing.T, of string, derive func(string) int) string {
	t.Helper()
	for i := range 1_000_000 {
		if name := fmt.Sprintf("s%d", i); derive(name) == derive(of) {
			return name
		}
	}
	t.Fatal("no name has the same hash")
	return ""
}

// Each case catches two services of one environment that meet on a load balancer.
func TestTogetherProblems(t *testing.T) {
	port := sameHash(t, "catalog", InternalPort)
	priority := sameHash(t, "catalog", func(s string) int { return RulePriority(s, "", "/aa/*") })
	refuse(t, []refusal{
		{"two public services at one path", add("web", Expose{Path: "/*"}),
			"services.web.expose.path: services ui and web are both exposed at /*; give one another path or another host (in beta, prod)"},
		{"two public services at one path of a host", changes(
			add("web", Expose{Path: "/*", Host: "admin"}), add("admin", Expose{Path: "/*", Host: "admin"})),
			"services.admin.expose.path: services web and admin are both exposed at /* of host admin"},
		{"two derived ports", add(port, Expose{Internal: true}), fmt.Sprintf(
			"services.%s.expose.internal.port: services catalog and %s have the same port on the internal load balancer, %d; settle it with another port for one of them: expose: {internal: {port: %d}}",
			port, port, InternalPort("catalog"), InternalPort("catalog")+1)},
		{"a given port and a derived one", add("orders", Expose{Internal: true, Port: InternalPort("catalog")}),
			"services.orders.expose.internal.port: services catalog and orders have the same port"},
		{"two derived priorities", changes(func(p *Plan) { catalog(p).Runtime.Expose = &Expose{Path: "/aa/*"} }, add(priority, Expose{Path: "/bb/*"})),
			fmt.Sprintf("services.%s.expose.priority: services catalog and %s have the same priority on the public listener", priority, priority)},
		{"a given priority and a derived one", add("web", Expose{Path: "/web/*", Priority: RulePriority("ui", "", "/*")}),
			"services.web.expose.priority: services ui and web have the same priority"},
	})
	err := newPlan(func(p *Plan) {
		for i := range 50 {
			add(fmt.Sprintf("svc%d", i), Expose{Internal: true, Port: 20000 + i})(p)
		}
	}).Validate().Err()
	if err == nil || !strings.Contains(err.Error(), "services: 51 internal services have 102 target groups") {
		t.Errorf("too many target groups: got %v", err)
	}
}

// Catches a fix that an error message offers and that is none.
func TestOfferedPortIsFree(t *testing.T) {
	port := sameHash(t, "catalog", InternalPort)
	err := newPlan(add(port, Expose{Internal: true}), add("next", Expose{Internal: true, Port: InternalPort("catalog") + 1})).Validate().Err()
	if want := fmt.Sprintf("{port: %d}}", InternalPort("catalog")+2); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %s", err, want)
	}
}

// Each case catches something that works only after somebody did something by hand, and of which nobody was told.
func TestWarnings(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Plan)
		want   string
	}{
		{"more listeners than the quota's default", func(p *Plan) {
			for i := range 25 {
				add(fmt.Sprintf("svc%d", i), Expose{Internal: true, Port: 20000 + i})(p)
			}
		}, "services: environment beta needs 52 listeners on its internal load balancer: ask for the quota"},
		{"production without an approval", func(p *Plan) { prod(p).Approval = nil }, "environments.prod.approval: no one approves"},
		{"production without TLS", func(p *Plan) { prod(p).Domain = nil }, "environments.prod.domain: production answers over HTTP"},
		{"opt-in region", func(p *Plan) { prod(p).Waves[0].Regions[0] = "eu-central-2" }, "environments: eu-central-2 must be enabled by hand"},
		{"CPU below Fargate's least", func(p *Plan) { mailer(p).Runtime.CPU = 128 },
			"services.mailer.cpu: 128 is less than Fargate's least; it is rounded up to 256 (1024 is one vCPU) (in beta, prod)"},
		{"memory below the least with its CPU", func(p *Plan) {
			mailer(p).Overrides = map[string]func(*Runtime){"prod": func(r *Runtime) { r.CPU, r.MemoryMiB = 1024, 500 }}
		}, "services.mailer.memoryMiB: 500 is less than Fargate's least with cpu 1024; it is rounded up to 2048 (in prod)"},
		{"default memory below the least with its CPU", func(p *Plan) { mailer(p).Runtime.CPU = 4096 },
			"services.mailer.memoryMiB: the default, 1024, is less than Fargate's least with cpu 4096; it is rounded up to 8192"},
		{"three zones where most have two", func(p *Plan) { prod(p).Waves[0].Regions[1] = "us-west-1" }, "environments.prod.waves[0].regions[1]: us-west-1 gives"},
	} {
		if err := newPlan(c.change).Warnings().Err(); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %s", c.name, err, c.want)
		}
	}
}

// Each case catches a derived name that AWS would refuse at the first deployment, or that two things have.
func TestDerivedNameProblems(t *testing.T) {
	refuse(t, []refusal{
		{"role too long", func(p *Plan) {
			p.Store.Name = "retail-store"
			mailer(p).Name = "recommendations-api"
			prod(p).Name = "production"
			prod(p).Waves[1].Regions[0] = "ap-southeast-1"
		}, "services.recommendations-api: the role that starts the tasks of recommendations-api in production, ap-southeast-1, would be the IAM role " +
			`"retail-store-production-recommendations-api-ap-southeast-1-execution" with 68 characters, and AWS allows 64; shorten the names in it by 4`},
		{"role of a codedeploy service too long", func(p *Plan) {
			p.Store.Name = "retail-store"
			catalog(p).Name = "recommendation-api"
			prod(p).Name = "productio"
			prod(p).Waves[1].Regions[0] = "ap-southeast-1"
		}, "the role that shifts the traffic of recommendation-api in productio, ap-southeast-1, would be"},
		{"a service's stack and a pipeline's stack in one account", func(p *Plan) {
			p.Store.Sandbox = true
			beta(p).Account, prod(p).Account = "111111111111", "111111111111"
			beta(p).Name = "mailer"
			catalog(p).Name = "pipeline"
		}, `services.mailer: the stack "shop-mailer-pipeline" would be the stack of pipeline in mailer, us-west-2, and the stack of the pipeline of mailer; rename one of them`},
	})
}

// Catches a name that was added to names.go and is checked nowhere.
func TestEveryDerivedNameIsChecked(t *testing.T) {
	named := regexpFunctions(t, "names.go")
	used := calls(t, "validate_names.go")
	for _, name := range named {
		if !slices.Contains(used, name) {
			t.Errorf("derivedNames does not list %s: what does AWS allow for it, and where must it be unique?", name)
		}
	}
	if len(named) < 15 {
		t.Errorf("found only %d names in names.go: %v", len(named), named)
	}
}

// regexpFunctions lists the methods of a file whose names end as those of derived names do.
func regexpFunctions(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, d := range f.Decls {
		if fn, ok := d.(*ast.FuncDecl); ok && fn.Recv != nil && (strings.HasSuffix(fn.Name.Name, "Name") || strings.HasSuffix(fn.Name.Name, "Alias")) {
			names = append(names, fn.Name.Name)
		}
	}
	return names
}

// calls lists the methods that a file calls.
func calls(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok {
				names = append(names, sel.Sel.Name)
			}
		}
		return true
	})
	return names
}

// Each case catches a reference that resolves to an address at which nothing answers.
func TestResolve(t *testing.T) {
	none := func(p *Plan) { beta(p).Domain = nil }
	grpc := func(p *Plan) { catalog(p).Runtime.HTTP.Protocol = GRPC }
	admin := func(p *Plan) { ui(p).Runtime.Expose.Host = "admin" }
	fixed := func(p *Plan) { catalog(p).Runtime.Expose.Port = 20042 }
	derived := fmt.Sprint(InternalPort("catalog"))
	for _, c := range []struct {
		change      func(*Plan)
		value, want string
	}{
		{fixed, "${services.catalog.url}", "https://catalog.internal.beta.shop.example.com:20042"},
		{fixed, "${services.catalog.host} ${services.catalog.port}", "catalog.internal.beta.shop.example.com 20042"},
		{grpc, "${services.catalog.address}", "catalog.internal.beta.shop.example.com:" + derived},
		{none, "${services.catalog.url}/x", "http://catalog.beta.shop.internal:" + derived + "/x"},
		{none, "${services.catalog.host}|${services.catalog.port}|${services.catalog.address}",
			"catalog.beta.shop.internal|" + derived + "|catalog.beta.shop.internal:" + derived},
		{fixed, "${services.ui.host}|${services.ui.port}|${services.ui.address}", "beta.shop.example.com|443|beta.shop.example.com:443"},
		{fixed, "${services.ui.url}", "https://beta.shop.example.com"},
		{admin, "${services.ui.url}|${services.ui.host}|${services.ui.port}|${services.ui.address}",
			"https://admin.beta.shop.example.com|admin.beta.shop.example.com|443|admin.beta.shop.example.com:443"},
		{fixed, "$${services.ui.url} $$ $x {}", "${services.ui.url} $$ $x {}"},
		{fixed, "", ""},
	} {
		p := newPlan(c.change)
		got, err := p.Resolve(beta(p).Targets(p.Store)[0], c.value)
		if err != nil || got != c.want {
			t.Errorf("%s: got %q, %v; want %q", c.value, got, err, c.want)
		}
	}
}

// Each case catches a reference to a service without an address that resolves to something, or an error that does not say what to do.
func TestResolveWithoutAnAddress(t *testing.T) {
	for want, change := range map[string]func(*Plan){
		"${services.catalog.url} refers to a worker, which has no address; these have one: ui": func(p *Plan) {
			catalog(p).Runtime.HTTP, catalog(p).Runtime.Expose = nil, nil
		},
		"${services.catalog.url} has no address until catalog is exposed, either internally or at a public path": func(p *Plan) {
			catalog(p).Runtime.Expose = nil
		},
	} {
		p := newPlan(change)
		if got, err := p.Resolve(beta(p).Targets(p.Store)[0], "${services.catalog.url}"); err == nil || err.Error() != want {
			t.Errorf("got %q, %v; want %s", got, err, want)
		}
	}
}

// Catches an override whose exposure or port a reference does not follow.
func TestResolveFollowsOverrides(t *testing.T) {
	p := newPlan(func(p *Plan) {
		catalog(p).Overrides = map[string]func(*Runtime){"prod": func(r *Runtime) { r.Expose.Port = 20007 }}
	})
	got, err := p.Resolve(prod(p).Targets(p.Store)[0], "${services.catalog.port}")
	if err != nil || got != "20007" {
		t.Errorf("got %q, %v", got, err)
	}
}
