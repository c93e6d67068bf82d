package main

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// The chart's size, and the margins around its plot, in pixels.
const (
	width, height            = 800, 400
	left, right, top, bottom = 56, 290, 28, 48
)

// series is a line of the chart.
type series struct {
	name, color, dash string
	points            [][2]float64 // services, seconds
}

// dashes are how the lines of what is validated are drawn.
var dashes = map[string]string{notValidated: "5 4", noneChanged: "1 3"}

// chart draws seconds over services, a line for every kind of synth, as an SVG that reads in light and in dark.
func chart(rows []row) []byte {
	colors := map[string]string{everything + " 1": "#0072b2", everything + " 2": "#009e73", oneService + " 1": "#d55e00"}
	var all []*series
	byName := map[string]*series{}
	most, last := 0.0, 0.0
	for _, r := range rows {
		name := fmt.Sprintf("%s, %s", r.scope, r.validation)
		if r.processes > 1 {
			name += fmt.Sprintf(", %d processes", r.processes)
		}
		s := byName[name]
		if s == nil {
			s = &series{name: name, color: colors[fmt.Sprintf("%s %d", r.scope, r.processes)]}
			s.dash = dashes[r.validation]
			byName[name], all = s, append(all, s)
		}
		s.points = append(s.points, [2]float64{float64(r.services), r.seconds})
		most, last = math.Max(most, r.seconds), math.Max(last, float64(r.services))
	}
	step := 5.0
	if most > 40 {
		step = 10
	}
	ceiling := math.Ceil(most/step) * step
	x := func(services float64) float64 { return left + services/last*(width-left-right) }
	y := func(seconds float64) float64 { return height - bottom - seconds/ceiling*(height-top-bottom) }

	var b bytes.Buffer
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`+"\n", width, height)
	b.WriteString("<title>Seconds of a synth by the number of services, in nine targets</title>\n" +
		"<style>text{fill:#333}.grid{stroke:#ccc}@media(prefers-color-scheme:dark){text{fill:#ddd}.grid{stroke:#444}}</style>\n")
	for s := 0.0; s <= ceiling; s += step {
		fmt.Fprintf(&b, `<line class="grid" x1="%d" y1="%.1f" x2="%d" y2="%.1f"/><text x="%d" y="%.1f" text-anchor="end">%.0f s</text>`+"\n",
			left, y(s), width-right, y(s), left-8, y(s)+4, s)
	}
	for _, p := range all[0].points {
		fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">%.0f</text>`+"\n", x(p[0]), height-bottom+18, p[0])
	}
	fmt.Fprintf(&b, `<text x="%.1f" y="%d" text-anchor="middle">services</text>`+"\n", float64(left+width-right)/2, height-8)
	for i, s := range all {
		var path []string
		for _, p := range s.points {
			path = append(path, fmt.Sprintf("%.1f,%.1f", x(p[0]), y(p[1])))
			fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3" fill="%s"/>`+"\n", x(p[0]), y(p[1]), s.color)
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2" stroke-dasharray="%s"/>`+"\n", strings.Join(path, " "), s.color, s.dash)
		at := top + 22*i
		fmt.Fprintf(&b, `<line x1="%d" y1="%d" x2="%d" y2="%d" stroke="%s" stroke-width="2" stroke-dasharray="%s"/><text x="%d" y="%d">%s</text>`+"\n",
			width-right+12, at, width-right+36, at, s.color, s.dash, width-right+42, at+4, s.name)
	}
	b.WriteString("</svg>\n")
	return b.Bytes()
}

// page is benchmark.md: what was measured, the chart, and how to measure again.
func page(rows []row, yardsticks []float64, runs, processors int) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `# How long a synth takes

Measured with `+"`make bench WRITE=docs`"+` on %s, on a machine of %d processors: the app alone, without the CDK CLI's own second, warm, the fastest
of %s. Stores have one public service and the rest internal ones, in the nine targets of the retail store; the one of
five services is the retail store itself. Two processes are what `+"`make fast`"+` starts on two processors where that is worth it; they share
the scopes, and their parts become one assembly. `+"`make synth`"+` starts one for every two processors: validation has a thread of its own in each.

Seconds are those of that machine in that hour. The yardstick, a fixed task in Node.js, took %.2f to %.2f s between the measurements: divide by it to
compare with another machine, or another day.

| of the retail store | the design asks at most | measured |
| --- | ---: | ---: |
`, time.Now().Format(time.DateOnly), processors, text.Count(runs, "run"), slices.Min(yardsticks), slices.Max(yardsticks))
	for _, g := range goals {
		if best, ok := g.best(rows); ok {
			fmt.Fprintf(&b, "| %s | %s | %s |\n", g.what, g.text(g.atMost), g.text(best))
		}
	}
	b.WriteString(`
Growth is linear: a service costs nine stacks and their pipeline, and calls to the kernel grow by as many each time. What the design asks was
set for 55 templates without alarms, checks, canaries, scans, tests in targets, notifications and metrics.

![Seconds of a synth by the number of services](benchmark.svg)

| services | scope | validation | processes | seconds | peak memory | templates | largest | jsii calls |
| ---: | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: |
`)
	for _, r := range rows {
		fmt.Fprintf(&b, "| %d | %s | %s | %d | %.1f | %d MiB | %d | %d KB | %d |\n",
			r.services, r.scope, r.validation, r.processes, r.seconds, r.memoryMiB, r.templates, r.kilobytes, r.calls)
	}
	b.WriteString(`
A pipeline's own Synth step is "one service". Where the time goes, in a synth without validation: about a sixth in the start of
Node.js and of the CDK, a quarter in messages between Go and the CDK's kernel (two for each jsii call), the rest in the CDK itself,
which makes its constructs, and resolves and writes the templates. Validation has a thread of its own ([decision 40](decisions/0040-validated-ahead.md)): it starts a WebAssembly
module, two seconds, and then looks at every template for a twentieth of a second, while the app goes on. A template in which it found
nothing is not validated again ([decision 42](decisions/0042-validated-once.md)): an edit of one service validates that service's ten.
`)
	return b.Bytes()
}

// goal is a number of the design, for the retail store.
type goal struct {
	what   string
	atMost float64
	// fits says which rows are of it, value what of a row, and text how it is written.
	fits  func(row) bool
	value func(row) float64
	text  func(float64) string
}

var goals = []goal{
	{"everything, validation off", 4, func(r row) bool { return r.scope == everything && r.validation == notValidated }, seconds, inSeconds},
	{"everything, strict, every template validated", 10, func(r row) bool { return r.scope == everything && r.validation == allValidated }, seconds, inSeconds},
	{"everything, strict, no template changed", 10, func(r row) bool { return r.scope == everything && r.validation == noneChanged }, seconds, inSeconds},
	{"one service, validation off", 2, func(r row) bool { return r.scope == oneService && r.validation == notValidated }, seconds, inSeconds},
	{
		"peak memory of everything, strict, in one process", 1024,
		func(r row) bool { return r.scope == everything && r.validation == allValidated && r.processes == 1 },
		func(r row) float64 { return float64(r.memoryMiB) }, func(v float64) string { return fmt.Sprintf("%.0f MiB", v) },
	},
}

func seconds(r row) float64 { return r.seconds }

func inSeconds(v float64) string { return fmt.Sprintf("%.1f s", v) }

// best is the least that was measured of the goal, in however many processes.
func (g goal) best(rows []row) (least float64, found bool) {
	for _, r := range rows {
		if r.services != 5 || !g.fits(r) {
			continue
		}
		if v := g.value(r); !found || v < least {
			least, found = v, true
		}
	}
	return least, found
}
