package build_test

import (
	"strings"
	"testing"
)

const (
	home    = "us-west-2"
	another = "us-east-1"
	third   = "eu-west-1"
)

func repositoryIn(region string) string {
	return "111111111111.dkr.ecr." + region + ".amazonaws.com/shop/catalog"
}

func packageHost(t *testing.T) *host { return newHost(t, "Package") }

func runPackage(h *host) {
	h.t.Helper()
	h.run(map[string]string{"COMMIT_ID": commit})
}

// everywhere checks that every region has the digest, and that the build exports it.
func everywhere(h *host, digest string) {
	h.t.Helper()
	h.succeeds()
	for _, region := range []string{home, another, third} {
		if got := h.image(region, commit); got != digest {
			h.t.Errorf("%s has %q, want %s", region, got, digest)
		}
	}
	if got := h.exported["IMAGE_DIGEST"]; got != digest {
		h.t.Errorf("exports %q, want %s", got, digest)
	}
}

// Catches an image that is built without its platform, with attestations, or from another folder; a copy by tag instead
// of by digest; and a region left out.
func TestFirstBuild(t *testing.T) {
	h := packageHost(t)
	runPackage(h)
	everywhere(h, first)
	build := h.calls("docker build")
	if len(build) != 1 {
		t.Fatalf("docker build: %q", build)
	}
	for _, want := range []string{
		"--platform linux/amd64", "--provenance=false", "--sbom=false", "--pull", "--file src/app/Dockerfile",
		"--tag " + repositoryIn(home) + ":" + commit, " src/app",
	} {
		if !strings.Contains(build[0]+" ", want) {
			t.Errorf("%q lacks %s", build[0], want)
		}
	}
	copies := h.calls("crane copy")
	want := []string{
		"crane copy " + repositoryIn(home) + "@" + first + " " + repositoryIn(another) + ":" + commit,
		"crane copy " + repositoryIn(home) + "@" + first + " " + repositoryIn(third) + ":" + commit,
	}
	if strings.Join(copies, "\n") != strings.Join(want, "\n") {
		t.Errorf("copies:\n%s\nwant:\n%s", strings.Join(copies, "\n"), strings.Join(want, "\n"))
	}
	if got := h.calls("go install"); len(got) != 1 || !strings.Contains(got[0], "/cmd/crane@v") {
		t.Errorf("crane is not installed by version: %q", got)
	}
}

// Catches a second image of a commit that already has one: the tag could not be pushed, and the digests would differ.
func TestRepeatedBuild(t *testing.T) {
	h := packageHost(t)
	h.write("built", second)
	for _, region := range []string{home, another, third} {
		h.has(region, commit, first)
	}
	runPackage(h)
	everywhere(h, first)
	if got := append(h.calls("docker"), h.calls("crane copy")...); len(got) != 0 {
		t.Errorf("does more than look: %q", got)
	}
}

// Catches a region that was added later, or that an interrupted build left out.
func TestRegionMissing(t *testing.T) {
	h := packageHost(t)
	h.has(home, commit, first)
	h.has(third, commit, first)
	runPackage(h)
	everywhere(h, first)
	if got := h.calls("crane copy"); len(got) != 1 || !strings.Contains(got[0], another) {
		t.Errorf("copies: %q", got)
	}
}

// Catches a rebuild, with another digest, when only a region other than the first still has the image.
func TestOnlyAnotherRegionHasIt(t *testing.T) {
	h := packageHost(t)
	h.write("built", second)
	h.has(third, commit, first)
	runPackage(h)
	everywhere(h, first)
	if got := h.calls("docker"); len(got) != 0 {
		t.Errorf("builds again: %q", got)
	}
}

// Catches a build that goes on with no image, or with an old one, after the push failed.
func TestPushFails(t *testing.T) {
	h := packageHost(t)
	h.write("fail/docker-push", "")
	runPackage(h)
	h.fails("the push to "+repositoryIn(home)+" failed", commit)
	if got := h.calls("crane copy"); len(got) != 0 {
		t.Errorf("copies all the same: %q", got)
	}
}

// Catches a failing docker build that is taken for a success.
func TestDockerBuildFails(t *testing.T) {
	h := packageHost(t)
	h.write("fail/docker-build", "")
	runPackage(h)
	h.fails("docker build failed")
	if got := h.calls("docker push"); len(got) != 0 {
		t.Errorf("pushes all the same: %q", got)
	}
}

// Catches a build that fails, or releases its own image, when another build of the commit pushed a moment before.
func TestPushLosesTheRace(t *testing.T) {
	h := packageHost(t)
	h.write("fail/docker-push-lost", second)
	runPackage(h)
	everywhere(h, second)
}

// Catches a copy that fails because another build was first, with the same image.
func TestCopyLosesTheRace(t *testing.T) {
	h := packageHost(t)
	h.write("fail/crane-copy", first)
	runPackage(h)
	everywhere(h, first)
}

// Catches a release with a region left out because the copy failed.
func TestCopyFails(t *testing.T) {
	h := packageHost(t)
	h.write("fail/crane-copy", "")
	runPackage(h)
	h.fails("the copy to " + repositoryIn(another) + " failed")
}

// Catches two different images under one commit: one environment would run what another never tested.
func TestDigestMismatch(t *testing.T) {
	for name, given := range map[string]func(*host){
		"before": func(h *host) {
			h.has(home, commit, first)
			h.has(another, commit, second)
		},
		"while copying": func(h *host) { h.write("fail/crane-copy", second) },
	} {
		t.Run(name, func(t *testing.T) {
			h := packageHost(t)
			given(h)
			runPackage(h)
			h.fails("digest mismatch", first, second, another)
		})
	}
}

// Catches a look-up that failed taken for an image that is not there: the image would be built again.
func TestLookUpFails(t *testing.T) {
	h := packageHost(t)
	h.has(home, commit, first)
	h.write("fail/aws-ecr-batch-get-image", "")
	runPackage(h)
	h.fails("cannot read " + repositoryIn(home))
	if got := h.calls("docker"); len(got) != 0 {
		t.Errorf("goes on: %q", got)
	}
}

// Catches a pipe that hides a failed login, and a build that goes on without its tool.
func TestLoginAndToolFail(t *testing.T) {
	for stub, says := range map[string]string{
		"aws-ecr-get-login-password": "no password for the registry in " + home,
		"crane-login":                "cannot log in to the registry in " + home,
		"go":                         "",
	} {
		t.Run(stub, func(t *testing.T) {
			h := packageHost(t)
			h.write("fail/"+stub, "")
			if stub == "crane-login" {
				h.install("crane", "any")
				h.write("fail/crane", "")
			}
			runPackage(h)
			h.fails(says)
			if got := h.calls("docker"); len(got) != 0 {
				t.Errorf("goes on: %q", got)
			}
		})
	}
}

// Catches a registry's answer that is no digest on its way into task definitions, and a commit id that is none.
func TestNoDigestNoCommit(t *testing.T) {
	h := packageHost(t)
	for _, region := range []string{home, another, third} {
		h.has(region, commit, "sha256:123")
	}
	runPackage(h)
	h.fails("which is no digest")
	h = packageHost(t)
	h.run(map[string]string{"COMMIT_ID": ""})
	h.fails("the commit id is ''")
}

func markHost(t *testing.T) *host {
	h := newHost(t, "MarkReleased")
	for _, region := range []string{home, another, third} {
		h.has(region, commit, first)
	}
	return h
}

func runMark(h *host, digest string) {
	h.t.Helper()
	h.run(map[string]string{"COMMIT_ID": commit, "IMAGE_DIGEST": digest})
}

// Catches a released image that a lifecycle rule expires, in whichever region.
func TestMarkReleased(t *testing.T) {
	h := markHost(t)
	runMark(h, first)
	h.succeeds()
	for _, region := range []string{home, another, third} {
		if got := h.image(region, "released-"+commit); got != first {
			t.Errorf("%s: %q", region, got)
		}
	}
	// A retry finds the tags and succeeds.
	before := len(h.calls("crane tag"))
	runMark(h, first)
	h.succeeds()
	if got := len(h.calls("crane tag")); got != before {
		t.Errorf("tags again: %d calls, then %d", before, got)
	}
}

// Catches a mark that moves, one on another image than the released, and one on nothing.
func TestMarkReleasedFails(t *testing.T) {
	h := markHost(t)
	h.has(another, "released-"+commit, second)
	runMark(h, first)
	h.fails("digest mismatch", another, first, second)

	h = markHost(t)
	h.write("fail/crane-tag", "")
	runMark(h, first)
	h.fails("cannot tag " + first)

	h = markHost(t)
	h.write("fail/crane-tag", first)
	runMark(h, first)
	h.succeeds() // Another run of the step was first.

	h = markHost(t)
	runMark(h, "")
	h.fails("IMAGE_DIGEST is ''")
}
