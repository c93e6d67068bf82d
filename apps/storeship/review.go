package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/internal/text"
)

var reviewVerb = verb{
	name:    "review",
	args:    "OLD NEW",
	summary: "print what a change does to what is deployed, from two cloud assemblies, and fail over what must not be deployed",
	run:     runReview,
}

// codeFindings is the exit code of `storeship review` where it finds something at the level of -fail-on, or worse.
const codeFindings = 2

// failOnNone is the value of -fail-on with which the findings never fail the program.
const failOnNone = "none"

func runReview(args []string, out, errOut io.Writer) int {
	fs := newFlags("review", errOut)
	format := fs.String("format", "text", "`text` to read, or json")
	failOn := fs.String("fail-on", string(review.WillFail), "the `level` from which on findings end the program with 2: will-fail, deletes, replaces, live, note; or none")
	accept := fs.String("accept", "", "the `id` of a change that a person lets pass: of exactly that change the findings are printed, and do not fail")
	folders, code, ok := parse(fs, args, 2)
	if !ok {
		return code
	}
	levels := []string{failOnNone}
	for _, l := range review.Levels {
		levels = append(levels, string(l))
	}
	if !slices.Contains(levels, *failOn) {
		fmt.Fprintf(errOut, "storeship review: -fail-on must be %s, got %q\n", text.Or(levels), *failOn)
		return 1
	}
	if !slices.Contains([]string{"text", "json"}, *format) {
		fmt.Fprintf(errOut, "storeship review: -format must be text or json, got %q\n", *format)
		return 1
	}
	var opened [2]*assembly.Assembly
	for i, folder := range folders {
		var err error
		if opened[i], err = assembly.Open(folder); err != nil {
			fmt.Fprintf(errOut, "storeship review: %v\n", err)
			code = 1
		}
	}
	if code != 0 {
		return code
	}
	r := review.New(opened[0], opened[1])
	write := r.WriteText
	if *format == "json" {
		write = r.WriteJSON
	}
	if err := write(out); err != nil {
		fmt.Fprintf(errOut, "storeship review: %v\n", err)
		return 1
	}
	if *failOn == failOnNone || r.Count(review.Level(*failOn)) == 0 {
		return 0
	}
	if *accept == r.ID {
		fmt.Fprintln(errOut, "storeship review: accepted: this very change was let pass")
		return 0
	}
	return codeFindings
}
