package document

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Error is why a file is no YAML document, with the place. Line and Column count from 1.
type Error struct {
	// File as the caller named it.
	File string
	// Line and Column of the place.
	Line, Column int
	// Message says what is wrong.
	Message string
}

// Error is the error as one line: file:line:column: message.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.Message)
}

// ErrEmpty is the message of a file without a document.
const ErrEmpty = "is empty"

// Parse parses data, the content of the named file, into the root node of its only document. The error, if any, is an [*Error].
func Parse(file string, data []byte) (*yaml.Node, error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	fail := func(line, column int, message string) (*yaml.Node, error) {
		return nil, &Error{File: file, Line: line, Column: column, Message: message}
	}
	if line, column, ok := notText(data); ok {
		return fail(line, column, "is not YAML: not even UTF-8 text")
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return fail(1, 1, ErrEmpty)
	case err != nil:
		return fail(yamlError(err, data))
	}
	root := doc.Content[0]
	if root.ShortTag() == "!!null" {
		return fail(1, 1, ErrEmpty)
	}
	if err := dec.Decode(&second); !errors.Is(err, io.EOF) {
		if err != nil {
			return fail(yamlError(err, data))
		}
		line := 1
		if len(second.Content) > 0 {
			line = second.Content[0].Line
		}
		return fail(line, 1, "a second document begins; a file is one document")
	}
	return root, nil
}

// notText finds the first byte that no text file has.
func notText(data []byte) (line, column int, found bool) {
	line, column = 1, 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		switch {
		case r == utf8.RuneError && size == 1, r < ' ' && r != '\n' && r != '\r' && r != '\t', r == 0x7f:
			return line, column, true
		case r == '\n':
			line, column = line+1, 0
		}
		column++
		i += size
	}
	return 0, 0, false
}

var (
	yamlLine   = regexp.MustCompile(`^yaml: (?:line (\d+): )?(.*)`)
	yamlAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced`)
	tabIndent  = regexp.MustCompile(`^ *\t`)
)

// yamlError rewrites the parser's error: where it is, and what to do about the commonest cause, a tab.
func yamlError(err error, data []byte) (line, column int, message string) {
	text := strings.SplitN(err.Error(), "\n", 2)[0]
	if m := yamlLine.FindStringSubmatch(text); m != nil {
		line, _ = strconv.Atoi(m[1])
		text = m[2]
	}
	lines := strings.Split(string(data), "\n")
	if m := yamlAnchor.FindStringSubmatch(text); m != nil {
		if line, column, ok := alias(m[1], lines); ok {
			return line, column, "is not YAML: *" + m[1] + " refers to no anchor above it"
		}
	}
	line = min(max(line, 1), len(lines))
	// The parser names the line of the token before the one that it could not read, or of that one.
	for i := line; i <= min(line+1, len(lines)); i++ {
		if tabIndent.MatchString(lines[i-1]) {
			return i, 1, "is not YAML: the line is indented with a tab; indent with spaces"
		}
	}
	return line, 1, "is not YAML: " + text
}

// alias finds where *name first stands for an anchor, and not in a comment or within a text: the parser does not say.
func alias(name string, lines []string) (line, column int, found bool) {
	pattern := regexp.MustCompile(`(?:^|[\s\[{,])(\*` + regexp.QuoteMeta(name) + `)(?:$|[\s\]},])`)
	for i, l := range lines {
		l, _, _ = strings.Cut(" "+l, " #") // a comment may begin the line
		if at := pattern.FindStringSubmatchIndex(l); at != nil {
			return i + 1, utf8.RuneCountInString(l[:at[2]]), true
		}
	}
	return 0, 0, false
}
