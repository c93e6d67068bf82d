package environment

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// GlobExpression translates a pattern of [FilePaths] into a POSIX extended regular expression of the whole path, for
// whatever must match as CodePipeline does. The dialect is the one of Java's paths, which AWS documents.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/syntax-glob.html
func GlobExpression(pattern string) (string, error) {
	g := &glob{rest: []rune(pattern)}
	for len(g.rest) > 0 {
		if err := g.next(); err != nil {
			return "", err
		}
	}
	if g.grouped {
		return "", errors.New("a { has no }")
	}
	return "^" + g.out.String() + "$", nil
}

// glob is a pattern on its way to an expression.
type glob struct {
	rest []rune
	out  strings.Builder
	// grouped is set within braces, whose alternatives are collected until they end; before is what came before.
	grouped      bool
	before       string
	alternatives []string
}

func (g *glob) take() rune {
	r := g.rest[0]
	g.rest = g.rest[1:]
	return r
}

func (g *glob) next() error {
	switch r := g.take(); r {
	case '\\':
		if len(g.rest) == 0 {
			return errors.New("a backslash has nothing after it")
		}
		g.literal(g.take())
	case '*':
		if len(g.rest) > 0 && g.rest[0] == '*' {
			g.take()
			g.out.WriteString(".*")
		} else {
			g.out.WriteString("[^/]*")
		}
	case '?':
		g.out.WriteString("[^/]")
	case '[':
		return g.set()
	case '{':
		if g.grouped {
			return errors.New("groups in braces cannot be nested")
		}
		g.grouped, g.before, g.alternatives = true, g.out.String(), nil
		g.out.Reset()
	case ',', '}':
		if !g.grouped {
			g.literal(r)
			return nil
		}
		g.alternatives = append(g.alternatives, g.out.String())
		g.out.Reset()
		if r == '}' {
			g.close()
		}
	default:
		g.literal(r)
	}
	return nil
}

// close ends a group. An empty alternative makes the others optional: not every library takes an empty one.
func (g *glob) close() {
	all := len(g.alternatives)
	g.alternatives = slices.DeleteFunc(g.alternatives, func(a string) bool { return a == "" })
	g.out.WriteString(g.before)
	if len(g.alternatives) > 0 {
		g.out.WriteString("(" + strings.Join(g.alternatives, "|") + ")")
		if len(g.alternatives) < all {
			g.out.WriteString("?")
		}
	}
	g.grouped = false
}

func (g *glob) literal(r rune) {
	if strings.ContainsRune(`\.[]{}()*+?^$|`, r) {
		g.out.WriteByte('\\')
	}
	g.out.WriteRune(r)
}

// span is a range of characters.
type span struct{ low, high rune }

// set translates one of a set of characters, which never is a slash.
func (g *glob) set() error {
	end := slices.Index(g.rest, ']')
	if end < 0 {
		return errors.New("a [ has no ]")
	}
	members := g.rest[:end]
	g.rest = g.rest[end+1:]
	not := len(members) > 0 && members[0] == '!'
	if not {
		members = members[1:]
	}
	if slices.Contains(members, '/') {
		return errors.New("a set in brackets cannot hold a slash")
	}
	var spans []span
	for len(members) > 0 {
		s := span{members[0], members[0]}
		members = members[1:]
		if len(members) > 1 && members[0] == '-' {
			s.high, members = members[1], members[2:]
		}
		if s.high < s.low {
			return fmt.Errorf("the range %c-%c is empty", s.low, s.high)
		}
		spans = append(spans, s)
	}
	if not {
		spans = append(spans, span{'/', '/'})
	} else {
		spans = without(spans, '/')
	}
	if len(spans) == 0 || not && len(spans) == 1 {
		return errors.New("a set in brackets is empty")
	}
	g.out.WriteString(bracket(not, spans))
	return nil
}

// without takes a character out of spans.
func without(spans []span, r rune) []span {
	var out []span
	for _, s := range spans {
		if r < s.low || r > s.high {
			out = append(out, s)
			continue
		}
		if s.low < r {
			out = append(out, span{s.low, r - 1})
		}
		if r < s.high {
			out = append(out, span{r + 1, s.high})
		}
	}
	return out
}

// bracket writes a bracket expression, in which what has a meaning must stand where it has none: ] first, ^ not first,
// - last, and nothing that could be a class behind [.
func bracket(not bool, spans []span) string {
	has := map[rune]bool{}
	for _, r := range "]^[-" {
		if rest := without(spans, r); !slices.Equal(rest, spans) {
			has[r], spans = true, rest
		}
	}
	special := func(r rune) string {
		if has[r] {
			return string(r)
		}
		return ""
	}
	text := special(']')
	for _, s := range spans {
		text += string(s.low)
		if s.high > s.low {
			text += "-" + string(s.high)
		}
	}
	if not {
		return "[^" + text + special('^') + special('[') + special('-') + "]"
	}
	if text == "" && has['^'] {
		switch {
		case has['[']: // [ precedes, and ^ is no class
			return "[[^" + special('-') + "]"
		case has['-']:
			return "[-^]"
		}
		return `\^`
	}
	return "[" + text + special('^') + special('[') + special('-') + "]"
}
