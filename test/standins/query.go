package standins

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// query evaluates the part of JMESPath that the AWS CLI's --query is used with here: names, indexes, lists, filters by equality, literals,
// a few functions, and what is chained by dots and pipes. https://jmespath.org/specification.html
func query(text string, document any) (value any, err error) {
	q := &parser{text: text}
	e, err := q.pipe()
	if err == nil && q.peek() != 0 {
		err = q.unexpected()
	}
	if err != nil {
		return nil, fmt.Errorf("--query %s: %w", text, err)
	}
	defer func() {
		if wrong, ok := recover().(argument); ok {
			value, err = nil, fmt.Errorf("--query %s: %s", text, string(wrong))
		}
	}()
	return e(document), nil
}

// expression is a parsed one; what is not there is nil.
type expression func(any) any

type parser struct {
	text string
	at   int
}

func (q *parser) peek() byte {
	for q.at < len(q.text) && strings.ContainsRune(" \n\t", rune(q.text[q.at])) {
		q.at++
	}
	if q.at == len(q.text) {
		return 0
	}
	return q.text[q.at]
}

// take reads the token if it is next.
func (q *parser) take(token string) bool {
	q.peek()
	if strings.HasPrefix(q.text[q.at:], token) {
		q.at += len(token)
		return true
	}
	return false
}

func (q *parser) unexpected() error {
	return fmt.Errorf("this evaluator does not know %q, at character %d", q.text[q.at:], q.at+1)
}

func (q *parser) expect(token string) error {
	if !q.take(token) {
		return q.unexpected()
	}
	return nil
}

// pipe ends projections: what follows it sees the list as one.
func (q *parser) pipe() (expression, error) {
	left, err := q.chain(nil, false)
	for err == nil && q.peek() == '|' {
		q.at++
		var right expression
		if right, err = q.chain(nil, false); err == nil {
			l := left
			left = func(v any) any { return right(l(v)) }
		}
	}
	return left, err
}

// chain reads what stands between pipes and commas. With a left side it reads what follows it. Within a projection it ends before
// a flattening, which is of the projection's list.
func (q *parser) chain(left expression, within bool) (expression, error) {
	var err error
	if left == nil {
		if left, err = q.first(); err != nil {
			return nil, err
		}
	}
	for {
		switch {
		case q.peek() == '.':
			q.at++
			right, err := q.member()
			if err != nil {
				return nil, err
			}
			l := left
			left = func(v any) any { return right(l(v)) }
		case q.peek() == '[' && within && strings.HasPrefix(q.text[q.at:], "[]"):
			return left, nil
		case q.peek() == '[':
			q.at++
			next, projects, err := q.bracket()
			if err != nil {
				return nil, err
			}
			l := left
			left = func(v any) any { return next(l(v)) }
			if projects {
				if left, err = q.project(left); err != nil {
					return nil, err
				}
			}
		default:
			return left, nil
		}
	}
}

// project applies the rest of the chain to each element, and drops those that have nothing there.
func (q *parser) project(list expression) (expression, error) {
	rest, err := q.chain(func(v any) any { return v }, true)
	return func(v any) any {
		items, ok := list(v).([]any)
		if !ok {
			return nil
		}
		found := []any{}
		for _, item := range items {
			if x := rest(item); x != nil {
				found = append(found, x)
			}
		}
		return found
	}, err
}

func (q *parser) first() (expression, error) {
	switch q.peek() {
	case '(':
		q.at++
		e, err := q.pipe()
		if err == nil {
			err = q.expect(")")
		}
		return e, err
	case '[':
		q.at++
		if c := q.peek(); c == '?' || c == ']' || c == '-' || c >= '0' && c <= '9' {
			e, projects, err := q.bracket()
			if err == nil && projects {
				return q.project(e)
			}
			return e, err
		}
		return q.several()
	case '\'', '`':
		value, err := q.literal()
		return func(any) any { return value }, err
	}
	return q.member()
}

// member is what may follow a dot.
func (q *parser) member() (expression, error) {
	if q.take("[") {
		return q.several()
	}
	if q.take(`"`) {
		end := strings.IndexByte(q.text[q.at:], '"')
		if end < 0 {
			return nil, errors.New("a name has no end")
		}
		name := q.text[q.at : q.at+end]
		q.at += end + 1
		return field(name), nil
	}
	end := q.at
	for end < len(q.text) && (q.text[end] == '_' || q.text[end] >= '0' && q.text[end] <= '9' || q.text[end]|0x20 >= 'a' && q.text[end]|0x20 <= 'z') {
		end++
	}
	if end == q.at {
		return nil, q.unexpected()
	}
	name := q.text[q.at:end]
	q.at = end
	if q.take("(") {
		return q.call(name)
	}
	return field(name), nil
}

func field(name string) expression {
	return func(v any) any {
		m, _ := v.(map[string]any)
		return m[name]
	}
}

// several is a list of expressions, behind its bracket.
func (q *parser) several() (expression, error) {
	var all []expression
	for {
		e, err := q.pipe()
		if err != nil {
			return nil, err
		}
		all = append(all, e)
		if q.take("]") {
			break
		}
		if err := q.expect(","); err != nil {
			return nil, err
		}
	}
	return func(v any) any {
		if v == nil {
			return nil
		}
		list := []any{}
		for _, e := range all {
			list = append(list, e(v))
		}
		return list
	}, nil
}

// bracket is an index, a filter or a flattening, behind its bracket. The last two project.
func (q *parser) bracket() (next expression, projects bool, err error) {
	switch {
	case q.take("]"):
		return flatten, true, nil
	case q.take("?"):
		next, err = q.filter()
		if err == nil {
			err = q.expect("]")
		}
		return next, true, err
	}
	end := strings.IndexByte(q.text[q.at:], ']')
	if end < 0 {
		return nil, false, q.unexpected()
	}
	index, err := strconv.Atoi(strings.TrimSpace(q.text[q.at : q.at+end]))
	if err != nil {
		return nil, false, q.unexpected()
	}
	q.at += end + 1
	return func(v any) any {
		list, _ := v.([]any)
		i := index
		if i < 0 {
			i += len(list)
		}
		if i < 0 || i >= len(list) {
			return nil
		}
		return list[i]
	}, false, nil
}

func flatten(v any) any {
	list, ok := v.([]any)
	if !ok {
		return nil
	}
	flat := []any{}
	for _, item := range list {
		if inner, ok := item.([]any); ok {
			flat = append(flat, inner...)
		} else {
			flat = append(flat, item)
		}
	}
	return flat
}

func (q *parser) filter() (expression, error) {
	left, err := q.chain(nil, false)
	if err != nil {
		return nil, err
	}
	equal := q.take("==")
	if !equal {
		if err := q.expect("!="); err != nil {
			return nil, err
		}
	}
	want, err := q.literal()
	return func(v any) any {
		list, ok := v.([]any)
		if !ok {
			return nil
		}
		found := []any{}
		for _, item := range list {
			if reflect.DeepEqual(left(item), want) == equal {
				found = append(found, item)
			}
		}
		return found
	}, err
}

func (q *parser) literal() (any, error) {
	for _, quote := range []string{"'", "`"} {
		if !q.take(quote) {
			continue
		}
		end := strings.Index(q.text[q.at:], quote)
		if end < 0 {
			return nil, errors.New("a literal has no end")
		}
		text := q.text[q.at : q.at+end]
		q.at += end + 1
		if quote == "'" {
			return text, nil
		}
		var value any
		err := json.Unmarshal([]byte(text), &value)
		return value, err
	}
	return nil, q.unexpected()
}
