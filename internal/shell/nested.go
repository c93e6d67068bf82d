package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

var shells = []string{"sh", "bash", "dash", "ash", "zsh", "ksh"}

// shell reads the script that a command starts another shell for, and says whether it does.
func (r *reader) shell(s *syntax.Stmt, words []string, ctx context) bool {
	if r.depth >= deepest {
		return false
	}
	for _, form := range forms(words) {
		if script, ok := r.files[file(form[0])]; ok {
			r.process(script, &options{}, ctx)
			return true
		}
		if !slices.Contains(shells, Program(form)) {
			continue
		}
		o := &options{}
		inline := false
		rest := form[1:]
		for len(rest) > 0 && len(rest[0]) > 1 && (rest[0][0] == '-' || rest[0][0] == '+') && rest[0] != "--" {
			inline = inline || !strings.HasPrefix(rest[0], "--") && strings.Contains(rest[0], "c")
			n := 1
			if strings.HasSuffix(rest[0], "o") && len(rest) > 1 {
				n = 2
			}
			if !strings.HasPrefix(rest[0], "--") {
				args := r.args
				r.setOptions(rest[:n], o)
				r.args = args
			}
			rest = rest[n:]
		}
		switch {
		case inline && len(rest) > 0:
			r.process(rest[0], o, ctx)
			return true
		case len(rest) > 0 && rest[0] != "-":
			script, ok := r.files[file(rest[0])]
			if ok {
				r.process(script, o, ctx)
			}
			return ok
		}
		for _, redirect := range s.Redirs {
			switch {
			case redirect.Hdoc != nil:
				r.process(r.word(redirect.Hdoc), o, ctx)
				return true
			case redirect.Op == syntax.WordHdoc:
				r.process(r.word(redirect.Word), o, ctx)
				return true
			case redirect.Op == syntax.RdrIn:
				if script, ok := r.files[file(r.word(redirect.Word))]; ok {
					r.process(script, o, ctx)
					return true
				}
			}
		}
	}
	return false
}

// process reads a script that a process of its own runs.
func (r *reader) process(script string, o *options, ctx context) {
	in := ctx.inner(o)
	in.ignored, in.handled = false, false
	r.nested(script, in)
}

// nested reads a script within a script.
func (r *reader) nested(script string, ctx context) {
	f, err := parse(script)
	if err != nil || r.depth >= deepest {
		return
	}
	decides(f, r.decisive)
	r.depth++
	r.list(f.Stmts, ctx)
	r.depth--
}

// writes keeps a script that cat or tee writes into a file.
func (r *reader) writes(s *syntax.Stmt, words []string) {
	var script, name string
	for _, redirect := range s.Redirs {
		switch {
		case redirect.Hdoc != nil:
			script = r.word(redirect.Hdoc)
		case redirect.Op == syntax.RdrOut || redirect.Op == syntax.AppOut || redirect.Op == syntax.RdrClob:
			name = r.word(redirect.Word)
		}
	}
	if words[0] == "tee" && len(words) > 1 {
		name = words[len(words)-1]
	}
	if script != "" && name != "" && (words[0] == "cat" || words[0] == "tee") {
		r.files[file(name)] = script
	}
}

// file is the name of a file for comparison.
func file(name string) string { return strings.TrimPrefix(name, "./") }
