package checks_test

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/checks"
)

// sdk is where `make test` installs the SDK that Lambda's Node.js has.
const sdk = "testdata/sdk/node_modules"

// driver calls the handler as Lambda does, and prints what it returns or throws.
const driver = `
const { event, remaining } = JSON.parse(process.argv[2]);
require('./index.js').handler(event, { getRemainingTimeInMillis: () => remaining }).then(
  (result) => console.log('RESULT ' + JSON.stringify(result ?? null)),
  (err) => { console.log('THROWN ' + err.message); });
`

// deployment is the event of CodeDeploy.
const deployment = `{"DeploymentId":"d-1","LifecycleEventHookExecutionId":"hook-1"}`

// gate is a function of Lambda with its environment.
type gate struct {
	engine    environment.Engine
	target    checks.Target
	checks    []environment.Check
	timeout   time.Duration
	remaining time.Duration
	event     string
	// more of the environment
	env []string
}

// call runs the gate once and returns all that it printed.
func (g gate) call(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(sdk); err != nil {
		t.Fatal("the SDK of Lambda's Node.js is not installed; make test does it, or: npm ci --ignore-scripts, in constructs/internal/checks/testdata/sdk")
	}
	modules, err := filepath.Abs(sdk)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, content := range map[string]string{"index.js": checks.Gate(), "driver.js": driver} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for i, k := range g.checks {
		g.checks[i] = k.WithDefaults()
	}
	if g.timeout == 0 {
		g.timeout = 5 * time.Second
	}
	if g.remaining == 0 {
		g.remaining = time.Minute
	}
	argument := fmt.Sprintf(`{"event": %s, "remaining": %d}`, g.event, g.remaining.Milliseconds())
	cmd := exec.Command("node", "driver.js", argument)
	cmd.Dir = dir
	cmd.Env = append(append(os.Environ(), "NODE_PATH="+modules, "SERVICE=catalog", "ENGINE="+string(g.engine), "TARGET="+g.target.JSON(),
		"CHECKS="+checks.JSON(g.checks), "TIMEOUT="+strconv.FormatInt(g.timeout.Milliseconds(), 10), "INTERVAL=50",
		"AWS_REGION=us-west-2", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test"), g.env...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// codeDeploy is the API of CodeDeploy, which answers each call with the next of its answers, and the last again and again.
type codeDeploy struct {
	*httptest.Server
	mu      sync.Mutex
	calls   int
	reports []string
}

// answer of the API: a status, and the name of an error.
type answer struct {
	status int
	err    string
}

func newCodeDeploy(t *testing.T, answers ...answer) *codeDeploy {
	t.Helper()
	if len(answers) == 0 {
		answers = []answer{{status: 200}}
	}
	api := &codeDeploy{}
	api.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		api.mu.Lock()
		defer api.mu.Unlock()
		a := answers[min(api.calls, len(answers)-1)]
		api.calls++
		var body bytes.Buffer
		body.ReadFrom(r.Body)
		if r.Header.Get("X-Amz-Target") != "CodeDeploy_20141006.PutLifecycleEventHookExecutionStatus" {
			t.Errorf("a call of %s", r.Header.Get("X-Amz-Target"))
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.1")
		w.WriteHeader(a.status)
		if a.status == 200 {
			api.reports = append(api.reports, body.String())
			fmt.Fprint(w, `{"lifecycleEventHookExecutionId":"hook-1"}`)
			return
		}
		fmt.Fprintf(w, `{"__type":%q,"message":"no"}`, a.err)
	}))
	t.Cleanup(api.Close)
	return api
}

func (api *codeDeploy) env() []string { return []string{"AWS_ENDPOINT_URL_CODEDEPLOY=" + api.URL} }

// reported is the status that the API took; it must have taken one report of the right execution.
func (api *codeDeploy) reported(t *testing.T) string {
	t.Helper()
	api.mu.Lock()
	defer api.mu.Unlock()
	if len(api.reports) != 1 {
		t.Fatalf("%d reports, must be 1: %q", len(api.reports), api.reports)
	}
	var report struct{ DeploymentID, LifecycleEventHookExecutionID, Status string }
	if err := json.Unmarshal([]byte(strings.NewReplacer(`"deploymentId"`, `"DeploymentID"`, `"lifecycleEventHookExecutionId"`,
		`"LifecycleEventHookExecutionID"`, `"status"`, `"Status"`).Replace(api.reports[0])), &report); err != nil {
		t.Fatal(err)
	}
	if report.DeploymentID != "d-1" || report.LifecycleEventHookExecutionID != "hook-1" {
		t.Errorf("reported %+v", report)
	}
	return report.Status
}

func serve(t *testing.T, handler http.HandlerFunc) checks.Target {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return checks.Target{URL: server.URL}
}

func respond(status int, header, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if name, value, ok := strings.Cut(header, ": "); ok {
			w.Header().Set(name, value)
		}
		w.WriteHeader(status)
		fmt.Fprint(w, body)
	}
}

// Catches: a bad version that customers get, a good one that they do not, and a failure that the log does not explain.
func TestAnswers(t *testing.T) {
	health := environment.Check{Path: "/health"}
	expect := func(x environment.Expectation) environment.Check {
		return environment.Check{Path: "/health", Expect: x}
	}
	for name, c := range map[string]struct {
		serve http.HandlerFunc
		check environment.Check
		fails string // empty: passes
	}{
		"healthy":         {respond(204, "", ""), health, ""},
		"status":          {respond(500, "", "database is\ngone"), health, `GET /health: the status is 500 and must be 200 to 299; the body begins with "database is\ngone"`},
		"redirect":        {respond(302, "Location: /login", ""), health, "the status is 302 and must be 200 to 299"},
		"other success":   {respond(200, "", ""), expect(environment.Expectation{Status: 201}), "the status is 200 and must be 201"},
		"expected status": {respond(404, "", ""), expect(environment.Expectation{Status: 404}), ""},
		"header":          {respond(200, "Content-Type: Application/JSON; charset=utf-8", ""), expect(environment.Expectation{Headers: map[string]string{"content-TYPE": "application/json"}}), ""},
		"wrong header":    {respond(200, "Content-Type: text/html", ""), expect(environment.Expectation{Headers: map[string]string{"Content-Type": "json"}}), `the header content-type is "text/html" and must contain "json"`},
		"no header":       {respond(200, "", ""), expect(environment.Expectation{Headers: map[string]string{"X-Version": "2"}}), `the header x-version is "" and must contain "2"`},
		"json": {respond(200, "", `{"status":"UP","items":[{"count":3,"ok":true,"none":null,"at":1.5}]}`), expect(environment.Expectation{JSON: map[string]string{
			"status": "UP", "items.0.count": "3", "items.0.ok": "true", "items.0.none": "null", "items.0.at": "1.5"}}), ""},
		"wrong json":    {respond(200, "", `{"status":"DOWN"}`), expect(environment.Expectation{JSON: map[string]string{"status": "UP"}}), `status is "DOWN" and must be "UP"`},
		"no such path":  {respond(200, "", `{"a":{"b":1}}`), expect(environment.Expectation{JSON: map[string]string{"a.b.c": "1", "toString": "x"}}), "the body has no a.b.c; the body has no toString"},
		"object":        {respond(200, "", `{"a":{"b":1}}`), expect(environment.Expectation{JSON: map[string]string{"a": "{\"b\":1}"}}), ""},
		"no json":       {respond(200, "", `<html>`), expect(environment.Expectation{JSON: map[string]string{"a": "b"}}), "the body is no JSON"},
		"slow":          {func(w http.ResponseWriter, _ *http.Request) { time.Sleep(300 * time.Millisecond) }, expect(environment.Expectation{LatencyMs: 100}), "no answer within 100 ms"},
		"endless":       {func(w http.ResponseWriter, r *http.Request) { w.(http.Flusher).Flush(); <-r.Context().Done() }, expect(environment.Expectation{LatencyMs: 200}), "no answer within 200 ms"},
		"large":         {respond(200, "", strings.Repeat("x", 2<<20)), health, "the answer has more than 1048576 bytes"},
		"closed within": {func(w http.ResponseWriter, _ *http.Request) { cut(w) }, health, "GET /health: "},
		"many wrong at once": {respond(503, "", "{}"), expect(environment.Expectation{JSON: map[string]string{"a": "b"}, Headers: map[string]string{"via": "x"}}),
			`the status is 503 and must be 200 to 299; the header via is "" and must contain "x"; the body has no a`},
	} {
		t.Run(name, func(t *testing.T) {
			api := newCodeDeploy(t)
			out := gate{engine: environment.CodeDeploy, target: serve(t, c.serve), checks: []environment.Check{c.check}, timeout: 500 * time.Millisecond,
				event: deployment, env: api.env()}.call(t)
			want := "Succeeded"
			if c.fails != "" {
				want = "Failed"
			}
			if got := api.reported(t); got != want {
				t.Errorf("reported %s, must be %s: %s", got, want, out)
			}
			if !strings.Contains(out, c.fails) {
				t.Errorf("the log has no %q: %s", c.fails, out)
			}
		})
	}
}

// cut ends the connection within an answer.
func cut(w http.ResponseWriter) {
	conn, buffer, err := w.(http.Hijacker).Hijack()
	if err != nil {
		panic(err)
	}
	fmt.Fprint(buffer, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
	buffer.Flush()
	conn.Close()
}

// Catches: a gate that gives up on a version which is still warming up, asks again what has passed (an order placed twice), or
// asks something else than the plan says.
func TestAsksUntilAllPass(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	target := serve(t, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var body bytes.Buffer
		body.ReadFrom(r.Body)
		line := fmt.Sprintf("%s %s %s %s %q", r.Method, r.RequestURI, r.Host, r.Header.Get("X-Try"), body.String())
		asked = append(asked, line)
		if r.URL.Path == "/warm" && len(asked) < 5 {
			w.WriteHeader(503)
		}
	})
	target.Host = "admin.shop.example.com"
	api := newCodeDeploy(t)
	out := gate{engine: environment.CodeDeploy, target: target, event: deployment, env: api.env(), checks: []environment.Check{
		{Path: "/orders?dry=1", Method: "POST", Headers: map[string]string{"X-Try": "yes"}, Body: `{"é": 1}`},
		{Path: "/warm"},
	}}.call(t)
	if got := api.reported(t); got != "Succeeded" {
		t.Errorf("reported %s: %s", got, out)
	}
	warm := `GET /warm admin.shop.example.com  ""`
	if want := []string{`POST /orders?dry=1 admin.shop.example.com yes "{\"é\": 1}"`, warm, warm, warm, warm}; !slices.Equal(asked, want) {
		t.Errorf("asked %q, must be %q", asked, want)
	}
	if !strings.Contains(out, "attempt 1: GET /warm: the status is 503") || !strings.Contains(out, "catalog: the new version passes all checks") {
		t.Errorf("the log: %s", out)
	}
}

// Catches: a gate that hangs, or never reports, while nothing listens; and one that Lambda stops before it has reported.
func TestNeverUp(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	for _, g := range []gate{
		{timeout: 300 * time.Millisecond},
		{timeout: time.Hour, remaining: 20*time.Second + 300*time.Millisecond},
	} {
		api := newCodeDeploy(t)
		g.engine, g.event, g.env = environment.CodeDeploy, deployment, api.env()
		g.target, g.checks = checks.Target{URL: "http://" + l.Addr().String()}, []environment.Check{{Path: "/"}}
		begun := time.Now()
		out := g.call(t)
		if got := api.reported(t); got != "Failed" || !strings.Contains(out, "ECONNREFUSED") || time.Since(begun) > 10*time.Second {
			t.Errorf("reported %s after %s: %s", got, time.Since(begun), out)
		}
	}
}

// Catches: a report that gets lost, one that is made twice, and a function that ends well although nobody heard it.
func TestReportsOnce(t *testing.T) {
	busy := answer{500, "InternalFailure"}
	for name, c := range map[string]struct {
		answers []answer
		reports int
		thrown  string
	}{
		"busy twice":      {[]answer{busy, busy, {status: 200}}, 1, ""},
		"throttled":       {[]answer{{400, "ThrottlingException"}, {status: 200}}, 1, ""},
		"already heard":   {[]answer{busy, {400, "LifecycleEventAlreadyCompletedException"}}, 0, ""},
		"down":            {[]answer{busy}, 0, "THROWN "},
		"not allowed":     {[]answer{{400, "AccessDeniedException"}}, 0, "THROWN no"},
		"deployment gone": {[]answer{{400, "DeploymentDoesNotExistException"}}, 0, "THROWN no"},
	} {
		t.Run(name, func(t *testing.T) {
			api := newCodeDeploy(t, c.answers...)
			out := gate{engine: environment.CodeDeploy, target: serve(t, respond(200, "", "")), checks: []environment.Check{{Path: "/"}},
				event: deployment, env: api.env()}.call(t)
			if len(api.reports) != c.reports {
				t.Errorf("%d reports, must be %d: %s", len(api.reports), c.reports, out)
			}
			if !strings.Contains(out, c.thrown) || c.thrown == "" && strings.Contains(out, "THROWN") {
				t.Errorf("must have %q: %s", c.thrown, out)
			}
		})
	}
}

// Catches: an event that is none, which would be asked about and answered to nobody; and one that says nothing, by which the
// log does not show who called.
func TestMalformedEvents(t *testing.T) {
	for _, event := range []string{"null", "{}", `"text"`, `{"DeploymentId":"d-1"}`, `{"Records":[]}`} {
		api := newCodeDeploy(t)
		asked := 0
		target := serve(t, func(http.ResponseWriter, *http.Request) { asked++ })
		out := gate{engine: environment.CodeDeploy, target: target, checks: []environment.Check{{Path: "/"}}, event: event, env: api.env()}.call(t)
		if asked > 0 || api.calls > 0 || !strings.Contains(out, "THROWN catalog: this is no event of CodeDeploy, there is nobody to answer: ") {
			t.Errorf("%s: asked %d times, called CodeDeploy %d times: %s", event, asked, api.calls, out)
		}
	}
}

// Catches: an answer that ECS does not understand, for which it rolls back; and the daily call that is taken for a release.
func TestECS(t *testing.T) {
	for name, c := range map[string]struct {
		status int
		event  string
		want   string
	}{
		"good":  {200, `{"executionDetails":{"serviceArn":"arn"},"lifecycleStage":"POST_TEST_TRAFFIC_SHIFT"}`, `RESULT {"hookStatus":"SUCCEEDED"}`},
		"bad":   {500, `{"executionDetails":{"serviceArn":"arn"},"lifecycleStage":"POST_TEST_TRAFFIC_SHIFT"}`, `RESULT {"hookStatus":"FAILED"}`},
		"awake": {500, `{"awake":true}`, "RESULT null"},
	} {
		asked := 0
		target := serve(t, func(w http.ResponseWriter, _ *http.Request) { asked++; w.WriteHeader(c.status) })
		out := gate{engine: environment.ECS, target: target, checks: []environment.Check{{Path: "/"}}, event: c.event, timeout: 200 * time.Millisecond}.call(t)
		if !strings.Contains(out, c.want) || (asked == 0) != (name == "awake") {
			t.Errorf("%s: asked %d times, must have %s: %s", name, asked, c.want, out)
		}
	}
}

// Catches: a check of a service of HTTP/2 that its target group refuses, one over TLS that takes any certificate, and one that
// asks for another name than the service's.
func TestTLS(t *testing.T) {
	for _, h2 := range []bool{false, true} {
		var got []string
		server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			var body bytes.Buffer
			body.ReadFrom(r.Body)
			got = append(got, fmt.Sprintf("%s %s %s %s", r.Proto, r.Method, r.Host, body.String()))
			w.Header().Set("X-Version", "2")
			fmt.Fprint(w, `{"status":"UP"}`)
		}))
		server.EnableHTTP2 = true
		server.StartTLS()
		ca := filepath.Join(t.TempDir(), "ca.pem")
		if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
			t.Fatal(err)
		}
		g := gate{
			engine: environment.ECS, event: "{}", timeout: 200 * time.Millisecond,
			target: checks.Target{URL: server.URL, Host: "admin.shop.example.com", HTTP2: h2},
			checks: []environment.Check{{Path: "/", Method: "PUT", Body: "x", Expect: environment.Expectation{
				Headers: map[string]string{"X-Version": "2"}, JSON: map[string]string{"status": "UP"}}}},
		}
		if out := g.call(t); !strings.Contains(out, "FAILED") || len(got) > 0 {
			t.Errorf("a certificate that nobody vouches for: asked %q: %s", got, out)
		}
		g.env = []string{"NODE_EXTRA_CA_CERTS=" + ca}
		want := "HTTP/1.1 PUT admin.shop.example.com x"
		if h2 {
			want = "HTTP/2.0 PUT admin.shop.example.com x"
		}
		if out := g.call(t); !strings.Contains(out, "SUCCEEDED") || !slices.Equal(got, []string{want}) {
			t.Errorf("asked %q, must be %q: %s", got, want, out)
		}
		server.Close()
	}
}

// Catches: code that Lambda's environment cannot hold, or that CloudFormation would take for something else.
func TestCodeIsPlain(t *testing.T) {
	for _, code := range []string{checks.Gate(), checks.Canary()} {
		if n := len(code); n > 12_000 {
			t.Errorf("%d bytes of code in every service's template", n)
		}
		for i, r := range code {
			if r > 126 && r != '…' {
				t.Errorf("byte %d is %q", i, r)
			}
		}
	}
}
