package retention_test

import (
	"fmt"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/retention"
	"github.com/storeship/storeship/constructs/internal/templatetest"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

// A wrong line in the table deletes logs too early, or keeps them too long.
func TestOf(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	for _, n := range environment.LogRetentions {
		awslogs.NewLogGroup(stack, jsii.String(fmt.Sprint("L", n)), &awslogs.LogGroupProps{
			LogGroupName: jsii.String(fmt.Sprint(n)), Retention: retention.Of(n),
		})
	}
	template := templatetest.Synth(stack)
	groups := template.IDs("AWS::Logs::LogGroup")
	if len(groups) != len(environment.LogRetentions) {
		t.Fatalf("%d log groups, want %d", len(groups), len(environment.LogRetentions))
	}
	for _, id := range groups {
		p := template.Resources[id].Properties
		if fmt.Sprint(p["RetentionInDays"]) != p["LogGroupName"] {
			t.Errorf("retention of %s days became %v", p["LogGroupName"], p["RetentionInDays"])
		}
	}
}
