package shell

import (
	"maps"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// Result is what one script has.
type Result struct {
	// Commands in the order in which they stand; those of a function where it is called.
	Commands []Command
	// Err says why the script cannot be read.
	Err error
}

// Read reads scripts that run one after the other in one environment, as the commands of a build do: what one of them
// assigns, and the functions that it defines, the next ones have. Each of them fails by its own status.
//
// An option that one of them sets weakens the next ones (set +e), and never strengthens them: a shell for all is what AWS
// describes, and a new one each what its agent starts.
// https://docs.aws.amazon.com/codebuild/latest/userguide/build-spec-ref.html#build-spec-ref-versions
func Read(scripts []string, variables map[string]string) []Result {
	r := &reader{
		variables: maps.Clone(variables), functions: map[string]*syntax.FuncDecl{}, files: map[string]string{},
		decisive: map[string]bool{}, active: map[string]bool{}, texts: map[syntax.Node]string{},
	}
	if r.variables == nil {
		r.variables = map[string]string{}
	}
	results := make([]Result, len(scripts))
	files := make([]*syntax.File, len(scripts))
	for i, s := range scripts {
		if files[i], results[i].Err = parse(s); results[i].Err == nil {
			decides(files[i], r.decisive)
		}
	}
	weak := false
	for i, f := range files {
		if f == nil {
			continue
		}
		r.commands = nil
		o := &options{plus: weak}
		r.list(f.Stmts, context{opts: o})
		weak = o.plus
		passes := r.passes(f.Stmts, assigned(f))
		for j := range r.commands {
			r.commands[j].Passes = passes
		}
		results[i].Commands = r.commands
	}
	return results
}

func parse(script string) (*syntax.File, error) {
	f, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(script), "")
	if err != nil {
		return nil, err
	}
	return f, nil
}

// deepest bounds functions and scripts that call each other.
const deepest = 12

// reader walks scripts.
type reader struct {
	commands  []Command
	variables map[string]string
	// snapshot is variables, shared by the commands until one changes.
	snapshot map[string]string
	// args are $1 and so on, where they are known.
	args      []string
	functions map[string]*syntax.FuncDecl
	// files are scripts that a script writes.
	files map[string]string
	// decisive are the variables that an exit, a return or a condition reads.
	decisive map[string]bool
	// active are the functions that are being read.
	active map[string]bool
	// texts are nodes as they are printed: a function is read at every call.
	texts map[syntax.Node]string
	depth int
	// perhaps counts the conditions, loops and functions around: an assignment there may not take place.
	perhaps int
}

// options of a shell process.
type options struct {
	errexit, pipefail bool
	// plus says that errexit was turned off by name.
	plus bool
	// trapped says why the status of the shell is lost, whatever it is.
	trapped string
}

// context is what becomes of a failure at some place of a script. Each channel is empty where it makes the script fail, and
// otherwise says why it does not.
type context struct {
	opts *options
	// status of the statement, where the shell goes on; exit of the shell; ret of the function.
	status, exit, ret string
	// never says why the place is not reached.
	never string
	// ignored says that errexit does not act here; handled that something looks at the status.
	ignored, handled bool
	// piped says that something looks at the status of every command of a pipe.
	piped bool
	// captured says that something takes the output.
	captured bool
}

const plusReason = "`set +e` is in effect: the shell goes on after the failure"

// failure is what becomes of a simple command that fails.
func (c context) failure() string {
	switch {
	case c.never != "":
		return c.never
	case c.opts.trapped != "":
		return c.opts.trapped
	case c.opts.errexit && !c.ignored:
		return c.exit
	case c.status != "":
		return c.status
	case c.opts.plus && !c.handled:
		return plusReason
	}
	return ""
}

// ended is what becomes of a failure that ends the shell or the function, by why its status is lost.
func (c context) ended(lost string) string { return either(c.never, either(c.opts.trapped, lost)) }

// inner is the context of another shell process, which ends with the status of its last command.
func (c context) inner(o *options) context {
	lost := c.failure()
	c.opts, c.status, c.exit, c.ret = o, lost, lost, lost
	return c
}

func (r *reader) set(name, value string, known bool) {
	r.snapshot = nil
	if !known || r.perhaps > 0 {
		delete(r.variables, name)
		return
	}
	r.variables[name] = value
}

func (r *reader) shared() map[string]string {
	if r.snapshot == nil {
		r.snapshot = maps.Clone(r.variables)
	}
	return r.snapshot
}
