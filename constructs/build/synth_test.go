package build_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Catches a synth that drops the digest or the scope, runs install scripts, or downloads a CLI that is not locked.
func TestSynth(t *testing.T) {
	h := newHost(t, "Synth")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
	if got := h.calls("npm"); len(got) != 1 || !strings.HasPrefix(got[0], "npm ci --ignore-scripts") {
		t.Errorf("npm: %q", got)
	}
	want := "npx --no-install cdk synth --quiet --no-lookups --strict -c scope=catalog -c image=" + first
	if got := h.calls("npx"); len(got) != 1 || got[0] != want {
		t.Errorf("npx: %q, want %q", got, want)
	}
}

// Catches a platform synth that asks for an image: there is none, and the marker's absence proves nothing there.
func TestSynthPlatform(t *testing.T) {
	h := newHost(t, "Platform")
	h.run(nil)
	// The stand-in writes the marker where no image is given.
	h.fails("these files have no image")
	if got := h.calls("npx"); len(got) != 1 || strings.Contains(got[0], "image=") || !strings.Contains(got[0], "scope=platform") {
		t.Errorf("npx: %q", got)
	}
}

// Catches a release of nothing: an empty digest, one that is cut off, or the marker of a person's synth.
func TestSynthRefusesDigest(t *testing.T) {
	for digest, says := range map[string]string{
		"":                          "IMAGE_DIGEST is ''",
		"sha256:abc":                "IMAGE_DIGEST is 'sha256:abc'",
		strings.ToUpper(first):      "IMAGE_DIGEST is",
		"sha256:" + first[8:] + "g": "IMAGE_DIGEST is",
		marker:                      "the marker of a synth without an image",
	} {
		h := newHost(t, "Synth")
		h.run(map[string]string{"IMAGE_DIGEST": digest})
		h.fails(says)
		if got := h.calls("np"); len(got) != 0 {
			t.Errorf("%q: synthesizes: %q", digest, got)
		}
	}
}

// Catches an app that does not read the context key, or reads it for one service only.
func TestSynthRefusesMarkerLeft(t *testing.T) {
	h := newHost(t, "Synth")
	h.write("ignore-image", "")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.fails("cdk.out/releases/taskdef.json", "the app must read the context key 'image'")
	if strings.Contains(h.output, "pipeline.template.json") {
		t.Errorf("blames the pipeline's own template:\n%s", h.output)
	}
}

// Catches a failing install or synth in the middle of the script, and a synth that wrote nothing.
func TestSynthFails(t *testing.T) {
	for _, state := range []string{"fail/npm", "fail/npx", "no-manifest"} {
		h := newHost(t, "Synth")
		h.write(state, "")
		h.run(map[string]string{"IMAGE_DIGEST": first})
		h.fails()
		if state == "fail/npm" && len(h.calls("npx")) != 0 {
			t.Error("synthesizes after npm ci failed")
		}
	}
}

// Catches fingerprints of one scope only, with an image, or from an assembly that becomes an artifact; and a missing file,
// over which the build fails only after its last command.
func TestFingerprints(t *testing.T) {
	h := fingerprintHost(t)
	h.run(nil)
	h.succeeds()
	calls := h.calls("npx")
	whole := "npx --no-install cdk synth --quiet --no-lookups --strict --output " + h.home + "/.storeship/whole"
	if len(calls) != 2 || !strings.HasSuffix(calls[0], "--strict -c scope=platform") || calls[1] != whole {
		t.Errorf("npx: %q", calls)
	}
	if got := h.calls("storeship"); len(got) != 1 || got[0] != "storeship fingerprint "+h.home+"/.storeship/whole" {
		t.Errorf("storeship: %q", got)
	}
	text, err := os.ReadFile(filepath.Join(h.source, "dispatch/fingerprints"))
	if err != nil || string(text) != "shop-ui 12ab\n" {
		t.Errorf("fingerprints: %q, %v", text, err)
	}
	if got := fmt.Sprint(h.project.spec.Artifacts); !strings.Contains(got, "base-directory:dispatch") || !strings.Contains(got, "base-directory:cdk.out") {
		t.Errorf("artifacts: %s", got)
	}
	// A service's pipeline does neither.
	h = newHost(t, "Synth")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
	if len(h.calls("npx")) != 1 || len(h.calls("go")) != 0 {
		t.Errorf("a service's synth calls %q", h.calls(""))
	}
}

func fingerprintHost(t *testing.T) *host {
	h := newHost(t, "Whole")
	h.install("go", "go-build")
	h.write("no-releases", "")
	h.write("fingerprints", "shop-ui 12ab\n")
	return h
}

// Catches a mistake in a service's part that passes the platform's pipeline, and failures that do not say what to do.
func TestFingerprintsFail(t *testing.T) {
	const program = "github.com/storeship/storeship/apps/storeship"
	for state, says := range map[string]string{
		"fail/whole":   "error: platform alone synthesizes, and the whole store does not: correct what is said above, and push. Nothing was deployed",
		"fail/go":      "error: cannot build the program that makes fingerprints: run 'go get -tool " + program + "' in the delivery repository (and 'go mod vendor'",
		"fingerprints": "error: the whole store has no pipeline",
	} {
		h := fingerprintHost(t)
		h.write(state, "")
		h.run(nil)
		h.fails(says)
	}
	h := fingerprintHost(t)
	must(t, removeAll(h.state+"/fingerprints"))
	h.run(nil)
	h.fails("error: there are no fingerprints")
}
