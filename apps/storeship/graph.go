package main

import (
	"fmt"
	"io"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/graph"
)

var graphVerb = verb{
	name:    "graph",
	args:    "DIR",
	summary: "draw the pipelines of a cloud assembly, and the accounts that they deploy to, as SVG",
	run:     runGraph,
}

func runGraph(args []string, out, errOut io.Writer) int {
	dir, code, ok := parse(newFlags("graph", errOut), args, 1)
	if !ok {
		return code
	}
	a, err := assembly.Open(dir[0])
	if err != nil {
		printProblems(errOut, "graph", err)
		return 1
	}
	if err := graph.Of(a).WriteSVG(out); err != nil {
		fmt.Fprintf(errOut, "storeship graph: %v\n", err)
		return 1
	}
	return 0
}
