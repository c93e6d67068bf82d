package report_test

import (
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/cfn"
	"github.com/storeship/storeship/internal/cfn/renew/extract"
	"github.com/storeship/storeship/test/harness"
)

// Catches: data of internal/cfn that is not of the package which package-lock.json pins, or that comes without its licence.
// `go run ./internal/cfn/renew` renews it.
func TestSpecificationIsCurrent(t *testing.T) {
	from := filepath.Join(harness.Root, "node_modules", "aws-cdk")
	data := filepath.Join(harness.Root, "internal", "cfn", "data")
	version, err := extract.Version(from)
	require.NoError(t, err)
	require.Equal(t, version, cfn.Version())
	db, err := os.Open(filepath.Join(from, "db.json.gz"))
	require.NoError(t, err)
	defer db.Close()
	want, err := extract.Read(db)
	require.NoError(t, err)
	kept, err := os.Open(filepath.Join(data, "updates.txt.gz"))
	require.NoError(t, err)
	defer kept.Close()
	unzipped, err := gzip.NewReader(kept)
	require.NoError(t, err)
	got, err := io.ReadAll(unzipped)
	require.NoError(t, err)
	require.True(t, string(want) == string(got), "internal/cfn/data is not current: go run ./internal/cfn/renew")
	for _, name := range []string{"LICENSE", "NOTICE"} {
		want, err := os.ReadFile(filepath.Join(from, name))
		require.NoError(t, err)
		got, err := os.ReadFile(filepath.Join(data, name))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), name)
	}
}
