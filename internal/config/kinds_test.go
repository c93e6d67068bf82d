package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches a size that is changed without a word, or whose place nobody is told.
func TestRoundedSizesAreWarnedOf(t *testing.T) {
	c := parse(t, `
defaults: {build: {preset: go}}
services:
  small: {cpu: 128, memoryMiB: 256}
  large: {cpu: 2048}
  late: {overrides: {prod: {memoryMiB: 600}}}
`)
	var got []string
	for _, w := range c.Warnings() {
		if w.Path != "environments.prod.approval" {
			got = append(got, w.String())
		}
	}
	want := []string{
		"x.yaml:10:16: services.small.cpu: 128 is less than Fargate's least; it is rounded up to 256 (1024 is one vCPU)",
		"x.yaml:10:32: services.small.memoryMiB: 256 is less than Fargate's least with cpu 256; it is rounded up to 512",
		"x.yaml:11:16: services.large.memoryMiB: the default, 1024, is less than Fargate's least with cpu 2048; it is rounded up to 4096",
		"x.yaml:12:40: services.late.overrides.prod.memoryMiB: 600 is less than Fargate's least with cpu 512; it is rounded up to 1024",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	settings, err := c.Explain("large", "prod")
	if err != nil {
		t.Fatal(err)
	}
	small, err := c.Explain("small", "beta")
	if err != nil {
		t.Fatal(err)
	}
	explained := map[Setting]bool{}
	for _, s := range append(settings, small...) {
		explained[s] = true
	}
	for _, s := range []Setting{
		{"cpu", "2048", "services.large, line 11"},
		{"memoryMiB", "4096", "default, rounded up from 1024"},
		{"cpu", "256", "services.small, line 10, rounded up from 128"},
		{"memoryMiB", "512", "services.small, line 10, rounded up from 256"},
	} {
		if !explained[s] {
			t.Errorf("not explained as %v", s)
		}
	}
}

// Catches defaults for HTTP services and their workers that no gRPC service, and no service without a health command, can
// unsay.
func TestDefaultsOfHealth(t *testing.T) {
	p := parse(t, `
defaults: {build: {preset: go}, http: {port: 80, health: /health}, expose: internal, healthGraceSeconds: 120}
services:
  web: {}
  quotes: {http: {protocol: grpc}}
  prices: {http: {protocol: grpc, health: /prices.v1.Prices/Ping}}
  checked: {healthCommand: [/healthy]}
`).Plan()
	for service, want := range map[string]string{
		"web": "/health", "quotes": environment.GRPCHealth, "prices": "/prices.v1.Prices/Ping", "checked": "/health",
	} {
		if got := in(t, p, service, "prod").HTTP.Health; got != want {
			t.Errorf("%s: got %s, want %s", service, got, want)
		}
	}
	if web, checked := in(t, p, "web", "prod"), in(t, p, "checked", "prod"); web.HealthGraceSeconds != 0 || checked.HealthGraceSeconds != 120 {
		t.Errorf("got %d and %d", web.HealthGraceSeconds, checked.HealthGraceSeconds)
	}
}

// Catches a store that outgrows its load balancer and learns of it from AWS, after an hour of deployments.
func TestSixtyInternalServices(t *testing.T) {
	var file strings.Builder
	file.WriteString(`store: shop
tools: {account: "111111111111", region: eu-west-1}
environments:
  prod: {kind: production, account: "333333333333", domain: {name: example.com, zoneId: Z2}, waves: [{regions: [eu-west-1]}]}
defaults: {build: {preset: go}, http: {port: 80, health: /}}
services:
`)
	for i := range 60 {
		fmt.Fprintf(&file, "  s%d: {expose: {internal: {port: %d}}}\n", i, environment.InternalPortBase+i)
	}
	_, err := Parse("x.yaml", []byte(file.String()))
	want := "x.yaml:6:1: services: 60 internal services have 120 target groups, and a load balancer at most 100, which AWS does not raise: " +
		"release some with engine rolling, which needs one each, or split the store"
	if err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	rolling := strings.Replace(file.String(), "health: /}", "health: /}, release: {engine: rolling}", 1)
	c, err := Parse("x.yaml", []byte(rolling))
	if err != nil {
		t.Fatal(err)
	}
	const quota = "environment prod needs 60 listeners on its internal load balancer: ask for the quota \"Listeners per Application Load Balancer\", 50 by default"
	if ws := fmt.Sprint(c.Warnings()); !strings.Contains(ws, quota) {
		t.Errorf("got %s, want %s", ws, quota)
	}
}
