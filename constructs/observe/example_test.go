package observe_test

import (
	"fmt"

	"github.com/storeship/storeship/constructs/observe"
)

func ExampleNewAlarms() {
	stack := newStack()
	groups := newGroups(stack, "Blue", "Green")
	alarms := observe.NewAlarms(stack, "Alarms", &observe.AlarmsProps{
		Name:    "shop-prod-catalog",
		Cluster: "shop-prod",
		Runtime: newProps(newStack()).Runtime,
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
}
