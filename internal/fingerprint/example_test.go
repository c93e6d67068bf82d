package fingerprint_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/fingerprint"
)

func ExampleOf() {
	dir, err := os.MkdirTemp("", "fingerprint")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for name, content := range map[string]string{
		"manifest.json": `{"version": "54.0.0", "artifacts": {"shop-ui": {"type": "aws:cloudformation:stack",
			"environment": "aws://111111111111/us-west-2", "properties": {"templateFile": "shop-ui.template.json"}}}}`,
		"shop-ui.template.json": `{"Resources": {"Pipeline": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Name": "shop-ui"}}}}`,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			panic(err)
		}
	}
	a, err := assembly.Open(dir)
	if err != nil {
		panic(err)
	}
	all, err := fingerprint.Of(a)
	if err != nil {
		panic(err)
	}
	fmt.Println(len(all), all[0].Pipeline, len(all[0].SHA256))
	// Output: 1 shop-ui 64
}
