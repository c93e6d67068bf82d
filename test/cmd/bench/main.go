// Command bench measures the synth of stores of 1, 5, 10 and 20 services in the nine targets of the retail store: seconds,
// peak memory, templates and calls to the jsii kernel, of everything and of one service, with and without strict validation,
// in one process and in two side by side.
//
//	make bench
//	cd test && go run ./cmd/bench -services 5 -runs 1
//	cd test && go run ./cmd/bench -write ../docs     # renews docs/benchmark.md and its chart
//
// It runs the built app the way the CDK CLI does, without the CLI's own second. Measure on a machine that does nothing else.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
)

func main() {
	b := &bench{}
	var services, write string
	flag.StringVar(&b.config, "config", "../examples/retail-store/storeship.yaml", "the store whose targets are taken; of five services it is itself measured")
	flag.StringVar(&b.app, "app", "../bin/storefront", "the built CDK app")
	flag.StringVar(&b.cdk, "cdk", "../cdk.json", "the CDK configuration with the app's context")
	flag.StringVar(&services, "services", "1,5,10,20", "the numbers of services")
	flag.IntVar(&b.runs, "runs", 3, "how often each synth runs; the fastest counts, as the least disturbed")
	flag.StringVar(&write, "write", "", "a folder for benchmark.md and its chart (default none)")
	flag.Parse()
	if err := b.run(services, write); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// bench is what all measurements have in common.
type bench struct {
	config, app, cdk string
	runs             int
	context          map[string]any
	dir              string
	// yardsticks are seconds of one and the same task between the measurements.
	yardsticks []float64
}

// row is what was measured of one kind of synth.
type row struct {
	services          int
	scope, validation string
	processes         int
	seconds           float64
	memoryMiB         int
	templates         int
	kilobytes         int
	calls             int
}

// The scopes that are measured, and what is validated of them.
const (
	everything = "everything"
	oneService = "one service"

	notValidated = "off"
	allValidated = "strict"
	noneChanged  = "strict, unchanged"
)

func (b *bench) run(services, write string) error {
	var err error
	if b.context, err = readContext(b.cdk); err != nil {
		return err
	}
	if b.dir, err = os.MkdirTemp("", "bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.dir)
	var rows []row
	w := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "services\tscope\tvalidation\tprocesses\tseconds\tpeak MiB\ttemplates\tlargest KB\tjsii calls\t")
	for _, text := range strings.Split(services, ",") {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return fmt.Errorf("-services must be numbers with commas between them, got %q", services)
		}
		measured, err := b.store(n)
		if err != nil {
			return err
		}
		for _, r := range measured {
			fmt.Fprintf(w, "%d\t%s\t%s\t%d\t%.1f\t%d\t%d\t%d\t%d\t\n",
				r.services, r.scope, r.validation, r.processes, r.seconds, r.memoryMiB, r.templates, r.kilobytes, r.calls)
		}
		w.Flush()
		rows = append(rows, measured...)
	}
	fmt.Printf("yardstick: %.2f to %.2f s\n", slices.Min(b.yardsticks), slices.Max(b.yardsticks))
	if write == "" {
		return nil
	}
	if err := os.WriteFile(filepath.Join(write, "benchmark.svg"), chart(rows), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(write, "benchmark.md"), page(rows, b.yardsticks, b.runs, runtime.NumCPU()), 0o644)
}

// store measures every kind of synth of a store of n services.
func (b *bench) store(n int) ([]row, error) {
	config, first, err := b.grown(n)
	if err != nil {
		return nil, err
	}
	var rows []row
	for _, kind := range []struct {
		scope string
		jobs  int
	}{{everything, 1}, {everything, 2}, {oneService, 1}} {
		for _, strict := range []bool{false, true} {
			scopes := []string{first}
			if kind.scope == everything {
				if scopes, err = split(config, kind.jobs, strict); err != nil {
					return nil, err
				}
			}
			if len(scopes) < kind.jobs {
				continue // a second process is not worth its start
			}
			calls, err := b.calls(config, scopes)
			if err != nil {
				return nil, err
			}
			add := func(validation string, m measurement) {
				rows = append(rows, row{
					services: n, scope: kind.scope, validation: validation, processes: len(scopes),
					seconds: m.seconds, memoryMiB: m.memoryMiB, templates: m.templates, kilobytes: m.kilobytes, calls: calls,
				})
			}
			first, second, err := b.fastest(config, scopes, strict)
			if err != nil {
				return nil, err
			}
			if !strict {
				add(notValidated, first)
				continue
			}
			add(allValidated, first)
			add(noneChanged, second)
		}
	}
	return rows, nil
}

// fastest is the fastest of some first synths, which know of no template that it was validated, and, strict, of those that
// follow them and know it of all.
func (b *bench) fastest(config string, scopes []string, strict bool) (first, second measurement, err error) {
	faster := func(best *measurement, known string) error {
		if err := b.yardstick(); err != nil {
			return err
		}
		m, err := b.synth(config, scopes, strict, known)
		if best.seconds == 0 || m.seconds < best.seconds {
			*best = m
		}
		return err
	}
	for range b.runs {
		known, err := os.MkdirTemp(b.dir, "validated")
		if err != nil {
			return first, second, err
		}
		if err := faster(&first, known); err != nil {
			return first, second, err
		}
		if !strict {
			continue
		}
		if err := faster(&second, known); err != nil {
			return first, second, err
		}
	}
	return first, second, nil
}
