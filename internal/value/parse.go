package value

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Parse reads a template, JSON or YAML. An error has the line and column: "7:3: what is wrong".
func Parse(source []byte) (map[string]any, error) {
	var value any
	if isJSON(source) {
		if err := Unmarshal(source, &value); err != nil {
			return nil, err
		}
	} else {
		var root yaml.Node
		if err := yaml.Unmarshal(source, &root); err != nil {
			return nil, yamlError(err)
		}
		if len(root.Content) == 0 {
			return nil, errors.New("1:1: is empty")
		}
		var err error
		if value, err = (&converter{}).convert(root.Content[0]); err != nil {
			return nil, err
		}
	}
	m, ok := value.(map[string]any)
	if !ok {
		return nil, errors.New("1:1: is no object, so it is no template")
	}
	return m, nil
}

// Unmarshal reads JSON. An error has the line and column, as that of [Parse].
func Unmarshal(source []byte, into any) error {
	err := json.Unmarshal(source, into)
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	offset := int64(1)
	switch {
	case err == nil:
		return nil
	case errors.As(err, &syntax):
		offset = syntax.Offset
	case errors.As(err, &typ):
		offset = typ.Offset
	}
	p := PositionOf(source, int(offset)-1)
	return fmt.Errorf("%d:%d: %w", p.Line, p.Column, err)
}

var yamlLine = regexp.MustCompile(`^yaml: (?:unmarshal errors:\n  )?line (\d+): `)

// yamlError puts the line in front, as all errors have it.
func yamlError(err error) error {
	text := strings.TrimSpace(err.Error())
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		return fmt.Errorf("%s:1: %s", m[1], text[len(m[0]):])
	}
	return fmt.Errorf("1:1: %s", strings.TrimPrefix(text, "yaml: "))
}

// converter makes of YAML what JSON would be. It counts, because aliases make a small file large.
type converter struct{ nodes int }

// mostNodes is far more than a template of the largest size that CloudFormation takes, 1 MB, can have.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
const mostNodes = 2_000_000

func (c *converter) convert(n *yaml.Node) (any, error) {
	if c.nodes++; c.nodes > mostNodes {
		return nil, fmt.Errorf("%d:%d: aliases make this file too large", n.Line, n.Column)
	}
	var value any
	switch n.Kind {
	case yaml.AliasNode:
		return c.convert(n.Alias)
	case yaml.MappingNode:
		m := make(map[string]any, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			e, err := c.convert(n.Content[i+1])
			if err != nil {
				return nil, err
			}
			key := n.Content[i].Value
			if _, twice := m[key]; twice {
				return nil, fmt.Errorf("%d:%d: has %s twice", n.Content[i].Line, n.Content[i].Column, strconv.Quote(key))
			}
			m[key] = e
		}
		value = m
	case yaml.SequenceNode:
		list := make([]any, len(n.Content))
		for i, e := range n.Content {
			var err error
			if list[i], err = c.convert(e); err != nil {
				return nil, err
			}
		}
		value = list
	default:
		value = scalar(n)
	}
	return short(n, value), nil
}

func scalar(n *yaml.Node) any {
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		var b bool
		if n.Decode(&b) == nil {
			return b
		}
	case "!!int", "!!float":
		var f float64
		// An account number that begins with zero is a string to whoever wrote it.
		if n.Decode(&f) == nil && (n.Value == "0" || !strings.HasPrefix(n.Value, "0") || strings.HasPrefix(n.Value, "0.")) {
			return f
		}
	}
	return n.Value
}

// short makes of a short form the function: !Ref and !GetAtt and the rest.
func short(n *yaml.Node, value any) any {
	tag := n.Tag
	if !strings.HasPrefix(tag, "!") || strings.HasPrefix(tag, "!!") {
		return value
	}
	name := tag[1:]
	switch name {
	case "Ref", "Condition":
		return map[string]any{name: value}
	case "GetAtt":
		if text, ok := value.(string); ok {
			id, attribute, _ := strings.Cut(text, ".")
			value = []any{id, attribute}
		}
	}
	return map[string]any{"Fn::" + name: value}
}
