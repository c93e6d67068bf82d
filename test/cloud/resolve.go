package cloud

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// none is AWS::NoValue.
type none struct{}

// resolve evaluates the functions in value and in everything within it.
func (s *stack) resolve(value any) any {
	switch v := value.(type) {
	case []any:
		out := []any{}
		for _, e := range v {
			if r := s.resolve(e); r != (any)(none{}) {
				out = append(out, r)
			}
		}
		return out
	case map[string]any:
		if len(v) == 1 {
			for name, argument := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return s.function(name, argument)
				}
			}
		}
		out := map[string]any{}
		for key, e := range v {
			if r := s.resolve(e); r != (any)(none{}) {
				out[key] = r
			}
		}
		return out
	case string:
		return s.dynamic(v)
	case int:
		return float64(v)
	}
	return value
}

var dynamicReference = regexp.MustCompile(`\{\{resolve:ssm:([^:}]+)(:\d+)?\}\}`)

// dynamic replaces references to SSM parameters.
func (s *stack) dynamic(text string) string {
	return dynamicReference.ReplaceAllStringFunc(text, func(m string) string {
		return s.parameter(dynamicReference.FindStringSubmatch(m)[1])
	})
}

func (s *stack) function(name string, argument any) any {
	switch name {
	case "Ref":
		return s.ref(fmt.Sprint(argument))
	case "Fn::GetAtt":
		id, attribute, _ := strings.Cut(fmt.Sprint(argument), ".")
		if a, ok := argument.([]any); ok {
			id, attribute = fmt.Sprint(a[0]), fmt.Sprint(s.resolve(a[1]))
		}
		return s.getAtt(id, attribute)
	case "Fn::Join":
		a := argument.([]any)
		return join(a[0].(string), s.resolve(a[1]))
	case "Fn::Split":
		a := argument.([]any)
		var out []any
		for _, part := range strings.Split(fmt.Sprint(s.resolve(a[1])), a[0].(string)) {
			out = append(out, part)
		}
		return out
	case "Fn::Select":
		a := argument.([]any)
		i, err := strconv.Atoi(fmt.Sprint(s.resolve(a[0])))
		list, _ := s.resolve(a[1]).([]any)
		if err != nil || i >= len(list) {
			s.problemf("Fn::Select takes element %v of %v", a[0], list)
			return ""
		}
		return list[i]
	case "Fn::Sub":
		return s.sub(argument)
	case "Fn::If":
		a := argument.([]any)
		if s.condition(a[0].(string)) {
			return s.resolve(a[1])
		}
		return s.resolve(a[2])
	case "Fn::GetAZs":
		return []any{s.region + "a", s.region + "b", s.region + "c"}
	case "Fn::Base64":
		return s.resolve(argument)
	}
	s.problemf("uses %s, which ties stacks together or is not known here", name)
	return ""
}

func join(delimiter string, list any) string {
	elements, ok := list.([]any)
	if !ok {
		return fmt.Sprint(list)
	}
	parts := make([]string, len(elements))
	for i, e := range elements {
		parts[i] = fmt.Sprint(e)
	}
	return strings.Join(parts, delimiter)
}

func (s *stack) ref(id string) any {
	switch id {
	case "AWS::NoValue":
		return none{}
	case "AWS::AccountId":
		return s.account
	case "AWS::Region":
		return s.region
	case "AWS::Partition":
		return "aws"
	case "AWS::URLSuffix":
		return "amazonaws.com"
	case "AWS::StackName":
		return s.name
	case "AWS::StackId":
		return "arn:aws:cloudformation:" + s.region + ":" + s.account + ":stack/" + s.name + "/id"
	}
	if r, ok := s.resources[id]; ok {
		if kindOf(r.Type).refIsARN {
			return s.arnOf(r)
		}
		name, _ := s.nameOf(r)
		return name
	}
	return s.input(id)
}

// input is the value of a parameter of the template.
func (s *stack) input(id string) any {
	if v, ok := s.given[id]; ok {
		return v
	}
	parameters, _ := s.template["Parameters"].(map[string]any)
	p, ok := parameters[id].(map[string]any)
	if !ok {
		s.problemf("refers to %s, which is neither a resource nor a parameter", id)
		return ""
	}
	typ := fmt.Sprint(p["Type"])
	value := fmt.Sprint(p["Default"])
	if strings.HasPrefix(typ, "AWS::SSM::Parameter::Value") {
		value = s.parameter(value)
	}
	if strings.Contains(typ, "List") {
		var out []any
		for _, e := range strings.Split(value, ",") {
			if e != "" {
				out = append(out, e)
			}
		}
		return out
	}
	return value
}

// parameter reads an SSM parameter of the stack's account and region.
func (s *stack) parameter(name string) string {
	r, ok := s.cloud.parameters[parameterKey(s.account, s.region, name)]
	if !ok {
		s.problemf("reads the SSM parameter %s, which no stack there writes", name)
		return ""
	}
	return fmt.Sprint(r.stack.resolve(r.raw["Value"]))
}

func (s *stack) getAtt(id, attribute string) any {
	r, ok := s.resources[id]
	if !ok {
		s.problemf("refers to %s of %s, which is no resource", attribute, id)
		return ""
	}
	name, _ := s.nameOf(r)
	arn := s.arnOf(r)
	switch {
	case attribute == "Arn", strings.HasSuffix(attribute, "Arn") && kindOf(r.Type).refIsARN:
		return arn
	case attribute == "RepositoryUri":
		return s.account + ".dkr.ecr." + s.region + ".amazonaws.com/" + name
	case attribute == "KeyId", attribute == "GroupId":
		return name
	}
	if v, ok := r.raw[attribute]; ok {
		return s.resolve(v)
	}
	return name + "." + attribute
}

var variable = regexp.MustCompile(`\$\{(!?)([^}]+)\}`)

func (s *stack) sub(argument any) any {
	text, given := "", map[string]any{}
	switch a := argument.(type) {
	case string:
		text = a
	case []any:
		text, _ = a[0].(string)
		given, _ = a[1].(map[string]any)
	}
	return variable.ReplaceAllStringFunc(text, func(m string) string {
		parts := variable.FindStringSubmatch(m)
		if parts[1] == "!" {
			return "${" + parts[2] + "}"
		}
		if v, ok := given[parts[2]]; ok {
			return fmt.Sprint(s.resolve(v))
		}
		if id, attribute, ok := strings.Cut(parts[2], "."); ok {
			return fmt.Sprint(s.getAtt(id, attribute))
		}
		return fmt.Sprint(s.ref(parts[2]))
	})
}

// condition evaluates a condition of the template.
func (s *stack) condition(name string) bool {
	conditions, _ := s.template["Conditions"].(map[string]any)
	definition, ok := conditions[name]
	if !ok {
		s.problemf("refers to the condition %s, which there is not", name)
		return false
	}
	return s.holds(definition)
}

func (s *stack) holds(value any) bool {
	m, _ := value.(map[string]any)
	for name, argument := range m {
		list, _ := argument.([]any)
		switch name {
		case "Condition":
			return s.condition(fmt.Sprint(argument))
		case "Fn::Equals":
			return fmt.Sprint(s.resolve(list[0])) == fmt.Sprint(s.resolve(list[1]))
		case "Fn::Not":
			return !s.holds(list[0])
		case "Fn::And":
			for _, e := range list {
				if !s.holds(e) {
					return false
				}
			}
			return true
		case "Fn::Or":
			for _, e := range list {
				if s.holds(e) {
					return true
				}
			}
			return false
		}
	}
	s.problemf("has a condition that is not known here: %v", value)
	return false
}
