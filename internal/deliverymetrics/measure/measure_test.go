package measure_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// tell reads a history as a person writes it down: the day of March, the hour, the execution, and what happened.
func tell(tb testing.TB, text string) *measure.History {
	tb.Helper()
	h := &measure.History{}
	for _, line := range strings.Split(strings.TrimSpace(text), "\n") {
		w := strings.Fields(line)
		at := hour(tb, w[0], w[1])
		f := measure.Fact{Time: at}
		switch what := w[3]; {
		case what == "took":
			f.Kind, f.Name = measure.Source, w[4]
		case what == "committed":
			f.Kind, f.Name = measure.Commit, w[4]
		case what == "deploys":
			f.Kind, f.Name = measure.Deploy, w[4]
		case strings.HasPrefix(what, "prod"):
			f.Kind, f.Name, f.State, f.Last = measure.Stage, what, w[4], len(w) > 5
		default:
			f.Kind, f.State, f.Rollback = measure.Pipeline, what, len(w) > 4
			if what == measure.Started {
				f.Began = at
			}
		}
		h.Add(w[2], f)
	}
	return h
}

func hour(tb testing.TB, day, clock string) time.Time {
	tb.Helper()
	d, err := strconv.Atoi(day)
	at, no := time.Parse("15:04", clock)
	if err != nil || no != nil {
		tb.Fatal(day, clock, err, no)
	}
	return time.Date(2026, 3, d, at.Hour(), at.Minute(), 0, 0, time.UTC)
}

// shown are the metrics in hours.
func shown(values []measure.Value) string {
	var parts []string
	for _, v := range values {
		n := v.Value
		if v.Metric.Unit == measure.Seconds {
			n /= 3600
		}
		parts = append(parts, fmt.Sprintf("%s %g", v.Metric.Name, n))
	}
	return strings.Join(parts, ", ")
}

// Each history is what people argue about when they read a metric. Catches: a definition that is not that of docs/metrics.md.
func TestHistories(t *testing.T) {
	for name, c := range map[string]struct{ history, want string }{
		"one commit, through": {`
			1 08:00 a committed r1
			1 10:00 a STARTED
			1 10:00 a took r1
			1 12:00 a deploys prod-1
			1 13:00 a prod-1 SUCCEEDED
			1 13:30 a deploys prod-2
			1 14:00 a prod-2 SUCCEEDED last
			1 14:00 a SUCCEEDED`,
			"LeadTime 6, DeploymentFrequency 1, ChangeFailureRate 0"},
		"a failed commit comes with the next, and each counts": {`
			1 10:00 a STARTED
			1 10:00 a took r1
			1 11:00 a FAILED
			1 12:00 b STARTED
			1 12:00 b took r2
			1 15:00 b deploys prod
			1 16:00 b prod SUCCEEDED last
			1 16:00 b SUCCEEDED`,
			"LeadTime 5, DeploymentFrequency 1, MeanTimeToRecover 2, ChangeFailureRate 0"},
		"superseded and stopped: their commits come with the next, and they are neither success nor failure": {`
			1 06:00 a STARTED
			1 06:00 a took r1
			1 07:00 a SUPERSEDED
			1 07:00 b STARTED
			1 07:00 b took r2
			1 08:00 b STOPPING
			1 08:00 b STOPPED
			1 08:00 c STARTED
			1 08:00 c took r3
			1 10:00 c deploys prod
			1 10:00 c prod SUCCEEDED last
			1 10:00 c SUCCEEDED`,
			"LeadTime 3, DeploymentFrequency 1, ChangeFailureRate 0"},
		"between failures: from the first success to the next failure; to recover: from the first failure to the next success": {`
			1 00:00 a STARTED
			1 01:00 a SUCCEEDED
			1 10:00 b STARTED
			1 11:00 b SUCCEEDED
			2 00:00 c STARTED
			2 01:00 c FAILED
			2 02:00 d STARTED
			2 03:00 d FAILED
			2 06:00 e STARTED
			2 07:00 e SUCCEEDED`,
			"DeploymentFrequency 0, MeanTimeBetweenFailures 24, MeanTimeToRecover 6"},
		"a stage that is tried again with success: no failed pipeline, but a failed change, for it failed in production": {`
			1 00:00 a STARTED
			1 00:00 a took r1
			1 01:00 a deploys prod
			1 02:00 a prod FAILED last
			1 02:00 a FAILED
			1 03:00 a RESUMED
			1 03:00 a deploys prod
			1 04:00 a prod SUCCEEDED last
			1 04:00 a SUCCEEDED
			2 00:00 b STARTED
			2 01:00 b FAILED`,
			"LeadTime 4, DeploymentFrequency 1, MeanTimeBetweenFailures 24, ChangeFailureRate 100"},
		"a rejected approval: a failed pipeline, and no failed change, for production is what it was": {`
			1 00:00 a STARTED
			1 01:00 a SUCCEEDED
			2 00:00 b STARTED
			2 01:00 b prod FAILED last
			2 01:00 b FAILED`,
			"DeploymentFrequency 0, MeanTimeBetweenFailures 24"},
		"rolled back by hand: a failed change that was a deployment; the rollback is neither": {`
			1 00:00 a STARTED
			1 00:00 a took r1
			1 01:00 a deploys prod
			1 02:00 a prod SUCCEEDED last
			1 02:00 a SUCCEEDED
			2 00:00 b STARTED
			2 00:00 b took r2
			2 01:00 b deploys prod
			2 02:00 b prod SUCCEEDED last
			2 02:00 b SUCCEEDED
			2 03:00 c STARTED rollback
			2 03:00 c deploys prod
			2 04:00 c prod SUCCEEDED last
			2 04:00 c SUCCEEDED`,
			"LeadTime 2, DeploymentFrequency 2, ChangeFailureRate 50"},
		"rolled back by itself: one failed change, and ill until the next success, which the rollback is not": {`
			1 00:00 a STARTED
			1 01:00 a deploys prod
			1 02:00 a prod SUCCEEDED last
			1 02:00 a SUCCEEDED
			2 00:00 b STARTED
			2 01:00 b deploys prod
			2 02:00 b prod FAILED last
			2 02:00 b FAILED
			2 02:00 c STARTED rollback
			2 02:01 c deploys prod
			2 02:30 c prod SUCCEEDED last
			2 02:30 c SUCCEEDED
			2 12:00 d STARTED
			2 13:00 d SUCCEEDED`,
			"DeploymentFrequency 1, MeanTimeBetweenFailures 24, MeanTimeToRecover 12, ChangeFailureRate 50"},
		"stopped between two waves: a deployment was tried, and did not fail; production never had all of it": {`
			1 00:00 a STARTED
			1 00:00 a took r1
			1 01:00 a deploys prod-1
			1 02:00 a prod-1 SUCCEEDED
			1 03:00 a deploys prod-2
			1 04:00 a STOPPED`,
			"DeploymentFrequency 0, ChangeFailureRate 0"},
		"the same commit again is no second commit": {`
			1 00:00 a STARTED
			1 00:00 a took r1
			1 02:00 a prod SUCCEEDED last
			1 02:00 a SUCCEEDED
			3 00:00 b STARTED
			3 00:00 b took r1
			3 02:00 b prod SUCCEEDED last
			3 02:00 b SUCCEEDED`,
			"LeadTime 2, DeploymentFrequency 2, ChangeFailureRate 0"},
		"a clock that is wrong: no commit is younger than its pipeline": {`
			1 00:00 a STARTED
			1 00:00 a took r1
			5 00:00 a committed r1
			1 02:00 a prod SUCCEEDED last`,
			"LeadTime 2, DeploymentFrequency 1, ChangeFailureRate 0"},
		"nothing": {`
			1 00:00 a STARTED`,
			"DeploymentFrequency 0"},
	} {
		now := hour(t, "6", "00:00")
		samples := tell(t, c.history).Samples(now)
		if got := shown(measure.Compute(now, &samples)); got != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, c.want)
		}
	}
}

// Catches: a metric that looks further back than it says, or into the future, and one that forgets since when a pipeline is well.
func TestWindow(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	h := &measure.History{}
	state := func(id string, at time.Time, state string) {
		h.Add(id, measure.Fact{Kind: measure.Pipeline, Time: at, State: state, Began: at})
	}
	state("a", begin, measure.Succeeded)
	h.Add("a", measure.Fact{Kind: measure.Stage, Time: begin, Name: "prod", State: measure.Succeeded, Last: true})
	failed := begin.Add(300 * 24 * time.Hour)
	state("b", failed, measure.Failed)
	for _, c := range []struct {
		now  time.Time
		want string
	}{
		{begin.Add(-time.Second), "DeploymentFrequency 0"},
		{begin, "DeploymentFrequency 1, ChangeFailureRate 0"},
		{begin.Add(measure.Window - time.Second), "DeploymentFrequency 1, ChangeFailureRate 0"},
		{begin.Add(measure.Window), "DeploymentFrequency 0"},
		{failed, "DeploymentFrequency 0, MeanTimeBetweenFailures 7200"},
		{failed.Add(measure.Window), "DeploymentFrequency 0"},
	} {
		samples := h.Samples(c.now)
		if got := shown(measure.Compute(c.now, &samples)); got != c.want {
			t.Errorf("%s: got %s, want %s", c.now, got, c.want)
		}
	}
	// What is older than what is kept may be there still, or not: it must make no difference.
	late := begin.Add(measure.Kept)
	state("c", late, measure.Failed)
	samples := h.Samples(late)
	if got := shown(measure.Compute(late, &samples)); got != "DeploymentFrequency 0" {
		t.Errorf("got %s", got)
	}
}

// Catches: a fact that comes back from the table as another one, and two that are one there.
func TestFacts(t *testing.T) {
	at := time.Date(2026, 3, 1, 10, 0, 0, 0, time.FixedZone("", 3600))
	facts := []measure.Fact{
		{Kind: measure.Pipeline, Time: at, State: measure.Started, Attempt: 1, Began: at.Add(-208 * time.Millisecond)},
		{Kind: measure.Pipeline, Time: at, State: measure.Started, Attempt: 1, Began: at, Rollback: true},
		{Kind: measure.Pipeline, Time: at, State: measure.Resumed, Attempt: 2},
		{Kind: measure.Stage, Time: at, Name: "prod-1", State: measure.Failed},
		{Kind: measure.Stage, Time: at, Name: "prod-1", State: measure.Failed, Last: true},
		{Kind: measure.Deploy, Time: at, Name: "prod-1"},
		{Kind: measure.Source, Time: at, Name: "8cf40f2"},
		{Kind: measure.Commit, Time: at, Name: "8cf40f2"},
	}
	lines := map[string]bool{}
	for _, f := range facts {
		lines[f.String()] = true
		got, err := measure.Parse(f.String())
		if err != nil || got.String() != f.String() || !got.Time.Equal(f.Time) || !got.Began.Equal(f.Began) || got.Last != f.Last || got.Rollback != f.Rollback {
			t.Errorf("%s: %v %v", f, got, err)
		}
	}
	if len(lines) != len(facts) {
		t.Errorf("%d lines of %d facts", len(lines), len(facts))
	}
	for _, line := range []string{
		"", "x", "2026-03-01T09:00:00.000Z stage prod", "2026-03-01T09:00:00.000Z dream prod FAILED", "yesterday deploy prod",
		"2026-03-01T09:00:00.000Z pipeline FAILED one -", "2026-03-01T09:00:00.000Z pipeline FAILED 1 early",
	} {
		if f, err := measure.Parse(line); err == nil || !strings.Contains(err.Error(), fmt.Sprintf("%q", line)) {
			t.Errorf("%q became %v, %v", line, f, err)
		}
	}
}
