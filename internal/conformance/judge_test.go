package conformance_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/conformance"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
)

// judgement is a report that a test asks.
type judgement struct {
	*conformance.Report
	t *testing.T
}

// row is a gate of the first pipeline.
func (j judgement) row(gate string) conformance.Row {
	for _, r := range j.Pipelines[0].Rows {
		if r.ID == gate {
			return r
		}
	}
	return conformance.Row{}
}

// is fails the test unless a gate is in a state, with words of the reason.
func (j judgement) is(gate string, state conformance.State, reason string) {
	j.t.Helper()
	if r := j.row(gate); r.State != state || !strings.Contains(r.Reason, reason) {
		j.t.Errorf("%s is %s: %q; want %s: %q\n%+v", gate, r.State, r.Reason, state, reason, r.Evidence)
	}
}

// judge writes files into a folder and judges what is there; without a catalogue by Storeship's.
func judge(t *testing.T, files map[string]string, c *conformance.Catalogue) judgement {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if c == nil {
		var err error
		if c, err = conformance.Default(); err != nil {
			t.Fatal(err)
		}
	}
	stacks, err := template.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	r := conformance.Judge(pipeline.Read(dir, stacks), stacks, c)
	if len(r.Pipelines) == 0 {
		t.Fatal("no pipeline was found")
	}
	return judgement{r, t}
}

// stages is a template of a pipeline with a source, the given stages in YAML's flow style, and the given resources.
func stages(resources string, all ...string) map[string]string {
	s := "Resources:\n" + resources + `  P: {Type: AWS::CodePipeline::Pipeline, Properties: {Name: p, Stages: [
    {Name: Source, Actions: [{Name: Code, ActionTypeId: {Category: Source, Owner: AWS, Provider: CodeCommit}, OutputArtifacts: [{Name: C}]}]},
`
	return map[string]string{"p.yaml": s + strings.Join(all, ",\n") + "]}}\n"}
}

func stage(name string, actions ...string) string {
	return "{Name: " + name + ", Actions: [" + strings.Join(actions, ", ") + "]}"
}

func commands(name string, order string, all ...string) string {
	return "{Name: " + name + ", RunOrder: " + order + ", ActionTypeId: {Category: Compute, Owner: AWS, Provider: Commands}, InputArtifacts: [{Name: C}], Commands: ['" +
		strings.Join(all, "', '") + "']}"
}

func deploy(name, account, region string) string {
	return "{Name: " + name + ", Region: " + region + ", RoleArn: 'arn:aws:iam::" + account + ":role/d', ActionTypeId: {Category: Deploy, Owner: AWS, Provider: ECS}, Configuration: {ServiceName: s}}"
}

// ordered is an action with a run order.
func ordered(action, order string) string {
	return strings.Replace(action, "{", "{RunOrder: "+order+", ", 1)
}

func builds(name, project string) string {
	return "{Name: " + name + ", ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild}, InputArtifacts: [{Name: C}], Configuration: {ProjectName: " + project + "}}"
}

const production = "{Name: Prod, Actions: [{Name: Release, ActionTypeId: {Category: Deploy, Owner: AWS, Provider: ECS}, Configuration: {ServiceName: s}}]}"

// Catches: what nobody can see taken for missing or for present; and what is named for another gate taken for a place to hide.
func TestNotVisible(t *testing.T) {
	project := func(spec string) string {
		return "  Project: {Type: AWS::CodeBuild::Project, Properties: {Source: {Type: CODEPIPELINE" + spec + "}}}\n"
	}
	for name, c := range map[string]struct{ resources, action, reason string }{
		"no buildspec":       {project(""), builds("All", "!Ref Project"), "it may be in Check/All: its commands are in buildspec.yml of the source"},
		"a file":             {project(", BuildSpec: ci/build.yml"), builds("All", "!Ref Project"), "its commands are in ci/build.yml of the source"},
		"a file in S3":       {project(", BuildSpec: 'arn:aws:s3:::b/build.yml'"), builds("All", "!Ref Project"), "its commands are in arn:aws:s3:::b/build.yml of the source"},
		"a parameter":        {project(", BuildSpec: !Ref Spec"), builds("All", "!Ref Project"), "a value of the deployment: «Spec»"},
		"a broken buildspec": {project(", BuildSpec: \"a: b\\n\\tc: [\""), builds("All", "!Ref Project"), "its buildspec cannot be read: buildspec:2:1:"},
		"an imported one":    {"", builds("All", "shared-build"), "the build project shared-build is not in these templates"},
		"an import":          {"", builds("All", "!ImportValue shared"), "the build project «ImportValue shared» is not in these templates"},
		"PowerShell":         {project(", BuildSpec: \"version: 0.2\\nenv: {shell: powershell.exe}\\n\""), builds("All", "!Ref Project"), "its commands are powershell.exe"},
		"a Lambda function":  {"", "{Name: All, ActionTypeId: {Category: Invoke, Owner: AWS, Provider: Lambda}, Configuration: {FunctionName: f}}", "a Lambda function does it: f"},
		"Jenkins":            {"", "{Name: All, ActionTypeId: {Category: Build, Owner: Custom, Provider: MyJenkins}, Configuration: {ProjectName: p}}", "MyJenkins does it, outside of AWS"},
		"a batch of files": {project(", BuildSpec: \"version: 0.2\\nbatch: {build-list: [{identifier: a, buildspec: a.yml}]}\\n\""),
			"{Name: All, ActionTypeId: {Category: Build, Owner: AWS, Provider: CodeBuild}, Configuration: {ProjectName: !Ref Project, BatchEnabled: true}}", "its commands are in a.yml of the source"},
	} {
		t.Run(name, func(t *testing.T) {
			j := judge(t, stages(c.resources, stage("Check", c.action), production), nil)
			for _, gate := range []string{"unit-tests", "secrets-detection", "sast", "sca", "sbom", "code-quality"} {
				j.is(gate, conformance.NotVisible, c.reason)
			}
			j.is("approval", conformance.Missing, "") // no build approves
			if j.Pipelines[0].Count(conformance.Missing, "required") == 0 || !j.Unseen() {
				t.Error("nothing is missing, or nothing is unseen")
			}
			// The same, called after one gate: it is no other one.
			named := strings.Replace(c.action, "Name: All", "Name: UnitTests", 1)
			j = judge(t, stages(c.resources, stage("Check", named, commands("Scan", "1", "gosec ./...")), production), nil)
			j.is("unit-tests", conformance.NotVisible, "Check/UnitTests is named for it: ")
			j.is("sca", conformance.Missing, "")
			j.is("sast", conformance.Present, "")
		})
	}
}

// Catches: the buildspec that CDK Pipelines writes beside the template looked for in the source; and one outside of the folder read.
func TestBuildspecInTheAssembly(t *testing.T) {
	files := stages("  Project: {Type: AWS::CodeBuild::Project, Properties: {Source: {BuildSpec: buildspec-1.yaml}}}\n", stage("Check", builds("All", "!Ref Project")), production)
	files["buildspec-1.yaml"] = "version: 0.2\nphases: {build: {commands: [gitleaks git .]}}\n"
	judge(t, files, nil).is("secrets-detection", conformance.Present, "")
	files = stages("  Project: {Type: AWS::CodeBuild::Project, Properties: {Source: {BuildSpec: ../x.yaml}}}\n", stage("Check", builds("All", "!Ref Project")), production)
	judge(t, files, nil).is("secrets-detection", conformance.NotVisible, "../x.yaml of the source")
}

// Catches: Inspector's action without thresholds, or over the wrong thing, taken for a gate.
func TestInspector(t *testing.T) {
	inspector := func(name, configuration string) string {
		return "{Name: " + name + ", ActionTypeId: {Category: Invoke, Owner: AWS, Provider: InspectorScan}, Configuration: {" + configuration + "}, OutputArtifacts: [{Name: S" + name + "}]}"
	}
	j := judge(t, stages("", stage("Check", inspector("Deps", "InspectorRunMode: SourceCodeScan, CriticalThreshold: 0, HighThreshold: 5"),
		inspector("Image", "InspectorRunMode: ECRImageScan, ECRRepositoryName: r, CriticalThreshold: 0")), production), nil)
	for _, gate := range []string{"sca", "sbom", "image-scan"} {
		j.is(gate, conformance.Present, "")
	}
	j = judge(t, stages("", stage("Check", inspector("Deps", "InspectorRunMode: SourceCodeScan"), inspector("Image", "InspectorRunMode: ECRImageScan, ECRRepositoryName: r")), production), nil)
	j.is("sca", conformance.Hollow, "InspectorScan has no threshold of any severity")
	j.is("image-scan", conformance.Hollow, "InspectorScan has no threshold of any severity")
	j = judge(t, stages("", stage("Check", inspector("ImageScan", "InspectorRunMode: SourceCodeScan, CriticalThreshold: 0")), production), nil)
	j.is("image-scan", conformance.Hollow, "InspectorScan scans the source, and no image")
	j.is("sca", conformance.Present, "")
}

// Catches: environments that are found by Storeship's names only, or in a wrong order; and what is no environment taken for one.
func TestEnvironments(t *testing.T) {
	for name, c := range map[string]struct {
		stages []string
		want   string
	}{
		"names":         {[]string{stage("Dev", deploy("D", "2", "a")), stage("UAT", deploy("D", "3", "a")), stage("Live", deploy("D", "4", "a"))}, "dev test, uat preproduction, live production"},
		"camel case":    {[]string{stage("DeployToPreProd", deploy("D", "2", "a")), stage("DeployProd1", deploy("D", "3", "a")), stage("DeployProd2", deploy("D", "3", "b"))}, "preprod preproduction, prod production"},
		"of actions":    {[]string{stage("Release", deploy("QA", "2", "a"), deploy("Production", "3", "a"))}, "qa test, production production"},
		"by place":      {[]string{stage("One", deploy("A", "222222222222", "a")), stage("Two", deploy("B", "333333333333", "a")), stage("Three", deploy("C", "444444444444", "a"))}, "One test, Two preproduction, Three production"},
		"only one":      {[]string{stage("Out", deploy("A", "222222222222", "a"))}, "Out production"},
		"unknown waves": {[]string{stage("beta", deploy("A", "222222222222", "a")), stage("W1", deploy("A", "333333333333", "a")), stage("W2", deploy("A", "333333333333", "b"))}, "beta test, W1 production"},
		"tools":         {[]string{stage("Tools", deploy("A", "222222222222", "a")), stage("prod", deploy("A", "333333333333", "a"))}, "prod production"},
		"non-prod":      {[]string{stage("Non-Prod", deploy("A", "222222222222", "a")), stage("Prod", deploy("A", "333333333333", "a"))}, "nonprod test, prod production"},
		"commands":      {[]string{stage("Staging", commands("Ship", "1", "terraform apply -auto-approve")), stage("Prod", commands("Ship", "1", "npx cdk deploy Shop"))}, "staging preproduction, prod production"},
		"kept in S3":    {[]string{stage("Keep", "{Name: Bills, ActionTypeId: {Category: Deploy, Owner: AWS, Provider: S3}}"), stage("Prod", deploy("A", "333333333333", "a"))}, "prod production"},
		"itself":        {[]string{stage("Update", "{Name: Self, ActionTypeId: {Category: Deploy, Owner: AWS, Provider: CloudFormation}, Configuration: {StackName: !Ref AWS::StackName}}"), stage("Prod", deploy("A", "333333333333", "a"))}, "prod production"},
	} {
		j := judge(t, stages("", c.stages...), nil)
		var got []string
		for _, e := range j.Pipelines[0].Environments {
			got = append(got, e.Name+" "+e.Kind)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%s: %s, want %s", name, s, c.want)
		}
	}
}

// Catches: a deployment by a command whose failure goes nowhere, and one that only seems to be there.
func TestDeploymentByCommand(t *testing.T) {
	judge(t, stages("", stage("Prod", commands("Ship", "1", "terraform apply -auto-approve || true"))), nil).is("production-deploy", conformance.Hollow, "`|| true` takes its place")
	judge(t, stages("", stage("Prod", commands("Ship", "1", "echo terraform apply"))), nil).is("production-deploy", conformance.Missing, "")
}

// Catches: a function of a script taken for the program of its name.
func TestFunctionOfTheName(t *testing.T) {
	judge(t, stages("", stage("Check", commands("All", "1", "gitleaks() { true; }", "gitleaks git .")), production), nil).is("secrets-detection", conformance.Missing, "")
}

// Catches: a pipeline of infrastructure that is asked for tests of an application; and an application that escapes them.
func TestApplies(t *testing.T) {
	cloudformation := stage("Prod", "{Name: D, ActionTypeId: {Category: Deploy, Owner: AWS, Provider: CloudFormation}, Configuration: {StackName: net, TemplatePath: 'C::net.yaml'}, InputArtifacts: [{Name: C}]}")
	files := stages("", cloudformation)
	files["net.yaml"] = "Resources: {V: {Type: AWS::EC2::VPC}}\n"
	j := judge(t, files, nil)
	j.is("unit-tests", conformance.NotApplicable, "delivers no application: its 1 stack have no tasks")
	j.is("secrets-detection", conformance.Missing, "")
	j.is("approval", conformance.Missing, "")
	j.is("progressive", conformance.NotApplicable, "one target, and no application")
	files["net.yaml"] = "Resources: {T: {Type: AWS::ECS::TaskDefinition}, D: {Type: AWS::RDS::DBInstance}}\n"
	j = judge(t, files, nil)
	j.is("unit-tests", conformance.Missing, "")
	j.is("image-scan", conformance.Missing, "")
	j.is("production-database", conformance.Missing, "")
	files["net.yaml"] = "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Handler: bootstrap, Code: {S3Bucket: b}}}}\n"
	judge(t, files, nil).is("unit-tests", conformance.Missing, "")
	files["net.yaml"] = "Resources: {F: {Type: AWS::Lambda::Function, Properties: {Handler: index.handler, Code: {ZipFile: x}}}, G: {Type: AWS::Lambda::Function, Properties: {Handler: framework.onEvent, Code: {S3Bucket: b}}}}\n"
	judge(t, files, nil).is("unit-tests", conformance.NotApplicable, "delivers no application")
	delete(files, "net.yaml")
	j = judge(t, files, nil)
	j.is("unit-tests", conformance.Missing, "")
	j.is("image-scan", conformance.NotApplicable, "makes and deploys no container image")
	j.is("production-monitoring", conformance.NotVisible, "whose template is not here")
}

// Catches: a name that ends a table's row, makes a link, or turns a line around; and bytes that differ from run to run.
func TestHostileNames(t *testing.T) {
	hostile := "a|b\\n<script>x</script>[l](http://e)`c`\\u202e\\u001b[31m"
	files := stages("", "{Name: \"Check "+hostile+"\", Actions: ["+strings.Replace(commands("X", "1", "gitleaks git ."), "Name: X", "Name: \""+hostile+"\"", 1)+"]}", production)
	j := judge(t, files, nil)
	var first []byte
	for i := range 3 {
		var markdown, table, json bytes.Buffer
		again := judge(t, files, nil)
		for _, err := range []error{again.WriteMarkdown(&markdown), again.WriteTable(&table), again.WriteJSON(&json)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		all := append(append(bytes.Clone(markdown.Bytes()), table.Bytes()...), json.Bytes()...)
		if i > 0 && !bytes.Equal(first, all) {
			t.Fatal("two reports of the same differ")
		}
		first = all
		for _, bad := range []string{"<script", "\u202e", "\x1b", "[l]", "`c`"} {
			if strings.Contains(markdown.String(), bad) {
				t.Errorf("the page holds %q", bad)
			}
		}
		if strings.ContainsAny(table.String(), "\x1b\u202e") {
			t.Error("the table holds what a terminal obeys")
		}
		for _, line := range strings.Split(markdown.String(), "\n") {
			if strings.HasPrefix(line, "|") && strings.Count(line, "|") != 6 {
				t.Errorf("a row has other columns: %s", line)
			}
		}
	}
	j.is("secrets-detection", conformance.Present, "")
}
