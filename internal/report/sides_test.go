package report

import (
	"strings"
	"testing"
)

// Catches: a mark on what is the same, or none on what differs.
func TestSides(t *testing.T) {
	text := func(all []segment) string {
		var b strings.Builder
		for _, s := range all {
			if s.Differs {
				b.WriteString("{" + s.Text + "}")
			} else {
				b.WriteString(s.Text)
			}
		}
		return b.String()
	}
	for _, c := range []struct{ old, renewed, left, right string }{
		{"90", "95", "{90}", "{95}"},
		{"a b c", "a x c", "a {b} c", "a {x} c"},
		{"", "x", "", "{x}"},
		{"a b", "a b b", "a {b}", "a {b b}"},
		{"ü é", "ü è", "ü {é}", "ü {è}"},
		{"a\nb\nc", "a\nc\nd", "a\n{b\n}c\n", "a\nc\n{d\n}"},
		{"a", "a\nb", "a\n", "a\n{b\n}"},
	} {
		left, right := sides(c.old, c.renewed)
		if text(left) != c.left || text(right) != c.right {
			t.Errorf("%q and %q: got %q and %q", c.old, c.renewed, text(left), text(right))
		}
	}
	long := strings.Repeat("x\n", mostLines+1)
	if left, _ := sides(long, long+"y"); len(left) != 1 {
		t.Errorf("a long value has %d parts", len(left))
	}
}

// Catches: two long values of which only what they share is printed.
func TestApart(t *testing.T) {
	long := strings.Repeat("x", 200)
	for _, c := range []struct{ old, renewed, left, right string }{
		{"a", "b", "a", "b"},
		{long + "a", long + "b", "…xxxxxxxxxxxxa", "…xxxxxxxxxxxxb"},
		{long, long + "b", "…xxxxxxxxxxxx", "…xxxxxxxxxxxxb"},
		{"a" + long, "b" + long, "a" + long, "b" + long},
	} {
		if left, right := apart(c.old, c.renewed, 100); left != c.left || right != c.right {
			t.Errorf("got %q and %q", left, right)
		}
	}
}
