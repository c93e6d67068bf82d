package release_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/release"
)

var beta = release.Env{Account: "222222222222", Region: "us-west-2"}

func template(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// golden compares got with the file, which UPDATE_GOLDEN=1 rewrites.
func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want := read(t, path); string(got) != want {
		t.Errorf("%s differs; got\n%s", path, got)
	}
}

// Catches: any difference between what CloudFormation would register and what CodeDeploy registers, in the shape that the
// CDK synthesizes, with references to a role, a log group, a parameter and secrets.
func TestRenderFargate(t *testing.T) {
	got, err := release.Render(template(t, read(t, "testdata/fargate.template.json")), "Task79114B6B", beta)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/fargate.taskdef.json", got)
}

// Catches: a property with the wrong name in the API, for the whole of the resource. The test module sends this very file
// through the AWS SDK.
func TestRenderEveryProperty(t *testing.T) {
	got, err := release.Render(template(t, read(t, "testdata/every-property.template.json")), "Task", beta)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/every-property.taskdef.json", got)
}

// container is a template with one task definition whose only container has that property, and other resources.
func container(t *testing.T, property, value string, resources ...string) map[string]any {
	return template(t, `{"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "f", "ContainerDefinitions": [
		{"Name": "web", "Image": "i", "`+property+`": `+value+`}]}}`+strings.Join(append([]string{""}, resources...), ",")+`}}`)
}

// render renders one property of a container and returns it.
func render(t *testing.T, m map[string]any, name string) any {
	t.Helper()
	b, err := release.Render(m, "Task", beta)
	if err != nil {
		t.Fatal(err)
	}
	return template(t, string(b))["containerDefinitions"].([]any)[0].(map[string]any)[name]
}

// Catches: a reference resolved to something that CloudFormation would not resolve it to.
func TestResolve(t *testing.T) {
	resources := []string{
		`"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shop-task"}}`,
		`"PathRole": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shop-task", "Path": "/shop/"}}`,
		`"Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": {"Fn::Join": ["/", ["", "shop", {"Ref": "AWS::Region"}]]}}}`,
		`"Param": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/url", "Type": "String", "Value": "https://shop"}}`,
		`"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "shop/credentials"}}`,
		`"Table": {"Type": "AWS::DynamoDB::Table", "Properties": {"TableName": "shop-carts"}}`,
		`"Queue": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "shop-orders"}}`,
		`"Topic": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "shop-events"}}`,
		`"Repo": {"Type": "AWS::ECR::Repository", "Properties": {"RepositoryName": "shop/ui"}}`,
		`"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": "shop-${AWS::AccountId}"}}}`,
	}
	for _, c := range []struct{ value, want string }{
		{`{"Ref": "AWS::AccountId"}`, "222222222222"},
		{`{"Ref": "AWS::Region"}`, "us-west-2"},
		{`{"Ref": "AWS::Partition"}`, "aws"},
		{`{"Ref": "AWS::URLSuffix"}`, "amazonaws.com"},
		{`{"Ref": "Role"}`, "shop-task"},
		{`{"Fn::GetAtt": ["Role", "Arn"]}`, "arn:aws:iam::222222222222:role/shop-task"},
		{`{"Fn::GetAtt": "PathRole.Arn"}`, "arn:aws:iam::222222222222:role/shop/shop-task"},
		{`{"Ref": "Logs"}`, "/shop/us-west-2"},
		{`{"Ref": "Param"}`, "/shop/url"},
		{`{"Fn::GetAtt": ["Param", "Value"]}`, "https://shop"},
		{`{"Ref": "Secret"}`, "arn:aws:secretsmanager:us-west-2:222222222222:secret:shop/credentials"},
		{`{"Ref": "Table"}`, "shop-carts"},
		{`{"Fn::GetAtt": ["Table", "Arn"]}`, "arn:aws:dynamodb:us-west-2:222222222222:table/shop-carts"},
		{`{"Ref": "Queue"}`, "https://sqs.us-west-2.amazonaws.com/222222222222/shop-orders"},
		{`{"Ref": "Topic"}`, "arn:aws:sns:us-west-2:222222222222:shop-events"},
		{`{"Fn::GetAtt": ["Bucket", "Arn"]}`, "arn:aws:s3:::shop-222222222222"},
		{`{"Fn::Join": ["", ["a", {"Ref": "AWS::NoValue"}, "b", 1]]}`, "ab1"},
		{`{"Fn::Join": ["-", {"Fn::Split": [".", "a.b"]}]}`, "a-b"},
		{`{"Fn::Select": ["1", ["a", "b"]]}`, "b"},
		{`{"Fn::Select": [1, {"Fn::Split": [":", {"Fn::GetAtt": ["Role", "Arn"]}]}]}`, "aws"},
		{`{"Fn::Sub": "${AWS::Region}/${Table}/${Table.Arn}/${!Literal}"}`, "us-west-2/shop-carts/arn:aws:dynamodb:us-west-2:222222222222:table/shop-carts/${Literal}"},
		{`{"Fn::Sub": ["${A}.${AWS::URLSuffix}", {"A": {"Ref": "Table"}}]}`, "shop-carts.amazonaws.com"},
		// How the CDK writes the address of an image in a repository of the same template.
		{`{"Fn::Join": ["", [{"Fn::Select": [4, {"Fn::Split": [":", {"Fn::GetAtt": ["Repo", "Arn"]}]}]}, ".dkr.ecr.",
			{"Fn::Select": [3, {"Fn::Split": [":", {"Fn::GetAtt": ["Repo", "Arn"]}]}]}, ".", {"Ref": "AWS::URLSuffix"}, "/", {"Ref": "Repo"}, ":1"]]}`,
			"222222222222.dkr.ecr.us-west-2.amazonaws.com/shop/ui:1"},
	} {
		if got := render(t, container(t, "Hostname", c.value, resources...), "hostname"); got != c.want {
			t.Errorf("%s is %v, want %v", c.value, got, c.want)
		}
	}
}

// Catches: an error that does not say which field, what it refers to, or what to do instead.
func TestUnresolved(t *testing.T) {
	balancer := `"Balancer": {"Type": "AWS::ElasticLoadBalancingV2::LoadBalancer", "Properties": {}}`
	for _, c := range []struct{ property, value, resource, want string }{
		{"Environment", `[{"Name": "ORDERS_URL", "Value": {"Fn::GetAtt": ["Balancer", "DNSName"]}}]`, balancer,
			"containerDefinitions[0].environment[ORDERS_URL]: refers to DNSName of AWS::ElasticLoadBalancingV2::LoadBalancer Balancer, known only at deployment: " +
				"write it to an SSM parameter or a Secrets Manager secret with a name of your own, and give that to the container in secrets"},
		{"Environment", `[{"Name": "A", "Value": {"Fn::Sub": "http://${Balancer.DNSName}/"}}]`, balancer,
			"containerDefinitions[0].environment[A]: refers to DNSName of AWS::ElasticLoadBalancingV2::LoadBalancer Balancer, known only at deployment: " +
				"write it to an SSM parameter or a Secrets Manager secret with a name of your own, and give that to the container in secrets"},
		{"Secrets", `[{"Name": "A", "ValueFrom": {"Ref": "Secret"}}]`, `"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {}}`,
			"containerDefinitions[0].secrets[A]: refers to AWS::SecretsManager::Secret Secret, which gets its name only at deployment: give it a Name"},
		{"Secrets", `[{"Name": "A", "ValueFrom": {"Ref": "Secret"}}]`, `"Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "shop-orders"}}`,
			`containerDefinitions[0].secrets[A]: refers to AWS::SecretsManager::Secret Secret, whose name "shop-orders" ends in a hyphen and six characters, ` +
				`so that its partial ARN finds nothing: choose another name, such as one that ends in "/credentials"`},
		{"Hostname", `{"Ref": "Param"}`, balancer, "containerDefinitions[0].hostname: refers to the parameter Param of the template, known only at deployment: write a literal value"},
		{"Hostname", `{"Ref": "AWS::StackName"}`, balancer, "containerDefinitions[0].hostname: refers to AWS::StackName, known only at deployment: write a literal value"},
		{"Hostname", `{"Fn::ImportValue": "x"}`, balancer, "containerDefinitions[0].hostname: imports another stack's output, known only at deployment: write a literal value"},
		{"Hostname", `{"Fn::If": ["C", "a", "b"]}`, balancer, "containerDefinitions[0].hostname: uses Fn::If, which only CloudFormation evaluates: write a literal value"},
		{"Environment", `[{"Name": "A", "Value": "{{resolve:ssm:/a}}"}]`, balancer,
			"containerDefinitions[0].environment[A]: holds a dynamic reference ({{resolve:…}}), which only CloudFormation replaces: " +
				"write it to an SSM parameter or a Secrets Manager secret with a name of your own, and give that to the container in secrets"},
		{"Hostname", `{"Fn::Join": ["", ["{{resolve:", "ssm:/a}}"]]}`, balancer,
			"containerDefinitions[0].hostname: holds a dynamic reference ({{resolve:…}}), which only CloudFormation replaces: write a literal value"},
		{"Hostname", `"${Token[TOKEN.1]}"`, balancer, "containerDefinitions[0].hostname: holds a CDK token: the template is not synthesized: write a literal value"},
		{"Hostname", `{"Ref": "A"}`, `"A": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::GetAtt": ["A", "QueueName"]}}}`,
			"containerDefinitions[0].hostname: refers to AWS::SQS::Queue A, whose QueueName refers to QueueName of AWS::SQS::Queue A in a circle: write a literal value"},
		{"Hostname", `{"Fn::Select": [2, ["a"]]}`, balancer, "containerDefinitions[0].hostname: is a malformed Fn::Select: write a literal value"},
		{"Hostname", `{"Fn::Join": ["a"]}`, balancer, "containerDefinitions[0].hostname: is a malformed Fn::Join: write a literal value"},
		{"Hostname", `["a"]`, balancer, `containerDefinitions[0].hostname: must be a string, got ["a"]`},
		{"StopTimeout", `"soon"`, balancer, `containerDefinitions[0].stopTimeout: must be an integer, got "soon"`},
		{"StopTimeout", `1.5`, balancer, `containerDefinitions[0].stopTimeout: must be an integer, got 1.5`},
		{"Essential", `"yes"`, balancer, `containerDefinitions[0].essential: must be true or false, got "yes"`},
		{"Command", `"ls"`, balancer, `containerDefinitions[0].command: must be a list, got "ls"`},
		{"HealthCheck", `"ls"`, balancer, `containerDefinitions[0].healthCheck: must be an object, got "ls"`},
		{"DockerLabels", `"ls"`, balancer, `containerDefinitions[0].dockerLabels: must be a map of strings, got "ls"`},
		{"Colour", `"red"`, balancer, "containerDefinitions[0].Colour: is not a property of AWS::ECS::TaskDefinition that Storeship knows; it would be missing from every release"},
	} {
		_, err := release.Render(container(t, c.property, c.value, c.resource), "Task", beta)
		if err == nil {
			t.Errorf("%s %s: rendered, want %s", c.property, c.value, c.want)
			continue
		}
		if err.Error() != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.property, c.value, err, c.want)
		}
	}
}

// Catches: stopping at the first problem, and problems in an order that changes from run to run.
func TestAllProblemsAtOnce(t *testing.T) {
	m := template(t, `{"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
		"Zone": "a", "Cpu": ["x"], "Volumes": [{"Name": "data", "EFSVolumeConfiguration": {"FilesystemId": {"Ref": "Fs"}}}],
		"ContainerDefinitions": [{"Name": "a"}, {"Name": "b", "Image": {"Ref": "AWS::StackId"}, "Colour": 1}]}},
		"Fs": {"Type": "AWS::EFS::FileSystem", "Properties": {}}}}`)
	want := []string{
		"containerDefinitions[1].Colour: is not a property of AWS::ECS::TaskDefinition that Storeship knows; it would be missing from every release",
		"containerDefinitions[1].image: refers to AWS::StackId, known only at deployment: write a literal value",
		`cpu: must be a string, got ["x"]`,
		"volumes[data].efsVolumeConfiguration.fileSystemId: refers to AWS::EFS::FileSystem Fs, known only at deployment: write a literal value",
		"Zone: is not a property of AWS::ECS::TaskDefinition that Storeship knows; it would be missing from every release",
		"family: is required",
	}
	for range 5 {
		_, err := release.Render(m, "Task", beta)
		var e *release.Error
		if !errors.As(err, &e) || e.LogicalID != "Task" || len(e.Fields) != len(want) {
			t.Fatalf("got %v", err)
		}
		if got := err.Error(); got != strings.Join(want, "\n") {
			t.Fatalf("got\n%s", got)
		}
	}
	var p *release.Problem
	if _, err := release.Render(m, "Task", beta); !errors.As(err, &p) || p.Field != "containerDefinitions[1].Colour" {
		t.Errorf("the first problem is %v", p)
	}
}

// Catches: a template's loose types reaching an API that is strict about them.
func TestTypes(t *testing.T) {
	for _, c := range []struct {
		property, value, name string
		want                  any
	}{
		{"StopTimeout", `"30"`, "stopTimeout", 30.0},
		{"StopTimeout", `30`, "stopTimeout", 30.0},
		{"User", `1000`, "user", "1000"},
		{"User", `100000000000`, "user", "100000000000"},
		{"User", `true`, "user", "true"},
		{"Essential", `"true"`, "essential", true},
		{"Essential", `false`, "essential", false},
		{"Hostname", `{"Ref": "AWS::NoValue"}`, "hostname", nil},
	} {
		if got := render(t, container(t, c.property, c.value), c.name); got != c.want {
			t.Errorf("%s %s is %#v, want %#v", c.property, c.value, got, c.want)
		}
	}
}

// Catches: an empty list of tags, which RegisterTaskDefinition refuses.
func TestNoEmptyTags(t *testing.T) {
	m := template(t, `{"Resources": {"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
		"Family": "f", "ContainerDefinitions": [], "Tags": []}}}}`)
	b, err := release.Render(m, "Task", beta)
	if err != nil {
		t.Fatal(err)
	}
	if want := "{\n  \"containerDefinitions\": [],\n  \"family\": \"f\"\n}\n"; string(b) != want {
		t.Errorf("got %s", b)
	}
}

// Catches: a typing error in a logical id that is reported as an empty task definition.
func TestNoSuchTaskDefinition(t *testing.T) {
	m := template(t, `{"Resources": {"B": {"Type": "AWS::ECS::TaskDefinition"}, "A": {"Type": "AWS::ECS::TaskDefinition"}, "C": {"Type": "AWS::SQS::Queue"}}}`)
	for id, want := range map[string]string{
		"D": `no AWS::ECS::TaskDefinition has the logical id "D"; the template has A, B`,
		"C": `no AWS::ECS::TaskDefinition has the logical id "C"; the template has A, B`,
	} {
		if _, err := release.Render(m, id, beta); err == nil || err.Error() != want {
			t.Errorf("got %v", err)
		}
	}
	if _, err := release.Render(nil, "A", beta); err == nil || !strings.HasSuffix(err.Error(), "the template has none") {
		t.Errorf("got %v", err)
	}
}

// Catches: an account that is not known being written as nothing into an ARN.
func TestNoAccount(t *testing.T) {
	for value, want := range map[string]string{
		`{"Ref": "AWS::AccountId"}`:                   "refers to AWS::AccountId, and the stack names no account",
		`{"Fn::GetAtt": ["Role", "Arn"]}`:             "refers to Arn of AWS::IAM::Role Role, and the stack names no account",
		`{"Fn::Sub": "${AWS::Region}/${Unheard.Of}"}`: "refers to AWS::Region, and the stack names no region",
	} {
		m := container(t, "Hostname", value, `"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "r"}}`)
		if _, err := release.Render(m, "Task", release.Env{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", value, err)
		}
	}
}
