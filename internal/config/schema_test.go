package config

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Catches a key that was added, renamed or documented anew without the schema that editors complete from.
func TestSchemaIsCurrent(t *testing.T) {
	g := generator{docs: comments(t), definitions: object{}}
	root := g.structure(reflect.TypeFor[Config]())
	schema := object{
		{"$schema", "http://json-schema.org/draft-07/schema#"},
		{"title", "storeship.yaml"},
		{"description", g.docs["Config"]},
	}
	schema = append(append(schema, root...), member{"definitions", g.definitions})
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(schema); err != nil {
		t.Fatal(err)
	}
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile("schema.json", out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if Schema != out.String() {
		t.Error("schema.json is not what the types say; run UPDATE_GOLDEN=1 go test ./internal/config -run Schema")
	}
}

// member and object are JSON objects that keep their order.
type member struct {
	key   string
	value any
}
type object []member

func (o object) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	out.WriteString("{")
	for i, m := range o {
		if i > 0 {
			out.WriteString(",")
		}
		out.WriteString(strconv.Quote(m.key) + ":")
		if err := enc.Encode(m.value); err != nil {
			return nil, err
		}
	}
	out.WriteString("}")
	return out.Bytes(), nil
}

// generator makes a schema of Go types.
type generator struct {
	docs        map[string]string // "Type" and "Type.Field"
	definitions object
}

// comments reads the doc comments of this package's types.
func comments(t *testing.T) map[string]string {
	docs := map[string]string{}
	for _, file := range []string{"types.go", "types_release.go", "opening.go", "gates.go", "tests.go", "map.go"} {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range f.Decls {
			d, ok := decl.(*ast.GenDecl)
			if !ok || d.Tok != token.TYPE {
				continue
			}
			for _, spec := range d.Specs {
				ts := spec.(*ast.TypeSpec)
				docs[ts.Name.Name] = prose(d.Doc)
				if st, ok := ts.Type.(*ast.StructType); ok {
					for _, field := range st.Fields.List {
						for _, name := range field.Names {
							docs[ts.Name.Name+"."+name.Name] = prose(field.Doc)
						}
					}
				}
			}
		}
	}
	return docs
}

func prose(c *ast.CommentGroup) string { return strings.Join(strings.Fields(c.Text()), " ") }

// structure is the schema of a mapping with fixed keys.
func (g *generator) structure(t reflect.Type) object {
	properties, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		key, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !f.IsExported() || option == "inline" {
			continue
		}
		owner := t.Name()
		if len(f.Index) > 1 {
			owner = t.FieldByIndex(f.Index[:len(f.Index)-1]).Type.Name()
		}
		doc := g.docs[owner+"."+f.Name]
		if doc == "" {
			doc = "MISSING"
		}
		s := append(object{{"description", doc}}, g.value(fieldsOf(t)[key])...)
		properties = append(properties, member{key, s})
		if f.Tag.Get("required") == "true" {
			required = append(required, key)
		}
	}
	s := object{{"type", "object"}, {"additionalProperties", false}}
	if len(required) > 0 {
		s = append(s, member{"required", required})
	}
	return append(s, member{"properties", properties})
}

// reference is the schema of a struct, defined once.
func (g *generator) reference(t reflect.Type, nullable bool) object {
	name := t.Name()
	known := false
	for _, d := range g.definitions {
		known = known || d.key == name
	}
	if !known {
		g.definitions = append(g.definitions, member{name, nil})
		i := len(g.definitions) - 1
		s := g.structure(t)
		switch t {
		case reflect.TypeFor[Domain]():
			s = object{{"anyOf", []any{object{{"const", "none"}}, s}}}
		case reflect.TypeFor[Expose]():
			s = object{{"anyOf", []any{object{{"const", "internal"}}, s}}}
		}
		g.definitions[i].value = append(object{{"description", g.docs[name]}}, s...)
	}
	ref := object{{"$ref", "#/definitions/" + name}}
	if nullable {
		return object{{"anyOf", []any{ref, object{{"type", "null"}}}}}
	}
	// Draft 7 ignores what stands beside a $ref: the description.
	return object{{"allOf", []any{ref}}}
}

// value is the schema of what a field holds.
func (g *generator) value(f field) object {
	t := f.typ
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, ok := reflect.New(t).Interface().(ordered); ok {
		entry, _ := t.Elem().FieldByName("Value")
		s := object{{"type", "object"}}
		s = g.bound(s, "minProperties", f, "min")
		if p := f.tag.Get("pattern"); p != "" {
			s = append(s, member{"propertyNames", pattern(p)})
		}
		return append(s, member{"additionalProperties", g.reference(entry.Type.Elem(), true)})
	}
	if t == reflect.TypeFor[Duration]() {
		return object{{"type", "string"}, {"pattern", durationPattern}}
	}
	switch t.Kind() {
	case reflect.Struct:
		return g.reference(t, f.nullable)
	case reflect.Map:
		return object{{"type", "object"}, {"propertyNames", pattern(f.tag.Get("pattern"))},
			{"additionalProperties", object{{"type", "string"}}}}
	case reflect.Slice:
		item := f
		item.typ = t.Elem()
		s := g.bound(object{{"type", "array"}}, "minItems", f, "min")
		return append(s, member{"items", g.value(item)})
	}
	return g.scalar(t, f)
}

func (g *generator) scalar(t reflect.Type, f field) object {
	s, byDefault := object{}, any(f.tag.Get("default"))
	switch t.Kind() {
	case reflect.String:
		s = append(s, member{"type", "string"})
		if e := f.tag.Get("enum"); e != "" {
			s = append(s, member{"enum", enums[e]})
		}
		if p := f.tag.Get("pattern"); p != "" {
			s = append(s, pattern(p)...)
		}
		if len(s) == 1 {
			s = append(s, member{"minLength", 1})
		}
	case reflect.Int:
		s = append(s, member{"type", "integer"})
		if e := f.tag.Get("enum"); e != "" && f.tag.Get("below") == "rounded" {
			smaller := g.bound(object{}, "minimum", f, "min")
			smaller = append(smaller, member{"exclusiveMaximum", slices.Min(numbers[e])})
			s = append(s, member{"anyOf", []any{object{{"enum", numbers[e]}}, smaller}})
		} else if e != "" {
			s = append(s, member{"enum", numbers[e]})
		} else {
			s = g.bound(g.bound(s, "minimum", f, "min"), "maximum", f, "max")
		}
		if n, err := strconv.Atoi(f.tag.Get("default")); err == nil {
			byDefault = n
		}
	case reflect.Bool:
		s = append(s, member{"type", "boolean"})
		byDefault = f.tag.Get("default") == "true"
	}
	if f.tag.Get("default") != "" {
		s = append(s, member{"default", byDefault})
	}
	return s
}

func (g *generator) bound(s object, key string, f field, tag string) object {
	if n, ok := f.bound(tag); ok {
		return append(s, member{key, n})
	}
	return s
}

func pattern(name string) object {
	p, ok := patterns[name]
	if !ok {
		panic("no pattern is named " + name)
	}
	s := object{{"pattern", p}}
	if l, ok := lengths[name]; ok {
		s = append(s, member{"minLength", l[0]}, member{"maxLength", l[1]})
	}
	return s
}

// Catches a field of the file without a word of documentation, which editors would show as nothing.
func TestEveryKeyIsDocumented(t *testing.T) {
	if strings.Contains(Schema, "MISSING") {
		t.Error("schema.json has a key without a doc comment")
	}
}
