package measure

import (
	"cmp"
	"slices"
	"time"
)

// History is what is known of the executions of one pipeline. The zero value knows nothing.
type History struct{ executions map[string]*execution }

// Add adds facts about an execution.
func (h *History) Add(id string, facts ...Fact) {
	if h.executions == nil {
		h.executions = map[string]*execution{}
	}
	e := h.executions[id]
	if e == nil {
		e = &execution{id: id}
		h.executions[id] = e
	}
	e.facts = append(e.facts, facts...)
}

// execution is one run of a pipeline, whatever of it was tried again.
type execution struct {
	id    string
	facts []Fact
	// began is when it started. state is the last that it reached. rollback says that it only puts back an older version.
	began    time.Time
	state    string
	rollback bool
	// stages of production that it was in, by name. took is when it last took its code. there is when production had all of it;
	// nil where it never had.
	stages []string
	took   time.Time
	there  *time.Time
}

// read finds out what the facts say together; they may have been added in any order.
func (e *execution) read() {
	e.began, e.state, e.rollback, e.stages, e.there = time.Time{}, "", false, nil, nil
	e.took = time.Time{}
	var last *Fact
	for i := range e.facts {
		f := &e.facts[i]
		if f.Kind == Stage || f.Kind == Deploy {
			e.stages = append(e.stages, f.Name)
		}
		if f.Kind == Source && f.Time.After(e.took) {
			e.took = f.Time
		}
		if f.Kind != Pipeline {
			continue
		}
		e.rollback = e.rollback || f.Rollback
		if began := f.Began; !began.IsZero() && (e.began.IsZero() || began.Before(e.began)) {
			e.began = began
		}
		if last == nil || later(last, f) {
			last = f
		}
	}
	if last != nil {
		e.state = last.State
	}
	slices.Sort(e.stages)
	e.stages = slices.Compact(e.stages)
	e.there = e.when(func(f Fact) bool { return f.Kind == Stage && f.State == Succeeded && f.Last })
	if !e.began.IsZero() {
		return
	}
	// No event said it: it began with the first of them.
	for _, f := range e.facts {
		if f.Kind != Commit && (e.began.IsZero() || f.Time.Before(e.began)) {
			e.began = f.Time
		}
	}
}

// later says whether b is a later state of the execution than a. Times of events are whole seconds, in which a stage can fail and
// be tried again by itself; an end comes after a beginning of the same attempt.
func later(a, b *Fact) bool {
	return cmp.Or(b.Time.Compare(a.Time), cmp.Compare(b.Attempt, a.Attempt), cmp.Compare(order(b.State), order(a.State)), cmp.Compare(b.State, a.State)) > 0
}

func order(state string) int {
	switch state {
	case Started:
		return 0
	case Resumed:
		return 1
	case Stopping:
		return 2
	}
	return 3
}

// when is the time of the earliest fact for which yes is true; nil where there is none.
func (e *execution) when(yes func(Fact) bool) *time.Time {
	var first *time.Time
	for i, f := range e.facts {
		if yes(f) && (first == nil || f.Time.Before(*first)) {
			first = &e.facts[i].Time
		}
	}
	return first
}

// reached is when the stage succeeded for the first time; nil where it did not.
func (e *execution) reached(stage string) *time.Time {
	return e.when(func(f Fact) bool { return f.Kind == Stage && f.Name == stage && f.State == Succeeded })
}

// broke is when the stage failed for the first time after it had begun to deploy; nil where it did not. A rejected approval, or
// a closed environment, fails a stage that has changed nothing.
func (e *execution) broke(stage string) *time.Time {
	deployed := e.when(func(f Fact) bool { return f.Kind == Deploy && f.Name == stage })
	if deployed == nil {
		return nil
	}
	return e.when(func(f Fact) bool {
		return f.Kind == Stage && f.Name == stage && f.State == Failed && !f.Time.Before(*deployed)
	})
}

// left is when an execution that deployed to a stage was last known there: when it ended, else when it deployed. Nil where it
// deployed nothing.
func (e *execution) left(stage string) *time.Time {
	var last *time.Time
	deployed := false
	for i, f := range e.facts {
		if (f.Kind == Stage || f.Kind == Deploy) && f.Name == stage {
			deployed = deployed || f.Kind == Deploy
			if last == nil || f.Time.After(*last) {
				last = &e.facts[i].Time
			}
		}
	}
	if !deployed {
		return nil
	}
	return last
}

// deployedBefore is when what it deployed to a stage was last finished there, well or not, until then; nil where nothing was.
func (e *execution) deployedBefore(stage string, then time.Time) *time.Time {
	broke := e.broke(stage)
	var last *time.Time
	for i, f := range e.facts {
		if f.Kind != Stage || f.Name != stage || f.Time.After(then) {
			continue
		}
		ended := f.State == Succeeded || f.State == Failed && broke != nil && !f.Time.Before(*broke)
		if ended && (last == nil || f.Time.After(*last)) {
			last = &e.facts[i].Time
		}
	}
	return last
}

// read are the executions that began after since, in the order in which they began, and among them those that carry changes:
// all but rollbacks.
func (h *History) read(since time.Time) (all, changes []*execution) {
	for _, e := range h.executions {
		if e.read(); e.began.After(since) {
			all = append(all, e)
		}
	}
	slices.SortFunc(all, func(a, b *execution) int {
		return cmp.Or(a.began.Compare(b.began), cmp.Compare(a.id, b.id))
	})
	for _, e := range all {
		if !e.rollback {
			changes = append(changes, e)
		}
	}
	return all, changes
}
