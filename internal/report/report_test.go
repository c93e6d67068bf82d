package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/report"
	"github.com/storeship/storeship/internal/review"
)

// reviewed is the review of two templates in JSON.
func reviewed(t *testing.T, old, renewed string) *review.Report {
	t.Helper()
	var opened [2]*assembly.Assembly
	for i, content := range []string{old, renewed} {
		file := filepath.Join(t.TempDir(), "shop.json")
		if err := os.WriteFile(file, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		var err error
		if opened[i], err = assembly.OpenTemplate(file, "shop"); err != nil {
			t.Fatal(err)
		}
	}
	return review.New(opened[0], opened[1])
}

func written(t *testing.T, r *review.Report, f report.Format) string {
	t.Helper()
	var b strings.Builder
	if err := report.Write(&b, r, f); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// golden compares with a file of testdata; UPDATE_GOLDEN=1 writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is another (UPDATE_GOLDEN=1 writes it); got\n%s", name, got)
	}
}

// Catches: a report that is only good on what Storeship made. The assembly in testdata/foreign is that of another app, with a
// nested stack and a stage, in two schema versions; the templates in testdata/plain are two files of a person.
func TestForeign(t *testing.T) {
	var foreign, plain [2]*assembly.Assembly
	for i, side := range []string{"old", "new"} {
		var err error
		if foreign[i], err = assembly.Open(filepath.Join("testdata", "foreign", side)); err != nil {
			t.Fatal(err)
		}
		if plain[i], err = assembly.OpenTemplate(filepath.Join("testdata", "plain", side+".yaml"), "shop"); err != nil {
			t.Fatal(err)
		}
	}
	for name, pair := range map[string][2]*assembly.Assembly{"foreign": foreign, "plain": plain} {
		r := review.New(pair[0], pair[1])
		golden(t, name+".txt", written(t, r, report.Text))
		golden(t, name+".md", written(t, r, report.Markdown))
		golden(t, name+".json", written(t, r, report.JSON))
	}
}

const queue = `{"Resources": {"Q": {"Type": "AWS::SQS::Queue", "Properties": {"VisibilityTimeout": %d}}}}`

// Catches: two assemblies that say the same, and a report that does not.
func TestSame(t *testing.T) {
	r := reviewed(t, fmt.Sprintf(queue, 30), fmt.Sprintf(queue, 30))
	for f, want := range map[report.Format]string{
		report.Text: "1 stack compared, 1 unchanged, 0 new, 0 gone.\nThe two are the same.\n", report.Markdown: "## What this change does: The two are the same\n",
		report.JSON: `"same": true`, report.HTML: "<h1>The two are the same.</h1>",
	} {
		if got := written(t, r, f); !strings.Contains(got, want) {
			t.Errorf("%s: got\n%s", f, got)
		}
	}
}

// Catches: JSON that a program reads with null for an empty list, and one that lacks what the documentation says of it.
func TestJSON(t *testing.T) {
	got := written(t, reviewed(t, fmt.Sprintf(queue, 30), fmt.Sprintf(queue, 30)), report.JSON)
	if strings.Contains(got, "null") {
		t.Errorf("got %s", got)
	}
	var read struct {
		Version int
		Levels  map[string]int
		ID      string
	}
	if err := json.Unmarshal([]byte(got), &read); err != nil || read.Version != 1 || len(read.Levels) != len(review.Levels) || len(read.ID) != 64 {
		t.Errorf("%v: got %+v", err, read)
	}
}

// hostile is what a template may be full of.
const hostile = "</code></summary><script>alert(1)</script> | `x` **b** _i_ [l](http://e.example) @all #1 <!-- ![i](http://e.example/p.png)\n\u2028| a |"

// hostileTemplates have it everywhere that somebody chooses a text.
func hostileTemplates(t *testing.T, n int) (old, renewed string) {
	t.Helper()
	make := func(value string) string {
		resources := map[string]any{}
		for i := range n {
			resources[fmt.Sprintf("%s%d", hostile, i)] = map[string]any{"Type": "AWS::SQS::Queue", "Metadata": map[string]any{"aws:cdk:path": "shop/" + hostile + fmt.Sprint(i)},
				"Properties": map[string]any{hostile: value + hostile, "RedrivePolicy": value, "Tags": []any{map[string]any{"Key": hostile, "Value": value}}}}
		}
		content, err := json.Marshal(map[string]any{"Description": value + hostile, "Resources": resources, "Outputs": map[string]any{hostile: map[string]any{"Value": value}}})
		if err != nil {
			t.Fatal(err)
		}
		return string(content)
	}
	return make("a"), make("b")
}

// Catches: a name that becomes an element, a link, a mention or a column of a table in Markdown.
func TestMarkdownOfHostileNames(t *testing.T) {
	got := written(t, reviewed2(t, 3), report.Markdown)
	for _, bad := range []string{"<script", "<!--", "`", "**b**", "](", "@all", "http://e", "\u2028"} {
		if strings.Contains(got, bad) {
			t.Errorf("the Markdown has %q", bad)
		}
	}
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(line, "|") && !regexp.MustCompile(`^\|[^|]*\|[^|]*\|([^|]*\|)?$`).MatchString(line) {
			t.Errorf("a row of a table is broken: %s", line)
		}
	}
	if strings.Count(got, "<details>") != strings.Count(got, "</details>") || strings.Count(got, "<code>") != strings.Count(got, "</code>") {
		t.Error("elements are not closed")
	}
}

func reviewed2(t *testing.T, n int) *review.Report {
	t.Helper()
	old, renewed := hostileTemplates(t, n)
	return reviewed(t, old, renewed)
}

// Catches: a comment that GitHub refuses, or one that leaves the worst out for the sake of the rest, or does not say what is missing.
func TestMarkdownLimit(t *testing.T) {
	r := reviewed2(t, 200)
	for _, limit := range []int{2000, 10_000, report.MarkdownLimit} {
		var b strings.Builder
		if err := report.WriteMarkdown(&b, r, limit); err != nil {
			t.Fatal(err)
		}
		got := b.String()
		if len(got) > limit || !strings.Contains(got, "more** have no room here") || !strings.Contains(got, r.ID) {
			t.Errorf("limit %d: %d bytes, which end with\n%s", limit, len(got), got[max(0, len(got)-300):])
		}
		if strings.Count(got, "<details>") != strings.Count(got, "</details>") {
			t.Errorf("limit %d: a finding is cut", limit)
		}
	}
}

// Catches: a page that loads something, or would run what a template says.
func TestHTML(t *testing.T) {
	got := written(t, reviewed2(t, 3), report.HTML)
	for _, bad := range []string{"<script>alert", "src=", "<link", "@import", "url(", "onclick", " style="} {
		if strings.Contains(got, bad) {
			t.Errorf("the page has %q", bad)
		}
	}
	if n := strings.Count(got, "<script>"); n != 1 {
		t.Errorf("the page has %d scripts", n)
	}
	policy := regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-.{40,80}&#39;; script-src &#39;sha256-.{40,80}&#39;; base-uri &#39;none&#39;; form-action &#39;none&#39;">`)
	if !policy.MatchString(got) {
		t.Error("the page has no policy")
	}
}

// Catches: the same input printed in another order.
func TestSameBytes(t *testing.T) {
	for _, f := range report.Formats {
		first := written(t, reviewed2(t, 20), f)
		for range 3 {
			if written(t, reviewed2(t, 20), f) != first {
				t.Fatalf("%s differs from run to run", f)
			}
		}
	}
}

// Catches: text that a name in a template breaks into lines of its own.
func TestTextOfHostileNames(t *testing.T) {
	got := written(t, reviewed2(t, 2), report.Text)
	for _, line := range strings.Split(strings.TrimSuffix(got, "\n"), "\n") {
		if line != "" && !regexp.MustCompile(`^(\d|  |[a-z-]+  |This change is )`).MatchString(line) {
			t.Errorf("a line of its own: %q", line)
		}
	}
}
