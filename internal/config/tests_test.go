package config

import (
	"reflect"
	"testing"
	"time"
)

// Catches a default that a service cannot escape: a load for one that answers no HTTP, or beside commands of its own; and layers that
// do not merge, or that leave their settings in another environment.
func TestLayersOfTests(t *testing.T) {
	c, err := Parse("x.yaml", []byte(`
store: shop
tools: {account: "111111111111", region: eu-west-1}
environments:
  beta: {kind: test, account: "222222222222", domain: {name: b.example.com, zoneId: Z1}, waves: [{regions: [eu-west-1]}]}
  gamma: {kind: preproduction, account: "333333333333", domain: {name: g.example.com, zoneId: Z2}, waves: [{regions: [eu-west-1]}]}
  stress: {kind: preproduction, account: "444444444444", domain: {name: s.example.com, zoneId: Z3}, waves: [{regions: [eu-west-1]}]}
defaults:
  build: {preset: go}
  tests:
    integration: {commands: [make it], timeout: 6m, variables: {A: a, B: b}}
    performance: {load: {path: /, requestsPerSecond: 10, p99: 1s}}
services:
  web:
    http: {port: 80, health: /}
    expose: internal
    tests: {integration: {variables: {B: c}, reports: out/*.xml}, performance: {load: {p99: 300ms}}}
    overrides:
      stress: {tests: {performance: {timeout: 20m, load: {requestsPerSecond: 500, duration: 10m}}}}
  own: {http: {port: 80, health: /}, expose: internal, tests: {performance: {commands: [make load]}}}
  grpc: {http: {port: 80, protocol: grpc}, expose: internal}
  worker: {}
`))
	if err != nil {
		t.Fatal(err)
	}
	p := c.Plan()
	web := in(t, p, "web", "beta").Tests.Integration
	if want := map[string]string{"A": "a", "B": "c"}; !reflect.DeepEqual(web.Variables, want) || web.Timeout != 6*time.Minute || web.Reports != "out/*.xml" || len(web.Commands) != 1 {
		t.Errorf("web in beta: %+v", web)
	}
	for env, want := range map[string][3]time.Duration{"gamma": {10, 2 * time.Minute, 10 * time.Minute}, "stress": {500, 10 * time.Minute, 20 * time.Minute}} {
		test := in(t, p, "web", env).Tests.Performance
		if l := test.Load; l.RequestsPerSecond != int(want[0]) || l.Duration != want[1] || test.Timeout != want[2] || l.P99 != 300*time.Millisecond || l.Path != "/" {
			t.Errorf("web in %s: %+v, %+v", env, test, l)
		}
	}
	if own := in(t, p, "own", "gamma").Tests.Performance; own.Load != nil || len(own.Commands) != 1 {
		t.Errorf("own: %+v", own)
	}
	for _, service := range []string{"grpc", "worker"} {
		if r := in(t, p, service, "gamma"); r.Tests.Performance != nil {
			t.Errorf("%s has a load", service)
		}
		if r := in(t, p, service, "beta"); r.Tests.Integration == nil {
			t.Errorf("%s has no integration tests", service)
		}
	}
}
