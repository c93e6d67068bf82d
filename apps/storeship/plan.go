package main

import (
	"flag"
	"fmt"
	"io"
	"slices"

	"github.com/storeship/storeship/internal/change"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/rollout"
)

var planVerb = verb{
	name:    "plan",
	args:    "[OLD NEW | -timeline [SERVICE ENVIRONMENT]]",
	summary: "print what exists where, and the commands of the first deployment; of two files, what changes and the commands in order; or when a release rolls back",
	run:     plan,
}

func plan(args []string, out, errOut io.Writer) int {
	fs := newFlags("plan", errOut)
	file := configFlag(fs)
	format := fs.String("format", "text", "`text` to read, or json")
	timeline := fs.Bool("timeline", false, "print when the alarms of a release can fire and how long there is a way back, of all services or of one")
	files, code, ok := parseOneOf(fs, args, 0, 2)
	if !ok {
		return code
	}
	if !slices.Contains([]string{"text", "json"}, *format) {
		fmt.Fprintf(errOut, "storeship plan: -format must be text or json, got %q\n", *format)
		return 1
	}
	if *timeline {
		if *format != "text" {
			fmt.Fprintf(errOut, "storeship plan: -timeline is text, got -format %s; leave one out\n", *format)
			return 1
		}
		c, err := config.Load(*file)
		if err != nil {
			fmt.Fprintln(errOut, err)
			return 1
		}
		return printTimelines(c, files, out, errOut)
	}
	if len(files) == 2 {
		given := false
		fs.Visit(func(f *flag.Flag) { given = given || f.Name == "config" })
		if given {
			fmt.Fprintln(errOut, "storeship plan: takes either -config or two files, not both")
			return 1
		}
		return planChange(files[0], files[1], *format, out, errOut)
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	warn(errOut, c.Warnings())
	r := rollout.New(c.Plan(), rollout.Options{Config: carried(*file)})
	write := r.WriteText
	if *format == "json" {
		write = r.WriteJSON
	}
	if err := write(out); err != nil {
		fmt.Fprintf(errOut, "storeship plan: %v\n", err)
		return 1
	}
	return 0
}

// carried is the file that commands name: none for the default, which the CDK app reads without being told.
func carried(file string) string {
	if file == defaultConfig {
		return ""
	}
	return file
}

// codeRefused is the exit code of `storeship plan OLD NEW` where the change has something that cannot be done in place.
const codeRefused = 2

// planChange prints the way from one file to another.
func planChange(old, new, format string, out, errOut io.Writer) int {
	from, err := config.Load(old)
	to, err2 := config.Load(new)
	if err != nil || err2 != nil {
		for _, err := range []error{err, err2} {
			if err != nil {
				fmt.Fprintln(errOut, err)
			}
		}
		return 1
	}
	warn(errOut, newWarnings(from, to))
	c := change.New(from, to, change.Options{Config: carried(new)})
	if code := writeChange("plan", c, format, out, errOut); code != 0 {
		return code
	}
	if len(c.Refusals) > 0 {
		return codeRefused
	}
	return 0
}

// newWarnings are those that the change brings: whoever looks at it has seen the others.
func newWarnings(from, to *config.Config) []config.Problem {
	known := from.Warnings()
	return slices.DeleteFunc(to.Warnings(), func(w config.Problem) bool {
		return slices.ContainsFunc(known, func(k config.Problem) bool { return k.Path == w.Path && k.Message == w.Message })
	})
}

func writeChange(verb string, c *change.Change, format string, out, errOut io.Writer) int {
	write := c.WriteText
	if format == "json" {
		write = c.WriteJSON
	}
	if err := write(out); err != nil {
		fmt.Fprintf(errOut, "storeship %s: %v\n", verb, err)
		return 1
	}
	return 0
}
