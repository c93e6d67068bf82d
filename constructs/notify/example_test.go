package notify_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/notify"
)

func ExampleNewNotifications() {
	stack := newStack()
	n := notify.NewNotifications(stack, "Notifications", &notify.NotificationsProps{
		Name:         "shop",
		Account:      "111111111111",
		Region:       "us-west-2",
		TopicName:    "shop-notifications",
		FunctionName: "shop-notifications",
		RoleName:     "shop-us-west-2-notifications",
		LogGroupName: "/shop/notifications",
		Key:          awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String(keyARN)),
		Pipelines:    []notify.Pipeline{{Name: "shop-catalog", Service: "catalog"}},
		Environments: []notify.Environment{{
			Name: "prod", Kind: environment.Production, Account: "222222222222",
			Stages: []notify.Stage{{Name: "Deploy", Targets: []notify.Target{{ID: "prod-us-west-2", Region: "us-west-2"}}}},
		}},
		Addresses: []notify.Address{{Email: "team@shop.example.com"}, {Email: "oncall@shop.example.com", Urgent: true}},
	})
	for _, rule := range n.Rules {
		fmt.Println(*rule.Description())
	}
	// Output:
	// Tells the people of shop of a release that is rolled back
	// Tells the people of shop of an action that fails
	// Tells the people of shop of a stage that fails
	// Tells the people of shop of an execution that a person stops
	// Tells the people of shop of an approval that waits
}
