package measure_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// Catches: a page that names other metrics, units, dimensions or times than the function has.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "metrics.md"))
	if err != nil {
		t.Fatal(err)
	}
	wants := []string{
		"`" + measure.Namespace + "`", "`" + measure.StoreDimension + "`", "`" + measure.ServiceDimension + "`",
		fmt.Sprintf("All look at the %d days before", int(measure.Window.Hours()/24)),
		fmt.Sprintf("Facts are kept for %d days", int(measure.Kept.Hours()/24)),
	}
	for _, m := range measure.Metrics {
		wants = append(wants, fmt.Sprintf("| %s | `%s` | %s |", m.Title, m.Name, strings.ToLower(string(m.Unit))))
	}
	for _, want := range wants {
		if !strings.Contains(string(page), want) {
			t.Errorf("docs/metrics.md does not say %s", want)
		}
	}
	if n := strings.Count(string(page), "| `"); n != len(measure.Metrics) {
		t.Errorf("docs/metrics.md has %d metrics, want %d", n, len(measure.Metrics))
	}
}
