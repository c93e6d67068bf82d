// Package metrics measures how well changes come to production: lead time, deployments, mean time between failures, mean time
// to recover and change failure rate, of each pipeline and of all services together, with a dashboard.
//
//	m := metrics.NewDelivery(stack, "Delivery", &metrics.DeliveryProps{
//		Store: "shop", Name: "shop-delivery-metrics", Dashboard: "shop-delivery", RoleName: "shop-us-west-2-metrics",
//		LogGroupName: "/shop/metrics", Account: "111111111111", Region: "us-west-2", Key: key,
//		Pipelines: []metrics.Pipeline{{Name: "shop-catalog", Service: "catalog", Source: "shop-catalog", Production: []string{"prod"}}},
//	})
//
// Pipelines tell EventBridge what happens to them; a function keeps that as facts in a table, and computes the metrics of them every
// quarter of an hour. What each metric means is in docs/metrics.md.
package metrics
