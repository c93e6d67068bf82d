package fingerprint

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/release"
)

// Fingerprint is what one pipeline deploys, as a number.
type Fingerprint struct {
	// Pipeline is the pipeline's name.
	Pipeline string `json:"pipeline"`
	// SHA256 is the hash, 64 hexadecimal digits.
	SHA256 string `json:"sha256"`
}

// Of computes the fingerprint of every pipeline in a that has a literal name, by that name. It covers the stack that holds
// the pipeline, which the pipeline updates itself; the stacks of the stages within that stack; and the files of releases that
// the pipeline's actions hand to CodeDeploy. It leaves out everything else that a synth writes, and how it is formatted.
func Of(a *assembly.Assembly) ([]Fingerprint, error) {
	var all []Fingerprint
	in := map[string]*assembly.Stack{}
	for _, s := range a.Own() {
		for _, r := range s.Resources("AWS::CodePipeline::Pipeline") {
			name, ok := r.Properties["Name"].(string)
			if !ok {
				continue
			}
			if other := in[name]; other != nil {
				return nil, fmt.Errorf("two pipelines are named %s, in the stacks %s and %s: their fingerprints could not be told apart", name, other.ID, s.ID)
			}
			in[name] = s
			sum, err := of(a, s, r)
			if err != nil {
				return nil, fmt.Errorf("pipeline %s: %w", name, err)
			}
			all = append(all, Fingerprint{name, sum})
		}
	}
	slices.SortFunc(all, func(a, b Fingerprint) int { return strings.Compare(a.Pipeline, b.Pipeline) })
	return all, nil
}

// of is the hash over the parts of a pipeline, each with its name in front, in the order of the names.
func of(a *assembly.Assembly, own *assembly.Stack, pipeline assembly.Resource) (string, error) {
	parts := map[string][]byte{}
	stacks := []*assembly.Stack{own}
	for _, n := range a.Nested {
		if strings.HasPrefix(n.Path, own.Path+"/") {
			stacks = append(stacks, n.Stacks()...)
		}
	}
	for _, s := range stacks {
		// The tags are in no template, and are deployed with it. encoding/json sorts the keys.
		content, err := json.Marshal(map[string]any{"tags": s.Tags, "template": s.Template})
		if err != nil {
			return "", err
		}
		parts[s.File] = content
	}
	for _, file := range releaseFiles(pipeline) {
		content, err := readCanonical(a.Dir, file)
		if errors.Is(err, fs.ErrNotExist) {
			continue // The file of another app's pipeline, which comes from somewhere else.
		}
		if err != nil {
			return "", err
		}
		parts[file] = content
	}
	names := make([]string, 0, len(parts))
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		fmt.Fprintf(h, "%s\n%d\n", name, len(parts[name]))
		h.Write(parts[name])
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// releaseFiles are the files in the folder of releases that the pipeline's actions name.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
func releaseFiles(pipeline assembly.Resource) []string {
	var files []string
	for _, stage := range list(pipeline.Properties["Stages"]) {
		for _, action := range list(stage["Actions"]) {
			configuration, _ := action["Configuration"].(map[string]any)
			for _, key := range []string{"TaskDefinitionTemplatePath", "AppSpecTemplatePath"} {
				if file, ok := configuration[key].(string); ok && filepath.IsLocal(filepath.FromSlash(file)) {
					files = append(files, path.Join(release.Folder, file))
				}
			}
		}
	}
	return files
}

// list is a list of objects of a template; what is no object is left out.
func list(v any) []map[string]any {
	values, _ := v.([]any)
	var objects []map[string]any
	for _, value := range values {
		if m, ok := value.(map[string]any); ok {
			objects = append(objects, m)
		}
	}
	return objects
}

// readCanonical reads a file below dir; JSON without its formatting.
func readCanonical(dir, file string) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(file)))
	if err != nil || path.Ext(file) != ".json" {
		return content, err
	}
	var value any
	if err := json.Unmarshal(content, &value); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return json.Marshal(value)
}
