package function_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

var plan = &measure.Plan{Store: "shop", Pipelines: []measure.Measured{{
	Pipeline: "myPipeline", Service: "catalog", Source: "Code", Repository: "my-repo", Production: []string{"Prod-1", "Prod"},
}}}

// event is an event in the form of AWS's documentation.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
func event(kind, detail string) []byte {
	return []byte(`{"version": "0", "id": "01234567-EXAMPLE", "detail-type": "CodePipeline ` + kind + ` Execution State Change",
		"source": "aws.codepipeline", "account": "123456789012", "time": "2020-01-24T22:03:07Z", "region": "us-east-1",
		"resources": ["arn:aws:codepipeline:us-east-1:123456789012:myPipeline"],
		"detail": {"pipeline": "myPipeline", "execution-id": "12345678-1234-5678-abcd-12345678abcd", "version": 3.0, ` + detail + `}}`)
}

const action = `"action-execution-id": "47f821c5-a902-44b2-ae61-b878d31ecd21", "start-time": "2020-01-24T22:03:01.981Z",
	"pipeline-execution-attempt": 1.0, "region": "us-west-2", `

// Catches: a state of CodePipeline that is not understood, a fact of an event that says nothing, an action's start taken for the
// pipeline's, a rollback taken for a change, and a change set that is only made, by the names that it has in a stage of one target and of
// several, taken for a deployment.
func TestEvents(t *testing.T) {
	const at = "2020-01-24T22:03:07.000Z "
	began := `"start-time": "2020-01-24T21:49:39.208Z", "pipeline-execution-attempt": 1.0, `
	for _, c := range []struct {
		kind, detail string
		want         string
	}{
		{"Pipeline", began + `"state": "STARTED", "execution-trigger": {"trigger-type": "StartPipelineExecution", "trigger-detail": "arn:aws:sts::123456789012:assumed-role/Admin/my-user"}`,
			at + "pipeline STARTED 1 2020-01-24T21:49:39.208Z"},
		{"Pipeline", began + `"state": "STARTED", "execution-trigger": {"trigger-type": "ManualRollback", "trigger-detail": "arn:aws:sts::123456789012:assumed-role/Admin/my-user"}`,
			at + "pipeline STARTED 1 2020-01-24T21:49:39.208Z rollback"},
		{"Pipeline", began + `"state": "STARTED", "execution-trigger": {"trigger-type": "AutomatedRollback", "trigger-detail": "x"}`,
			at + "pipeline STARTED 1 2020-01-24T21:49:39.208Z rollback"},
		{"Pipeline", began + `"state": "STOPPING", "stop-execution-comments": "Stopping the pipeline for an update"`, at + "pipeline STOPPING 1 2020-01-24T21:49:39.208Z"},
		{"Pipeline", began + `"state": "SUCCEEDED"`, at + "pipeline SUCCEEDED 1 2020-01-24T21:49:39.208Z"},
		{"Pipeline", began + `"state": "FAILED", "execution-trigger": {"author-display-name": "Mary Major", "tag-name": "v4.2.1", "commit-id": "c"}`,
			at + "pipeline FAILED 1 2020-01-24T21:49:39.208Z"},
		{"Pipeline", `"pipeline-execution-attempt": 2.0, "state": "RESUMED"`, at + "pipeline RESUMED 2 -"},
		{"Stage", began + `"stage": "Prod", "state": "SUCCEEDED"`, at + "stage Prod SUCCEEDED last"},
		{"Stage", began + `"stage": "Prod-1", "state": "FAILED"`, at + "stage Prod-1 FAILED"},
		{"Stage", began + `"stage": "Prod", "state": "STARTED"`, ""},
		{"Stage", began + `"stage": "Prod", "state": "STOPPED"`, ""},
		{"Stage", began + `"stage": "Beta", "state": "FAILED"`, ""},
		{"Action", action + `"stage": "Prod", "action": "myAction", "state": "STARTED", "type": {"owner": "AWS", "category": "Deploy", "provider": "CodeDeploy", "version": "1"}`,
			at + "deploy Prod"},
		{"Action", action + `"stage": "Prod", "action": "myAction", "state": "FAILED", "type": {"owner": "AWS", "category": "Deploy", "provider": "CodeDeploy", "version": "1"}`, ""},
		{"Action", action + `"stage": "Prod", "action": "shop-prod-catalog.Prepare", "state": "STARTED", "type": {"owner": "AWS", "category": "Deploy", "provider": "CloudFormation", "version": "1"}`, ""},
		{"Action", action + `"stage": "Prod", "action": "prod-us-west-2.shop-prod-catalog.Prepare", "state": "STARTED", "type": {"owner": "AWS", "category": "Deploy", "provider": "CloudFormation", "version": "1"}`, ""},
		{"Action", action + `"stage": "Prod", "action": "prod-us-west-2.shop-prod-catalog.Deploy", "state": "STARTED", "type": {"owner": "AWS", "category": "Deploy", "provider": "CloudFormation", "version": "1"}`,
			at + "deploy Prod"},
		{"Action", action + `"stage": "Prod", "action": "ask", "state": "STARTED", "type": {"owner": "AWS", "category": "Approval", "provider": "Manual", "version": "1"}`, ""},
		{"Action", action + `"stage": "Source", "action": "Code", "state": "SUCCEEDED", "type": {"owner": "AWS", "provider": "CodeCommit", "category": "Source", "version": "1"},
			"execution-result": {"external-execution-url": "https://us-west-2.console.aws.amazon.com/codecommit/home#/repository/my-repo/commit/8cf40f2",
			"external-execution-summary": "Added LICENSE.txt", "external-execution-id": "8cf40f2"}`,
			"2020-01-24T21:00:00.000Z commit 8cf40f2, " + at + "source 8cf40f2"},
		{"Action", action + `"stage": "Source", "action": "Program", "state": "SUCCEEDED", "type": {"owner": "AWS", "provider": "CodeCommit", "category": "Source", "version": "1"},
			"execution-result": {"external-execution-id": "8cf40f2"}`, ""},
		{"Action", action + `"stage": "Source", "action": "Code", "state": "SUCCEEDED", "type": {"owner": "AWS", "provider": "S3", "category": "Source", "version": "1"}`, ""},
	} {
		facts := &memory{}
		commits := known{"8cf40f2": time.Date(2020, 1, 24, 21, 0, 0, 0, time.UTC)}
		h := &function.Handler{Plan: plan, Facts: facts, Commits: commits}
		for range 2 {
			if err := h.Handle(t.Context(), event(c.kind, c.detail)); err != nil {
				t.Fatalf("%s: %v", c.detail, err)
			}
		}
		lines := facts.lines["myPipeline"]["12345678-1234-5678-abcd-12345678abcd"]
		if got := strings.Join(slices.Sorted(maps.Keys(lines)), ", "); got != c.want {
			t.Errorf("%s %s:\ngot  %s\nwant %s", c.kind, c.detail, got, c.want)
		}
	}
}

// Catches: something that is no event of CodePipeline, taken for one or passed over in silence.
func TestNoEvents(t *testing.T) {
	h := &function.Handler{Plan: plan, Facts: &memory{}}
	for payload, want := range map[string]string{
		"":                                       "not an event",
		"[]":                                     "not an event",
		`{"source": "aws.s3"}`:                   `not an event of CodePipeline, but of "aws.s3"`,
		`{"Records": []}`:                        `not an event of CodePipeline, but of ""`,
		string(event("Pipeline", ``)):            "not an event",
		string(event("Pipeline", `"state": ""`)): "without time, pipeline, execution or state",
		`{"source": "aws.codepipeline"}`:         "without time, pipeline, execution or state",
	} {
		if err := h.Handle(t.Context(), []byte(payload)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", payload, err, want)
		}
	}
}

// unsure does not know commits, and says so.
type unsure struct{}

func (unsure) Committed(context.Context, string, string) (time.Time, error) {
	return time.Time{}, errors.New("ask later")
}

// Catches: a commit that is lost with the answer of CodeCommit, one that is asked for nobody, and metrics written in part.
func TestTrouble(t *testing.T) {
	source := event("Action", action+`"stage": "Source", "action": "Code", "state": "SUCCEEDED", "type": {"category": "Source"}, "execution-result": {"external-execution-id": "8cf40f2"}`)
	facts := &memory{}
	h := &function.Handler{Plan: plan, Facts: facts, Commits: unsure{}}
	if err := h.Handle(t.Context(), source); err == nil || err.Error() != "ask later" || len(facts.lines["myPipeline"]) != 1 {
		t.Errorf("%v %v", err, facts.lines)
	}
	h.Commits = known{} // which does not know it, for good
	if err := h.Handle(t.Context(), source); err != nil || fmt.Sprint(facts.lines) != "map[myPipeline:map[12345678-1234-5678-abcd-12345678abcd:map[2020-01-24T22:03:07.000Z source 8cf40f2:true]]]" {
		t.Errorf("%v %v", err, facts.lines)
	}
	var out bytes.Buffer
	broken := &function.Handler{Plan: plan, Facts: &lost{}, Out: &out, Now: time.Now}
	if err := broken.Handle(t.Context(), []byte(function.Tick)); err == nil || err.Error() != "myPipeline: gone" || out.Len() > 0 {
		t.Errorf("%v, wrote %s", err, &out)
	}
}

type lost struct{ memory }

func (*lost) Read(context.Context, string) (*measure.History, error) { return nil, errors.New("gone") }

// What CloudWatch reads. Catches: a change of what dashboards and alarms of users name.
func TestWritten(t *testing.T) {
	var out bytes.Buffer
	now := time.Date(2020, 1, 25, 0, 0, 0, 0, time.UTC)
	h := &function.Handler{Plan: plan, Facts: &memory{}, Commits: known{}, Out: &out, Now: func() time.Time { return now }}
	for _, e := range [][]byte{
		event("Pipeline", `"start-time": "2020-01-24T21:03:07.000Z", "state": "SUCCEEDED"`),
		event("Stage", `"stage": "Prod", "state": "SUCCEEDED"`),
		[]byte(function.Tick),
	} {
		if err := h.Handle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	const want = `{"ChangeFailureRate":0,"DeploymentFrequency":1,"Service":"catalog","Store":"shop","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Store","Service"]],` +
		`"Metrics":[{"Name":"DeploymentFrequency","Unit":"Count"},{"Name":"ChangeFailureRate","Unit":"Percent"}],"Namespace":"Storeship/Delivery"}],"Timestamp":1579910400000}}
{"ChangeFailureRate":0,"DeploymentFrequency":1,"Store":"shop","_aws":{"CloudWatchMetrics":[{"Dimensions":[["Store"]],` +
		`"Metrics":[{"Name":"DeploymentFrequency","Unit":"Count"},{"Name":"ChangeFailureRate","Unit":"Percent"}],"Namespace":"Storeship/Delivery"}],"Timestamp":1579910400000}}
`
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", &out, want)
	}
}
