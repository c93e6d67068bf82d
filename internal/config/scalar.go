package config

import (
	"reflect"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
	"go.yaml.in/yaml/v3"
)

// scalar fills a text, a number or a bool.
func (d *decoder) scalar(path string, n *yaml.Node, v reflect.Value, f field) {
	tag := n.ShortTag()
	if n.Kind != yaml.ScalarNode {
		tag = ""
	}
	switch v.Kind() {
	case reflect.String:
		switch {
		case tag == "!!str" && n.Value == "" && !f.emptyAllowed:
			d.fail(path, n, "must not be empty; give it a value, or remove the key")
		case tag == "!!str":
			v.SetString(n.Value)
		case tag != "":
			d.fail(path, n, "must be a text, got %s; write it in quotes: \"%s\"", describe(n), shorten(n.Value))
		default:
			d.fail(path, n, "must be a text, got %s", describe(n))
		}
	case reflect.Int:
		var i int
		if tag != "!!int" || n.Decode(&i) != nil {
			hint := ""
			if tag == "!!str" && strings.Trim(n.Value, "0123456789") == "" {
				hint = "; remove the quotes"
			}
			d.fail(path, n, "must be %s, got %s%s", f.one("a whole number", text.Number), describe(n), hint)
			return
		}
		if d.inRange(path, n, f, int64(i), n.Value, text.Number) {
			v.SetInt(int64(i))
		}
	case reflect.Bool:
		var b bool
		if tag != "!!bool" || n.Decode(&b) != nil {
			d.fail(path, n, "must be true or false, got %s", describe(n))
			return
		}
		v.SetBool(b)
	}
}

// inRange says whether a number is within the bounds of its field. Mostly the plan's validation would say the same; but
// there zero means that a value was not given, and here it was.
func (d *decoder) inRange(path string, n *yaml.Node, f field, got int64, said string, show func(int64) string) bool {
	low, hasLow := f.bound("min")
	high, hasHigh := f.bound("max")
	switch {
	case hasLow && got < low, hasHigh && got > high:
		d.fail(path, n, "must be %s, got %s", f.allowed(show), shorten(said))
		return false
	}
	return true
}

// decode reads a duration.
func (d *Duration) decode(dec *decoder, path string, n *yaml.Node, f field) {
	show := func(i int64) string { return text.Duration(time.Duration(i)) }
	parsed, err := time.ParseDuration(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" || err != nil {
		dec.fail(path, n, "must be %s, such as %s, got %s", f.one("a duration with its unit", show), f.example(), describe(n))
		return
	}
	if dec.inRange(path, n, f, int64(parsed), n.Value, show) {
		*d = Duration(parsed)
	}
}

// decode reads "none" or a zone.
func (x *Domain) decode(d *decoder, path string, n *yaml.Node, _ field) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "none":
		x.none = true
	case n.Kind == yaml.MappingNode:
		d.structure(path, n, reflect.ValueOf(x).Elem())
	default:
		d.fail(path, n, "must be {name: …, zoneId: …}, or none, got %s", describe(n))
	}
}

// decode reads "internal" or a mapping.
func (x *Expose) decode(d *decoder, path string, n *yaml.Node, _ field) {
	switch {
	case n.Kind == yaml.ScalarNode && n.Value == "internal":
		x.Internal = &Internal{}
	case n.Kind == yaml.MappingNode:
		d.structure(path, n, reflect.ValueOf(x).Elem())
	default:
		d.fail(path, n, "must be internal, {internal: {port: …}} or {path: …}, got %s", describe(n))
	}
}
