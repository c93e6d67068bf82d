package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// mistaken is an app team's program; the line that is wrong ends in "// here".
const mistaken = `package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship"
	"github.com/storeship/storeship/constructs/network"
)

func main() {
	storeship.Run(func(app awscdk.App) {
		stack := awscdk.NewStack(app, jsii.String("Shop"), nil)
		network.NewVpc(stack, "Network", &network.VpcProps{AvailabilityZones: 7}) // here
	})
}
`

// Catches a mistake of an importer that ends in a stack trace, in a line of the library, or in success.
func TestMistakeOfAnImporterIsOneLine(t *testing.T) {
	dir := t.TempDir()
	example := filepath.Join(harness.Root, "examples", "single-service")
	for _, name := range []string{"go.mod", "go.sum"} {
		text, err := os.ReadFile(filepath.Join(example, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), text, 0o666))
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.go"), []byte(mistaken), 0o666))
	run(t, dir, nil, "go", "mod", "edit", "-replace", module+"="+harness.Root)
	run(t, dir, []string{"GOFLAGS=-mod=mod", "GOPROXY=off"}, "go", "build", "-buildvcs=false", "-o", "app", ".")

	cmd := exec.Command(filepath.Join(dir, "app"))
	cmd.Dir, cmd.Env = dir, append(harness.Environ(), "CDK_OUTDIR="+filepath.Join(dir, "cdk.out"))
	said, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 1, exit.ExitCode())

	here := 1 + strings.Count(mistaken[:strings.Index(mistaken, "// here")], "\n")
	require.Regexp(t, fmt.Sprintf(`^main\.go:%d: network\.Vpc Shop/Network: AvailabilityZones: .+, got 7\n$`, here), string(said))
}
