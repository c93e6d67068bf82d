package place_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/place"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

// A stack that remembers must not answer anything else than the CDK would: a role's ARN with it is a role that nobody has.
func TestOf(t *testing.T) {
	const account, region = "222222222222", "us-west-2"
	app := awscdk.NewApp(nil)
	stage := awscdk.NewStage(app, jsii.String("Stage"), &awscdk.StageProps{
		Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
	})
	told := network.NewStack(app, "Told", &network.StackProps{Account: account, Region: region})
	plain := awscdk.NewStack(app, jsii.String("Plain"), nil)
	for name, scope := range map[string]constructs.Construct{
		"told":              told,
		"within told":       constructs.NewConstruct(told, jsii.String("Within")),
		"half told":         network.NewStack(stage, "Half", &network.StackProps{Region: region}),
		"told by its stage": network.NewStack(stage, "Untold", nil),
		"a stack of the CDK": awscdk.NewStack(app, jsii.String("Other"), &awscdk.StackProps{
			Env: &awscdk.Environment{Account: jsii.String(account), Region: jsii.String(region)},
		}),
	} {
		if a, r := place.Of(scope); a != account || r != region {
			t.Errorf("%s: got %s and %s", name, a, r)
		}
	}
	if a, r := place.Of(plain); a != *plain.Account() || r != *plain.Region() {
		t.Errorf("plain: got %s and %s, want the tokens %s and %s", a, r, *plain.Account(), *plain.Region())
	}
}
