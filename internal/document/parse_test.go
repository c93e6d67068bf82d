package document_test

import (
	"errors"
	"testing"

	"github.com/storeship/storeship/internal/document"
)

// Each case catches a broken file that is read as another one, or an error without its place.
func TestParse(t *testing.T) {
	for data, want := range map[string]string{
		"":                                   "f:1:1: is empty",
		"---\n":                              "f:1:1: is empty",
		"a: 1\n---\nb:":                      "f:3:1: a second document begins; a file is one document",
		"a: [1\n":                            "f:1:1: is not YAML: did not find expected ',' or ']'",
		"a:\n\tb: 1":                         "f:2:1: is not YAML: the line is indented with a tab; indent with spaces",
		"a: *b":                              "f:1:4: is not YAML: *b refers to no anchor above it",
		"*b":                                 "f:1:1: is not YAML: *b refers to no anchor above it",
		"# *b\na: /*b\nc: [é, *b2, *b] # *b": "f:3:8: is not YAML: *b2 refers to no anchor above it",
		"c: {d: é*b, e: *b}\n":               "f:1:16: is not YAML: *b refers to no anchor above it",
		"a: \x00":                            "f:1:4: is not YAML: not even UTF-8 text",
	} {
		_, err := document.Parse("f", []byte(data))
		var e *document.Error
		if !errors.As(err, &e) || e.Error() != want {
			t.Errorf("%q: got %v, want %s", data, err, want)
		}
	}
	if root, err := document.Parse("f", []byte("\ufeffa: 1")); err != nil || len(root.Content) != 2 {
		t.Errorf("got %v, %v", root, err)
	}
}
