package cfn

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// Update is what a change of a property does to its resource.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-update-behaviors.html
type Update string

// The behaviours, the worst first.
const (
	// Replacement makes a new resource with a new physical id, and deletes the old one.
	Replacement Update = "replacement"
	// Conditional depends on the values: some interruption, or a replacement.
	Conditional Update = "some interruption or replacement"
	// InPlace changes the resource. Most such changes interrupt nothing; which do, the specification does not say.
	InPlace Update = "no replacement"
	// Unknown is what the specification does not say: a custom resource, a type of another registry, one newer than the data.
	Unknown Update = "not known"
)

// Updates lists all behaviours, the worst first.
var Updates = []Update{Replacement, Conditional, InPlace, Unknown}

//go:embed data/updates.txt.gz
var compressed []byte

//go:embed data/VERSION
var version string

// Version is the package and version that the data is from.
func Version() string { return strings.TrimSpace(version) }

// kind is what the data says of a type of resources.
type kind struct {
	stateful   bool
	identifier []string
	// properties that do more than change in place, by path; an asterisk stands for an index or a key.
	properties map[string]Update
}

// The letters of the data, which renew writes.
const (
	letterStateful    = "S"
	letterReplacement = "R"
	letterConditional = "C"
)

// kinds parses the data once it is asked for.
var kinds = sync.OnceValue(func() map[string]*kind {
	r, err := gzip.NewReader(bytes.NewReader(compressed))
	if err != nil {
		panic(err) // The file is embedded, and a test reads it.
	}
	all, err := parse(r)
	if err != nil {
		panic(err)
	}
	return all
})

// parse reads the data: a line for each type with an S where it has state and the properties that identify it, and below it,
// indented, a line for each of its properties that is worth one.
func parse(r io.Reader) (map[string]*kind, error) {
	all := map[string]*kind{}
	var last *kind
	scanner := bufio.NewScanner(r)
	for n := 1; scanner.Scan(); n++ {
		fields := strings.Fields(scanner.Text())
		switch indented := strings.HasPrefix(scanner.Text(), " "); {
		case len(fields) == 0:
			return nil, fmt.Errorf("line %d is empty", n)
		case !indented:
			last = &kind{properties: map[string]Update{}}
			all[fields[0]] = last
			if fields = fields[1:]; len(fields) > 0 && fields[0] == letterStateful {
				last.stateful, fields = true, fields[1:]
			}
			last.identifier = fields
		case last == nil || len(fields) != 2:
			return nil, fmt.Errorf("line %d: a property is its path and its letter", n)
		case fields[1] == letterReplacement:
			last.properties[fields[0]] = Replacement
		case fields[1] == letterConditional:
			last.properties[fields[0]] = Conditional
		default:
			return nil, fmt.Errorf("line %d: no letter %s", n, fields[1])
		}
	}
	return all, scanner.Err()
}

// Known says whether the specification has the type.
func Known(typ string) bool { return kinds()[typ] != nil }

// Types is the number of types that are known.
func Types() int { return len(kinds()) }

// Stateful says whether AWS calls a resource of the type stateful: what it holds is lost with it.
func Stateful(typ string) bool { return kinds()[typ] != nil && kinds()[typ].stateful }

// Identifier lists the properties that together name a resource of the type; none where AWS names it.
func Identifier(typ string) []string {
	if k := kinds()[typ]; k != nil {
		return slices.Clone(k.identifier)
	}
	return nil
}

// Of is what a change of the property at path does to a resource of the type. The path may go on to where the change is, with
// indices and keys; what is true of a property is true of all that is in it.
func Of(typ string, path ...string) Update {
	k := kinds()[typ]
	if k == nil {
		return Unknown
	}
	worst := InPlace
	for p, update := range k.properties {
		if covers(strings.Split(p, "."), path) && slices.Index(Updates, update) < slices.Index(Updates, worst) {
			worst = update
		}
	}
	return worst
}

// covers says whether path is what the pattern names, or lies within it.
func covers(pattern, path []string) bool {
	if len(path) < len(pattern) {
		return false
	}
	for i, p := range pattern {
		if p != "*" && p != path[i] {
			return false
		}
	}
	return true
}
