package review

import (
	"strings"

	"github.com/storeship/storeship/internal/text"
)

func listed(words []string) string { return text.List(words) }

// first is the text with a large letter at its beginning.
func first(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
