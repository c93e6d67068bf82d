// Package observe watches services: alarms that stop a release and roll it back while the new version takes its first
// traffic.
//
//	alarms := observe.NewAlarms(stack, "Alarms", &observe.AlarmsProps{
//		Name: "shop-prod-catalog", Cluster: "shop-prod",
//		Runtime: runtime, Blue: svc.Blue, Green: svc.Green,
//	})
//	alarms.Arm(svc.DeploymentGroup)
//
// Blue and green have alarms of their own. What a canary of ten percent does wrong is a tenth of what the load balancer
// sees, and all of what its target group sees.
package observe
