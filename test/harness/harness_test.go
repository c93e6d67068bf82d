package harness_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// Catches: a difference that is not seen, or told at the wrong place.
func TestDiff(t *testing.T) {
	for _, c := range []struct {
		want, got string
		lines     []string
	}{
		{`{"a": [1, {"b": "x"}], "c": null}`, `{"c": null, "a": [1, {"b": "x"}]}`, nil},
		{`{"a": {"b": 1}}`, `{"a": {"b": 2}}`, []string{"a.b: was 1, is 2"}},
		{`{"a": {"b": 1}}`, `{"a": {"c": 1}}`, []string{"a.b: removed, was 1", "a.c: added, is 1"}},
		{`{"a": [1, 2]}`, `{"a": [1]}`, []string{"a[1]: removed, was 2"}},
		{`{"a": [1]}`, `{"a": [1, {"x": 1}]}`, []string{`a[1]: added, is {"x":1}`}},
		{`{"a": "1"}`, `{"a": 1}`, []string{`a: was "1", is 1`}},
		{`{"a": {}}`, `{"a": []}`, []string{"a: was {}, is []"}},
		{`{"a": []}`, `{"a": "x"}`, []string{`a: was [], is "x"`}},
	} {
		var want, got any
		require.NoError(t, json.Unmarshal([]byte(c.want), &want))
		require.NoError(t, json.Unmarshal([]byte(c.got), &got))
		require.Equal(t, c.lines, harness.Diff(want, got))
	}
}

// Catches: golden files that are too many, too few or different without a word.
func TestCompare(t *testing.T) {
	want := map[string][]byte{"a.json": []byte(`{"x": 1}`), "b.yaml": []byte("b\n"), "c.json": []byte(`{}`), "same.json": []byte(`{"y": 1, "x": 1}`)}
	got := map[string][]byte{"a.json": []byte(`{"x": 2}`), "b.yaml": []byte("c\n"), "d.json": []byte(`{}`), "same.json": []byte("{\"x\": 1,\n\"y\": 1}")}
	require.Equal(t, []string{
		"a.json differs\n  x: was 1, is 2",
		"b.yaml differs\n  was:\nb\n  is:\nc\n",
		"c.json: is no longer written",
		"d.json: is new",
	}, harness.Compare(want, got))
}

// Catches: a digest that is normalized away, and an asset's hash that is not.
func TestNormalize(t *testing.T) {
	hash := "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	got, err := harness.Normalize("x.json", []byte(`{"b":"`+hash+`.zip","a":"repo@sha256:`+hash+` <x> & y"}`))
	require.NoError(t, err)
	require.Equal(t, "{\n  \"a\": \"repo@sha256:"+hash+" <x> & y\",\n  \"b\": \"<asset>.zip\"\n}\n", string(got))
}

// Catches: a golden test that passes without its golden files, and files that are left over after an update.
func TestGolden(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "golden")
	files := map[string][]byte{"a/b.json": []byte(`{}`)}
	r := &recorder{TB: t}
	t.Setenv("UPDATE_GOLDEN", "")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	harness.Golden(r, dir, files)
	require.True(t, r.failed, "no golden files, no failure")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "old.json"), nil, 0o644))
	t.Setenv("UPDATE_GOLDEN", "1")
	harness.Golden(t, dir, files)
	t.Setenv("UPDATE_GOLDEN", "")
	harness.Golden(t, dir, files)
	require.NoFileExists(t, filepath.Join(dir, "old.json"))
}

// recorder is a test that may fail.
type recorder struct {
	testing.TB
	failed bool
}

func (r *recorder) Errorf(string, ...any) { r.failed = true }
