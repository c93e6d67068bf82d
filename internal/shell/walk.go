package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// list reads statements that run one after the other; the status of the last one is theirs.
func (r *reader) list(stmts []*syntax.Stmt, ctx context) {
	for i, s := range stmts {
		c, rest := ctx, stmts[i+1:]
		if len(rest) > 0 {
			c.status, c.handled = r.follow(s, rest, ctx)
			c.piped = c.handled && reads(rest[0], "PIPESTATUS")
		}
		if s.Background || s.Coprocess {
			c = r.background(c, ctx, rest)
		}
		r.stmt(s, c)
		ctx.never = either(ctx.never, r.after(s))
	}
}

// after says why nothing runs after a statement; empty where it does.
func (r *reader) after(s *syntax.Stmt) string {
	switch r.ofStmt(s, unknown) {
	case exitsWith0, exitsWith1, returnsOf0, returnsWith1:
		return "never runs: " + r.quoted(s) + " stands before it"
	}
	return ""
}

// follow is what becomes of the status of a statement that others follow, where the shell goes on.
func (r *reader) follow(s *syntax.Stmt, rest []*syntax.Stmt, ctx context) (lost string, handled bool) {
	next := rest[0]
	if reads(next, "?", "PIPESTATUS") {
		if call, ok := next.Cmd.(*syntax.CallExpr); ok {
			words := r.words(call.Args)
			switch {
			case len(words) == 0 && r.remembered(call.Assigns):
				return ctx.exit, true
			case len(words) > 1 && words[0] == "exit":
				return ctx.exit, true
			case len(words) > 1 && words[0] == "return":
				return ctx.ret, true
			}
		}
		if r.stops(next) {
			return ctx.exit, true
		}
	}
	for _, n := range rest {
		if e := r.ofStmt(n, succeeds); e == exitsWith0 || e == returnsOf0 {
			return r.quoted(n) + " follows it, whatever it returned", false
		}
	}
	if ctx.opts.errexit && ctx.ignored && ctx.exit != "" {
		return ctx.exit, false // what looks at the result is what turns errexit off
	}
	why := "the shell goes on after a failure (no `set -e`)"
	switch {
	case ctx.opts.plus:
		why = "`set +e` is in effect"
	case ctx.opts.errexit && ctx.ignored:
		why = "`set -e` does not act where `||`, `&&`, `!`, `if` or a loop looks at the result"
	case ctx.opts.errexit:
		why = "`set -e` does not act on the left of `&&` or on what a condition looks at"
	}
	return r.quoted(next) + " follows it, and " + why, false
}

// background is the context of a process that the shell does not wait for; a later wait for its number takes its status.
func (r *reader) background(c, ctx context, rest []*syntax.Stmt) context {
	o := *ctx.opts
	c.opts = &o
	lost := "it runs in the background, and nothing waits for its status"
	if i := waited(rest); i >= 0 {
		if i < len(rest)-1 {
			ctx.status, ctx.handled = r.follow(rest[i], rest[i+1:], ctx)
		}
		lost = ctx.failure()
	}
	c.status, c.exit, c.ret, c.handled = lost, lost, lost, true
	return c
}

func (r *reader) stmt(s *syntax.Stmt, ctx context) {
	if s.Negated {
		ctx.status, ctx.ignored, ctx.handled = "`!` turns its failure into success", true, true
	}
	for _, redirect := range s.Redirs {
		ctx.captured = ctx.captured || redirect.Op == syntax.RdrOut || redirect.Op == syntax.AppOut || redirect.Op == syntax.RdrAll
		r.substitutions(redirect.Word, ctx, "the status of a substitution in a redirection is lost")
	}
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		r.call(s, c, ctx)
	case *syntax.BinaryCmd:
		r.binary(c, ctx)
	case *syntax.Subshell:
		o := *ctx.opts
		r.list(c.Stmts, ctx.inner(&o))
	case *syntax.Block:
		r.list(c.Stmts, ctx)
	case *syntax.IfClause:
		r.branches(c, ctx)
	case *syntax.WhileClause:
		r.loop(c, ctx)
	case *syntax.ForClause:
		r.body(c.Do, ctx)
	case *syntax.CaseClause:
		r.perhaps++
		for _, item := range c.Items {
			r.list(item.Stmts, ctx)
		}
		r.perhaps--
	case *syntax.FuncDecl:
		r.functions[c.Name.Value] = c
	case *syntax.DeclClause:
		for _, a := range c.Args {
			r.assign(a)
			if a.Value != nil {
				r.substitutions(a.Value, ctx, "`"+c.Variant.Value+"` takes the status of the substitution")
			}
		}
	case *syntax.TimeClause:
		if c.Stmt != nil {
			r.stmt(c.Stmt, ctx)
		}
	case *syntax.CoprocClause:
		ctx.status, ctx.ignored = "it runs in the background", true
		r.stmt(c.Stmt, ctx)
	case *syntax.TestClause:
		syntax.Walk(c, func(n syntax.Node) bool {
			if w, ok := n.(*syntax.Word); ok {
				r.substitutions(w, ctx, "the condition takes its output, not its status")
				return false
			}
			return true
		})
	}
}

// waited is the index of a statement that waits for a process by its number, and so takes its status; -1 without one.
func waited(rest []*syntax.Stmt) int {
	return slices.IndexFunc(rest, func(s *syntax.Stmt) bool {
		found := false
		syntax.Walk(s, func(n syntax.Node) bool {
			if c, ok := n.(*syntax.CallExpr); ok && len(c.Args) > 1 && c.Args[0].Lit() == "wait" {
				found = true
			}
			return !found
		})
		return found
	})
}

func (r *reader) binary(c *syntax.BinaryCmd, ctx context) {
	x, y := ctx, ctx
	switch c.Op {
	case syntax.AndStmt:
		x.ignored = true
		if is, ok := r.known(c.X); ok && !is {
			y.never = "never runs: " + r.quoted(c.X) + " is not so"
		}
		r.stmt(c.X, x)
		r.perhaps++
		r.stmt(c.Y, y)
		r.perhaps--
	case syntax.OrStmt:
		x.ignored = true
		x.status, x.handled = r.caught(r.ofStmt(c.Y, fails), ctx, "`|| "+r.trimmed(c.Y)+"` takes its place")
		if reads(c.Y, "?") && r.ofStmt(c.Y, fails) == unknown && !strings.Contains(r.printed(c.Y), " 1 ") {
			// Some statuses are accepted, and that of a finding, mostly 1, is not named among them.
			x.status, x.handled = ctx.failure(), true
		}
		if first(c.X) != "" && first(c.X) == first(c.Y) {
			// The same once more: the second try decides.
			x.status, x.handled = ctx.failure(), true
		}
		if is, ok := r.known(c.X); ok && is {
			y.never = "never runs: " + r.quoted(c.X) + " is so"
		}
		r.stmt(c.X, x)
		r.perhaps++
		r.stmt(c.Y, y)
		r.perhaps--
	case syntax.Pipe, syntax.PipeAll:
		o := *ctx.opts
		x = ctx.inner(&o)
		x.captured = true
		if !ctx.opts.pipefail && !ctx.piped {
			lost := "its status is lost in the pipe to " + r.quoted(c.Y) + " (no `set -o pipefail`)"
			x.status, x.exit, x.ret, x.ignored = lost, lost, lost, true
		}
		r.stmt(c.X, x)
		o = *ctx.opts
		r.stmt(c.Y, ctx.inner(&o))
	}
}

// trimmed is a statement for a reason, without the quotes.
func (r *reader) trimmed(s *syntax.Stmt) string {
	q := r.quoted(s)
	return q[1 : len(q)-1]
}

// first is the program of a plain command.
func first(s *syntax.Stmt) string {
	if c, ok := s.Cmd.(*syntax.CallExpr); ok && len(c.Args) > 0 {
		return c.Args[0].Lit()
	}
	return ""
}

// caught is what becomes of a failure that other statements run after.
func (r *reader) caught(e ending, ctx context, otherwise string) (lost string, handled bool) {
	switch e {
	case exitsWith1, remembers:
		return ctx.exit, true
	case returnsWith1:
		return ctx.ret, true
	case fails:
		return ctx.failure(), true
	}
	return otherwise, true
}

// branches reads an if. What becomes of its condition's failure is what the branch for it does.
func (r *reader) branches(c *syntax.IfClause, ctx context) {
	last := len(c.Cond) - 1
	cond := ctx
	cond.ignored = true
	never := [2]string{} // of the branch where the condition holds, and of the other
	for i, s := range c.Cond {
		if i < last {
			cond.status, cond.handled = r.follow(s, c.Cond[i+1:], cond)
		} else {
			plain := *s
			plain.Negated = false
			branch := c.Then
			if !s.Negated {
				branch = nil
				if c.Else != nil {
					branch = c.Else.Then
				}
			}
			if is, ok := r.known(s); ok {
				if is {
					never[1] = "never runs: " + r.quoted(s) + " is so"
				} else {
					never[0] = "never runs: " + r.quoted(s) + " is not so"
				}
			}
			cond.status, cond.handled = r.caught(r.ofList(branch, succeeds), ctx, "an `if` looks at its result, and what it does then does not fail")
			s = &plain
		}
		r.stmt(s, cond)
		cond.never = either(cond.never, r.after(s))
	}
	ctx.never = cond.never
	r.perhaps++
	defer func() { r.perhaps-- }()
	then := ctx
	then.never = either(ctx.never, never[0])
	r.list(c.Then, then)
	if c.Else == nil {
		return
	}
	other := ctx
	other.never = either(ctx.never, never[1])
	if len(c.Else.Cond) > 0 {
		r.branches(c.Else, other)
	} else {
		r.list(c.Else.Then, other)
	}
}

func either(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (r *reader) loop(c *syntax.WhileClause, ctx context) {
	cond := ctx
	cond.ignored, cond.handled = true, true
	cond.status = "a loop looks at its result, and goes on"
	for _, s := range c.Do {
		if r.stops(s) {
			cond.status = ""
		}
	}
	for _, s := range c.Cond {
		plain := *s
		plain.Negated = false
		r.stmt(&plain, cond)
	}
	r.body(c.Do, ctx)
}

// body reads what a loop repeats.
func (r *reader) body(stmts []*syntax.Stmt, ctx context) {
	r.perhaps++
	defer func() { r.perhaps-- }()
	ctx.status = either(ctx.status, "of a loop only the last turn's status counts")
	r.list(stmts, ctx)
}
