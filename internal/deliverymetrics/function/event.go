package function

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// Event types of CodePipeline.
const (
	pipelineEvent = "CodePipeline Pipeline Execution State Change"
	stageEvent    = "CodePipeline Stage Execution State Change"
	actionEvent   = "CodePipeline Action Execution State Change"
)

// event is what EventBridge calls the function with: a state change of CodePipeline, or the clock.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
type event struct {
	DetailType string    `json:"detail-type"`
	Source     string    `json:"source"`
	Time       time.Time `json:"time"`
	Detail     struct {
		Pipeline  string    `json:"pipeline"`
		Execution string    `json:"execution-id"`
		Began     time.Time `json:"start-time"`
		Stage     string    `json:"stage"`
		Action    string    `json:"action"`
		State     string    `json:"state"`
		Attempt   float64   `json:"pipeline-execution-attempt"`
		Trigger   struct {
			Type string `json:"trigger-type"`
		} `json:"execution-trigger"`
		Type struct {
			Category string `json:"category"`
		} `json:"type"`
		Result struct {
			ID string `json:"external-execution-id"`
		} `json:"execution-result"`
	} `json:"detail"`
}

// clock is the source of the clock's event, see [Tick].
const clock = "storeship.clock"

// Tick is what the clock calls the function with.
const Tick = `{"source":"` + clock + `"}`

func parse(payload []byte) (*event, error) {
	var e event
	if err := json.Unmarshal(payload, &e); err != nil {
		return nil, fmt.Errorf("not an event: %w", err)
	}
	if e.Source == clock {
		return &e, nil
	}
	if e.Source != "aws.codepipeline" {
		return nil, fmt.Errorf("not an event of CodePipeline, but of %q", e.Source)
	}
	if e.Time.IsZero() || e.Detail.Pipeline == "" || e.Detail.Execution == "" || e.Detail.State == "" {
		return nil, fmt.Errorf("an event of CodePipeline without time, pipeline, execution or state")
	}
	return &e, nil
}

// prepares is how CDK Pipelines ends the name of an action that makes a change set: of the category Deploy, and it changes nothing.
const prepares = ".Prepare"

// rollbacks are the triggers of executions that put back what a stage had before.
// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_ExecutionTrigger.html
var rollbacks = []string{"AutomatedRollback", "ManualRollback"}

// fact is what the event says of an execution of the pipeline; not ok where it says nothing that is measured.
func (e *event) fact(m *measure.Measured) (fact measure.Fact, ok bool) {
	d := &e.Detail
	f := measure.Fact{Time: e.Time, State: d.State}
	production := slices.Contains(m.Production, d.Stage)
	switch {
	case e.DetailType == pipelineEvent:
		f.Kind, f.Attempt, f.Began = measure.Pipeline, int(d.Attempt), d.Began
		f.Rollback = slices.Contains(rollbacks, d.Trigger.Type)
		return f, true
	case e.DetailType == stageEvent && production && (d.State == measure.Succeeded || d.State == measure.Failed):
		f.Kind, f.Name, f.Last = measure.Stage, d.Stage, d.Stage == m.Production[len(m.Production)-1]
		return f, true
	case e.DetailType == actionEvent && production && d.Type.Category == "Deploy" && d.State == measure.Started &&
		!strings.HasSuffix(d.Action, prepares):
		return measure.Fact{Kind: measure.Deploy, Time: e.Time, Name: d.Stage}, true
	case e.DetailType == actionEvent && d.Type.Category == "Source" && d.State == measure.Succeeded && d.Action == m.Source:
		revision := d.Result.ID
		return measure.Fact{Kind: measure.Source, Time: e.Time, Name: revision}, revision != "" && !strings.Contains(revision, " ")
	}
	return measure.Fact{}, false
}
