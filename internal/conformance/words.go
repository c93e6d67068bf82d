package conformance

import (
	"slices"
	"strings"
	"unicode"
)

// split is the words of a name, in lower case: "PreProd-us-west-2" is pre, prod, us, west, 2.
func split(name string) []string {
	var words []string
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			words = append(words, strings.ToLower(b.String()))
			b.Reset()
		}
	}
	runes := []rune(name)
	for i, r := range runes {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			flush()
			continue
		case unicode.IsUpper(r) && i > 0 && (unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]) && unicode.IsUpper(runes[i-1])):
			flush()
		case unicode.IsDigit(r) && i > 0 && unicode.IsLetter(runes[i-1]) && b.Len() > 2:
			flush() // prod1 is prod, 1
		}
		b.WriteRune(r)
	}
	flush()
	return words
}

// kindOf is the kind of environment that a name says, with the word; empty where it says none. Two words may be one: pre-prod.
func (w *Words) kindOf(name string) (kind, word string) {
	words := split(name)
	for _, of := range []struct {
		kind string
		all  []string
	}{{areaTest, w.Test}, {areaPreproduction, w.Preproduction}, {areaProduction, w.Production}, {none, w.None}} {
		for i := range len(words) - 1 {
			if pair := words[i] + words[i+1]; slices.Contains(of.all, pair) {
				return of.kind, pair
			}
		}
	}
	for _, s := range words {
		switch {
		case slices.Contains(w.Production, s):
			return areaProduction, s
		case slices.Contains(w.Preproduction, s):
			return areaPreproduction, s
		case slices.Contains(w.Test, s):
			return areaTest, s
		case slices.Contains(w.None, s):
			return none, s
		}
	}
	return "", ""
}

// none is the kind of what is no environment of the workload.
const none = "none"

// phrase is a name in words, for the regular expressions of the catalogue.
func phrase(names ...string) string {
	var words []string
	for _, n := range names {
		words = append(words, split(n)...)
	}
	return strings.Join(words, " ")
}
