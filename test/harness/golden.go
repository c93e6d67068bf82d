package harness

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// assetHash is the name of a file asset. It changes with the smallest change of what it names, which has a golden file of
// its own; an image digest is kept.
var assetHash = regexp.MustCompile(`(sha256:)?\b[0-9a-f]{64}\b`)

// Normalize replaces what changes for no reason that a reviewer cares for, and indents JSON.
func Normalize(name string, content []byte) ([]byte, error) {
	content = assetHash.ReplaceAllFunc(content, func(m []byte) []byte {
		if bytes.HasPrefix(m, []byte("sha256:")) {
			return m
		}
		return []byte("<asset>")
	})
	if !strings.HasSuffix(name, ".json") {
		return content, nil
	}
	var document any
	if err := json.Unmarshal(content, &document); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(document)
	return b.Bytes(), err
}

// Golden compares files, by their path with slashes, with those of the folder dir, all of them and nothing but them. JSON is
// compared as parsed documents, and the difference is told by the paths of the values. With UPDATE_GOLDEN=1 it writes the
// folder instead.
func Golden(t testing.TB, dir string, files map[string][]byte) {
	t.Helper()
	require.NotEmpty(t, files, "nothing to compare with %s", dir)
	got := map[string][]byte{}
	for name, content := range files {
		n, err := Normalize(name, content)
		require.NoError(t, err, name)
		got[name] = n
	}
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		require.NoError(t, os.RemoveAll(dir))
		for name, content := range got {
			file := filepath.Join(dir, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
			require.NoError(t, os.WriteFile(file, content, 0o644))
		}
		return
	}
	want := (&Output{Dir: dir}).Files(t, func(string) bool { return true })
	for _, line := range Compare(want, got) {
		t.Errorf("%s: %s\n(make golden rewrites the golden files; their diff is part of the review)", dir, line)
	}
}

// Compare lists how two sets of files differ, a text for each file that does.
func Compare(want, got map[string][]byte) []string {
	var texts []string
	for _, name := range keysOf(anyOf(want), anyOf(got)) {
		w, inWant := want[name]
		g, inGot := got[name]
		switch {
		case !inGot:
			texts = append(texts, name+": is no longer written")
		case !inWant:
			texts = append(texts, name+": is new")
		case strings.HasSuffix(name, ".json"):
			var wd, gd any
			if err := json.Unmarshal(w, &wd); err != nil {
				texts = append(texts, name+": "+err.Error())
			} else if err := json.Unmarshal(g, &gd); err != nil {
				texts = append(texts, name+": "+err.Error())
			} else if lines := Diff(wd, gd); len(lines) > 0 {
				texts = append(texts, name+" differs\n"+shown(lines))
			}
		case !bytes.Equal(w, g):
			texts = append(texts, name+" differs\n  was:\n"+string(w)+"  is:\n"+string(g))
		}
	}
	return texts
}

func anyOf(m map[string][]byte) map[string]any {
	out := map[string]any{}
	for k := range m {
		out[k] = nil
	}
	return out
}
