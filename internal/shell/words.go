package shell

import (
	"bytes"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// words expands words as far as the script says what they are. What it does not say stays as it is written.
func (r *reader) words(args []*syntax.Word) []string {
	var words []string
	for _, w := range args {
		if all, ok := r.arguments(w); ok {
			words = append(words, all...)
			continue
		}
		s := r.word(w)
		// A variable without quotes may hold several words, or none.
		if len(w.Parts) == 1 {
			if p, ok := w.Parts[0].(*syntax.ParamExp); ok && p.Param != nil {
				if _, known := r.variables[p.Param.Value]; known {
					words = append(words, strings.Fields(s)...)
					continue
				}
			}
		}
		words = append(words, s)
	}
	return words
}

// arguments are the words of "$@" and $*, where they are known.
func (r *reader) arguments(w *syntax.Word) ([]string, bool) {
	if len(w.Parts) != 1 || r.args == nil {
		return nil, false
	}
	part := w.Parts[0]
	if q, ok := part.(*syntax.DblQuoted); ok && len(q.Parts) == 1 {
		part = q.Parts[0]
	}
	p, ok := part.(*syntax.ParamExp)
	if !ok || p.Param == nil || p.Param.Value != "@" && p.Param.Value != "*" || p.Exp != nil || p.Slice != nil || p.Length {
		return nil, false
	}
	return r.args, true
}

// word is a word without its quotes.
func (r *reader) word(w *syntax.Word) string {
	var b strings.Builder
	for _, p := range w.Parts {
		r.part(&b, p)
	}
	return b.String()
}

func (r *reader) part(b *strings.Builder, p syntax.WordPart) {
	switch p := p.(type) {
	case *syntax.Lit:
		b.WriteString(unescaped(p.Value))
	case *syntax.SglQuoted:
		b.WriteString(p.Value)
	case *syntax.DblQuoted:
		for _, inner := range p.Parts {
			r.part(b, inner)
		}
	case *syntax.ParamExp:
		b.WriteString(r.parameter(p))
	default:
		b.WriteString(r.printed(p))
	}
}

// unescaped is a literal without its backslashes.
func unescaped(s string) string {
	if !strings.Contains(s, `\`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			if i++; s[i] == '\n' {
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// parameter is the value of a variable; its name where the script does not say the value.
func (r *reader) parameter(p *syntax.ParamExp) string {
	if p.Param == nil {
		return r.printed(p)
	}
	name := p.Param.Value
	value, ok := r.variables[name]
	if i, err := strconv.Atoi(name); err == nil && r.args != nil {
		value, ok = "", true
		if i > 0 && i <= len(r.args) {
			value = r.args[i-1]
		}
	}
	plain := !p.Length && !p.Excl && p.Slice == nil && p.Repl == nil && p.Index == nil
	switch {
	case !plain:
		return r.printed(p)
	case p.Exp == nil:
		if ok {
			return value
		}
		return "$" + name
	case p.Exp.Op == syntax.DefaultUnset || p.Exp.Op == syntax.DefaultUnsetOrNull || p.Exp.Op == syntax.AssignUnset || p.Exp.Op == syntax.AssignUnsetOrNull:
		if ok && value != "" {
			return value
		}
		if p.Exp.Word == nil {
			return ""
		}
		return r.word(p.Exp.Word)
	case p.Exp.Op == syntax.ErrorUnset || p.Exp.Op == syntax.ErrorUnsetOrNull:
		if ok {
			return value
		}
		return "$" + name
	}
	return r.printed(p)
}

// printed is a node as one would write it in one line.
func (r *reader) printed(n syntax.Node) string {
	if s, ok := r.texts[n]; ok {
		return s
	}
	s := oneLine(n)
	r.texts[n] = s
	return s
}

// oneLine prints a node in one line.
func oneLine(n syntax.Node) string {
	var b bytes.Buffer
	// Of a here-document only its redirection is of interest.
	if s, ok := n.(*syntax.Stmt); ok {
		short := *s
		short.Redirs = nil
		for _, redirect := range s.Redirs {
			if redirect.Hdoc == nil {
				short.Redirs = append(short.Redirs, redirect)
			}
		}
		n = &short
	}
	if err := syntax.NewPrinter(syntax.SingleLine(true)).Print(&b, n); err != nil {
		return err.Error()
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// most is how many characters of a statement a reason quotes.
const most = 60

// quoted is a statement for a reason.
func (r *reader) quoted(n syntax.Node) string {
	s := []rune(r.printed(n))
	if len(s) > most {
		s = append(s[:most-1], '…')
	}
	return "`" + string(s) + "`"
}
