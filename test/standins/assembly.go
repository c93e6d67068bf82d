package standins

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Whole is the assembly of a whole store, from which [Whole.Synth] takes what `cdk synth` writes for a scope and an image. That a scope's
// templates are the whole's, and that an image changes nothing but its digest, other tests show.
type Whole struct {
	// Dir is the assembly, Store the name of the store.
	Dir, Store string
}

// Synth writes what `cdk synth -c scope=… -c image=…` does; either may be empty.
func (w Whole) Synth(scope, image, dir string) error {
	if image == "" {
		image = Marker
	}
	data, err := os.ReadFile(filepath.Join(w.Dir, "manifest.json"))
	if err != nil {
		return err
	}
	var manifest map[string]any
	if err := json.Unmarshal(data, &manifest); err != nil {
		return err
	}
	artifacts, _ := manifest["artifacts"].(map[string]any)
	for id := range artifacts {
		if !w.of(scope, id) {
			delete(artifacts, id)
		}
	}
	if data, err = json.Marshal(manifest); err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "manifest.json"), data, 0o644); err != nil {
		return err
	}
	return filepath.WalkDir(w.Dir, func(name string, d fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(w.Dir, name)
		parts := strings.Split(filepath.ToSlash(rel), "/")
		switch {
		case err != nil || rel == "." || rel == "manifest.json":
			return err
		case d.IsDir() && !w.keeps(scope, parts):
			return fs.SkipDir
		case d.IsDir() || !w.keeps(scope, parts):
			return nil
		}
		text, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		if len(parts) > 1 {
			text = []byte(strings.ReplaceAll(string(text), Marker, image))
		}
		to := filepath.Join(dir, rel)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, text, 0o644)
	})
}

// published is the scope whose stacks publish files.
const published = "platform"

// keeps says whether a file or folder belongs to the scope. Of the files, only templates, manifests, releases and
// what is published are ever read.
func (w Whole) keeps(scope string, parts []string) bool {
	switch {
	case parts[0] == "releases":
		return len(parts) < 4 || scope == "" || parts[3] == scope
	case strings.HasPrefix(parts[0], "asset."):
		return len(parts) == 1 && (scope == "" || scope == published)
	case len(parts) == 1 && strings.HasPrefix(parts[0], "assembly-"):
		return w.of(scope, parts[0])
	}
	name := parts[len(parts)-1]
	template := name == "manifest.json" || strings.HasSuffix(name, ".template.json") || strings.HasSuffix(name, ".template.json.config.json") ||
		strings.HasSuffix(name, ".assets.json")
	return template && (len(parts) > 1 || w.of(scope, name))
}

// of says whether an artifact, or a file or folder named after it, belongs to the scope.
func (w Whole) of(scope, name string) bool {
	if scope == "" {
		return true
	}
	name = strings.TrimPrefix(name, "assembly-")
	rest, ok := strings.CutPrefix(name, w.Store+"-"+scope+"-pipeline")
	return ok && (rest == "" || rest[0] == '-' || rest[0] == '.')
}
