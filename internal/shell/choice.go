package shell

import (
	"slices"

	"mvdan.cc/sh/v3/syntax"
)

// passes says why a script ends with 0 whatever it decides: where a condition holds it ends with 0, otherwise it goes on to its end, and
// nothing from there on can fail. A script that ends with a failure by some other decision does not.
func (r *reader) passes(stmts []*syntax.Stmt, assigned map[string]bool) string {
	if len(stmts) == 0 {
		return ""
	}
	end := stmts[len(stmts)-1]
	inner := group(end)
	last := -1
	for i, s := range stmts {
		if (s != end || len(inner) == 0) && r.refuses(s, assigned) {
			return ""
		}
		if conditional(s) && r.mayPass(s) {
			last = i
		}
	}
	if len(inner) > 0 {
		return r.passes(inner, assigned)
	}
	if last < 0 || last == len(stmts)-1 || slices.ContainsFunc(stmts[last+1:], func(s *syntax.Stmt) bool { return r.ofStmt(s, succeeds) != succeeds }) {
		return ""
	}
	return "it ends with 0 whatever it decides: " + r.quoted(end) + " is its end where it has not ended with 0 before"
}

// group are the statements of a subshell or a block.
func group(s *syntax.Stmt) []*syntax.Stmt {
	switch c := s.Cmd.(type) {
	case *syntax.Subshell:
		return c.Stmts
	case *syntax.Block:
		return c.Stmts
	}
	return nil
}

// assigned are the variables that a script gives a value; those of its environment it only reads.
func assigned(f *syntax.File) map[string]bool {
	names := map[string]bool{}
	syntax.Walk(f, func(n syntax.Node) bool {
		if a, ok := n.(*syntax.Assign); ok && a.Name != nil {
			names[a.Name.Value] = true
		}
		return true
	})
	return names
}

func conditional(s *syntax.Stmt) bool {
	switch s.Cmd.(type) {
	case *syntax.IfClause, *syntax.CaseClause, *syntax.BinaryCmd:
		return true
	}
	return false
}

// mayPass says whether a statement has a way to end the script with 0.
func (r *reader) mayPass(s *syntax.Stmt) bool {
	found := false
	syntax.Walk(s, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok && r.ofCall(c, unknown) == exitsWith0 {
			found = true
		}
		return !found
	})
	return found
}

// refuses says whether a statement ends the script with a failure by what the script has found out. What stops because a command did not
// work, or over a value of the environment that no branch knows, does not: that is no decision.
func (r *reader) refuses(s *syntax.Stmt, assigned map[string]bool) bool {
	if !r.stops(s) {
		return false
	}
	switch c := s.Cmd.(type) {
	case *syntax.BinaryCmd:
		return tests(c.X)
	case *syntax.CaseClause:
		found := false
		syntax.Walk(c.Word, func(n syntax.Node) bool {
			p, ok := n.(*syntax.ParamExp)
			found = found || ok && p.Param != nil && assigned[p.Param.Value]
			return !found
		})
		return found
	case *syntax.FuncDecl:
		return false
	}
	return true
}

// tests says whether a statement is a condition and no command that may not work.
func tests(s *syntax.Stmt) bool {
	switch c := s.Cmd.(type) {
	case *syntax.TestClause, *syntax.ArithmCmd:
		return true
	case *syntax.CallExpr:
		return len(c.Args) > 0 && (c.Args[0].Lit() == "[" || c.Args[0].Lit() == "test")
	case *syntax.BinaryCmd:
		return tests(c.X) && tests(c.Y)
	}
	return false
}
