package cfn

import (
	"strings"
	"testing"
)

// Catches: data that nobody notices to be broken.
func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		" A R": "line 1: a property", "T\n A": "line 2: a property", "T\n A X": "line 2: no letter X", "T\n\n": "line 2 is empty", "T S Name\n A.*.B R\n C C": "",
	} {
		_, err := parse(strings.NewReader(text))
		if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
}
