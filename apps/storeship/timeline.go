package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/config"
	"github.com/storeship/storeship/internal/text"
)

// printTimelines prints when the alarms of a release can fire, when all traffic is on the new version, and how long there is a
// way back: of everything as a table, or moment by moment of one service in one environment.
func printTimelines(c *config.Config, of []string, out, errOut io.Writer) int {
	plan := c.Plan()
	if len(of) == 0 {
		tw := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintln(tw, "service\tenvironment\trelease\talarms\tall traffic\tbake over")
		for _, s := range plan.Services {
			for _, e := range plan.Store.Environments {
				for _, w := range waves(e) {
					t := environment.NewTimeline(s.In(e), w.bake)
					fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%s\n", s.Name, w.name, shift(t.Release), fires(t), full(t), at(t.Gone))
				}
			}
		}
		tw.Flush()
		fmt.Fprint(out, "\nCounted from the first request to the new version. storeship plan -timeline SERVICE ENVIRONMENT says more.\n")
		return 0
	}
	s, e := plan.Service(of[0]), plan.Store.Environment(of[1])
	if s == nil {
		fmt.Fprintf(errOut, "storeship plan: no service is named %s; %s\n", text.Quote(of[0]), text.Suggest(of[0], c.Services.Names()))
		return 1
	}
	if e == nil {
		fmt.Fprintf(errOut, "storeship plan: no environment is named %s; %s\n", text.Quote(of[1]), text.Suggest(of[1], c.Environments.Names()))
		return 1
	}
	for i, w := range waves(e) {
		if i > 0 {
			fmt.Fprintln(out)
		}
		printTimeline(out, s, e, plan.Store, w)
	}
	return 0
}

// printTimeline prints a release moment by moment.
func printTimeline(out io.Writer, s *environment.Service, e *environment.Environment, store *environment.Store, w sameBake) {
	r := s.In(e)
	t := environment.NewTimeline(r, w.bake)
	fmt.Fprintf(out, "%s in %s (%s): %s, bake %s\n", s.Name, w.name, text.List(w.regions), shift(t.Release), at(w.bake))
	for _, event := range t.Events() {
		fmt.Fprintf(out, "%9s  %s\n", at(event.At), event.What)
	}
	if r.Alarms.Disabled {
		fmt.Fprintln(out, "No alarms: nothing that customers see rolls the release back.")
	} else {
		var names []string
		for _, a := range r.ArmedAlarms() {
			names = append(names, a.Name())
		}
		target := environment.Target{Store: store, Environment: e, Region: w.regions[0]}
		fmt.Fprintf(out, "Alarms %s-…: %s.\n", target.ServiceName(s.Name), text.List(names))
	}
	if t.Checks > 0 {
		fmt.Fprintf(out, "Before, the new version has %s to pass %s through the test listener, or no customer reaches it.\n",
			at(r.Release.CheckTimeout), text.Count(t.Checks, "check"))
	}
	if r.Release.Engine == environment.CodeDeploy {
		fmt.Fprintf(out, "Before, the new tasks have %s to become healthy; CodePipeline waits %s for everything.\n",
			at(environment.MaxGreenStart), at(environment.MaxAction))
	}
}

// sameBake are the waves of an environment with the same bake.
type sameBake struct {
	name    string
	bake    time.Duration
	regions []string
}

// waves puts the waves of an environment together that differ in nothing but their regions.
func waves(e *environment.Environment) []sameBake {
	var all []sameBake
	for i, w := range e.Waves {
		bake := w.BakeIn(e.Kind)
		for j := range all {
			if all[j].bake == bake {
				all[j].name += ", " + e.WaveID(i)
				all[j].regions = append(all[j].regions, w.Regions...)
				bake = -1
			}
		}
		if bake >= 0 {
			all = append(all, sameBake{e.WaveID(i), bake, append([]string(nil), w.Regions...)})
		}
	}
	if len(all) == 1 {
		all[0].name = e.Name
	}
	return all
}

// shift says how a release replaces the tasks: "codedeploy, canary of 10% for 5m".
func shift(l environment.Release) string {
	words := []string{string(l.Engine)}
	switch {
	case l.Engine == environment.Rolling:
	case l.Strategy == environment.Canary:
		words = append(words, fmt.Sprintf("canary of %d%% for %s", l.Percent, at(l.Interval)))
	case l.Strategy == environment.Linear:
		words = append(words, fmt.Sprintf("%d%% every %s", l.Percent, at(l.Interval)))
	default:
		words = append(words, string(l.Strategy))
	}
	return strings.Join(words, ", ")
}

// fires says when the alarms can fire, and whether that is any use.
func fires(t environment.Timeline) string {
	switch {
	case t.Fires == 0:
		return "none"
	case !t.Watched():
		return at(t.Fires) + ", no bake" // the plan allows that where there is none, and nothing else that is too late
	}
	return at(t.Fires)
}

// full says when all traffic is on the new version; of a rolling release nobody knows.
func full(t environment.Timeline) string {
	if t.Release.Engine == environment.Rolling {
		return "-"
	}
	return at(t.Full)
}

// at is a time of a timeline.
func at(d time.Duration) string {
	if d == 0 {
		return "0m"
	}
	return text.Duration(d)
}
