package assembly

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
)

// pathKey is the metadata of a resource in which the CDK keeps its construct path, and idType the metadata of a construct in which
// it keeps the resource's logical id.
const (
	pathKey = "aws:cdk:path"
	idType  = "aws:cdk:logicalId"
)

// Construct is the construct path of a resource, "Delivery/beta/ui/Service/Resource"; empty where the assembly does not have it.
func (s *Stack) Construct(logicalID string) string {
	resources, _ := s.Template["Resources"].(map[string]any)
	r, _ := resources[logicalID].(map[string]any)
	metadata, _ := r["Metadata"].(map[string]any)
	if p, ok := metadata[pathKey].(string); ok {
		return p
	}
	return s.paths[logicalID]
}

// readPaths reads the construct paths from the metadata of the artifact, for an app that keeps them out of its templates
// (--no-path-metadata).
func (s *Stack) readPaths(art artifact) error {
	for _, r := range s.Resources() {
		if _, ok := r.Metadata[pathKey]; ok {
			return nil
		}
	}
	sources := []json.RawMessage{art.Metadata}
	if file := filepath.FromSlash(art.MetadataFile); filepath.IsLocal(file) {
		// A baseline is kept without it: what it would say is a comfort.
		if content, err := os.ReadFile(filepath.Join(s.Assembly.Dir, file)); err == nil {
			sources = append(sources, content)
		}
	}
	for _, source := range sources {
		if len(source) == 0 {
			continue
		}
		var entries map[string][]struct {
			Type string
			Data any
		}
		if err := ParseJSON(s.source, source, &entries); err != nil {
			return err
		}
		for construct, all := range entries {
			for _, e := range all {
				if id, ok := e.Data.(string); ok && e.Type == idType {
					if s.paths == nil {
						s.paths = map[string]string{}
					}
					s.paths[id] = strings.TrimPrefix(construct, "/")
				}
			}
		}
	}
	return nil
}
