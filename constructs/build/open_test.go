package build_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"

	"github.com/storeship/storeship/constructs/build"
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
