package function_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// memory keeps facts as the lines that a table has.
type memory struct {
	lines map[string]map[string]map[string]bool
	// fails makes every so-many-th call fail, as a service that has a bad day.
	fails, calls int
}

func (m *memory) trouble() error {
	if m.calls++; m.fails > 0 && m.calls%m.fails == 0 {
		return errors.New("a bad day")
	}
	return nil
}

func (m *memory) Add(_ context.Context, pipeline, execution string, fact measure.Fact) error {
	if err := m.trouble(); err != nil {
		return err
	}
	if m.lines == nil {
		m.lines = map[string]map[string]map[string]bool{}
	}
	if m.lines[pipeline] == nil {
		m.lines[pipeline] = map[string]map[string]bool{}
	}
	if m.lines[pipeline][execution] == nil {
		m.lines[pipeline][execution] = map[string]bool{}
	}
	m.lines[pipeline][execution][fact.String()] = true
	return nil
}

func (m *memory) Read(_ context.Context, pipeline string) (*measure.History, error) {
	h := &measure.History{}
	for execution, lines := range m.lines[pipeline] {
		for line := range lines {
			fact, err := measure.Parse(line)
			if err != nil {
				return nil, err
			}
			h.Add(execution, fact)
		}
	}
	return h, nil
}

// known are the times of commits that somebody knows.
type known map[string]time.Time

func (k known) Committed(_ context.Context, _, commit string) (time.Time, error) {
	return k[commit], nil
}

// written reads what was written for CloudWatch: the metrics by service, the store's under an empty name. It wants the values of all
// metrics that a line announces, and no others.
func written(tb testing.TB, out []byte) map[string]map[string]float64 {
	tb.Helper()
	all := map[string]map[string]float64{}
	for _, text := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		var line map[string]any
		var head struct {
			AWS struct {
				CloudWatchMetrics []struct {
					Namespace  string
					Dimensions [][]string
					Metrics    []struct{ Name, Unit string }
				}
			} `json:"_aws"`
		}
		if err := errors.Join(json.Unmarshal([]byte(text), &line), json.Unmarshal([]byte(text), &head)); err != nil {
			tb.Fatalf("%v in %s", err, text)
		}
		m := head.AWS.CloudWatchMetrics[0]
		values := map[string]float64{}
		for _, metric := range m.Metrics {
			values[metric.Name] = line[metric.Name].(float64)
		}
		for _, d := range m.Dimensions[0] {
			if line[d] == nil || line[d] == "" {
				tb.Fatalf("dimension %s without a value: %s", d, text)
			}
		}
		if m.Namespace != "Storeship/Delivery" || len(line) != len(values)+len(m.Dimensions[0])+1 {
			tb.Fatalf("line %s", text)
		}
		service, _ := line["Service"].(string)
		all[service] = values
	}
	return all
}

// Of 1000, which take half a minute, every tenth had what is looked for at the end.
var histories = flag.Uint64("histories", 250, "how many random histories are told to the function")

// Catches: any other result than the books say, of pipelines whose executions succeed, fail, are stopped, superseded, canceled, tried
// again and rolled back, when their events come several times, in any order, and with a table that fails now and then.
func TestRandomHistories(t *testing.T) {
	seen := map[string]int{}
	for seed := range *histories {
		random := rand.New(rand.NewPCG(seed, 1))
		start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
		now := start.Add(time.Duration(5+random.IntN(45)) * 24 * time.Hour)
		plan := &measure.Plan{Store: "shop"}
		commits := known{}
		var ledgers []*ledger
		var all [][]byte
		for i, service := range []string{"catalog", "orders", "platform"} {
			m := measure.Measured{
				Pipeline: "shop-" + service, Service: service, Apart: service == "platform", Source: "Code", Production: []string{"prod-1", "prod-2"},
			}
			s := simulate(random, m.Pipeline, i != 1, start, now)
			if i != 1 {
				m.Repository = "shop-" + service
				maps.Copy(commits, s.made)
			}
			plan.Pipelines = append(plan.Pipelines, m)
			ledgers = append(ledgers, &s.ledger)
			all = append(all, s.events...)
			for _, r := range s.runs {
				seen[fmt.Sprint(r.state, " rollback:", r.rollback)]++
				if r.attempt > 1 {
					seen["retried "+r.state]++
				}
			}
		}
		stranger := simulate(random, "other-catalog", false, start, start.Add(72*time.Hour))
		all = append(all, stranger.events...)
		for range len(all) / 3 {
			all = append(all, all[random.IntN(len(all))])
		}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })

		facts := &memory{fails: 3 + random.IntN(20)}
		var out bytes.Buffer
		h := &function.Handler{Plan: plan, Facts: facts, Commits: commits, Out: &out, Now: func() time.Time { return now }}
		for _, e := range all {
			for h.Handle(t.Context(), e) != nil {
				continue // Lambda delivers it again
			}
		}
		if err := h.Handle(t.Context(), []byte(function.Tick)); err != nil {
			t.Fatal(err)
		}
		got := written(t, out.Bytes())
		for service, want := range map[string]map[string]float64{
			"catalog": metrics(now, ledgers[0]), "orders": metrics(now, ledgers[1]), "platform": metrics(now, ledgers[2]),
			"": metrics(now, ledgers[0], ledgers[1]),
		} {
			for _, name := range slices.Sorted(maps.Keys(want)) {
				seen[name]++
			}
			if !maps.EqualFunc(got[service], want, near) {
				t.Fatalf("seed %d, %q:\ngot  %v\nwant %v", seed, service, got[service], want)
			}
		}
		if len(got) != 4 {
			t.Fatalf("seed %d: wrote %d lines", seed, len(got))
		}
	}
	// Without these the histories would not say what they are for.
	for _, what := range []string{
		"SUCCEEDED rollback:false", "FAILED rollback:false", "STOPPED rollback:false", "SUPERSEDED rollback:false", "CANCELED rollback:false",
		"SUCCEEDED rollback:true", "FAILED rollback:true", "retried SUCCEEDED", "retried FAILED", "STARTED rollback:false",
		"LeadTime", "MeanTimeBetweenFailures", "MeanTimeToRecover", "ChangeFailureRate", "DeploymentFrequency",
	} {
		if seen[what] < int(*histories)/10 {
			t.Errorf("%s: only %d times in all histories", what, seen[what])
		}
	}
	t.Log(seen)
}
