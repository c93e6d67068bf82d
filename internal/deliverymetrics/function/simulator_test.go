package function_test

import (
	"container/heap"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"
)

// simulator runs a pipeline as CodePipeline V2 does in its default mode, SUPERSEDED: a stage has one execution at a time, one more
// may wait before it, and a newer one takes the place of that. It tells what happens twice: as events, and to a ledger
// that keeps the books in the order of time, as a person would with a pencil. It knows nothing of the code that it tests.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/concepts-how-it-works.html
type simulator struct {
	random   *rand.Rand
	pipeline string
	// commits says whether somebody knows when a commit was made.
	commits bool
	// production are the last stages; the others come before.
	stages     []string
	production int

	now    time.Time
	agenda agenda
	turn   int
	// in and before are the executions in each stage, and before it.
	in, before []*run
	runs       []*run
	head       string
	made       map[string]time.Time
	revisions  int

	events [][]byte
	ledger ledger
}

// run is an execution.
type run struct {
	id       string
	began    time.Time
	state    string
	attempt  int
	rollback bool
	// stage that it is in, or waits for.
	stage int
	// step makes what was planned for it void when it is stopped or tried again.
	step int
	// took is when it last took its code.
	took time.Time
	// deployed are the stages in which it began to deploy.
	deployed map[int]bool
}

func (r *run) runs() bool { return r.state == "STARTED" || r.state == "RESUMED" }

type appointment struct {
	at   time.Time
	turn int
	do   func()
}

type agenda []appointment

func (a agenda) Len() int { return len(a) }
func (a agenda) Less(i, j int) bool {
	return a[i].at.Before(a[j].at) || a[i].at.Equal(a[j].at) && a[i].turn < a[j].turn
}
func (a agenda) Swap(i, j int) { a[i], a[j] = a[j], a[i] }
func (a *agenda) Push(x any)   { *a = append(*a, x.(appointment)) }
func (a *agenda) Pop() any {
	last := (*a)[len(*a)-1]
	*a = (*a)[:len(*a)-1]
	return last
}

// simulate runs a pipeline until an hour, whatever is still under way then.
func simulate(random *rand.Rand, pipeline string, commits bool, from, until time.Time) *simulator {
	s := &simulator{
		random: random, pipeline: pipeline, commits: commits, now: from, made: map[string]time.Time{},
		stages: []string{"Source", "Build", "beta", "prod-1", "prod-2"}, production: 3,
	}
	s.in, s.before = make([]*run, len(s.stages)), make([]*run, len(s.stages))
	s.ledger.books = map[*run]*book{}
	s.after(s.upTo(48*time.Hour), s.work)
	for len(s.agenda) > 0 {
		next := heap.Pop(&s.agenda).(appointment)
		if next.at.After(until) {
			break
		}
		s.now = next.at
		next.do()
	}
	s.ledger.runs = s.runs
	return s
}

func (s *simulator) chance(percent int) bool { return s.random.IntN(100) < percent }

// upTo is a time of whole seconds, more often short than long.
func (s *simulator) upTo(most time.Duration) time.Duration {
	return time.Duration(s.random.Float64()*s.random.Float64()*most.Seconds()) * time.Second
}

func (s *simulator) after(d time.Duration, do func()) {
	s.turn++
	heap.Push(&s.agenda, appointment{s.now.Add(d), s.turn, do})
}

// then does what is planned for an execution, unless something else became of it.
func (s *simulator) then(r *run, d time.Duration, do func()) {
	step := r.step
	s.after(d, func() {
		if r.step == step {
			do()
		}
	})
}

// work is what people do: they push commits, and now and then stop, change or roll back a pipeline.
func (s *simulator) work() {
	switch {
	case s.chance(85) || s.head == "":
		s.revisions++
		s.head = fmt.Sprintf("%s-%d", s.pipeline, s.revisions)
		s.made[s.head] = s.now.Add(-s.upTo(5 * 24 * time.Hour))
		if s.chance(5) {
			s.made[s.head] = s.now.Add(s.upTo(time.Hour)) // of a clock that is wrong
		}
		s.start("Webhook")
	case s.chance(30):
		s.start("StartPipelineExecution")
	case s.chance(40):
		s.stop()
	case s.chance(30):
		s.restructure()
	default:
		s.rollBack(s.production+s.random.IntN(len(s.stages)-s.production), "ManualRollback")
	}
	s.after(s.upTo(200*time.Hour), s.work)
}

func (s *simulator) start(trigger string) *run {
	r := &run{
		id: fmt.Sprintf("%s-run-%d", s.pipeline, len(s.runs)), state: "STARTED", attempt: 1,
		began:    s.now.Add(-time.Duration(s.random.IntN(900)) * time.Millisecond),
		rollback: trigger == "ManualRollback" || trigger == "AutomatedRollback", deployed: map[int]bool{},
	}
	s.runs = append(s.runs, r)
	s.tellPipeline(r, trigger)
	if !r.rollback {
		s.enter(r, 0)
	}
	return r
}

// enter lets an execution into a stage, or wait.
func (s *simulator) enter(r *run, stage int) {
	r.stage = stage
	if there := s.in[stage]; there != nil && there.runs() {
		if waits := s.before[stage]; waits != nil {
			s.end(waits, "SUPERSEDED")
		}
		s.before[stage] = r
		return
	}
	s.in[stage] = r
	s.tellStage(r, "STARTED")
	s.perform(r)
}

// perform is what happens in a stage.
func (s *simulator) perform(r *run) {
	switch {
	case r.stage == 0:
		s.then(r, time.Duration(1+s.random.IntN(20))*time.Second, func() {
			s.tellAction(r, "Program", "Source", "SUCCEEDED", "ffff")
			s.tellAction(r, "Code", "Source", "SUCCEEDED", s.head)
			s.ledger.took(r, s.head, s.now, s.commit(s.head))
			s.finish(r, s.chance(97))
		})
	case r.stage < s.production:
		s.then(r, time.Minute+s.upTo(2*time.Hour), func() {
			s.tellAction(r, "Deploy", "Deploy", "STARTED", "")
			s.finish(r, s.chance(80))
		})
	default:
		s.then(r, time.Second+s.upTo(24*time.Hour), func() {
			if s.chance(8) {
				s.tellAction(r, "Approve", "Approval", "FAILED", "")
				s.finish(r, false)
				return
			}
			s.tellAction(r, "shop-prod.Prepare", "Deploy", "STARTED", "")
			if s.chance(8) {
				s.finish(r, false) // the change set is refused, and nothing was changed
				return
			}
			for range 1 + s.random.IntN(3) {
				s.tellAction(r, "Release", "Deploy", "STARTED", "")
			}
			r.deployed[r.stage] = true
			if r.rollback {
				s.ledger.rolledBack(r.stage)
			}
			s.then(r, s.upTo(2*time.Hour), func() { s.finish(r, s.chance(80)) })
		})
	}
}

// finish ends a stage. A stage that fails keeps its execution, which can be tried again, until another comes.
func (s *simulator) finish(r *run, well bool) {
	stage, production := r.stage, r.stage >= s.production
	state := map[bool]string{true: "SUCCEEDED", false: "FAILED"}[well]
	s.tellStage(r, state)
	if production && !r.rollback {
		s.ledger.ended(r, stage, s.now, well, r.deployed[stage], stage == len(s.stages)-1)
	}
	if !well {
		s.end(r, "FAILED")
		switch {
		case production && r.deployed[stage] && !r.rollback && s.chance(30):
			s.rollBack(stage, "AutomatedRollback")
		case s.chance(35):
			s.then(r, s.upTo(20*time.Hour), func() { s.retry(r) })
		case s.chance(10):
			s.retry(r) // a condition of the stage, in the same second
		}
		s.letIn(stage)
		return
	}
	s.in[stage] = nil
	s.letIn(stage)
	if r.rollback || stage == len(s.stages)-1 {
		s.end(r, "SUCCEEDED")
		return
	}
	s.enter(r, stage+1)
}

// letIn lets in who waits before a stage in which nothing runs.
func (s *simulator) letIn(stage int) {
	waits := s.before[stage]
	if there := s.in[stage]; waits == nil || there != nil && there.runs() {
		return
	}
	s.before[stage] = nil
	s.enter(waits, stage)
}

func (s *simulator) end(r *run, state string) {
	r.step++
	r.state = state
	s.tellPipeline(r, "")
}

func (s *simulator) retry(r *run) {
	if s.in[r.stage] != r || r.state != "FAILED" {
		return
	}
	r.step++
	r.attempt++
	r.state = "RESUMED"
	s.tellPipeline(r, "")
	s.tellStage(r, "RESUMED")
	s.perform(r)
}

// stop abandons an execution that runs or waits.
func (s *simulator) stop() {
	for _, r := range s.under() {
		if s.chance(50) {
			s.leave(r)
			r.state = "STOPPING"
			s.tellPipeline(r, "")
			s.end(r, "STOPPED")
			s.letIn(r.stage)
			return
		}
	}
}

// restructure is what an update of the pipeline does: it cancels what is under way, and begins anew.
func (s *simulator) restructure() {
	for _, r := range s.under() {
		s.leave(r)
		s.end(r, "CANCELED")
	}
	clear(s.in)
	s.start("StartPipelineExecution")
}

// rollBack puts back what a stage had before: an execution of that stage alone.
func (s *simulator) rollBack(stage int, trigger string) {
	if there := s.in[stage]; there != nil && there.runs() || s.ledger.last[stage] == nil {
		return
	}
	r := s.start(trigger)
	r.stage = stage
	s.in[stage] = r
	s.tellStage(r, "STARTED")
	s.perform(r)
}

// under lists what runs or waits.
func (s *simulator) under() []*run {
	var all []*run
	for _, r := range s.runs {
		if r.runs() {
			all = append(all, r)
		}
	}
	return all
}

func (s *simulator) leave(r *run) {
	if s.in[r.stage] == r {
		s.in[r.stage] = nil
	}
	if s.before[r.stage] == r {
		s.before[r.stage] = nil
	}
}

func (s *simulator) commit(revision string) *time.Time {
	if at := s.made[revision]; s.commits {
		return &at
	}
	return nil
}

func (s *simulator) tellPipeline(r *run, trigger string) {
	detail := map[string]any{"state": r.state, "start-time": r.began.UTC().Format("2006-01-02T15:04:05.000Z")}
	if r.state == "RESUMED" {
		delete(detail, "start-time")
	}
	if trigger != "" {
		detail["execution-trigger"] = map[string]any{"trigger-type": trigger, "trigger-detail": "somebody"}
	}
	s.tell(r, "Pipeline", detail)
}

func (s *simulator) tellStage(r *run, state string) {
	s.tell(r, "Stage", map[string]any{"stage": s.stages[r.stage], "state": state})
}

func (s *simulator) tellAction(r *run, action, category, state, result string) {
	detail := map[string]any{
		"stage": s.stages[r.stage], "action": action, "state": state, "action-execution-id": fmt.Sprint(s.random.Uint64()),
		"type": map[string]any{"owner": "AWS", "category": category, "provider": "Any", "version": "1"},
	}
	if result != "" {
		detail["execution-result"] = map[string]any{"external-execution-id": result, "external-execution-summary": "Better"}
	}
	s.tell(r, "Action", detail)
}

func (s *simulator) tell(r *run, kind string, detail map[string]any) {
	detail["pipeline"], detail["execution-id"], detail["version"] = s.pipeline, r.id, 3.0
	detail["pipeline-execution-attempt"] = float64(r.attempt)
	text, err := json.Marshal(map[string]any{
		"version": "0", "id": fmt.Sprint(s.random.Uint64()), "detail-type": "CodePipeline " + kind + " Execution State Change",
		"source": "aws.codepipeline", "account": "111111111111", "region": "us-west-2", "time": s.now.UTC().Format(time.RFC3339),
		"resources": []string{"arn:aws:codepipeline:us-west-2:111111111111:" + s.pipeline}, "detail": detail,
	})
	if err != nil {
		panic(err)
	}
	s.events = append(s.events, text)
}
