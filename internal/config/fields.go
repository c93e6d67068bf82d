package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// field is a key of a struct, as its tags describe it.
type field struct {
	index        []int
	typ          reflect.Type
	tag          reflect.StructTag
	nullable     bool
	emptyAllowed bool
}

// bound is the number or duration of a tag; false without the tag.
func (f field) bound(tag string) (int64, bool) {
	s := f.tag.Get(tag)
	if s == "" {
		return 0, false
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return i, true
	}
	t, err := time.ParseDuration(s)
	if err != nil {
		panic(fmt.Sprintf("config: tag %s:%q is neither a number nor a duration", tag, s))
	}
	return int64(t), true
}

// allowed says which numbers or durations the field takes: "1 to 5000"; nothing where it has no bounds.
func (f field) allowed(show func(int64) string) string {
	low, hasLow := f.bound("min")
	high, hasHigh := f.bound("max")
	switch offered := numbers[f.tag.Get("enum")]; {
	case offered != nil:
		return text.Or(offered)
	case hasLow && hasHigh:
		return show(low) + " to " + show(high)
	case hasLow:
		return "at least " + show(low)
	}
	return ""
}

// one says what the field's value must be: "a whole number, 1 to 5000".
func (f field) one(what string, show func(int64) string) string {
	allowed := f.allowed(show)
	switch {
	case allowed == "":
		return what
	case numbers[f.tag.Get("enum")] != nil:
		return what + ": " + allowed
	}
	return what + ", " + allowed
}

// example is a duration that the field takes: its default, or one within its bounds.
func (f field) example() string {
	if said := f.tag.Get("default"); said != "" {
		return said
	}
	if high, ok := f.bound("max"); ok && time.Duration(high) < time.Minute {
		return "500ms"
	}
	return "30m or 48h"
}

// fieldsOf maps the keys of a struct to its fields, those of inlined structs among them.
func fieldsOf(t reflect.Type) map[string]field {
	fields := map[string]field{}
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !f.IsExported() || option == "inline" {
			continue
		}
		fields[name] = field{
			index: f.Index, typ: f.Type, tag: f.Tag,
			nullable:     f.Tag.Get("null") == "allowed",
			emptyAllowed: f.Tag.Get("empty") == "allowed",
		}
	}
	return fields
}

// keysOf lists the keys of a struct in the order of its fields.
func keysOf(t reflect.Type) []string {
	var keys []string
	for _, f := range reflect.VisibleFields(t) {
		name, option, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if f.IsExported() && option != "inline" {
			keys = append(keys, name)
		}
	}
	return keys
}
