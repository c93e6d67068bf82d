package build_test

import (
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

const (
	stopSwitch = "/shop/platform/tools/stop/v1/prod"
	breakGlass = "/shop/platform/tools/break-glass/v1/catalog"
	execution  = "11111111-2222-3333-4444-555555555555"
)

func openProps(p build.Project, input pipelines.IFileSetProducer) *build.OpenCheckProps {
	return &build.OpenCheckProps{
		Project: p, Input: input, Pipeline: "shop-catalog", Account: "111111111111", Region: "us-west-2", BreakGlass: breakGlass,
		Environments: []build.OpenEnvironment{
			{ID: "gamma", Stop: "/shop/platform/tools/stop/v1/gamma"},
			{ID: "prod", Stop: stopSwitch},
			{
				ID: "timed", Stop: "/shop/platform/tools/stop/v1/timed",
				Windows: []environment.Window{
					{Days: []string{"mon-thu"}, From: "09:00", To: "16:00", TimeZone: "Europe/Berlin"},
					{Days: []string{"sat"}, From: "22:30", To: "24:00"},
				},
				Freezes: []environment.Freeze{
					{Name: "black-friday", From: "2026-11-26T00:00", To: "2026-12-01T08:00", TimeZone: "Europe/Berlin"},
					{Name: "inventory", From: "2027-01-04T10:00", To: "2027-01-04T12:00", TimeZone: "America/New_York"},
				},
			},
		},
	}
}

// opens runs the check of prod in the running execution.
func opens(t *testing.T, prepare func(*host)) *host {
	t.Helper()
	h := newHost(t, "OpenForRelease")
	h.install("aws", "aws-review")
	prepare(h)
	h.run(map[string]string{"EXECUTION": execution})
	return h
}

// Catches a switch that closes what nobody stopped, that stays closed when somebody opened it again, or that is another
// environment's.
func TestOpen(t *testing.T) {
	for name, prepare := range map[string]func(*host){
		"never stopped":  func(*host) {},
		"opened":         func(h *host) { h.write("ssm"+stopSwitch, "open\n") },
		"opened by whom": func(h *host) { h.write("ssm"+stopSwitch, "open: bob: INC-1 is over\n") },
		"of another":     func(h *host) { h.write("ssm/shop/platform/tools/stop/v1/gamma", "stop\n") },
	} {
		t.Run(name, func(t *testing.T) {
			h := opens(t, prepare)
			h.succeeds()
			h.says("prod is open for release")
			if got := h.calls("aws ssm get-parameter --region us-west-2 --name " + stopSwitch); len(got) != 1 {
				t.Errorf("asks: %q", got)
			}
		})
	}
}

// Catches a stop that does not hold, however it is written, and one that leaves a person without who, why and what to do.
func TestStopped(t *testing.T) {
	for _, value := range []string{"stop: ann: checkout loses orders", "stop", "Open", "opened by mistake", "no", "-"} {
		h := opens(t, func(h *host) { h.write("ssm"+stopSwitch, value+"\n") })
		h.fails(
			"closed: the stop switch "+stopSwitch+" says '"+value+"', written by arn:aws:sts::111111111111:assumed-role/oncall/ann\n",
			"\n  aws codepipeline retry-stage-execution --region us-west-2 --pipeline-name shop-catalog --stage-name prod-1 "+
				"--pipeline-execution-id "+execution+" --retry-mode FAILED_ACTIONS\n",
			"\n  aws ssm put-parameter --region us-west-2 --name "+breakGlass+" --type String --overwrite --value '"+execution+" WHO: WHY'\n",
			"error: prod is closed for releases\n",
		)
	}
}

// atClock runs the check of the timed environment at a moment.
func atClock(t *testing.T, at time.Time) *host {
	t.Helper()
	h := newHost(t, "OpenForRelease")
	h.install("aws", "aws-review")
	must(t, os.WriteFile(filepath.Join(h.path, "date"), []byte("#!/bin/sh\n[ \"$*\" = +%s ] || exit 2\necho "+strconv.FormatInt(at.Unix(), 10)+"\n"), 0o755))
	h.run(map[string]string{"EXECUTION": execution, "TARGET": "timed"})
	return h
}

// Catches a window that opens or closes a minute early or late, by winter time or by summer time, on the wrong day, or in another
// time zone; a second window that does not count; a freeze that does not hold within a window; and a message that does not say
// when it is open.
func TestWindowsAndFreezes(t *testing.T) {
	for _, c := range []struct{ at, closed string }{
		{"2026-11-19T08:00:00Z", ""}, // Thursday, winter
		{"2026-11-19T07:59:59Z", "no window is open: mon-thu 09:00 to 16:00 (Europe/Berlin), where it is thu 08:59; sat 22:30 to 24:00 (UTC), where it is thu 07:59"},
		{"2026-11-19T14:59:59Z", ""},
		{"2026-11-19T15:00:00Z", "no window is open: mon-thu 09:00 to 16:00 (Europe/Berlin), where it is thu 16:00; sat 22:30 to 24:00 (UTC), where it is thu 15:00"},
		{"2026-11-20T10:00:00Z", "no window is open: mon-thu 09:00 to 16:00 (Europe/Berlin), where it is fri 11:00; sat 22:30 to 24:00 (UTC), where it is fri 10:00"},
		{"2026-07-06T07:00:00Z", ""}, // Monday, summer
		{"2026-07-06T06:59:59Z", "no window is open: mon-thu 09:00 to 16:00 (Europe/Berlin), where it is mon 08:59; sat 22:30 to 24:00 (UTC), where it is mon 06:59"},
		{"2026-07-11T22:30:00Z", ""},
		{"2026-07-11T23:59:59Z", ""},
		{"2026-07-12T00:00:00Z", "no window is open: mon-thu 09:00 to 16:00 (Europe/Berlin), where it is sun 02:00; sat 22:30 to 24:00 (UTC), where it is sun 00:00"},
		{"2026-11-30T10:00:00Z", "the freeze black-friday, until 2026-12-01T08:00 (Europe/Berlin)"},
		{"2026-12-01T08:00:00Z", ""},
		{"2027-01-04T14:59:59Z", ""}, // Monday
		{"2027-01-04T15:00:00Z", "no window is open: mon-thu 09:00 to 16:00 (Europe/Berlin), where it is mon 16:00; sat 22:30 to 24:00 (UTC), where it is mon 15:00"},
		{"2040-12-31T10:00:00Z", ""}, // the last Monday that the table knows
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		must(t, err)
		h := atClock(t, at)
		if c.closed == "" {
			if h.failed {
				t.Errorf("%s: %s", c.at, h.output)
			}
			h.says("timed is open for release")
		} else {
			h.fails("closed: "+c.closed+"\n", "error: timed is closed for releases\n")
		}
	}
	atClock(t, time.Date(2041, 1, 1, 10, 0, 0, 0, time.UTC)).fails("error: the clocks of Europe/Berlin are not known for this year: update Storeship\n")
}

// Catches windows that are read otherwise than the time zone's own rules read them, at forty moments of twelve years.
func TestWindowsByTheRules(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	must(t, err)
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		at := time.Date(2028, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(12*365*24*60)) * time.Minute)
		local := at.In(zone)
		want := local.Weekday() >= time.Monday && local.Weekday() <= time.Thursday && local.Hour() >= 9 && local.Hour() < 16 ||
			at.Weekday() == time.Saturday && 60*at.Hour()+at.Minute() >= 22*60+30
		if h := atClock(t, at); h.failed == want {
			t.Errorf("%s: open %v: %s", local, want, h.output)
		}
	}
}

// Catches a page that shows another text than the one that people meet in the night.
func TestStoppedAsDocumented(t *testing.T) {
	h := opens(t, func(h *host) { h.write("ssm"+stopSwitch, "stop: ann: checkout loses orders, INC-123\n") })
	h.fails()
	page, err := os.ReadFile("../../docs/controls.md")
	must(t, err)
	if !strings.Contains(string(page), "```text\n"+h.output+"```\n") {
		t.Errorf("docs/controls.md does not have:\n%s", h.output)
	}
}

// Catches a check that takes a parameter it may not read for one that is not there.
func TestOpenCannotBeRead(t *testing.T) {
	h := opens(t, func(h *host) { h.write("fail/get-parameter", "AccessDeniedException") })
	h.fails("AccessDeniedException", "error: cannot read "+stopSwitch+"\n")
}

// Catches broken glass that lets in another execution, or one without who and why, or that leaves no trace; and one that nobody can
// break when the history cannot be read.
func TestBreakGlass(t *testing.T) {
	stopped := func(pass string) func(*host) {
		return func(h *host) {
			h.write("ssm"+stopSwitch, "stop\n")
			h.write("ssm"+breakGlass, pass+"\n")
		}
	}
	for _, pass := range []string{"", execution, execution + " ", "99999999-2222-3333-4444-555555555555 ann: mend", "ann: mend of " + execution, "open"} {
		opens(t, stopped(pass)).fails("error: prod is closed for releases\n")
	}
	h := opens(t, stopped(execution+" ann: mend of INC-1"))
	h.succeeds()
	h.says("passes all the same: " + breakGlass + " says '" + execution + " ann: mend of INC-1', written by arn:aws:sts::111111111111:assumed-role/oncall/ann")
	h = opens(t, func(h *host) {
		stopped(execution + " ann: mend")(h)
		h.write("fail/get-parameter-history", "AccessDeniedException")
	})
	h.succeeds()
	h.says("passes all the same: " + breakGlass + " says '" + execution + " ann: mend', written by somebody: the history of " + breakGlass + " cannot be read")
}

// Catches a check that may read more than its parameters, or write them.
func TestOpenPermissions(t *testing.T) {
	want := []string{
		"arn:aws:ssm:us-west-2:111111111111:parameter" + breakGlass,
		"arn:aws:ssm:us-west-2:111111111111:parameter/shop/platform/tools/stop/v1/gamma",
		"arn:aws:ssm:us-west-2:111111111111:parameter" + stopSwitch,
		"arn:aws:ssm:us-west-2:111111111111:parameter/shop/platform/tools/stop/v1/timed",
	}
	for _, action := range []string{"ssm:GetParameter", "ssm:GetParameterHistory"} {
		got := allowed(t, "OpenForRelease", action)
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s on %s", action, strings.Join(got, " "))
		}
	}
	if got := allowed(t, "OpenForRelease", "ssm:PutParameter"); len(got) != 0 {
		t.Errorf("writes %s", got)
	}
}
