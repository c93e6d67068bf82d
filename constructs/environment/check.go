package environment

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/storeship/storeship/internal/text"
)

// Check is a request to a service, and what its answer must be. Every release asks a new version all checks before it takes a
// customer's request, through the closed test listener: so a check reaches the data that customers reach, and must leave it as
// it was.
type Check struct {
	// Path that is asked, with a slash first, and a query if need be; of a public service one that its own rule matches.
	// Required.
	Path string `json:"path"`
	// Method of the request, one of [CheckMethods]. Default: GET.
	Method string `json:"method"`
	// Headers of the request. They stand in the template: no place for a secret. Default: none.
	Headers map[string]string `json:"headers,omitempty"`
	// Body of the request, not with GET, HEAD and OPTIONS. Default: none.
	Body string `json:"body,omitempty"`
	// Expect is what the answer must be.
	Expect Expectation `json:"expect"`
}

// Expectation is what an answer must be.
type Expectation struct {
	// Status of the answer, 200 to 599; redirects are not followed. Default: any of 200 to 299.
	Status int `json:"status,omitempty"`
	// Headers that the answer must have, each with a value that contains this one; letters' case does not count. Default: none.
	Headers map[string]string `json:"headers,omitempty"`
	// JSON is what the answer's body must hold: paths of names and list positions, joined by dots ("items.0.name"), with their
	// values as text ("true", "12.5", "null"); what has a value of its own kind is written without quotes in JSON. Default: none.
	JSON map[string]string `json:"json,omitempty"`
	// LatencyMs is the most that the answer may take until its last byte, 1 to [MaxAnswer] in milliseconds. Default: MaxAnswer.
	LatencyMs int `json:"latencyMs"`
}

// CheckMethods are the methods of a check.
var CheckMethods = []string{"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}

// Bounds of checks.
const (
	// MaxChecks is how many checks a service can have.
	MaxChecks = 20
	// MaxAnswer is how long a check waits for an answer.
	MaxAnswer = 10 * time.Second
	// MaxCheckBytes is what all checks of a service may take as JSON: they are handed to a Lambda function in its environment,
	// which has 4 KB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	MaxCheckBytes = 3000
	// DefaultCheckTimeout is how long a new version has to pass its checks.
	DefaultCheckTimeout = 5 * time.Minute
	// MaxCheckTimeout is the most that it can have: a Lambda function runs for at most 15 minutes, and must have time to report.
	// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
	MaxCheckTimeout = 14 * time.Minute
)

// WithDefaults is the check with what it leaves out.
func (k Check) WithDefaults() Check {
	set(&k.Method, CheckMethods[0])
	set(&k.Expect.LatencyMs, int(MaxAnswer.Milliseconds()))
	return k
}

// Reads says whether the check asks for something and sends nothing.
func (k Check) Reads() bool { return slices.Contains(CheckMethods[:3], k.Method) }

// String is the check as a person says it: "GET /health".
func (k Check) String() string { return k.Method + " " + k.Path }

// Gated says whether every release of a service that runs as r, which has its defaults, must pass checks before customers
// reach it.
func (r Runtime) Gated() bool { return len(r.Checks) > 0 && r.Release.Engine.Shifts() }

var (
	// The characters of a path and a query. https://www.rfc-editor.org/rfc/rfc3986#section-3.3
	checkPathPattern = regexp.MustCompile(`^/[A-Za-z0-9_.~!$&'()*+,;=:@%/?-]*$`)
	// https://www.rfc-editor.org/rfc/rfc9110#name-field-names
	headerPattern = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]+$")
	// Visible ASCII and single spaces within.
	headerValuePattern = regexp.MustCompile(`^[!-~]([ -~]*[!-~])?$`)
	jsonPathPattern    = regexp.MustCompile(`^[^.]+(\.[^.]+)*$`)
)

// hopHeaders are headers that belong to the connection, or that the request has anyway.
var hopHeaders = []string{"connection", "content-length", "expect", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"}

// checks checks what a new version is asked. r has its defaults, said is what the plan says.
func (c *checker) checks(at string, said, r Runtime) {
	if t := said.Release.CheckTimeout; t != 0 {
		path := at + ".release.checkTimeout"
		switch {
		case len(r.Checks) == 0:
			c.related([]string{at + ".checks"}, path, "is the time to pass checks, and the service has none; add checks, or remove it")
		case t < time.Minute || t > MaxCheckTimeout || t%time.Second != 0:
			c.add(path, "must be 1m to %s in whole seconds, got %s", text.Duration(MaxCheckTimeout), text.Duration(t))
		}
	}
	if len(r.Checks) == 0 {
		return
	}
	switch {
	case r.HTTP == nil:
		c.related([]string{at + ".http"}, at+".checks", "are requests, and a service without http answers none; remove them")
		return
	case r.HTTP.Protocol == GRPC:
		c.related([]string{at + ".http.protocol"}, at+".checks", "are requests of HTTP, which a server of gRPC does not answer; say checks: []: the "+
			"load balancer asks http.health by gRPC's own protocol before a new version takes traffic")
		return
	case r.Release.Engine == Rolling && r.Expose != nil && r.Expose.Internal:
		c.related([]string{at + ".release.engine"}, at+".checks", "are asked through a test listener, and the engine rolling has none; use codedeploy "+
			"or ecs, or say checks: []")
		return
	}
	if n := len(r.Checks); n > MaxChecks {
		c.add(at+".checks", "must be at most %d, got %d", MaxChecks, n)
	}
	bytes := 0
	for i, k := range r.Checks {
		c.check(text.Item(at+".checks", i), at+".expose", k, r)
		b, err := json.Marshal(k)
		if err == nil {
			bytes += len(b)
		}
	}
	if bytes > MaxCheckBytes {
		c.add(at+".checks", "must have at most %d bytes together, got %d: they are handed to a Lambda function in its environment", MaxCheckBytes, bytes)
	}
}

// check checks a request to a service, whose exposure is the setting at expose.
func (c *checker) check(at, expose string, k Check, r Runtime) {
	switch path, _, _ := strings.Cut(k.Path, "?"); {
	case k.Path == "":
		c.add(at+".path", "is required: what is asked, such as /health")
	case c.literal(at+".path", k.Path, inPlan):
	case !strings.HasPrefix(k.Path, "/"):
		c.add(at+".path", "must begin with a slash, got %s", text.Quote(k.Path))
	case !checkPathPattern.MatchString(k.Path):
		c.add(at+".path", "must be a path, with a query if need be, and other characters as %%XX, got %s", text.Quote(k.Path))
	case r.Expose == nil || r.Expose.Internal || !r.Expose.known():
	case !r.Expose.Covers(path):
		c.related([]string{expose + ".path"}, at+".path", "does not reach the service, whose path is %s, got %s", r.Expose.Path, text.Quote(path))
	default:
		if b := r.Expose.blocks(path); b != "" {
			c.related([]string{expose + ".block"}, at+".path", "is answered by the web ACL with 403, for expose.block has %s, got %s", text.Quote(b), text.Quote(path))
		}
	}
	if oneOf(c, at+".method", k.Method, CheckMethods) && k.Reads() && k.Body != "" {
		c.related([]string{at + ".method"}, at+".body", "is not sent with %s; use POST, PUT, PATCH or DELETE", k.Method)
	}
	c.headers(at+".headers", k.Headers, hopHeaders)
	c.literal(at+".body", k.Body, inPlan)
	x, at := k.Expect, at+".expect"
	if x.Status != 0 {
		c.between(at+".status", x.Status, 200, 599)
	}
	c.headers(at+".headers", x.Headers, nil)
	for _, path := range sortedKeys(x.JSON) {
		if !jsonPathPattern.MatchString(path) {
			c.add(text.Under(at+".json", path), "must be names and list positions joined by dots, such as items.0.name, got %s", text.Quote(path))
		}
		c.literal(text.Under(at+".json", path), x.JSON[path], inPlan)
	}
	if len(x.JSON) > 0 && k.Method == "HEAD" {
		c.related([]string{at[:strings.LastIndex(at, ".")] + ".method"}, at+".json", "is looked for in the body, and HEAD has none; use GET")
	}
	c.between(at+".latencyMs", x.LatencyMs, 1, int(MaxAnswer.Milliseconds()))
}

// headers checks the names and values of headers, of which those in not are refused.
func (c *checker) headers(at string, headers map[string]string, not []string) {
	seen := map[string]string{}
	for _, name := range sortedKeys(headers) {
		path, lower := text.Under(at, name), strings.ToLower(name)
		other := seen[lower]
		seen[lower] = name
		switch {
		case other != "":
			c.add(path, "%s is the same header as %s: letters' case does not count", name, other)
		case !headerPattern.MatchString(name):
			c.add(path, "must be the name of a header, letters, digits and hyphens, got %s", text.Quote(name))
		case slices.Contains(not, lower):
			c.add(path, "%s is not for checks to say: the request has it, or it is the connection's; remove it", name)
		case c.literal(path, headers[name], inPlan):
		case !headerValuePattern.MatchString(headers[name]):
			c.add(path, "must be visible ASCII characters, got %s", text.Quote(headers[name]))
		}
	}
}

// setting is the check as the configuration writes it.
func (k Check) setting() string {
	x := []string{}
	if k.Expect.Status != 0 {
		x = append(x, "status: "+strconv.Itoa(k.Expect.Status))
	}
	x = append(x, pairs("headers", k.Expect.Headers)...)
	x = append(x, pairs("json", k.Expect.JSON)...)
	x = append(x, "latencyMs: "+strconv.Itoa(k.Expect.LatencyMs))
	all := append([]string{"path: " + k.Path, "method: " + k.Method}, pairs("headers", k.Headers)...)
	if k.Body != "" {
		all = append(all, "body: "+strconv.Quote(k.Body))
	}
	return "{" + strings.Join(append(all, "expect: {"+strings.Join(x, ", ")+"}"), ", ") + "}"
}

// pairs is a mapping of texts as the configuration writes it, or nothing.
func pairs(key string, m map[string]string) []string {
	var all []string
	for _, name := range sortedKeys(m) {
		all = append(all, name+": "+strconv.Quote(m[name]))
	}
	if all == nil {
		return nil
	}
	return []string{key + ": {" + strings.Join(all, ", ") + "}"}
}

// CheckSettings is each check as the configuration writes it.
func CheckSettings(checks []Check) []string {
	var list []string
	for _, k := range checks {
		list = append(list, k.setting())
	}
	return list
}
