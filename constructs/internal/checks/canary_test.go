package checks_test

import (
	"bytes"
	"encoding/pem"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/checks"
)

// run runs the canary as Synthetics does: it loads the script, calls its handler, and takes what it throws for the reason of a failure.
// Nothing is there but Node: no module of Synthetics, no SDK. It returns what was thrown, or "", and what was logged.
func run(t *testing.T, target checks.Target, time string, list []environment.Check, env ...string) (failure, logged string) {
	t.Helper()
	folder := t.TempDir()
	for name, code := range map[string]string{
		"index.js": checks.Canary(),
		"synthetics.js": `require('./index').handler().then(
			(value) => { console.log('returned ' + value); },
			(err) => { console.log('threw ' + err.message); })`,
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(code), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	full := make([]environment.Check, len(list))
	for i, k := range list {
		full[i] = k.WithDefaults()
	}
	c := exec.Command("node", filepath.Join(folder, "synthetics.js"))
	c.Env = append([]string{"PATH=" + os.Getenv("PATH"), "SERVICE=shop-prod-ui", "TARGET=" + target.JSON(), "CHECKS=" + checks.JSON(full), "TIME=" + time}, env...)
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	if err := c.Run(); err != nil {
		t.Fatalf("%v: %s", err, &out)
	}
	logged = out.String()
	if strings.Contains(logged, "returned shop-prod-ui passes all checks\n") {
		return "", logged
	}
	_, failure, ok := strings.Cut(logged, "threw ")
	if !ok {
		t.Fatalf("neither returned nor thrown: %s", logged)
	}
	return strings.TrimSuffix(failure, "\n"), logged
}

// shop is what customers reach: of the host shop.example.com it has a page, an item, and what may be wrong with them.
func shop(t *testing.T) http.Handler {
	t.Helper()
	mux := http.NewServeMux()
	mux.HandleFunc("/health", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/api/items", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		if _, err := w.Write([]byte(`{"items": [{"name": "hat", "count": 3}], "page": "` + r.FormValue("page") + `"}`)); err != nil {
			t.Log(err)
		}
	})
	mux.HandleFunc("/host", func(w http.ResponseWriter, r *http.Request) {
		if r.Host != "admin.shop.example.com" || r.Header.Get("User-Agent") == "" {
			http.Error(w, "this is "+r.Host, http.StatusNotFound)
		}
	})
	mux.HandleFunc("/protocol", func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Spoken", r.Proto) })
	mux.HandleFunc("/broken", func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "the cart\nis on fire", http.StatusInternalServerError)
	})
	mux.HandleFunc("/moved", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/health", http.StatusFound) })
	mux.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Second):
		}
	})
	return mux
}

func paths(of ...string) []environment.Check {
	var list []environment.Check
	for _, p := range of {
		list = append(list, environment.Check{Path: p})
	}
	return list
}

const enough = "20000"

// Catches: a canary that needs what only Synthetics' runtime has, that passes a service which is down, wrong or slow, that follows a
// redirect to a page which is well, and that fails without a word.
func TestCanary(t *testing.T) {
	server := httptest.NewServer(shop(t))
	defer server.Close()
	closed := httptest.NewServer(nil)
	closed.Close()
	item := environment.Check{Path: "/api/items?page=2", Expect: environment.Expectation{
		Status: 200, Headers: map[string]string{"Content-Type": "JSON"}, JSON: map[string]string{"items.0.name": "hat", "items.0.count": "3", "page": "2"},
	}}
	wrong := environment.Check{Path: "/api/items", Expect: environment.Expectation{Headers: map[string]string{"Cache-Control": "no-store"},
		JSON: map[string]string{"items.0.count": "4", "items.1.name": "coat"}}}
	for name, c := range map[string]struct {
		target checks.Target
		list   []environment.Check
		want   string
	}{
		"health":     {checks.Target{URL: server.URL}, paths("/health"), ""},
		"checks":     {checks.Target{URL: server.URL}, []environment.Check{item, {Path: "/health", Method: "HEAD"}}, ""},
		"host":       {checks.Target{URL: server.URL, Host: "admin.shop.example.com"}, paths("/host"), ""},
		"other host": {checks.Target{URL: server.URL}, paths("/host"), `^shop-prod-ui fails 1 of 1 checks: GET /host: the status is 404 and must be 200 to 299; the body begins with "this is 127\.0\.0\.1:\d+\\n"$`},
		"status":     {checks.Target{URL: server.URL}, paths("/broken"), `^shop-prod-ui fails 1 of 1 checks: GET /broken: the status is 500 and must be 200 to 299; the body begins with "the cart\\nis on fire\\n"$`},
		"redirect":   {checks.Target{URL: server.URL}, paths("/moved"), `: GET /moved: the status is 302 and must be 200 to 299; `},
		"down":       {checks.Target{URL: closed.URL}, paths("/health"), `: GET /health: connect ECONNREFUSED `},
		"no such":    {checks.Target{URL: "http://shop.invalid"}, paths("/health"), `: GET /health: getaddrinfo (ENOTFOUND|EAI_AGAIN) shop\.invalid$`},
		"slow": {checks.Target{URL: server.URL}, []environment.Check{{Path: "/slow", Expect: environment.Expectation{LatencyMs: 200}}},
			`: GET /slow: no answer within 200 ms$`},
		"wrong": {checks.Target{URL: server.URL}, []environment.Check{wrong}, `: GET /api/items: the header cache-control is "" and must contain "no-store"; ` +
			`items\.0\.count is "3" and must be "4"; the body has no items\.1\.name; the body begins with `},
		"some": {checks.Target{URL: server.URL}, paths("/health", "/broken", "/moved"),
			`^shop-prod-ui fails 2 of 3 checks: GET /broken: the status is 500 .* \| GET /moved: the status is 302 `},
	} {
		got, logged := run(t, c.target, enough, c.list)
		if got == "" != (c.want == "") || !regexp.MustCompile(c.want).MatchString(got) {
			t.Errorf("%s: got %q, want %s", name, got, c.want)
		}
		if strings.Contains(got, "\n") {
			t.Errorf("%s: more than a line: %s", name, got)
		}
		if want := "shop-prod-ui at " + c.target.URL + map[bool]string{true: " passes ", false: " fails "}[got == ""]; !strings.Contains(logged, want) {
			t.Errorf("%s: the log has no %q: %s", name, want, logged)
		}
	}
}

// Catches: a run that Synthetics ends in the midst of its checks, so that nobody learns which of them fails.
func TestCanaryOutOfTime(t *testing.T) {
	server := httptest.NewServer(shop(t))
	defer server.Close()
	slow := environment.Check{Path: "/slow", Expect: environment.Expectation{LatencyMs: 300}}
	got, _ := run(t, checks.Target{URL: server.URL}, "500", []environment.Check{slow, slow, {Path: "/health"}})
	if want := "shop-prod-ui fails 3 of 3 checks: GET /slow: no answer within 300 ms | GET /slow: no answer within 300 ms | " +
		"GET /health: not asked, the time was up"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// Catches: a canary that asks an https listener otherwise than the gate does: by another protocol, or past its certificate. TestTLS has the
// rest, for the code that asks is one.
func TestCanaryOverTLS(t *testing.T) {
	server := httptest.NewUnstartedServer(shop(t))
	server.EnableHTTP2 = true
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	defer server.Close()
	spoken := []environment.Check{{Path: "/protocol", Expect: environment.Expectation{Headers: map[string]string{"Spoken": "HTTP/2.0"}}}}
	target := checks.Target{URL: server.URL, HTTP2: true, Host: "admin.shop.example.com"}
	if got, _ := run(t, target, enough, spoken); !strings.Contains(got, "GET /protocol: ") || !strings.Contains(got, "certificate") {
		t.Errorf("a certificate that nobody signed passes: %q", got)
	}
	authority := filepath.Join(t.TempDir(), "ca.pem")
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, _ := run(t, target, enough, spoken, "NODE_EXTRA_CA_CERTS="+authority); got != "" {
		t.Error(got)
	}
}
