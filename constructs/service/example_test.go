package service_test

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/service"
)

func ExampleNewFargate() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("222222222222"), Region: jsii.String("us-west-2")},
	})
	vpc := awsec2.NewVpc(stack, jsii.String("Vpc"), nil)
	group := func(id string) awsec2.SecurityGroup {
		return awsec2.NewSecurityGroup(stack, jsii.String(id), &awsec2.SecurityGroupProps{Vpc: vpc})
	}
	balancerGroup := group("BalancerGroup")
	balancer := awselasticloadbalancingv2.NewApplicationLoadBalancer(stack, jsii.String("Balancer"),
		&awselasticloadbalancingv2.ApplicationLoadBalancerProps{Vpc: vpc, SecurityGroup: balancerGroup})

	svc := service.NewFargate(stack, "Catalog", &service.FargateProps{
		Name:                  "shop-beta-catalog",
		Account:               "222222222222",
		Region:                "us-west-2",
		Image:                 "public.ecr.aws/shop/catalog@sha256:0000000000000000000000000000000000000000000000000000000000000000",
		Cluster:               service.NewCluster(stack, "Cluster", &service.ClusterProps{Name: "shop-beta", Vpc: vpc}).Cluster,
		Vpc:                   vpc,
		WorkloadSecurityGroup: group("Workload"),
		Runtime: environment.Runtime{
			HTTP:    &environment.HTTP{Port: 8080, Health: "/health"},
			Secrets: map[string]string{"API_KEY": "secretsmanager:catalog/credentials#key"},
		},
		Route: &service.InternalRoute{LoadBalancer: balancer, SecurityGroup: balancerGroup, Port: 20080},
		Bake:  30 * time.Minute,
	})
	fmt.Println(svc.Green != nil, svc.DeploymentGroup != nil)
	// Output: true true
}

func ExampleNewCluster() {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Network"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("222222222222"), Region: jsii.String("us-west-2")},
	})
	cluster := service.NewCluster(stack, "Cluster", &service.ClusterProps{
		Name: "shop-beta",
		Vpc:  awsec2.NewVpc(stack, jsii.String("Vpc"), nil),
	})
	fmt.Println(*cluster.Insights.Node().Path())
	// Output: Network/Cluster/Insights
}
