package main

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/fingerprint"
)

var fingerprintVerb = verb{
	name:    "fingerprint",
	args:    "DIR",
	summary: "print a hash of what each pipeline of a cloud assembly deploys",
	run:     runFingerprint,
}

func runFingerprint(args []string, out, errOut io.Writer) int {
	fs := newFlags("fingerprint", errOut)
	format := fs.String("format", "text", "`text`: a pipeline and its hash a line; or json")
	rest, code, ok := parse(fs, args, 1)
	if !ok {
		return code
	}
	if !slices.Contains([]string{"text", "json"}, *format) {
		fmt.Fprintf(errOut, "storeship fingerprint: -format must be text or json, got %q\n", *format)
		return 1
	}
	a, err := assembly.Open(rest[0])
	var all []fingerprint.Fingerprint
	if err == nil {
		all, err = fingerprint.Of(a)
	}
	var b strings.Builder
	if err == nil && *format == "json" {
		encoder := json.NewEncoder(&b)
		encoder.SetIndent("", "  ")
		// No pipeline is an empty list, not null.
		err = encoder.Encode(append([]fingerprint.Fingerprint{}, all...))
	} else {
		for _, f := range all {
			fmt.Fprintln(&b, f.Pipeline, f.SHA256)
		}
	}
	if err == nil {
		_, err = io.WriteString(out, b.String())
	}
	if err != nil {
		fmt.Fprintf(errOut, "storeship fingerprint: %v\n", err)
		return 1
	}
	return 0
}
