// Storeship is the command line of a delivery system: it checks and explains a storeship.yaml, and says what to deploy.
// It starts at once, because nothing it imports needs the CDK.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/storeship/storeship/internal/text"
)

// verb is one command of the program. Each is defined in a file of its own.
type verb struct {
	// name is what a user types: "validate".
	name string
	// args is what follows it, for the usage line: "SERVICE ENVIRONMENT".
	args string
	// summary is one line of help, lower case and without a full stop.
	summary string
	// run executes the verb and returns the exit code: 0, 1 for a problem of the input, or one that the verb's own page has.
	run func(args []string, out, errOut io.Writer) int
}

// usage is the verb with its arguments.
func (v verb) usage() string { return strings.TrimSpace(v.name + " " + v.args) }

// verbs is what `storeship help` lists, in this order. It is filled in init, because every verb prints its own entry.
var verbs []verb

func init() {
	verbs = []verb{
		validateVerb,
		explainVerb,
		schemaVerb,
		initVerb,
		planVerb,
		synthVerb,
		retireVerb,
		bootstrapVerb,
		fingerprintVerb,
		reviewVerb,
		conformanceVerb,
		graphVerb,
		precommitVerb,
	}
}

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run executes the verb that args begin with.
func run(args []string, out, errOut io.Writer) int {
	if len(args) == 0 {
		usage(errOut)
		return 1
	}
	name, names := args[0], []string{"help"}
	switch name {
	case "help", "-h", "-help", "--help":
		usage(out)
		return 0
	}
	for _, v := range verbs {
		if v.name == name {
			return v.run(args[1:], out, errOut)
		}
		names = append(names, v.name)
	}
	fmt.Fprintf(errOut, "storeship: unknown verb %q; %s\n", name, text.Suggest(name, names))
	return 1
}

func usage(w io.Writer) {
	fmt.Fprint(w, "usage: storeship VERB [arguments]\n\n")
	tw := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range verbs {
		fmt.Fprintf(tw, "  %s\t%s\n", v.usage(), v.summary)
	}
	fmt.Fprint(tw, "  help\tprint this page\n")
	tw.Flush()
	fmt.Fprint(w, "\nEach verb prints its own flags with -h.\n")
}

// newFlags returns an empty flag set with the usage of the verb of that name.
func newFlags(name string, errOut io.Writer) *flag.FlagSet {
	v := verbs[slices.IndexFunc(verbs, func(v verb) bool { return v.name == name })]
	fs := flag.NewFlagSet("storeship "+name, flag.ContinueOnError)
	fs.SetOutput(errOut)
	fs.Usage = func() {
		fmt.Fprintf(errOut, "usage: storeship %s [flags]\n%s\n", v.usage(), v.summary)
		fs.PrintDefaults()
	}
	return fs
}

// defaultConfig is the configuration file where none is named.
const defaultConfig = "storeship.yaml"

// configFlag adds the flag that every verb has.
func configFlag(fs *flag.FlagSet) *string {
	return fs.String("config", defaultConfig, "the store's configuration `file`")
}

// parse parses args into fs, with flags before, between and after the other arguments, of which there must be n. When it
// returns false, the verb ends with the given exit code: everything has been said.
func parse(fs *flag.FlagSet, args []string, n int) (rest []string, code int, ok bool) {
	return parseOneOf(fs, args, n)
}

// parseOneOf is parse for verbs that take different numbers of arguments.
func parseOneOf(fs *flag.FlagSet, args []string, counts ...int) (rest []string, code int, ok bool) {
	for {
		if err := fs.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, 0, false
			}
			return nil, 1, false
		}
		if args = fs.Args(); len(args) == 0 {
			break
		}
		rest, args = append(rest, args[0]), args[1:]
	}
	if !slices.Contains(counts, len(rest)) {
		noun := "arguments"
		if counts[len(counts)-1] == 1 {
			noun = "argument"
		}
		hint := ""
		if fs.Lookup("config") != nil && len(rest) == 1 && strings.HasSuffix(rest[0], "ml") {
			hint = "; name the file with -config " + rest[0]
		}
		fmt.Fprintf(fs.Output(), "%s: takes %s %s, got %d%s\n", fs.Name(), text.Or(counts), noun, len(rest), hint)
		fs.Usage()
		return nil, 1, false
	}
	return rest, 0, true
}
