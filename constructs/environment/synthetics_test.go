package environment

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// Catches: a canary in a test environment, of what no customer reaches, that writes, or that asks what the web ACL answers; and one that
// asks nothing, which would always pass.
func TestAsked(t *testing.T) {
	yes, no := true, false
	for name, c := range map[string]struct {
		kind   Kind
		change func(*Runtime)
		want   string
	}{
		"preproduction":              {Preproduction, func(*Runtime) {}, "GET /health"},
		"production":                 {Production, func(*Runtime) {}, "GET /health"},
		"http2":                      {Production, func(r *Runtime) { r.HTTP.Protocol = HTTP2 }, "GET /health"},
		"test":                       {Test, func(r *Runtime) { r.Synthetics.Interval = time.Minute }, ""},
		"off":                        {Production, func(r *Runtime) { r.Synthetics.Disabled = &yes }, ""},
		"internal":                   {Preproduction, func(r *Runtime) { r.Expose = &Expose{Internal: true} }, "GET /health"},
		"internal, off":              {Preproduction, func(r *Runtime) { r.Expose, r.Synthetics.Disabled = &Expose{Internal: true}, &yes }, ""},
		"internal in production":     {Production, func(r *Runtime) { r.Expose = &Expose{Internal: true} }, ""},
		"internal in production, on": {Production, func(r *Runtime) { r.Expose, r.Synthetics.Disabled = &Expose{Internal: true}, &no }, "GET /health"},
		"internal in test":           {Test, func(r *Runtime) { r.Expose, r.Synthetics.Disabled = &Expose{Internal: true}, &no }, ""},
		"internal, checks that read": {Preproduction, func(r *Runtime) {
			r.Expose, r.Checks = &Expose{Internal: true}, []Check{{Path: "/b", Method: "POST"}, {Path: "/c"}}
		}, "GET /c"},
		"internal grpc": {Preproduction, func(r *Runtime) { r.Expose, r.HTTP.Protocol = &Expose{Internal: true}, GRPC }, ""},
		"grpc":          {Production, func(r *Runtime) { r.HTTP.Protocol = GRPC }, ""},
		"worker":        {Production, func(r *Runtime) { r.HTTP, r.Expose = nil, nil }, ""},
		"checks that read": {Production, func(r *Runtime) {
			r.Checks = []Check{{Path: "/a", Method: "HEAD"}, {Path: "/b", Method: "POST"}, {Path: "/c"}}
		}, "HEAD /a, GET /c"},
		"checks that write":       {Production, func(r *Runtime) { r.Checks = []Check{{Path: "/b", Method: "POST"}} }, "GET /health"},
		"health of another":       {Production, func(r *Runtime) { r.Expose.Path = "/shop/*" }, ""},
		"health of another, read": {Production, func(r *Runtime) { r.Expose.Path, r.Checks = "/shop/*", []Check{{Path: "/shop/a"}} }, "GET /shop/a"},
		"blocked health":          {Production, func(r *Runtime) { r.Expose.Block = []string{"/heal*"} }, ""},
	} {
		r := Runtime{HTTP: &HTTP{Port: 80, Health: "/health"}, Expose: &Expose{Path: "/*"}}
		c.change(&r)
		// Props of constructs get runtimes that have their defaults, and fill in those of production.
		once := r.WithDefaults(c.kind)
		for _, r := range []Runtime{once, once.WithDefaults(Production)} {
			var got []string
			for _, k := range r.Asked() {
				got = append(got, k.String())
				if k.Expect.LatencyMs == 0 {
					t.Errorf("%s: %s waits for ever", name, k)
				}
			}
			if strings.Join(got, ", ") != c.want {
				t.Errorf("%s: got %v, want %s", name, got, c.want)
			}
		}
	}
}

// Catches: a plan whose settings change under the hands of who fills in the defaults.
func TestDefaultsLeaveTheSettingAlone(t *testing.T) {
	no := false
	r := Runtime{HTTP: &HTTP{Port: 80, Health: "/health"}, Expose: &Expose{Internal: true}, Synthetics: Synthetics{Disabled: &no}}
	if got := r.WithDefaults(Test).Synthetics; !got.Off() || no {
		t.Errorf("in a test environment: off %t, and the plan says %t", got.Off(), no)
	}
	if got := r.WithDefaults(Production).Synthetics.Disabled; got == r.Synthetics.Disabled {
		t.Error("the defaults share what the plan says")
	}
}

// Catches: a service without a canary of which nobody learns why, and a warning of one that needs none.
func TestWarnsOfWhatIsNotAsked(t *testing.T) {
	yes := true
	const way = "; add a check that customers may ask, or say synthetics: {disabled: true} (in prod)"
	for name, c := range map[string]struct {
		change func(*Runtime)
		want   string
	}{
		"asked": {func(*Runtime) {}, ""},
		"another path": {func(r *Runtime) { r.Expose = &Expose{Path: "/shop/*"} },
			`services.ui.synthetics: the canary has nothing to ask, so there is none: no check only reads, and http.health, "/health", is not under the service's path "/shop/*"` + way},
		"blocked": {func(r *Runtime) { r.Expose.Block = []string{"/health"} },
			`services.ui.synthetics: the canary has nothing to ask, so there is none: no check only reads, and the web ACL answers http.health, "/health", with 403, for expose.block has "/health"` + way},
		"off":      {func(r *Runtime) { r.Expose.Block, r.Synthetics.Disabled = []string{"/health"}, &yes }, ""},
		"internal": {func(r *Runtime) { r.Expose = &Expose{Internal: true} }, ""},
	} {
		got := ""
		if err := newPlan(func(p *Plan) { c.change(&ui(p).Runtime) }).Warnings().Err(); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

// Catches: a canary without a domain that is not given the load balancer's address, or a contract that asks for one that nobody needs.
func TestContractOfTheCanary(t *testing.T) {
	yes := true
	for name, c := range map[string]struct {
		change func(*Plan)
		want   bool
	}{
		"domain":    {func(*Plan) {}, false},
		"no domain": {func(p *Plan) { p.Store.Environments[1].Domain = nil }, true},
		"off":       {func(p *Plan) { p.Store.Environments[1].Domain, ui(p).Runtime.Synthetics.Disabled = nil, &yes }, false},
	} {
		p := newPlan(c.change)
		e := p.Store.Environments[1]
		if got := slices.Contains(e.Targets(p.Store)[0].ServiceContract(ui(p).In(e)), PublicDNSName); got != c.want {
			t.Errorf("%s: got %t", name, got)
		}
	}
}

// Catches: the names of log groups that Synthetics makes of a longer name than it keeps.
func TestCanaryLogGroups(t *testing.T) {
	for name, want := range map[string]string{
		"shop-prod-ui":                "/aws/lambda/cwsyn-shop-prod-ui-*",
		"retail-store-prod-shop":      "/aws/lambda/cwsyn-retail-store-prod-sho*",
		"retail-store-gamma-checkout": "/aws/lambda/cwsyn-retail-store-gamma-ch*",
	} {
		if got := CanaryLogGroups(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
