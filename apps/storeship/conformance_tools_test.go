package main

import (
	"path/filepath"
	"testing"
)

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
		{"secrets-detection", "Leaks", "gitleaks git --log-opts=-1 .", "looks at one commit"},
		{"secrets-detection", "Leaks", "gitleaks git --help", "does nothing"},
		{"secrets-detection", "Leaks", "trufflehog git file://.", "ends with 0 whatever it finds"},
		{"secrets-detection", "Leaks", "detect-secrets scan", "ends with 0"},
		{"sast", "Sast", "semgrep scan --config auto", "(--error)"},
		{"sast", "Sast", "docker run --rm -v $PWD:/src returntocorp/semgrep semgrep --config auto", "(--error)"},
		{"sast", "Sast", "semgrep scan --error --exclude '*'", "leaves everything out"},
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
		{"unit-tests", "Unit", "coverage run -m pytest"},
		{"unit-tests", "Unit", "pytest || [ $? -eq 5 ]"},
	} {
		_, after := judged(t, edited(t, func(f *fixture) { f.command(c.project, func(string) string { return c.command }) }))
		if got := turned(before, after); len(got) > 0 {
			t.Errorf("%s: turned %v: %s", c.command, got, after[c.gate].Reason)
		}
	}
}
