package network_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

// parameter is the SSM parameter whose name ends in name.
func parameter(tb testing.TB, t templatetest.Template, name string) templatetest.Resource {
	tb.Helper()
	for _, id := range t.IDs("AWS::SSM::Parameter") {
		if strings.HasSuffix(t.Resources[id].Properties["Name"].(string), "/"+name) {
			return t.Resources[id]
		}
	}
	tb.Fatalf("no parameter %s", name)
	return templatetest.Resource{}
}

// Catches a parameter that one side of the contract writes and the other does not read, or reads as another type.
func TestContract(t *testing.T) {
	app := awscdk.NewApp(nil)
	writer := network.NewStack(app, "Writer", nil)
	key := awskms.NewKey(writer, jsii.String("Key"), nil)
	network.NewVpc(writer, "Network", &network.VpcProps{LogKey: key}).Publish(target())
	var written []string
	wt := templatetest.Synth(writer)
	for _, id := range wt.IDs("AWS::SSM::Parameter") {
		p := wt.Resources[id].Properties
		written = append(written, p["Name"].(string)+" "+p["Type"].(string))
		if wt.Resources[id].DeletionPolicy == "Retain" {
			t.Errorf("%s is retained: its name would keep the stack from being created again", p["Name"])
		}
	}
	slices.Sort(written)

	reader := network.NewStack(awscdk.NewApp(nil), "Reader", nil)
	refer(reader, network.FromParameters(reader, "Network", target()))
	types := map[string]string{
		"AWS::SSM::Parameter::Value<String>":       "String",
		"AWS::SSM::Parameter::Value<List<String>>": "StringList",
	}
	var read []string
	for _, p := range templatetest.Synth(reader).Parameters {
		if strings.HasPrefix(p.Default, "/shop/") {
			read = append(read, p.Default+" "+types[p.Type])
		}
	}
	slices.Sort(read)
	if len(written) != 7 || !slices.Equal(written, read) {
		t.Errorf("written:\n%s\nread:\n%s", strings.Join(written, "\n"), strings.Join(read, "\n"))
	}
}

// refer makes an output of everything that an imported network has.
func refer(stack awscdk.Stack, n *network.Imported) {
	values := []*string{n.Vpc.VpcId(), n.WorkloadSecurityGroup.SecurityGroupId(), jsii.String(n.Cidr())}
	// Twice, because a second import would need another id.
	values = append(values, n.LogKey().KeyArn(), n.LogKey().KeyArn())
	for _, s := range append(n.PublicSubnets(), *n.Vpc.PrivateSubnets()...) {
		values = append(values, s.SubnetId(), s.AvailabilityZone())
	}
	values = append(values, *jsii.Strings(n.NatAddresses()...)...)
	awscdk.NewCfnOutput(stack, jsii.String("All"), &awscdk.CfnOutputProps{Value: awscdk.Fn_Join(jsii.String(" "), &values)})
}

// Catches parameters that are declared and not used, which CloudFormation's validation refuses, and the warnings that CDK
// has for imported subnets.
func TestImportDeclaresWhatItUses(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := network.NewStack(app, "Reader", nil)
	n := network.FromParameters(stack, "Network", target())
	awsec2.NewSecurityGroup(stack, jsii.String("Group"), &awsec2.SecurityGroupProps{Vpc: n.Vpc})
	n.PublicSubnets()
	artifact := app.Synth(nil).GetStackArtifact(stack.ArtifactId())
	for _, m := range *artifact.Messages() {
		t.Errorf("the stack warns: %v", m.Entry.Data)
	}
	var names []string
	for _, p := range templatetest.Synth(stack).Parameters {
		if name, ok := strings.CutPrefix(p.Default, "/shop/platform/beta/network/v1/"); ok {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	want := []string{"private-subnet-ids", "public-subnet-ids", "vpc-id", "workload-security-group-id"}
	if !slices.Equal(names, want) {
		t.Errorf("got %v, want %v", names, want)
	}
}

// Catches an import that freezes the workload group: the ingress stack adds its way out to the internal load balancer.
func TestImportedWorkloadTakesRules(t *testing.T) {
	stack := network.NewStack(awscdk.NewApp(nil), "Reader", nil)
	n := network.FromParameters(stack, "Network", target())
	n.WorkloadSecurityGroup.AddEgressRule(awsec2.Peer_Ipv4(jsii.String("10.0.0.0/16")),
		awsec2.Port_Tcp(jsii.Number(20000)), nil, nil)
	templatetest.WantText(t, templatetest.Synth(stack).Only(t, "AWS::EC2::SecurityGroupEgress").Properties, `"CidrIp":"10.0.0.0/16"`, `"FromPort":20000`)
}
