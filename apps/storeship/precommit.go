package main

import (
	"fmt"
	"io"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/precommit"
)

var precommitVerb = verb{
	name:    "precommit",
	args:    "SERVICE",
	summary: "print the .pre-commit-config.yaml of a service's repository: its gates, before a commit and a push",
	run:     runPrecommit,
}

func runPrecommit(args []string, out, errOut io.Writer) int {
	fs := newFlags("precommit", errOut)
	file := configFlag(fs)
	names, code, ok := parse(fs, args, 1)
	if !ok {
		return code
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	text, err := precommit.File(c.Plan(), names[0])
	if err == nil {
		_, err = io.WriteString(out, text)
	}
	if err != nil {
		fmt.Fprintf(errOut, "storeship precommit: %s: %v\n", *file, err)
		return 1
	}
	return 0
}
