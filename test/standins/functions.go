package standins

import (
	"fmt"
	"slices"
	"strings"
)

// argument is what a function of a query refuses.
type argument string

// call is a function of the query, behind its bracket. https://jmespath.org/specification.html#built-in-functions
func (q *parser) call(name string) (expression, error) {
	var args []expression
	for {
		// What is sorted by is no value, but an expression of each element.
		if reference := q.take("&"); reference != (name == "sort_by" && len(args) == 1) {
			return nil, q.unexpected()
		}
		e, err := q.pipe()
		if err != nil {
			return nil, err
		}
		args = append(args, e)
		if q.take(")") {
			break
		}
		if err := q.expect(","); err != nil {
			return nil, err
		}
	}
	switch {
	case name == "not_null":
		return func(v any) any {
			for _, e := range args {
				if x := e(v); x != nil {
					return x
				}
			}
			return nil
		}, nil
	case name == "join" && len(args) == 2:
		return func(v any) any { return strings.Join(texts(name, args[1](v)), fmt.Sprint(args[0](v))) }, nil
	case name == "sort_by" && len(args) == 2:
		return func(v any) any {
			list, ok := args[0](v).([]any)
			if !ok {
				panic(argument("sort_by() wants a list"))
			}
			list = slices.Clone(list)
			slices.SortStableFunc(list, func(a, b any) int {
				keys := texts(name, []any{args[1](a), args[1](b)})
				return strings.Compare(keys[0], keys[1])
			})
			return list
		}, nil
	}
	return nil, fmt.Errorf("this evaluator does not know %s() of %d", name, len(args))
}

// texts are a list's elements, none of which may be another thing.
func texts(function string, v any) []string {
	list, ok := v.([]any)
	if !ok {
		panic(argument(function + "() wants a list"))
	}
	var all []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			panic(argument(function + "() wants texts"))
		}
		all = append(all, text)
	}
	return all
}

// textOutput is a value as `--output text` prints it.
func textOutput(v any) string {
	var b strings.Builder
	writeText(&b, v)
	return b.String()
}

func writeText(b *strings.Builder, v any) {
	list, ok := v.([]any)
	if !ok {
		b.WriteString(scalar(v) + "\n")
		return
	}
	var scalars []string
	var lists []any
	for _, item := range list {
		if _, ok := item.([]any); ok {
			lists = append(lists, item)
		} else {
			scalars = append(scalars, scalar(item))
		}
	}
	if len(scalars) > 0 {
		b.WriteString(strings.Join(scalars, "\t") + "\n")
	}
	for _, item := range lists {
		writeText(b, item)
	}
}

func scalar(v any) string {
	switch v := v.(type) {
	case nil:
		return "None"
	case bool:
		if v {
			return "True"
		}
		return "False"
	case map[string]any:
		panic("a query for text must choose values, not mappings")
	}
	return fmt.Sprint(v)
}
