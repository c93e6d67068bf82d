package environment

import (
	"strconv"
	"strings"
	"testing"
)

// Catches: a gate that stops nothing and nobody knows why, and a reason that is demanded where nothing reaches customers.
func TestGates(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Plan)
		want   string
	}{
		"report without a reason": {func(p *Plan) { ui(p).Build.Gates.Secrets.Mode = ReportOnly },
			"services.ui.build.gates.secrets.reason: is required: with mode report its findings stop nothing on the way to prod"},
		"a reason of blanks": {func(p *Plan) { ui(p).Build.Gates.Secrets = Gate{Mode: ReportOnly, Reason: "\t "} }, "secrets.reason: is required"},
		"unknown mode":       {func(p *Plan) { ui(p).Build.Gates.Secrets.Mode = "warn" }, `secrets.mode: must be block or report, got "warn"`},
		"empty command":      {func(p *Plan) { ui(p).Build.Gates.Secrets.Commands = []string{"a", " "} }, "secrets.commands[1]: must not be empty"},
		"reports of the gate's own commands": {func(p *Plan) { ui(p).Build.Gates.Secrets.Reports = "a.xml" },
			"secrets.reports: goes with commands only"},
		"absolute reports": {func(p *Plan) { ui(p).Build.Gates.Secrets = Gate{Commands: []string{"a"}, Reports: "/a.xml"} }, "secrets.reports: must be relative"},
		"quality without a preset": {func(p *Plan) { mailer(p).Build.Gates.Quality.Commands = nil },
			"services.mailer.build.gates.quality.commands: is required without a preset"},
		"report with a reason": {func(p *Plan) { ui(p).Build.Gates.Secrets = Gate{Mode: ReportOnly, Reason: "old keys"} }, ""},
		"said to block":        {func(p *Plan) { ui(p).Build.Gates.Secrets = Gate{Mode: Block, Reason: "of the defaults"} }, ""},
		"no production": {func(p *Plan) {
			p.Store.Environments = p.Store.Environments[:1]
			ui(p).Build.Gates.Secrets.Mode = ReportOnly
		}, ""},
	} {
		err := newPlan(c.change).Validate().Err()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
}

// Catches: a gate that lets everything pass, which only its author knows of.
func TestGateWarnings(t *testing.T) {
	p := newPlan(func(p *Plan) { ui(p).Build.Gates.Secrets = Gate{Mode: ReportOnly, Reason: "old keys"} })
	if err := p.Warnings().Err(); err == nil || !strings.Contains(err.Error(), "services.ui.build.gates.secrets.mode: its findings stop nothing") {
		t.Errorf("got %v", err)
	}
}

// Catches: a threshold that no scan can reach or that lets everything pass, and one beside commands that never see it.
func TestThresholds(t *testing.T) {
	number := func(n int) *int { return &n }
	for want, change := range map[string]func(*Gates){
		"sca.thresholds.critical: must be 0 to 999, got -1":         func(g *Gates) { g.SCA.Thresholds.Critical = number(-1) },
		"imageScan.thresholds.low: must be 0 to 999, got 1000":      func(g *Gates) { g.ImageScan.Thresholds.Low = number(1000) },
		"sca.thresholds.medium: goes with the gate's own scan only": func(g *Gates) { g.SCA = Scan{Gate{Commands: []string{"a"}}, Thresholds{Medium: number(0)}} },
		"imageScan.reason: is required: with mode report":           func(g *Gates) { g.ImageScan.Mode = ReportOnly },
		"sca.reports: goes with commands only":                      func(g *Gates) { g.SCA.Reports = "a.xml" },
		"":                                                          func(g *Gates) { g.SCA.Thresholds = Thresholds{number(0), number(999), number(5), number(0)} },
	} {
		err := newPlan(func(p *Plan) { change(&ui(p).Build.Gates) }).Validate().Err()
		if (want == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

// Catches: a severity that stops nothing although nobody said so, and a threshold that loosens another.
func TestThresholdsHaveDefaults(t *testing.T) {
	seven := 7
	var got []string
	for _, limit := range (Thresholds{High: &seven}).All() {
		most := "any"
		if limit.Most != nil {
			most = strconv.Itoa(*limit.Most)
		}
		got = append(got, limit.Severity+" "+most)
	}
	if strings.Join(got, ", ") != "critical 0, high 7, medium any, low any" {
		t.Errorf("got %v", got)
	}
}

// Catches: a gate that reports only and is told nobody of.
func TestReportOnlyGates(t *testing.T) {
	g := Gates{Secrets: Gate{Mode: ReportOnly}, SCA: Scan{Gate: Gate{Mode: Block}}, ImageScan: Scan{Gate: Gate{Mode: ReportOnly}}}
	if got := strings.Join(g.ReportOnly(), " "); got != "secrets imageScan" {
		t.Errorf("got %q", got)
	}
}
