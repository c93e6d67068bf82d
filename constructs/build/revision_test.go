package build_test

import (
	"strings"
	"testing"
)

// version is what CodePipeline says of an upload to S3, with what the source puts in front of it.
const version = "s3-3sL4kqtJlcpXroDTDmJ_rmSpXd3dIbrHY.Mn-TRC"

// Catches an upload to S3 that no image can be tagged with, or whose image is not found again.
func TestUploadsAreTags(t *testing.T) {
	h := packageHost(t)
	h.run(map[string]string{"COMMIT_ID": version})
	h.succeeds()
	for _, region := range []string{home, another, third} {
		if got := h.image(region, version); got != first {
			t.Errorf("%s has %q", region, got)
		}
	}
	h = newHost(t, "MarkReleased")
	for _, region := range []string{home, another, third} {
		h.has(region, version, first)
	}
	h.run(map[string]string{"COMMIT_ID": version, "IMAGE_DIGEST": first})
	h.succeeds()
	if got := h.image(third, "released-"+version); got != first {
		t.Errorf("the mark is on %q", got)
	}
}

// Catches two uploads that get one image: every version of a bucket without versions is "null"; and what ECR refuses as a
// tag at the end of a long build.
func TestRevisionsThatAreNone(t *testing.T) {
	for _, id := range []string{
		"", "s3-", "s3-null", "s3-a/b", "s3-a b", "s3-ä", "s3-" + strings.Repeat("a", 117), "main", "3sL4kqtJ",
	} {
		h := packageHost(t)
		h.run(map[string]string{"COMMIT_ID": id})
		h.fails("the commit id is '"+id+"'", "the VersionId of a versioned bucket")
		if got := h.calls("docker"); len(got) != 0 {
			t.Errorf("%q: goes on: %q", id, got)
		}
	}
	h := packageHost(t)
	h.run(map[string]string{"COMMIT_ID": "s3-" + strings.Repeat("a", 116)})
	h.succeeds()
}
