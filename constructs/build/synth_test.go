package build_test

import (
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
