package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// gates of the complete assembly that commands make: the row, the action, and the project behind it.
var commandGates = []struct{ gate, stage, action, project string }{
	{"unit-tests", "Build", "UnitTests", "Unit"},
	{"coverage", "Build", "Floor", "Coverage"},
	{"code-quality", "Build", "Style", "Quality"},
	{"secrets-detection", "Build", "Leaks", "Leaks"},
	{"sast", "Build", "Flaws", "Sast"},
	{"sca", "Build", "Third", "Deps"},
	{"sbom", "Build", "Bill", "Bill"},
	{"package", "Build", "Image", "Image"},
	{"image-scan", "Build", "Look", "Scan"},
	{"signing", "Build", "Seal", "Sign"},
	{"signature-verification", "Build", "Unseal", "Verify"},
	{"integration-tests", "beta", "Checks", "Checks"},
	{"acceptance-tests", "beta", "Journeys", "Journeys"},
	{"performance-tests", "gamma", "gamma-us-east-1.Load", "Load"},
}

// swallows are ways to let a command run and its failure go, with words of the reason.
var swallows = []struct {
	name, reason string
	change       func(string) string
}{
	{"|| true", "`|| true` takes its place", func(c string) string { return c + " || true" }},
	{"|| :", "`|| :` takes its place", func(c string) string { return c + " || :" }},
	{"|| echo", "takes its place", func(c string) string { return c + " || echo found something" }},
	{"; exit 0", "`exit 0` follows it", func(c string) string { return c + "; exit 0" }},
	{"set +e", "`set +e` is in effect", func(c string) string { return "set +e\n" + c }},
	{"set +e and more", "`set +e` is in effect", func(c string) string { return "set -e\nset +e\n" + c + "\necho done" }},
	{"not the last line", "`echo done` follows it", func(c string) string { return c + "\necho done" }},
	{"a pipe", "pipe to `tee log`", func(c string) string { return c + " | tee log" }},
	{"the background", "in the background", func(c string) string { return c + " &" }},
	{"an if", "an `if` looks at its result", func(c string) string { return "if " + c + "; then echo fine; else echo bad; fi" }},
	{"a negation", "turns its failure into success", func(c string) string { return "! " + c }},
	{"an argument", "in an argument is lost", func(c string) string { return "echo \"$(" + c + ")\"" }},
	{"a function", "takes its place", func(c string) string { return "run() {\n" + c + "\n}\nrun || true" }},
	{"a subshell", "takes its place", func(c string) string { return "(set -e\n" + c + "\n) || true" }},
	{"another shell", "follows it", func(c string) string { return "bash <<'END'\n" + c + "\necho done\nEND" }},
	{"a trap", "ends the shell with 0", func(c string) string { return "trap 'exit 0' EXIT\n" + c }},
	{"a dead branch", "never runs", func(c string) string { return "if false; then " + c + "; fi" }},
	{"after the end", "never runs", func(c string) string { return "exit 0\n" + c }},
}

// Catches: a complete pipeline that is judged incomplete, be it of CDK Pipelines or by hand.
func TestConformanceOfTheComplete(t *testing.T) {
	for _, name := range []string{"assembly", "plain"} {
		code, rows := judged(t, filepath.Join("testdata", "conformance", name))
		if code != 0 || len(rows) < 35 {
			t.Errorf("%s: exit code %d, %d rows", name, code, len(rows))
		}
		for gate, r := range rows {
			switch r.State {
			case "present":
				if len(r.Evidence) == 0 || !r.Evidence[0].Blocks || !r.Evidence[0].CanFail {
					t.Errorf("%s: %s is present by nothing: %+v", name, gate, r)
				}
			case "not applicable":
				if !strings.HasSuffix(gate, "-database") {
					t.Errorf("%s: %s is not applicable: %s", name, gate, r.Reason)
				}
			case "not visible":
				if gate != "static-assets" && gate != "static-configuration" {
					t.Errorf("%s: %s is not visible: %s", name, gate, r.Reason)
				}
			default:
				t.Errorf("%s: %s is %s: %s", name, gate, r.State, r.Reason)
			}
		}
	}
}

// Catches: a gate that is taken for present though its command is gone, or its failure goes nowhere; and one gate's loss that is
// told of another one.
func TestConformanceOfHollowCommands(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "assembly"))
	for _, g := range commandGates {
		for _, s := range swallows {
			dir := edited(t, func(f *fixture) { f.command(g.project, s.change) })
			_, after := judged(t, dir)
			only(t, g.gate+" with "+s.name, before, after, g.gate, "hollow", s.reason)
		}
		_, after := judged(t, edited(t, func(f *fixture) { f.command(g.project, func(string) string { return "echo skipped" }) }))
		if g.gate == "package" || g.gate == "coverage" || before[g.gate].State != "present" {
			continue // what is left of these runs other commands
		}
		only(t, g.gate+" with nothing to run", before, after, g.gate, after[g.gate].State, "")
	}
}

// Catches: a phase, a batch, a stage or a place in the pipeline that makes a gate no gate, whatever its command is.
func TestConformanceOfHollowPlaces(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "assembly"))
	for _, g := range commandGates {
		test := g.stage != "Build"
		cases := []struct {
			name, state, reason string
			change              func(f *fixture)
		}{
			{"on-failure: CONTINUE", "hollow", "on-failure: CONTINUE", func(f *fixture) {
				f.spec(g.project, func(spec map[string]any) {
					spec["phases"].(map[string]any)["build"].(map[string]any)["on-failure"] = "CONTINUE"
				})
			}},
			{"a batch that ignores it", "hollow", "ignore-failure: true", func(f *fixture) {
				f.spec(g.project, func(spec map[string]any) {
					spec["batch"] = map[string]any{"build-list": []any{map[string]any{"identifier": "one", "ignore-failure": true}}}
				})
				for _, st := range f.stages() {
					for _, a := range st.(map[string]any)["Actions"].([]any) {
						c := a.(map[string]any)["Configuration"].(map[string]any)
						if ref, ok := c["ProjectName"].(map[string]any); ok && ref["Ref"] == g.project {
							c["BatchEnabled"] = "true"
						}
					}
				}
			}},
			{"no action that runs it", "hollow", "no action of the pipeline runs the project " + g.project, func(f *fixture) {
				f.take(g.stage, g.action)
				if g.gate == "performance-tests" {
					f.take("gamma", "gamma-eu-west-1.Load")
				}
			}},
			{"nothing at all", "missing", "nothing does it", func(f *fixture) {
				f.take(g.stage, g.action)
				if g.gate == "performance-tests" {
					f.take("gamma", "gamma-eu-west-1.Load")
				}
				delete(f.template["Resources"].(map[string]any), g.project)
			}},
		}
		if !test {
			cases = append(cases, []struct {
				name, state, reason string
				change              func(f *fixture)
			}{
				{"a place after the deployment", "hollow", "it runs after beta/Service.Deploy, which it should guard", func(f *fixture) { f.put("UpdatePipeline", 2, f.take("Build", g.action)); moveToEnd(f, g.action) }},
				{"a place beside the deployment", "hollow", "it runs beside beta/Service.Deploy, which does not wait for it", func(f *fixture) { f.put("beta", 2, f.take("Build", g.action)) }},
				{"a stage whose failure is skipped", "hollow", "has OnFailure: SKIP", func(f *fixture) {
					alone(f, g.action, map[string]any{"OnFailure": map[string]any{"Result": "SKIP"}})
				}},
				{"a stage that is skipped", "hollow", "Result: SKIP", func(f *fixture) {
					alone(f, g.action, map[string]any{"BeforeEntry": map[string]any{"Conditions": []any{map[string]any{"Result": "SKIP", "Rules": []any{}}}}})
				}},
			}...)
		}
		for _, c := range cases {
			_, after := judged(t, edited(t, c.change))
			only(t, g.gate+" with "+c.name, before, after, g.gate, c.state, c.reason)
		}
	}
}

// moveToEnd puts an action of the stage UpdatePipeline after everything that is deployed.
func moveToEnd(f *fixture, action string) {
	a := f.take("UpdatePipeline", action)
	a["RunOrder"] = 1.0
	f.setStages(append(f.stages(), map[string]any{"Name": "Afterwards", "Actions": []any{a}}))
}

// alone puts an action of the build into a stage of its own, with conditions.
func alone(f *fixture, action string, conditions map[string]any) {
	a := f.take("Build", action)
	a["RunOrder"] = 1.0
	conditions["Name"], conditions["Actions"] = "Alone", []any{a}
	stages := f.stages()
	f.setStages(append(append(append([]any{}, stages[:2]...), conditions), stages[2:]...))
}

// Catches: a scanner whose flags make it look at nothing, or end well whatever it finds.
func TestConformanceOfHollowTools(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "assembly"))
	for _, c := range []struct{ gate, project, command, reason string }{
		{"unit-tests", "Unit", "mvn verify -DskipTests", "skips the tests"},
		{"unit-tests", "Unit", "mvn -B test -Dmaven.test.failure.ignore=true", "ignores tests that fail"},
		{"unit-tests", "Unit", "npx jest --passWithNoTests", "passes without a test"},
		{"unit-tests", "Unit", "npm test --if-present", "passes where the package has no such script"},
		{"unit-tests", "Unit", "pytest --collect-only", "lists the tests and runs none"},
		{"unit-tests", "Unit", "gradle build -x test", "leaves the tests out"},
		{"unit-tests", "Unit", "go test -run '^$' ./...", "runs no test"},
		{"code-quality", "Quality", "golangci-lint run --issues-exit-code=0", "ends with 0 whatever it finds"},
		{"code-quality", "Quality", "flake8 --exit-zero", "ends with 0 whatever it finds"},
		{"code-quality", "Quality", "black src", "fails over nothing"},
		{"code-quality", "Quality", "mvn sonar:sonar", "does not wait for the quality gate"},
		{"secrets-detection", "Leaks", "gitleaks git --exit-code 0 .", "ends with 0 whatever it finds"},
		{"secrets-detection", "Leaks", "gitleaks detect --exit-code=0", "ends with 0 whatever it finds"},
		{"secrets-detection", "Leaks", "gitleaks detect --no-git --source .", "is in the history"},
		{"secrets-detection", "Leaks", "gitleaks dir .", "is in the history"},
		{"secrets-detection", "Leaks", "gitleaks protect --staged", "not committed yet"},
		{"secrets-detection", "Leaks", "trufflehog git file://.", "ends with 0 whatever it finds"},
		{"secrets-detection", "Leaks", "detect-secrets scan", "ends with 0"},
		{"sast", "Sast", "semgrep scan --config auto", "(--error)"},
		{"sast", "Sast", "docker run --rm -v $PWD:/src returntocorp/semgrep semgrep --config auto", "(--error)"},
		{"sast", "Sast", "gosec -no-fail ./...", "ends with 0 whatever it finds"},
		{"sast", "Sast", "bandit -r . --exit-zero", "ends with 0 whatever it finds"},
		{"sca", "Deps", "trivy fs .", "(--exit-code)"},
		{"sca", "Deps", "trivy fs --exit-code 0 .", "(--exit-code)"},
		{"sca", "Deps", "TRIVY_EXIT_CODE=0 trivy fs .", "(--exit-code)"},
		{"sca", "Deps", "trivy fs --exit-code 1 --scanners secret .", "looks for no vulnerabilities"},
		{"sca", "Deps", "trivy fs --exit-code 1 --pkg-types os .", "at no dependency"},
		{"sca", "Deps", "grype dir:.", "(--fail-on)"},
		{"sca", "Deps", "npm audit --audit-level=none", "fails over no severity"},
		{"sca", "Deps", "npm audit || echo found", "takes its place"},
		{"sca", "Deps", "govulncheck -format json ./...", "ends with 0 in every format but text"},
		{"sca", "Deps", "dependency-check.sh --project p --scan .", "(--failOnCVSS)"},
		{"sca", "Deps", "dependency-check.sh --failOnCVSS 7", "scans nothing"},
		{"sca", "Deps", "dependency-check.sh --failOnCVSS 7 --scan . --exclude '**/*'", "leaves everything out"},
		{"sca", "Deps", "dependency-check.sh --failOnCVSS 11 --scan .", "no score is that high"},
		{"sca", "Deps", "snyk monitor", "fails over nothing"},
		{"sbom", "Bill", "syft scan dir:.", "keeps nothing"},
		{"image-scan", "Scan", "trivy image app", "(--exit-code)"},
		{"image-scan", "Scan", "trivy image --exit-code 1 --scanners secret app", "looks for no vulnerabilities"},
		{"image-scan", "Scan", "aws ecr wait image-scan-complete --repository-name app", "looks at nothing that it found"},
		{"image-scan", "Scan", "aws ecr describe-image-scan-findings --repository-name app", "nothing compares it"},
		{"integration-tests", "Checks", "newman run c.json --suppress-exit-code", "ends with 0 whatever fails"},
		{"acceptance-tests", "Journeys", "npx playwright test --pass-with-no-tests", "passes without a test"},
		{"performance-tests", "Load", "k6 run --no-thresholds load.js", "compares with no limit"},
		{"performance-tests", "Load", "hey -z 1m https://example.com", "nothing compares it with a limit"},
	} {
		dir := edited(t, func(f *fixture) {
			f.command(c.project, func(string) string { return c.command })
			if c.project == "Scan" { // the name says what it is, where the command no longer does
				for _, a := range f.stage("Build")["Actions"].([]any) {
					if a := a.(map[string]any); a["Name"] == "Look" {
						a["Name"] = "ImageScan"
					}
				}
			}
		})
		_, after := judged(t, dir)
		only(t, c.command, before, after, c.gate, "hollow", c.reason)
	}
	// The same tools as they should be.
	for _, c := range []struct{ gate, project, command string }{
		{"unit-tests", "Unit", "mvn verify -DskipTests=false"},
		{"unit-tests", "Unit", "sh ./mvnw --batch-mode test"},
		{"unit-tests", "Unit", "go test ./... || exit 1"},
		{"unit-tests", "Unit", "set -o pipefail\ngo test ./... | tee log"},
		{"unit-tests", "Unit", "if ! npm test; then echo failed; exit 1; fi"},
		{"code-quality", "Quality", "npx --yes eslint . --max-warnings 0"},
		{"code-quality", "Quality", "mvn sonar:sonar -Dsonar.qualitygate.wait=true"},
		{"secrets-detection", "Leaks", "docker run --rm -v \"$PWD:/repo\" zricethezav/gitleaks:v8.28.0 git /repo"},
		{"secrets-detection", "Leaks", "git clone --quiet $URL all && gitleaks detect --source all --exit-code 2"},
		{"sast", "Sast", "semgrep ci"},
		{"sca", "Deps", "TRIVY_EXIT_CODE=1 trivy fs ."},
		{"sca", "Deps", "npm audit --audit-level=high"},
		{"sca", "Deps", "govulncheck ./..."},
		{"sbom", "Bill", "syft . > sbom.json"},
		{"image-scan", "Scan", "trivy image --exit-code 1 app"},
	} {
		_, after := judged(t, edited(t, func(f *fixture) { f.command(c.project, func(string) string { return c.command }) }))
		if got := turned(before, after); len(got) > 0 {
			t.Errorf("%s: turned %v: %s", c.command, got, after[c.gate].Reason)
		}
	}
}

// Catches: what no command makes. Each case removes it, or makes it guard nothing.
func TestConformanceOfHollowReleases(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "assembly"))
	template := func(folder string, change func(resources map[string]any)) func(f *fixture) {
		return func(f *fixture) {
			var m map[string]any
			name := filepath.Join("assembly-Delivery-"+folder, "Service.template.json")
			f.read(name, &m)
			change(m["Resources"].(map[string]any))
			f.write(name, m)
		}
	}
	properties := func(resources map[string]any, id string) map[string]any {
		return resources[id].(map[string]any)["Properties"].(map[string]any)
	}
	conditions := func(f *fixture, stage, key string) map[string]any {
		return f.stage(stage)[key].(map[string]any)["Conditions"].([]any)[0].(map[string]any)
	}
	withoutRule := func(name string) func(f *fixture) {
		return func(f *fixture) {
			for _, stage := range []string{"prod-1", "prod-2"} {
				c := conditions(f, stage, "BeforeEntry")
				var kept []any
				for _, r := range c["Rules"].([]any) {
					if r.(map[string]any)["Name"] != name {
						kept = append(kept, r)
					}
				}
				c["Rules"] = kept
			}
		}
	}
	for _, c := range []struct {
		name, gate, state, reason string
		change                    func(f *fixture)
	}{
		{"no approval", "approval", "missing", "nothing does it in prod", func(f *fixture) { f.take("prod-1", "Approve") }},
		{"an approval after what it guards", "approval", "hollow", "it runs after prod-1/Service.Deploy", func(f *fixture) { f.put("prod-1", 9, f.take("prod-1", "Approve")) }},
		{"an approval beside what it guards", "approval", "hollow", "it runs beside prod-1/Service.Deploy", func(f *fixture) { f.put("prod-1", 3, f.take("prod-1", "Approve")) }},
		{"an approval of the second wave only", "approval", "hollow", "it runs after prod-1/Service.Deploy", func(f *fixture) { f.put("prod-2", 1, f.take("prod-1", "Approve")) }},
		{"an approval before anything is tested", "approval", "hollow", "nothing is tested yet", func(f *fixture) { f.put("UpdatePipeline", 2, f.take("prod-1", "Approve")) }},
		{"a load test in one region only", "performance-tests", "hollow", "only in some targets of gamma; not in 333333333333 eu-west-1", func(f *fixture) { f.take("gamma", "gamma-eu-west-1.Load") }},
		{"checks before the deployment", "integration-tests", "hollow", "it runs before beta/BlueGreen has released", func(f *fixture) { f.put("beta", 1, f.take("beta", "Checks")) }},
		{"checks beside the deployment", "integration-tests", "hollow", "it runs beside beta/BlueGreen", func(f *fixture) { f.put("beta", 3, f.take("beta", "Checks")) }},
		{"a canary in one region only", "synthetic-tests", "hollow", "not in 333333333333 us-east-1", template("gamma-us-east-1", func(r map[string]any) { delete(r, "Canary") })},
		{"a canary that does not run in one region", "synthetic-tests", "hollow", "is not started", template("gamma-us-east-1", func(r map[string]any) { properties(r, "Canary")["StartCanaryAfterCreation"] = false })},
		{"alarms that are off", "preproduction-monitoring", "hollow", "has its alarms switched off", template("gamma-eu-west-1", func(r map[string]any) {
			properties(r, "Group")["AlarmConfiguration"].(map[string]any)["Enabled"] = false
		})},
		{"alarms without a rollback", "preproduction-monitoring", "hollow", "DEPLOYMENT_STOP_ON_ALARM", template("gamma-eu-west-1", func(r map[string]any) {
			properties(r, "Group")["AutoRollbackConfiguration"].(map[string]any)["Events"] = []any{"DEPLOYMENT_FAILURE"}
		})},
		{"no alarm", "preproduction-monitoring", "hollow", "watches no alarm", template("gamma-eu-west-1", func(r map[string]any) {
			properties(r, "Group")["AlarmConfiguration"].(map[string]any)["Alarms"] = []any{}
		})},
		{"no window", "deployment-window", "missing", "", withoutRule("Window")},
		{"no stop switch", "stop-switch", "missing", "", withoutRule("Switch")},
		{"no bake after the first wave", "bake", "hollow", "only in some targets of prod", func(f *fixture) { delete(f.stage("prod-1"), "OnSuccess") }},
		{"a bake of no time", "bake", "hollow", "waits for nothing", func(f *fixture) {
			for _, stage := range []string{"prod-1", "prod-2"} {
				rule := conditions(f, stage, "OnSuccess")["Rules"].([]any)[0].(map[string]any)
				rule["Configuration"].(map[string]any)["WaitTime"] = "0"
			}
		}},
	} {
		_, after := judged(t, edited(t, c.change))
		only(t, c.name, before, after, c.gate, c.state, c.reason)
	}
	// All of production at once.
	_, after := judged(t, edited(t, func(f *fixture) {
		second := f.stage("prod-2")["Actions"].([]any)
		for _, a := range second {
			name := a.(map[string]any)
			name["Name"] = "eu." + name["Name"].(string)
		}
		first := f.stage("prod-1")
		first["Actions"] = append(first["Actions"].([]any), second...)
		f.setStages(f.stages()[:len(f.stages())-1])
	}))
	only(t, "one wave", before, after, "progressive", "hollow", "all traffic moves at once (CodeDeployDefault.ECSAllAtOnce), and there is one wave")
}

// Catches: rules that hold for an assembly of the CDK only. The pipeline is a template by hand, in YAML with short forms.
func TestConformanceOfAPlainTemplate(t *testing.T) {
	_, before := judged(t, filepath.Join("testdata", "conformance", "plain"))
	content, err := os.ReadFile(filepath.Join("testdata", "conformance", "plain", "pipeline.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ gate, state, reason, from, to string }{
		{"unit-tests", "hollow", "`|| true` takes its place", "- python -m pytest --junitxml=reports/junit.xml", "- python -m pytest --junitxml=reports/junit.xml || true"},
		{"unit-tests", "hollow", "on-failure: CONTINUE", "            build:\n              commands:\n                - python -m pytest", "            build:\n              on-failure: CONTINUE\n              commands:\n                - python -m pytest"},
		{"unit-tests", "hollow", "it runs Coverage with a floor (coverage) and nothing else", "{ProjectName: !Ref Tests}", "{ProjectName: !Ref Floor}"},
		{"coverage", "hollow", "takes its place", "coverage report --fail-under=80", "coverage report --fail-under=80 || :"},
		{"code-quality", "hollow", "ends with 0 whatever it finds", "- ruff check .", "- ruff check --exit-zero ."},
		{"code-quality", "hollow", "`exit 0` follows it", "- ruff check .", "- ruff check . ; exit 0"},
		{"secrets-detection", "hollow", "ends with 0 whatever it finds (--fail)", "file:///src --fail | tee", "file:///src | tee"},
		{"secrets-detection", "hollow", "no `set -o pipefail`", "set -euo pipefail", "set -eu"},
		{"secrets-detection", "hollow", "`set +e` is in effect", "set -euo pipefail\n", "set -uo pipefail\n                    set +e\n"},
		{"sast", "hollow", "takes its place", "- bandit -r src", "- bandit -r src || true"},
		{"sca", "hollow", "asks about none", `"value":"--strict"`, `"value":"--strict --dry-run"`},
		{"sbom", "hollow", "takes its place", "requirements -o sbom.json", "requirements -o sbom.json || true"},
		{"package", "hollow", "takes its place", "- docker push $REGISTRY/billing:$COMMIT", "- docker push $REGISTRY/billing:$COMMIT || true"},
		{"image-scan", "hollow", "(--fail-on)", " --fail-on high", ""},
		{"image-scan", "hollow", "scans files, and no image", "- Name: Inspect\n              ActionTypeId: *codebuild", "- Name: ImageScan\n              ActionTypeId: *codebuild"},
		{"signing", "hollow", "takes its place", "notation sign $REGISTRY/billing@$DIGEST", "notation sign $REGISTRY/billing@$DIGEST || true"},
		{"integration-tests", "hollow", "it runs beside Dev/Deploy", "{ProjectName: !Ref Integration}\n              InputArtifacts: [{Name: Code}]\n              RunOrder: 2", "{ProjectName: !Ref Integration}\n              InputArtifacts: [{Name: Code}]"},
		{"acceptance-tests", "hollow", "takes its place", "npx cypress run", "npx cypress run || true"},
		{"synthetic-tests", "hollow", "follows it", "./probes/check-synthetic-traffic.sh", "./probes/check-synthetic-traffic.sh; true"},
		{"synthetic-tests", "hollow", "it runs nothing that could fail", "./probes/check-synthetic-traffic.sh", "echo traffic is fine"},
		{"performance-tests", "hollow", "--headless", "locust --headless", "locust"},
		{"approval", "missing", "nothing does it in production", "ActionTypeId: {Category: Approval, Owner: AWS, Provider: Manual, Version: \"1\"}", "ActionTypeId: {Category: Invoke, Owner: AWS, Provider: EventBridge, Version: \"1\"}"},
		{"deployment-window", "missing", "", "Provider: DeploymentWindow", "Provider: CloudWatchAlarm"},
		{"stop-switch", "missing", "", "Provider: VariableCheck", "Provider: CloudWatchAlarm"},
	} {
		dir := copied(t, "plain")
		if strings.Count(string(content), c.from) != 1 {
			t.Errorf("%q is %d times in the template", c.from, strings.Count(string(content), c.from))
			continue
		}
		text := strings.Replace(string(content), c.from, c.to, 1)
		if c.to != "" && strings.Contains(c.to, "ImageScan") {
			text = strings.Replace(text, "grype registry:$REGISTRY/billing:$COMMIT --fail-on high", "grype dir:. --fail-on high", 1)
		}
		if err := os.WriteFile(filepath.Join(dir, "pipeline.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, after := judged(t, dir)
		only(t, c.gate+" with "+c.to, before, after, c.gate, c.state, c.reason)
	}
}
