package function_test

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/internal/deliverymetrics/function"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// Catches: a history that is another one when it has been in a table, over HTTP and in pages.
func TestHistoryInATable(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	now := start.Add(40 * 24 * time.Hour)
	s := simulate(random, "shop-catalog", false, start, now)
	server := httptest.NewServer(&dynamoDB{items: map[string]map[string]bool{}})
	defer server.Close()
	var out bytes.Buffer
	h := &function.Handler{
		Plan: &measure.Plan{Store: "shop", Pipelines: []measure.Measured{
			{Pipeline: "shop-catalog", Service: "catalog", Source: "Code", Production: []string{"prod-1", "prod-2"}},
		}},
		Facts: &function.Table{Name: "facts", Client: &function.Client{Region: "us-west-2", Endpoint: func(string) string { return server.URL }}},
		Out:   &out, Now: func() time.Time { return now },
	}
	random.Shuffle(len(s.events), func(i, j int) { s.events[i], s.events[j] = s.events[j], s.events[i] })
	for _, e := range append(s.events, []byte(function.Tick)) {
		if err := h.Handle(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	if got, want := written(t, out.Bytes())[""], metrics(now, &s.ledger); len(want) < 5 || !maps.EqualFunc(got, want, near) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// lambda is Lambda's runtime API: it hands out payloads, and keeps the answers.
type lambda struct {
	payloads []string
	answers  []string
}

func (l *lambda) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.URL.Path == "/2018-06-01/runtime/invocation/next" && r.Method == http.MethodGet && len(l.payloads) > 0 {
		w.Header().Set("Lambda-Runtime-Aws-Request-Id", fmt.Sprint("request-", len(l.answers)+1))
		w.Header().Set("Lambda-Runtime-Deadline-Ms", fmt.Sprint(time.Now().Add(time.Minute).UnixMilli()))
		io.WriteString(w, l.payloads[0])
		l.payloads = l.payloads[1:]
		return
	}
	if r.Method != http.MethodPost {
		w.WriteHeader(http.StatusGone)
		return
	}
	l.answers = append(l.answers, strings.TrimPrefix(r.URL.Path, "/2018-06-01/runtime/")+" "+string(body))
	w.WriteHeader(http.StatusAccepted)
}

// Catches: a program that does not answer Lambda as it wants, that ends with the first event that fails, or that hides why.
// https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
func TestMainLoop(t *testing.T) {
	root := t.TempDir()
	plan := `{"store": "shop", "pipelines": [{"pipeline": "shop-catalog", "service": "catalog", "production": ["prod"]}]}`
	if err := os.WriteFile(filepath.Join(root, function.PlanFile), []byte(plan), 0o666); err != nil {
		t.Fatal(err)
	}
	l := &lambda{payloads: []string{
		`{"source": "aws.s3"}`,
		`{"source": "aws.codepipeline", "detail-type": "CodePipeline Pipeline Execution State Change", "time": "2020-01-24T22:03:07Z", "detail": {"pipeline": "other", "execution-id": "e", "state": "STARTED"}}`,
	}}
	server := httptest.NewServer(l)
	defer server.Close()
	environment := map[string]string{
		"AWS_LAMBDA_RUNTIME_API": strings.TrimPrefix(server.URL, "http://"), "LAMBDA_TASK_ROOT": root, "AWS_REGION": "us-west-2", "TABLE": "facts",
	}
	var out bytes.Buffer
	err := function.Main(func(name string) string { return environment[name] }, &out)
	if err == nil || !strings.Contains(err.Error(), "no invocation: 410 Gone") {
		t.Errorf("ended with %v", err)
	}
	got := strings.Join(l.answers, "\n")
	want := `invocation/request-1/error {"errorMessage":"not an event of CodePipeline, but of \"aws.s3\"","errorType":"*errors.errorString"}` + "\n" +
		"invocation/request-2/response null"
	if strings.ReplaceAll(got, "*fmt.wrapError", "*errors.errorString") != want {
		t.Errorf("answered\n%s\nwant\n%s", got, want)
	}
	if out.String() != "ERROR not an event of CodePipeline, but of \"aws.s3\"\n" {
		t.Errorf("log: %s", &out)
	}
	l.answers = nil
	environment["LAMBDA_TASK_ROOT"] = t.TempDir()
	if err := function.Main(func(name string) string { return environment[name] }, &out); err == nil || len(l.answers) != 1 || !strings.HasPrefix(l.answers[0], "init/error {") {
		t.Errorf("without a plan: %v, %v", err, l.answers)
	}
}
