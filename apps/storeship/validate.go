package main

import (
	"fmt"
	"io"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/text"
)

var validateVerb = verb{
	name:    "validate",
	summary: "check the configuration, all of it at once",
	run:     validate,
}

func validate(args []string, out, errOut io.Writer) int {
	fs := newFlags("validate", errOut)
	file := configFlag(fs)
	quiet := fs.Bool("quiet", false, "print nothing but what is wrong")
	if _, code, ok := parse(fs, args, 0); !ok {
		return code
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	if *quiet {
		return 0
	}
	warn(errOut, c.Warnings())
	p := c.Plan()
	fmt.Fprintf(out, "%s: ok: %s, %s, %s\n", *file, text.Count(len(p.Services), "service"),
		text.Count(len(p.Store.Environments), "environment"), text.Count(len(p.Store.Targets()), "target"))
	return 0
}

// warn prints warnings, one a line.
func warn(errOut io.Writer, all []config.Problem) {
	for _, w := range all {
		w.Message = "warning: " + w.Message
		fmt.Fprintln(errOut, w)
	}
}
