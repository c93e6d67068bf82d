package synth

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// The files of an assembly that speak of all of it, with what makes one of several. All others are of one part, or the same
// in every part.
var joined = map[string]func(parts []member) (member, error){
	"manifest.json":          joinManifests,
	"tree.json":              joinTrees,
	"validation-report.json": joinReports,
}

// merge moves the cloud assemblies in the folders from into the folder to, which it creates, as one assembly.
func merge(to string, from []string) error {
	if err := os.MkdirAll(to, 0o777); err != nil {
		return err
	}
	whole := map[string][]member{}
	for _, part := range from {
		err := filepath.WalkDir(part, func(file string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			name, err := filepath.Rel(part, file)
			if err != nil {
				return err
			}
			if joined[name] == nil {
				return move(file, filepath.Join(to, name), d)
			}
			text, err := os.ReadFile(file)
			if err != nil {
				return err
			}
			m, err := decode(text)
			if err != nil {
				return fmt.Errorf("%s: %w", file, err)
			}
			whole[name] = append(whole[name], m)
			return nil
		})
		if err != nil {
			return err
		}
	}
	for name, parts := range whole {
		m, err := joined[name](parts)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if err := os.WriteFile(filepath.Join(to, name), m.text(), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// move puts a file or folder where the whole assembly has it. What another part has put there already must be the same.
func move(from, to string, d fs.DirEntry) error {
	if d.IsDir() {
		return os.MkdirAll(to, 0o777)
	}
	there, err := os.ReadFile(to)
	if errors.Is(err, fs.ErrNotExist) {
		return os.Rename(from, to)
	}
	if err != nil {
		return err
	}
	here, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if !bytes.Equal(there, here) {
		return fmt.Errorf("%s differs from part to part: the app makes something of the store that depends on the scope; synthesize with -jobs 1",
			filepath.Base(to))
	}
	return nil
}

// joinManifests lists the artifacts in the order in which one process writes them: the stages' assemblies, the stacks with
// their assets, and what is about the whole app.
func joinManifests(parts []member) (member, error) {
	m := parts[0]
	var artifacts [3]object
	for _, part := range parts {
		list, err := part.field("artifacts")
		if err != nil {
			return m, err
		}
		for _, a := range list {
			var artifact struct {
				Type string `json:"type"`
			}
			if err := json.Unmarshal(a.value, &artifact); err != nil {
				return m, err
			}
			i := 2
			switch artifact.Type {
			case "cdk:cloud-assembly":
				i = 0
			case "aws:cloudformation:stack", "cdk:asset-manifest":
				i = 1
			}
			if !artifacts[i].has(a.key) {
				artifacts[i] = append(artifacts[i], a)
			}
		}
	}
	m.object = m.with("artifacts", slices.Concat(artifacts[:]...).encode())
	return m, nil
}

// joinTrees puts the children of all roots under one. The tree's own node is the last.
func joinTrees(parts []member) (member, error) {
	m := parts[0]
	root, err := m.field("tree")
	if err != nil {
		return m, err
	}
	var children, last object
	for _, part := range parts {
		r, err := part.field("tree")
		if err != nil {
			return m, err
		}
		list, err := (member{object: r}).field("children")
		if err != nil {
			return m, err
		}
		for _, c := range list {
			switch {
			case c.key == "Tree":
				last = object{c}
			case !children.has(c.key):
				children = append(children, c)
			}
		}
	}
	m.object = m.with("tree", root.with("children", append(children, last...).encode()).encode())
	return m, nil
}

// joinReports lists what the validation says of all parts. A plugin has a report for each.
func joinReports(parts []member) (member, error) {
	m := parts[0]
	var reports []json.RawMessage
	for _, part := range parts {
		var list []json.RawMessage
		for _, f := range part.object {
			if f.key != "pluginReports" {
				continue
			}
			if err := json.Unmarshal(f.value, &list); err != nil {
				return m, err
			}
		}
		reports = append(reports, list...)
	}
	text, err := json.Marshal(reports)
	if err != nil {
		return m, err
	}
	m.object = m.with("pluginReports", text)
	return m, nil
}
