// Package service runs one container image as an ECS service on Fargate, behind a load balancer or as a worker, and
// prepares everything that a release of it needs: two target groups, listeners or rules, and a CodeDeploy deployment group.
//
//	svc := service.NewFargate(stack, "Service", &service.FargateProps{
//		Name: "shop-beta-catalog", Account: "222222222222", Region: "us-west-2",
//		Image: image, ImageRepositoryARN: repository,
//		Cluster: cluster, Vpc: vpc, WorkloadSecurityGroup: workload,
//		Runtime: environment.Runtime{HTTP: &environment.HTTP{Port: 8080, Health: "/health"}},
//		Route:   &service.InternalRoute{LoadBalancer: balancer, SecurityGroup: balancerGroup, Port: 20080},
//	})
//	table.GrantReadData(svc.TaskRole)
//
// Without Runtime.HTTP and Route the service is a worker. A [PublicRoute] puts it on the shared listeners of a public load
// balancer instead of listeners of its own. [NewCluster] creates the cluster that services share.
//
// With the engines rolling and ecs, CloudFormation releases: a deployment of the stack ends when the release has. With ecs the
// service can be changed, but not its target groups and rules, whose weights ECS changes with every release: CloudFormation
// would set them back to those of the first. With the engine codedeploy the ECS service is create-only: CloudFormation
// creates it, CodeDeploy changes it. Any later change of its resource, a tag included, fails the stack's update, and so would
// a change of what feeds it. Frozen with their values are therefore the service, its own security group, both target groups,
// and its listeners or rules. A release changes the task definition and nothing else.
package service
