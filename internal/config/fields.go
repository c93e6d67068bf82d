package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
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
