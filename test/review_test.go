package test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/frozen"
	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/test/harness"
)

// variation is one setting of a live plan, varied once.
type variation struct {
	// key of internal/frozen's settings, and what is replaced in the YAML of the service or environment.
	key, old, new string
	// level of the worst finding; empty for none, or harmless ones.
	level review.Level
}

// The services that are varied. Each is a service of its own, so that one synth shows every variation.
const (
	publicService   = "{build: {preset: go}, http: {port: 8080, health: /health}, expose: {path: /NAME/*, priority: PRIORITY}, cpu: 512, release: {strategy: canary}}"
	internalService = "{build: {preset: go}, http: {port: 8080, health: /health}, expose: {internal: {port: PORT}}, cpu: 512, variables: {A: b}}"
	rollingService  = "{build: {preset: go}, http: {port: 8080, health: /health}, expose: {internal: {port: PORT}}, release: {engine: rolling}}"
	nativeService   = "{build: {preset: go}, http: {port: 8080, health: /health}, expose: {path: /NAME/*, priority: PRIORITY}, release: {engine: ecs}}"
	askedService    = "{build: {preset: go}, http: {port: 8080, health: /health}, expose: {path: /NAME/*, priority: PRIORITY}, checks: [{path: /NAME/a}]}"
	workerService   = "{build: {preset: go}, healthCommand: [/health]}"
)

// bases are all of them, and engineOf has their engines.
var (
	bases    = []string{publicService, internalService, rollingService, nativeService, askedService, workerService}
	engineOf = map[string]environment.Engine{
		publicService: environment.CodeDeploy, internalService: environment.CodeDeploy, rollingService: environment.Rolling,
		nativeService: environment.ECS, askedService: environment.CodeDeploy, workerService: environment.Rolling,
	}
)

var variedServices = map[string][]variation{
	publicService: {
		{"services.*.source", "{build", "{source: {branch: other}, build", ""},
		{"services.*.build", "preset: go", "preset: go, dockerfile: images/Dockerfile", ""},
		{"services.*.build.architecture", "preset: go", "preset: go, architecture: arm64", ""},
		{"services.*.build.coverageMinimum", "preset: go", "preset: go, coverageMinimum: 60", ""},
		{"services.*.build.testTimeout", "preset: go", "preset: go, testTimeout: 20m", ""},
		{"services.*.secrets", "cpu: 512", "cpu: 512, secrets: {KEY: \"ssm:/key\"}", review.AccessWidened},
		{"services.*.http.health", "/health", "/ready", review.Traffic},
		{"services.*.http.graceSeconds", "/health", "/health, graceSeconds: 90", review.WillFail},
		{"services.*.http.port", "8080", "8081", review.WillFail},
		{"services.*.http.protocol", "/health", "/health, protocol: http2", review.WillFail},
		{"services.*.expose.internal", "{path: /NAME/*, priority: PRIORITY}", "internal", review.WillFail},
		{"services.*.expose.path", "/NAME/*", "/NAME-other/*", review.WillFail},
		{"services.*.expose.host", "path: /NAME/*", "host: NAME, path: /*", review.WillFail},
		{"services.*.expose.priority", "PRIORITY", "49990", review.WillFail},
		{"services.*.expose.block", "priority", "block: [/NAME/x/*], priority", ""},
		{"services.*.release.engine", "{strategy: canary}", "{engine: rolling}", review.WillFail},
		{"services.*.release.engine", "{strategy: canary}", "{engine: ecs}", review.WillFail},
		{"services.*.release.strategy", "canary", "linear", ""},
		{"services.*.release.percent", "canary", "canary, percent: 20", review.SafetyLost},
		{"services.*.release.interval", "canary", "canary, interval: 10m", ""},
		{"services.*.overrides", "cpu: 512", "cpu: 512, overrides: {live: {cpu: 1024, memoryMiB: 2048}}", review.Cost},
		{"services.*.alarms", "cpu: 512", "cpu: 512, alarms: {cpuPercent: 70}", ""},
		{"services.*.checks", "cpu: 512", "cpu: 512, checks: [{path: /NAME/health}]", review.AccessWidened},
		{"services.*.tests", "cpu: 512", "cpu: 512, tests: {performance: {commands: [make load]}}", ""},
		{"services.*.release.checkTimeout", "canary}", "canary, checkTimeout: 2m}, checks: [{path: /NAME/health}]", review.AccessWidened},
		{"services.*.logRetentionDays", "cpu: 512", "cpu: 512, logRetentionDays: 7", review.SafetyLost},
	},
	internalService: {
		{"services.*.cpu", "cpu: 512", "cpu: 1024, memoryMiB: 2048", review.Cost},
		{"services.*.checks", "cpu: 512", "cpu: 512, checks: [{path: /health}]", review.AccessWidened},
		{"services.*.memoryMiB", "cpu: 512", "cpu: 512, memoryMiB: 2048", review.Cost},
		{"services.*.variables", "{A: b}", "{A: c}", ""},
		{"services.*.command", "cpu: 512", "cpu: 512, command: [run]", ""},
		{"services.*.writablePaths", "cpu: 512", "cpu: 512, writablePaths: [/tmp]", ""},
		{"services.*.keepVolumePermissions", "cpu: 512", "cpu: 512, writablePaths: [/tmp], keepVolumePermissions: true", ""},
		{"services.*.scale", "cpu: 512", "cpu: 512, scale: {min: 3, max: 9, cpuPercent: 40}", review.Cost},
		{"services.*.expose.internal.port", "PORT", "29990", review.WillFail},
		{"services.*.synthetics", "cpu: 512", "cpu: 512, synthetics: {disabled: true}", review.SafetyLost},
		{"services.*.release.engine", "cpu: 512", "cpu: 512, release: {engine: rolling}", review.WillFail},
	},
	rollingService: {
		{"services.*.http.health", "/health", "/ready", review.SafetyLost}, // its canary asks for the health
		{"services.*.http.port", "8080", "8081", review.AccessWidened},
		{"services.*.http.graceSeconds", "/health", "/health, graceSeconds: 90", ""},
		{"services.*.expose.internal.port", "PORT", "29991", review.Traffic},
		{"services.*.release.minHealthyPercent", "rolling", "rolling, minHealthyPercent: 50", review.SafetyLost},
		{"services.*.release.maxHealthyPercent", "rolling", "rolling, maxHealthyPercent: 150", ""},
		{"services.*.release.engine", "rolling", "codedeploy", review.WillFail},
		{"services.*.release.engine", "rolling", "ecs", review.WillFail},
	},
	nativeService: {
		{"services.*.http.health", "/health", "/ready", review.Traffic},
		{"services.*.http.port", "8080", "8081", review.WillFail},
		{"services.*.http.graceSeconds", "/health", "/health, graceSeconds: 90", ""},
		{"services.*.expose.path", "/NAME/*", "/NAME-other/*", review.WillFail},
		{"services.*.expose.priority", "PRIORITY", "49989", review.WillFail},
		{"services.*.release.strategy", "ecs", "ecs, strategy: linear", ""},
		{"services.*.checks", "{engine: ecs}", "{engine: ecs}, checks: [{path: /NAME/health}]", review.AccessWidened},
		{"services.*.release.engine", "ecs", "codedeploy", review.WillFail},
		{"services.*.release.engine", "{engine: ecs}", "{engine: rolling}", review.WillFail},
	},
	askedService: {
		{"services.*.synthetics", "checks", "synthetics: {interval: 10m}, checks", review.SafetyLost},
		{"services.*.synthetics", "checks", "synthetics: {disabled: true}, checks", review.SafetyLost},
		{"services.*.checks", "/NAME/a", "/NAME/b", review.SafetyLost},
	},
	workerService: {
		{"services.*.healthCommand", "/health", "/ready", ""},
		{"services.*.healthGraceSeconds", "[/health]", "[/health], healthGraceSeconds: 90", ""},
	},
}

// variedEnvironments are variations of this environment.
const variedEnvironment = "{kind: preproduction, account: \"ACCOUNT\", approval: {}, domain: {name: NAME.example.com, zoneId: ZACCOUNT}, " +
	"network: {availabilityZones: 2, natGateways: 1, endpoints: []}, waves: [{regions: [us-west-2], bake: 10m}]}"

var variedEnvironments = []variation{
	// Tests of another kind run there: the deployer may start them.
	{"environments.*.kind", "preproduction", "test", review.AccessWidened},
	{"environments.*.domain", "NAME.example", "other.NAME.example", review.WillFail},
	{"environments.*.approval", "approval: {}", "approval: {notify: [a@example.com]}", ""},
	{"environments.*.network.availabilityZones", "availabilityZones: 2", "availabilityZones: 3", review.WillFail},
	{"environments.*.network.cidr", "endpoints", "cidr: 10.9.0.0/16, endpoints", review.WillFail},
	{"environments.*.network.natGateways", "natGateways: 1", "natGateways: 2", review.AccessWidened},
	{"environments.*.network.endpoints", "endpoints: []", "endpoints: [ecr.api]", review.Cost},
	{"environments.*.waves.*.regions", "[us-west-2]", "[us-west-2, us-east-1]", review.Cost},
	{"environments.*.waves.*.bake", "10m", "20m", ""},
	{"environments.*.windows", "approval", `windows: [{days: [mon-thu], from: "09:00", to: "16:00"}], approval`, ""},
	{"environments.*.freezes", "approval", "freezes: [{name: sale, from: 2026-11-26T00:00, to: 2026-12-01T08:00}], approval", ""},
	{"environments.*.dark", "approval", "dark: [us-west-2], approval", review.Traffic},
}

// notVaried are settings without a variation, with the reason.
var notVaried = map[string]string{
	"store":                       "another store: no stack of the old one changes",
	"tools":                       "other pipelines: stacks of environments only change their trust",
	"sandbox":                     "nothing is deployed for it",
	"signing":                     "registries and pipelines only: TestReviewOfSigning",
	"signing.reason":              "nothing is deployed for it",
	"source":                      "pipelines only, as services.*.source",
	"delivery":                    "pipelines only, as services.*.source",
	"notifications":               "the tools account only, in the operations stack",
	"environments":                "a new environment is new stacks",
	"environments.*.account":      "new stacks in another account; those of the old are left",
	"defaults":                    "as the same key of a service",
	"services":                    "a new service is new stacks",
	"services.*.build.gates":      "pipelines only, as services.*.source",
	"services.*.source.filter":    "pipelines only, as services.*.source",
	"services.*.source.filePaths": "pipelines only, as services.*.source",
}

// live is a plan of services and environments, before and after every variation.
func live(t *testing.T, environments, services [2][]string) [2]*assembly.Assembly {
	t.Helper()
	var out [2]*assembly.Assembly
	for i := range out {
		file := filepath.Join(t.TempDir(), "storeship.yaml")
		text := "store: shop\ntools: {account: \"111111111111\", region: us-west-2}\nenvironments:\n  " +
			strings.Join(environments[i], "\n  ") + "\nservices:\n  " + strings.Join(services[i], "\n  ") + "\n"
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
		// Opened anew: the review takes the digests out.
		a, err := assembly.Open(harness.Synth(t, harness.Input{Config: file}).Dir)
		require.NoError(t, err)
		out[i] = a
	}
	return out
}

// vary makes lines of one thing of a kind for each variation, before and after it. base has its name, and numbers of its own.
func vary(t *testing.T, prefix, base string, variations []variation, first int) (lines [2][]string, names []string) {
	t.Helper()
	for i, v := range variations {
		n := first + i
		name := fmt.Sprintf("%s%02d", prefix, n)
		fill := strings.NewReplacer("NAME", name, "PRIORITY", fmt.Sprint(100+n), "PORT", fmt.Sprint(20000+n), "ACCOUNT", fmt.Sprint(300000000000+n))
		require.Contains(t, base, v.old, v.key)
		lines[0] = append(lines[0], name+": "+fill.Replace(base))
		lines[1] = append(lines[1], name+": "+fill.Replace(strings.Replace(base, v.old, v.new, 1)))
		names = append(names, name)
	}
	return lines, names
}

// worst is the worst finding in a stack whose name satisfies in, and its texts.
func worst(r *review.Report, in func(stack string) bool) (review.Level, []string) {
	level, texts := review.Level(""), []string{}
	for _, f := range r.Findings {
		for _, p := range f.Where {
			if in(p.Name) && f.Level != review.Harmless {
				if level == "" {
					level = f.Level // The worst comes first.
				}
				texts = append(texts, fmt.Sprintf("%s %s %s", f.Level, f.Path, f.Property))
				break
			}
		}
	}
	return level, texts
}

// check holds what the review says of a variation against what it must say, and that against the documentation of settings.
func (v variation) check(t *testing.T, engine environment.Engine, level review.Level, texts []string) {
	t.Helper()
	t.Logf("%-44s %-60s %-10s %s", v.key, strings.ReplaceAll(v.old+" → "+v.new, "\n", " "), level, strings.Join(texts, "; "))
	if level != v.level {
		t.Errorf("%s: %s → %s: the worst finding is %q, want %q: %s", v.key, v.old, v.new, level, v.level, strings.Join(texts, "; "))
	}
	when, how := frozen.Of(strings.ReplaceAll(v.key, "*", "x"), engine)
	if never := when == frozen.Never; never != (v.level == review.WillFail) {
		t.Errorf("%s changes %s (%s), and review says %q", v.key, when, how, v.level)
	}
}

// Catches: a setting of a service that review lets pass although its deployment would fail, or stops although it would not; and
// documentation that says otherwise.
func TestReviewOfEverySettingOfAService(t *testing.T) {
	t.Parallel()
	const environments = `live: {kind: preproduction, account: "222222222222", approval: {}, domain: {name: shop.example.com, zoneId: Z0123456789}, waves: [{regions: [us-west-2]}]}`
	var lines [2][]string
	names := map[string]variation{}
	engines := map[string]environment.Engine{}
	n := 0
	for _, base := range bases {
		of, all := vary(t, "s", base, variedServices[base], n)
		for i, name := range all {
			names[name] = variedServices[base][i]
			engines[name] = engineOf[base]
		}
		n += len(all)
		lines[0], lines[1] = append(lines[0], of[0]...), append(lines[1], of[1]...)
	}
	out := live(t, [2][]string{{environments}, {environments}}, lines)
	r := review.New(out[0], out[1])
	require.Empty(t, r.New)
	require.Empty(t, r.Gone)
	for i := range n {
		name := fmt.Sprintf("s%02d", i)
		level, texts := worst(r, func(stack string) bool { return stack == "shop-live-"+name })
		names[name].check(t, engines[name], level, texts)
	}
	// Nothing that services share may fail by one of them.
	level, texts := worst(r, func(stack string) bool { return stack == "shop-live-network" || stack == "shop-live-ingress" })
	require.NotEqual(t, review.WillFail, level, texts)
}

// Catches: a setting of an environment that changes the network under services whose templates stay as they are.
func TestReviewOfEverySettingOfAnEnvironment(t *testing.T) {
	t.Parallel()
	const services = "ui: {build: {preset: go}, http: {port: 8080, health: /health}, expose: {path: /*}, release: {strategy: all-at-once}, scale: {min: 2, max: 4}, logRetentionDays: 30}\n  " +
		"cart: {build: {preset: go}, http: {port: 8080, health: /health}, expose: internal, release: {strategy: all-at-once}, scale: {min: 2, max: 4}, logRetentionDays: 30}"
	lines, names := vary(t, "e", variedEnvironment, variedEnvironments, 0)
	const first = `first: {kind: test, account: "222222222222", domain: none, waves: [{regions: [us-west-2]}]}`
	for i := range lines {
		lines[i] = append([]string{first}, lines[i]...)
	}
	out := live(t, lines, [2][]string{{services}, {services}})
	r := review.New(out[0], out[1])
	for i, name := range names {
		v := variedEnvironments[i]
		level, texts := worst(r, func(stack string) bool { return strings.HasPrefix(stack, "shop-"+name+"-") })
		v.check(t, environment.CodeDeploy, level, texts)
		if v.key != "environments.*.network.cidr" {
			continue
		}
		// The template of the service is what it was: what changes is the value of the parameters that feed it.
		for _, service := range []string{"shop-" + name + "-ui", "shop-" + name + "-cart"} {
			require.Equal(t, template(t, out[0], service), template(t, out[1], service))
			_, texts := worst(r, func(stack string) bool { return stack == service })
			require.Contains(t, texts, "will-fail Service/Service/Service NetworkConfiguration")
		}
	}
}

func template(t *testing.T, a *assembly.Assembly, name string) map[string]any {
	t.Helper()
	for _, s := range a.Stacks() {
		if s.Name == name {
			return s.Template
		}
	}
	require.Fail(t, "no stack", name)
	return nil
}

// Catches: a new setting of which nobody tried what review says to its change.
func TestReviewCoversTheSettings(t *testing.T) {
	t.Parallel()
	varied := map[string]bool{}
	for _, v := range variedEnvironments {
		varied[v.key] = true
	}
	for _, base := range bases {
		for _, v := range variedServices[base] {
			varied[v.key] = true
		}
	}
	for _, s := range frozen.Settings() {
		for _, key := range s.Keys {
			_, excused := notVaried[key]
			require.NotEqual(t, varied[key], excused, "%s needs a variation in this file, or a reason in notVaried", key)
		}
	}
}

// Catches: a release that review stops, and a scoped synth that it takes for another one.
func TestReviewOfAReleaseIsEmpty(t *testing.T) {
	t.Parallel()
	const digest = "sha256:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789"
	var opened [2]*assembly.Assembly
	for i, in := range []harness.Input{scoped("catalog"), released("catalog", digest)} {
		var err error
		opened[i], err = assembly.Open(harness.Synth(t, in).Dir)
		require.NoError(t, err)
	}
	r := review.New(opened[0], opened[1])
	require.Empty(t, r.Findings)
	require.Len(t, slices.Concat(r.New, r.Gone), 0)
}

// Catches: images that are not signed any more, or whose signature nothing waits for, and nobody hears of it.
func TestReviewOfSigning(t *testing.T) {
	t.Parallel()
	var opened [2]*assembly.Assembly
	for i, signing := range []string{"{}", "{mode: none, reason: for a test}"} {
		file := filepath.Join(t.TempDir(), "storeship.yaml")
		require.NoError(t, os.WriteFile(file, []byte(`store: shop
tools: {account: "111111111111", region: us-west-2}
signing: `+signing+`
environments: {prod: {kind: production, account: "222222222222", approval: {}, domain: none, waves: [{regions: [us-west-2]}]}}
services: {job: {build: {preset: go}}}
`), 0o644))
		var err error
		opened[i], err = assembly.Open(harness.Synth(t, harness.Input{Config: file}).Dir)
		require.NoError(t, err)
	}
	r := review.New(opened[0], opened[1])
	for stack, says := range map[string]string{"shop-registry": "Signing/Configuration", "shop-job-pipeline": "VerifySignature"} {
		level, texts := worst(r, func(name string) bool { return name == stack })
		require.Equal(t, review.SafetyLost, level, "%s: %v", stack, texts)
		require.Contains(t, fmt.Sprint(r.Findings), says, "%s: %v", stack, texts)
	}
}
