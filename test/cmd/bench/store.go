package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/synth"
)

// grown writes the configuration of a store of n services in the targets of b.config, and returns it with the name of the
// service whose scope is measured. Of five services it is b.config itself.
func (b *bench) grown(n int) (file, scope string, err error) {
	c, err := config.Load(b.config)
	if err != nil {
		return "", "", err
	}
	if plan := c.Plan(); len(plan.Services) == n {
		file, err = filepath.Abs(b.config)
		return file, plan.Services[n-1].Name, err
	}
	text, err := os.ReadFile(b.config)
	if err != nil {
		return "", "", err
	}
	head, _, found := strings.Cut(string(text), "\nservices:\n")
	if !found {
		return "", "", fmt.Errorf("%s has no line %q", b.config, "services:")
	}
	var s strings.Builder
	s.WriteString(head + "\nservices:\n")
	for i := range n {
		// One public service, and internal ones that each call the one before: the shape of the retail store.
		expose, variables := "internal", fmt.Sprintf("{NEXT: \"${services.service-%d.url}\"}", i-1)
		if i == 0 {
			expose, variables = "{path: /*, block: [/utility/*, /proxy/*]}", "{GREETING: hello}"
		}
		fmt.Fprintf(&s, "  service-%d:\n    build: {preset: go}\n    http: {port: 8080, health: /health}\n    expose: %s\n"+
			"    variables: %s\n    writablePaths: [/tmp]\n", i, expose, variables)
	}
	file = filepath.Join(b.dir, fmt.Sprintf("%d.yaml", n))
	return file, fmt.Sprintf("service-%d", n-1), os.WriteFile(file, []byte(s.String()), 0o644)
}

// split is how `storeship synth` divides a store between processes.
func split(file string, jobs int, strict bool) ([]string, error) {
	c, err := config.Load(file)
	if err != nil {
		return nil, err
	}
	return synth.Parts(c.Plan(), jobs, strict), nil
}
