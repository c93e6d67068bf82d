package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// ending is what comes of statements that run after a failure.
type ending int

const (
	unknown      ending = iota // they may fail or not
	succeeds                   // they end with 0
	fails                      // they end with another status
	exitsWith0                 // they end the shell with 0
	exitsWith1                 // they end the shell with another status
	returnsOf0                 // they end the function with 0
	returnsWith1               // they end the function with another status
	remembers                  // they write into a variable what something later decides by
)

// harmless are commands that do not fail, whatever they print.
var harmless = map[string]bool{
	"echo": true, "printf": true, "true": true, ":": true, "sleep": true, "date": true, "set": true, "export": true, "unset": true,
	"pwd": true, "env": true, "ls": true, "cat": true, "continue": true, "break": true, "trap": true, "shopt": true, "mkdir": true,
	"rm": true, "touch": true, "tee": true, "whoami": true, "id": true, "hostname": true, "tail": true, "head": true,
}

// ofList is what comes of a list that begins after a statement that ended as before says.
func (r *reader) ofList(stmts []*syntax.Stmt, before ending) ending {
	last, noted := before, false
	for _, s := range stmts {
		last = r.ofStmt(s, last)
		switch last {
		case exitsWith0, exitsWith1, returnsOf0, returnsWith1:
			return last
		case remembers:
			noted = true
		}
	}
	if noted {
		return remembers
	}
	return last
}

// ofStmt is what comes of a statement that runs after one that ended as before says.
func (r *reader) ofStmt(s *syntax.Stmt, before ending) ending {
	if s.Background || s.Coprocess {
		return succeeds
	}
	e := unknown
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		e = r.ofCall(c, before)
	case *syntax.DeclClause:
		e = succeeds
		if r.remembered(c.Args) {
			e = remembers
		}
	case *syntax.Block:
		e = r.ofList(c.Stmts, before)
	case *syntax.Subshell:
		switch e = r.ofList(c.Stmts, before); e {
		case exitsWith0:
			e = succeeds
		case exitsWith1:
			e = fails
		}
	case *syntax.BinaryCmd:
		switch {
		case c.Op == syntax.OrStmt && r.ofStmt(c.X, before) == succeeds:
			e = succeeds
		case c.Op == syntax.AndStmt && r.ofStmt(c.X, before) == succeeds:
			e = r.ofStmt(c.Y, succeeds)
		case c.Op == syntax.Pipe || c.Op == syntax.PipeAll:
			e = r.ofStmt(c.Y, unknown)
		}
	}
	if s.Negated {
		switch e {
		case succeeds:
			e = fails
		case fails:
			e = succeeds
		}
	}
	return e
}

func (r *reader) ofCall(c *syntax.CallExpr, before ending) ending {
	if len(c.Args) == 0 {
		if r.remembered(c.Assigns) {
			return remembers
		}
		return succeeds
	}
	words := r.words(c.Args)
	if len(words) == 0 {
		return unknown
	}
	status := func(zero, other ending) ending {
		switch {
		case len(words) == 1 && before == succeeds, len(words) > 1 && words[1] == "0":
			return zero
		case len(words) > 1 && words[1] == "$?" && before == succeeds:
			return zero
		}
		return other
	}
	switch words[0] {
	case "exit":
		return status(exitsWith0, exitsWith1)
	case "return":
		return status(returnsOf0, returnsWith1)
	case "false":
		return fails
	}
	if f := r.functions[words[0]]; f != nil && !r.active[words[0]] {
		r.active[words[0]] = true
		defer delete(r.active, words[0])
		var e ending
		if b, ok := f.Body.Cmd.(*syntax.Block); ok {
			e = r.ofList(b.Stmts, before)
		}
		switch e {
		case returnsOf0:
			return succeeds
		case returnsWith1:
			return fails
		}
		return e
	}
	if harmless[words[0]] {
		return succeeds
	}
	return unknown
}

// remembered says whether something decides by one of the variables that are assigned.
func (r *reader) remembered(assigns []*syntax.Assign) bool {
	for _, a := range assigns {
		if a.Name != nil && r.decisive[a.Name.Value] {
			return true
		}
	}
	return false
}

// decides collects the variables that an exit, a return or a condition reads.
func decides(node syntax.Node, into map[string]bool) {
	all := func(n syntax.Node) {
		syntax.Walk(n, func(n syntax.Node) bool {
			if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil {
				into[p.Param.Value] = true
			}
			if a, ok := n.(*syntax.ArithmCmd); ok {
				syntax.Walk(a, func(n syntax.Node) bool {
					if l, ok := n.(*syntax.Lit); ok {
						into[l.Value] = true
					}
					return true
				})
			}
			return true
		})
	}
	syntax.Walk(node, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.CallExpr:
			if len(n.Args) > 1 {
				switch n.Args[0].Lit() {
				case "exit", "return", "test", "[":
					all(n)
				}
			}
		case *syntax.TestClause, *syntax.ArithmCmd:
			all(n)
		case *syntax.CaseClause:
			all(n.Word)
		}
		return true
	})
}

// reads says whether a statement looks at the status of the one before it, by any of the given names.
func reads(node syntax.Node, names ...string) bool {
	found := false
	syntax.Walk(node, func(n syntax.Node) bool {
		if p, ok := n.(*syntax.ParamExp); ok && p.Param != nil {
			for _, name := range names {
				found = found || p.Param.Value == name
			}
		}
		return !found
	})
	return found
}

// stops says whether a statement has a way to end the script with a failure.
func (r *reader) stops(node syntax.Node) bool {
	found := false
	syntax.Walk(node, func(n syntax.Node) bool {
		if c, ok := n.(*syntax.CallExpr); ok {
			switch r.ofCall(c, unknown) {
			case exitsWith1, returnsWith1, fails:
				found = true
			}
		}
		return !found
	})
	return found
}

// known is the static result of a condition: whether it can be told, and what it is.
func (r *reader) known(s *syntax.Stmt) (is, ok bool) {
	if s.Background {
		return false, false
	}
	var words []string
	switch c := s.Cmd.(type) {
	case *syntax.CallExpr:
		if len(c.Args) == 0 {
			return false, false
		}
		words = r.words(c.Args)
	case *syntax.BinaryCmd:
		x, okX := r.known(c.X)
		y, okY := r.known(c.Y)
		switch {
		case c.Op == syntax.AndStmt && okX && (!x || okY):
			return (x && y) != s.Negated, true
		case c.Op == syntax.OrStmt && okX && (x || okY):
			return (x || y) != s.Negated, true
		}
	case *syntax.TestClause:
		if b, isBinary := c.X.(*syntax.BinaryTest); isBinary {
			x, okX := b.X.(*syntax.Word)
			y, okY := b.Y.(*syntax.Word)
			if okX && okY {
				words = []string{"[", r.word(x), b.Op.String(), r.word(y), "]"}
			}
		}
	}
	if len(words) == 0 {
		return false, false
	}
	switch {
	case words[0] == "true" || words[0] == ":":
		is, ok = true, true
	case words[0] == "false":
		is, ok = false, true
	case (words[0] == "[" || words[0] == "test") && len(words) >= 4:
		x, op, y := words[1], words[2], words[3]
		if strings.ContainsAny(x+y, "$*?[«") || strings.Contains(x+y, "#{") { // what the pipeline or the deployment says
			return false, false
		}
		switch op {
		case "=", "==", "-eq":
			is, ok = x == y, true
		case "!=", "-ne":
			is, ok = x != y, true
		}
	}
	return is != s.Negated, ok
}
