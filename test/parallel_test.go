package test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Catches: a kernel of jsii among tests that run side by side, which it answers with crashes and mixed-up messages.
func TestNoKernelInThisPackage(t *testing.T) {
	t.Parallel()
	out, err := exec.Command("go", "list", "-test", "-deps", ".").Output()
	require.NoError(t, err)
	packages := strings.Fields(string(out))
	require.Contains(t, packages, "github.com/storeship/storeship/test/harness")
	require.NotContains(t, packages, "github.com/aws/jsii-runtime-go")
}
