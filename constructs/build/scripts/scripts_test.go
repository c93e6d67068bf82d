package scripts_test

import (
	"fmt"
	"testing"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/pinned"
)

// What a preset runs, and what it must have written.
func Example() {
	preset := scripts.Of(environment.PresetGo)
	fmt.Println(preset.Tests, preset.Reports, preset.Format)
	fmt.Print(scripts.Text("require-report"))
	// Output:
	// [test-go] reports/junit.xml COBERTURAXML
	// [ -n "$(find . -type f -path "./$TEST_REPORTS_PATTERN" -print)" ] ||
	//   fail "${REPORT_OF-the tests} wrote no report that matches $TEST_REPORTS in $PWD"
}

// Catches a preset that names a script or a version that does not exist, or measures what nothing can read.
func TestPresets(t *testing.T) {
	for _, name := range environment.Presets {
		p := scripts.Of(name)
		all := append(append(append(append([]string{}, p.Tools...), p.Tests...), p.QualityTools...), p.Quality...)
		if len(scripts.Text(all...)) < 100 || len(pinned.Variables(append(p.Pins, p.QualityPins...)...)) == 0 {
			t.Errorf("%s runs %q", name, all)
		}
		if p.Runtime == "" || p.Version == "" || p.Reports == "" || p.Coverage == "" || p.Format == "" || len(p.Languages) == 0 {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if got := scripts.FindPattern("./**/out/*.xml"); got != "*out/*.xml" {
		t.Errorf("pattern %s", got)
	}
}
