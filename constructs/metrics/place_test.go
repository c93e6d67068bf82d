package metrics_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/metrics"
)

// Catches: metrics of pipelines in another account and region than those in which they are looked for.
func TestDeliveryElsewhere(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Elsewhere"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("222222222222"), Region: jsii.String("eu-west-1")},
	})
	defer func() {
		const want = "metrics.Delivery Elsewhere/D:\n  Account: must be that of the stack, 222222222222, got 111111111111\n" +
			"  Region: must be that of the stack, eu-west-1, got us-west-2"
		if err, _ := recover().(error); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	metrics.NewDelivery(stack, "D", newProps(stack))
}
