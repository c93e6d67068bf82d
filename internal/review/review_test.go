package review_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/review"
)

// stacks are the templates of an assembly by "name region".
type stacks map[string]string

// platform and service are two stacks of a target that share nothing but SSM parameters.
const (
	platform = `{"Resources": {
		"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
		"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/20"}},
		"Cluster": {"Type": "AWS::ECS::Cluster", "Properties": {"ClusterName": "shop-beta"}},
		"SubnetIds": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/subnets", "Value": {"Fn::Join": [",", [{"Ref": "Subnet"}]]}}},
		"VpcId": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/vpc", "Value": {"Ref": "Vpc"}}}}}`
	service = `{"Parameters": {"Subnets": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/shop/subnets"}},
		"Resources": {
		"Service": {"Type": "AWS::ECS::Service", "Metadata": {"aws:cdk:path": "NAME/Service/Resource"}, "Properties": {"ServiceName": "NAME", "DeploymentController": {"Type": "CODE_DEPLOY"},
			"HealthCheckGracePeriodSeconds": 60, "NetworkConfiguration": {"Subnets": {"Ref": "Subnets"}}, "LoadBalancers": [{"TargetGroupArn": {"Ref": "Blue"}}]}},
		"Blue": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 8080, "HealthCheckPath": "/health"}},
		"Rule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"ListenerArn": "l", "Priority": 7, "Actions": [{"TargetGroupArn": {"Ref": "Blue"}}]}},
		"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Image": "repository@sha256:1111111111111111111111111111111111111111111111111111111111111111"}},
		"Logs": {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Retain", "Properties": {"LogGroupName": "/NAME", "RetentionInDays": 30}},
		"Data": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "NAME", "BillingMode": "PAY_PER_REQUEST"}}}}`
)

func named(template, name string) string { return strings.ReplaceAll(template, "NAME", name) }

// shop is two services in two regions.
func shop() stacks {
	s := stacks{}
	for _, region := range []string{"us-west-2", "us-east-1"} {
		s["network "+region] = platform
		s["ui "+region] = named(service, "ui")
		s["cart "+region] = named(service, "cart")
	}
	return s
}

// with is the shop with texts replaced: stack, old and new in turn. A stack without region means all regions.
func with(t *testing.T, changes ...string) stacks {
	t.Helper()
	s := shop()
	for i := 0; i < len(changes); i += 3 {
		found := false
		for name := range s {
			if name == changes[i] || strings.HasPrefix(name, changes[i]+" ") {
				found = found || strings.Contains(s[name], changes[i+1])
				s[name] = strings.ReplaceAll(s[name], changes[i+1], changes[i+2])
			}
		}
		if !found {
			t.Fatalf("%s has no %s", changes[i], changes[i+1])
		}
	}
	return s
}

func open(t *testing.T, s stacks) *assembly.Assembly {
	t.Helper()
	dir := t.TempDir()
	artifacts := map[string]any{}
	for key, template := range s {
		name, region, _ := strings.Cut(key, " ")
		id := name + "-" + region
		artifacts[id] = map[string]any{"type": "aws:cloudformation:stack", "environment": "aws://222222222222/" + region, "displayName": name,
			"properties": map[string]any{"templateFile": id + ".json", "stackName": name}}
		write(t, filepath.Join(dir, id+".json"), template)
	}
	manifest, err := json.Marshal(map[string]any{"version": "1", "artifacts": artifacts})
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "manifest.json"), string(manifest))
	a, err := assembly.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func write(t *testing.T, file, content string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func compare(t *testing.T, old, renewed stacks) *review.Report {
	t.Helper()
	return review.New(open(t, old), open(t, renewed))
}

// briefly is a finding in a line: level, rule, resource, property, and the number of places.
func briefly(f review.Finding) string {
	return fmt.Sprintf("%s %s %s %s %d", f.Level, f.Rule, f.Path, f.Property, len(f.Where))
}

// Catches: a rule that finds nothing, finds it where it is not, or calls it better or worse than it is; and a finding that is
// printed for each of the stacks that it is in.
func TestFindings(t *testing.T) {
	const blue = `{"Type": "AWS::ElasticLoadBalancingV2::TargetGroup"`
	for _, c := range []struct {
		name    string
		changes []string
		want    []string
	}{
		{"nothing", nil, nil},
		{"another image", []string{"ui", "sha256:1111", "sha256:2222"}, nil},
		{"a retention", []string{"ui", `"RetentionInDays": 30`, `"RetentionInDays": 7`}, []string{"safety-lost watched Logs RetentionInDays 2"}},
		{"the service", []string{"ui", ": 60", ": 90"}, []string{"will-fail frozen Service HealthCheckGracePeriodSeconds 2"}},
		{"two services", []string{"ui", ": 60", ": 90", "cart", ": 60", ": 90"}, []string{"will-fail frozen Service HealthCheckGracePeriodSeconds 4"}},
		{"two services, differently", []string{"ui", ": 60", ": 90", "cart", ": 60", ": 91"},
			[]string{"will-fail frozen Service HealthCheckGracePeriodSeconds 2", "will-fail frozen Service HealthCheckGracePeriodSeconds 2"}},
		{"one region", []string{"ui us-west-2", ": 60", ": 90"}, []string{"will-fail frozen Service HealthCheckGracePeriodSeconds 1"}},
		{"the rule", []string{"ui", `"Priority": 7`, `"Priority": 8`}, []string{"will-fail frozen Rule Priority 2"}},
		{"the engine", []string{"ui", "CODE_DEPLOY", "ECS", "ui", ": 60", ": 90"}, []string{"will-fail frozen Service DeploymentController 2", "harmless update Service HealthCheckGracePeriodSeconds 2"}},
		{"the port", []string{"ui", "8080", "8081"}, []string{"will-fail frozen-value Service LoadBalancers 2", "will-fail frozen-value Rule Actions 2", "traffic replacement Blue Port 2"}},
		{"a subnet", []string{"network us-west-2", "10.0.0.0/20", "10.0.16.0/20"}, []string{"will-fail frozen-value Service NetworkConfiguration 2", "interruption replacement Subnet CidrBlock 1"}},
		{"the network", []string{"network", "10.0.0.0/16", "10.1.0.0/16"}, []string{"will-fail frozen-value Service NetworkConfiguration 4", "interruption replacement Subnet VpcId 2", "interruption replacement Vpc CidrBlock 2"}},
		{"the parameter's value", []string{"network", `{"Ref": "Subnet"}`, `"subnet-1"`}, []string{"will-fail frozen-value Service NetworkConfiguration 4", "harmless update SubnetIds Value 2"}},
		{"the parameter's name", []string{"network", "/shop/subnets", "/shop/others"}, []string{"will-fail frozen-value Service NetworkConfiguration 4", "interruption replacement SubnetIds Name 2"}},
		{"a parameter that nobody reads", []string{"network", `"Value": {"Ref": "Vpc"}`, `"Value": "v"`}, []string{"harmless update VpcId Value 2"}},
		{"a logical id", []string{"ui", `"Logs"`, `"NewLogs"`}, []string{"will-fail name-taken NewLogs  2", "harmless state-removed Logs  2"}},
		{"a logical id of a rule", []string{"ui", `"Rule"`, `"NewRule"`}, []string{"will-fail name-taken NewRule  2", "will-fail traffic-removed Rule  2"}},
		{"the data", []string{"ui", `"Data": {"Type": "AWS::DynamoDB::Table"`, `"Data": {"Type": "AWS::SNS::Topic"`}, []string{"data-loss state-removed Data  2", "harmless created Data  2"}},
		{"the table's name", []string{"ui", `"TableName": "ui"`, `"TableName": "uis"`}, []string{"data-loss replacement Data TableName 2"}},
		{"the table's key", []string{"ui", `"PAY_PER_REQUEST"`, `"PAY_PER_REQUEST", "KeySchema": []`}, []string{"will-fail frozen Data KeySchema 2"}},
		{"health", []string{"ui", `"/health"`, `"/ok"`}, []string{"traffic live Blue HealthCheckPath 2"}},
		{"the target group goes", []string{"ui", `"Blue": ` + blue, `"Green": ` + blue}, []string{"will-fail traffic-removed Blue  2"}},
	} {
		r := compare(t, shop(), with(t, c.changes...))
		var got []string
		for _, f := range r.Findings {
			got = append(got, briefly(f))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n  %s\nwant\n  %s", c.name, strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
		}
	}
}

// Catches: a chain of reasons that ends before the stack and property where everything begins.
func TestBecause(t *testing.T) {
	r := compare(t, shop(), with(t, "network us-west-2", "10.0.0.0/16", "10.1.0.0/16"))
	want := "/shop/subnets has another value: in stack network Subnet is replaced (VpcId), because Vpc is replaced (CidrBlock)"
	f := r.Findings[0]
	if f.Where[0].Because != want || f.Old != "" || f.New != "" || f.Where[0].String() != "cart in 222222222222 us-west-2" {
		t.Errorf("got %+v", f)
	}
}

// Catches: values of one region or account taken for those of another, and one stack's value that changes because of a
// parameter that it itself reads from a third.
func TestValuesAcrossStacks(t *testing.T) {
	old, renewed := with(t), with(t)
	const relay = `{"Parameters": {"P": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "%s"}}, "Resources": {
		"Relay": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "%s", "Value": {"Fn::Sub": "x-${P}"}}}}}`
	const first = `{"Resources": {"First": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/first", "Value": "%d"}}}}`
	for i, s := range []stacks{old, renewed} {
		delete(s, "network us-west-2")
		// In the order of their names the last reads what the first depends on.
		s["a us-west-2"] = fmt.Sprintf(relay, "/shop/second", "/shop/subnets")
		s["b us-west-2"] = fmt.Sprintf(relay, "/shop/first", "/shop/second")
		s["c us-west-2"] = fmt.Sprintf(first, i)
	}
	r := compare(t, old, renewed)
	if len(r.Findings) != 2 || briefly(r.Findings[0]) != "will-fail frozen-value Service NetworkConfiguration 2" || r.Findings[0].Where[1].Region != "us-west-2" {
		t.Errorf("got %+v", r.Findings)
	}
}

// Catches: stacks that come and go taken for changed ones.
func TestStacksComeAndGo(t *testing.T) {
	renewed := shop()
	renewed["ui eu-west-1"] = renewed["ui us-west-2"]
	delete(renewed, "ui us-west-2")
	delete(renewed, "network us-west-2")
	r := compare(t, shop(), renewed)
	if r.Compared != 4 || r.Unchanged != 4 || len(r.New) != 1 || r.New[0].Region != "eu-west-1" || len(r.Gone) != 2 || len(r.Findings) != 3 || r.Count(review.Interruption) != 0 || briefly(r.Findings[0]) != "cost stack-added   1" {
		t.Fatalf("got %+v", r)
	}
	if why := r.Findings[2].Why; why != "No pipeline deletes a stack: it stays as it is, and holds items, logs." {
		t.Errorf("got %q", why)
	}
}

// Catches: a resource that is kept and left behind, while another stack goes on to use it, told as one that nobody misses.
func TestLeftBehind(t *testing.T) {
	const bucket = `{"Resources": {"B": {"Type": "AWS::S3::Bucket", "DeletionPolicy": "Retain", "Properties": {"BucketName": "shop-artifacts"}}}}`
	user := func(name string) string {
		return fmt.Sprintf(`{"Resources": {"P": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"ArtifactStore": {"Location": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::%s/*"]]}}}}}}`, name)
	}
	for name, want := range map[string]string{"shop-artifacts": "safety-lost", "shop-artifacts-of-another": "harmless"} {
		r := compare(t, stacks{"store r": bucket, "pipeline r": user(name)}, stacks{"store r": `{}`, "pipeline r": user(name)})
		if len(r.Findings) != 1 || string(r.Findings[0].Level) != want {
			t.Errorf("%s: got %+v", name, r.Findings)
		}
	}
}

// Catches: an id that differs between two releases of the same change, or is the same for two changes: what a person let pass
// once would stop again, or another thing would pass with it.
func TestID(t *testing.T) {
	id := compare(t, shop(), with(t, "ui", ": 60", ": 90")).ID
	if again := compare(t, shop(), with(t, "ui", ": 60", ": 90", "ui", "sha256:1111", "sha256:2222")).ID; again != id || len(id) != 64 {
		t.Errorf("another image: %s and %s", id, again)
	}
	for name, other := range map[string]string{
		"another value": compare(t, shop(), with(t, "ui", ": 60", ": 91")).ID,
		"more":          compare(t, shop(), with(t, "ui", ": 60", ": 90", "cart", `"Priority": 7`, `"Priority": 8`)).ID,
		"backwards":     compare(t, with(t, "ui", ": 60", ": 90"), shop()).ID,
		"nothing":       compare(t, shop(), shop()).ID,
	} {
		if other == id {
			t.Errorf("%s has the same id", name)
		}
	}
}

// Catches: a rule without a name, with another's, or without a word on what it finds.
func TestRules(t *testing.T) {
	seen := map[string]bool{}
	for _, r := range review.Rules() {
		if r.Name == "" || r.About == "" || seen[r.Name] {
			t.Errorf("%+v", r)
		}
		seen[r.Name] = true
	}
}
