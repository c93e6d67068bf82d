package main

import (
	"fmt"
	"io"
	"slices"

	"github.com/storeship/storeship/internal/conformance"
	"github.com/storeship/storeship/internal/pipeline"
	"github.com/storeship/storeship/internal/template"
	"github.com/storeship/storeship/internal/text"
)

var conformanceVerb = verb{
	name:    "conformance",
	args:    "DIR",
	summary: "print which gates of the reference architecture the pipelines of an assembly or of templates have, and fail over what is missing or hollow",
	run:     runConformance,
}

// The exit codes of `storeship conformance` beside 0.
const (
	// codeNotConforming is for a required gate that is missing or hollow.
	codeNotConforming = 1
	// codeNotJudged is for what could not be judged: an argument, a file, or nothing to judge.
	codeNotJudged = 2
)

func runConformance(args []string, out, errOut io.Writer) int {
	fs := newFlags("conformance", errOut)
	format := fs.String("format", "table", "`table` to read, markdown, or json")
	file := fs.String("catalogue", "", "a `file` of YAML with gates of your own, which are added to Storeship's")
	strict := fs.Bool("strict", false, "fail over required gates that are not visible as well")
	dirs, code, ok := parse(fs, args, 1)
	if !ok {
		if code != 0 {
			code = codeNotJudged
		}
		return code
	}
	formats := []string{"table", "markdown", "json"}
	if !slices.Contains(formats, *format) {
		fmt.Fprintf(errOut, "storeship conformance: -format must be %s, got %q\n", text.Or(formats), *format)
		return codeNotJudged
	}
	load := conformance.Default
	if *file != "" {
		load = func() (*conformance.Catalogue, error) { return conformance.Load(*file) }
	}
	catalogue, err := load()
	if err != nil {
		fmt.Fprintln(errOut, err)
		code = codeNotJudged
	}
	stacks, err := template.Open(dirs[0])
	if err != nil {
		fmt.Fprintf(errOut, "storeship conformance: %v\n", err)
		code = codeNotJudged
	}
	if code != 0 {
		return code
	}
	pipelines := pipeline.Read(dirs[0], stacks)
	if len(pipelines) == 0 {
		fmt.Fprintf(errOut, "storeship conformance: %s: has no AWS::CodePipeline::Pipeline in its %s: there is nothing to judge\n", dirs[0], text.Count(len(stacks), "template"))
		return codeNotJudged
	}
	report := conformance.Judge(pipelines, stacks, catalogue)
	write := map[string]func(io.Writer) error{"table": report.WriteTable, "markdown": report.WriteMarkdown, "json": report.WriteJSON}[*format]
	if err := write(out); err != nil {
		fmt.Fprintf(errOut, "storeship conformance: %v\n", err)
		return codeNotJudged
	}
	if report.Failed() || *strict && report.Unseen() {
		return codeNotConforming
	}
	return 0
}
