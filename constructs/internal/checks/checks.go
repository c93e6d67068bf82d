package checks

import (
	_ "embed" // the code
	"encoding/json"
	"maps"
	"strings"

	"github.com/storeship/storeship/constructs/environment"
)

//go:embed ask.js
var ask string

//go:embed gate.js
var gate string

//go:embed canary.js
var canary string

// Gate is the code of the function that CodeDeploy or ECS asks whether a new version may take customers, with the handler
// "index.handler". It reads the environment that its comment lists.
func Gate() string { return ask + gate }

// Canary is the code that CloudWatch Synthetics runs to ask a service from outside, with the handler "index.handler". It reads the
// environment that its comment lists.
func Canary() string { return ask + canary }

// Target is where checks are sent.
type Target struct {
	// URL of the listener, without a path: "https://us-west-2.shop.example.com:9443".
	URL string `json:"url"`
	// Host of the requests, if it is not the URL's.
	Host string `json:"host,omitempty"`
	// HTTP2 asks by HTTP/2; a target group of that protocol refuses HTTP/1.1.
	HTTP2 bool `json:"http2,omitempty"`
}

// JSON is the target as the code reads it.
func (t Target) JSON() string { return encode(t) }

// JSON is a list of checks, which have their defaults, as the code reads it.
func JSON(checks []environment.Check) string {
	list := make([]environment.Check, len(checks))
	for i, k := range checks {
		k.Headers, k.Expect.Headers = lower(k.Headers), lower(k.Expect.Headers)
		list[i] = k
	}
	return encode(list)
}

// lower has names in lower case, as HTTP/2 wants them.
func lower(headers map[string]string) map[string]string {
	out := maps.Clone(headers)
	for name, value := range headers {
		delete(out, name)
		out[strings.ToLower(name)] = value
	}
	return out
}

func encode(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // texts and numbers have JSON
	}
	return strings.TrimSuffix(b.String(), "\n")
}
