package synth

import "testing"

// Catches: strict processes that take each other's processors, and a machine of one processor on which nothing works.
func TestDefaultJobs(t *testing.T) {
	for _, c := range []struct {
		processors   int
		strict, want int
	}{{1, 1, 1}, {2, 1, 2}, {4, 2, 4}, {8, 4, 4}, {64, 4, 4}} {
		if got := defaultJobs(c.processors, false); got != c.want {
			t.Errorf("%d processors: %d processes", c.processors, got)
		}
		if got := defaultJobs(c.processors, true); got != c.strict {
			t.Errorf("%d processors, strict: %d processes", c.processors, got)
		}
	}
}
