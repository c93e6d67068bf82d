package source_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/source"
)

// Catches a name or description that CodeCommit refuses at deployment.
func TestRepositoryProblems(t *testing.T) {
	for want, p := range map[string]source.RepositoryProps{
		"Name: required": {},
		`Name: must be 1 to 100 letters, digits, periods, hyphens and underscores without .git at the end, got "shop/catalog"`: {
			Name: "shop/catalog",
		},
		`Name: must be 1 to 100 letters, digits, periods, hyphens and underscores without .git at the end, got "shop.git"`: {
			Name: "shop.git",
		},
		"Description: may have at most 1000 characters, got 1001": {Name: "shop", Description: strings.Repeat("a", 1001)},
	} {
		if err := p.Validate(); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if err := (&source.RepositoryProps{Name: "${Token[Name.1]}"}).Validate(); err != nil {
		t.Errorf("refuses a token: %v", err)
	}
}
