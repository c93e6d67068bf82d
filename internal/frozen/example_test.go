package frozen_test

import (
	"encoding/json"
	"fmt"

	"github.com/storeship/storeship/internal/frozen"
)

func ExampleCompare() {
	const service = `{"Resources": {"Service": {"Type": "AWS::ECS::Service", "Properties": {
		"DeploymentController": {"Type": "CODE_DEPLOY"}, "HealthCheckGracePeriodSeconds": %d}}}}`
	var deployed, synthesized map[string]any
	for seconds, t := range map[int]*map[string]any{60: &deployed, 90: &synthesized} {
		if err := json.Unmarshal([]byte(fmt.Sprintf(service, seconds)), t); err != nil {
			panic(err)
		}
	}
	for _, c := range frozen.Compare(deployed, synthesized) {
		fmt.Println(c.LogicalID, c.Property, c.Effect)
	}
	// Output: Service HealthCheckGracePeriodSeconds fails the deployment
}
