package kernel

import "testing"

// A value that outlives its kernel names another object, or none, in the next: nothing may be kept before Keep or after its end.
func TestNothingIsKeptOutside(t *testing.T) {
	made := 0
	count := func() int { return Once("count", func() int { made++; return made }) }
	if a, b := count(), count(); a == b {
		t.Error("kept before Keep")
	}
	end := Keep()
	first := count()
	if count() != first {
		t.Error("made twice")
	}
	inner := Keep()
	if count() == first {
		t.Error("kept for another kernel")
	}
	inner()
	if count() != first {
		t.Error("forgotten by what another kernel needed")
	}
	end()
	for range 2 {
		if count() == first {
			t.Error("kept after the end")
		}
	}
}
