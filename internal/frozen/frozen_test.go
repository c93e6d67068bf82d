package frozen_test

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/frozen"
)

// service is the stack of a service under CodeDeploy, with what is replaced by the pairs old, new.
func service(t *testing.T, replace ...string) map[string]any {
	t.Helper()
	text := strings.NewReplacer(replace...).Replace(`{
	"Parameters": {"Vpc": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/network/v1/vpc-id"},
		"Subnets": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "/shop/network/v1/subnets"}},
	"Resources": {
		"Service": {"Type": "AWS::ECS::Service", "Properties": {"ServiceName": "shop-ui", "TaskDefinition": "shop-ui", "DeploymentController": {"Type": "CODE_DEPLOY"},
			"HealthCheckGracePeriodSeconds": 60, "NetworkConfiguration": {"AwsvpcConfiguration": {"Subnets": {"Ref": "Subnets"}}},
			"LoadBalancers": [{"ContainerName": "ui", "TargetGroupArn": {"Ref": "Blue"}}]}},
		"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {"Family": "shop-ui", "Cpu": "512"}},
		"Blue": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 8080, "HealthCheckPath": "/blue", "VpcId": {"Ref": "Vpc"}}},
		"Green": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"Port": 8080, "HealthCheckPath": "/green", "VpcId": {"Ref": "Vpc"}}},
		"Other": {"Type": "AWS::ElasticLoadBalancingV2::TargetGroup", "Properties": {"HealthCheckPath": "/other"}},
		"Listener": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {"Port": 20001, "LoadBalancerArn": "a", "DefaultActions": [{"Type": "forward", "TargetGroupArn": {"Ref": "Blue"}}]}},
		"Test": {"Type": "AWS::ElasticLoadBalancingV2::Listener", "Properties": {"Port": 30001, "DefaultActions": [{"Type": "fixed-response"}]}},
		"Rule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"Priority": 7, "Actions": [{"TargetGroupArn": {"Ref": "Green"}}]}},
		"OtherRule": {"Type": "AWS::ElasticLoadBalancingV2::ListenerRule", "Properties": {"Priority": 8, "Actions": [{"TargetGroupArn": {"Ref": "Other"}}]}},
		"Group": {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": {"DeploymentGroupName": "shop-ui", "DeploymentConfigName": "Canary",
			"LoadBalancerInfo": {"TargetGroupPairInfoList": [{"ProdTrafficRoute": {"ListenerArns": [{"Ref": "Listener"}]}, "TestTrafficRoute": {"ListenerArns": [{"Ref": "Test"}]},
				"TargetGroups": [{"Name": {"Fn::GetAtt": ["Blue", "TargetGroupName"]}}, {"Name": {"Fn::GetAtt": ["Green", "TargetGroupName"]}}]}]}}},
		"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shop-ui-task", "Path": "/", "Policies": []}}}}`)
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatal(err)
	}
	return m
}

// Catches: a change that would fail a deployment or move traffic and is not reported, and reports of what is harmless.
func TestCompare(t *testing.T) {
	for _, c := range []struct {
		name    string
		replace []string
		want    []string
	}{
		{"nothing", nil, nil},
		{"a release", []string{`"Cpu": "512"`, `"Cpu": "1024"`}, nil},
		{"another strategy", []string{"Canary", "Linear"}, nil},
		{"a policy of a role", []string{`"Policies": []`, `"Policies": [1]`}, nil},
		{"grace", []string{": 60", ": 90"}, []string{"Service HealthCheckGracePeriodSeconds fails the deployment"}},
		{"a new property", []string{`"TaskDefinition": "shop-ui"`, `"TaskDefinition": "shop-ui", "DesiredCount": 2`}, []string{"Service DesiredCount fails the deployment"}},
		{"a parameter that feeds the service", []string{"v1/subnets", "v2/subnets"}, []string{"Service NetworkConfiguration fails the deployment"}},
		{"a parameter that feeds the target groups", []string{"v1/vpc", "v2/vpc"}, []string{"Service LoadBalancers fails the deployment", "Listener DefaultActions resets traffic", "Rule Actions resets traffic",
			"Blue VpcId replaces the resource", "Green VpcId replaces the resource"}},
		{"health", []string{`"/blue"`, `"/new"`}, []string{"Blue HealthCheckPath acts on live tasks"}},
		{"health of another group", []string{`"/other"`, `"/new"`}, nil},
		{"priority", []string{`"Priority": 7`, `"Priority": 9`}, []string{"Rule Priority resets traffic"}},
		{"priority of another rule", []string{`"Priority": 8`, `"Priority": 9`}, nil},
		{"port of a listener", []string{"20001", "20002"}, []string{"Listener Port resets traffic"}},
		{"port of the test listener", []string{"30001", "30002"}, []string{"Test Port resets traffic"}},
		{"load balancer", []string{`"a"`, `"b"`}, []string{"Listener LoadBalancerArn replaces the resource"}},
		{"path of a named role", []string{`"/", `, `"/x/", `}, []string{"Role Path fails the deployment"}},
		{"name of a role", []string{"shop-ui-task", "shop-ui-work"}, []string{"Role RoleName replaces the resource"}},
		{"the container port", []string{"8080", "8081"}, []string{"Service LoadBalancers fails the deployment", "Listener DefaultActions resets traffic", "Rule Actions resets traffic",
			"Blue Port replaces the resource", "Green Port replaces the resource"}},
		{"a logical id", []string{`"Rule":`, `"NewRule":`}, []string{"Rule  replaces the resource"}},
		{"the engine", []string{"CODE_DEPLOY", "ECS"}, []string{"Service DeploymentController fails the deployment"}},
		{"several", []string{`"/blue"`, `"/new"`, `"Priority": 7`, `"Priority": 9`, ": 60", ": 90"},
			[]string{"Service HealthCheckGracePeriodSeconds fails the deployment", "Rule Priority resets traffic", "Blue HealthCheckPath acts on live tasks"}},
	} {
		for range 3 {
			var got []string
			for _, change := range frozen.Compare(service(t), service(t, c.replace...)) {
				got = append(got, fmt.Sprintf("%s %s %s", change.LogicalID, change.Property, change.Effect))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("%s: got %q, want %q", c.name, got, c.want)
			}
		}
	}
}

// Catches: a value that changes although its template says the same: through what it refers to, or by an SSM parameter; and one
// that does not, because what changes is of no consequence.
func TestCompareValues(t *testing.T) {
	parse := func(text string) map[string]any {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	const network = `{"Parameters": {"Zone": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/zone"}}, "Mappings": {"Sizes": {"a": {"b": "10.0.0.0/16"}}},
		"Conditions": {"Large": {"Fn::Equals": ["x", "x"]}}, "Resources": {
		"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": {"Fn::FindInMap": ["Sizes", "a", "b"]}, "Tags": ["t"]}},
		"Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}, "AvailabilityZone": {"Fn::Sub": "${Zone}"}}},
		"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Fn::If": ["Large", "a", "b"]}, "GroupDescription": "${Vpc}"}},
		"Cidr": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/cidr", "Value": {"Fn::GetAtt": ["Vpc", "CidrBlock"]}}},
		"Subnets": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/subnets", "Value": {"Fn::Sub": "${Subnet}"}}},
		"GroupId": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/group", "Value": {"Fn::GetAtt": "Group.GroupId"}}},
		"Literal": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/literal", "Value": "${Vpc}"}}}}`
	for _, c := range []struct {
		name         string
		replace      []string
		ssm, changes []string
		written      map[string]string
	}{
		{name: "nothing"},
		{name: "a tag", replace: []string{`"t"`, `"u"`}},
		{name: "a mapping", replace: []string{"10.0.0.0/16", "10.1.0.0/16"}, changes: []string{"Subnet VpcId: Vpc is replaced (CidrBlock)", "Vpc CidrBlock: "},
			written: map[string]string{"/shop/cidr": "Vpc is replaced (CidrBlock)", "/shop/subnets": "Subnet is replaced (VpcId), because Vpc is replaced (CidrBlock)"}},
		{name: "a condition", replace: []string{`["x", "x"]`, `["x", "y"]`}, changes: []string{"Group VpcId: "}, written: map[string]string{"/shop/group": "Group is replaced (VpcId)"}},
		{name: "a parameter", ssm: []string{"/shop/zone"}, changes: []string{"Subnet AvailabilityZone: /shop/zone has another value: why"},
			written: map[string]string{"/shop/subnets": "Subnet is replaced (AvailabilityZone), because /shop/zone has another value: why"}},
		{name: "another parameter", ssm: []string{"/shop/zones"}},
		{name: "a literal", replace: []string{`"Value": "${Vpc}"`, `"Value": "x"`}, written: map[string]string{"/shop/literal": `it was "${Vpc}" and becomes "x"`}},
		{name: "a parameter less", replace: []string{"/shop/literal", "/shop/other"}, changes: []string{"Literal Name: "}, written: map[string]string{"/shop/literal": "it is no longer written"}},
	} {
		ssm := map[string]string{}
		for _, name := range c.ssm {
			ssm[name] = "why"
		}
		changes, written := frozen.CompareValues(parse(network), parse(strings.NewReplacer(c.replace...).Replace(network)), ssm)
		var got []string
		for _, change := range changes {
			got = append(got, change.LogicalID+" "+change.Property+": "+change.Because)
		}
		if !slices.Equal(got, c.changes) || len(written)+len(c.written) > 0 && !reflect.DeepEqual(written, c.written) {
			t.Errorf("%s: got %q and %q", c.name, got, written)
		}
	}
}

// Catches: the engine of a service changed in place and told as twenty changes, or without the way.
func TestCompareEngine(t *testing.T) {
	got := frozen.Compare(service(t), service(t, "CODE_DEPLOY", "ECS", ": 60", ": 90"))
	if len(got) != 1 || got[0].Property != "DeploymentController" || !strings.HasPrefix(got[0].Way, "in steps (docs/changing-a-plan.md): ") {
		t.Errorf("got %v", got)
	}
	const strategy = `"DeploymentController": {"Type": "ECS"}, "DeploymentConfiguration": {"Strategy": "%s"}`
	native := func(s string) map[string]any {
		return service(t, `"DeploymentController": {"Type": "CODE_DEPLOY"}`, fmt.Sprintf(strategy, s))
	}
	got = frozen.Compare(native("ROLLING"), native("CANARY"))
	if len(got) != 1 || got[0].Property != "DeploymentConfiguration" || got[0].Effect != frozen.Fails {
		t.Errorf("got %v", got)
	}
	if got = frozen.Compare(native("CANARY"), native("LINEAR")); len(got) != 0 {
		t.Errorf("another strategy of the same engine: %v", got)
	}
}

// Catches: a service that ECS itself releases being treated as frozen.
func TestRollingIsNotFrozen(t *testing.T) {
	ecs := []string{"CODE_DEPLOY", "ECS"}
	if got := frozen.Compare(service(t, ecs...), service(t, append(ecs, ": 60", ": 90", `"/blue"`, `"/new"`)...)); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

// Catches: a message that leaves out what changed, why that matters, or the way round.
func TestString(t *testing.T) {
	got := frozen.Compare(service(t), service(t, `"Priority": 7`, `"Priority": 9`))
	want := "AWS::ElasticLoadBalancingV2::ListenerRule Rule: Priority: 7 → 9: resets traffic. CloudFormation sends the actions with any change, and they name " +
		"the target group that was live first; with the engine ecs it is empty after every second release, and requests fail. Instead: a service of another name beside the old one; move the callers, then remove the old."
	if len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v", got)
	}
	got = frozen.Compare(service(t), service(t, `"Rule":`, `"NewRule":`))
	if want := "AWS::ElasticLoadBalancingV2::ListenerRule Rule is removed: replaces the resource. Traffic stops."; len(got) != 1 || got[0].String() != want {
		t.Errorf("got %v", got)
	}
}

// Catches: entries out of order, empty words, and two entries for one property.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	last := ""
	for _, e := range frozen.Table() {
		if e.Type < last {
			t.Errorf("%s comes after %s", e.Type, last)
		}
		last = e.Type
		if e.Why == "" || e.Way == "" || !slices.Contains(frozen.Effects, e.Effect) || !slices.IsSorted(e.Properties) {
			t.Errorf("%+v", e)
		}
		for _, p := range append(slices.Clone(e.Properties), fmt.Sprint(len(e.Properties) == 0)) {
			key := fmt.Sprint(e.Type, ".", p, e.Released)
			if p != "false" && seen[key] {
				t.Errorf("%s has two entries", key)
			}
			seen[key] = true
		}
	}
}

// keys lists the paths of the settings below t, with * for a name or an index.
func keys(path string, t reflect.Type) []string {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	under := func(name string) string { return strings.TrimPrefix(path+"."+name, ".") }
	switch {
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		if strings.HasPrefix(t.Name(), "Map[") {
			value, _ := t.Elem().FieldByName("Value")
			return append([]string{path}, keys(path+".*", value.Type)...)
		}
		return append([]string{path}, keys(path+".*", t.Elem())...)
	case t.Kind() != reflect.Struct:
		return []string{path}
	}
	var all []string
	if path != "" {
		all = append(all, path)
	}
	for i := range t.NumField() {
		name, options, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		switch {
		case options == "inline":
			all = append(all, keys(path, t.Field(i).Type)...)
		case name != "":
			all = append(all, keys(under(name), t.Field(i).Type)...)
		}
	}
	return all
}

// Catches: a key of storeship.yaml of which nobody says what a change does, and a row for a key that is gone.
func TestSettingsCoverTheConfiguration(t *testing.T) {
	existing := keys("", reflect.TypeFor[config.Config]())
	if len(existing) < 60 {
		t.Fatalf("found only %d keys: %v", len(existing), existing)
	}
	said := map[string]bool{}
	for _, s := range frozen.Settings() {
		for _, key := range s.Keys {
			if !slices.Contains(existing, key) {
				t.Errorf("there is no setting %s", key)
			}
			if said[key] {
				t.Errorf("%s has two rows", key)
			}
			said[key] = true
		}
	}
	for _, key := range existing {
		covered := false
		for prefix := key; ; {
			// A row about the services or environments as such does not speak for the keys of one.
			if said[prefix] && (prefix == key || !slices.Contains([]string{"services", "environments"}, prefix)) {
				covered = true
			}
			i := strings.LastIndex(prefix, ".")
			if i < 0 {
				break
			}
			prefix = prefix[:i]
		}
		if leaf := !slices.ContainsFunc(existing, func(k string) bool { return strings.HasPrefix(k, key+".") }); leaf && !covered {
			t.Errorf("no row says what a change of %s does", key)
		}
	}
}

// Catches: a key that is answered by the words of another, for the row of what is around both speaks of that one only.
func TestKeysOfABuildHaveTheirOwnWords(t *testing.T) {
	for path, c := range map[string]struct {
		when frozen.When
		says string
	}{
		"services.ui.build.architecture":         {frozen.NextRelease, "the image and the tasks together"},
		"services.ui.build.coverageMinimum":      {frozen.NextDeployment, "what it looks at then must pass"},
		"services.ui.build.gates.sca.mode":       {frozen.NextDeployment, "what it looks at then must pass"},
		"services.ui.build.dockerfile":           {frozen.NextRelease, "builds by it"},
		"services.ui.build.testCommands":         {frozen.NextRelease, "builds by it"},
		"services.ui.tests.integration.commands": {frozen.NextDeployment, "that release must pass them"},
	} {
		when, how := frozen.Of(path, "")
		if when != c.when || !strings.Contains(how, c.says) || strings.Contains(how, "tasks") != (path == "services.ui.build.architecture") {
			t.Errorf("%s: %s: %s", path, when, how)
		}
	}
}

// Catches: documentation that is older than the table.
func TestDocumentationIsCurrent(t *testing.T) {
	const file = "../../docs/what-you-can-change.md"
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(file, []byte(frozen.Markdown()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	b, err := os.ReadFile(file)
	if err != nil || string(b) != frozen.Markdown() {
		t.Errorf("%s is not current; run make golden (%v)", file, err)
	}
}
