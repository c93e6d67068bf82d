package release

import (
	"fmt"
	"strings"
)

// unresolved says why a value is not known before deployment.
type unresolved struct{ message, fix string }

func unresolvedf(format string, args ...any) *unresolved {
	return &unresolved{message: fmt.Sprintf(format, args...)}
}

// resolver evaluates what CloudFormation would.
type resolver struct {
	resources map[string]any
	env       Env
	// open are the resources whose properties are being resolved, which ends circles.
	open []string
}

// resolve evaluates value, when it is an intrinsic function, to a string, a list or absent. Other values stay.
func (r *resolver) resolve(value any) (any, *unresolved) {
	if s, ok := value.(string); ok {
		switch {
		case strings.Contains(s, "{{resolve:"):
			return nil, unresolvedf("holds a dynamic reference ({{resolve:…}}), which only CloudFormation replaces")
		case strings.Contains(s, "${Token["):
			return nil, unresolvedf("holds a CDK token: the template is not synthesized")
		}
		return s, nil
	}
	m, ok := value.(map[string]any)
	if !ok || len(m) != 1 {
		return value, nil
	}
	for name, argument := range m {
		switch {
		case name == "Ref":
			id, _ := argument.(string)
			return r.ref(id)
		case name == "Fn::GetAtt":
			return r.getAtt(argument)
		case name == "Fn::Join":
			return r.join(argument)
		case name == "Fn::Sub":
			return r.sub(argument)
		case name == "Fn::Select":
			return r.choose(argument)
		case name == "Fn::Split":
			return r.split(argument)
		case name == "Fn::ImportValue":
			return nil, unresolvedf("imports another stack's output, known only at deployment")
		case strings.HasPrefix(name, "Fn::"):
			return nil, unresolvedf("uses %s, which only CloudFormation evaluates", name)
		}
	}
	return value, nil
}

func (r *resolver) ref(id string) (any, *unresolved) {
	switch id {
	case "AWS::NoValue":
		return absent{}, nil
	case "AWS::Partition":
		return "aws", nil
	case "AWS::URLSuffix":
		return "amazonaws.com", nil
	case "AWS::AccountId":
		return given(id, "account", r.env.Account)
	case "AWS::Region":
		return given(id, "region", r.env.Region)
	}
	if strings.HasPrefix(id, "AWS::") {
		return nil, unresolvedf("refers to %s, known only at deployment", id)
	}
	return r.attribute(id, "Ref")
}

func given(id, what, value string) (any, *unresolved) {
	if value == "" {
		return nil, unresolvedf("refers to %s, and the stack names no %s", id, what)
	}
	return value, nil
}

func (r *resolver) getAtt(argument any) (any, *unresolved) {
	switch a := argument.(type) {
	case string:
		if id, attribute, ok := strings.Cut(a, "."); ok {
			return r.attribute(id, attribute)
		}
	case []any:
		if len(a) == 2 {
			id, ok1 := a[0].(string)
			attribute, ok2 := a[1].(string)
			if ok1 && ok2 {
				return r.attribute(id, attribute)
			}
		}
	}
	return nil, malformed("Fn::GetAtt")
}

// text resolves value to a string; absent is the empty string.
func (r *resolver) text(value any) (string, *unresolved) {
	v, err := r.resolve(value)
	if err != nil || v == nil || v == any(absent{}) {
		return "", err
	}
	s, ok := scalar(v)
	if !ok {
		return "", unresolvedf("is not a string")
	}
	return s, nil
}

// texts resolves value to a list of strings, without those that are absent.
func (r *resolver) texts(value any) ([]string, *unresolved) {
	v, err := r.resolve(value)
	if err != nil {
		return nil, err
	}
	elements, ok := v.([]any)
	if !ok {
		return nil, unresolvedf("is not a list")
	}
	var out []string
	for _, e := range elements {
		v, err := r.resolve(e)
		if err != nil {
			return nil, err
		}
		if v == any(absent{}) {
			continue
		}
		s, ok := scalar(v)
		if !ok {
			return nil, unresolvedf("is not a list of strings")
		}
		out = append(out, s)
	}
	return out, nil
}
