package environment

import (
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
