package release

import (
	"regexp"
	"strconv"
	"strings"
)

func malformed(name string) *unresolved { return unresolvedf("is a malformed %s", name) }

func pair(argument any) (first, second any, ok bool) {
	a, _ := argument.([]any)
	if len(a) != 2 {
		return nil, nil, false
	}
	return a[0], a[1], true
}

func (r *resolver) join(argument any) (any, *unresolved) {
	delimiter, elements, ok := pair(argument)
	d, isText := delimiter.(string)
	if !ok || !isText {
		return nil, malformed("Fn::Join")
	}
	parts, err := r.texts(elements)
	if err != nil {
		return nil, err
	}
	// The whole may be a dynamic reference that no part is.
	return r.resolve(strings.Join(parts, d))
}

func (r *resolver) split(argument any) (any, *unresolved) {
	delimiter, source, ok := pair(argument)
	d, isText := delimiter.(string)
	if !ok || !isText || d == "" {
		return nil, malformed("Fn::Split")
	}
	s, err := r.text(source)
	if err != nil {
		return nil, err
	}
	var out []any
	for _, part := range strings.Split(s, d) {
		out = append(out, part)
	}
	return out, nil
}

func (r *resolver) choose(argument any) (any, *unresolved) {
	index, elements, ok := pair(argument)
	if !ok {
		return nil, malformed("Fn::Select")
	}
	s, err := r.text(index)
	if err != nil {
		return nil, err
	}
	v, err := r.resolve(elements)
	if err != nil {
		return nil, err
	}
	of, _ := v.([]any)
	i, convErr := strconv.Atoi(s)
	if convErr != nil || i < 0 || i >= len(of) {
		return nil, malformed("Fn::Select")
	}
	return r.resolve(of[i])
}

// variable is ${Name}, ${Name.Attribute}, or ${!Literal} in an Fn::Sub.
var variable = regexp.MustCompile(`\$\{(!?)([^}]+)\}`)

func (r *resolver) sub(argument any) (any, *unresolved) {
	text, isText := argument.(string)
	var given map[string]any
	if !isText {
		first, second, ok := pair(argument)
		text, isText = first.(string)
		given, _ = second.(map[string]any)
		if !ok || !isText || given == nil {
			return nil, malformed("Fn::Sub")
		}
	}
	var failed *unresolved
	out := variable.ReplaceAllStringFunc(text, func(v string) string {
		m := variable.FindStringSubmatch(v)
		if m[1] == "!" {
			return "${" + m[2] + "}"
		}
		name := strings.TrimSpace(m[2])
		var value any = map[string]any{"Ref": name}
		if g, ok := given[name]; ok {
			value = g
		} else if strings.Contains(name, ".") {
			value = map[string]any{"Fn::GetAtt": name}
		}
		s, err := r.text(value)
		if err != nil && failed == nil {
			failed = err
		}
		return s
	})
	if failed != nil {
		return nil, failed
	}
	return r.resolve(out)
}
