package config

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/storeship/storeship/internal/text"
	"go.yaml.in/yaml/v3"
)

// maxValues bounds what aliases can multiply: a file of a few lines may stand for billions of values.
const maxValues = 100_000

// decoder fills a Config from nodes. It never stops at a problem: what it cannot use stays unset.
type decoder struct {
	file     string
	nodes    positions
	problems Problems
	broken   map[string]bool // paths that have a problem already
	values   int
}

// custom is implemented by types that can be written in more than one way.
type custom interface {
	decode(d *decoder, path string, n *yaml.Node, f field)
}

// fail adds a problem of the setting at path, which n says.
func (d *decoder) fail(path string, n *yaml.Node, format string, args ...any) {
	d.broken[path] = true
	d.problems.List = append(d.problems.List, Problem{
		File: d.file, Line: n.Line, Column: n.Column, Path: path, Message: fmt.Sprintf(format, args...), exact: true,
	})
}

// root fills c.
func (d *decoder) root(n *yaml.Node, c *Config) {
	if n = resolve(n); n.Kind != yaml.MappingNode {
		d.fail("", n, "must be a mapping (%s), got %s", text.List(keysOf(reflect.TypeFor[Config]())), describe(n))
		d.broken["*"] = true
		return
	}
	d.structure("", n, reflect.ValueOf(c).Elem())
	if d.values > maxValues {
		d.problems.List = nil
		d.fail("", n, "aliases make more than %d values of this file; write out what it needs", maxValues)
		d.broken["*"] = true
	}
}

// resolve follows aliases. An anchor's node is never an alias itself.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// value fills v, which the setting at path is for, from n. The key, if there is one, is where a collection is.
func (d *decoder) value(path string, key, n *yaml.Node, v reflect.Value, f field) {
	if d.values++; d.values > maxValues {
		return
	}
	n = resolve(n)
	at := n
	if n.Kind != yaml.ScalarNode && key != nil {
		at = key
	}
	if _, said := d.nodes[path]; !said {
		d.nodes[path] = position{at.Line, at.Column}
	}
	if v.Kind() == reflect.Pointer {
		v.Set(reflect.New(v.Type().Elem()))
		v = v.Elem()
	}
	if n.ShortTag() == "!!null" {
		if _, ok := v.Addr().Interface().(ordered); !ok && !f.nullable {
			d.fail(path, n, "has no value; give it one, or remove the key")
		}
		return
	}
	if c, ok := v.Addr().Interface().(custom); ok {
		c.decode(d, path, n, f)
		return
	}
	if m, ok := v.Addr().Interface().(ordered); ok {
		d.ordered(path, n, m)
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(path, n, v)
	case reflect.Map:
		d.texts(path, n, v, f)
	case reflect.Slice:
		d.list(path, n, v)
	default:
		d.scalar(path, n, v, f)
	}
}

// structure fills a struct from a mapping.
func (d *decoder) structure(path string, n *yaml.Node, v reflect.Value) {
	fields := fieldsOf(v.Type())
	pairs, ok := d.mapping(path, n, "a mapping ("+text.List(keysOf(v.Type()))+")")
	if !ok {
		return
	}
	for _, p := range pairs {
		f, known := fields[p.name]
		if !known {
			d.unknown(path, p, v.Type())
			continue
		}
		d.value(text.Under(path, p.name), p.key, p.value, v.FieldByIndex(f.index), f)
	}
}

// unknown says that a struct has no such key, and what was probably meant.
func (d *decoder) unknown(path string, p pair, t reflect.Type) {
	keys := keysOf(t)
	if near := text.Nearest(p.name, keys); near != "" {
		// The key that was meant is missing as a consequence: that need not be said as well.
		d.broken[text.Under(path, near)] = true
	} else if inner := inside(p.name, t); inner != "" {
		d.fail(text.Under(path, p.name), p.key, "unknown key; it belongs into %s", inner)
		return
	}
	d.fail(text.Under(path, p.name), p.key, "unknown key; %s", text.Suggest(p.name, keys))
}

// inside finds the key of t whose mapping has the given key.
func inside(name string, t reflect.Type) string {
	for _, key := range keysOf(t) {
		inner := fieldsOf(t)[key].typ
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct {
			if _, ok := fieldsOf(inner)[name]; ok {
				return key
			}
		}
	}
	return ""
}

// ordered fills a Map.
func (d *decoder) ordered(path string, n *yaml.Node, m ordered) {
	pairs, ok := d.mapping(path, n, "a mapping of names")
	if !ok {
		return
	}
	for _, p := range pairs {
		if d.values > maxValues {
			return
		}
		entry := field{nullable: true}
		d.value(text.Under(path, p.name), p.key, p.value, reflect.ValueOf(m.add(p.name)).Elem(), entry)
		// A name, not its mapping, is what problems of the whole entry are about.
		d.nodes[text.Under(path, p.name)] = position{p.key.Line, p.key.Column}
	}
}

// texts fills a map of texts.
func (d *decoder) texts(path string, n *yaml.Node, v reflect.Value, f field) {
	pairs, ok := d.mapping(path, n, "a mapping of names to texts")
	if !ok {
		return
	}
	v.Set(reflect.MakeMapWithSize(v.Type(), len(pairs)))
	for _, p := range pairs {
		s := reflect.New(v.Type().Elem()).Elem()
		d.value(text.Under(path, p.name), p.key, p.value, s, field{emptyAllowed: f.emptyAllowed})
		v.SetMapIndex(reflect.ValueOf(p.name), s)
	}
}

// list fills a slice from a sequence.
func (d *decoder) list(path string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		hint := ""
		if n.Kind == yaml.ScalarNode && v.Type().Elem().Kind() == reflect.String {
			hint = "; write [" + shorten(n.Value) + "]"
		}
		d.fail(path, n, "must be a list, got %s%s", describe(n), hint)
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, item := range n.Content {
		d.value(text.Item(path, i), nil, item, v.Index(i), field{})
	}
}

// describe says what a node is, for "got …".
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!str":
		return "the text " + text.Quote(n.Value)
	case "!!int", "!!float":
		return "the number " + shorten(n.Value)
	case "!!null":
		return "nothing"
	}
	return shorten(n.Value)
}

func shorten(s string) string {
	q := text.Quote(s)
	return strings.Trim(q, `"`)
}
