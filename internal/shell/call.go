package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// call reads a simple command: assignments, a builtin, a function, another shell, or a program.
func (r *reader) call(s *syntax.Stmt, c *syntax.CallExpr, ctx context) {
	if len(c.Args) == 0 {
		for _, a := range c.Assigns {
			r.assign(a)
			if a.Value != nil {
				// Without a command the status of the substitution is the statement's.
				r.substituted(a.Value, ctx)
			}
		}
		return
	}
	for _, w := range c.Args {
		r.substitutions(w, ctx, "the status of a substitution in an argument is lost")
	}
	words := r.words(c.Args)
	if len(words) == 0 || words[0] == "" {
		return
	}
	prefix := r.prefixed(c.Assigns)
	r.writes(s, words)
	switch words[0] {
	case "set":
		r.setOptions(words[1:], ctx.opts)
		return
	case "shopt":
		return
	case "trap":
		ctx.opts.trapped = either(ctx.opts.trapped, r.trap(words[1:]))
		return
	case "eval":
		if len(words) > 1 {
			r.nested(strings.Join(words[1:], " "), ctx)
		}
		return
	case "source", ".":
		if len(words) > 1 {
			if script, ok := r.files[file(words[1])]; ok {
				r.nested(script, ctx)
				return
			}
		}
	case "exit", "return", "false":
		r.stop(s, c, words, ctx)
		return
	case "cd", "export", "shift", "unset", "read", ":", "true", "wait", "local", "[", "test", "printf", "echo":
		return
	}
	if f := r.functions[words[0]]; f != nil && !r.active[words[0]] && r.depth < deepest {
		r.add(words, s, ctx, prefix)
		r.commands[len(r.commands)-1].Function = true
		r.function(f, words, ctx)
		return
	}
	if r.shell(s, words, ctx) {
		return
	}
	r.add(words, s, ctx, prefix)
}

// stop records what ends a script or a function with a failure.
func (r *reader) stop(s *syntax.Stmt, c *syntax.CallExpr, words []string, ctx context) {
	lost := ctx.failure()
	switch r.ofCall(c, unknown) {
	case exitsWith1:
		lost = ctx.ended(ctx.exit)
	case returnsWith1:
		lost = ctx.ended(ctx.ret)
	case fails:
	default:
		return
	}
	r.add(words, s, ctx, nil)
	last := &r.commands[len(r.commands)-1]
	last.Stop, last.Lost = true, lost
}

// add records a command.
func (r *reader) add(words []string, s *syntax.Stmt, ctx context, prefix map[string]string) {
	variables := r.shared()
	if len(prefix) > 0 {
		variables = clone(variables, prefix)
	}
	all := forms(words)
	// env A=b sets variables as well.
	for _, f := range all {
		if Program(f) == "env" {
			for _, w := range f[1:] {
				if name, value, ok := strings.Cut(w, "="); ok && syntax.ValidName(name) {
					variables = clone(variables, map[string]string{name: value})
				}
			}
		}
	}
	text, ok := r.texts[s.Cmd]
	if !ok {
		plain := *s
		plain.Negated, plain.Background = false, false
		text = oneLine(&plain)
		r.texts[s.Cmd] = text
	}
	r.commands = append(r.commands, Command{
		Forms: all, Text: text, Lost: ctx.failure(), Depth: r.depth, Captured: ctx.captured, variables: variables,
	})
}

func clone(m, more map[string]string) map[string]string {
	c := make(map[string]string, len(m)+len(more))
	for k, v := range m {
		c[k] = v
	}
	for k, v := range more {
		c[k] = v
	}
	return c
}

// prefixed are the assignments before a command, which only that command sees.
func (r *reader) prefixed(assigns []*syntax.Assign) map[string]string {
	m := map[string]string{}
	for _, a := range assigns {
		if a.Name != nil && a.Value != nil {
			m[a.Name.Value] = r.word(a.Value)
		}
	}
	return m
}

func (r *reader) assign(a *syntax.Assign) {
	if a.Name == nil || a.Naked {
		return
	}
	if a.Value == nil {
		r.set(a.Name.Value, "", a.Array == nil && !a.Append)
		return
	}
	value := r.word(a.Value)
	dynamic := a.Append || a.Index != nil
	syntax.Walk(a.Value, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst, *syntax.ArithmExp, *syntax.ProcSubst:
			dynamic = true
		case *syntax.ParamExp:
			if n.Param != nil {
				_, known := r.variables[n.Param.Value]
				dynamic = dynamic || !known && n.Exp == nil
			}
		}
		return true
	})
	r.set(a.Name.Value, value, !dynamic)
}

// substituted reads the substitutions of an assignment, whose last status is the statement's.
func (r *reader) substituted(w *syntax.Word, ctx context) {
	o := *ctx.opts
	// bash turns errexit off within; POSIX leaves it.
	o.errexit = false
	in := ctx.inner(&o)
	in.captured = true
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst:
			r.list(n.Stmts, in)
			return false
		case *syntax.ProcSubst:
			r.lostList(n.Stmts, ctx, "the status of a process substitution is lost")
			return false
		}
		return true
	})
}

// substitutions reads the substitutions of a word whose status is lost.
func (r *reader) substitutions(w *syntax.Word, ctx context, why string) {
	if w == nil {
		return
	}
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CmdSubst:
			r.lostList(n.Stmts, ctx, why)
			return false
		case *syntax.ProcSubst:
			r.lostList(n.Stmts, ctx, "the status of a process substitution is lost")
			return false
		}
		return true
	})
}

func (r *reader) lostList(stmts []*syntax.Stmt, ctx context, why string) {
	o := *ctx.opts
	ctx.opts, ctx.status, ctx.exit, ctx.ret, ctx.ignored, ctx.captured = &o, why, why, why, true, true
	r.list(stmts, ctx)
}

// setOptions executes set.
func (r *reader) setOptions(words []string, o *options) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		if w == "--" {
			r.args = words[i+1:]
			return
		}
		on := strings.HasPrefix(w, "-")
		if !on && !strings.HasPrefix(w, "+") {
			return
		}
		for _, letter := range w[1:] {
			switch letter {
			case 'e':
				o.errexit, o.plus = on, !on
			case 'o':
				if i++; i < len(words) {
					switch words[i] {
					case "errexit":
						o.errexit, o.plus = on, !on
					case "pipefail":
						o.pipefail = on
					}
				}
			}
		}
	}
}

// trap says why a handler loses the status of the shell; empty where it does not.
func (r *reader) trap(words []string) string {
	if len(words) < 2 {
		return ""
	}
	script, err := parse(words[0])
	if err != nil || !slices.ContainsFunc(words[1:], func(s string) bool { return s == "EXIT" || s == "0" || s == "ERR" }) {
		return ""
	}
	if r.ofList(script.Stmts, fails) != exitsWith0 {
		return ""
	}
	return "`trap '" + words[0] + "' " + strings.Join(words[1:], " ") + "` ends the shell with 0, whatever failed"
}

// function reads the body of a function where it is called.
func (r *reader) function(f *syntax.FuncDecl, words []string, ctx context) {
	name, lost := words[0], ctx.failure()
	before := r.args
	r.args, r.active[name] = words[1:], true
	if r.args == nil {
		r.args = []string{}
	}
	r.depth++
	r.perhaps++
	ctx.status, ctx.ret = lost, lost
	ctx.exit = either(ctx.never, ctx.exit)
	r.stmt(f.Body, ctx)
	r.perhaps--
	r.depth--
	delete(r.active, name)
	r.args = before
}
