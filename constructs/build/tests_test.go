package build_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

const ecrImage = "111111111111.dkr.ecr.us-west-2.amazonaws.com/tools/e2e@sha256:1111111111111111111111111111111111111111111111111111111111111111"

// targetTests are the props of tests of all kinds; change changes them.
func targetTests(stack awscdk.Stack, change func(*build.TargetTestsProps)) *build.TargetTestsProps {
	one := 1
	tests := environment.Tests{
		Integration: &environment.TargetTest{
			Gate:    environment.Gate{Commands: []string{"first=set; export first", "npm first \"$first\" | cat", "gotestsum last"}, Reports: "out/*.xml"},
			Timeout: 10 * time.Minute, Variables: map[string]string{"ORDERS_URL": "https://orders.example.com"},
		},
		Acceptance: &environment.TargetTest{
			Gate:  environment.Gate{Mode: environment.ReportOnly, Commands: []string{"npm e2e"}, Reports: "out/*.xml"},
			Image: ecrImage, Timeout: 20 * time.Minute,
		},
		Performance: &environment.TargetTest{Timeout: 15 * time.Minute, Load: &environment.Load{
			Path: "/products?page=1", RequestsPerSecond: 50, Duration: 2 * time.Minute, P99: 500 * time.Millisecond, ErrorPercent: &one,
		}},
	}
	p := &build.TargetTestsProps{
		Name: "shop-beta-catalog", RoleName: "shop-beta-catalog-us-west-2-tests", LogGroupName: "/shop/beta/catalog/tests",
		LogKey:  awskms.Key_FromKeyArn(stack, jsii.String("LogKey"), jsii.String("arn:aws:kms:us-west-2:222222222222:key/abc")),
		Account: "222222222222", Region: "us-west-2", Tests: tests.List(), Path: "src/app", Preset: environment.PresetNode,
		Variables: map[string]string{"TARGET_URL": "https://us-west-2.shop.example.com", "TARGET_HOST": "admin.shop.example.com", "TARGET": "beta-us-west-2"},
		Vpc: awsec2.Vpc_FromVpcAttributes(stack, jsii.String("Vpc"), &awsec2.VpcAttributes{
			VpcId: jsii.String("vpc-1"), AvailabilityZones: jsii.Strings("a", "b"), PrivateSubnetIds: jsii.Strings("subnet-1", "subnet-2"),
		}),
		SecurityGroups: []awsec2.ISecurityGroup{awsec2.SecurityGroup_FromSecurityGroupId(stack, jsii.String("Group"), jsii.String("sg-1"), nil)},
		ToolsAccount:   "111111111111", ArtifactBucket: "shop-artifacts", Pipeline: "shop-catalog",
	}
	if change != nil {
		change(p)
	}
	return p
}

func targetStack() awscdk.Stack {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"@aws-cdk/core:enablePartitionLiterals": true}})
	return awscdk.NewStack(app, jsii.String("Target"), &awscdk.StackProps{Env: &awscdk.Environment{
		Account: jsii.String("222222222222"), Region: jsii.String("us-west-2"),
	}})
}

// testFixture is a target with the tests, synthesized once.
var testFixture = sync.OnceValue(func() map[string]any {
	stack := targetStack()
	build.NewTargetTests(stack, "Tests", targetTests(stack, nil))
	app := awscdk.App_Of(stack).(awscdk.App)
	return app.Synth(nil).GetStackArtifact(stack.ArtifactId()).Template().(map[string]any)["Resources"].(map[string]any)
})

// testProject is the project of a test.
func testProject(t *testing.T, kind environment.TestKind) project {
	t.Helper()
	for _, r := range testFixture() {
		r := r.(map[string]any)
		p, _ := r["Properties"].(map[string]any)
		if r["Type"] != "AWS::CodeBuild::Project" || p["Name"] != "shop-beta-catalog-"+string(kind) {
			continue
		}
		found := project{properties: p, variables: map[string]string{"COMMIT_ID": commit, "IMAGE_DIGEST": first}}
		must(t, json.Unmarshal([]byte(p["Source"].(map[string]any)["BuildSpec"].(string)), &found.spec))
		for _, v := range p["Environment"].(map[string]any)["EnvironmentVariables"].([]any) {
			v := v.(map[string]any)
			found.variables[v["Name"].(string)] = v["Value"].(string)
		}
		return found
	}
	t.Fatalf("no project of %s tests", kind)
	return project{}
}

// testHost is a host with the input that the pipeline hands to a test: the source as the step Package packs it.
func testHost(t *testing.T, kind environment.TestKind) *host {
	t.Helper()
	p := newHost(t, "Package")
	must(t, os.MkdirAll(filepath.Join(p.source, ".git"), 0o755))
	for _, name := range []string{"Dockerfile", ".git/config", ".gitignore", "src/app/mvnw"} {
		must(t, os.WriteFile(filepath.Join(p.source, name), []byte("x"), 0o755))
	}
	must(t, os.Symlink("mvnw", filepath.Join(p.source, "src/app/link")))
	p.run(map[string]string{"COMMIT_ID": commit})
	p.succeeds()
	h := hostOf(t, testProject(t, kind))
	must(t, os.RemoveAll(h.source))
	must(t, os.Rename(filepath.Join(p.source, build.PackedSource), h.source))
	h.install("vegeta", "vegeta")
	return h
}

// Catches: a variable of a plan that the build sets itself: it would be accepted, and then be another value.
func TestTargetTestsKnowTheirOwnVariables(t *testing.T) {
	own := 0
	for _, kind := range environment.TestKinds {
		for name := range testProject(t, kind).variables {
			if name == "ORDERS_URL" {
				continue // the plan's
			}
			own++
			if !environment.IsTestVariable(name) {
				t.Errorf("%s: a plan may set %s", kind, name)
			}
		}
	}
	if own < 20 || environment.IsTestVariable("ORDERS_URL") {
		t.Errorf("%d variables", own)
	}
}

// Catches a source of another commit or without what a clone has, history that goes to other accounts, an archive within the image's
// context; tests that run elsewhere than in the service's folder, a failure in a pipe or an earlier command that is lost, and a report
// that CodeBuild does not find.
func TestTargetTestsRunCommands(t *testing.T) {
	h := testHost(t, environment.Integration)
	h.write("reports", "out/a.xml")
	h.run(nil)
	h.succeeds()
	if got := strings.Join(h.calls(""), "; "); !strings.HasPrefix(got, "npm first set; gotestsum last") {
		t.Errorf("calls: %s", got)
	}
	for file, there := range map[string]bool{"Dockerfile": true, ".gitignore": true, ".git/config": false, build.PackedSource: false} {
		if _, err := os.Lstat(filepath.Join(h.source, "source", file)); (err == nil) != there {
			t.Errorf("%s: %v", file, err)
		}
	}
	if info, err := os.Stat(filepath.Join(h.source, "source/src/app/mvnw")); err != nil || info.Mode()&0o100 == 0 {
		t.Errorf("mvnw lost its mode: %v", err)
	}
	if to, err := os.Readlink(filepath.Join(h.source, "source/src/app/link")); err != nil || to != "mvnw" {
		t.Errorf("link: %s %v", to, err)
	}
	if !strings.Contains(h.output, "testing the service in beta-us-west-2: commit "+commit+", image "+first) {
		t.Errorf("says: %s", h.output)
	}
	for group, r := range h.project.spec.Reports {
		if group != "arn:aws:codebuild:us-west-2:222222222222:report-group/shop-beta-catalog-integration" || r.Format != "JUNITXML" {
			t.Errorf("%s: %v", group, r)
		}
		if found, _ := filepath.Glob(filepath.Join(h.source, r.Folder, r.Files[0])); len(found) != 1 {
			t.Errorf("no report in %s", r.Folder)
		}
	}
	if h.project.variables["ORDERS_URL"] == "" || h.project.spec.Phases["install"].Runtimes["nodejs"] == "" {
		t.Errorf("variables %v, runtimes %v", h.project.variables, h.project.spec.Phases["install"])
	}
}

// Catches each way in which tests can pass without having tested.
func TestTargetTestsFail(t *testing.T) {
	for says, spoil := range map[string]func(h *host){
		"the input has no source.tar.gz":                         func(h *host) { must(h.t, os.Remove(filepath.Join(h.source, "source.tar.gz"))) },
		"cannot unpack the source":                               func(h *host) { must(h.t, os.WriteFile(filepath.Join(h.source, "source.tar.gz"), []byte("x"), 0o600)) },
		"the source has no folder src/app":                       func(h *host) { h.emptySource() },
		"the integration tests wrote no report that matches out": func(*host) {},
	} {
		h := testHost(t, environment.Integration)
		spoil(h)
		h.run(nil)
		h.fails(says)
	}
	for _, tool := range []string{"npm", "gotestsum"} {
		h := testHost(t, environment.Integration)
		h.write("reports", "out/a.xml")
		h.write("fail/"+tool, "")
		h.run(nil)
		if !h.failed {
			t.Errorf("%s fails, and nothing else", tool)
		}
	}
}

// emptySource packs a source without the service.
func (h *host) emptySource() {
	out, err := exec.Command("tar", "-czf", filepath.Join(h.source, "source.tar.gz"), "-C", h.state, ".").CombinedOutput()
	if err != nil {
		h.t.Fatalf("%s", out)
	}
}

// Catches a test that only reports and stops the pipeline, or that passes without a report.
func TestTargetTestsReportOnly(t *testing.T) {
	h := testHost(t, environment.Acceptance)
	h.write("fail/npm", "")
	h.run(nil)
	h.fails("the acceptance tests wrote no report")
	h = testHost(t, environment.Acceptance)
	h.write("fail/npm", "")
	must(t, os.MkdirAll(filepath.Join(h.source, "source/src/app/out"), 0o755))
	must(t, os.WriteFile(filepath.Join(h.source, "source/src/app/out/a.xml"), []byte("<testsuites/>"), 0o600))
	h.run(nil)
	h.succeeds()
	if !strings.Contains(h.output, "report only: what was found stops nothing") {
		t.Errorf("says: %s", h.output)
	}
	if h.project.spec.Phases["install"].Runtimes != nil {
		t.Error("an image of its own has no runtimes to choose")
	}
}

// load is what vegeta says: with so many requests, so many of them good, at a rate, with a p99 in milliseconds.
func load(requests, good int, rate, p99 float64) string {
	return fmt.Sprintf(`{"latencies":{"total":1,"mean":2,"50th":3,"90th":4,"95th":5,"99th":%d,"max":7,"min":1},"bytes_in":{"total":1,"mean":1},`+
		`"duration":1,"wait":1,"requests":%d,"rate":%g,"throughput":1,"success":1,"status_codes":{"0":0,"200":%d,"302":1,"503":%d},`+
		`"errors":["Get \"x\": \"requests\":7 503 Service Unavailable"]}`, int(p99*1e6), requests, rate, good-1, requests-good)
}

// Catches a load on another address or at another rate than the plan's, a host that is not asked for, and limits that no one compares.
func TestLoad(t *testing.T) {
	h := testHost(t, environment.Performance)
	h.write("load.json", load(6000, 5940, 50.01, 499.2))
	h.run(nil)
	h.succeeds()
	if got := h.calls("go "); len(got) != 1 || got[0] != "go install github.com/tsenart/vegeta/v12@v12.13.0" {
		t.Errorf("install: %q", got)
	}
	want := "vegeta attack -rate=50/1s -duration=120s -timeout=30s -redirects=-1 -header=User-Agent: storeship-load -header=Host: admin.shop.example.com"
	if got := h.calls("vegeta attack"); len(got) != 1 || got[0] != want {
		t.Errorf("attack: %q", got)
	}
	if targets, _ := os.ReadFile(filepath.Join(h.state, "targets")); string(targets) != "GET https://us-west-2.shop.example.com/products?page=1\n" {
		t.Errorf("targets: %s", targets)
	}
	if !strings.Contains(h.output, "6000 requests, 60 failed, p99 500 ms: within the limits") {
		t.Errorf("says: %s", h.output)
	}
	report, err := os.ReadFile(filepath.Join(h.source, "load.xml"))
	must(t, err)
	if got := string(report); strings.Count(got, "<testcase ") != 3 || strings.Contains(got, "<failure") {
		t.Errorf("report: %s", got)
	}
}

// Catches each limit that is not one, a load that was not put on, and a tool that failed or said something else.
func TestLoadFails(t *testing.T) {
	for says, spoil := range map[string]func(h *host){
		"61 of 6000 requests failed, more than 1 %":                                func(h *host) { h.write("load.json", load(6000, 5939, 50, 100)) },
		"99 of 100 answers took up to 501 ms, more than 500 ms":                    func(h *host) { h.write("load.json", load(6000, 6000, 50, 500.1)) },
		"the load was not put on: 5699 requests of 6000, at 100 % of the rate":     func(h *host) { h.write("load.json", load(5699, 5699, 50, 1)) },
		"the load was not put on: 6000 requests of 6000, at 94 % of the rate":      func(h *host) { h.write("load.json", load(6000, 6000, 47.4, 1)) },
		"failed, more than 1 %; 99 of 100 answers took up to 900 ms, more than 50": func(h *host) { h.write("load.json", load(6000, 10, 50, 900)) },
		"vegeta says no number of requests":                                        func(h *host) { h.write("load.json", `{"error":"x"}`) },
		"vegeta did not put on the load":                                           func(h *host) { h.write("fail/vegeta-attack", "") },
		"vegeta measured nothing":                                                  func(h *host) { h.write("fail/vegeta-report", "") },
	} {
		h := testHost(t, environment.Performance)
		h.write("load.json", load(6000, 6000, 50, 1))
		spoil(h)
		h.run(nil)
		h.fails(says)
		report, _ := os.ReadFile(filepath.Join(h.source, "load.xml"))
		if strings.Contains(says, "than") && !strings.Contains(string(report), "<failure message=") {
			t.Errorf("%s: report %s", says, report)
		}
	}
	h := testHost(t, environment.Performance)
	h.write("load.json", load(6000, 6000, 50, 1))
	h.write("fail/go", "")
	h.run(nil)
	if !h.failed || len(h.calls("vegeta attack")) > 0 {
		t.Error("a load without its tool")
	}
}

// Catches a role that cannot start in the VPC, or reaches other subnets, logs, artifacts and images; a project outside of the VPC; and
// names that a second creation finds taken.
func TestTargetTestsResources(t *testing.T) {
	allows := map[string][]string{}
	for _, r := range testFixture() {
		r := r.(map[string]any)
		p := r["Properties"].(map[string]any)
		switch r["Type"] {
		case "AWS::IAM::Role":
			for _, s := range p["Policies"].([]any)[0].(map[string]any)["PolicyDocument"].(map[string]any)["Statement"].([]any) {
				s := s.(map[string]any)
				for _, action := range list(s["Action"]) {
					allows[action] = list(s["Resource"])
				}
				if list(s["Action"])[0] == "ec2:CreateNetworkInterfacePermission" {
					want := "map[ArnEquals:map[ec2:Subnet:[arn:aws:ec2:us-west-2:222222222222:subnet/subnet-1 arn:aws:ec2:us-west-2:222222222222:subnet/subnet-2]]" +
						" StringEquals:map[ec2:AuthorizedService:codebuild.amazonaws.com]]"
					if got := fmt.Sprint(s["Condition"]); got != want {
						t.Errorf("condition: %s", got)
					}
				}
			}
			if got := fmt.Sprint(p["AssumeRolePolicyDocument"]); !strings.Contains(got, "aws:SourceAccount:222222222222") {
				t.Errorf("trust: %s", got)
			}
		case "AWS::CodeBuild::Project":
			if got := fmt.Sprint(p["VpcConfig"]); got != "map[SecurityGroupIds:[sg-1] Subnets:[subnet-1 subnet-2] VpcId:vpc-1]" {
				t.Errorf("VPC: %s", got)
			}
			e := p["Environment"].(map[string]any)
			if own := e["Image"] == ecrImage; own != (e["ImagePullCredentialsType"] == "SERVICE_ROLE") || e["PrivilegedMode"] == true {
				t.Errorf("environment: %v", e)
			}
			minutes := map[string]float64{"integration": 10, "acceptance": 20, "performance": 15}
			if kind := strings.TrimPrefix(p["Name"].(string), "shop-beta-catalog-"); p["TimeoutInMinutes"] != minutes[kind] {
				t.Errorf("%s: %v", kind, p["TimeoutInMinutes"])
			}
		case "AWS::CodeBuild::ReportGroup":
			if p["DeleteReports"] != true {
				t.Error("the group stays, and the next creation finds its name taken")
			}
		case "AWS::Logs::LogGroup":
			if r["DeletionPolicy"] != "Delete" || p["KmsKeyId"] == nil {
				t.Errorf("log group: %v", r)
			}
		}
	}
	ec2 := "arn:aws:ec2:us-west-2:222222222222:"
	for action, want := range map[string][]string{
		"ec2:CreateNetworkInterface":           {ec2 + "network-interface/*", ec2 + "security-group/sg-1", ec2 + "subnet/subnet-1", ec2 + "subnet/subnet-2"},
		"ec2:CreateNetworkInterfacePermission": {ec2 + "network-interface/*"},
		"ec2:DescribeSecurityGroups":           {"*"},
		"logs:PutLogEvents":                    {"arn:aws:logs:us-west-2:222222222222:log-group:/shop/beta/catalog/tests:*"},
		"s3:GetObject":                         {"arn:aws:s3:::shop-artifacts/shop-catalog*"},
		"kms:Decrypt":                          {"arn:aws:kms:us-west-2:111111111111:key/*"},
		"ecr:BatchGetImage":                    {"arn:aws:ecr:us-west-2:111111111111:repository/tools/e2e"},
		"s3:PutObject":                         nil,
	} {
		if got := slices.Sorted(slices.Values(allows[action])); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", action, got, want)
		}
	}
}

// Catches props that fail at deployment, or say so one at a time.
func TestTargetTestsProps(t *testing.T) {
	got := (&build.TargetTestsProps{}).Validate().Error()
	for _, want := range []string{
		"Name: required", "RoleName: required", "LogGroupName: required", "LogKey: required", "Account: required", "Region: required", "Vpc: required",
		"SecurityGroups: must be 1 to 5, got 0", "ToolsAccount: required", "ArtifactBucket: required", "Pipeline: required", "Tests: at least one is required",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
	stack := targetStack()
	bad := targetTests(stack, func(p *build.TargetTestsProps) {
		p.Variables, p.Preset, p.Path = nil, "cobol", "../x"
		p.Tests[0].Kind, p.Tests[0].Timeout = "chaos", time.Minute
		p.Tests[1].Commands, p.Tests[1].Mode = nil, "off"
		p.Tests[2].Commands, p.Tests[2].Load.ErrorPercent = []string{"x"}, nil
		p.Tests = append(p.Tests, p.Tests[1])
	})
	got = bad.Validate().Error()
	for _, want := range []string{
		`Tests[0].Kind: must be one of [integration acceptance performance], got "chaos"`, "Tests[0].Timeout: must be 5m0s to 30m0s, got 1m0s",
		"Tests[1].Commands: required without a Load", `Tests[1].Mode: must be one of [block report], got "off"`,
		"Tests[2].Load: goes without Commands only", "Tests[2].Load: must have its defaults", "Tests[2].Load: needs a TARGET_URL in Variables",
		"Tests[3].Kind: acceptance is there twice", `Preset: must be one of`, "Path: must be relative",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("%s\nlacks %s", got, want)
		}
	}
}
