package release

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// taskDefinitionType is the resource that [Render] renders.
const taskDefinitionType = "AWS::ECS::TaskDefinition"

// Env is the account and region that a template is deployed to.
type Env struct {
	// Account is the 12-digit account id.
	Account string
	// Region is the region's name.
	Region string
}

// Render derives taskdef.json, the request that ecs:RegisterTaskDefinition takes, from the AWS::ECS::TaskDefinition with
// that logical id in a synthesized template. References to resources with literal names are resolved; a value that is known
// only at deployment, and a property that the API has no name for, are problems of an [*Error], which holds all of them. The
// output is indented, its keys are sorted, and it ends in a newline.
func Render(template map[string]any, logicalID string, env Env) ([]byte, error) {
	resources, _ := template["Resources"].(map[string]any)
	r := &renderer{resolver: resolver{resources: resources, env: env}}
	resource, _ := resources[logicalID].(map[string]any)
	if resource["Type"] != taskDefinitionType {
		r.problemf("", "no %s has the logical id %q; the template has %s", taskDefinitionType, logicalID, taskDefinitions(resources))
		return nil, &Error{LogicalID: logicalID, Fields: r.problems}
	}
	properties, _ := resource["Properties"].(map[string]any)
	document, _ := taskDefinition.render(r, "", properties).(map[string]any)
	for _, required := range []string{"family", "containerDefinitions"} {
		if _, ok := document[required]; !ok && !r.failed(required) {
			r.problemf(required, "is required")
		}
	}
	// The API refuses an empty list of tags, and takes empty lists of everything else.
	if tags, ok := document["tags"].([]any); ok && len(tags) == 0 {
		delete(document, "tags")
	}
	if len(r.problems) > 0 {
		return nil, &Error{LogicalID: logicalID, Fields: r.problems}
	}
	return encode(document)
}

func encode(document any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(document); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func taskDefinitions(resources map[string]any) string {
	var ids []string
	for id, r := range resources {
		if m, ok := r.(map[string]any); ok && m["Type"] == taskDefinitionType {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return "none"
	}
	sort.Strings(ids)
	return strings.Join(ids, ", ")
}

// renderer collects the problems of one task definition.
type renderer struct {
	resolver
	problems []*Problem
}

func (r *renderer) problemf(path, format string, args ...any) {
	r.problems = append(r.problems, &Problem{Field: path, Message: fmt.Sprintf(format, args...)})
}

// failed says whether a problem lies at path or below it.
func (r *renderer) failed(path string) bool {
	return slices.ContainsFunc(r.problems, func(p *Problem) bool { return strings.HasPrefix(p.Field, path) })
}

// absent is what stays of a value that is not rendered: AWS::NoValue, or one with a problem.
type absent struct{}

// resolved resolves value itself, not what it holds.
func (r *renderer) resolved(path string, value any) any {
	v, err := r.resolve(value)
	if err != nil {
		p := &Problem{Field: path, Message: err.message, Fix: err.fix}
		if p.Fix == "" {
			p.Fix = wayOut(path)
		}
		r.problems = append(r.problems, p)
		return absent{}
	}
	return v
}

// wayOut says how a value that is known only at deployment reaches the field at path all the same.
func wayOut(path string) string {
	switch {
	case strings.Contains(path, ".environment["):
		return "write it to an SSM parameter or a Secrets Manager secret with a name of your own, and give that to the container in secrets"
	case strings.Contains(path, ".secrets["):
		return "give the parameter or the secret a name of your own, and refer to it by that"
	}
	return "write a literal value"
}

func (r *renderer) mismatch(path, want string, got any) any {
	b, err := json.Marshal(got)
	if err != nil {
		b = []byte(fmt.Sprintf("%T", got))
	}
	r.problemf(path, "must be %s, got %s", want, b)
	return absent{}
}

func (text) render(r *renderer, path string, value any) any {
	switch v := r.resolved(path, value).(type) {
	case string, absent:
		return v
	case bool:
		return strconv.FormatBool(v)
	default:
		if s, ok := scalar(v); ok {
			return s
		}
		return r.mismatch(path, "a string", v)
	}
}

func (number) render(r *renderer, path string, value any) any {
	v := r.resolved(path, value)
	if v == (absent{}) {
		return v
	}
	if s, ok := scalar(v); ok {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil {
			return n
		}
	}
	return r.mismatch(path, "an integer", v)
}

func (boolean) render(r *renderer, path string, value any) any {
	switch v := r.resolved(path, value).(type) {
	case bool, absent:
		return v
	default:
		if v == "true" || v == "false" {
			return v == "true"
		}
		return r.mismatch(path, "true or false", v)
	}
}

func (texts) render(r *renderer, path string, value any) any {
	v := r.resolved(path, value)
	if v == (absent{}) {
		return v
	}
	m, ok := v.(map[string]any)
	if !ok {
		return r.mismatch(path, "a map of strings", v)
	}
	out := map[string]any{}
	for _, key := range sortedKeys(m) {
		if s := (text{}).render(r, path+"["+key+"]", m[key]); s != (absent{}) {
			out[key] = s
		}
	}
	return out
}

func (l list) render(r *renderer, path string, value any) any {
	return r.list(path, value, func(i int, element any) any {
		return l.of.render(r, path+"["+strconv.Itoa(i)+"]", element)
	})
}

func (n named) render(r *renderer, path string, value any) any {
	return r.list(path, value, func(i int, element any) any {
		m, _ := element.(map[string]any)
		name, ok := m[n.by].(string)
		if !ok {
			return n.of.render(r, path+"["+strconv.Itoa(i)+"]", element)
		}
		path := path + "[" + name + "]"
		before := len(r.problems)
		rendered := n.of.render(r, path, element)
		for _, p := range r.problems[before:] {
			// environment[ORDERS_URL] says as much as environment[ORDERS_URL].value.
			if p.Field == path+".value" || p.Field == path+".valueFrom" {
				p.Field = path
			}
		}
		return rendered
	})
}

func (r *renderer) list(path string, value any, element func(int, any) any) any {
	v := r.resolved(path, value)
	if v == (absent{}) {
		return v
	}
	elements, ok := v.([]any)
	if !ok {
		return r.mismatch(path, "a list", v)
	}
	out := []any{}
	for i, e := range elements {
		if rendered := element(i, e); rendered != (any)(absent{}) {
			out = append(out, rendered)
		}
	}
	return out
}

func (o object) render(r *renderer, path string, value any) any {
	v := r.resolved(path, value)
	if v == (absent{}) {
		return v
	}
	m, ok := v.(map[string]any)
	if !ok {
		return r.mismatch(path, "an object", v)
	}
	out := map[string]any{}
	for _, key := range sortedKeys(m) {
		p, ok := o[key]
		if !ok {
			r.problemf(join(path, key), "is not a property of %s that Storeship knows; it would be missing from every release", taskDefinitionType)
			continue
		}
		if rendered := p.shape.render(r, join(path, p.name), m[key]); rendered != (any)(absent{}) {
			out[p.name] = rendered
		}
	}
	return out
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// scalar writes a string or a number of parsed JSON as CloudFormation does.
func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return strconv.FormatInt(int64(v), 10), true
		}
		return strconv.FormatFloat(v, 'f', -1, 64), true
	case int:
		return strconv.Itoa(v), true
	case int64:
		return strconv.FormatInt(v, 10), true
	}
	return "", false
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
