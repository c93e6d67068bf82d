package change_test

import (
	"fmt"

	"github.com/storeship/storeship/internal/change"
	"github.com/storeship/storeship/internal/config"
)

func ExampleNew() {
	old, err := config.Load("testdata/base.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	c, err := change.Retire(old, "catalog", change.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, step := range c.Steps {
		fmt.Println(step.Title)
	}
	fmt.Println(len(change.New(old, old, change.Options{}).Differences), "differences from itself")
	// Output:
	// Delete the pipeline of catalog
	// Delete what runs of catalog
	// Push the delivery repository, from its folder
	// Wait for the platform pipeline
	// 0 differences from itself
}
