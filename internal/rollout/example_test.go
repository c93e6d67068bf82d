package rollout_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/rollout"
	"github.com/storeship/storeship/internal/rollout/sample"
)

func ExampleNew() {
	r := rollout.New(sample.Store(), rollout.Options{})
	for _, a := range r.Accounts {
		fmt.Println(a.ID, a.Holds, len(a.Regions[0].Stacks), "stacks")
	}
	for _, s := range r.Pipelines[2].Stages {
		fmt.Print(s.Name, " ")
	}
	// Output:
	// 111111111111 [tools] 7 stacks
	// 222222222222 [beta] 5 stacks
	// 333333333333 [gamma] 5 stacks
	// 444444444444 [prod] 5 stacks
	// Source Build UpdatePipeline beta-us-west-2 gamma-us-west-2 prod-us-west-2
}
