package function

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// Facts is where facts are kept.
type Facts interface {
	// Add adds a fact about an execution of a pipeline to those that are there. To add it again changes nothing.
	Add(ctx context.Context, pipeline, execution string, fact measure.Fact) error
	// Read reads the facts about all executions of a pipeline.
	Read(ctx context.Context, pipeline string) (*measure.History, error)
}

// Commits knows commits.
type Commits interface {
	// Committed is when a commit was made; zero where nobody knows it.
	Committed(ctx context.Context, repository, commit string) (time.Time, error)
}

// Handler measures the pipelines of a plan.
type Handler struct {
	// Plan says what is measured.
	Plan *measure.Plan
	// Facts keeps what is known.
	Facts Facts
	// Commits knows when a commit was made.
	Commits Commits
	// Out takes the metrics, a line for each pipeline and one for the store.
	Out io.Writer
	// Now is the time.
	Now func() time.Time
}

// Handle takes one event. An error has it delivered again.
func (h *Handler) Handle(ctx context.Context, payload []byte) error {
	e, err := parse(payload)
	if err != nil {
		return err
	}
	if e.Source == clock {
		return h.publish(ctx)
	}
	return h.record(ctx, e)
}

// record keeps what the event says. A commit's time is asked for when the commit is kept: whatever then goes wrong, the event is
// delivered again, and finds the same.
func (h *Handler) record(ctx context.Context, e *event) error {
	pipeline, execution := e.Detail.Pipeline, e.Detail.Execution
	m := h.Plan.Of(pipeline)
	if m == nil {
		return nil
	}
	fact, ok := e.fact(m)
	if !ok {
		return nil
	}
	if err := h.Facts.Add(ctx, pipeline, execution, fact); err != nil {
		return err
	}
	if fact.Kind != measure.Source || m.Repository == "" {
		return nil
	}
	at, err := h.Commits.Committed(ctx, m.Repository, fact.Name)
	if err != nil || at.IsZero() {
		return err
	}
	return h.Facts.Add(ctx, pipeline, execution, measure.Fact{Kind: measure.Commit, Time: at, Name: fact.Name})
}

// publish writes the metrics of every pipeline, and of the store.
func (h *Handler) publish(ctx context.Context) error {
	now := h.Now()
	var store measure.Samples
	for i := range h.Plan.Pipelines {
		m := &h.Plan.Pipelines[i]
		history, err := h.Facts.Read(ctx, m.Pipeline)
		if err != nil {
			return fmt.Errorf("%s: %w", m.Pipeline, err)
		}
		samples := history.Samples(now)
		if !m.Apart {
			store.Join(samples)
		}
		if err := h.write(now, m.Service, &samples); err != nil {
			return err
		}
	}
	return h.write(now, "", &store)
}

// write writes the metrics of a service, or with an empty name of the store, as CloudWatch reads them from a log.
func (h *Handler) write(now time.Time, service string, samples *measure.Samples) error {
	dimensions := []string{measure.StoreDimension}
	line := map[string]any{measure.StoreDimension: h.Plan.Store}
	if service != "" {
		dimensions = append(dimensions, measure.ServiceDimension)
		line[measure.ServiceDimension] = service
	}
	var metrics []map[string]string
	for _, v := range measure.Compute(now, samples) {
		metrics = append(metrics, map[string]string{"Name": v.Metric.Name, "Unit": string(v.Metric.Unit)})
		line[v.Metric.Name] = v.Value
	}
	line["_aws"] = map[string]any{
		"Timestamp": now.UnixMilli(),
		"CloudWatchMetrics": []any{map[string]any{
			"Namespace": measure.Namespace, "Dimensions": [][]string{dimensions}, "Metrics": metrics,
		}},
	}
	text, err := json.Marshal(line)
	if err != nil {
		return err
	}
	_, err = h.Out.Write(append(text, '\n'))
	return err
}
