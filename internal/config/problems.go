package config

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// Problem is one thing that is wrong with a file.
type Problem struct {
	// File as the caller named it.
	File string
	// Line and Column count from 1; both are 0 for a problem of the file as a whole.
	Line, Column int
	// Path of the setting, "environments.prod.waves[1].bake"; empty for a problem of the file or of its YAML.
	Path string
	// Message says what is wrong, what is allowed, and the way out.
	Message string

	// exact says that the problem's value stands at the position, and not only what is around it.
	exact bool
}

// String is the problem as one line: file:line:column: path: message.
func (p Problem) String() string {
	s := p.File + ": "
	if p.Line > 0 {
		s = p.File + ":" + strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) + ": "
	}
	if p.Path != "" {
		s += p.Path + ": "
	}
	return s + p.Message
}

// Problems is everything that is wrong with a file, in its order.
type Problems struct {
	// List has the problems in the order of their places.
	List []Problem
}

// Error prints one problem a line.
func (ps *Problems) Error() string {
	lines := make([]string, len(ps.List))
	for i, p := range ps.List {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Located says that every line begins with the place in the file, for storeship.Run.
func (ps *Problems) Located() bool { return true }

// sort puts the problems into the order of the file and drops repetitions: what is wrong with one value is said once,
// however many services and environments have it from there.
func (ps *Problems) sort() {
	for i := range ps.List {
		ps.List[i].Message = text.Line(ps.List[i].Message)
	}
	slices.SortStableFunc(ps.List, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	type said struct {
		line, column  int
		path, message string
	}
	seen := map[said]bool{}
	ps.List = slices.DeleteFunc(ps.List, func(p Problem) bool {
		key := said{p.Line, p.Column, p.Path, p.Message}
		if p.exact {
			key.path = ""
		}
		again := seen[key]
		seen[key] = true
		return again
	})
}

// one is a list of a single problem of the file as a whole.
func one(file, message string) error {
	return &Problems{List: []Problem{{File: file, Message: message}}}
}
