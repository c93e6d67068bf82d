package measure

import "time"

// Samples are the single cases that metrics are made of, each with the time at which it counts.
type Samples struct {
	// Lead has, for each commit that reached production, how long it took, at the time when it was there.
	Lead []Sample
	// Deployments are the times at which production had a change, all of it.
	Deployments []time.Time
	// Attempts are the deployments to production that ended anywhere in it.
	Attempts []Attempt
	// Well has, for each pipeline that failed after it had succeeded, how long it was well, at the time when the failed one began.
	Well []Sample
	// Ill has, for each pipeline that succeeded after it had failed, how long it was not, at the time when the good one began.
	Ill []Sample
}

// Sample is a duration that counts at a time.
type Sample struct {
	// At is when it counts.
	At time.Time
	// Took is how long it was.
	Took time.Duration
}

// Attempt is a deployment to production.
type Attempt struct {
	// At is when the first stage of production ended.
	At time.Time
	// Failed says that a stage of production failed, or was rolled back.
	Failed bool
}

// Samples finds the cases in the history of a pipeline, among the executions that began in the time [Kept] before now.
func (h *History) Samples(now time.Time) Samples {
	all, changes := h.read(now.Add(-Kept))
	s := Samples{}
	s.addHealth(changes)
	for _, e := range changes {
		if e.there != nil {
			s.Deployments = append(s.Deployments, *e.there)
		}
	}
	s.addLead(changes)
	s.addAttempts(all, changes)
	return s
}

// addHealth follows the pipeline from well to ill and back. What neither succeeded nor failed says nothing: what still runs, and
// what was stopped, superseded or canceled.
func (s *Samples) addHealth(changes []*execution) {
	var well, ill time.Time
	for _, e := range changes {
		switch e.state {
		case Succeeded:
			if !ill.IsZero() {
				s.Ill = append(s.Ill, Sample{e.began, e.began.Sub(ill)})
			}
			ill = time.Time{}
			if well.IsZero() {
				well = e.began
			}
		case Failed:
			if !well.IsZero() {
				s.Well = append(s.Well, Sample{e.began, e.began.Sub(well)})
			}
			well = time.Time{}
			if ill.IsZero() {
				ill = e.began
			}
		}
	}
}

// taken is the first time that a revision was taken, and when it was committed where somebody knows.
type taken struct{ at, committed time.Time }

// addLead follows each revision from its commit into production. It comes there with the first execution that gets through and took
// its own code no earlier: that has the older commits in it, so those of executions that failed, or were stopped or
// superseded, come with the next.
func (s *Samples) addLead(changes []*execution) {
	revisions := map[string]*taken{}
	for _, e := range changes {
		for _, f := range e.facts {
			if f.Kind != Source && f.Kind != Commit {
				continue
			}
			r := revisions[f.Name]
			if r == nil {
				r = &taken{}
				revisions[f.Name] = r
			}
			switch {
			case f.Kind == Commit:
				r.committed = f.Time
			case r.at.IsZero() || f.Time.Before(r.at):
				r.at = f.Time
			}
		}
	}
	for _, r := range revisions {
		if r.at.IsZero() {
			continue
		}
		var there *time.Time
		for _, e := range changes {
			if e.there != nil && !e.took.Before(r.at) && (there == nil || e.there.Before(*there)) {
				there = e.there
			}
		}
		if there == nil {
			continue
		}
		since := r.at
		// A clock that is wrong makes no commit younger than its pipeline.
		if !r.committed.IsZero() && r.committed.Before(since) {
			since = r.committed
		}
		s.Lead = append(s.Lead, Sample{*there, there.Sub(since)})
	}
}

// addAttempts looks at the changes that were deployed to production, in part or in whole.
func (s *Samples) addAttempts(all, changes []*execution) {
	rolledBack := rolledBack(all, changes)
	for _, e := range changes {
		var at *time.Time
		failed := rolledBack[e]
		for _, stage := range e.stages {
			broke := e.broke(stage)
			failed = failed || broke != nil
			for _, end := range []*time.Time{e.reached(stage), broke} {
				if end != nil && (at == nil || end.Before(*at)) {
					at = end
				}
			}
		}
		if at != nil {
			s.Attempts = append(s.Attempts, Attempt{*at, failed})
		}
	}
}

// rolledBack are the executions whose change was taken back from a stage of production: of each rollback the one that had
// deployed there last. A stage has one execution at a time, so that one had ended there before the rollback did.
func rolledBack(all, changes []*execution) map[*execution]bool {
	found := map[*execution]bool{}
	for _, r := range all {
		if !r.rollback {
			continue
		}
		for _, stage := range r.stages {
			until := r.left(stage)
			if until == nil {
				continue
			}
			var bad *execution
			var last *time.Time
			for _, e := range changes {
				if at := e.deployedBefore(stage, *until); at != nil && (last == nil || !at.Before(*last)) {
					bad, last = e, at
				}
			}
			if bad != nil {
				found[bad] = true
			}
		}
	}
	return found
}

// Join adds the samples of another pipeline: the metrics of a store are over the cases of all its services, not an average of
// their averages.
func (s *Samples) Join(o Samples) {
	s.Lead = append(s.Lead, o.Lead...)
	s.Deployments = append(s.Deployments, o.Deployments...)
	s.Attempts = append(s.Attempts, o.Attempts...)
	s.Well = append(s.Well, o.Well...)
	s.Ill = append(s.Ill, o.Ill...)
}
