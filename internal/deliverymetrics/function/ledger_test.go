package function_test

import (
	"math"
	"slices"
	"time"
)

// ledger keeps the books of a pipeline while things happen, by the definitions of docs/metrics.md, and in the simplest way.
type ledger struct {
	runs []*run
	// waiting are the commits that are not in production. known are all that were seen.
	waiting []waiting
	known   map[string]bool
	leads   []span
	there   []time.Time
	books   map[*run]*book
	// last is what was deployed to each stage last.
	last [8]*run
}

type waiting struct {
	// taken is when the first execution took it. since is when its way began.
	taken, since time.Time
}

// book is a deployment to production.
type book struct {
	at     time.Time
	failed bool
}

// span is something that took a time, and when it counts.
type span struct {
	at   time.Time
	took time.Duration
}

// took notes the revision that an execution took.
func (l *ledger) took(r *run, revision string, now time.Time, made *time.Time) {
	if l.known == nil {
		l.known = map[string]bool{}
	}
	r.took = now
	if l.known[revision] {
		return
	}
	l.known[revision] = true
	since := now
	if made != nil && made.Before(now) {
		since = *made
	}
	l.waiting = append(l.waiting, waiting{now, since})
}

// ended notes the end of a stage of production.
func (l *ledger) ended(r *run, stage int, now time.Time, well, deployed, last bool) {
	if !well && !deployed {
		return // nothing was changed
	}
	l.last[stage] = r
	if l.books[r] == nil {
		l.books[r] = &book{at: now}
	}
	if !well {
		l.books[r].failed = true
		return
	}
	if !last {
		return
	}
	l.there = append(l.there, now)
	var still []waiting
	for _, w := range l.waiting {
		if w.taken.After(r.took) {
			still = append(still, w)
			continue
		}
		l.leads = append(l.leads, span{now, now.Sub(w.since)})
	}
	l.waiting = still
}

// rolledBack notes that what a stage had was taken back.
func (l *ledger) rolledBack(stage int) {
	l.books[l.last[stage]].failed = true
}

// health looks at each failure for the success that it ended, and at each success for the failure that it ended.
func (l *ledger) health() (well, ill []span) {
	var decided []*run
	for _, r := range l.runs {
		if !r.rollback && (r.state == "SUCCEEDED" || r.state == "FAILED") {
			decided = append(decided, r)
		}
	}
	slices.SortStableFunc(decided, func(a, b *run) int { return a.began.Compare(b.began) })
	for i := 1; i < len(decided); i++ {
		if decided[i].state == decided[i-1].state {
			continue
		}
		first := i - 1
		for first > 0 && decided[first-1].state == decided[i-1].state {
			first--
		}
		c := span{decided[i].began, decided[i].began.Sub(decided[first].began)}
		if decided[i].state == "FAILED" {
			well = append(well, c)
		} else {
			ill = append(ill, c)
		}
	}
	return well, ill
}

// metrics are those of several ledgers together in the thirty days before now.
func metrics(now time.Time, ledgers ...*ledger) map[string]float64 {
	const window = 30 * 24 * time.Hour
	in := func(at time.Time) bool { return now.Sub(at) >= 0 && now.Sub(at) < window }
	values := map[string]float64{}
	average := func(name string, of func(l *ledger) []span) {
		var n, sum float64
		for _, l := range ledgers {
			for _, c := range of(l) {
				if in(c.at) {
					n++
					sum += c.took.Seconds()
				}
			}
		}
		if n > 0 {
			values[name] = sum / n
		}
	}
	average("LeadTime", func(l *ledger) []span { return l.leads })
	average("MeanTimeBetweenFailures", func(l *ledger) []span { well, _ := l.health(); return well })
	average("MeanTimeToRecover", func(l *ledger) []span { _, ill := l.health(); return ill })
	var attempts, failed float64
	for _, l := range ledgers {
		for _, at := range l.there {
			if in(at) {
				values["DeploymentFrequency"]++
			}
		}
		for _, b := range l.books {
			if in(b.at) {
				attempts++
				if b.failed {
					failed++
				}
			}
		}
	}
	values["DeploymentFrequency"] += 0
	if attempts > 0 {
		values["ChangeFailureRate"] = 100 * failed / attempts
	}
	return values
}

// near says whether two numbers differ by no more than rounding.
func near(a, b float64) bool { return math.Abs(a-b) < 0.01 }
