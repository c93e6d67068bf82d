package assembly

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/storeship/storeship/internal/value"
)

// nestedType is a stack as a resource of another, and assetKey the metadata in which the CDK keeps the file of its template.
const (
	nestedType = "AWS::CloudFormation::Stack"
	assetKey   = "aws:asset:path"
)

// OpenTemplate reads a single template, JSON or YAML, as an assembly of one stack that is named name.
func OpenTemplate(file, name string) (*Assembly, error) {
	a := &Assembly{Dir: filepath.Dir(file)}
	s := &Stack{ID: name, Path: name, Name: name, Assembly: a, File: filepath.Base(file), source: file}
	if err := s.read(); err != nil {
		return nil, err
	}
	a.stacks = []*Stack{s}
	return a, nil
}

// Source is the text of the template, as its file has it.
func (s *Stack) Source() ([]byte, error) { return os.ReadFile(s.source) }

// deepest is how deep stacks may nest: more is a template that nests itself.
const deepest = 20

// mostBytes is far more than the largest template that CloudFormation takes, which is 1 MB without its white space.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const mostBytes = 16 << 20

// read reads the template, and those of the stacks that it nests.
func (s *Stack) read() error { return s.readTo(deepest) }

func (s *Stack) readTo(depth int) error {
	if info, err := os.Stat(s.source); err == nil && info.Size() > mostBytes {
		return fmt.Errorf("%s: has %d MB; a template that CloudFormation takes has at most 1 MB", s.source, info.Size()>>20)
	}
	source, err := s.Source()
	if err != nil {
		return err
	}
	if s.Template, err = value.Parse(source); err != nil {
		return fmt.Errorf("%s:%w", s.source, err)
	}
	var problems []error
	for _, r := range s.Resources(nestedType) {
		file, ok := r.Metadata[assetKey].(string)
		if !ok || !filepath.IsLocal(filepath.FromSlash(file)) {
			continue
		}
		nested := &Stack{
			ID: s.ID + "." + r.LogicalID, Path: s.Path, Name: s.Name + "/" + nestedName(r), Account: s.Account, Region: s.Region, Assembly: s.Assembly,
			File: strings.TrimSuffix(s.File, filepath.Base(s.File)) + file, source: filepath.Join(filepath.Dir(s.source), filepath.FromSlash(file)),
		}
		if depth == 0 {
			return fmt.Errorf("%s: stacks nest more than %d deep", s.source, deepest)
		}
		if err := nested.readTo(depth - 1); err != nil {
			p := value.Locate(source, "Resources", r.LogicalID, "Metadata", assetKey)
			problems = append(problems, fmt.Errorf("%s:%d:%d: the nested stack %s: %w", s.source, p.Line, p.Column, r.LogicalID, err))
			continue
		}
		s.Nested = append(s.Nested, nested)
	}
	return errors.Join(problems...)
}

// nestedName is what a nested stack is known by: its construct's id, or the logical id.
func nestedName(r Resource) string {
	if p, ok := r.Metadata[pathKey].(string); ok {
		parts := strings.Split(p, "/")
		for _, part := range parts[max(0, len(parts)-2):] {
			if name, ok := strings.CutSuffix(part, ".NestedStack"); ok {
				return name
			}
		}
	}
	return r.LogicalID
}

// Trees lists the stacks of the assembly and of its stages, each followed by those that it nests.
func (a *Assembly) Trees() []*Stack {
	var all []*Stack
	for _, s := range a.Stacks() {
		all = append(all, s.tree()...)
	}
	return all
}

func (s *Stack) tree() []*Stack {
	all := []*Stack{s}
	for _, n := range s.Nested {
		all = append(all, n.tree()...)
	}
	return all
}
