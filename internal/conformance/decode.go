package conformance

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/document"
	"github.com/storeship/storeship/internal/text"
)

// maxValues bounds what aliases can multiply.
const maxValues = 100_000

// decoded is a catalogue with the places of its values, by path.
type decoded struct {
	file      string
	catalogue *Catalogue
	places    map[string]*yaml.Node
	list      []config.Problem
	values    int
}

// read decodes a file strictly: keys that are not known, or stand twice, and values of another kind are problems.
func read(file string, data []byte) (*decoded, error) {
	root, err := document.Parse(file, data)
	if err != nil {
		var broken *document.Error
		if errors.As(err, &broken) {
			return nil, &config.Problems{List: []config.Problem{{File: file, Line: broken.Line, Column: broken.Column, Message: broken.Message}}}
		}
		return nil, err
	}
	d := &decoded{file: file, catalogue: &Catalogue{}, places: map[string]*yaml.Node{}}
	d.value("", root, reflect.ValueOf(d.catalogue).Elem())
	return d, nil
}

// problems are all problems in the order of the file; nil without one.
func (d *decoded) problems() error {
	if len(d.list) == 0 {
		return nil
	}
	slices.SortStableFunc(d.list, func(a, b config.Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return &config.Problems{List: slices.Compact(d.list)}
}

// fail adds a problem of the value at path.
func (d *decoded) fail(path, format string, args ...any) {
	p := config.Problem{File: d.file, Path: path, Message: text.Line(fmt.Sprintf(format, args...))}
	if n := d.places[path]; n != nil {
		p.Line, p.Column = n.Line, n.Column
	}
	d.list = append(d.list, p)
}

func (d *decoded) value(path string, n *yaml.Node, v reflect.Value) {
	d.places[path] = n
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if d.values++; d.values > maxValues {
		if d.values == maxValues+1 {
			d.fail(path, "aliases make more than %d values of this file", maxValues)
		}
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(path, n, v.Elem())
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Slice:
		items := n.Content
		if n.Kind != yaml.SequenceNode {
			if n.Kind != yaml.ScalarNode || v.Type().Elem().Kind() != reflect.String || n.ShortTag() == "!!null" {
				d.fail(path, "must be a list, got %s", kind(n))
				return
			}
			items = []*yaml.Node{n} // one text is a list of it
		}
		v.Set(reflect.MakeSlice(v.Type(), len(items), len(items)))
		for i, item := range items {
			d.value(text.Item(path, i), item, v.Index(i))
		}
	case reflect.Bool:
		var b bool
		if n.ShortTag() != "!!bool" || n.Decode(&b) != nil {
			d.fail(path, "must be true or false, got %s", kind(n))
			return
		}
		v.SetBool(b)
	case reflect.String:
		switch {
		case n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str":
			d.fail(path, "must be a text, got %s; write it in quotes", kind(n))
		case n.Value == "":
			d.fail(path, "must not be empty; give it a value, or remove the key")
		default:
			v.SetString(n.Value)
		}
	}
}

func (d *decoded) structure(path string, n *yaml.Node, v reflect.Value) {
	var keys []string
	for i := range v.NumField() {
		keys = append(keys, v.Type().Field(i).Tag.Get("yaml"))
	}
	if n.Kind != yaml.MappingNode {
		d.fail(path, "must be a mapping (%s), got %s", text.List(keys), kind(n))
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key := n.Content[i]
		under := text.Under(path, key.Value)
		if line, twice := first[key.Value]; twice {
			d.places[under] = key
			d.fail(under, "the key stands twice; the first is in line %d", line)
			continue
		}
		first[key.Value] = key.Line
		at := slices.Index(keys, key.Value)
		if at < 0 {
			d.places[under] = key
			d.fail(under, "unknown key; %s", text.Suggest(key.Value, keys))
			continue
		}
		d.value(under, n.Content[i+1], v.Field(at))
	}
}

// kind says what a node is, for "got …".
func kind(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	if n.ShortTag() == "!!null" {
		return "nothing"
	}
	return strings.Trim(text.Quote(n.Value), `"`)
}
