package value

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// Names says what a reference to a parameter, resource or pseudo parameter is shown as. The empty string leaves the id.
type Names func(id string) string

// Show is a value in one line as a person would write it: functions in the short form of Fn::Sub, names without quotes.
//
//	{"Fn::Join": ["", ["arn:aws:s3:::", {"Ref": "Bucket"}, "/*"]]}   arn:aws:s3:::${Bucket}/*
//	{"Fn::Select": [0, {"Ref": "Subnets"}]}                          ${Subnets[0]}
func Show(v any, names Names) string {
	s := shower{names}
	return s.value(v, false)
}

// ShowLines is a value over several lines, a key and an element on each: for two of them side by side.
func ShowLines(v any, names Names) string {
	var b strings.Builder
	s := shower{names}
	s.lines(&b, v, 0)
	return strings.TrimPrefix(b.String(), "\n")
}

type shower struct{ names Names }

// value is v in a line. Within a list or an object strings that would be taken for something else are quoted.
func (s shower) value(v any, inside bool) string {
	switch t := v.(type) {
	case nil:
		return "none"
	case string:
		if inside && (t == "" || strings.ContainsAny(t, ",{}[]\"\n") || strings.TrimSpace(t) != t) {
			return strconv.Quote(t)
		}
		return t
	case bool:
		return strconv.FormatBool(t)
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	case []any:
		parts := make([]string, len(t))
		for i, e := range t {
			parts[i] = s.value(e, true)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case map[string]any:
		if function, argument, ok := Function(t); ok {
			return s.function(function, argument)
		}
		parts := make([]string, 0, len(t))
		for _, k := range Keys(t) {
			parts = append(parts, k+": "+s.value(t[k], true))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

// Function returns the intrinsic function that an object is, with its argument.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
func Function(m map[string]any) (name string, argument any, ok bool) {
	if len(m) != 1 {
		return "", nil, false
	}
	for k, v := range m {
		if k == "Ref" || k == "Condition" && isString(v) || strings.HasPrefix(k, "Fn::") {
			return k, v, true
		}
	}
	return "", nil, false
}

func isString(v any) bool { _, ok := v.(string); return ok }

// function is what a person would write: ${…}, with the expression in it.
func (s shower) function(name string, argument any) string {
	switch name {
	case "Fn::Join":
		if joined, ok := s.join(argument); ok {
			return joined
		}
	case "Fn::Sub":
		return s.sub(argument)
	}
	return "${" + s.expression(name, argument) + "}"
}

// expression is a function without the braces around it.
func (s shower) expression(name string, argument any) string {
	list, _ := argument.([]any)
	at := func(i int) string {
		if i >= len(list) {
			return "?"
		}
		return s.bare(list[i])
	}
	switch name {
	case "Ref", "Condition":
		id, _ := argument.(string)
		return s.name(id)
	case "Fn::GetAtt":
		if text, ok := argument.(string); ok {
			id, attribute, _ := strings.Cut(text, ".")
			return s.name(id) + "." + attribute
		}
		if len(list) == 2 {
			id, _ := list[0].(string)
			return s.name(id) + "." + at(1)
		}
	case "Fn::Select":
		if len(list) == 2 {
			return at(1) + "[" + at(0) + "]"
		}
	case "Fn::Split":
		if len(list) == 2 {
			return at(1) + " split at " + strconv.Quote(at(0))
		}
	case "Fn::ImportValue":
		return "import " + s.bare(argument)
	case "Fn::GetAZs":
		if of := s.bare(argument); of != "" && of != "AWS::Region" {
			return "zones of " + of
		}
		return "zones"
	case "Fn::If":
		if len(list) == 3 {
			return at(0) + " ? " + at(1) + " : " + at(2)
		}
	case "Fn::FindInMap":
		if len(list) >= 3 {
			return at(0) + "[" + at(1) + "][" + at(2) + "]"
		}
	case "Fn::Equals":
		if len(list) == 2 {
			return at(0) + " = " + at(1)
		}
	case "Fn::And", "Fn::Or":
		parts := make([]string, len(list))
		for i := range list {
			parts[i] = at(i)
		}
		return strings.Join(parts, map[string]string{"Fn::And": " and ", "Fn::Or": " or "}[name])
	case "Fn::Not":
		if len(list) == 1 {
			return "not " + at(0)
		}
	case "Fn::Join":
		if len(list) == 2 {
			return at(1) + " joined by " + strconv.Quote(at(0))
		}
	}
	return strings.ToLower(strings.TrimPrefix(name, "Fn::")) + " " + s.bare(argument)
}

// bare is a value within an expression, where ${ and } are understood.
func (s shower) bare(v any) string {
	if m, ok := v.(map[string]any); ok {
		if name, argument, ok := Function(m); ok && name != "Fn::Sub" {
			if joined, ok := s.join(argument); ok && name == "Fn::Join" {
				return joined
			}
			return s.expression(name, argument)
		}
	}
	return s.value(v, false)
}

// name of a reference.
func (s shower) name(id string) string {
	if s.names != nil {
		if name := s.names(id); name != "" {
			return name
		}
	}
	return id
}

// join concatenates, where the list and the separator are known.
func (s shower) join(argument any) (string, bool) {
	list, _ := argument.([]any)
	if len(list) != 2 {
		return "", false
	}
	separator, ok := list[0].(string)
	parts, ok2 := list[1].([]any)
	if !ok || !ok2 {
		return "", false
	}
	texts := make([]string, len(parts))
	for i, p := range parts {
		texts[i] = s.value(p, false)
	}
	return strings.Join(texts, separator), true
}

// sub is the text of Fn::Sub with the names and variables of it put in.
func (s shower) sub(argument any) string {
	text, _ := argument.(string)
	variables := map[string]any{}
	if list, ok := argument.([]any); ok && len(list) > 0 {
		text, _ = list[0].(string)
		if len(list) > 1 {
			variables, _ = list[1].(map[string]any)
		}
	}
	var b strings.Builder
	for {
		before, after, found := strings.Cut(text, "${")
		b.WriteString(before)
		inner, rest, closed := strings.Cut(after, "}")
		if !found || !closed {
			if found {
				b.WriteString("${" + after)
			}
			return b.String()
		}
		id, attribute, _ := strings.Cut(inner, ".")
		switch value, ok := variables[inner]; {
		case strings.HasPrefix(inner, "!"):
			b.WriteString("${" + inner + "}")
		case ok:
			b.WriteString(s.value(value, false))
		case attribute != "":
			b.WriteString("${" + s.name(id) + "." + attribute + "}")
		default:
			b.WriteString("${" + s.name(id) + "}")
		}
		text = rest
	}
}

// lines writes v with an indentation, much as YAML.
func (s shower) lines(b *strings.Builder, v any, depth int) {
	indent := "\n" + strings.Repeat("  ", depth)
	switch t := v.(type) {
	case []any:
		for _, e := range t {
			b.WriteString(indent + "- ")
			var inner strings.Builder
			s.lines(&inner, e, depth+1)
			b.WriteString(strings.TrimLeft(inner.String(), "\n "))
		}
		if len(t) == 0 {
			b.WriteString("[]")
		}
	case map[string]any:
		if _, _, ok := Function(t); ok {
			b.WriteString(s.value(t, false))
			return
		}
		for _, k := range Keys(t) {
			b.WriteString(indent + k + ":")
			switch t[k].(type) {
			case []any, map[string]any:
				var inner strings.Builder
				s.lines(&inner, t[k], depth+1)
				if !strings.HasPrefix(inner.String(), "\n") {
					b.WriteString(" ")
				}
				b.WriteString(inner.String())
			default:
				b.WriteString(" " + s.value(t[k], true))
			}
		}
		if len(t) == 0 {
			b.WriteString("{}")
		}
	default:
		b.WriteString(s.value(v, false))
	}
}

// Keys are the keys of an object in order.
func Keys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// Union are the keys of either of two objects, in order.
func Union[V any](a, b map[string]V) []string {
	both := map[string]bool{}
	for k := range a {
		both[k] = true
	}
	for k := range b {
		both[k] = true
	}
	return Keys(both)
}

// List is a list, or a list of the one thing that stands where a list may.
func List(v any) []any {
	switch t := v.(type) {
	case nil:
		return nil
	case []any:
		return t
	}
	return []any{v}
}

// Objects are the objects of a list, without what else is in it.
func Objects(v any) []map[string]any {
	var all []map[string]any
	for _, e := range List(v) {
		if m, ok := e.(map[string]any); ok {
			all = append(all, m)
		}
	}
	return all
}

// Refers lists the ids that a value refers to, each once, in order.
func Refers(v any) []string {
	var ids []string
	refers(v, &ids)
	slices.Sort(ids)
	return slices.Compact(ids)
}

func refers(v any, ids *[]string) {
	switch t := v.(type) {
	case []any:
		for _, e := range t {
			refers(e, ids)
		}
	case map[string]any:
		if name, argument, ok := Function(t); ok {
			switch id := argument.(type) {
			case string:
				switch name {
				case "Ref":
					*ids = append(*ids, id)
				case "Fn::GetAtt":
					id, _, _ = strings.Cut(id, ".")
					*ids = append(*ids, id)
				case "Fn::Sub":
					subRefers(id, ids)
				}
			case []any:
				if first, ok := at(id, 0).(string); ok {
					switch name {
					case "Fn::GetAtt":
						*ids = append(*ids, first)
						return
					case "Fn::Sub":
						subRefers(first, ids)
					}
				}
			}
		}
		for _, e := range t {
			refers(e, ids)
		}
	}
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}

func subRefers(text string, ids *[]string) {
	for {
		_, after, found := strings.Cut(text, "${")
		inner, rest, closed := strings.Cut(after, "}")
		if !found || !closed {
			return
		}
		if id, _, _ := strings.Cut(inner, "."); !strings.HasPrefix(id, "!") {
			*ids = append(*ids, id)
		}
		text = rest
	}
}

// Canonical is a value as one text that is equal for equal values.
func Canonical(v any) string {
	content, err := json.Marshal(v) // It sorts the keys.
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(content)
}
