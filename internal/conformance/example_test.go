package conformance_test

import (
	"fmt"
	"path/filepath"

	"github.com/storeship/storeship/internal/conformance"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
)

// The gates of the pipelines of a folder, and whether a required one is missing or hollow.
func ExampleJudge() {
	dir := filepath.Join("..", "..", "apps", "storeship", "testdata", "conformance", "plain")
	catalogue, err := conformance.Default()
	if err != nil {
		panic(err)
	}
	stacks, err := template.Open(dir)
	if err != nil {
		panic(err)
	}
	report := conformance.Judge(pipeline.Read(dir, stacks), stacks, catalogue)
	for _, row := range report.Pipelines[0].Rows {
		if row.ID == "sast" {
			fmt.Println(row.State, row.Evidence[0].Command)
		}
	}
	fmt.Println(report.Failed())
	// Output:
	// present bandit -r src
	// false
}
