package node

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
)

// Construct is embedded, as the first field, by every construct of this library.
type Construct = jsiiProxy_Construct

// jsiiProxy_Construct is a struct of its own, and to jsii one of the structs that it generates itself: it knows them by how
// their names begin. Of any other struct jsii asks of each of its twenty thousand interfaces whether the struct implements it,
// anew for every construct, a millisecond each, and it must override a method. This one has nothing that JavaScript would call.
type jsiiProxy_Construct struct{ constructs.Construct } //nolint:revive,staticcheck // jsii looks at the name

func (c *jsiiProxy_Construct) self() *Construct { return c }

// Embedding is a construct of this library: a pointer to a struct that embeds [Construct].
type Embedding interface {
	constructs.Construct
	self() *Construct
}

// Init makes c a construct with the given id in scope.
//
// jsii is given the embedded Construct, not c. It would take all methods that c has through it for overrides, Node among
// them, and every look at a node, tens of thousands in a synth, would go from JavaScript to Go and back. jsii knows its
// objects by their address, which the first field shares with the struct: c can be handed to the CDK all the same.
func Init(c Embedding, scope constructs.Construct, id string) {
	if v := reflect.ValueOf(c).Elem(); v.Addr().Pointer() != reflect.ValueOf(c.self()).Pointer() {
		panic(fmt.Sprintf("%s must embed node.Construct as its first field", v.Type()))
	}
	constructs.NewConstruct_Override(c.self(), scope, &id)
}

// Error is every problem of the props of one construct.
type Error struct {
	// Type is the construct's Go type, "delivery.Pipeline".
	Type string
	// Path is where the construct would stand in the tree.
	Path string
	// Err joins the problems, one a line.
	Err error
}

// Error names the construct and indents its problems.
func (e *Error) Error() string {
	return fmt.Sprintf("%s %s:\n  %s", e.Type, e.Path, strings.ReplaceAll(e.Err.Error(), "\n", "\n  "))
}

// Unwrap returns the joined problems.
func (e *Error) Unwrap() error { return e.Err }

// Problems lists the problems, each with the construct's type and path in front, as a line for a person.
func (e *Error) Problems() []string {
	lines := strings.Split(e.Err.Error(), "\n")
	for i, line := range lines {
		lines[i] = e.Type + " " + e.Path + ": " + line
	}
	return lines
}

// Must panics with an [Error] when err, the result of a Validate method, is not nil.
func Must(typ string, scope constructs.Construct, id string, err error) {
	if err == nil {
		return
	}
	path := id
	if p := *scope.Node().Path(); p != "" {
		path = p + "/" + id
	}
	panic(&Error{Type: typ, Path: path, Err: err})
}

// MustBe panics with an [Error] when err, what is wrong with a construct that stands already, is not nil.
func MustBe(typ string, c constructs.IConstruct, err error) {
	if err != nil {
		panic(&Error{Type: typ, Path: *c.Node().Path(), Err: err})
	}
}
