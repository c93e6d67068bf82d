package template

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
)

// Resolver says what a template's functions give, as far as the template says it.
type Resolver struct{ stack *assembly.Stack }

// In is the resolver of a stack's template.
func In(s *assembly.Stack) Resolver { return Resolver{s} }

// NoValue is what removes the property that refers to it.
const NoValue = "AWS::NoValue"

// Resource is the logical id of the resource that v refers to, by Ref or GetAtt.
func (r Resolver) Resource(v any) (string, bool) {
	m, ok := v.(map[string]any)
	if !ok || len(m) != 1 {
		return "", false
	}
	id, _ := m["Ref"].(string)
	if list, ok := m["Fn::GetAtt"].([]any); ok && len(list) > 0 {
		id, _ = list[0].(string)
	}
	if text, ok := m["Fn::GetAtt"].(string); ok {
		id, _, _ = strings.Cut(text, ".")
	}
	resources, _ := r.stack.Template["Resources"].(map[string]any)
	_, known := resources[id]
	return id, known
}

// open marks a part of a text that is known at deployment only: «Logical.Attribute».
func open(name string) string { return "«" + name + "»" }

// Text is v as a text: functions are executed as far as the template says what of, and what is known at deployment only
// stands in «». Values that are no text are JSON; nil is empty.
func (r Resolver) Text(v any) string {
	switch v := r.Value(v).(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		b, err := json.Marshal(v)
		if err != nil {
			return fmt.Sprint(v)
		}
		return string(b)
	}
}

// Value is v with its functions executed, at every depth; see [Resolver.Text].
func (r Resolver) Value(v any) any {
	switch v := v.(type) {
	case map[string]any:
		if len(v) == 1 {
			for name, arg := range v {
				if result, ok := r.function(name, arg); ok {
					return result
				}
			}
		}
		m := make(map[string]any, len(v))
		for k, x := range v {
			if !isNoValue(x) {
				m[k] = r.Value(x)
			}
		}
		return m
	case []any:
		list := []any{}
		for _, x := range v {
			if x = r.Value(x); !isNoValue(x) {
				list = append(list, x)
			}
		}
		return list
	}
	return v
}

func isNoValue(v any) bool {
	m, ok := v.(map[string]any)
	return ok && len(m) == 1 && m["Ref"] == NoValue
}

func (r Resolver) function(name string, arg any) (any, bool) {
	list, _ := arg.([]any)
	switch name {
	case "Ref":
		if arg == NoValue {
			return map[string]any{"Ref": NoValue}, true
		}
		return r.ref(fmt.Sprint(arg)), true
	case "Fn::GetAtt":
		if len(list) == 2 {
			return open(fmt.Sprint(list[0]) + "." + r.Text(list[1])), true
		}
		return open(fmt.Sprint(arg)), true
	case "Fn::Join":
		if len(list) == 2 {
			parts, _ := r.Value(list[1]).([]any)
			words := make([]string, len(parts))
			for i, p := range parts {
				words[i] = r.Text(p)
			}
			return strings.Join(words, r.Text(list[0])), true
		}
	case "Fn::Sub":
		if text, ok := arg.(string); ok {
			return r.sub(text, nil), true
		}
		if len(list) == 2 {
			text, _ := list[0].(string)
			variables, _ := list[1].(map[string]any)
			return r.sub(text, variables), true
		}
	case "Fn::Select":
		if len(list) == 2 {
			i, err := strconv.Atoi(r.Text(list[0]))
			if items, ok := r.Value(list[1]).([]any); ok && err == nil && i >= 0 && i < len(items) {
				return items[i], true
			}
		}
	case "Fn::FindInMap":
		return r.mapped(list)
	case "Fn::If":
		// Which of both it is, is known at deployment; what there may be is what is judged.
		if len(list) == 3 {
			for _, x := range list[1:] {
				if v := r.Value(x); !isNoValue(v) {
					return v, true
				}
			}
			return map[string]any{"Ref": NoValue}, true
		}
	case "Fn::ToJsonString":
		b, err := json.Marshal(r.Value(arg))
		return string(b), err == nil
	}
	if strings.HasPrefix(name, "Fn::") {
		return open(strings.TrimPrefix(name, "Fn::") + " " + r.Text(arg)), true
	}
	return nil, false
}

func (r Resolver) ref(name string) string {
	switch {
	case name == "AWS::Region" && r.stack.Region != "":
		return r.stack.Region
	case name == "AWS::AccountId" && r.stack.Account != "":
		return r.stack.Account
	case name == "AWS::Partition":
		return "aws"
	case name == "AWS::URLSuffix":
		return "amazonaws.com"
	case name == "AWS::StackName":
		return r.stack.Name
	}
	parameters, _ := r.stack.Template["Parameters"].(map[string]any)
	if p, ok := parameters[name].(map[string]any); ok {
		if kind, _ := p["Type"].(string); p["Default"] != nil && !strings.HasPrefix(kind, "AWS::SSM::") {
			return r.Text(p["Default"])
		}
	}
	return open(name)
}

var variable = regexp.MustCompile(`\$\{(!?)([^}]*)\}`)

// sub executes Fn::Sub: ${X}, ${X.Attribute}, and ${!Literal}.
func (r Resolver) sub(text string, variables map[string]any) string {
	return variable.ReplaceAllStringFunc(text, func(s string) string {
		m := variable.FindStringSubmatch(s)
		name := strings.TrimSpace(m[2])
		if m[1] != "" {
			return "${" + m[2] + "}"
		}
		if v, ok := variables[name]; ok {
			return r.Text(v)
		}
		if strings.Contains(name, ".") {
			return open(name)
		}
		return r.ref(name)
	})
}

func (r Resolver) mapped(list []any) (any, bool) {
	mappings, _ := r.stack.Template["Mappings"].(map[string]any)
	if len(list) < 3 {
		return nil, false
	}
	first, _ := mappings[r.Text(list[0])].(map[string]any)
	second, _ := first[r.Text(list[1])].(map[string]any)
	v, ok := second[r.Text(list[2])]
	if !ok {
		return open("FindInMap"), true
	}
	return v, true
}
