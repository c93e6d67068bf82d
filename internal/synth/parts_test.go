package synth

import (
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/rollout/sample"
)

// Catches a scope that no part synthesizes or that two do, an order other than the app's, and a part that is not worth a process.
func TestParts(t *testing.T) {
	plan := sample.Store() // two services
	var all []string
	for _, s := range scopes(plan) {
		all = append(all, s.name)
	}
	for n := range 20 {
		list := Parts(plan, n, false)
		if len(list) > max(n, 1) {
			t.Errorf("%d parts, want at most %d", len(list), n)
		}
		if n <= 1 {
			if !slices.Equal(list, []string{""}) {
				t.Errorf("%d: %q, want everything at once", n, list)
			}
			continue
		}
		if got := strings.Split(strings.Join(list, ","), ","); !slices.Equal(got, all) {
			t.Errorf("%d: %q, want every scope once, in order: %q", n, list, all)
		}
	}
	if got := len(Parts(plan, 100, false)); got > 4 {
		t.Errorf("%d processes for two services", got)
	}
	if got := len(Parts(plan, 2, true)); got != 1 {
		t.Errorf("%d validators for two services", got)
	}
}

// Catches two processes of which one does most of the work.
func TestPartsAreEven(t *testing.T) {
	plan := sample.SixRegions()
	for len(plan.Services) < 20 {
		s := *plan.Services[0]
		s.Name += strings.Repeat("x", len(plan.Services))
		plan.Services = append(plan.Services, &s)
	}
	weight := map[string]int{}
	total := 0
	for _, s := range scopes(plan) {
		weight[s.name] = s.weight
		total += s.weight
	}
	for _, n := range []int{2, 3, 4} {
		list := Parts(plan, n, false)
		if len(list) != n {
			t.Fatalf("%d parts, want %d", len(list), n)
		}
		for _, p := range list {
			w := 0
			for _, s := range strings.Split(p, ",") {
				w += weight[s]
			}
			if share := total / n; w < share*8/10 || w > share*12/10 {
				t.Errorf("%d parts: %s weighs %d, want about %d", n, p, w, share)
			}
		}
	}
}
