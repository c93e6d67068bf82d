package sample

import "github.com/storeship/storeship/constructs/environment"

// Mixed is the store with its code in many places: the delivery repository on GitHub, two services in a monorepo there, two
// in a monorepo of CodeCommit with a filter, and one that is uploaded.
func Mixed() *environment.Plan {
	p := Store()
	p.Source = environment.Source{
		Provider: environment.GitHub, Owner: "acme",
		Connection: "arn:aws:codeconnections:eu-west-1:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
	}
	for _, s := range p.Services {
		s.Source = environment.Source{Repository: "shop", Path: s.Name}
		s.Source.FilePaths = environment.FilePaths{Includes: []string{s.Name + "/**", "lib/**"}, Excludes: []string{"**.md"}}
	}
	worker := func(name string, source environment.Source) {
		p.Services = append(p.Services, &environment.Service{Name: name, Source: source, Build: environment.Build{Preset: environment.PresetGo}})
	}
	for _, name := range []string{"mailer", "reports"} {
		worker(name, environment.Source{
			Provider: environment.CodeCommit, Filter: environment.FilterCodeBuild, Repository: "workers", Path: name,
		})
	}
	worker("news", environment.Source{Provider: environment.S3})
	return p
}
