package metrics_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/metrics"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

func newStack() awscdk.Stack {
	return awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Stack"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("us-west-2")},
	})
}

// newProps are the props of a store with two services, one of whose code is in CodeCommit, and a pipeline apart.
func newProps(stack awscdk.Stack) *metrics.DeliveryProps {
	return &metrics.DeliveryProps{
		Store: "shop", Name: "shop-metrics", Dashboard: "shop-delivery", RoleName: "shop-us-west-2-metrics", LogGroupName: "/shop/metrics",
		Account: "111111111111", Region: "us-west-2",
		Key: awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String("arn:aws:kms:us-west-2:111111111111:key/k")),
		Pipelines: []metrics.Pipeline{
			{Name: "shop-platform", Service: "platform", Apart: true, Source: "shop-delivery", Repository: "shop-delivery", Production: []string{"prod-1", "prod-2"}},
			{Name: "shop-catalog", Service: "catalog", Source: "shop-catalog", Repository: "shop-catalog", Production: []string{"prod-1", "prod-2"}},
			{Name: "shop-orders", Service: "orders", Source: "acme_orders", Production: []string{"prod-1", "prod-2"}},
		},
	}
}

func newDelivery(tb testing.TB, changes ...func(*metrics.DeliveryProps)) templatetest.Template {
	tb.Helper()
	stack := newStack()
	p := newProps(stack)
	for _, change := range changes {
		change(p)
	}
	metrics.NewDelivery(stack, "Metrics", p)
	return templatetest.Synth(stack)
}
