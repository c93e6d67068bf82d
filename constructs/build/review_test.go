package build_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/build"
)

const (
	baseline = "_released/shop-catalog/assembly.tar.gz"
	accepted = "/shop/platform/tools/review/v1/catalog"
)

// reviewHost has what the synth step leaves: an archive with a file "content", and a program that says what it compares, prints
// the report and ends with the status of the state.
func reviewHost(t *testing.T, step, content string) *host {
	t.Helper()
	h := newHost(t, step)
	h.install("aws", "aws-review")
	h.archive(filepath.Join(h.source, "assembly.tar.gz"), content)
	must(t, os.WriteFile(filepath.Join(h.source, "storeship"), []byte(`#!/bin/sh
shift
old=$1 new=$2
shift 2
printf '%s\n' "storeship review $(cat "$old/content") $(cat "$new/content") $*" >> "$STATE/calls"
case "$*" in *" -format html") echo "<html>"; exit "$(cat "$STATE/page" 2>/dev/null || echo 0)" ;; esac
cat "$STATE/report"
exit "$(cat "$STATE/status")"
`), 0o644)) // An archive of CodePipeline need not keep modes.
	h.write("report", "2 findings\n\nThis change is 12ab.\n")
	h.write("status", "0")
	return h
}

// archive packs a file "content" into a file.
func (h *host) archive(file, content string) {
	h.t.Helper()
	must(h.t, os.MkdirAll(filepath.Dir(file), 0o755))
	dir := h.t.TempDir()
	must(h.t, os.WriteFile(filepath.Join(dir, "content"), []byte(content), 0o644))
	out, err := exec.Command("tar", "-czf", file, "-C", dir, "content").CombinedOutput()
	if err != nil {
		h.t.Fatalf("%v: %s", err, out)
	}
}

// released puts what was released last into the bucket.
func (h *host) released(content string) {
	h.t.Helper()
	h.archive(filepath.Join(h.state, "s3/shop-artifacts", baseline), content)
}

// Catches a first release that fails because there is nothing to compare with, or that does not say so.
func TestReviewOfTheFirstRelease(t *testing.T) {
	h := reviewHost(t, "Review", "new")
	h.run(nil)
	h.succeeds()
	h.says("no release of this pipeline is recorded at s3://shop-artifacts/" + baseline + ": there is nothing to compare with, and nothing stops this one")
	if got := h.calls("storeship"); len(got) != 0 {
		t.Errorf("reviews: %q", got)
	}
}

// Catches a review the wrong way round, of the wrong object, or without its report in the log.
func TestReviewPasses(t *testing.T) {
	h := reviewHost(t, "Review", "new")
	h.released("old")
	h.run(nil)
	h.succeeds()
	h.says("2 findings", "nothing stops this release")
	if got := h.calls("storeship"); !slices.Equal(got, []string{"storeship review old new -accept=none", "storeship review old new -accept=none -fail-on none -format html"}) {
		t.Errorf("got %q", got)
	}
}

// Catches an approval that links to nothing: to a page that was not written, or to none where there is nothing to compare with;
// and a page that stops a release because it could not be written.
func TestReviewLeavesAPage(t *testing.T) {
	const log, page = "https://console.example.com/build/7", "https://us-west-2.console.aws.amazon.com/s3/object/shop-artifacts?region=us-west-2&prefix=_review/shop-catalog/7.html"
	for name, c := range map[string]struct {
		prepare func(*host)
		want    string
	}{
		"released before": {func(h *host) { h.released("old") }, page},
		"first release":   {func(*host) {}, log},
		"no page":         {func(h *host) { h.released("old"); h.write("page", "1") }, log},
	} {
		t.Run(name, func(t *testing.T) {
			h := reviewHost(t, "Review", "new")
			c.prepare(h)
			h.run(map[string]string{"CODEBUILD_BUILD_URL": log, "CODEBUILD_BUILD_NUMBER": "7"})
			h.succeeds()
			if got := h.exported["REPORT_URL"]; got != c.want {
				t.Errorf("REPORT_URL is %q, must be %q", got, c.want)
			}
			_, err := os.Stat(filepath.Join(h.state, "s3/shop-artifacts/_review/shop-catalog/7.html"))
			if (err == nil) != (c.want == page) {
				t.Errorf("the page: %v", err)
			}
		})
	}
}

// Catches a finding that passes, and a stop that does not say how to go on; and a change that a person let pass and that is not
// told to the program.
func TestReviewStops(t *testing.T) {
	h := reviewHost(t, "Review", "new")
	h.released("old")
	h.write("status", "2")
	h.run(nil)
	h.fails("2 findings\n", "\n  aws ssm put-parameter --region us-west-2 --name "+accepted+" --type String --overwrite --value 12ab\n", "error: this change must not be deployed as it is\n")

	must(t, removeAll(filepath.Join(h.state, "calls")))
	h.write("ssm"+accepted, "12ab\n")
	h.write("status", "0")
	h.output, h.failed = "", false
	h.run(nil)
	h.succeeds()
	if got := h.calls("storeship"); !slices.Equal(got, []string{"storeship review old new -accept=12ab", "storeship review old new -accept=12ab -fail-on none -format html"}) {
		t.Errorf("got %q", got)
	}
}

// Catches a review that could not be made and passes: what cannot be read is not the same as what is not there.
func TestReviewCannotBeMade(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*host)
		says    string
	}{
		"list":      {func(h *host) { h.write("fail/list-objects-v2", "AccessDenied") }, "error: cannot look for s3://shop-artifacts/" + baseline},
		"copy":      {func(h *host) { h.write("fail/cp", "AccessDenied") }, "error: cannot read s3://shop-artifacts/" + baseline},
		"archive":   {func(h *host) { h.write("s3/shop-artifacts/"+baseline, "no archive") }, "error: s3://shop-artifacts/" + baseline + " is no archive"},
		"parameter": {func(h *host) { h.write("fail/get-parameter", "AccessDeniedException") }, "error: cannot read " + accepted},
		"program":   {func(h *host) { h.write("status", "1") }, "error: the review did not come to its end"},
		"input":     {func(h *host) { must(t, removeAll(filepath.Join(h.source, "assembly.tar.gz"))) }, "error: the synth step left no assembly to review"},
		"no tool":   {func(h *host) { must(t, removeAll(filepath.Join(h.source, "storeship"))) }, "error: the synth step left no program to review with"},
	} {
		t.Run(name, func(t *testing.T) {
			h := reviewHost(t, "Review", "new")
			h.released("old")
			c.prepare(h)
			h.run(nil)
			h.fails(c.says)
		})
	}
}

// Catches a baseline that the next review does not find, or that was not written and passes.
func TestBaseline(t *testing.T) {
	h := reviewHost(t, "Baseline", "new")
	h.run(nil)
	h.succeeds()
	h.says("s3://shop-artifacts/" + baseline + " is what this pipeline released last")
	next := reviewHost(t, "Review", "newer")
	archive, err := os.ReadFile(filepath.Join(h.state, "s3/shop-artifacts", baseline))
	must(t, err)
	next.write("s3/shop-artifacts/"+baseline, string(archive))
	next.run(nil)
	next.succeeds()
	if got := next.calls("storeship"); len(got) == 0 || got[0] != "storeship review new newer -accept=none" {
		t.Errorf("got %q", got)
	}
	h = reviewHost(t, "Baseline", "new")
	h.write("fail/cp", "AccessDenied")
	h.run(nil)
	h.fails("error: cannot write s3://shop-artifacts/" + baseline + ": retry this stage; until then the next release is compared with an earlier one")
}

// Catches a synth that packs nothing, the wrong assembly, or files that no review reads.
func TestReviewInput(t *testing.T) {
	h := newHost(t, "Reviewed")
	h.install("go", "go-build")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.succeeds()
	if got := h.packed(); got != "./manifest.json ./pipeline.template.json" {
		t.Errorf("packs %q", got)
	}
	want := "go build -o " + h.home + "/.storeship/bin/storeship github.com/storeship/storeship/apps/storeship"
	if got := h.calls("go"); !slices.Equal(got, []string{want}) {
		t.Errorf("got %q", got)
	}
	h = newHost(t, "Reviewed")
	h.write("fail/go", "")
	h.install("go", "go-build")
	h.run(map[string]string{"IMAGE_DIGEST": first})
	h.fails("error: cannot build the program that reviews: run 'go get -tool github.com/storeship/storeship/apps/storeship' in the delivery repository")

	h = fingerprintHost(t)
	h.run(nil)
	h.succeeds()
	must(t, removeAll(filepath.Join(h.source, "cdk.out"))) // What is packed is the whole store.
	if got := h.packed(); got != "./manifest.json ./pipeline.template.json" || len(h.calls("go")) != 1 {
		t.Errorf("packs %q, builds %q", got, h.calls("go"))
	}
}

// packed lists what the synth step packs for the review, which must have its program, too.
func (h *host) packed() string {
	h.t.Helper()
	if _, err := os.Stat(filepath.Join(h.source, "review/storeship")); err != nil {
		h.t.Error(err)
	}
	out, err := exec.Command("tar", "-tzf", filepath.Join(h.source, "review/assembly.tar.gz")).Output()
	must(h.t, err)
	files := strings.Fields(string(out))
	slices.Sort(files)
	return strings.Join(files, " ")
}

// Catches a review that could write what it compares with, or a parameter that lets it pass; and a role that lists or writes
// more than one object.
func TestReviewPermissions(t *testing.T) {
	const bucket = "arn:aws:s3:::shop-artifacts"
	for _, c := range []struct {
		role, action string
		on           []string
	}{
		{"ReviewRole", "s3:ListBucket", []string{bucket}},
		{"ReviewRole", "ssm:GetParameter", []string{"arn:aws:ssm:us-west-2:111111111111:parameter" + accepted}},
		{"ReviewRole", "ssm:PutParameter", nil},
		{"ReviewRole", "s3:PutObject", []string{bucket + "/_review/shop-catalog/*"}},
		{"ReviewRole", "kms:GenerateDataKey", []string{"arn:aws:kms:us-west-2:111111111111:key/00000000-0000-0000-0000-000000000000"}},
		{"BaselineRole", "s3:PutObject", []string{bucket + "/" + baseline}},
		{"BaselineRole", "s3:ListBucket", nil},
		{"BaselineRole", "kms:GenerateDataKey", []string{"arn:aws:kms:us-west-2:111111111111:key/00000000-0000-0000-0000-000000000000"}},
	} {
		if got := allowed(t, c.role, c.action); !slices.Equal(got, c.on) {
			t.Errorf("%s may %s on %q, want %q", c.role, c.action, got, c.on)
		}
	}
	for _, s := range statements(t, "ReviewRole") {
		if slices.Contains(list(s["Action"]), "s3:ListBucket") {
			condition, _ := s["Condition"].(map[string]any)
			equals, _ := condition["StringEquals"].(map[string]any)
			if equals["s3:prefix"] != baseline {
				t.Errorf("may list by %v", s["Condition"])
			}
		}
	}
}

// Catches problems that are found one at a time.
func TestReviewProblems(t *testing.T) {
	for _, c := range []struct {
		err  error
		want []string
	}{
		{(&build.ReviewProps{Account: "1", Region: "Oregon", Parameter: "x"}).Validate(), []string{"Project.Artifacts: required", "Input: required: the output directory build.Reviewed of the synth step",
			"Pipeline: required", `Account: must be 12 digits, got "1"`, `Region: must be a region`, "Parameter: must be a slash"}},
		{(&build.BaselineProps{Pipeline: "a b"}).Validate(), []string{"Project.LogGroup: required", "Input: required", `Pipeline: must be 1 to 100 letters, digits and . @ _ -, got "a b"`}},
	} {
		for _, want := range c.want {
			if c.err == nil || !strings.Contains(c.err.Error(), want) {
				t.Errorf("does not say %q: %v", want, c.err)
			}
		}
	}
}
