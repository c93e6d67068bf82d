package value

import (
	"slices"
	"strconv"
	"strings"
)

// Change is one difference of two values.
type Change struct {
	// Path leads to it: keys, and for elements of a list what they are known by, else their index in the new list.
	Path []Step
	// Old is the value before, nil where there was none.
	Old any
	// New is the value after, nil where there is none.
	New any
}

// Step is one step of a path.
type Step struct {
	// Key is the name of a property, or the index of an element.
	Key string
	// Name is what an element of a list is known by, its Name or Id; empty for properties.
	Name string
	// Element says that it is an element of a list.
	Element bool
}

// Keys are the steps as a position in a template is named: properties and indices.
func (c Change) Keys() []string {
	keys := make([]string, len(c.Path))
	for i, s := range c.Path {
		keys[i] = s.Key
	}
	return keys
}

// Text is the path as a person would write it: ContainerDefinitions[ui].Image.
func (c Change) Text() string { return PathText(c.Path) }

// PathText is a path as a person would write it.
func PathText(path []Step) string {
	var b strings.Builder
	for i, s := range path {
		switch {
		case s.Element && s.Name != "":
			b.WriteString("[" + s.Name + "]")
		case s.Element:
			b.WriteString("[" + s.Key + "]")
		default:
			if i > 0 {
				b.WriteString(".")
			}
			b.WriteString(s.Key)
		}
	}
	return b.String()
}

// Diff lists where two values differ, property by property. Elements of lists that have a name are compared with the one of
// that name, whatever the order; lists of other things are compared as a whole, and so are functions.
func Diff(old, renewed any) []Change {
	var all []Change
	diff(nil, old, renewed, &all)
	return all
}

func diff(path []Step, old, renewed any, all *[]Change) {
	if Equal(old, renewed) {
		return
	}
	step := func(s Step) []Step { return append(append([]Step(nil), path...), s) }
	switch o := old.(type) {
	case map[string]any:
		n, ok := renewed.(map[string]any)
		if !ok || len(path) > 0 && (isFunction(o) || isFunction(n) || variant(o, n)) {
			break
		}
		for _, k := range Union(o, n) {
			diff(step(Step{Key: k}), o[k], n[k], all)
		}
		return
	case []any:
		n, ok := renewed.([]any)
		if !ok {
			break
		}
		before, after := named(o), named(n)
		if before == nil || after == nil {
			if len(o) == len(n) && objects(o) && objects(n) && len(o) == 1 {
				diff(step(Step{Key: "0", Element: true}), o[0], n[0], all)
				return
			}
			break
		}
		for _, name := range Union(before, after) {
			var one, other any
			index := -1
			if i, ok := before[name]; ok {
				one, index = o[i], i
			}
			if i, ok := after[name]; ok {
				other, index = n[i], i
			}
			diff(step(Step{Key: strconv.Itoa(index), Name: name, Element: true}), one, other, all)
		}
		if len(*all) == 0 || !within((*all)[len(*all)-1].Path, path) {
			break // Only the order differs.
		}
		return
	}
	*all = append(*all, Change{path, old, renewed})
}

// within says whether a path leads to something below another.
func within(path, above []Step) bool {
	return len(path) > len(above) && slices.Equal(path[:len(above)], above)
}

// variant says whether an object is one of several kinds by its only key, and becomes another: {Allow: {}} and {Block: {}}.
func variant(old, renewed map[string]any) bool {
	if len(old) != 1 || len(renewed) != 1 {
		return false
	}
	for k := range old {
		_, same := renewed[k]
		return !same
	}
	return false
}

func isFunction(m map[string]any) bool {
	_, _, ok := Function(m)
	return ok
}

// nameKeys are the properties that elements of lists are known by.
var nameKeys = []string{"Name", "Key", "Id", "Sid", "ContainerName", "AttributeName", "IndexName", "SourceVolume", "name", "id"}

// named gives the index of each element by its name; nil where not all have one, or two have the same.
func named(list []any) map[string]int {
	if len(list) == 0 {
		return map[string]int{}
	}
	for _, key := range nameKeys {
		names := map[string]int{}
		for i, e := range list {
			m, _ := e.(map[string]any)
			name, ok := m[key].(string)
			if _, twice := names[name]; !ok || twice {
				names = nil
				break
			}
			names[name] = i
		}
		if names != nil {
			return names
		}
	}
	return nil
}

func objects(list []any) bool {
	for _, e := range list {
		if m, ok := e.(map[string]any); !ok || isFunction(m) {
			return false
		}
	}
	return true
}
