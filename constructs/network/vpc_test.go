package network_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

// Catches a layout that depends on what will change: a subnet whose block or logical id moves is replaced, and with it
// goes everything that runs in it.
func TestGrowthMovesNoSubnet(t *testing.T) {
	big := newVpc(func(p *network.VpcProps) { p.Endpoints = []string{"logs", "ecr.api"} })
	for _, c := range []network.VpcProps{
		{AvailabilityZones: 3, NatGateways: 1},
		{AvailabilityZones: 3, NatGateways: 2, Endpoints: []string{"ssm"}},
		{AvailabilityZones: 2, NatGateways: 1},
		{AvailabilityZones: 2, NatGateways: 2},
	} {
		small := newVpc(func(p *network.VpcProps) { *p = c })
		for _, typ := range []string{
			"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::EC2::RouteTable", "AWS::EC2::EIP", "AWS::EC2::NatGateway",
			"AWS::EC2::SecurityGroup", "AWS::Logs::LogGroup",
		} {
			for _, id := range small.IDs(typ) {
				if !reflect.DeepEqual(small.Resources[id], big.Resources[id]) {
					t.Errorf("%+v: %s differs:\n%s\n%s", c, id, templatetest.Text(small.Resources[id]), templatetest.Text(big.Resources[id]))
				}
			}
		}
	}
}

// Catches overlapping or wasteful blocks, and public subnets that hand out public addresses.
func TestSubnets(t *testing.T) {
	for cidr, want := range map[string][]string{
		"10.0.0.0/16":    {"10.0.0.0/20", "10.0.16.0/20", "10.0.32.0/20", "10.0.64.0/19", "10.0.96.0/19", "10.0.128.0/19"},
		"172.16.16.0/20": {"172.16.16.0/24", "172.16.17.0/24", "172.16.18.0/24", "172.16.20.0/23", "172.16.22.0/23", "172.16.24.0/23"},
	} {
		tmpl := newVpc(func(p *network.VpcProps) { p.Cidr = cidr })
		var got []string
		for _, id := range tmpl.IDs("AWS::EC2::Subnet") {
			subnet := tmpl.Resources[id]
			got = append(got, subnet.Properties["CidrBlock"].(string))
			if subnet.Properties["MapPublicIpOnLaunch"] != false {
				t.Errorf("%s hands out public addresses", id)
			}
		}
		// The ids sort private before public.
		got = append(got[3:], got[:3]...)
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", cidr, got, want)
		}
	}
}

// Catches published addresses that are not those of the gateways: the ingress would admit someone else, or nobody.
func TestNatAddresses(t *testing.T) {
	stack := newStack()
	vpc := network.NewVpc(stack, "Network", &network.VpcProps{NatGateways: 2})
	if len(vpc.NatAddresses) != 2 {
		t.Fatalf("want 2 addresses, got %v", vpc.NatAddresses)
	}
	vpc.Publish(target())
	tmpl := templatetest.Synth(stack)
	published := templatetest.Text(parameter(t, tmpl, "nat-addresses").Properties["Value"])
	for _, id := range tmpl.IDs("AWS::EC2::NatGateway") {
		eip := tmpl.Resources[id].Properties["AllocationId"].(map[string]any)["Fn::GetAtt"].([]any)[0].(string)
		want := fmt.Sprintf(`{"Fn::Join":["",[{"Fn::GetAtt":["%s","PublicIp"]},"/32"]]}`, eip)
		if !strings.Contains(published, want) {
			t.Errorf("the address of %s is not in %s", id, published)
		}
	}
}

// Catches endpoints that the whole VPC can use, or that the workload cannot.
func TestEndpoints(t *testing.T) {
	tmpl := newVpc(func(p *network.VpcProps) { p.Endpoints = []string{"logs", "ecr.api"} })
	var services []string
	for _, id := range tmpl.IDs("AWS::EC2::VPCEndpoint") {
		p := tmpl.Resources[id].Properties
		services = append(services, fmt.Sprint(p["VpcEndpointType"], " ", templatetest.Text(p["ServiceName"])))
		if p["VpcEndpointType"] == "Interface" && p["PrivateDnsEnabled"] != true {
			t.Errorf("%s has no private DNS name", id)
		}
	}
	slices.Sort(services)
	want := []string{
		`Gateway {"Fn::Join":["",["com.amazonaws.",{"Ref":"AWS::Region"},".dynamodb"]]}`,
		`Gateway {"Fn::Join":["",["com.amazonaws.",{"Ref":"AWS::Region"},".s3"]]}`,
		`Interface "com.amazonaws.us-west-2.ecr.api"`,
		`Interface "com.amazonaws.us-west-2.logs"`,
	}
	if !slices.Equal(services, want) {
		t.Errorf("got %s, want %s", templatetest.Text(services), templatetest.Text(want))
	}
	rule := tmpl.Only(t, "AWS::EC2::SecurityGroupIngress").Properties
	templatetest.WantText(t, rule, `"FromPort":443`, `"ToPort":443`, `"SourceSecurityGroupId":{"Fn::GetAtt":["NetworkWorkload`)
	for _, id := range tmpl.IDs("AWS::EC2::SecurityGroup") {
		if open := tmpl.Resources[id].Properties["SecurityGroupIngress"]; open != nil {
			t.Errorf("%s admits %s", id, templatetest.Text(open))
		}
	}
	if len(newVpc(nil).IDs("AWS::EC2::SecurityGroup")) != 1 {
		t.Error("a VPC without interface endpoints needs no security group for them")
	}
}

// Catches a template that changes with the order of a list that has none.
func TestEndpointOrderDoesNotMatter(t *testing.T) {
	one := newVpc(func(p *network.VpcProps) { p.Endpoints = []string{"logs", "ecr.api"} })
	two := newVpc(func(p *network.VpcProps) { p.Endpoints = []string{"ecr.api", "logs"} })
	if !reflect.DeepEqual(one, two) {
		t.Error("the templates differ")
	}
}

// Catches a workload group that lets more out than HTTPS, or anything in.
func TestWorkloadSecurityGroup(t *testing.T) {
	group := newVpc(nil).Only(t, "AWS::EC2::SecurityGroup").Properties
	want := `[{"CidrIp":"0.0.0.0/0","Description":"HTTPS to anywhere","FromPort":443,"IpProtocol":"tcp","ToPort":443}]`
	if got := templatetest.Text(group["SecurityGroupEgress"]); got != want {
		t.Errorf("egress is %s, want %s", got, want)
	}
	if group["SecurityGroupIngress"] != nil {
		t.Errorf("ingress is %s, want none", templatetest.Text(group["SecurityGroupIngress"]))
	}
}

// Catches flow logs that vanish with the stack, are never deleted, are not encrypted with the given key, or whose role
// may write elsewhere or serve another account.
func TestFlowLogs(t *testing.T) {
	stack := newStack()
	key := network.NewLogKey(stack, "LogKey", &network.LogKeyProps{LogGroups: []string{"/shop/beta/*"}})
	network.NewVpc(stack, "Network", &network.VpcProps{LogKey: key.Key, FlowLogRetentionDays: 30})
	tmpl := templatetest.Synth(stack)
	group := tmpl.Only(t, "AWS::Logs::LogGroup")
	if group.DeletionPolicy != "RetainExceptOnCreate" {
		t.Errorf("deletion policy %q", group.DeletionPolicy)
	}
	if group.Properties["LogGroupName"] != nil {
		t.Error("a retained log group with a name keeps the stack from being created again")
	}
	templatetest.WantText(t, group.Properties, `"RetentionInDays":30`, `"KmsKeyId":{"Fn::GetAtt":["LogKey`)
	templatetest.WantText(t, tmpl.Only(t, "AWS::IAM::Policy").Properties["PolicyDocument"],
		`"Action":["logs:CreateLogStream","logs:PutLogEvents","logs:DescribeLogStreams"]`,
		`"Resource":{"Fn::GetAtt":["NetworkFlowLogGroup`)
	templatetest.WantText(t, tmpl.Only(t, "AWS::IAM::Role").Properties["AssumeRolePolicyDocument"],
		`"aws:SourceAccount":"222222222222"`, `:ec2:us-west-2:222222222222:vpc-flow-log/*`)
	log := tmpl.Only(t, "AWS::EC2::FlowLog")
	if log.Properties["TrafficType"] != "ALL" || !slices.ContainsFunc(log.DependsOn, func(id string) bool {
		return tmpl.Resources[id].Type == "AWS::IAM::Policy"
	}) {
		t.Errorf("want all traffic, and the role's policy first: %s", templatetest.Text(log))
	}
	templatetest.WantText(t, tmpl.Only(t, "AWS::KMS::Key").Properties, `"EnableKeyRotation":true`,
		`"Service":"logs.us-west-2.amazonaws.com"`, `:logs:us-west-2:222222222222:log-group:/shop/beta/*"`)
}

// Catches CDK's custom resources: a Lambda function, its role and an asset in every target.
func TestNoCustomResources(t *testing.T) {
	for id, r := range newVpc(nil).Resources {
		if strings.HasPrefix(r.Type, "Custom::") || r.Type == "AWS::Lambda::Function" {
			t.Errorf("%s is a %s", id, r.Type)
		}
	}
}
