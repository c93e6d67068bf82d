package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/retention"
)

// DefaultInsightsRetentionDays is how long the performance records of Container Insights are kept.
const DefaultInsightsRetentionDays = 30

// Cluster is the ECS cluster that all services of a target run in.
type Cluster struct {
	node.Construct
	// Cluster with enhanced Container Insights.
	Cluster awsecs.Cluster
	// Insights is the log group of its performance records.
	Insights awslogs.LogGroup
}

// NewCluster creates a cluster and the log group of its performance records, which ECS would otherwise create itself,
// without a key and to be kept forever. Container Insights cost by metric. https://aws.amazon.com/cloudwatch/pricing/
func NewCluster(scope constructs.Construct, id string, props *ClusterProps) *Cluster {
	if props == nil {
		props = &ClusterProps{}
	}
	node.Must("service.Cluster", scope, id, props.Validate())
	p := props.withDefaults()
	c := &Cluster{}
	node.Init(c, scope, id)
	c.Insights = awslogs.NewLogGroup(c, jsii.String("Insights"), &awslogs.LogGroupProps{
		LogGroupName:  jsii.String("/aws/ecs/containerinsights/" + p.Name + "/performance"),
		EncryptionKey: p.LogKey,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Retention:     retention.Of(p.LogRetentionDays),
	})
	c.Cluster = awsecs.NewCluster(c, jsii.String("Cluster"), &awsecs.ClusterProps{
		ClusterName:         jsii.String(p.Name),
		Vpc:                 p.Vpc,
		ContainerInsightsV2: awsecs.ContainerInsights_ENHANCED,
	})
	c.Cluster.Node().AddDependency(c.Insights)
	return c
}
