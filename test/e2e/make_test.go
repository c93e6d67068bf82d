package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// makeFails runs make in the repository, expects it to fail, and returns everything that it said.
func makeFails(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("make", args...)
	cmd.Dir = harness.Root
	cmd.Env = append(harness.Environ(), "MAKEFLAGS=", "MFLAGS=")
	out, err := cmd.CombinedOutput()
	require.Error(t, err, "make %q succeeded:\n%s", args, out)
	require.NotContains(t, string(out), "goroutine ", "make %q printed a stack trace", args)
	return string(out)
}

// Catches a synth that has begun to write before it finds that the configuration is wrong.
func TestBadConfigurationLeavesOutputAlone(t *testing.T) {
	dir := t.TempDir()
	config, out := filepath.Join(dir, "storeship.yaml"), filepath.Join(dir, "cdk.out")
	require.NoError(t, os.WriteFile(config, []byte("store: [1]\nservice: {}\n"), 0o666))
	require.NoError(t, os.Mkdir(out, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(out, "cdk.out"), []byte("{}"), 0o666))
	require.NoError(t, os.WriteFile(filepath.Join(out, "old.template.json"), []byte("old"), 0o666))

	said := makeFails(t, "synth", "CONFIG="+config, "OUT="+out)
	require.Contains(t, said, config+":1:8: store: ")
	require.Contains(t, said, config+":2:1: service: ")
	entries, err := os.ReadDir(out)
	require.NoError(t, err)
	require.Len(t, entries, 2)
	text, err := os.ReadFile(filepath.Join(out, "old.template.json"))
	require.NoError(t, err)
	require.Equal(t, "old", string(text))
	require.NoDirExists(t, out+".partial")
}

// Catches OUT=$HOME: a folder that holds something else than an assembly must never be replaced by one.
func TestOutputThatIsNoAssemblyIsRefused(t *testing.T) {
	out := t.TempDir()
	thesis := filepath.Join(out, "thesis.txt")
	require.NoError(t, os.WriteFile(thesis, []byte("mine"), 0o666))
	said := makeFails(t, "fast", "OUT="+out+"/")
	require.Contains(t, said, "storeship synth: "+out+" is not a cloud assembly")
	require.FileExists(t, thesis)
}
