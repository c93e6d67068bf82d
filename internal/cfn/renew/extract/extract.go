package extract

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// database is db.json.gz of the npm package aws-cdk, as far as it is read. Its types are those of
// https://github.com/cdklabs/awscdk-service-spec (packages/@aws-cdk/service-spec-types).
type database struct {
	Schema struct {
		Resource struct{ Entities []resource }
		Types    struct{ Entities []definition } `json:"typeDefinition"`
	}
}

type resource struct {
	Type       string   `json:"cloudFormationType"`
	Stateful   bool     `json:"isStateful"`
	Identifier []string `json:"primaryIdentifier"`
	Properties map[string]property
}

type definition struct {
	ID         string `json:"$id"`
	Properties map[string]property
}

type property struct {
	Type        propertyType
	Replacement string `json:"causesReplacement"`
}

type propertyType struct {
	Type      string
	Element   *propertyType
	Types     []propertyType
	Reference struct {
		ID string `json:"$ref"`
	}
}

// Version is the package in the folder, with its version.
func Version(folder string) (string, error) {
	content, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "", err
	}
	var pkg struct{ Name, Version string }
	if err := json.Unmarshal(content, &pkg); err != nil {
		return "", err
	}
	return pkg.Name + " " + pkg.Version, nil
}

// Read makes the lines of data/updates.txt.gz of the compressed database.
func Read(compressed io.Reader) ([]byte, error) {
	r, err := gzip.NewReader(compressed)
	if err != nil {
		return nil, err
	}
	var db database
	if err := json.NewDecoder(r).Decode(&db); err != nil {
		return nil, err
	}
	types := map[string]definition{}
	for _, d := range db.Schema.Types.Entities {
		types[d.ID] = d
	}
	all := db.Schema.Resource.Entities
	sort.Slice(all, func(i, j int) bool { return all[i].Type < all[j].Type })
	var b bytes.Buffer
	for _, r := range all {
		b.WriteString(r.Type)
		if r.Stateful {
			b.WriteString(" S")
		}
		if named(r) {
			b.WriteString(" " + strings.Join(r.Identifier, " "))
		}
		b.WriteString("\n")
		w := walker{types: types, found: map[string]string{}}
		w.walk("", r.Properties)
		var paths []string
		for p := range w.found {
			paths = append(paths, p)
		}
		sort.Strings(paths)
		for _, p := range paths {
			fmt.Fprintf(&b, " %s %s\n", p, w.found[p])
		}
	}
	return b.Bytes(), nil
}

// named says whether all that identifies the resource are properties, which a template may give.
func named(r resource) bool {
	for _, name := range r.Identifier {
		if _, ok := r.Properties[name]; !ok {
			return false
		}
	}
	return true
}

// walker finds the properties that do more than change in place, down to those of the types within.
type walker struct {
	types map[string]definition
	found map[string]string
	// open are the types that the walk is in: some contain themselves.
	open []string
}

func (w *walker) walk(prefix string, properties map[string]property) {
	for name, p := range properties {
		path := prefix + name
		switch p.Replacement {
		case "yes":
			w.found[path] = "R"
			continue
		case "maybe":
			w.found[path] = "C"
		}
		w.into(path, p.Type)
	}
}

func (w *walker) into(path string, t propertyType) {
	switch t.Type {
	case "array", "map":
		if t.Element != nil {
			w.into(path+".*", *t.Element)
		}
	case "union":
		for _, one := range t.Types {
			w.into(path, one)
		}
	case "ref":
		for _, id := range w.open {
			if id == t.Reference.ID {
				return
			}
		}
		w.open = append(w.open, t.Reference.ID)
		w.walk(path+".", w.types[t.Reference.ID].Properties)
		w.open = w.open[:len(w.open)-1]
	}
}
