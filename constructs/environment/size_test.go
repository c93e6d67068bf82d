package environment

import "testing"

// Each case catches a size that is rounded where it should be refused, or that reaches a template as it was said.
func TestSizesAreRoundedUp(t *testing.T) {
	for _, c := range []struct{ cpu, memory, wantCPU, wantMemory int }{
		{0, 0, 512, 1024},
		{128, 0, 256, 1024},
		{1, 1, 256, 512},
		{128, 256, 256, 512},
		{256, 0, 256, 1024},
		{512, 512, 512, 1024},
		{1024, 0, 1024, 2048},
		{16384, 1024, 16384, 32768},
		{0, 100, 512, 1024},
		// No multiple of a step, too much, or a CPU between two: what is meant is for a person to say.
		{512, 1500, 512, 1500},
		{256, 1536, 256, 1536},
		{256, 4096, 256, 4096},
		{300, 300, 300, 300},
		{-1, -1, -1, -1},
	} {
		r := Runtime{CPU: c.cpu, MemoryMiB: c.memory}.WithDefaults(Test)
		if r.CPU != c.wantCPU || r.MemoryMiB != c.wantMemory {
			t.Errorf("cpu %d and memory %d become %d and %d, want %d and %d", c.cpu, c.memory, r.CPU, r.MemoryMiB, c.wantCPU, c.wantMemory)
		}
	}
}

// Catches a service that says nothing and is warned of, and one of several environments that is forgotten.
func TestRoundedIsSaidWhereItIs(t *testing.T) {
	p := newPlan(func(p *Plan) {
		mailer(p).Overrides = map[string]func(*Runtime){"beta": func(r *Runtime) { r.CPU, r.MemoryMiB = 100, 100 }}
	})
	var got []string
	for _, w := range p.Warnings() {
		got = append(got, w.Environment+" "+w.Path)
	}
	if len(got) != 2 || got[0] != "beta services.mailer.cpu" || got[1] != "beta services.mailer.memoryMiB" {
		t.Errorf("got %v", got)
	}
}

// Catches a construct that refuses what a plan takes: both check the same runtime, as it was said.
func TestRuntimeAloneIsRoundedUp(t *testing.T) {
	if err := (Runtime{CPU: 128, MemoryMiB: 256}).Validate("Runtime").Err(); err != nil {
		t.Error(err)
	}
}
