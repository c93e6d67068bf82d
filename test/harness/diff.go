package harness

import (
	"encoding/json"
	"fmt"
	"sort"
	"strings"
)

// Diff lists the differences of two parsed JSON documents, one a line, each with the path of the value.
func Diff(want, got any) []string {
	var lines []string
	diff("", want, got, &lines)
	return lines
}

func diff(path string, want, got any, lines *[]string) {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			for _, key := range keysOf(w, g) {
				p := path + "." + key
				if path == "" {
					p = key
				}
				wv, inWant := w[key]
				gv, inGot := g[key]
				switch {
				case !inWant:
					*lines = append(*lines, p+": added, is "+brief(gv))
				case !inGot:
					*lines = append(*lines, p+": removed, was "+brief(wv))
				default:
					diff(p, wv, gv, lines)
				}
			}
			return
		}
	case []any:
		if g, ok := got.([]any); ok {
			for i := range max(len(w), len(g)) {
				p := fmt.Sprintf("%s[%d]", path, i)
				switch {
				case i >= len(w):
					*lines = append(*lines, p+": added, is "+brief(g[i]))
				case i >= len(g):
					*lines = append(*lines, p+": removed, was "+brief(w[i]))
				default:
					diff(p, w[i], g[i], lines)
				}
			}
			return
		}
	default:
		if want == got {
			return
		}
	}
	*lines = append(*lines, fmt.Sprintf("%s: was %s, is %s", path, brief(want), brief(got)))
}

func keysOf(a, b map[string]any) []string {
	seen := map[string]bool{}
	var keys []string
	for _, m := range []map[string]any{a, b} {
		for k := range m {
			if !seen[k] {
				seen[k] = true
				keys = append(keys, k)
			}
		}
	}
	sort.Strings(keys)
	return keys
}

// brief is a value of JSON in at most a hundred characters.
func brief(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	if s := []rune(string(b)); len(s) > 100 {
		return string(s[:99]) + "…"
	}
	return string(b)
}

// shown limits a list of differences to what a person reads.
func shown(lines []string) string {
	const most = 40
	if len(lines) > most {
		lines = append(lines[:most:most], fmt.Sprintf("and %d more", len(lines)-most))
	}
	return "  " + strings.Join(lines, "\n  ")
}
