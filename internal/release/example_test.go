package release_test

import (
	"encoding/json"
	"fmt"

	"github.com/storeship/storeship/internal/release"
)

func ExampleRender() {
	var template map[string]any
	err := json.Unmarshal([]byte(`{"Resources": {
		"Task": {"Type": "AWS::ECS::TaskDefinition", "Properties": {
			"Family": "shop-beta-cart", "TaskRoleArn": {"Fn::GetAtt": ["Role", "Arn"]},
			"ContainerDefinitions": [{"Name": "cart", "Image": "example.com/cart@sha256:0000"}]}},
		"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shop-beta-cart-task"}}}}`), &template)
	if err != nil {
		panic(err)
	}
	taskdef, err := release.Render(template, "Task", release.Env{Account: "222222222222", Region: "us-west-2"})
	if err != nil {
		panic(err)
	}
	fmt.Print(string(taskdef))
	// Output:
	// {
	//   "containerDefinitions": [
	//     {
	//       "image": "example.com/cart@sha256:0000",
	//       "name": "cart"
	//     }
	//   ],
	//   "family": "shop-beta-cart",
	//   "taskRoleArn": "arn:aws:iam::222222222222:role/shop-beta-cart-task"
	// }
}

func ExampleAppSpec() {
	appspec, err := release.AppSpec("cart", 8080, nil)
	if err != nil {
		panic(err)
	}
	fmt.Print(string(appspec))
	// Output:
	// version: 0.0
	// Resources:
	//   - TargetService:
	//       Type: AWS::ECS::Service
	//       Properties:
	//         TaskDefinition: <TASK_DEFINITION>
	//         LoadBalancerInfo:
	//           ContainerName: cart
	//           ContainerPort: 8080
}
