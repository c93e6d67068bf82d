package config

import (
	"errors"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/text"
	"go.yaml.in/yaml/v3"
)

// visit calls f for every value of a file with its path and the field of this package's types that it fills.
func visit(path string, t reflect.Type, tag field, n *yaml.Node, f func(path string, t reflect.Type, tag field, n *yaml.Node)) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	f(path, t, tag, n)
	_, isMap := reflect.New(t).Interface().(ordered)
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i].Value, n.Content[i+1]
		under := text.Under(path, key)
		switch {
		case isMap:
			entry, _ := t.Elem().FieldByName("Value")
			visit(under, entry.Type.Elem(), field{nullable: true}, value, f)
		case t.Kind() == reflect.Map:
			visit(under, t.Elem(), field{tag: `entry:"true"`, emptyAllowed: tag.emptyAllowed}, value, f)
		default:
			inner := fieldsOf(t)[key]
			visit(under, inner.typ, inner, value, f)
		}
	}
	for i := 0; n.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice && i < len(n.Content); i++ {
		visit(text.Item(path, i), t.Elem(), field{tag: tag.tag}, n.Content[i], f)
	}
}

// full parses the file that says every key, and calls f for each of its values. What f does to a value is undone.
func full(t *testing.T, f func(root *yaml.Node, path string, typ reflect.Type, tag field, n *yaml.Node)) {
	t.Helper()
	var doc yaml.Node
	if err := yaml.Unmarshal(read(t, "testdata/good/full.yaml"), &doc); err != nil {
		t.Fatal(err)
	}
	visit("", reflect.TypeFor[Config](), field{}, doc.Content[0], func(path string, typ reflect.Type, tag field, n *yaml.Node) {
		before := *n
		f(&doc, path, typ, tag, n)
		*n = before
	})
}

// problemsOf parses a changed file.
func problemsOf(t *testing.T, root *yaml.Node) []Problem {
	t.Helper()
	data, err := yaml.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Parse("full.yaml", data)
	if err == nil {
		return nil
	}
	var problems *Problems
	if !errors.As(err, &problems) {
		t.Fatal(err)
	}
	return problems.List
}

// hasProblem says whether a problem is at path, or at what the path's value belongs to in another layer.
func hasProblem(ps []Problem, path string) bool {
	for _, p := range ps {
		if p.Path == path || strings.HasPrefix(p.Path, path+".") || strings.HasPrefix(p.Path, path+"[") {
			return true
		}
	}
	return false
}

func scalar(value, tag string) yaml.Node {
	return yaml.Node{Kind: yaml.ScalarNode, Value: value, Tag: tag}
}

// Catches a key that is missing from the file with every key, which the tests below change.
func TestFullFileSaysEveryKey(t *testing.T) {
	said := map[reflect.Type]map[string]bool{}
	full(t, func(_ *yaml.Node, path string, typ reflect.Type, _ field, n *yaml.Node) {
		for i := 0; n.Kind == yaml.MappingNode && typ.Kind() == reflect.Struct && i < len(n.Content); i += 2 {
			if said[typ] == nil {
				said[typ] = map[string]bool{}
			}
			said[typ][n.Content[i].Value] = true
		}
	})
	for typ, keys := range said {
		if typ == reflect.TypeFor[Runtime]() || typ == reflect.TypeFor[Defaults]() || typ == reflect.TypeFor[Provider]() {
			continue // the same keys as a service's, or its source's
		}
		for _, key := range keysOf(typ) {
			if !keys[key] {
				t.Errorf("testdata/good/full.yaml does not say %s of %s", key, typ.Name())
			}
		}
	}
}

// Catches a key whose wrong type is taken silently, at any place of the file, and what follows from it said as if it were a mistake of its own.
func TestWrongTypesAreRefusedEverywhere(t *testing.T) {
	full(t, func(root *yaml.Node, path string, typ reflect.Type, tag field, n *yaml.Node) {
		if path == "" {
			return
		}
		if n.Kind == yaml.ScalarNode {
			*n = yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{{Kind: yaml.MappingNode}}}
		} else {
			*n = scalar("5", "!!int")
		}
		if ps := problemsOf(t, root); !hasProblem(ps, path) || len(ps) != 1 {
			t.Errorf("%s: a wrong type is not one problem: %v", path, ps)
		}
		_, isMap := reflect.New(typ).Interface().(ordered)
		if isMap || tag.nullable {
			return
		}
		*n = scalar("null", "!!null")
		if ps := problemsOf(t, root); !hasProblem(ps, path) {
			t.Errorf("%s: no value is no problem: %v", path, ps)
		}
	})
}

// Catches a mapping in which a mistyped key is ignored.
func TestUnknownKeysAreRefusedEverywhere(t *testing.T) {
	full(t, func(root *yaml.Node, path string, typ reflect.Type, _ field, n *yaml.Node) {
		_, isMap := reflect.New(typ).Interface().(ordered)
		if n.Kind != yaml.MappingNode || typ.Kind() != reflect.Struct || isMap {
			return
		}
		key, value := scalar("zzz", "!!str"), scalar("5", "!!int")
		n.Content = append(n.Content[:len(n.Content):len(n.Content)], &key, &value)
		if ps := problemsOf(t, root); !hasProblem(ps, text.Under(path, "zzz")) {
			t.Errorf("%s: an unknown key is no problem: %v", path, ps)
		}
	})
}

// Catches a reference that is taken as it is written, at any place of the file but where people explain themselves or name files.
func TestReferencesAreRefusedWhereNoneIsResolved(t *testing.T) {
	full(t, func(root *yaml.Node, path string, typ reflect.Type, _ field, n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || typ.Kind() != reflect.String || strings.HasSuffix(path, "reason") || strings.Contains(path, ".filePaths.") ||
			strings.Contains(path, ".tests.performance.variables.") { // resolved, but there is no environment that it runs in
			return
		}
		*n = scalar("/${services.nope.url}", "!!str")
		if ps := problemsOf(t, root); !hasProblem(ps, path) {
			t.Errorf("%s: a reference is no problem: %v", path, ps)
		}
	})
}

// Catches a value that the schema refuses in an editor and the program takes, a bound that is in a tag only, and what follows from a wrong value
// said as if it were a mistake of its own.
func TestTagsAreEnforced(t *testing.T) {
	full(t, func(root *yaml.Node, path string, typ reflect.Type, tag field, n *yaml.Node) {
		if n.Kind != yaml.ScalarNode || path == "" {
			return
		}
		var bad []yaml.Node
		number := func(i int64) {
			if typ == reflect.TypeFor[Duration]() {
				bad = append(bad, scalar(strconv.FormatInt(i, 10)+"ns", "!!str"))
			} else {
				bad = append(bad, scalar(strconv.FormatInt(i, 10), "!!int"))
			}
		}
		if low, ok := tag.bound("min"); ok && (typ.Kind() == reflect.Int || typ == reflect.TypeFor[Duration]()) {
			number(low - 1)
		}
		if high, ok := tag.bound("max"); ok {
			number(high + 1)
		}
		switch {
		case tag.tag.Get("enum") != "" && typ.Kind() == reflect.Int:
			number(4242)
		case tag.tag.Get("enum") != "", tag.tag.Get("pattern") != "":
			bad = append(bad, scalar("§ no §", "!!str"))
		}
		for _, b := range bad {
			*n = b
			if ps := problemsOf(t, root); !hasProblem(ps, path) || len(ps) != 1 {
				t.Errorf("%s: %s is not one problem: %v", path, b.Value, ps)
			}
		}
	})
}

// Catches a number or duration that is refused without a word on which are allowed.
func TestWrongNumbersAreToldWhichAreRight(t *testing.T) {
	full(t, func(root *yaml.Node, path string, typ reflect.Type, tag field, n *yaml.Node) {
		least := tag.tag.Get("min")
		if typ.Kind() != reflect.Int && typ != reflect.TypeFor[Duration]() || least == "" {
			return
		}
		if offered := numbers[tag.tag.Get("enum")]; offered != nil {
			least = text.Or(offered)
		}
		for _, wrong := range []yaml.Node{scalar("lots", "!!str"), scalar("0.5", "!!float"), scalar("99999999999999999999999", "!!float")} {
			*n = wrong
			if ps := problemsOf(t, root); len(ps) != 1 || !strings.Contains(ps[0].Message, least) {
				t.Errorf("%s: %s: want %s in %v", path, wrong.Value, least, ps)
			}
		}
	})
}

// Catches a value that the schema offers in an editor and the program refuses.
func TestEnumsAreAccepted(t *testing.T) {
	full(t, func(root *yaml.Node, path string, typ reflect.Type, tag field, n *yaml.Node) {
		name := tag.tag.Get("enum")
		if name == "" || n.Kind != yaml.ScalarNode {
			return
		}
		tagged := "!!str"
		offered := enums[name]
		if typ.Kind() == reflect.Int {
			tagged, offered = "!!int", texts(numbers[name])
		}
		if len(offered) == 0 {
			t.Fatalf("%s: no values are named %s", path, name)
		}
		for _, v := range offered {
			*n = scalar(v, tagged)
			for _, p := range problemsOf(t, root) {
				if p.Path == path && strings.Contains(p.Message, "must be") {
					t.Errorf("%s: %s is refused: %s", path, v, p.Message)
				}
			}
		}
	})
}

// Catches a default that the schema promises and the program does not have.
func TestDefaultsOfTheSchema(t *testing.T) {
	c, err := Parse("minimal.yaml", []byte(`
store: shop
tools: {account: "111111111111", region: eu-west-1}
environments:
  beta: {kind: test, account: "333333333333", domain: none, waves: [{regions: [eu-west-1]}]}
  gamma: {kind: preproduction, account: "444444444444", domain: none, waves: [{regions: [eu-west-1]}]}
  prod: {kind: production, account: "222222222222", domain: none, waves: [{regions: [eu-west-1]}]}
services:
  web:
    build: {preset: node}
    http: {port: 3000, health: /}
    expose: {path: /*}
    tests: {integration: {commands: [a]}, acceptance: {commands: [a]}, performance: {load: {path: /, requestsPerSecond: 9, p99: 1s}}}
  worker: {build: {preset: go}, healthCommand: [/healthy]}
`))
	if err != nil {
		t.Fatal(err)
	}
	effective := map[string]string{}
	for _, service := range []string{"worker", "web"} {
		for _, environment := range c.Environments.Names() { // production is the last one, and wins
			settings, err := c.Explain(service, environment)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range settings {
				effective[s.Path] = s.Value
			}
		}
	}
	checked := 0
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		if _, isMap := reflect.New(typ).Interface().(ordered); isMap || typ.Kind() != reflect.Struct {
			return
		}
		for key, f := range fieldsOf(typ) {
			under := text.Under(path, key)
			if d := f.tag.Get("default"); d != "" {
				checked++
				if effective[under] != d {
					t.Errorf("%s: the schema says %s, the program has %q", under, d, effective[under])
				}
			}
			walk(under, f.typ)
		}
	}
	walk("", reflect.TypeFor[Service]())
	if checked < 10 {
		t.Errorf("only %d defaults compared", checked)
	}
}
