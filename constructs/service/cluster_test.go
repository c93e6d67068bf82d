package service_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/service"
)

func newCluster(tb testing.TB, change func(*service.ClusterProps)) templatetest.Template {
	tb.Helper()
	stack := newStack()
	p := &service.ClusterProps{Name: "shop-beta", Vpc: newProps(stack).Vpc}
	if change != nil {
		change(p)
	}
	service.NewCluster(stack, "Shop", p)
	return templatetest.Synth(stack)
}

// Catches: a cluster under another name than services look for, or without Container Insights.
func TestCluster(t *testing.T) {
	r := newCluster(t, nil).Only(t, "AWS::ECS::Cluster")
	equal(t, "the cluster", r.Properties, `{"ClusterName":"shop-beta","ClusterSettings":[{"Name":"containerInsights","Value":"enhanced"}]}`)
	if depends := templatetest.Text(r.DependsOn); !strings.Contains(depends, `"ShopInsights`) {
		t.Errorf("ECS would create the log group itself: the cluster depends on %s", depends)
	}
}

// Catches: a log group that ECS does not write to, that is kept forever or without the key, or that stays behind and stands in
// the way of the next cluster of that name.
func TestClusterInsights(t *testing.T) {
	r := newCluster(t, nil).Only(t, "AWS::Logs::LogGroup")
	equal(t, "the group", r.Properties, `{"LogGroupName":"/aws/ecs/containerinsights/shop-beta/performance","RetentionInDays":30}`)
	equal(t, "policies", []string{r.DeletionPolicy, r.UpdateReplacePolicy}, `["Delete","Delete"]`)
	stack := newStack()
	key := awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String("arn:aws:kms:us-west-2:222222222222:key/1"))
	r = newCluster(t, func(p *service.ClusterProps) { p.LogRetentionDays, p.LogKey = 7, key }).Only(t, "AWS::Logs::LogGroup")
	equal(t, "the group", []any{r.Properties["RetentionInDays"], r.Properties["KmsKeyId"]}, `[7,"arn:aws:kms:us-west-2:222222222222:key/1"]`)
}
