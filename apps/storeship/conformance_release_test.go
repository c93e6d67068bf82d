package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
		{"a canary that nothing listens to in one region", "synthetic-tests", "hollow", "nothing hears of it", template("gamma-us-east-1", func(r map[string]any) { delete(r, "CanaryAlarm") })},
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
