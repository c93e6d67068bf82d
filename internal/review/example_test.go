package review_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/review"
)

func ExampleNew() {
	const service = `{"Resources": {"Service": {"Type": "AWS::ECS::Service", "Properties": {
		"DeploymentController": {"Type": "CODE_DEPLOY"}, "HealthCheckGracePeriodSeconds": %d}}}}`
	var opened []*assembly.Assembly
	for _, seconds := range []int{60, 90} {
		dir, err := os.MkdirTemp("", "review")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(dir)
		for name, content := range map[string]string{
			"manifest.json": `{"version": "54.0.0", "artifacts": {"ui": {"type": "aws:cloudformation:stack",
				"environment": "aws://222222222222/us-west-2", "properties": {"templateFile": "ui.json", "stackName": "shop-beta-ui"}}}}`,
			"ui.json": fmt.Sprintf(service, seconds),
		} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
				panic(err)
			}
		}
		a, err := assembly.Open(dir)
		if err != nil {
			panic(err)
		}
		opened = append(opened, a)
	}
	report := review.New(opened[0], opened[1])
	for _, f := range report.Findings {
		fmt.Println(f.Level, f.Path, f.Property, "in", f.Where[0])
	}
	// Output: will-fail Service HealthCheckGracePeriodSeconds in shop-beta-ui in 222222222222 us-west-2
}
