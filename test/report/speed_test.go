package report_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// What a review of the retail store may cost. Seconds are those of the processor, because tests run beside others: it takes two to three
// where builds changed, whose scripts it reads, and on a busy machine twice as long.
const (
	mostSeconds = 6.0
	mostMB      = 500
)

// Catches: a review that a person waits for, or that a small build machine has no memory for; one that needs credentials, a
// network or Node; and two assemblies that are the same and do not say so.
func TestReviewIsFast(t *testing.T) {
	program := filepath.Join(t.TempDir(), "storeship")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", program, "./apps/storeship")
	build.Dir = harness.Root
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	old, renewed := seeded(t, seeds())
	for _, format := range []string{"text", "markdown", "json", "html"} {
		cmd := exec.Command(program, "review", old.Dir, renewed.Dir, "-fail-on", "none", "-format", format)
		cmd.Env = []string{} // nothing of the machine
		cmd.Stdout, cmd.Stderr = io.Discard, os.Stderr
		require.NoError(t, cmd.Run())
		seconds := (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
		megabytes := int(usage.Maxrss) / 1000
		if megabytes > 100_000 {
			megabytes /= 1000 // macOS counts bytes.
		}
		t.Logf("%s: %.2f s of the processor, %d MB", format, seconds, megabytes)
		require.Less(t, seconds, mostSeconds)
		require.Less(t, megabytes, mostMB)
	}
	cmd := exec.Command(program, "review", old.Dir, old.Dir, "-fail-on", "harmless")
	cmd.Env = []string{}
	out, err = cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "The two are the same.\n")
}
