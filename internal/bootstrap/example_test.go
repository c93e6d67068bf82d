package bootstrap_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/bootstrap"
	"github.com/storeship/storeship/internal/rollout/sample"
)

func ExampleNew() {
	b := bootstrap.New(sample.Store(), bootstrap.Options{})
	prod := b.Accounts[3]
	fmt.Println(prod.Regions[0].Bootstrap)
	for _, q := range prod.Regions[0].Quotas {
		if !q.Enough() {
			fmt.Println(q.Name, q.Need)
		}
	}
	// Output:
	// npx cdk bootstrap aws://444444444444/us-west-2 --app '' --trust 111111111111 --cloudformation-execution-policies arn:aws:iam::aws:policy/AdministratorAccess --public-access-block-configuration --termination-protection
	// Fargate On-Demand vCPU resource count 12
}
