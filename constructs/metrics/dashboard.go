package metrics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// The parts of a dashboard, as CloudWatch has them.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
type (
	body struct {
		Start          string   `json:"start"`
		PeriodOverride string   `json:"periodOverride"`
		Widgets        []widget `json:"widgets"`
	}
	widget struct {
		Type       string     `json:"type"`
		X          int        `json:"x"`
		Y          int        `json:"y"`
		Width      int        `json:"width"`
		Height     int        `json:"height"`
		Properties properties `json:"properties"`
	}
	properties struct {
		Markdown string   `json:"markdown,omitempty"`
		Title    string   `json:"title,omitempty"`
		View     string   `json:"view,omitempty"`
		Region   string   `json:"region,omitempty"`
		Stat     string   `json:"stat,omitempty"`
		Period   int      `json:"period,omitempty"`
		Start    string   `json:"start,omitempty"`
		Metrics  [][]any  `json:"metrics,omitempty"`
		Alarms   []string `json:"alarms,omitempty"`
		YAxis    *axes    `json:"yAxis,omitempty"`
	}
	axes struct {
		Left axis `json:"left"`
	}
	axis struct {
		Label     string `json:"label"`
		ShowUnits bool   `json:"showUnits"`
		Min       int    `json:"min"`
	}
	options struct {
		ID         string `json:"id,omitempty"`
		Expression string `json:"expression,omitempty"`
		Label      string `json:"label,omitempty"`
		Visible    *bool  `json:"visible,omitempty"`
	}
)

// width of a dashboard.
const width = 24

// series is whose metrics they are: the store's where the service is empty.
type series struct{ title, service string }

// dashboard is the body of the dashboard: what the numbers mean, the numbers of now of the store and of each pipeline, and a graph of
// each metric.
func (p *DeliveryProps) dashboard() string {
	b := body{Start: "-P90D", PeriodOverride: "inherit"}
	y := 0
	add := func(w ...widget) {
		for i := range w {
			w[i].Y = y
			b.Widgets = append(b.Widgets, w[i])
		}
		y += w[0].Height
	}
	add(widget{Type: "text", Width: 18, Height: 7, Properties: properties{Markdown: p.explained()}},
		widget{Type: "alarm", X: 18, Width: width - 18, Height: 7, Properties: properties{
			Title:  "Events that could not be kept",
			Alarms: []string{p.alarmARN()},
		}})
	all := p.series()
	for _, s := range all {
		add(p.numbers(s))
	}
	for i := 0; i < len(measure.Metrics); i += 2 {
		row := []widget{p.graph(&measure.Metrics[i], all, 0)}
		if i+1 < len(measure.Metrics) {
			row = append(row, p.graph(&measure.Metrics[i+1], all, width/2))
		}
		add(row...)
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(b); err != nil {
		panic(err) // strings and numbers
	}
	return strings.TrimSpace(text.String())
}

// series lists the store and its pipelines, the services before those apart.
func (p *DeliveryProps) series() []series {
	all := []series{{p.Store + ", all services", ""}}
	var apart []series
	for _, pl := range p.Pipelines {
		s := series{pl.Service, pl.Service}
		if pl.Apart {
			apart = append(apart, s)
		} else {
			all = append(all, s)
		}
	}
	return append(all, apart...)
}

func days() int { return int(measure.Window.Hours() / 24) }

// explained says what the numbers are.
func (p *DeliveryProps) explained() string {
	lines := []string{"# Delivery of " + p.Store, fmt.Sprintf("Over the %d days before each point:", days()), ""}
	for _, m := range measure.Metrics {
		lines = append(lines, "* **"+m.Title+"** is "+m.Definition+".")
	}
	return strings.Join(lines, "\n")
}

// numbers are the metrics of now in a row. A metric without a case in the last days is not written: then there is no number, and
// not that of an earlier month.
func (p *DeliveryProps) numbers(s series) widget {
	w := widget{Type: "metric", Width: width, Height: 3, Properties: properties{
		Title: s.title, View: "singleValue", Region: p.Region, Stat: "Average", Period: int(Every.Seconds()), Start: "-PT3H",
	}}
	for i := range measure.Metrics {
		m := &measure.Metrics[i]
		w.Properties.Metrics = append(w.Properties.Metrics, p.shown(m, s, fmt.Sprint("m", i), m.Title+", "+unit(m))...)
	}
	return w
}

// graph is a metric over time, a line for each series.
func (p *DeliveryProps) graph(m *measure.Metric, all []series, x int) widget {
	w := widget{Type: "metric", X: x, Width: width / 2, Height: 7, Properties: properties{
		Title: m.Title, View: "timeSeries", Region: p.Region, Stat: "Average", Period: 6 * 3600,
		YAxis: &axes{axis{Label: unit(m)}},
	}}
	for i, s := range all {
		w.Properties.Metrics = append(w.Properties.Metrics, p.shown(m, s, fmt.Sprint("m", i), s.title)...)
	}
	return w
}

// unit is what people read a metric in.
func unit(m *measure.Metric) string {
	switch m.Unit {
	case measure.Seconds:
		return "hours"
	case measure.Percent:
		return "%"
	}
	return fmt.Sprintf("in %d days", days())
}

// shown are the lines of a widget that show a metric: CloudWatch has seconds, and people read hours.
func (p *DeliveryProps) shown(m *measure.Metric, s series, id, label string) [][]any {
	metric := []any{measure.Namespace, m.Name, measure.StoreDimension, p.Store}
	if s.service != "" {
		metric = append(metric, measure.ServiceDimension, s.service)
	}
	if m.Unit != measure.Seconds {
		return [][]any{append(metric, options{ID: id, Label: label})}
	}
	hidden := false
	return [][]any{
		{options{ID: id + "h", Expression: id + "/3600", Label: label}},
		append(metric, options{ID: id, Visible: &hidden}),
	}
}
