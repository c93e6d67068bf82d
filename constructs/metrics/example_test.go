package metrics_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/metrics"
)

func ExampleNewDelivery() {
	stack := newStack()
	m := metrics.NewDelivery(stack, "Delivery", &metrics.DeliveryProps{
		Store: "shop", Name: "shop-delivery-metrics", Dashboard: "shop-delivery", RoleName: "shop-us-west-2-metrics",
		LogGroupName: "/shop/metrics", Account: "111111111111", Region: "us-west-2",
		Key:       awskms.NewKey(stack, jsii.String("Key"), nil),
		Pipelines: []metrics.Pipeline{{Name: "shop-catalog", Service: "catalog", Source: "shop-catalog", Production: []string{"prod"}}},
	})
	fmt.Println(*m.Dashboard.DashboardName())
	// Output: shop-delivery
}
