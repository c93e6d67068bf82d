// Package observe watches services: alarms that stop a release and roll it back while the new version takes its first
// traffic, and a canary that asks a service all the time, from outside or from within its VPC.
//
//	alarms := observe.NewAlarms(stack, "Alarms", &observe.AlarmsProps{
//		Name: "shop-prod-catalog", Cluster: "shop-prod",
//		Runtime: runtime, Blue: svc.Blue, Green: svc.Green, Canary: "shop-prod-catalog",
//	})
//	alarms.Arm(svc.DeploymentGroup)
//	canary := observe.NewCanary(stack, "Canary", &observe.CanaryProps{
//		Name: "shop-prod-catalog", RoleName: "shop-prod-catalog-us-west-2-canary",
//		Runtime: runtime, URL: "https://us-west-2.shop.example.com", Key: key,
//	})
//
// Arm is for the engine codedeploy. With ecs and rolling the ECS service names its alarms itself, before they exist: [Named].
//
// Blue and green have alarms of their own. What a canary of ten percent does wrong is a tenth of what the load balancer
// sees, and all of what its target group sees.
package observe
