package metrics_test

import (
	"fmt"

	"github.com/storeship/storeship/constructs/metrics"
	"github.com/storeship/storeship/constructs/network"
)

func ExampleNewDelivery() {
	stack := newStack()
	m := metrics.NewDelivery(stack, "Delivery", &metrics.DeliveryProps{
		Store: "shop", Name: "shop-delivery-metrics", Dashboard: "shop-delivery", RoleName: "shop-us-west-2-metrics",
		LogGroupName: "/shop/metrics", Account: "111111111111", Region: "us-west-2",
		Key:       network.NewLogKey(stack, "Key", nil).Key,
		Pipelines: []metrics.Pipeline{{Name: "shop-catalog", Service: "catalog", Source: "shop-catalog", Production: []string{"prod"}}},
	})
	fmt.Println(*m.Dashboard.DashboardName())
	// Output: shop-delivery
}
