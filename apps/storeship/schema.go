package main

import (
	"io"

	"github.com/storeship/storeship/internal/config"
)

var schemaVerb = verb{
	name:    "schema",
	summary: "print the JSON Schema of the configuration, for editors",
	run:     schema,
}

func schema(args []string, out, errOut io.Writer) int {
	fs := newFlags("schema", errOut)
	if _, code, ok := parse(fs, args, 0); !ok {
		return code
	}
	io.WriteString(out, config.Schema)
	return 0
}
