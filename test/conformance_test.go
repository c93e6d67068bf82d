package test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// gateRow is a row of the report of `storeship conformance`.
type gateRow struct {
	Gate, Level, State, Reason string
	Evidence                   []struct{ Stage, Action, Command string }
}

// gates runs `storeship conformance` over a folder: the rows by pipeline and gate.
func gates(t *testing.T, program, dir string) (code int, rows map[string]map[string]gateRow) {
	t.Helper()
	out, err := exec.Command(program, "conformance", "-format", "json", dir).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		code = failed.ExitCode()
		require.NotEqual(t, 2, code, string(failed.Stderr))
	} else {
		require.NoError(t, err)
	}
	var report struct {
		Pipelines []struct {
			Pipeline     string
			Environments []struct {
				Environment, Kind string
				Targets           []string
			}
			Rows []gateRow
		}
	}
	require.NoError(t, json.Unmarshal(out, &report))
	rows = map[string]map[string]gateRow{}
	for _, p := range report.Pipelines {
		rows[p.Pipeline] = map[string]gateRow{}
		for _, r := range p.Rows {
			rows[p.Pipeline][r.Gate] = r
		}
		var kinds []string
		for _, e := range p.Environments {
			kinds = append(kinds, e.Environment+" "+e.Kind)
		}
		require.Equal(t, []string{"beta test", "gamma preproduction", "prod production"}, kinds, p.Pipeline)
		require.Len(t, p.Environments[2].Targets, 6, p.Pipeline)
	}
	return code, rows
}

// reviewable copies what an assembly's templates and manifests are.
func reviewable(t *testing.T, out *harness.Output) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range out.Files(t, func(path string) bool {
		return strings.HasSuffix(path, ".template.json") || strings.HasSuffix(path, "manifest.json")
	}) {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, content, 0o644))
	}
	return dir
}

// openGates lists the gates that apply and are not present; docs/conformance.md counts them.
func openGates(gates map[string]gateRow) []string {
	var open []string
	for gate, r := range gates {
		if r.State != "present" && r.State != "not applicable" {
			open = append(open, gate+" "+r.State)
		}
	}
	slices.Sort(open)
	return open
}

// Catches: a report that finds gates which our pipelines do not have, or misses those that they have; and a platform's pipeline that is
// asked for tests of an application.
func TestConformanceOfTheRetailStore(t *testing.T) {
	t.Parallel()
	program := newReviewRun(t).program
	code, rows := gates(t, program, harness.Synth(t, store).Dir)
	require.Len(t, rows, 6)
	missing := false
	for name, gates := range rows {
		var lacks []string
		for gate, r := range gates {
			if r.Level == "required" && (r.State == "missing" || r.State == "hollow") {
				lacks = append(lacks, gate)
			}
		}
		slices.Sort(lacks)
		open := openGates(gates)
		missing = missing || len(lacks) > 0
		if name == "retail-store-platform" {
			require.Empty(t, lacks)
			require.Equal(t, []string{"preproduction-regions hollow", "static-configuration not visible"}, open)
			for _, gate := range []string{"unit-tests", "package", "sast", "image-scan", "integration-tests", "production-monitoring"} {
				require.Equal(t, "not applicable", gates[gate].State, gate)
				require.Contains(t, gates[gate].Reason, "delivers no application")
			}
			for _, gate := range []string{"infrastructure-source", "build-code", "secrets-detection", "approval", "progressive", "production-deploy", "deployment-window", "stop-switch"} {
				require.Equal(t, "present", gates[gate].State, gate)
			}
			continue
		}
		require.Empty(t, lacks, name)
		want := []string{"preproduction-regions hollow", "production-synthetic missing", "static-assets not visible", "static-configuration not visible"}
		if name == "retail-store-ui" {
			want = slices.Delete(want, 1, 2) // customers reach it: it has a canary
		}
		require.Equal(t, want, open, name)
		for _, gate := range []string{"application-source", "test-source", "infrastructure-source", "build-code", "unit-tests", "coverage", "secrets-detection", "sast", "code-quality", "sca", "sbom", "package", "image-scan", "signing", "signature-verification", "test-deploy", "preproduction-deploy",
			"preproduction-monitoring", "synthetic-tests", "approval", "production-deploy", "progressive", "bake", "production-monitoring", "deployment-window", "stop-switch", "integration-tests", "acceptance-tests", "performance-tests"} {
			require.Equal(t, "present", gates[gate].State, "%s: %s: %s", name, gate, gates[gate].Reason)
		}
	}
	require.Equal(t, missing, code == 1)
}

// Catches: a gate of ours that can be lost or made hollow without a word. Each case changes the synthesized assembly, and exactly one
// row of one pipeline is worse than before. One service's part of the store, as its own pipeline judges it: there are many cases.
func TestConformanceOfAHollowStore(t *testing.T) {
	t.Parallel()
	program := newReviewRun(t).program
	dir := reviewable(t, harness.Synth(t, scoped("catalog")))
	_, before := gates(t, program, dir)
	const name, file = "retail-store-catalog", "retail-store-catalog-pipeline.template.json"
	resources := func(m map[string]any) map[string]any { return m["Resources"].(map[string]any) }
	pipeline := func(m map[string]any) map[string]any {
		for _, r := range resources(m) {
			if r := r.(map[string]any); r["Type"] == "AWS::CodePipeline::Pipeline" {
				return r["Properties"].(map[string]any)
			}
		}
		return nil
	}
	stage := func(m map[string]any, name string) map[string]any {
		for _, s := range pipeline(m)["Stages"].([]any) {
			if s := s.(map[string]any); s["Name"] == name {
				return s
			}
		}
		return nil
	}
	take := func(m map[string]any, stageName, action string) map[string]any {
		s := stage(m, stageName)
		for i, a := range s["Actions"].([]any) {
			if a := a.(map[string]any); a["Name"] == action {
				s["Actions"] = slices.Delete(slices.Clone(s["Actions"].([]any)), i, i+1)
				return a
			}
		}
		return nil
	}
	spec := func(project string, change func(build map[string]any)) func(m map[string]any) {
		return func(m map[string]any) {
			for id, r := range resources(m) {
				if !strings.Contains(id, project) || r.(map[string]any)["Type"] != "AWS::CodeBuild::Project" {
					continue
				}
				source := r.(map[string]any)["Properties"].(map[string]any)["Source"].(map[string]any)
				var parsed map[string]any
				require.NoError(t, json.Unmarshal([]byte(source["BuildSpec"].(string)), &parsed))
				change(parsed["phases"].(map[string]any)["build"].(map[string]any))
				b, err := json.Marshal(parsed)
				require.NoError(t, err)
				source["BuildSpec"] = string(b)
			}
		}
	}
	commands := func(project string, change func(string) string) func(m map[string]any) {
		return spec(project, func(build map[string]any) {
			for i, c := range build["commands"].([]any) {
				build["commands"].([]any)[i] = change(c.(string))
			}
		})
	}
	after := func(what, follows string) func(string) string {
		return func(c string) string {
			if strings.Contains(c, what) {
				c += follows
			}
			return c
		}
	}
	// without takes away the commands that run a tool, and leaves what brings it and what looks at its report.
	without := func(project string, tools ...string) func(m map[string]any) {
		return spec(project, func(build map[string]any) {
			all := build["commands"].([]any)
			kept := slices.DeleteFunc(slices.Clone(all), func(c any) bool {
				return slices.ContainsFunc(tools, func(tool string) bool { return strings.Contains(c.(string), tool) })
			})
			require.Less(t, len(kept), len(all), "%s runs no %v", project, tools)
			build["commands"] = kept
		})
	}
	printed := func(c string) string { return strings.ReplaceAll(c, ` > "$answer" ||`, " ||") }
	variable := func(project, name, value string) func(m map[string]any) {
		return func(m map[string]any) {
			set := false
			for id, r := range resources(m) {
				if r := r.(map[string]any); strings.Contains(id, project) && r["Type"] == "AWS::CodeBuild::Project" {
					for _, v := range r["Properties"].(map[string]any)["Environment"].(map[string]any)["EnvironmentVariables"].([]any) {
						if v := v.(map[string]any); v["Name"] == name {
							v["Value"], set = value, true
						}
					}
				}
			}
			require.True(t, set, "%s has no %s", project, name)
		}
	}
	floor := func(to string) func(m map[string]any) { return variable("BuildUnitTests", "COVERAGE_MINIMUM", to) }
	counting := func(change func(string) string) func(m map[string]any) {
		return commands("BuildUnitTests", func(c string) string {
			if !strings.Contains(c, "COVERAGE_MINIMUM") {
				return c
			}
			return change(c)
		})
	}
	const target = "assembly-retail-store-catalog-pipeline-prod-eu-west-1/"
	const beta = "assembly-retail-store-catalog-pipeline-beta-us-west-2/"
	const gamma = "assembly-retail-store-catalog-pipeline-gamma-us-east-1/"
	canary := func(change func(resources map[string]any, id string)) func(m map[string]any) {
		return func(m map[string]any) {
			for id, r := range resources(m) {
				if r.(map[string]any)["Type"] == "AWS::Synthetics::Canary" {
					change(resources(m), id)
				}
			}
		}
	}
	for _, c := range []struct {
		gate, state, reason, file string
		change                    func(m map[string]any)
	}{
		{"unit-tests", "missing", "nothing does it before", file, func(m map[string]any) {
			take(m, "Build", "UnitTests")
			for id := range resources(m) {
				if strings.Contains(id, "BuildUnitTests") && !strings.Contains(id, "Role") {
					delete(resources(m), id)
				}
			}
		}},
		{"unit-tests", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "UnitTests") }},
		{"unit-tests", "hollow", "`|| true` takes its place", file, commands("BuildUnitTests", func(c string) string { return c + " || true" })},
		{"unit-tests", "hollow", "`exit 0` follows it", file, commands("BuildUnitTests", func(c string) string { return c + "; exit 0" })},
		{"unit-tests", "hollow", "`set +e` is in effect", file, commands("BuildUnitTests", func(c string) string { return strings.ReplaceAll(c, "set -eu", "set +e") })},
		{"unit-tests", "hollow", "pipe to `tee log`", file, commands("BuildUnitTests", func(c string) string { return c + " | tee log" })},
		{"unit-tests", "hollow", "on-failure: CONTINUE", file, spec("BuildUnitTests", func(build map[string]any) { build["on-failure"] = "CONTINUE" })},
		{"unit-tests", "hollow", "it runs Coverage with a floor (awk) and nothing else", file, without("BuildUnitTests", "gotestsum --format")},
		{"coverage", "missing", "nothing does it before", file, counting(func(string) string { return "true" })},
		{"coverage", "hollow", "accepts every coverage", file, floor("0")},
		{"coverage", "hollow", "`|| true` takes its place", file, counting(func(c string) string { return c + " || true" })},
		{"coverage", "hollow", "`exit 0` follows it", file, counting(func(c string) string { return c + "; exit 0" })},
		{"coverage", "hollow", "pipe to `tee log`", file, counting(func(c string) string { return c + " | tee log" })},
		{"coverage", "hollow", "follows it", file, counting(func(c string) string {
			return strings.ReplaceAll(strings.TrimSuffix(c, ")"), "set -eu", "set -u") + "say done\n)"
		})},
		{"secrets-detection", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "Secrets") }},
		{"secrets-detection", "hollow", "`|| true` takes its place", file, commands("BuildSecrets", func(c string) string { return c + " || true" })},
		{"secrets-detection", "hollow", "ends with 0 whatever it finds", file, commands("BuildSecrets", func(c string) string { return strings.ReplaceAll(c, "--redact", "--exit-code 0") })},
		{"secrets-detection", "hollow", "looks at the files of one commit", file, commands("BuildSecrets", func(c string) string { return strings.ReplaceAll(c, "gitleaks git", "gitleaks dir") })},
		{"secrets-detection", "hollow", "it prepares gitleaks and never runs it", file, without("BuildSecrets", "gitleaks git")},
		{"sast", "hollow", "it prepares semgrep and never runs it", file, without("BuildSAST", "semgrep scan")},
		{"sast", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "SAST") }},
		{"sast", "hollow", "takes its place", file, commands("BuildSAST", func(c string) string { return c + " || :" })},
		{"sast", "hollow", "ends with 0 whatever it finds", file, commands("BuildSAST", func(c string) string { return strings.ReplaceAll(c, "--error ", "") })},
		{"code-quality", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "Quality") }},
		{"code-quality", "hollow", "takes its place", file, commands("BuildQuality", func(c string) string { return c + " || :" })},
		{"code-quality", "hollow", "it prepares staticcheck and never runs it", file, without("BuildQuality", "go vet ", "staticcheck ./")},
		{"sca", "hollow", "it runs Software bill of materials", file, without("BuildSCA", "scan-sbom")},
		{"sca", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "SCA") }},
		{"sca", "hollow", "takes its place", file, commands("BuildSCA", after("scan-sbom", " || :"))},
		{"sca", "hollow", "nothing compares it with a threshold", file, commands("BuildSCA", printed)},
		{"sca", "hollow", "has no threshold of any severity that it could reach", file, variable("BuildSCA", "THRESHOLDS", "critical=9999 high=9999")},
		{"sca", "hollow", "has no threshold of any severity that it could reach", file, variable("BuildSCA", "THRESHOLDS", "")},
		{"image-scan", "hollow", "it runs Software bill of materials", file, without("BuildImageScan", "scan-sbom")},
		{"image-scan", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "ImageScan") }},
		{"image-scan", "hollow", "takes its place", file, commands("BuildImageScan", after("scan-sbom", " || :"))},
		{"image-scan", "hollow", "nothing compares it with a threshold", file, commands("BuildImageScan", printed)},
		{"image-scan", "hollow", "has no threshold of any severity that it could reach", file, variable("BuildImageScan", "THRESHOLDS", "")},
		{"image-scan", "hollow", "it runs after", file, func(m map[string]any) {
			a, s := take(m, "Build", "ImageScan"), stage(m, "beta-us-west-2")
			a["RunOrder"] = 40
			s["Actions"] = append(s["Actions"].([]any), a)
		}},
		{"sbom", "hollow", "keeps nothing", file, func(m map[string]any) {
			for _, project := range []string{"BuildSCA", "BuildImageScan"} {
				commands(project, func(c string) string { return strings.ReplaceAll(c, `--outfile "$STORESHIP/sbom.json" >&2`, "") })(m)
			}
		}},
		{"signature-verification", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "Build", "VerifySignature") }},
		{"signature-verification", "hollow", "nothing looks at it", file, commands("BuildVerifySignature", func(c string) string {
			return strings.ReplaceAll(strings.ReplaceAll(c, "signed=$(aws ecr", "(aws ecr"), `case $signed in`, `case COMPLETE in`)
		})},
		{"signature-verification", "hollow", "it runs nothing that could fail", file, without("BuildVerifySignature", "describe-image-signing-status")},
		{"package", "hollow", "it only prepares", file, without("BuildPackage", "docker push")},
		{"package", "hollow", "takes its place", file, commands("BuildPackage", func(c string) string { return c + " || :" })},
		{"package", "hollow", "it runs nothing that could fail", file, commands("BuildPackage", func(string) string { return "true" })},
		{"integration-tests", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "beta-us-west-2", "Integration") }},
		{"integration-tests", "hollow", "`|| true` takes its place", beta, commands("TestsIntegration", func(c string) string { return c + " || true" })},
		{"integration-tests", "hollow", "on-failure: CONTINUE", beta, spec("TestsIntegration", func(build map[string]any) { build["on-failure"] = "CONTINUE" })},
		{"acceptance-tests", "hollow", "nothing waits for it", file, func(m map[string]any) { take(m, "beta-us-west-2", "Acceptance") }},
		{"acceptance-tests", "hollow", "`set +e` is in effect", beta, commands("TestsAcceptance", func(c string) string { return strings.ReplaceAll(c, "set -eo pipefail", "set +e") + "\ntrue" })},
		{"acceptance-tests", "hollow", "it runs before", file, func(m map[string]any) {
			for _, a := range stage(m, "beta-us-west-2")["Actions"].([]any) {
				if a := a.(map[string]any); a["Name"] == "Acceptance" {
					a["RunOrder"] = 1
				}
			}
		}},
		{"acceptance-tests", "hollow", "the Integration tests of beta-us-west-2/Integration", file, func(m map[string]any) {
			of := map[string]map[string]any{}
			for _, a := range stage(m, "beta-us-west-2")["Actions"].([]any) {
				a := a.(map[string]any)
				of[a["Name"].(string)] = a["Configuration"].(map[string]any)
			}
			of["Acceptance"]["ProjectName"] = of["Integration"]["ProjectName"]
		}},
		{"performance-tests", "hollow", "nothing waits for it", file, func(m map[string]any) {
			take(m, "gamma", "gamma-us-west-2.Performance")
			take(m, "gamma", "gamma-us-east-1.Performance")
		}},
		{"performance-tests", "hollow", "not in 333333333333 us-east-1", file, func(m map[string]any) { take(m, "gamma", "gamma-us-east-1.Performance") }},
		{"performance-tests", "hollow", "not in 333333333333 us-east-1", gamma, commands("TestsPerformance", func(c string) string { return c + " || :" })},
		{"performance-tests", "hollow", "nothing compares it with a limit", gamma, commands("TestsPerformance", func(c string) string {
			return strings.ReplaceAll(c, `> "$STORESHIP/load.bin" ||`, "||")
		})},
		{"deployment-window", "hollow", "it ends with 0 whatever it decides", file, commands("OpenForRelease", func(c string) string {
			return strings.ReplaceAll(c, `fail "$TARGET is closed`, `say "$TARGET is closed`)
		})},
		{"deployment-window", "hollow", "which it should guard", file, func(m map[string]any) {
			for _, wave := range []string{"prod-1", "prod-2", "prod-3"} {
				a, s := take(m, wave, "OpenForReleaseInWindow"), stage(m, wave)
				a["RunOrder"] = 9
				s["Actions"] = append(s["Actions"].([]any), a)
			}
		}},
		{"production-deploy", "hollow", "not in 444444444444 us-west-2, where CodeDeploy releases", file, func(m map[string]any) { take(m, "prod-1", "prod-us-west-2.BlueGreen") }},
		{"test-deploy", "hollow", "and no action asks it to", file, func(m map[string]any) { take(m, "beta-us-west-2", "BlueGreen") }},
		{"approval", "missing", "nothing does it in prod", file, func(m map[string]any) { take(m, "prod-1", "Approve-prod") }},
		{"approval", "hollow", "it runs after prod-1/", file, func(m map[string]any) {
			a, s := take(m, "prod-1", "Approve-prod"), stage(m, "prod-2")
			s["Actions"] = append(s["Actions"].([]any), a)
		}},
		{"synthetic-tests", "hollow", "not in 333333333333 us-east-1", gamma, canary(func(resources map[string]any, id string) { delete(resources, id) })},
		{"synthetic-tests", "hollow", "is not started", gamma, canary(func(resources map[string]any, id string) {
			resources[id].(map[string]any)["Properties"].(map[string]any)["StartCanaryAfterCreation"] = false
		})},
		{"production-monitoring", "hollow", "not in 444444444444 eu-west-1", target, func(m map[string]any) {
			for _, r := range resources(m) {
				if r := r.(map[string]any); r["Type"] == "AWS::CodeDeploy::DeploymentGroup" {
					r["Properties"].(map[string]any)["AlarmConfiguration"].(map[string]any)["Enabled"] = false
				}
			}
		}},
		{"production-monitoring", "hollow", "not in 444444444444 eu-west-1", target, func(m map[string]any) {
			for _, r := range resources(m) {
				if r := r.(map[string]any); r["Type"] == "AWS::CodeDeploy::DeploymentGroup" {
					delete(r["Properties"].(map[string]any), "AutoRollbackConfiguration")
				}
			}
		}},
	} {
		path := filepath.Join(dir, filepath.FromSlash(c.file))
		if strings.HasSuffix(c.file, "/") {
			found, err := filepath.Glob(filepath.Join(path, "*.template.json"))
			require.NoError(t, err)
			require.Len(t, found, 1)
			path = found[0]
		}
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		var m map[string]any
		require.NoError(t, json.Unmarshal(content, &m))
		c.change(m)
		changed, err := json.Marshal(m)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, changed, 0o644))
		code, after := gates(t, program, dir)
		require.NoError(t, os.WriteFile(path, content, 0o644))
		require.Equal(t, before[name][c.gate].Level == "required", code == 1, c.gate)
		var turned []string
		for p, rows := range after {
			for gate, r := range rows {
				was := before[p][gate].State
				if (r.State == "missing" || r.State == "hollow") && was != "missing" && was != "hollow" {
					turned = append(turned, p+" "+gate)
				}
			}
		}
		// The floor is part of the unit tests: what makes their action none makes the floor none.
		if c.gate == "unit-tests" {
			turned = slices.DeleteFunc(turned, func(s string) bool { return s == name+" coverage" })
		}
		// What signs is in the registry's stack, the platform's: a service's part knows of it only by what waits for the signature.
		if c.gate == "signature-verification" {
			turned = slices.DeleteFunc(turned, func(s string) bool { return s == name+" signing" })
		}
		// One action is the window and the switch.
		if c.gate == "deployment-window" {
			turned = slices.DeleteFunc(turned, func(s string) bool { return s == name+" stop-switch" })
		}
		require.Equal(t, []string{name + " " + c.gate}, turned, c.reason)
		row := after[name][c.gate]
		require.Equal(t, c.state, row.State, row.Reason)
		require.Contains(t, row.Reason, c.reason)
	}
}
