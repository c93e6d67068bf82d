package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
)

const releases = `
store: shop
tools: {account: "111111111111", region: us-west-2}
environments:
  beta: {kind: test, account: "222222222222", domain: none, waves: [{regions: [us-west-2]}]}
  prod:
    kind: production
    account: "333333333333"
    domain: none
    waves: [{regions: [us-west-2], bake: 30m}, {regions: [eu-west-1, us-east-1]}, {regions: [ap-south-1], bake: 30m}]
defaults: {build: {preset: go}}
services:
  ui:
    http: {port: 8080, health: /health}
    expose: {path: /*}
  mailer: {}
  blind: {alarms: {disabled: true}}
`

// Catches: a table that a person reads at night and that says something else than the plan does.
func TestTimelineTable(t *testing.T) {
	inFolder(t, "storeship.yaml", releases)
	var out, errOut strings.Builder
	if code := run([]string{"plan", "-timeline"}, &out, &errOut); code != 0 || errOut.Len() > 0 {
		t.Fatalf("exit code %d: %s", code, errOut.String())
	}
	want := `service  environment     release                           alarms       all traffic  bake over
ui       beta            codedeploy, all-at-once           4m, no bake  0m           0m
ui       prod-1, prod-3  codedeploy, canary of 10% for 5m  4m           5m           35m
ui       prod-2          codedeploy, canary of 10% for 5m  4m           5m           15m
mailer   beta            rolling                           4m, no bake  -            0m
mailer   prod-1, prod-3  rolling                           4m           -            30m
mailer   prod-2          rolling                           4m           -            10m
blind    beta            rolling                           none         -            0m
blind    prod-1, prod-3  rolling                           none         -            30m
blind    prod-2          rolling                           none         -            10m

Counted from the first request to the new version. storeship plan -timeline SERVICE ENVIRONMENT says more.
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
}

// Catches: a timeline without the moments, the alarms or the waves that it is about.
func TestTimelineOfAService(t *testing.T) {
	inFolder(t, "storeship.yaml", releases)
	for args, want := range map[string]string{
		"ui prod": `ui in prod-1, prod-3 (us-west-2, ap-south-1): codedeploy, canary of 10% for 5m, bake 30m
       0m  10% of the traffic goes to the new version
       4m  the alarms can fire: 2 bad datapoints of 1m, and 2m until CloudWatch has seen it; the release is rolled back
       5m  all traffic is on the new version
      13m  the canary's alarm can fire: 2 failed runs of the canary in a row, one every 3m, and 2m until CloudWatch has seen it; the release is rolled back
      35m  the old tasks are gone: from here the way back is another release
Alarms shop-prod-ui-…: blue-errors, blue-latency, blue-unhealthy, green-errors, green-latency, green-unhealthy, tasks, cpu, memory, canary.
Before, the new tasks have 1h to become healthy; CodePipeline waits 120h for everything.

ui in prod-2 (eu-west-1, us-east-1): codedeploy, canary of 10% for 5m, bake 10m
`,
		"blind beta": `blind in beta (us-west-2): rolling, bake 0m
       0m  the first new task takes traffic; ECS replaces the others at its own pace
       0m  the bake after the last task is over: the next wave may begin
No alarms: nothing that customers see rolls the release back.
`,
	} {
		var out, errOut strings.Builder
		if code := run(append([]string{"plan", "-timeline"}, strings.Fields(args)...), &out, &errOut); code != 0 || errOut.Len() > 0 {
			t.Fatalf("%s: exit code %d: %s", args, code, errOut.String())
		}
		if !strings.HasPrefix(out.String(), want) {
			t.Errorf("%s: got\n%s\nwant\n%s", args, out.String(), want)
		}
	}
}

// Catches: a typing error that prints an empty timeline, and a release that cannot be rolled back in time printed as a good one.
func TestTimelineRefuses(t *testing.T) {
	for _, c := range []struct{ file, args, want string }{
		{releases, "plan -timeline uu prod", `no service is named "uu"; did you mean "ui"?`},
		{releases, "plan -timeline ui prd", `no environment is named "prd"; did you mean "prod"?`},
		{releases, "plan -timeline ui", "takes 0 or 2 arguments, got 1"},
		{releases, "plan -timeline -format json", "-timeline is text, got -format json; leave one out"},
		{strings.Replace(releases, "mailer: {}", "mailer: {alarms: {datapoints: 10}}", 1), "plan -timeline",
			"environments.prod.waves[1].bake: is over before the alarms of mailer can fire: new tasks at 0s, bake over at 10m, alarms at 12m"},
	} {
		inFolder(t, "storeship.yaml", c.file)
		var out, errOut strings.Builder
		if code := run(strings.Fields(c.args), &out, &errOut); code != 1 || !strings.Contains(errOut.String(), c.want) {
			t.Errorf("%s: exit code %d, got %s, want %s", c.args, code, errOut.String(), c.want)
		}
	}
}

// Catches: a page for the person on call whose timeline, defaults or alarms are those of an earlier version.
func TestReleasesPage(t *testing.T) {
	data, err := os.ReadFile("../../docs/releases.md")
	if err != nil {
		t.Fatal(err)
	}
	in := func(kind environment.Kind) environment.Runtime {
		return environment.Runtime{HTTP: &environment.HTTP{Port: 80, Health: "/"}, Expose: &environment.Expose{Path: "/*"}}.WithDefaults(kind)
	}
	production, test := in(environment.Production), in(environment.Test)
	var want []string
	for _, e := range environment.NewTimeline(production, environment.DefaultBake).Events() {
		want = append(want, fmt.Sprintf("%9s  %s\n", at(e.At), e.What))
	}
	p, b := production.Alarms, test.Alarms
	want = append(want,
		fmt.Sprintf("| `errorPercent` | %d | %d |", b.ErrorPercent, p.ErrorPercent),
		fmt.Sprintf("| `latencyMs` | %d | %d |", b.LatencyMs, p.LatencyMs),
		fmt.Sprintf("| `minRequests` | %d | %d |", b.MinRequests, p.MinRequests),
		fmt.Sprintf("| `cpuPercent`, `memoryPercent` | %d, or 5 more", p.CPUPercent),
		fmt.Sprintf("| `period`, `datapoints` | %s, %d |", at(p.Period), p.Datapoints))
	for _, a := range production.ArmedAlarms() {
		want = append(want, "`"+a.Name()+"`")
	}
	for _, w := range want {
		if !strings.Contains(string(data), w) {
			t.Errorf("docs/releases.md does not have %s", w)
		}
	}
}
