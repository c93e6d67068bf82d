package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/rollout"
)

var planVerb = verb{
	name:    "plan",
	summary: "print what exists where once everything is deployed, and the commands of the first deployment",
	run:     plan,
}

func plan(args []string, out, errOut io.Writer) int {
	fs := newFlags("plan", errOut)
	file := configFlag(fs)
	format := fs.String("format", "text", "`text` to read, or json")
	if _, code, ok := parse(fs, args, 0); !ok {
		return code
	}
	if !slices.Contains([]string{"text", "json"}, *format) {
		fmt.Fprintf(errOut, "storeship plan: -format must be text or json, got %q\n", *format)
		return 1
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	o := rollout.Options{}
	if *file != fs.Lookup("config").DefValue {
		// The CDK app reads the default file without being told.
		o.Config = *file
	}
	r := rollout.New(c.Plan(), o)
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
