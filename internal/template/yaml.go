package template

import (
	"fmt"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/storeship/storeship/internal/document"
)

// maxValues bounds what aliases can multiply: a file of a few lines may stand for billions of values.
const maxValues = 1_000_000

// parseYAML parses a template of YAML into what the same template in JSON gives.
func parseYAML(file string, data []byte) (any, error) {
	root, err := document.Parse(file, data)
	if err != nil {
		return nil, err
	}
	c := converter{file: file}
	v := c.value(root)
	return v, c.err
}

// Value converts a YAML document, such as a buildspec, into plain values as encoding/json gives them.
func Value(name string, data []byte) (any, error) { return parseYAML(name, data) }

type converter struct {
	file   string
	values int
	err    error
	open   map[*yaml.Node]bool
}

func (c *converter) value(n *yaml.Node) any {
	if c.values++; c.values > maxValues {
		c.fail(n, "aliases make too many values of this file")
	}
	if c.err != nil {
		return nil
	}
	if n.Kind == yaml.AliasNode {
		if c.open[n.Alias] {
			c.fail(n, "an anchor holds itself")
			return nil
		}
		if c.open == nil {
			c.open = map[*yaml.Node]bool{}
		}
		c.open[n.Alias] = true
		defer delete(c.open, n.Alias)
		return c.value(n.Alias)
	}
	if strings.HasPrefix(n.Tag, "!") && !strings.HasPrefix(n.Tag, "!!") && n.Tag != "!" {
		return c.function(n)
	}
	return c.plain(n)
}

func (c *converter) fail(n *yaml.Node, message string) {
	if c.err == nil {
		c.err = &document.Error{File: c.file, Line: n.Line, Column: n.Column, Message: message}
	}
}

// function is a short form, "!Ref X", in its long one.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference.html
func (c *converter) function(n *yaml.Node) any {
	name := strings.TrimPrefix(n.Tag, "!")
	plain := *n
	plain.Tag = ""
	switch name {
	case "Ref", "Condition":
		return map[string]any{name: plain.Value}
	case "GetAtt":
		if n.Kind == yaml.ScalarNode {
			resource, attribute, _ := strings.Cut(n.Value, ".")
			return map[string]any{"Fn::GetAtt": []any{resource, attribute}}
		}
	}
	return map[string]any{"Fn::" + name: c.plain(&plain)}
}

func (c *converter) plain(n *yaml.Node) any {
	switch n.Kind {
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i]
			if key.ShortTag() == "!!merge" {
				c.merge(m, n.Content[i+1])
				continue
			}
			if key.Kind != yaml.ScalarNode {
				c.fail(key, "a key must be a text")
				return nil
			}
			m[key.Value] = c.value(n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, item := range n.Content {
			list[i] = c.value(item)
		}
		return list
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && fmt.Sprint(f) == n.Value {
			return f
		}
	case "!!bool":
		return strings.EqualFold(n.Value, "true")
	case "!!null":
		return nil
	}
	return n.Value
}

// merge adds what a merge key stands for; keys that are there win.
func (c *converter) merge(into map[string]any, n *yaml.Node) {
	switch v := c.value(n).(type) {
	case map[string]any:
		for k, x := range v {
			if _, ok := into[k]; !ok {
				into[k] = x
			}
		}
	case []any:
		for _, item := range v {
			m, _ := item.(map[string]any)
			for k, x := range m {
				if _, ok := into[k]; !ok {
					into[k] = x
				}
			}
		}
	}
}
