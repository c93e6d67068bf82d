package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/storeship/storeship/internal/change"
	"github.com/storeship/storeship/internal/config"
)

var retireVerb = verb{
	name:    "retire",
	args:    "SERVICE",
	summary: "print the commands that remove a service, in order, and what stays of it",
	run:     retire,
}

func retire(args []string, out, errOut io.Writer) int {
	fs := newFlags("retire", errOut)
	file := configFlag(fs)
	format := fs.String("format", "text", "`text` to read, or json")
	names, code, ok := parse(fs, args, 1)
	if !ok {
		return code
	}
	if !slices.Contains([]string{"text", "json"}, *format) {
		fmt.Fprintf(errOut, "storeship retire: -format must be text or json, got %q\n", *format)
		return 1
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	r, err := change.Retire(c, names[0], change.Options{Config: carried(*file)})
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	return writeChange("retire", r, *format, out, errOut)
}
