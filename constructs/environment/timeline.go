package environment

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// What AWS waits for a release.
const (
	// MaxGreenStart is how long CodeDeploy waits until the new tasks are healthy.
	// https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
	MaxGreenStart = time.Hour
	// MaxAction is how long CodePipeline waits for an action of CodeDeploy.
	// https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
	MaxAction = 5 * 24 * time.Hour
)

// Timeline is a release of a service to one wave, counted from the first request that customers send to the new version:
// when bad traffic begins.
type Timeline struct {
	// Release says how the new version replaces the old.
	Release Release
	// Alarms that roll the release back, with their defaults.
	Alarms Alarms
	// Checks is how many checks the new version must pass before; 0 for none.
	Checks int
	// Full is when all traffic is on the new version.
	Full time.Duration
	// Fires is when the alarms can fire; 0 without alarms.
	Fires time.Duration
	// Synthetics is the canary that asks all the time, with its defaults.
	Synthetics Synthetics
	// Canary is when its alarm can fire; 0 without one. It is no part of what is promised: it comes after the other alarms, and may
	// come after the bake. Counted from when all customers reach the new version: before, a run may reach the old one.
	Canary time.Duration
	// Gone is when the bake is over. With the engines codedeploy and ecs the old tasks are gone then, and nothing is left to
	// roll back to.
	Gone time.Duration
}

// NewTimeline is the timeline of a service that runs as r, which has its defaults, in a wave with that bake.
func NewTimeline(r Runtime, bake time.Duration) Timeline {
	t := Timeline{Release: r.Release, Alarms: r.Alarms, Full: r.Release.Shift()}
	t.Gone = t.Full + bake
	if r.Gated() {
		t.Checks = len(r.Checks)
	}
	if !r.Alarms.Disabled {
		t.Fires = r.Alarms.Fires()
		if len(r.Asked()) > 0 {
			t.Synthetics, t.Canary = r.Synthetics, t.Full+r.Synthetics.fires()
		}
	}
	return t
}

// Watched says whether the alarms can fire as long as there is a way back that hurts few: before all traffic is on the new
// version where it comes in steps, and before the bake is over where it does not. A test environment without a bake is not
// watched: its smoke test is all that stops a bad version there.
func (t Timeline) Watched() bool {
	if t.Fires == 0 {
		return false
	}
	if t.Full > 0 {
		return t.Fires < t.Full
	}
	return t.Fires < t.Gone
}

// Event is a moment of a timeline.
type Event struct {
	// At is counted from the first request to the new version.
	At time.Duration
	// What happens.
	What string
}

// Events lists what happens, in order.
func (t Timeline) Events() []Event {
	first := Event{0, "all traffic goes to the new version"}
	gone := Event{t.Gone, "the old tasks are gone: from here the way back is another release"}
	switch {
	case t.Release.Engine == Rolling:
		first.What = "the first new task takes traffic; ECS replaces the others at its own pace"
		gone.What = "the bake after the last task is over: the next wave may begin"
	case t.Full > 0:
		first.What = fmt.Sprintf("%d%% of the traffic goes to the new version", t.Release.Percent)
	}
	events := []Event{first}
	if t.Full > 0 {
		events = append(events, Event{t.Full, "all traffic is on the new version"})
	}
	events = append(events, gone)
	if t.Fires == 0 {
		return events
	}
	alarm := Event{t.Fires, "the alarms can fire: " + t.Alarms.rule() + ", and " + text.Duration(AlarmDelay) + " until CloudWatch has seen it; "}
	switch {
	case t.Fires < t.Gone || t.Release.Engine == Rolling:
		alarm.What += "the release is rolled back"
	default:
		alarm.What += "too late to roll back, the smoke test is what stops the next wave"
	}
	events = append(events, alarm)
	if t.Canary > 0 {
		events = append(events, t.canary())
	}
	slices.SortStableFunc(events, func(a, b Event) int { return cmp.Compare(a.At, b.At) })
	return events
}

// canary is when the alarm of the canary can fire.
func (t Timeline) canary() Event {
	e := Event{t.Canary, "the canary's alarm can fire: " + t.Synthetics.rule() + ", and " + text.Duration(AlarmDelay) + " until CloudWatch has seen it; "}
	switch {
	case t.Release.Engine == Rolling:
		e.What += "while ECS still watches, the release is rolled back"
	case t.Canary < t.Gone:
		e.What += "the release is rolled back"
	default:
		e.What += "too late to roll back"
	}
	return e
}

// rule is when a metric is bad for long enough: "2 bad datapoints of 1m".
func (a Alarms) rule() string {
	return text.Count(a.Datapoints, "bad datapoint") + " of " + text.Duration(a.Period)
}

// brief is the timeline for a message of one line.
func (t Timeline) brief() string {
	steps := "all traffic at 0s, bake over at " + text.Duration(t.Gone)
	switch {
	case t.Release.Engine == Rolling:
		steps = "new tasks at 0s, bake over at " + text.Duration(t.Gone)
	case t.Full > 0:
		steps = fmt.Sprintf("%d%% of the traffic at 0s, all of it at %s", t.Release.Percent, text.Duration(t.Full))
	}
	return steps + ", alarms at " + text.Duration(t.Fires) + " (" + t.Alarms.rule() + ", and " + text.Duration(AlarmDelay) + " until CloudWatch has seen it)"
}
