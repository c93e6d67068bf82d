package conformance_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/conformance"
)

// script is the resource of a project that runs one script.
func script(lines string) string {
	s := "  Project:\n    Type: AWS::CodeBuild::Project\n    Properties:\n      Source:\n        Type: CODEPIPELINE\n        BuildSpec: |\n" +
		"          version: 0.2\n          phases:\n            build:\n              commands:\n                - |\n"
	for line := range strings.Lines(lines + "\n") {
		s += "                  " + line
	}
	return s
}

const helpers = `set -eu
say() { printf '%s\n' "$*" >&2; }
fail() { say "error: $*"; exit 1; }
get() { curl --fail --silent --output "$2" "$1" || fail "cannot download $1"; echo "$3 $2" | sha256sum --check || fail "$1 is another one"; }
`

// Catches: a gate that is proven by what is left when its tool is gone: a download, an installation, a look at the report, and the functions
// that say what is wrong.
func TestNameWithoutItsTool(t *testing.T) {
	for name, c := range map[string]struct{ action, gate, script, reason string }{
		"a download":           {"Secrets", "secrets-detection", "get https://example.com/gitleaks.tar.gz a.tar.gz 1234\ntar -xzf a.tar.gz gitleaks", "it prepares gitleaks and never runs it"},
		"an installation":      {"SAST", "sast", "pip install semgrep==1.2.3", "it prepares semgrep and never runs it"},
		"one in a venv":        {"SAST", "sast", "python -m venv v\n\"$HOME/v/bin/pip\" install --quiet semgrep", "it prepares semgrep and never runs it"},
		"words":                {"SAST", "sast", "[ -s rules ] || fail \"SAST has no rules\"", "it runs nothing that could fail"},
		"a look at a report":   {"UnitTests", "unit-tests", "go install gotest.tools/gotestsum@v1\ngrep -q testsuite report.xml || fail 'the tests wrote no report'", "it prepares gotestsum and never runs it"},
		"code within":          {"SAST", "sast", "pip install semgrep\npython -c 'import json; json.load(open(\"r\"))[\"paths\"]' || fail 'semgrep looked at no file'", "it prepares semgrep and never runs it"},
		"a version":            {"Quality", "code-quality", "v=$(go env GOVERSION) || fail 'Go does not start'\n[ -n \"$(go list ./...)\" ] || fail 'no package'", "it only prepares"},
		"a look for a report":  {"UnitTests", "unit-tests", "[ -n \"$(find . -name junit.xml -print)\" ] || fail 'the tests wrote no report'", "it only prepares"},
		"another's comparison": {"UnitTests", "unit-tests", "[ -n \"$(find . -name junit.xml -print)\" ] || fail 'no report'\nawk -v minimum=80 -f floor.awk cover.out", "it runs Coverage with a floor (awk) and nothing else"},
		"a conversion":         {"UnitTests", "unit-tests", "gocover-cobertura <c.out >c.xml", "it only prepares"},
		"a log-in":             {"SCA", "sca", "aws ecr get-login-password | docker login --password-stdin r\naws s3 cp s3://b/known known", "it only prepares"},
		"another's tool":       {"UnitTests", "unit-tests", "check() { gosec ./...; }\ncheck", "it runs Static application security testing (gosec) and nothing else"},
		"a list of files":      {"ImageScan", "image-scan", "inspector-sbomgen container --image i -o bill.json || fail 'no list'", "it runs Software bill of materials"},
		"a lost function":      {"SAST", "sast", "scan() { ./scan.sh || true; }\nscan", "`|| true` takes its place"},
	} {
		t.Run(name, func(t *testing.T) {
			judge(t, stages(script(helpers+c.script), stage("Check", builds(c.action, "!Ref Project")), production), nil).is(c.gate, conformance.Hollow, c.reason)
		})
	}
}

// Catches: somebody's own tool or script that is taken for a helper, because of its name, of what starts it, or of where it stands.
func TestNameOfOnesOwn(t *testing.T) {
	tests := stage("Beta", deploy("D", "222222222222", "us-west-2"), ordered(builds("IntegrationTests", "!Ref Project"), "2"))
	judge(t, stages(script(helpers+"aws ecs run-task --cluster c --task-definition tests > task.json\naws ecs wait tasks-stopped --cluster c"), tests, production), nil).is("integration-tests", conformance.Present, "")
	for name, c := range map[string]struct{ action, gate, script string }{
		"a script":             {"SAST", "sast", "./scan.sh"},
		"named as a helper":    {"UnitTests", "unit-tests", "./test.sh"},
		"by a shell":           {"UnitTests", "unit-tests", "bash ci/test"},
		"in the environment":   {"UnitTests", "unit-tests", "env CI=1 ./run"},
		"of the source's root": {"SAST", "sast", "$CODEBUILD_SRC_DIR/ci/info --strict"},
		"sourced":              {"SAST", "sast", ". ./ci/scan"},
		"in another shell":     {"SAST", "sast", "bash -ec './scan.sh'"},
		"in a function":        {"SAST", "sast", "run() { say \"+ $*\"; ./scan.sh; }\nrun"},
		"a function's words":   {"SAST", "sast", "run() { say \"+ $*\"; \"$@\"; }\nrun ./scan.sh"},
		"beside lost ones":     {"SAST", "sast", "run() { ./tell.sh || true; ./scan.sh; }\nrun"},
		"an unknown program":   {"SAST", "sast", "pip install our-sast\nour-sast --all -v"},
		"beside a known one":   {"SAST", "sast", "pip install semgrep\n./scan.sh"},
		"a container":          {"ImageScan", "image-scan", "docker run --rm our/scanner image shop:1"},
		"in Python":            {"SAST", "sast", "python tools/scan.py"},
		"by make":              {"SAST", "sast", "make -C app scan"},
		"by npm":               {"Secrets", "secrets-detection", "npm ci\nnpm run our-check"},
		"a search":             {"Secrets", "secrets-detection", "if git grep -q 'BEGIN PRIVATE KEY'; then fail found; fi"},
		"a search of lines":    {"Secrets", "secrets-detection", "if grep -rq AKIA src; then exit 1; fi"},
		"a look at texts":      {"SAST", "sast", "n=$(jq '.results | length' findings.json) || exit 1\n[ \"$n\" = 0 ]"},
		"an image by name":     {"Package", "package", "m=$(aws ecr batch-get-image --query 'images[0].imageManifest') || exit 1\naws ecr put-image --image-manifest \"$m\" --image-tag released"},
		"an archive":           {"Package", "package", "zip -qr app.zip ."},
		"a task":               {"Secrets", "secrets-detection", "npm ci\nnpx our-check install"},
		"a service":            {"SCA", "sca", "curl -sf https://scanner.example.com/scan"},
	} {
		t.Run(name, func(t *testing.T) {
			judge(t, stages(script(helpers+c.script), stage("Check", builds(c.action, "!Ref Project")), production), nil).is(c.gate, conformance.Present, "")
		})
	}
}

// Catches: a stop switch whose end says that it is closed and does not fail; and one that is taken for such because of the order of its
// decisions. No tool is known for it: it is what the script decides.
func TestNameOfADecision(t *testing.T) {
	const (
		asked  = "said=$(aws ssm get-parameter --name stop --query Parameter.Value --output text) || fail 'cannot read it'\n"
		opened = "case $said in open*) say open; exit 0 ;; esac\n"
	)
	for name, c := range map[string]struct {
		script string
		state  conformance.State
		reason string
	}{
		"at the end":       {asked + opened + "fail closed", conformance.Present, ""},
		"only said":        {asked + opened + "say closed", conformance.Hollow, "it ends with 0 whatever it decides: `say closed` is its end"},
		"in a subshell":    {"(\n" + asked + opened + "say closed\n)", conformance.Hollow, "it ends with 0 whatever it decides"},
		"a known place":    {"case $TARGET in prod) ;; *) fail unknown ;; esac\n" + asked + opened + "say closed", conformance.Hollow, "it ends with 0 whatever it decides"},
		"a branch":         {asked + "case $said in open) ;; *) fail closed ;; esac", conformance.Present, ""},
		"then more":        {asked + "case $said in open) ;; *) fail closed ;; esac\nif [ -z \"$WINDOW\" ]; then exit 0; fi\nsay fine", conformance.Present, ""},
		"a test":           {"[ \"$FREEZE\" = no ] || exit 1", conformance.Present, ""},
		"a test, in vain":  {"[ \"$FREEZE\" = no ] || say frozen", conformance.Hollow, "it runs nothing that could fail"},
		"a pipe":           {"aws ssm get-parameter --name stop | grep -q open", conformance.Present, ""},
		"in a function":    {"look() { [ \"$FREEZE\" = no ] || return 1; }\nlook", conformance.Present, ""},
		"a lost function":  {"look() { [ \"$FREEZE\" = no ] || return 1; }\nlook || true", conformance.Hollow, "it runs nothing that could fail"},
		"fail that is say": {"fail() { say \"error: $*\"; }\n[ \"$FREEZE\" = no ] || fail frozen", conformance.Hollow, "it runs nothing that could fail"},
		"a script":         {"./frozen.sh", conformance.Present, ""},
	} {
		t.Run(name, func(t *testing.T) {
			judge(t, stages(script(helpers+c.script), stage("Before", builds("StopSwitch", "!Ref Project")), production), nil).is("stop-switch", c.state, c.reason)
		})
	}
}

// Catches: an action that is named for one gate and runs what another one does, as that does it; and one project for several gates that is
// taken for such.
func TestNameOfAnothersProject(t *testing.T) {
	tests := func(name, project, configuration string) string {
		return "{Name: " + name + ", RunOrder: 2, ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild}, InputArtifacts: [{Name: C}], Configuration: {ProjectName: " + project + configuration + "}}"
	}
	project := func(id, name, command string) string {
		return "  " + id + ": {Type: AWS::CodeBuild::Project, Properties: {Name: " + name + ", Source: {BuildSpec: \"version: 0.2\\nphases: {build: {commands: [" + command + "]}}\"}}}\n"
	}
	suite := func(name string) string {
		return ", EnvironmentVariables: '[{\"name\":\"SUITE\",\"value\":\"" + name + "\"}]'"
	}
	for name, c := range map[string]struct {
		resources, integration, acceptance string
		state                              conformance.State
		reason                             string
	}{
		"their own": {project("I", "shop-integration", "go test ./integration") + project("A", "shop-acceptance", "go test ./acceptance"), tests("Integration", "!Ref I", ""), tests("Acceptance", "!Ref A", ""), conformance.Present, ""},
		"another's": {
			project("I", "shop-integration", "go test ./integration"), tests("Integration", "!Ref I", ""), tests("Acceptance", "!Ref I", ""),
			conformance.Hollow, "it runs the project shop-integration, the Integration tests of Beta/Integration",
		},
		"another's, with variables": {project("I", "shop-integration", "go test ./$SUITE"), tests("Integration", "!Ref I", suite("integration")), tests("Acceptance", "!Ref I", suite("acceptance")), conformance.Present, ""},
		"one for all":               {project("I", "shop-tests", "./tests.sh"), tests("Integration", "!Ref I", ""), tests("Acceptance", "!Ref I", ""), conformance.Present, ""},
		"a tool of the gate":        {project("I", "shop-integration", "npx cypress run"), tests("Integration", "!Ref I", ""), tests("Acceptance", "!Ref I", ""), conformance.Present, ""},
		"the only one":              {project("I", "shop-integration", "go test ./..."), commands("Look", "2", "true"), tests("Acceptance", "!Ref I", ""), conformance.Present, ""},
	} {
		t.Run(name, func(t *testing.T) {
			j := judge(t, stages(c.resources, stage("Beta", deploy("D", "222222222222", "us-west-2"), c.integration, c.acceptance), production), nil)
			j.is("acceptance-tests", c.state, c.reason)
			j.is("integration-tests", conformance.Present, "")
		})
	}
}
