package test

import (
	"testing"

	"github.com/storeship/storeship/test/harness"
)

// Catches: any change of what is deployed that its author did not mean. The diff of these files is what a reviewer reads.
func TestGoldenRetailStore(t *testing.T) {
	harness.Golden(t, "testdata/golden/retail-store", harness.Synth(t, store).Templates(t))
}
