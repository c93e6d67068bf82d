// Command single-service is an app team's own CDK app: one service, its pipeline and two environments, in plain Go.
package main

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/storeship/storeship"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/stacks"
)

func main() {
	storeship.Run(func(app awscdk.App) {
		stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: plan()})
	})
}

func plan() *environment.Plan {
	return &environment.Plan{
		Store: &environment.Store{
			Name:  "greeter",
			Tools: environment.Tools{Account: "111111111111", Region: "eu-west-1"},
			Environments: []*environment.Environment{
				{
					Name: "beta", Kind: environment.Test, Account: "222222222222",
					Domain: &environment.Domain{Name: "beta.hello.example.com", ZoneID: "Z0222222222222BETA"},
					Waves:  []environment.Wave{{Regions: []string{"eu-west-1"}}},
				},
				{
					Name: "prod", Kind: environment.Production, Account: "444444444444",
					Domain:   &environment.Domain{Name: "hello.example.com", ZoneID: "Z0444444444444PROD"},
					Waves:    []environment.Wave{{Regions: []string{"eu-west-1"}, Bake: 30 * time.Minute}},
					Approval: &environment.Approval{Notify: []string{"team@hello.example.com"}},
				},
			},
		},
		Services: []*environment.Service{{
			Name:  "hello",
			Build: environment.Build{Preset: environment.PresetGo},
			Runtime: environment.Runtime{
				HTTP:   &environment.HTTP{Port: 8080, Health: "/health"},
				Expose: &environment.Expose{Path: "/*"},
			},
			Overrides: map[string]func(*environment.Runtime){
				"prod": func(r *environment.Runtime) { r.CPU, r.MemoryMiB = 1024, 2048 },
			},
		}},
	}
}
