package report_test

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/review"
)

// Catches: a level, a rule or a field of the JSON that the documentation does not have, or says something else of.
func TestDocumentation(t *testing.T) {
	content, err := os.ReadFile("../../docs/reviewing.md")
	if err != nil {
		t.Fatal(err)
	}
	docs := string(content)
	for _, l := range review.Levels {
		if !strings.Contains(docs, "| `"+string(l)+"` | "+l.About()+" |") {
			t.Errorf("docs/reviewing.md says nothing, or something else, of the level %s: %s", l, l.About())
		}
	}
	for _, r := range review.Rules() {
		if !strings.Contains(docs, "| `"+r.Name+"` | "+r.About+" |") {
			t.Errorf("docs/reviewing.md says nothing, or something else, of the rule %s: %s", r.Name, r.About)
		}
	}
	_, fields, _ := strings.Cut(docs, "## For programs")
	fields, _, _ = strings.Cut(fields, "\n## ")
	for _, v := range []any{review.Report{}, review.Finding{}, review.Place{}, review.Stack{}, review.Pipeline{}, review.Stage{}, review.Target{}, review.Action{}, review.Matrix{}, review.Row{}, review.Cell{}} {
		for i := range reflect.TypeOf(v).NumField() {
			name, _, _ := strings.Cut(reflect.TypeOf(v).Field(i).Tag.Get("json"), ",")
			if name != "" && !strings.Contains(fields, "`"+name+"`") {
				t.Errorf("docs/reviewing.md says nothing of the field %s of %T", name, v)
			}
		}
	}
}
