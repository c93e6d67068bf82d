package stacks_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/release"
	"github.com/storeship/storeship/stacks"
)

// kinds adds a domain to every environment, a public service, and services that speak gRPC, one of them public.
func kinds(p *environment.Plan) {
	for i, e := range p.Store.Environments {
		e.Domain = &environment.Domain{Name: e.Name + ".shop.example.com", ZoneID: fmt.Sprintf("Z0%d", i)}
	}
	exposed := func(name string, h environment.HTTP, x environment.Expose) *environment.Service {
		return &environment.Service{
			Name: name, Build: environment.Build{Preset: environment.PresetGo}, Runtime: environment.Runtime{HTTP: &h, Expose: &x},
		}
	}
	ui := exposed("ui", environment.HTTP{Port: 8080, Health: "/health"}, environment.Expose{Path: "/*"})
	ui.Runtime.HealthCommand = []string{"/app/healthy"}
	ui.Runtime.CPU, ui.Runtime.MemoryMiB = 128, 256
	ui.Runtime.Variables = map[string]string{
		"QUOTES": "${services.quotes.address}", "QUOTES_HOST": "${services.quotes.host}", "QUOTES_PORT": "${services.quotes.port}",
		"RATES": "${services.rates.address}", "CATALOG": "${services.catalog.url}",
	}
	p.Services = append(p.Services, ui,
		exposed("quotes", environment.HTTP{Port: 8080, Protocol: environment.GRPC}, environment.Expose{Internal: true}),
		exposed("rates", environment.HTTP{Port: 8080, Protocol: environment.GRPC}, environment.Expose{Path: "/grpc.health.v1.Health/*", Host: "api"}))
}

// synthesized is the folder of the assembly of one service's scope.
func synthesized(t *testing.T, scope string) string {
	t.Helper()
	app := newApp(t, map[string]any{"scope": scope})
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(kinds)})
	app.Synth(nil)
	return *app.Outdir()
}

// Catches what is right in the plan and lost on the way to the tasks: an address of a service by host and port, of one that
// speaks gRPC and has no scheme; a health command; a size that was rounded up. The container's port is the same in all.
func TestTaskDefinitionOfTheWholePath(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(synthesized(t, "ui"), release.Folder, release.Path("prod", "us-east-1", "ui"), "taskdef.json"))
	if err != nil {
		t.Fatal(err)
	}
	var task struct {
		CPU, Memory          string
		ContainerDefinitions []struct {
			Environment  []struct{ Name, Value string }
			HealthCheck  map[string]any
			PortMappings []struct{ ContainerPort int }
		}
	}
	if err := json.Unmarshal(data, &task); err != nil {
		t.Fatal(err)
	}
	app := task.ContainerDefinitions[0]
	got := map[string]string{}
	for _, v := range app.Environment {
		got[v.Name] = v.Value
	}
	port := func(service string) string { return fmt.Sprint(environment.InternalPort(service)) }
	for name, want := range map[string]string{
		"QUOTES":      "quotes.internal.prod.shop.example.com:" + port("quotes"),
		"QUOTES_HOST": "quotes.internal.prod.shop.example.com",
		"QUOTES_PORT": port("quotes"),
		"RATES":       "api.prod.shop.example.com:443",
		"CATALOG":     "https://catalog.internal.prod.shop.example.com:" + port("catalog"),
	} {
		if got[name] != want {
			t.Errorf("%s is %q, want %q", name, got[name], want)
		}
	}
	if task.CPU != "256" || task.Memory != "512" || app.PortMappings[0].ContainerPort != 8080 {
		t.Errorf("cpu %s, memory %s, port %d", task.CPU, task.Memory, app.PortMappings[0].ContainerPort)
	}
	if check := fmt.Sprint(app.HealthCheck); check != "map[command:[CMD /app/healthy] interval:30 retries:3 startPeriod:60 timeout:5]" {
		t.Errorf("the health check is %s", check)
	}
}

// Catches a smoke test that asks a server of gRPC with a GET, which it answers with an error, or that asks nobody anything:
// the service that speaks HTTP beside it is asked in every region by the region's name.
func TestSmokeTestsAskHTTPOnly(t *testing.T) {
	for scope, want := range map[string][]string{
		"ui": {"https://us-west-2.beta.shop.example.com/health", "https://us-west-2.prod.shop.example.com/health",
			"https://us-east-1.prod.shop.example.com/health"},
		"rates": nil,
	} {
		data, err := os.ReadFile(filepath.Join(synthesized(t, scope), "shop-"+scope+"-pipeline.template.json"))
		if err != nil {
			t.Fatal(err)
		}
		for _, url := range want {
			if !bytes.Contains(data, []byte(url)) {
				t.Errorf("%s is not asked at %s", scope, url)
			}
		}
		if want == nil && bytes.Contains(data, []byte("shop.example.com/")) {
			t.Errorf("%s is asked by a GET", scope)
		}
	}
}

// Catches a gRPC service whose listener, target group or health check is that of HTTP; its calls would fail at the load
// balancer, which says so to the client alone.
func TestListenersAndGroupsOfGRPC(t *testing.T) {
	a, err := assembly.Open(synthesized(t, "quotes"))
	if err != nil {
		t.Fatal(err)
	}
	listeners, groups := 0, 0
	for _, s := range a.Stacks() {
		for _, r := range s.Resources() {
			switch r.Type {
			case "AWS::ElasticLoadBalancingV2::Listener":
				listeners++
				if r.Properties["Protocol"] != "HTTPS" {
					t.Errorf("%s %s speaks %v", s.Name, r.LogicalID, r.Properties["Protocol"])
				}
			case "AWS::ElasticLoadBalancingV2::TargetGroup":
				groups++
				if p := r.Properties; p["ProtocolVersion"] != "GRPC" || p["HealthCheckPath"] != environment.GRPCHealth ||
					fmt.Sprint(p["Matcher"]) != "map[GrpcCode:0]" {
					t.Errorf("%s %s has %v %v %v", s.Name, r.LogicalID, p["ProtocolVersion"], p["HealthCheckPath"], p["Matcher"])
				}
			}
		}
	}
	if listeners != 6 || groups != 6 {
		t.Errorf("%d listeners and %d target groups were looked at, want 6 of each", listeners, groups)
	}
}

// Catches a warning that only those hear who run storeship validate: whoever runs the CDK must hear of it too, with its
// place in the file.
func TestWarningsReachTheSynth(t *testing.T) {
	file := filepath.Join(t.TempDir(), "storeship.yaml")
	if err := os.WriteFile(file, []byte(`store: shop
tools: {account: "111111111111", region: us-west-2}
environments:
  beta: {kind: test, account: "222222222222", domain: none, waves: [{regions: [us-west-2]}]}
services:
  mailer: {build: {preset: go}, cpu: 128}
`), 0o644); err != nil {
		t.Fatal(err)
	}
	app := newApp(t, map[string]any{"config": file})
	got := standardError(t, func() { stacks.FromContext(app) })
	if want := file + ":6:38: services.mailer.cpu: warning: 128 is less than Fargate's least; it is rounded up to 256"; !strings.HasPrefix(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// standardError is what f writes there.
func standardError(t *testing.T, f func()) string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	before := os.Stderr
	os.Stderr = w
	defer func() { os.Stderr = before }()
	f()
	w.Close()
	written, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(written)
}
