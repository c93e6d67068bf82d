package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/report"
	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/internal/text"
)

var reviewVerb = verb{
	name:    "review",
	args:    "OLD NEW",
	summary: "print what a change does to what is deployed, from two cloud assemblies or templates, the worst first, and fail over what must not be deployed",
	run:     runReview,
}

// codeFindings is the exit code of `storeship review` where it finds something at the level of -fail-on, or worse.
const codeFindings = 2

// leastLimit is what the counts by level and the id of a change need.
const leastLimit = 2000

// failOnNone is the value of -fail-on with which the findings never fail the program.
const failOnNone = "none"

func runReview(args []string, out, errOut io.Writer) int {
	fs := newFlags("review", errOut)
	format := fs.String("format", string(report.Text), "`format` of the report: "+text.Or(report.Formats))
	failOn := fs.String("fail-on", string(review.WillFail), "the `level` from which on findings end the program with 2: "+text.List(review.Levels)+"; or "+failOnNone)
	accept := fs.String("accept", "", "the `id` of a change that a person lets pass: of exactly that change the findings are printed, and do not fail")
	limit := fs.Int("limit", report.MarkdownLimit, "the `number` of characters that the Markdown has at most")
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
	if !slices.Contains(report.Formats, report.Format(*format)) {
		fmt.Fprintf(errOut, "storeship review: -format must be %s, got %q\n", text.Or(report.Formats), *format)
		return 1
	}
	if *limit < leastLimit {
		fmt.Fprintf(errOut, "storeship review: -limit must be at least %d, got %d\n", leastLimit, *limit)
		return 1
	}
	opened, err := openBoth(folders[0], folders[1])
	if err != nil {
		printProblems(errOut, "review", err)
		return 1
	}
	r := review.New(opened[0], opened[1])
	if err := writeReport(out, r, report.Format(*format), *limit); err != nil {
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

// printProblems prints each of several problems in a line of its own.
func printProblems(errOut io.Writer, verb string, err error) {
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintf(errOut, "storeship %s: %s\n", verb, text.Line(line))
	}
}

func writeReport(out io.Writer, r *review.Report, f report.Format, limit int) error {
	if f == report.Markdown {
		return report.WriteMarkdown(out, r, limit)
	}
	return report.Write(out, r, f)
}

// openBoth opens two assemblies, or two templates, side by side. The error is all that is wrong with both.
func openBoth(old, renewed string) (opened [2]*assembly.Assembly, err error) {
	files, problems := [2]string{old, renewed}, [2]error{}
	single := [2]bool{}
	for i, file := range files {
		info, err := os.Stat(file)
		single[i] = err == nil && !info.IsDir()
	}
	if single[0] != single[1] {
		return opened, fmt.Errorf("compare two folders of cloud assemblies, or two templates; of %s and %s one is a file", old, renewed)
	}
	var both sync.WaitGroup
	for i, file := range files {
		both.Go(func() {
			if single[i] {
				// Two files of whatever names are the same stack, before and after.
				name := filepath.Base(renewed)
				opened[i], problems[i] = assembly.OpenTemplate(file, strings.TrimSuffix(name, filepath.Ext(name)))
				return
			}
			opened[i], problems[i] = assembly.Open(file)
		})
	}
	both.Wait()
	return opened, errors.Join(problems[:]...)
}
