package review

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
)

// pathKey is the metadata in which the CDK keeps the construct path of a resource.
const pathKey = "aws:cdk:path"

// about begins a finding about a resource.
func about(r assembly.Resource, level Level) Finding {
	construct, _ := r.Metadata[pathKey].(string)
	path := r.LogicalID
	if construct != "" {
		// The construct that a person wrote, not the CloudFormation resource in it.
		path = strings.TrimSuffix(strings.TrimPrefix(construct, r.Stack.Path+"/"), "/Resource")
	}
	return Finding{Level: level, Type: r.Type, Path: path,
		Where: []Place{{Stack: of(r.Stack), LogicalID: r.LogicalID, Construct: construct}}}
}

// placeless is everything of a finding but its place, whose own names are taken out of the values: of two findings that are
// alike in it one is printed.
func (f *Finding) placeless() string {
	at := f.Where[0]
	without := func(v any) string {
		content, _ := json.Marshal(v) // It came from JSON.
		s := string(content)
		for _, name := range []string{at.Name, at.Account, at.Region} {
			if name != "" {
				s = strings.ReplaceAll(s, name, "…")
			}
		}
		return s
	}
	return fmt.Sprintf("%q", []string{f.Rule, string(f.Level), f.Type, f.Path, f.Property, f.Effect, f.Instead, without(f.Why), without(f.Old), without(f.New)})
}
