package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/synth"
	"github.com/storeship/storeship/internal/text"
)

var synthVerb = verb{
	name:    "synth",
	summary: "synthesize the store with the CDK CLI, in several processes side by side, into one cloud assembly",
	run:     synthesize,
}

func synthesize(args []string, out, errOut io.Writer) int {
	fs := newFlags("synth", errOut)
	o := synth.Options{}
	file := configFlag(fs)
	fs.StringVar(&o.Out, "out", "cdk.out", "the `folder` of the cloud assembly, replaced when the new one is complete")
	fs.StringVar(&o.Scope, "scope", "", "a `service`, platform, access or artifacts; several separated by commas (default everything)")
	fs.StringVar(&o.Image, "image", "", "the `digest` of the image that a service releases (default a marker)")
	fs.BoolVar(&o.Strict, "strict", true, "validate every template, and take warnings for errors")
	fs.IntVar(&o.Jobs, "jobs", 0, "how many `processes` work side by side (default one a processor, with -strict one for every two, at most 4)")
	if _, code, ok := parse(fs, args, 0); !ok {
		return code
	}
	if o.Jobs < 0 {
		fmt.Fprintf(errOut, "storeship synth: -jobs must be 1 or more, got %d\n", o.Jobs)
		return 1
	}
	c, err := config.Load(*file)
	if err != nil {
		fmt.Fprintln(errOut, err)
		return 1
	}
	o.Config = *file
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	result, err := synth.Run(ctx, c.Plan(), o)
	var failed *synth.Error
	switch {
	case errors.As(err, &failed):
		fmt.Fprint(errOut, failed.Said)
		fmt.Fprintf(errOut, "storeship synth: %v; %s is as it was\n", err, o.Out)
		if failed.Partial != "" {
			fmt.Fprintf(errOut, "%s: what was synthesized, for inspection\n", failed.Partial)
		}
		return 1
	case err != nil:
		fmt.Fprintf(errOut, "storeship synth: %v\n", err)
		return 1
	}
	fmt.Fprint(errOut, result.Said)
	fmt.Fprintf(out, "%s: %s in %.0f s\n", o.Out, text.Count(result.Templates, "template"), result.Took.Seconds())
	return 0
}
