package network_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

// Catches a stack that asks the account for its zones: such a synth ends with "dummy1a" or with a look-up that CI cannot
// make. The VPC here is CDK's own, as an importer's may be.
func TestStackNeedsNoLookUp(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := network.NewStack(app, "Stack", &network.StackProps{Account: "222222222222", Region: "us-west-2", AvailabilityZones: 2})
	awsec2.NewVpc(stack, jsii.String("Vpc"), &awsec2.VpcProps{RestrictDefaultSecurityGroup: jsii.Bool(false)})
	if missing := app.Synth(nil).Manifest().Missing; missing != nil && len(*missing) > 0 {
		t.Errorf("the synth misses %v", *missing)
	}
	tmpl := templatetest.Synth(stack)
	templatetest.WantText(t, tmpl.Resources, `{"Fn::Select":[0,{"Fn::GetAZs":""}]}`, `{"Fn::Select":[1,{"Fn::GetAZs":""}]}`)
	if n := len(tmpl.IDs("AWS::EC2::Subnet")); n != 4 {
		t.Errorf("want a public and a private subnet in each of 2 zones, got %d", n)
	}
	if strings.Contains(templatetest.Text(tmpl), "dummy") {
		t.Error("the template has dummy zones")
	}
}

// Catches zones that are new tokens at every call: CDK matches NAT gateways to subnets by comparing zones as strings.
func TestStackZonesAreStable(t *testing.T) {
	stack := newStack()
	first, second := *stack.AvailabilityZones(), *stack.AvailabilityZones()
	if len(first) != network.MaxZones || len(second) != network.MaxZones {
		t.Fatalf("want %d zones, got %d and %d", network.MaxZones, len(first), len(second))
	}
	for i := range first {
		if *first[i] != *second[i] {
			t.Errorf("zone %d is %s and then %s", i, *first[i], *second[i])
		}
	}
}

// Catches the embedding trap: a Go struct around a stack that jsii refuses as a scope, for tags, or as a dependency.
func TestStackIsAStackToCdk(t *testing.T) {
	app := awscdk.NewApp(nil)
	stage := awscdk.NewStage(app, jsii.String("Stage"), &awscdk.StageProps{
		Env: &awscdk.Environment{Account: jsii.String("222222222222"), Region: jsii.String("us-west-2")},
	})
	first, second := network.NewStack(stage, "First", nil), network.NewStack(stage, "Second", nil)
	var plain awscdk.Stack = second
	plain.AddStackDependency(first, nil)
	awscdk.Tags_Of(first).Add(jsii.String("late"), jsii.String("yes"), nil)
	topic := awssns.NewTopic(first, jsii.String("Topic"), nil)
	if got := *awscdk.Stack_Of(topic).StackName(); got != *first.StackName() {
		t.Errorf("the topic stands in %s, want %s", got, *first.StackName())
	}
	if got := *first.Account(); got != "222222222222" {
		t.Errorf("the stack has account %s, want its stage's", got)
	}
	assembly := app.Synth(nil).GetNestedAssembly(stage.ArtifactId())
	var deps []string
	for _, d := range *assembly.GetStackArtifact(second.ArtifactId()).Dependencies() {
		deps = append(deps, *d.Id())
	}
	if !slices.Contains(deps, *first.ArtifactId()) {
		t.Errorf("the second stack depends on %v, want %s", deps, *first.ArtifactId())
	}
	templatetest.WantText(t, templatetest.Synth(first), `{"Key":"late","Value":"yes"}`)
}

// Catches props that never reach CloudFormation: without the stack name the pipeline would deploy under another name,
// without termination protection a slip deletes a network.
func TestStackProps(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := network.NewStack(app, "Stack", &network.StackProps{
		StackName: "shop-beta-network", Account: "222222222222", Region: "eu-west-1", Description: "The network",
		Tags: map[string]string{"store": "shop"}, TerminationProtection: true,
	})
	artifact := app.Synth(nil).GetStackArtifact(stack.ArtifactId())
	if got := *artifact.StackName(); got != "shop-beta-network" {
		t.Errorf("stack name %s", got)
	}
	if got := *artifact.Environment().Name; got != "aws://222222222222/eu-west-1" {
		t.Errorf("environment %s", got)
	}
	if !*artifact.TerminationProtection() {
		t.Error("termination protection is off")
	}
	if got := *(*artifact.Tags())["store"]; got != "shop" {
		t.Errorf("tag store is %s", got)
	}
	templatetest.WantText(t, artifact.Template(), `"Description":"The network"`)
}

// Catches a constructor that lets bad props through to jsii, whose exceptions name no field.
func TestStackPanicsWithItsProblems(t *testing.T) {
	defer func() {
		err, _ := recover().(error)
		want := "network.Stack Bad:\n  Account: must be 12 digits, got \"1\"\n  AvailabilityZones: must be 2 or 3, got 9"
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	network.NewStack(awscdk.NewApp(nil), "Bad", &network.StackProps{Account: "1", AvailabilityZones: 9})
}
