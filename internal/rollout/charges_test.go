package rollout

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/rollout/sample"
)

// A rolling release replaces up to the maximum percentage at a time, codedeploy doubles.
func TestPeak(t *testing.T) {
	rolling := environment.Runtime{Scale: environment.Scale{Max: 3}, Release: environment.Release{Engine: environment.Rolling, MaxHealthyPercent: 150}}
	if got := Peak(rolling); got != 5 {
		t.Errorf("rolling: got %d, want 5", got)
	}
	rolling.Release.Engine = environment.CodeDeploy
	if got := Peak(rolling); got != 6 {
		t.Errorf("codedeploy: got %d, want 6", got)
	}
	rolling.Scale.Peaks = []environment.Peak{{Max: 40}, {Max: 20}}
	if got := Peak(rolling); got != 80 {
		t.Errorf("in the largest peak: got %d, want 80", got)
	}
}

// table reads the rows of the first table below a heading: the first cell and the cells of numbers.
func table(t *testing.T, page, heading string) map[string]string {
	t.Helper()
	_, section, ok := strings.Cut(page, "\n## "+heading+"\n")
	if !ok {
		t.Fatalf("no section %s", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	rows := map[string]string{}
	for _, line := range strings.Split(section, "\n") {
		if !strings.HasPrefix(line, "| ") {
			continue
		}
		cells := strings.Split(strings.Trim(line, "| "), " | ")
		if strings.HasPrefix(cells[0], "---") || cells[0] == "what" {
			continue
		}
		rows[cells[0]] = strings.Join(cells[1:], " | ")
	}
	return rows
}

// docs/costs.md says what the model says. Catches a default that changed and a page that did not.
func TestCostsPage(t *testing.T) {
	data, err := os.ReadFile("../../docs/costs.md")
	if err != nil {
		t.Fatal(err)
	}
	page, p := string(data), sample.Store()
	target := func(i int) environment.Target {
		return p.Store.Environments[i].Targets(p.Store)[0]
	}
	compare := func(heading string, columns ...[]Charge) {
		rows := table(t, page, heading)
		for i, c := range columns[0] {
			resource := "–"
			if c.Resource != "" {
				resource = "`" + c.Resource + "`"
			}
			want := resource + " | " + c.Unit
			for _, column := range columns {
				want += fmt.Sprintf(" | %d", column[i].Count)
			}
			if got := rows[c.What]; got != want {
				t.Errorf("%s: %s: the page says %q, the model %q", heading, c.What, got, want)
			}
			delete(rows, c.What)
		}
		for what := range rows {
			t.Errorf("%s: the model has no %s", heading, what)
		}
	}
	compare("A target", Charges(target(0)), Charges(target(1)), Charges(target(2)))
	service := p.Services[0]
	compare("A service in a target", ServiceCharges(target(0), service), ServiceCharges(target(1), service), ServiceCharges(target(2), service))
	customers := environment.Runtime{HTTP: &environment.HTTP{Port: 80, Health: "/"}, Expose: &environment.Expose{Path: "/*"}}
	compare("A service that customers reach", CanaryCharges(customers.WithDefaults(environment.Preproduction)), CanaryCharges(customers.WithDefaults(environment.Production)))
	internal := environment.Runtime{HTTP: &environment.HTTP{Port: 80, Health: "/"}, Expose: &environment.Expose{Internal: true}}
	compare("An internal service", CanaryCharges(internal.WithDefaults(environment.Preproduction)))
	if got := CanaryCharges(internal.WithDefaults(environment.Production)); got != nil {
		t.Errorf("an internal service in production: got %v", got)
	}
	compare("The tools account", ToolsCharges(p), ToolsCharges(sample.SixRegions()))
	if m := regexp.MustCompile(`[$€] ?[0-9]`).FindString(page); m != "" {
		t.Errorf("prices change by region and month, and the page names one: %s", m)
	}
}
