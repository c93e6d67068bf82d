package service_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

// checked gives p checks.
func checked(p *service.FargateProps) {
	p.Runtime.Checks = []environment.Check{{Path: "/health", Headers: map[string]string{"X-Try": "1"}}}
	p.TestURL = "https://catalog.internal.shop.example.com:30080"
}

const (
	gateRole    = "ServiceGateRole464F2958"
	gateGroup   = "ServiceGateSecurityGroupE6D0348A"
	gateARN     = "arn:aws:lambda:us-west-2:222222222222:function:shop-beta-catalog-gate"
	invokesGate = `{"Action":"lambda:InvokeFunction","Effect":"Allow","Resource":"` + gateARN + `"}`
)

// Catches: a function that cannot start, cannot reach the test listener or cannot answer in time; checks that are not the
// plan's; and a second run, which would report twice.
func TestGateFunction(t *testing.T) {
	template := newFargate(t, checked, func(p *service.FargateProps) { p.Runtime.Release.CheckTimeout = 3 * time.Minute })
	f := template.Only(t, "AWS::Lambda::Function").Properties
	equal(t, "environment", f["Environment"], `{"Variables":{"CHECKS":"[{\"path\":\"/health\",\"method\":\"GET\",\"headers\":{\"x-try\":\"1\"},`+
		`\"expect\":{\"latencyMs\":10000}}]","ENGINE":"codedeploy","INTERVAL":"5000","SERVICE":"shop-beta-catalog",`+
		`"TARGET":"{\"url\":\"https://catalog.internal.shop.example.com:30080\"}","TIMEOUT":"180000"}}`)
	equal(t, "network", f["VpcConfig"], `{"SecurityGroupIds":[{"Fn::GetAtt":["`+gateGroup+`","GroupId"]},"sg-11111111111111111"],`+
		`"SubnetIds":["subnet-11111111111111111","subnet-22222222222222222"]}`)
	for name, want := range map[string]string{
		"FunctionName": `"shop-beta-catalog-gate"`, "Handler": `"index.handler"`, "Timeout": `230`, "Architectures": `["arm64"]`,
		"Role": `{"Fn::GetAtt":["` + gateRole + `","Arn"]}`, "LoggingConfig": `{"LogGroup":{"Ref":"ServiceGateLogs30040114"}}`,
	} {
		equal(t, name, f[name], want)
	}
	equal(t, "retries", template.Only(t, "AWS::Lambda::EventInvokeConfig").Properties["MaximumRetryAttempts"], "0")
	group := template.One(t, "ServiceGateLogs30040114")
	equal(t, "log group", group.Properties["LogGroupName"], `"/ecs/shop-beta-catalog/gate"`)
}

// Catches: a test listener that a gate cannot reach, or that more than the gate can.
func TestGateReachesTheTestListener(t *testing.T) {
	internal := newFargate(t, checked)
	var rules []string
	for _, id := range slices.Concat(internal.IDs("AWS::EC2::SecurityGroupIngress"), internal.IDs("AWS::EC2::SecurityGroupEgress")) {
		if text := templatetest.Text(internal.Resources[id].Properties); strings.Contains(text, gateGroup) {
			rules = append(rules, text)
		}
	}
	gate := `{"Fn::GetAtt":["` + gateGroup + `","GroupId"]}`
	if want := []string{
		`{"Description":"Checks of new versions of shop-beta-catalog","FromPort":30080,"GroupId":"sg-22222222222222222","IpProtocol":"tcp","SourceSecurityGroupId":` + gate + `,"ToPort":30080}`,
		`{"Description":"The test listener","DestinationSecurityGroupId":"sg-22222222222222222","FromPort":30080,"GroupId":` + gate + `,"IpProtocol":"tcp","ToPort":30080}`,
	}; !slices.Equal(rules, want) {
		t.Errorf("rules of the gate: %q, must be %q", rules, want)
	}
	outside := newFargate(t, public, checked, func(p *service.FargateProps) {
		p.TestURL = "https://us-west-2.shop.example.com:9443"
		p.Route.(*service.PublicRoute).Host = "admin.shop.example.com"
		p.Runtime.HTTP.Protocol = environment.HTTP2
	})
	equal(t, "public", outside.One(t, gateGroup).Properties["SecurityGroupEgress"],
		`[{"CidrIp":"0.0.0.0/0","Description":"The test listener, at its public addresses","FromPort":9443,"IpProtocol":"tcp","ToPort":9443}]`)
	variables := outside.Only(t, "AWS::Lambda::Function").Properties["Environment"].(map[string]any)["Variables"].(map[string]any)
	equal(t, "target", variables["TARGET"],
		`"{\"url\":\"https://us-west-2.shop.example.com:9443\",\"host\":\"admin.shop.example.com\",\"http2\":true}"`)
}

// Catches: a permission too few, with which no gate reports, and one too many.
func TestGateMayLittle(t *testing.T) {
	interfaces := `"ec2:AssignPrivateIpAddresses","ec2:CreateNetworkInterface","ec2:DeleteNetworkInterface","ec2:UnassignPrivateIpAddresses"`
	common := []string{
		`{"Action":[` + interfaces + `],"Effect":"Allow","Resource":"arn:aws:ec2:us-west-2:222222222222:*/*"}`,
		`{"Action":["ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets"],"Effect":"Allow","Resource":"*"}`,
		`{"Action":[` + interfaces + `,"ec2:DescribeNetworkInterfaces","ec2:DescribeSubnets"],"Condition":{"ArnEquals":{"lambda:SourceFunctionArn":"` + gateARN + `"}},"Effect":"Deny","Resource":"*"}`,
		`{"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow","Resource":"arn:aws:logs:us-west-2:222222222222:log-group:/ecs/shop-beta-catalog/gate:*"}`,
	}
	codeDeploy := newFargate(t, checked)
	if got, want := statements(t, codeDeploy, gateRole), append(slices.Clone(common),
		`{"Action":"codedeploy:PutLifecycleEventHookExecutionStatus","Effect":"Allow",`+
			`"Resource":"arn:aws:codedeploy:us-west-2:222222222222:deploymentgroup:shop-beta-catalog/shop-beta-catalog"}`); !slices.Equal(got, want) {
		t.Errorf("with codedeploy: %q, must be %q", got, want)
	}
	if got := statements(t, newFargate(t, checked, ecs), gateRole); !slices.Equal(got, common) {
		t.Errorf("with ecs: %q, must be %q", got, common)
	}
	if got := statements(t, codeDeploy, "ServiceCodeDeployRole72F16B53"); !slices.Contains(got, invokesGate) {
		t.Errorf("CodeDeploy cannot ask the gate: %q", got)
	}
	if got := statements(t, newFargate(t), "ServiceCodeDeployRole72F16B53"); strings.Contains(strings.Join(got, ""), "lambda:") {
		t.Errorf("CodeDeploy may ask a gate that is not there: %q", got)
	}
}

// Catches: a gate that ECS does not ask, asks too late or may not ask; and a service that asks one which is not there yet.
func TestGateOfECS(t *testing.T) {
	template := newFargate(t, checked, ecs)
	s := template.Only(t, "AWS::ECS::Service")
	equal(t, "hooks", s.Properties["DeploymentConfiguration"].(map[string]any)["LifecycleHooks"],
		`[{"HookTargetArn":{"Fn::GetAtt":["ServiceGateFunctionCE39C130","Arn"]},"LifecycleStages":["POST_TEST_TRAFFIC_SHIFT"],`+
			`"RoleArn":{"Fn::GetAtt":["`+shiftRole+`","Arn"]}}]`)
	if got := statements(t, template, shiftRole); !slices.Contains(got, invokesGate) {
		t.Errorf("ECS cannot ask the gate: %q", got)
	}
	var rules []string
	for _, id := range slices.Concat(template.IDs("AWS::EC2::SecurityGroupIngress"), template.IDs("AWS::EC2::SecurityGroupEgress")) {
		if strings.Contains(templatetest.Text(template.Resources[id].Properties), gateGroup) {
			rules = append(rules, id)
		}
	}
	if len(rules) != 2 {
		t.Errorf("rules of the gate: %q", rules)
	}
	for _, need := range append(rules, "ServiceGateFunctionCE39C130", gateRole, gateGroup) {
		if !slices.Contains(s.DependsOn, need) {
			t.Errorf("the service does not wait for %s: %q", need, s.DependsOn)
		}
	}
}

// Catches: a gate that sleeps, for a function in a VPC that nobody invokes for weeks fails its next invocation.
func TestGateStaysAwake(t *testing.T) {
	template := newFargate(t, checked)
	arn := `{"Fn::GetAtt":["ServiceGateFunctionCE39C130","Arn"]}`
	rule := template.Only(t, "AWS::Events::Rule").Properties
	equal(t, "schedule", rule["ScheduleExpression"], `"rate(1 day)"`)
	equal(t, "targets", rule["Targets"], `[{"Arn":`+arn+`,"Id":"Gate","Input":"{\"awake\":true}"}]`)
	permission := template.Only(t, "AWS::Lambda::Permission").Properties
	equal(t, "permission", permission, `{"Action":"lambda:InvokeFunction","FunctionName":`+arn+`,"Principal":"events.amazonaws.com",`+
		`"SourceArn":{"Fn::GetAtt":["`+template.IDs("AWS::Events::Rule")[0]+`","Arn"]}}`)
}

// Catches: a gate where nobody asks it.
func TestNoGateWithoutChecks(t *testing.T) {
	for name, changes := range map[string][]func(*service.FargateProps){
		"no checks":      nil,
		"public rolling": {public, checked, rolling},
		"worker":         {worker},
	} {
		if ids := newFargate(t, changes...).IDs("AWS::Lambda::Function"); len(ids) > 0 {
			t.Errorf("%s: %q", name, ids)
		}
	}
}
