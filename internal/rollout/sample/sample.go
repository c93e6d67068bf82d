package sample

import (
	"time"

	"github.com/storeship/storeship/constructs/environment"
)

// Store is the retail store with ui and catalog in three accounts, one region each.
func Store() *environment.Plan {
	return &environment.Plan{
		Store: &environment.Store{
			Name:  "retail-store",
			Tools: environment.Tools{Account: "111111111111", Region: "us-west-2"},
			Notifications: environment.Notifications{
				Notify: []string{"team@shop.example.com"}, OnCall: []string{"oncall@shop.example.com"},
			},
			Environments: []*environment.Environment{
				{
					Name: "beta", Kind: environment.Test, Account: "222222222222",
					Domain: &environment.Domain{Name: "beta.shop.example.com", ZoneID: "Z01"},
					Waves:  []environment.Wave{{Regions: []string{"us-west-2"}}},
				},
				{
					Name: "gamma", Kind: environment.Preproduction, Account: "333333333333",
					Domain: &environment.Domain{Name: "gamma.shop.example.com", ZoneID: "Z02"},
					Waves:  []environment.Wave{{Regions: []string{"us-west-2"}}},
				},
				{
					Name: "prod", Kind: environment.Production, Account: "444444444444",
					Domain:   &environment.Domain{Name: "shop.example.com", ZoneID: "Z04"},
					Approval: &environment.Approval{Notify: []string{"release-managers@shop.example.com"}},
					Waves:    []environment.Wave{{Regions: []string{"us-west-2"}}},
				},
			},
		},
		Services: []*environment.Service{
			{
				Name:  "catalog",
				Build: environment.Build{Preset: environment.PresetGo},
				Runtime: environment.Runtime{
					HTTP:   &environment.HTTP{Port: 8080, Health: "/health"},
					Expose: &environment.Expose{Internal: true},
				},
			},
			{
				Name:  "ui",
				Build: environment.Build{Preset: environment.PresetJavaMaven},
				Runtime: environment.Runtime{
					HTTP:   &environment.HTTP{Port: 8080, Health: "/actuator/health"},
					Expose: &environment.Expose{Path: "/*", Block: []string{"/utility/*", "/proxy/*"}},
				},
			},
		},
	}
}

// SixRegions is the store with production in three waves of two regions, and one of the regions opt-in. Catalog has a
// secret and is bigger in production; ui is released in steps.
func SixRegions() *environment.Plan {
	p := Store()
	p.Store.Environments[1].Waves = []environment.Wave{{Regions: []string{"us-west-2", "us-east-1"}}}
	p.Store.Environments[2].Waves = []environment.Wave{
		{Regions: []string{"us-west-2", "us-east-1"}, Bake: 30 * time.Minute},
		{Regions: []string{"eu-central-1", "eu-west-1"}, Bake: 30 * time.Minute},
		{Regions: []string{"ap-south-1", "me-central-1"}},
	}
	catalog, ui := p.Services[0], p.Services[1]
	catalog.Runtime.Secrets = map[string]string{
		"API_KEY": "secretsmanager:catalog/credentials#key",
		"API_URL": "ssm:/catalog/api-url",
	}
	catalog.Overrides = map[string]func(*environment.Runtime){
		"prod": func(r *environment.Runtime) { r.CPU, r.MemoryMiB, r.Scale.Max = 1024, 2048, 30 },
	}
	ui.Overrides = map[string]func(*environment.Runtime){
		"prod": func(r *environment.Runtime) {
			r.Release = environment.Release{Strategy: environment.Linear, Percent: 20, Interval: 2 * time.Minute}
		},
	}
	return p
}

// Sandbox is the store of a person with one account and no domain, with a worker besides.
func Sandbox() *environment.Plan {
	p := Store()
	p.Store.Sandbox = true
	for _, e := range p.Store.Environments {
		e.Account, e.Domain = p.Store.Tools.Account, nil
	}
	p.Services = append(p.Services, &environment.Service{
		Name:    "orders",
		Source:  environment.Source{Repository: "retail-store-catalog", Path: "orders"},
		Build:   environment.Build{Preset: environment.PresetGo, Architecture: environment.Arm64},
		Runtime: environment.Runtime{CPU: 256, MemoryMiB: 512},
	})
	return p
}
