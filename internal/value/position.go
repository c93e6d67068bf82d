package value

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// Position is a place in a file; both numbers begin with 1, and are 0 where the place is not known.
type Position struct {
	// Line of the place.
	Line int `json:"line"`
	// Column of the place, in bytes.
	Column int `json:"column"`
}

// Locate finds the value that the keys and indices lead to; where they lead to nothing, what they lead to last.
func Locate(source []byte, path ...string) Position { return NewSource(source).Locate(path...) }

// Source is the text of a template in which many positions are looked for.
type Source struct {
	text []byte
	// resources are the offsets of the keys of resources and of their values.
	resources map[string][2]int
	// lines are the offsets at which lines begin.
	lines []int
}

// resources is the section that nearly everything is in.
const resources = "Resources"

// NewSource prepares a text for many questions.
func NewSource(text []byte) *Source { return &Source{text: text} }

// Locate is [Locate] within the source.
func (t *Source) Locate(path ...string) Position {
	if !isJSON(t.text) {
		return locateYAML(t.text, path)
	}
	s := scanner{t.text, 0}
	if len(path) < 2 || path[0] != resources {
		return t.position(s.find(path))
	}
	if t.resources == nil {
		t.resources = s.members(resources)
	}
	at, ok := t.resources[path[1]]
	if !ok {
		s.at = 0
		return t.position(s.find(path[:1]))
	}
	s.at = at[1]
	return t.position(s.descend(path[2:], at[0]))
}

// position is PositionOf for many offsets of one text.
func (t *Source) position(offset int) Position {
	if t.lines == nil {
		t.lines = []int{0}
		for i, c := range t.text {
			if c == '\n' {
				t.lines = append(t.lines, i+1)
			}
		}
	}
	line, _ := slices.BinarySearch(t.lines, offset+1)
	return Position{line, offset - t.lines[line-1] + 1}
}

// PositionOf is the line and column of an offset.
func PositionOf(source []byte, offset int) Position {
	offset = min(max(offset, 0), len(source))
	line := bytes.Count(source[:offset], []byte("\n")) + 1
	return Position{line, offset - bytes.LastIndexByte(source[:offset], '\n')}
}

func isJSON(source []byte) bool {
	trimmed := bytes.TrimLeft(source, " \t\r\n\ufeff")
	return len(trimmed) > 0 && trimmed[0] == '{'
}

// scanner walks over JSON that is known to be well-formed, without making values of it: what is asked for is a few lines of
// megabytes.
type scanner struct {
	text []byte
	at   int
}

// find descends along path and returns the offset of the key, or of the element, that it leads to last.
func (s *scanner) find(path []string) int {
	s.space()
	return s.descend(path, s.at)
}

// descend is find from a value on, which was found at an offset.
func (s *scanner) descend(path []string, found int) int {
	for _, step := range path {
		var ok bool
		switch s.peek() {
		case '{':
			found, ok = s.member(step, found)
		case '[':
			found, ok = s.element(step, found)
		}
		if !ok {
			return found
		}
	}
	return found
}

// members lists the keys of an object in the outermost one, with the offsets of keys and values.
func (s *scanner) members(section string) map[string][2]int {
	all := map[string][2]int{}
	s.space()
	if _, ok := s.member(section, 0); !ok || s.peek() != '{' {
		return all
	}
	s.at++
	for s.space(); s.at < len(s.text) && s.text[s.at] != '}'; s.space() {
		start := s.at
		key := s.key()
		all[key] = [2]int{start, s.at}
		s.skip()
		s.space()
		if s.peek() == ',' {
			s.at++
		}
	}
	return all
}

// key reads a key and goes to its value.
func (s *scanner) key() string {
	start := s.at
	s.skipString()
	var key string
	if json.Unmarshal(s.text[start:min(s.at, len(s.text))], &key) != nil {
		key = ""
	}
	s.space()
	s.at++ // the colon
	s.space()
	return key
}

// member goes to the value of a key of the object that begins here. It returns the offset of the key.
func (s *scanner) member(key string, otherwise int) (int, bool) {
	s.at++
	for s.space(); s.at < len(s.text) && s.text[s.at] != '}'; s.space() {
		start := s.at
		if s.key() == key {
			return start, true
		}
		s.skip()
		s.space()
		if s.peek() == ',' {
			s.at++
		}
	}
	return otherwise, false
}

// element goes to an element of the list that begins here, by its index.
func (s *scanner) element(index string, otherwise int) (int, bool) {
	wanted, err := strconv.Atoi(index)
	if err != nil {
		return otherwise, false
	}
	s.at++
	for i := 0; s.at < len(s.text); i++ {
		s.space()
		if s.peek() == ']' {
			break
		}
		if i == wanted {
			return s.at, true
		}
		s.skip()
		s.space()
		if s.peek() == ',' {
			s.at++
		}
	}
	return otherwise, false
}

func (s *scanner) peek() byte {
	if s.at < len(s.text) {
		return s.text[s.at]
	}
	return 0
}

func (s *scanner) space() {
	for s.at < len(s.text) && (s.text[s.at] <= ' ' || s.text[s.at] >= 0x80) {
		s.at++ // A byte order mark is taken for space, too: outside of strings there is nothing else of the kind.
	}
}

// skip goes past the value that begins here.
func (s *scanner) skip() {
	depth := 0
	for s.at < len(s.text) {
		switch s.text[s.at] {
		case '"':
			s.skipString()
			if depth == 0 {
				return
			}
			continue
		case '{', '[':
			depth++
		case '}', ']':
			if depth == 0 {
				return
			}
			depth--
			if depth == 0 {
				s.at++
				return
			}
		case ',':
			if depth == 0 {
				return
			}
		}
		s.at++
	}
}

func (s *scanner) skipString() {
	for s.at++; s.at < len(s.text); s.at++ {
		switch s.text[s.at] {
		case '\\':
			s.at++
		case '"':
			s.at++
			return
		}
	}
}

func locateYAML(source []byte, path []string) Position {
	var root yaml.Node
	if yaml.Unmarshal(source, &root) != nil || len(root.Content) == 0 {
		return Position{}
	}
	node := root.Content[0]
	at := Position{node.Line, node.Column}
	for _, step := range path {
		next := child(node, step)
		if next == nil {
			break
		}
		node = next.value
		at = Position{next.key.Line, next.key.Column}
	}
	return at
}

type member struct{ key, value *yaml.Node }

func child(node *yaml.Node, step string) *member {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return &member{node.Content[i], node.Content[i+1]}
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return &member{node.Content[i], node.Content[i]}
		}
	}
	return nil
}
