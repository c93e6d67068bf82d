package template

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/document"
)

// MaxSize is the largest template that is read, in bytes; CloudFormation takes one of 1 MB.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const MaxSize = 8 << 20

// Open reads the templates of the named file or folder: those of a cloud assembly and of its stages, in the order of deployment; or those of a
// folder and the folders in it, assemblies among them, by name; or one file. The error has every broken file, one a line.
func Open(name string) ([]*assembly.Stack, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or folder", name)
	case err != nil:
		return nil, err
	case !info.IsDir():
		s, err := one(name, filepath.Base(name))
		if err == nil && s == nil {
			err = fmt.Errorf("%s: is no CloudFormation template: it has no Resources", name)
		}
		return []*assembly.Stack{s}, err
	}
	var found folder
	if err := found.read(name, ""); err != nil {
		return nil, err
	}
	switch {
	case len(found.problems) > 0:
		return nil, errors.Join(found.problems...)
	case len(found.stacks) == 0 && found.files == 0:
		return nil, fmt.Errorf("%s: is empty: it has neither a cloud assembly nor templates", name)
	case len(found.stacks) == 0 && !found.assembly:
		return nil, fmt.Errorf("%s: is no cloud assembly (it has no manifest.json), and none of its files is a CloudFormation template", name)
	}
	return found.stacks, nil
}

// folder is what is found below a folder.
type folder struct {
	stacks   []*assembly.Stack
	files    int
	assembly bool
	problems []error
}

// skipped are folders without templates of their own.
func skipped(name string) bool {
	return name == "node_modules" || strings.HasPrefix(name, ".") || strings.HasPrefix(name, "asset.")
}

func (f *folder) read(root, sub string) error {
	dir := filepath.Join(root, sub)
	if manifest(filepath.Join(dir, "manifest.json")) {
		f.assembly = true
		a, err := assembly.Open(dir)
		if err != nil {
			f.problems = append(f.problems, err)
			return nil
		}
		for _, s := range a.Stacks() {
			file := s.File
			s.File = filepath.ToSlash(filepath.Join(sub, file))
			f.stacks = append(f.stacks, s)
			f.nested(root, s)
		}
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(sub, e.Name())
		switch {
		case e.IsDir():
			if !skipped(e.Name()) {
				if err := f.read(root, name); err != nil {
					return err
				}
			}
		case e.Type().IsRegular() && slices.Contains([]string{".json", ".yaml", ".yml", ".template"}, filepath.Ext(e.Name())):
			f.files++
			s, err := one(filepath.Join(root, name), filepath.ToSlash(name))
			if err != nil {
				f.problems = append(f.problems, err)
			} else if s != nil {
				f.stacks = append(f.stacks, s)
			}
		default:
			f.files++
		}
	}
	return nil
}

// nested adds the stacks within a stack of an assembly, whose templates lie beside its own. They are named after it: "shop/Data".
func (f *folder) nested(root string, s *assembly.Stack) {
	for _, res := range s.Resources("AWS::CloudFormation::Stack") {
		name, _ := res.Metadata["aws:asset:path"].(string)
		if name == "" || filepath.IsAbs(name) || strings.Contains(name, "..") {
			continue
		}
		file := path.Join(path.Dir(s.File), name)
		inner, err := one(filepath.Join(root, filepath.FromSlash(file)), file)
		switch {
		case err != nil:
			f.problems = append(f.problems, err)
		case inner != nil:
			inner.ID, inner.Path, inner.Name = s.ID+"/"+res.LogicalID, s.Path+"/"+res.LogicalID, s.Name+"/"+res.LogicalID
			inner.Account, inner.Region, inner.Assembly = s.Account, s.Region, s.Assembly
			f.stacks = append(f.stacks, inner)
			f.nested(root, inner)
		}
	}
}

// manifest says whether a file may be an assembly's manifest: a broken one is, so that it is said.
func manifest(file string) bool {
	data, err := os.ReadFile(file)
	if err != nil {
		return false
	}
	var m map[string]any
	if assembly.ParseJSON(file, data, &m) != nil {
		return true
	}
	_, ok := m["version"]
	_, other := m["manifest_version"] // of a web extension, and other things of that name
	return ok && !other
}

// one reads a file; nil without an error for one that is no template.
func one(file, name string) (*assembly.Stack, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxSize {
		return nil, nil
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var root any
	if trimmed := strings.TrimSpace(string(data)); filepath.Ext(file) == ".json" || strings.HasPrefix(trimmed, "{") {
		err = assembly.ParseJSON(file, data, &root)
	} else {
		root, err = parseYAML(file, data)
		var broken *document.Error
		if errors.As(err, &broken) && broken.Message == document.ErrEmpty {
			return nil, nil
		}
	}
	if err != nil {
		return nil, err
	}
	t, _ := root.(map[string]any)
	if _, ok := t["Resources"].(map[string]any); !ok {
		return nil, nil
	}
	base := filepath.Base(name)
	for _, ext := range []string{".json", ".yaml", ".yml", ".template"} {
		base = strings.TrimSuffix(base, ext)
	}
	return &assembly.Stack{ID: base, Path: base, Name: base, File: name, Template: t}, nil
}
