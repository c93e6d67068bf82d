package stacks_test

import (
	"fmt"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/stacks"
)

// A store of one service in plain Go. A program hands this function to storeship.Run.
func ExampleNewStorefront() {
	app := awscdk.NewApp(nil)
	shop := stacks.NewStorefront(app, &stacks.StorefrontProps{
		Plan: &environment.Plan{
			Store: &environment.Store{
				Name:  "shop",
				Tools: environment.Tools{Account: "111111111111", Region: "us-west-2"},
				Environments: []*environment.Environment{{
					Name: "prod", Kind: environment.Production, Account: "444444444444",
					Domain: &environment.Domain{Name: "shop.example.com", ZoneID: "Z0444444444444PROD"},
					Waves:  []environment.Wave{{Regions: []string{"us-west-2"}}},
				}},
			},
			Services: []*environment.Service{{
				Name:  "catalog",
				Build: environment.Build{Preset: environment.PresetGo},
				Runtime: environment.Runtime{
					HTTP:   &environment.HTTP{Port: 8080, Health: "/health"},
					Expose: &environment.Expose{Path: "/*"},
				},
			}},
		},
		Scope: "catalog",
	})
	for _, service := range shop.Services[0].Services {
		fmt.Println(service.Name, "in", service.Target.ID())
	}
	// Output: catalog in prod-us-west-2
}
