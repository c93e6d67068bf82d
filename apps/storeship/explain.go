package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/storeship/storeship/internal/config"
)

var explainVerb = verb{
	name:    "explain",
	args:    "SERVICE ENVIRONMENT",
	summary: "print a service's effective settings, with where each came from",
	run:     explain,
}

func explain(args []string, out, errOut io.Writer) int {
	fs := newFlags("explain", errOut)
	file := configFlag(fs)
	names, code, ok := parse(fs, args, 2)
	if !ok {
		return code
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	settings, err := c.Explain(names[0], names[1])
	if err != nil {
		fmt.Fprintf(errOut, "%s: %v\n", *file, err)
		return 1
	}
	tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(tw, "SETTING\tVALUE\tFROM\n")
	for _, s := range settings {
		fmt.Fprintf(tw, "%s\t%s\t%s\n", s.Path, s.Value, s.Origin)
	}
	tw.Flush()
	return 0
}
