package review

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/value"
)

// watch is a property of which a change in one direction matters.
type watch struct {
	// types of resources; none means every type that has the property.
	types []string
	// path of the property: names with dots, elements of lists by name in brackets, [*] for each of them.
	path string
	// when says whether a change matters. Absent values are nil.
	when func(old, renewed any) bool
	// level and effect of the change, and why it matters.
	level  Level
	effect string
	why    string
}

// The directions that a change may have.

// off is true that becomes false, or nothing; names of states count as their kind.
func off(old, renewed any) bool { return truth(old) && !truth(renewed) }

// offUnsaid is off for what is on where a template says nothing.
func offUnsaid(old, renewed any) bool {
	return (old == nil || truth(old)) && renewed != nil && !truth(renewed)
}

// on is false, or nothing, that becomes true.
func on(old, renewed any) bool { return !truth(old) && truth(renewed) }

func truth(v any) bool {
	switch t := v.(type) {
	case bool:
		return t
	case string:
		return slices.Contains([]string{"true", "enabled", "active", "enable", "on", "required", "immutable", "immutable_with_exclusion", "enhanced", "aws:kms", "kms", "aws:kms:dsse", "kms_dsse"}, strings.ToLower(t))
	}
	return false
}

// dropped is something that becomes nothing.
func dropped(old, renewed any) bool { return !empty(old) && empty(renewed) }

func empty(v any) bool {
	switch t := v.(type) {
	case nil:
		return true
	case string:
		return t == ""
	case []any:
		return len(t) == 0
	case map[string]any:
		return len(t) == 0 || t["Ref"] == "AWS::NoValue"
	}
	return false
}

// fewer is a list that loses an element.
func fewer(old, renewed any) bool {
	before, _ := old.([]any)
	after, _ := renewed.([]any)
	return slices.ContainsFunc(before, func(e any) bool {
		return !slices.ContainsFunc(after, func(n any) bool { return value.Equal(e, n) })
	})
}

// more is a list that gains an element.
func more(old, renewed any) bool { return fewer(renewed, old) }

// lower is a number that becomes smaller; what the template does not say is otherwise.
func lower(otherwise float64) func(old, renewed any) bool {
	return func(old, renewed any) bool {
		a, ok := number(old, otherwise)
		b, ok2 := number(renewed, otherwise)
		return ok && ok2 && b < a
	}
}

// higher is a number that becomes larger.
func higher(otherwise float64) func(old, renewed any) bool {
	return func(old, renewed any) bool { return lower(otherwise)(renewed, old) }
}

func number(v any, otherwise float64) (float64, bool) {
	switch t := v.(type) {
	case nil:
		return otherwise, true
	case float64:
		return t, true
	case string:
		n, err := strconv.ParseFloat(t, 64)
		return n, err == nil
	}
	return 0, false
}

// becomes is one of the values, which it was not.
func becomes(values ...string) func(old, renewed any) bool {
	return func(old, renewed any) bool {
		before, _ := old.(string)
		after, _ := renewed.(string)
		return slices.Contains(values, after) && !slices.Contains(values, before)
	}
}

// leaves is no longer one of the values, which it was.
func leaves(values ...string) func(old, renewed any) bool {
	return func(old, renewed any) bool { return becomes(values...)(renewed, old) }
}

// slower is a schedule that comes less often, or of which that cannot be told.
func slower(old, renewed any) bool {
	before, ok := minutes(old)
	after, ok2 := minutes(renewed)
	return !ok || !ok2 || after > before || after == 0 && before > 0
}

// rate is a schedule of a number of minutes, hours or days.
var rate = regexp.MustCompile(`^rate\((\d+) (minute|hour|day)s?\)$`)

func minutes(v any) (float64, bool) {
	text, _ := v.(string)
	m := rate.FindStringSubmatch(text)
	if m == nil {
		return 0, false
	}
	n, _ := number(m[1], 0)
	return n * map[string]float64{"minute": 1, "hour": 60, "day": 1440}[m[2]], true
}

// hearsLess is a pattern of events that matches fewer, or others: it asks for more fields, or takes fewer values.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
func hearsLess(old, renewed any) bool {
	if _, ok := renewed.(map[string]any); ok && old == nil {
		return true
	}
	switch before := old.(type) {
	case map[string]any:
		after, ok := renewed.(map[string]any)
		if !ok {
			return renewed != nil
		}
		for _, k := range value.Union(before, after) {
			if after[k] != nil && (before[k] == nil || hearsLess(before[k], after[k])) {
				return true
			}
		}
		return false
	case []any:
		_, ok := renewed.([]any)
		return !ok || fewer(before, renewed)
	}
	return !value.Equal(old, renewed)
}

// root is a user that becomes the one who may do all. Of a container that names none its image says who it is.
func root(old, renewed any) bool {
	is := func(v any) bool {
		name, _ := v.(string)
		name, _, _ = strings.Cut(name, ":")
		return name == "root" || name == "0"
	}
	return is(renewed) && !is(old) || empty(renewed) && !empty(old) && !is(old)
}

// differs is any other value, where there was one.
func differs(old, renewed any) bool { return !empty(old) && !value.Equal(old, renewed) }

// watched judges every change by the table.
func watched(c *comparison) []Finding {
	for _, p := range c.pairs {
		for _, d := range p.deltas {
			if d.old == nil || d.new == nil {
				continue
			}
			d.watchAll()
		}
	}
	return nil
}

// watchAll judges the changes of a resource by the table.
func (d *delta) watchAll() {
	for _, w := range watchesOf(d.new.Type) {
		d.watch(w)
	}
	if d.new.Type == taskDefinitionType {
		d.users()
	}
}

// users finds containers that become root. One that comes is another matter: it may be there to prepare what the others need.
func (d *delta) users() {
	before := map[string]any{}
	for _, c := range value.Objects(d.old.Properties["ContainerDefinitions"]) {
		before[nameOf(c, "")] = c["User"]
	}
	for _, c := range value.Objects(d.new.Properties["ContainerDefinitions"]) {
		name := nameOf(c, "")
		if old, was := before[name]; was && inAnyCase(old, c["User"], root) {
			d.say(verdict{"watched", AccessWidened, "runs the container as root", "Whoever breaks into the container is root in it.", ""}, "ContainerDefinitions["+name+"].User")
		}
	}
}

// watchesOf are those of the table that are about a type.
func watchesOf(typ string) []watch {
	var all []watch
	for _, w := range watches {
		if len(w.types) == 0 || slices.Contains(w.types, typ) {
			all = append(all, w)
		}
	}
	return all
}

func (d *delta) watch(w watch) {
	steps := strings.Split(strings.ReplaceAll(w.path, "[", ".["), ".")
	if strings.Contains(w.path, "[") {
		steps = splitPath(w.path)
	}
	if !slices.ContainsFunc(d.changes, func(c *change) bool { return !c.attribute && c.Path[0].Key == steps[0] }) {
		return
	}
	before, after := map[string]any{}, map[string]any{}
	collect(before, d.old.Properties, steps, "")
	collect(after, d.new.Properties, steps, "")
	for _, path := range value.Union(before, after) {
		if !value.Equal(before[path], after[path]) && inAnyCase(before[path], after[path], w.when) {
			d.say(verdict{"watched", w.level, w.effect, w.why, ""}, path)
		}
	}
}

// inAnyCase says whether a change matters in one of the cases that a template tells apart with Fn::If.
func inAnyCase(old, renewed any, when func(old, renewed any) bool) bool {
	before, after := cases(old), cases(renewed)
	switch {
	case before == nil && after == nil:
		return when(known(old), known(renewed))
	case before != nil && after != nil && value.Equal(before[0], after[0]) && len(before) == len(after):
		return inAnyCase(before[1], after[1], when) || inAnyCase(before[2], after[2], when)
	case before != nil:
		return inAnyCase(before[1], renewed, when) || inAnyCase(before[2], renewed, when)
	}
	return inAnyCase(old, after[1], when) || inAnyCase(old, after[2], when)
}

// cases are the arguments of Fn::If; nil for everything else.
func cases(v any) []any {
	m, _ := v.(map[string]any)
	if list, ok := m["Fn::If"].([]any); ok && len(m) == 1 && len(list) == 3 {
		return list
	}
	return nil
}

// known is nil for the value that stands for none.
func known(v any) any {
	if m, ok := v.(map[string]any); ok && m["Ref"] == "AWS::NoValue" {
		return nil
	}
	return v
}

// splitPath splits at dots, but not at those in brackets: "A[x.y].B" is A, [x.y], B.
func splitPath(path string) []string {
	var steps []string
	for path != "" {
		end := strings.IndexAny(path, ".[")
		switch {
		case strings.HasPrefix(path, "["):
			end = strings.Index(path, "]") + 1
			steps = append(steps, path[:end])
			path = strings.TrimPrefix(path[end:], ".")
		case end < 0:
			return append(steps, path)
		default:
			steps = append(steps, path[:end])
			path = strings.TrimPrefix(path[end:], ".")
		}
	}
	return steps
}

// collect gathers the values that the steps lead to, by their paths as changes have them.
func collect(into map[string]any, v any, steps []string, path string) {
	if len(steps) == 0 {
		if v != nil {
			into[path] = v
		}
		return
	}
	step := steps[0]
	if name, ok := strings.CutPrefix(step, "["); ok {
		name = strings.TrimSuffix(name, "]")
		elements, _ := v.([]any)
		for i, e := range elements {
			known := strconv.Itoa(i)
			if m, ok := e.(map[string]any); ok {
				known = nameOf(m, known)
			}
			if name == "*" || name == known {
				collect(into, e, steps[1:], path+"["+known+"]")
			}
		}
		return
	}
	m, _ := v.(map[string]any)
	if path != "" {
		path += "."
	}
	collect(into, m[step], steps[1:], path+step)
}

func nameOf(m map[string]any, otherwise string) string {
	for _, key := range []string{"Name", "Key", "Id", "Sid"} {
		if name, ok := m[key].(string); ok {
			return name
		}
	}
	return otherwise
}

// get is the value that a path of names leads to.
func get(r *assembly.Resource, path ...string) any {
	var v any = r.Properties
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	return v
}

// shown is a value as the pair's new template, or old one, names things.
func (p *pair) show(v any, renewed bool) string {
	if renewed {
		return value.Show(v, p.shown[1])
	}
	return value.Show(v, p.shown[0])
}
