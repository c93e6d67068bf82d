package repotest

import (
	"os"
	"path/filepath"
	"testing"
)

// An example whose CDK CLI or Node.js has fallen behind the ones that everything is tested with: its pipeline would
// synthesize other templates, or none.
func TestExampleHasOurVersions(t *testing.T) {
	for _, name := range []string{"package.json", "package-lock.json", ".npmrc"} {
		want, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Fatal(err)
		}
		example := filepath.Join(root, "examples", "single-service", name)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			if err := os.WriteFile(example, want, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		if got, err := os.ReadFile(example); err != nil || string(got) != string(want) {
			t.Errorf("%s differs from the one at the root; run UPDATE_GOLDEN=1 go test ./internal/repotest", example)
		}
	}
}
