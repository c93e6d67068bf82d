package assembly

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strings"
)

// The types of artifacts that are read; the others are of no interest here.
// https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.cloud_assembly_schema.ArtifactType.html
const (
	stackType    = "aws:cloudformation:stack"
	assemblyType = "cdk:cloud-assembly"
)

// unknown is what the CDK writes for the account or region of a stack that has none.
const unknown = "unknown-"

// Assembly is a cloud assembly: an app's, or within it a stage's.
type Assembly struct {
	// ID is the artifact id of a stage's assembly, "assembly-Delivery-beta"; empty for an app's.
	ID string
	// Path is the construct path of the stage, "Delivery/beta"; empty for an app's.
	Path string
	// Dir holds the assembly's files.
	Dir string
	// Version of the schema that the assembly is written in; empty for a single template.
	Version string
	// Missing lists the keys of the context values that the app asked for and did not get: where it is not empty, the
	// templates hold placeholders.
	Missing []string
	// Nested are the assemblies of the stages, each after those that it depends on.
	Nested []*Assembly

	stacks []*Stack
}

// Stack is one CloudFormation stack of an assembly.
type Stack struct {
	// ID is the stack's artifact id, unique within its assembly.
	ID string
	// Path is the construct path of the stack, "Delivery/beta/ui".
	Path string
	// Name is the stack's name in CloudFormation.
	Name string
	// Account that the stack is deployed to; empty when the app leaves it open.
	Account string
	// Region that the stack is deployed to; empty when the app leaves it open.
	Region string
	// Assembly that the stack is of.
	Assembly *Assembly
	// File is the template's path below the app's assembly, with slashes.
	File string
	// Template is the parsed template.
	Template map[string]any
	// Dependencies are the ids of the stacks of the same assembly that are deployed before this one.
	Dependencies []string
	// TerminationProtection keeps the stack from being deleted.
	TerminationProtection bool
	// Tags of the stack.
	Tags map[string]string
	// Nested are the stacks that the stack has as resources and whose templates are in the assembly, by logical id.
	Nested []*Stack

	// source is the template's file.
	source string
	// paths are the construct paths of resources by logical id, where the template itself has none.
	paths map[string]string
}

type manifest struct {
	Version   string              `json:"version"`
	Artifacts map[string]artifact `json:"artifacts"`
	Missing   []struct {
		Key string `json:"key"`
	} `json:"missing"`
}

type artifact struct {
	Type         string   `json:"type"`
	Environment  string   `json:"environment"`
	Dependencies []string `json:"dependencies"`
	DisplayName  string   `json:"displayName"`
	// Metadata of the constructs, in the manifest or in a file of its own.
	Metadata     json.RawMessage `json:"metadata"`
	MetadataFile string          `json:"additionalMetadataFile"`
	Properties   struct {
		TemplateFile          string            `json:"templateFile"`
		StackName             string            `json:"stackName"`
		DirectoryName         string            `json:"directoryName"`
		DisplayName           string            `json:"displayName"`
		TerminationProtection bool              `json:"terminationProtection"`
		Tags                  map[string]string `json:"tags"`
	} `json:"properties"`
}

// Open reads the assembly at dir with all that it nests.
func Open(dir string) (*Assembly, error) {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return nil, fmt.Errorf("%s is a file; name the folder of a cloud assembly, the output of a synth", dir)
	}
	a, err := open(dir, "")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s is not a whole cloud assembly, the output of a synth: %w", dir, err)
	}
	if err != nil {
		return nil, err
	}
	return a, nil
}

// open reads the assembly in the folder below the app's at root. An error is all that is wrong with it.
func open(root, folder string) (*Assembly, error) {
	a := &Assembly{Dir: filepath.Join(root, filepath.FromSlash(folder))}
	file := filepath.Join(a.Dir, "manifest.json")
	var m manifest
	if err := readJSON(file, &m); err != nil {
		return nil, err
	}
	if m.Version == "" {
		return nil, fmt.Errorf("%s: has no version, so it is not a cloud assembly's", file)
	}
	a.Version = m.Version
	var problems []error
	for _, missing := range m.Missing {
		a.Missing = append(a.Missing, missing.Key)
	}
	sort.Strings(a.Missing)
	for _, id := range order(m.Artifacts) {
		art := m.Artifacts[id]
		switch art.Type {
		case stackType:
			s, err := a.stack(root, folder, id, m.Artifacts)
			if err != nil {
				problems = append(problems, err)
				continue
			}
			a.stacks = append(a.stacks, s)
		case assemblyType:
			nested, err := open(root, path.Join(folder, art.Properties.DirectoryName))
			if err != nil {
				problems = append(problems, err)
				continue
			}
			nested.ID, nested.Path = id, art.Properties.DisplayName
			a.Nested = append(a.Nested, nested)
		}
	}
	return a, errors.Join(problems...)
}

func (a *Assembly) stack(root, folder, id string, artifacts map[string]artifact) (*Stack, error) {
	art := artifacts[id]
	s := &Stack{
		ID:                    id,
		Path:                  art.DisplayName,
		Name:                  art.Properties.StackName,
		Assembly:              a,
		File:                  path.Join(folder, art.Properties.TemplateFile),
		TerminationProtection: art.Properties.TerminationProtection,
		Tags:                  art.Properties.Tags,
	}
	if s.Name == "" {
		s.Name = id
	}
	account, region, ok := strings.Cut(strings.TrimPrefix(art.Environment, "aws://"), "/")
	if !ok {
		return nil, fmt.Errorf("%s: environment must be aws://account/region, got %q", filepath.Join(a.Dir, "manifest.json"), art.Environment)
	}
	if !strings.HasPrefix(account, unknown) {
		s.Account = account
	}
	if !strings.HasPrefix(region, unknown) {
		s.Region = region
	}
	// A stack depends on the stacks before it directly, and on its assets.
	for _, d := range art.Dependencies {
		if artifacts[d].Type == stackType {
			s.Dependencies = append(s.Dependencies, d)
		}
	}
	sort.Strings(s.Dependencies)
	s.source = filepath.Join(root, filepath.FromSlash(s.File))
	if err := s.read(); err != nil {
		return nil, err
	}
	return s, s.readPaths(art)
}

// order lists the artifacts in the order of deployment: each after those that it depends on, and by id where that leaves a
// choice, so that it is the same in every run.
func order(artifacts map[string]artifact) []string {
	ids := make([]string, 0, len(artifacts))
	for id := range artifacts {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	var sorted []string
	seen := map[string]bool{}
	var visit func(string)
	visit = func(id string) {
		if _, ok := artifacts[id]; seen[id] || !ok {
			return
		}
		seen[id] = true
		before := slices.Clone(artifacts[id].Dependencies)
		sort.Strings(before)
		for _, d := range before {
			visit(d)
		}
		sorted = append(sorted, id)
	}
	for _, id := range ids {
		visit(id)
	}
	return sorted
}

// Stacks lists the stacks of the assembly and then those of its stages, each after the stacks that it depends on.
func (a *Assembly) Stacks() []*Stack {
	all := slices.Clone(a.stacks)
	for _, n := range a.Nested {
		all = append(all, n.Stacks()...)
	}
	return all
}

// Own lists the stacks of the assembly without those of its stages.
func (a *Assembly) Own() []*Stack { return slices.Clone(a.stacks) }

// AllMissing lists [Assembly.Missing] of the assembly and of its stages.
func (a *Assembly) AllMissing() []string {
	all := slices.Clone(a.Missing)
	for _, n := range a.Nested {
		all = append(all, n.AllMissing()...)
	}
	return all
}
