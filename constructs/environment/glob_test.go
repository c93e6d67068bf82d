package environment

import (
	"regexp"
	"testing"
)

// Each row catches a pattern that is understood otherwise than AWS does: a service would not be released, or always.
// The rules are those of https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
func TestGlobExpression(t *testing.T) {
	for _, c := range []struct {
		pattern    string
		yes, noway []string
	}{
		{"**", []string{"a", "a/b/c", "ä b"}, nil},
		{"*", []string{"a", "a.b"}, []string{"a/b"}},
		{"services/catalog/**", []string{"services/catalog/a", "services/catalog/a/b c.go"}, []string{"services/catalog", "services/catalogue/a", "x/services/catalog/a"}},
		{"services/catalog/*", []string{"services/catalog/a"}, []string{"services/catalog/a/b"}},
		{"**/README.md", []string{"a/README.md", "a/b/README.md"}, []string{"README.md", "a/README_md"}},
		{"**.md", []string{"a.md", "a/b.md"}, []string{"amd"}},
		{"*.{java,class}", []string{"a.java", "a.class"}, []string{"a.javac", "a/b.java", "a.{java,class}"}},
		{"a{,.b}", []string{"a", "a.b"}, []string{"a."}},
		{"a{}b", []string{"ab"}, []string{"a{}b"}},
		{"foo.?", []string{"foo.c", "foo.ä"}, []string{"foo.", "foo.cc", "foo./"}},
		{"[a-c]x", []string{"ax", "cx"}, []string{"dx", "-x"}},
		{"[!a-c]x", []string{"dx", "-x"}, []string{"ax", "/x", "x"}},
		{"[-a]x", []string{"-x", "ax"}, []string{"bx"}},
		{"[!-a]x", []string{"bx"}, []string{"-x", "ax"}},
		{"[a-]x", []string{"-x", "ax"}, []string{"bx"}},
		{"[*?]x", []string{"*x", "?x"}, []string{"ax"}},
		{"[--0]x", []string{"-x", ".x", "0x"}, []string{"/x", "1x"}},
		{"[^a]x", []string{"^x", "ax"}, []string{"bx"}},
		{"[^]x", []string{"^x"}, []string{"ax", "]x"}},
		{"[-^]x", []string{"^x", "-x"}, []string{"ax"}},
		{"[[^]x", []string{"[x", "^x"}, []string{"]x", "ax"}},
		{"[[:a]x", []string{"[x", ":x", "ax"}, []string{"bx"}},
		{"[ ]x", []string{" x"}, []string{"x"}},
		{`\*\{a b\}`, []string{"*{a b}"}, []string{"x{a b}", "*{ab}"}},
		{"a.b+(c)|d^$", []string{"a.b+(c)|d^$"}, []string{"aXb+(c)|d^$"}},
		{"größe/日本/*", []string{"größe/日本/x y"}, []string{"größe/日/x"}},
		{"a}b],c", []string{"a}b],c"}, nil},
	} {
		text, err := GlobExpression(c.pattern)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		e, err := regexp.CompilePOSIX(text)
		if err != nil {
			t.Errorf("%s gives %s: %v", c.pattern, text, err)
			continue
		}
		for _, name := range c.yes {
			if !e.MatchString(name) {
				t.Errorf("%s (%s) does not match %q", c.pattern, text, name)
			}
		}
		for _, name := range c.noway {
			if e.MatchString(name) {
				t.Errorf("%s (%s) matches %q", c.pattern, text, name)
			}
		}
	}
}

// Each row catches a pattern that CodePipeline refuses when the pipeline is deployed.
func TestGlobExpressionRefuses(t *testing.T) {
	for pattern, want := range map[string]string{
		`a\`:        "a backslash has nothing after it",
		"[a":        "a [ has no ]",
		"[]":        "a set in brackets is empty",
		"[!]":       "a set in brackets is empty",
		"[/]":       "a set in brackets cannot hold a slash",
		"[b-a]":     "the range b-a is empty",
		"{a":        "a { has no }",
		"{a,{b,c}}": "groups in braces cannot be nested",
	} {
		if text, err := GlobExpression(pattern); err == nil || err.Error() != want {
			t.Errorf("%s: got %q, %v, want %s", pattern, text, err, want)
		}
	}
}
