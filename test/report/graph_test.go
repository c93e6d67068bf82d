package report_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/graph"
	"github.com/storeship/storeship/test/harness"
)

// pictures are the examples that the documentation shows, and where.
var pictures = map[string]harness.Input{
	"docs/retail-store.svg": store,
	"docs/monorepo.svg":     {Config: "examples/monorepo/storeship.yaml"},
}

// Catches: a picture in the documentation that is no longer what the example deploys. UPDATE_GOLDEN=1 draws it anew.
func TestPicturesAreCurrent(t *testing.T) {
	for name, in := range pictures {
		a, err := assembly.Open(harness.Synth(t, in).Dir)
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, graph.Of(a).WriteSVG(&b))
		file := filepath.Join(harness.Root, name)
		if os.Getenv("UPDATE_GOLDEN") != "" {
			require.NoError(t, os.WriteFile(file, []byte(b.String()), 0o644))
		}
		current, err := os.ReadFile(file)
		require.NoError(t, err)
		require.Equal(t, b.String(), string(current), "%s is not current: make golden", name)
	}
}
