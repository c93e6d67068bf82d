package repotest

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var quoted = regexp.MustCompile("(?s)<!-- from: (\\S+) -->\n```[a-z]*\n(.*?)```")

// A snippet in the documentation that is no longer what the example says: the first thing that a new user would copy, and
// the first that would fail. The examples themselves are synthesized by the tests.
func TestSnippetsAreOfTheExamples(t *testing.T) {
	found := 0
	walk(t, false, func(page string) {
		if !strings.HasSuffix(page, ".md") {
			return
		}
		text, err := os.ReadFile(filepath.Join(root, page))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(text), -1) {
			found++
			source, err := os.ReadFile(filepath.Join(root, m[1]))
			if err != nil {
				t.Errorf("%s quotes a file that is not there: %v", page, err)
			} else if !strings.Contains(string(source), m[2]) {
				t.Errorf("%s: %s does not have this snippet:\n%s", page, m[1], m[2])
			}
		}
	})
	if found == 0 {
		t.Error("no snippet was found")
	}
}
