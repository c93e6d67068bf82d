package build_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// ran is a run of the canary as the CLI writes it, so many minutes from now.
func ran(minutes float64, state, reason string) string {
	started := time.Now().UTC().Add(time.Duration(minutes * float64(time.Minute)))
	return started.Format("2006-01-02T15:04:05.000000+00:00") + "\t" + state + "\ts3-of/" + strings.ToLower(state) + "\t" + reason
}

// answers are the runs that each look finds, the oldest first.
func answers(looks ...[]string) string {
	var b strings.Builder
	for _, runs := range looks {
		b.WriteString(strings.Join(runs, "|") + "\n")
	}
	return b.String()
}

// Catches a test that lets a release go on by runs of the version before it, by runs that are not over, or by one run that had luck; one
// that a lost run stops, or a failure from before the mend; and one that passes a service which fails every other time.
func TestSynthetic(t *testing.T) {
	const passed, failed, refused = "PASSED", "FAILED", "smoke at https://catalog fails 1 of 1 checks: GET /health: the status is 503"
	early, lately, old := ran(-14, passed, "None"), ran(-5, passed, "None"), ran(-11, passed, "None")
	bad := func(minutes float64) string { return ran(minutes, failed, refused) }
	good := func(minutes float64) string { return ran(minutes, passed, "None") }
	for name, c := range map[string]struct {
		looks [][]string
		waits int
		says  string
	}{
		"while it baked":      {[][]string{{early, old, good(-8), lately}}, 0, ""},
		"later":               {[][]string{{early, old}, {early, old}, {early, old, good(1)}, {early, old, good(1)}, {old, good(1), good(4)}}, 4, ""},
		"runs":                {[][]string{{lately, ran(-1, "RUNNING", "None")}, {lately, good(-1)}}, 1, ""},
		"not since":           {[][]string{{early, old}}, 28, "the canary shop-beta-catalog did not run for 14 minutes: was it stopped?"},
		"never":               {[][]string{nil}, 28, "aws synthetics start-canary --region eu-west-1 --name shop-beta-catalog"},
		"a lost run":          {[][]string{{lately, bad(1)}, {lately, bad(1), good(4)}, {bad(1), good(4), good(7)}}, 2, ""},
		"failed, then mended": {[][]string{{bad(-8), bad(-5)}, {bad(-8), bad(-5), good(1)}, {bad(-5), good(1), good(4)}}, 2, ""},
		"fails":               {[][]string{{lately}, {lately, bad(1)}, {lately, bad(1), bad(4)}}, 2, "synthetic test: 2 runs of the canary shop-beta-catalog in a row failed"},
		"every other time": {[][]string{{lately, bad(1), good(4), bad(7), good(10), bad(13)}}, 28,
			"synthetic test: no 2 runs of the canary shop-beta-catalog in a row passed within 14 minutes"},
		"passed long ago, fails since": {[][]string{{good(-9), good(-6), bad(-3)}, {good(-9), good(-6), bad(-3), bad(1)}, {good(-6), bad(-3), bad(1), bad(4)}}, 2,
			"2 runs of the canary shop-beta-catalog in a row failed"},
		"a reason of lines": {[][]string{{good(1), ran(2, failed, "one|PASSED\tPASSED|# three"), good(4)}}, 28, "no 2 runs of the canary"},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHost(t, "Synthetic")
			h.write("runs", answers(c.looks...))
			h.run(nil)
			if c.says == "" {
				h.succeeds()
				if !strings.Contains(h.output, "the canary shop-beta-catalog passed ") {
					t.Errorf("does not say why it passes:\n%s", h.output)
				}
			} else {
				h.fails(c.says)
			}
			if got := len(h.calls("sleep 30")); got != c.waits {
				t.Errorf("waits %d times, want %d", got, c.waits)
			}
		})
	}
}

// Catches a failure that tells a person at night neither what was asked, nor what went wrong, nor where to look.
func TestSyntheticSaysWhereToLook(t *testing.T) {
	h := newHost(t, "Synthetic")
	h.write("runs", answers([]string{ran(1, "FAILED", "first"), ran(4, "FAILED", "GET /health: the status is 503")}))
	h.run(nil)
	h.fails("FAILED: GET /health: the status is 503", "The canary asks GET /health at https://catalog.internal.shop.example.com:21234, every 3 minutes, in eu-west-1",
		inspector, "s3://s3-of/failed", "/aws/lambda/cwsyn-shop-beta-catalog-*", "goes no further", "retry this stage when the canary passes again")
	if strings.Contains(h.output, "first") {
		t.Errorf("tells of the wrong run:\n%s", h.output)
	}
}

// Catches a test that reads another canary, with the build's own role, whose session ends while it waits, or that takes a call that failed
// for a run that passed.
func TestSyntheticCalls(t *testing.T) {
	h := newHost(t, "Synthetic")
	h.write("runs", answers(nil))
	h.run(map[string]string{"TARGET": "beta-us-west-2"})
	h.fails("did not run for 242 minutes")
	if got := len(h.calls("aws synthetics get-canary-runs --region eu-west-1 --name shop-beta-catalog --query ")); got != 485 {
		t.Errorf("looks %d times, want 485", got)
	}
	if got := len(h.calls("aws sts assume-role --role-arn " + inspector)); got != 9 {
		t.Errorf("takes the role %d times, want 9", got)
	}
	for call, says := range map[string]string{
		"aws-sts-assume-role":            "cannot assume " + inspector,
		"aws-synthetics-get-canary-runs": "cannot read the runs of the canary shop-beta-catalog in eu-west-1",
	} {
		h := newHost(t, "Synthetic")
		h.write("runs", answers([]string{ran(1, "PASSED", "None"), ran(4, "PASSED", "None")}))
		h.write("fail/"+call, "")
		h.run(nil)
		h.fails(says)
	}
}

// Catches a build that CodeBuild ends while it still waits.
func TestSyntheticHasTheTime(t *testing.T) {
	minutes := projectOf(t, "Synthetic").properties["TimeoutInMinutes"]
	// 242 minutes for the slowest canary, and 485 calls of a second and a half.
	if got := fmt.Sprint(minutes); got != "276" {
		t.Errorf("got %s minutes", got)
	}
}
