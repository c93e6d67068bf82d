package observe_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/observe"
)

func ExampleNewAlarms() {
	stack := newStack()
	groups := newGroups(stack, "Blue", "Green")
	alarms := observe.NewAlarms(stack, "Alarms", &observe.AlarmsProps{
		Name:    "shop-prod-catalog",
		Cluster: "shop-prod",
		Runtime: newProps(newStack()).Runtime,
		Canary:  "shop-prod-catalog",
		Blue:    groups[0],
		Green:   groups[1],
	})
	for _, a := range alarms.All[3:] {
		fmt.Println(*a.AlarmName())
	}
	// Output:
	// shop-prod-catalog-green-errors
	// shop-prod-catalog-green-latency
	// shop-prod-catalog-green-unhealthy
	// shop-prod-catalog-tasks
	// shop-prod-catalog-cpu
	// shop-prod-catalog-memory
	// shop-prod-catalog-canary
}

func ExampleNewCanary() {
	stack := newStack()
	canary := observe.NewCanary(stack, "Canary", &observe.CanaryProps{
		Name:     "shop-prod-catalog",
		RoleName: "shop-prod-catalog-us-west-2-canary",
		Runtime:  newProps(newStack()).Runtime,
		URL:      "https://us-west-2.shop.example.com",
		Key:      awskms.NewKey(stack, jsii.String("Key"), nil),
	})
	fmt.Println(*canary.Canary.RuntimeVersion())
	// Output:
	// syn-nodejs-puppeteer-13.0
}
