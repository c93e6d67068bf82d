package environment

import (
	"slices"
	"strconv"

	"github.com/storeship/storeship/internal/text"
)

// Size is the memory that Fargate offers with a CPU.
type Size struct {
	// CPU in units of 1/1024 vCPU.
	CPU int
	// Min, Max and Step of the memory, in MiB.
	Min, Max, Step int
}

// Sizes are all sizes that Fargate offers Linux tasks.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
var Sizes = []Size{
	{256, 512, 2048, 512}, // without 1536
	{512, 1024, 4096, 1024},
	{1024, 2048, 8192, 1024},
	{2048, 4096, 16384, 1024},
	{4096, 8192, 30720, 1024},
	{8192, 16384, 61440, 4096},
	{16384, 32768, 122880, 8192},
}

// Offers says whether Fargate offers the memory with the size's CPU.
func (z Size) Offers(memoryMiB int) bool {
	return memoryMiB >= z.Min && memoryMiB <= z.Max && (memoryMiB-z.Min)%z.Step == 0 && memoryMiB != 1536
}

// String lists the memory of a size: "512, 1024 or 2048".
func (z Size) String() string {
	var all []int
	for m := z.Min; m <= z.Max; m += z.Step {
		if z.Offers(m) {
			all = append(all, m)
		}
	}
	if len(all) <= 4 {
		return text.Or(all)
	}
	return strconv.Itoa(z.Min) + " to " + strconv.Itoa(z.Max) + " in steps of " + strconv.Itoa(z.Step)
}

// roundUp turns a size below the smallest of its kind into that: a CPU into Fargate's least, a memory into the least with
// that CPU. What Fargate does not offer otherwise stays, for the next size may be neither cheaper nor what is meant.
func roundUp(cpu, memoryMiB int) (int, int) {
	if cpu > 0 {
		cpu = max(cpu, Sizes[0].CPU)
	}
	for _, z := range Sizes {
		if z.CPU == cpu && memoryMiB > 0 {
			memoryMiB = max(memoryMiB, z.Min)
		}
	}
	return cpu, memoryMiB
}

// rounded says which sizes are not what the plan says: said is what the plan says, r has the defaults as well.
func (c *checker) rounded(at string, said, r Runtime) {
	if said.CPU > 0 && said.CPU != r.CPU {
		c.add(at+".cpu", "%d is less than Fargate's least; it is rounded up to %d (1024 is one vCPU)", said.CPU, r.CPU)
	}
	asked, what := said.MemoryMiB, "%d is"
	if asked == 0 {
		asked, what = DefaultMemoryMiB, "the default, %d, is"
	}
	if asked > 0 && asked != r.MemoryMiB {
		c.related([]string{at + ".cpu"}, at+".memoryMiB", what+" less than Fargate's least with cpu %d; it is rounded up to %d",
			asked, r.CPU, r.MemoryMiB)
	}
}

func (c *checker) size(at string, said, r Runtime) {
	cpus, fitting := []int{}, []int{}
	for _, z := range Sizes {
		cpus = append(cpus, z.CPU)
		if z.Offers(r.MemoryMiB) {
			fitting = append(fitting, z.CPU)
		}
	}
	i := slices.Index(cpus, r.CPU)
	if i < 0 {
		c.add(at+".cpu", "Fargate offers %s (1024 is one vCPU), got %d", text.Or(cpus), r.CPU)
		return
	}
	if Sizes[i].Offers(r.MemoryMiB) {
		return
	}
	wayOut := ""
	if len(fitting) > 0 {
		wayOut = "; or cpu " + text.Or(fitting) + " for that memory"
	}
	cpu := strconv.Itoa(r.CPU)
	if said.CPU != 0 && said.CPU != r.CPU {
		cpu += ", the least," // what the plan says is rounded up to it
	}
	c.related([]string{at + ".cpu"}, at+".memoryMiB", "with cpu %s Fargate offers memoryMiB %s, got %d%s",
		cpu, Sizes[i], r.MemoryMiB, wayOut)
}
