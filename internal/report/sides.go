package report

import "strings"

// segment is a part of a value, and whether it is what differs.
type segment struct {
	Text    string
	Differs bool
}

// mostSide is how many characters of a value the page has, and mostLines how many lines are compared one by one.
const (
	mostSide  = 8000
	mostLines = 300
)

// sides are two values with what differs marked: lines of long ones, the middle of short ones.
func sides(old, renewed string) (left, right []segment) {
	a, b := strings.Split(old, "\n"), strings.Split(renewed, "\n")
	if len(a) == 1 && len(b) == 1 {
		return middle(old, renewed)
	}
	if len(a) > mostLines || len(b) > mostLines {
		return []segment{{old, true}}, []segment{{renewed, true}}
	}
	same := common(a, b)
	i, j := 0, 0
	for _, pair := range append(same, [2]int{len(a), len(b)}) {
		for ; i < pair[0]; i++ {
			left = append(left, segment{a[i] + "\n", true})
		}
		for ; j < pair[1]; j++ {
			right = append(right, segment{b[j] + "\n", true})
		}
		if i < len(a) && j < len(b) {
			left, right = append(left, segment{a[i] + "\n", false}), append(right, segment{b[j] + "\n", false})
			i, j = i+1, j+1
		}
	}
	return left, right
}

// middle marks what is left of two texts without their common beginning and end.
func middle(old, renewed string) (left, right []segment) {
	a, b := []rune(old), []rune(renewed)
	start := 0
	for start < len(a) && start < len(b) && a[start] == b[start] {
		start++
	}
	end := 0
	for end < len(a)-start && end < len(b)-start && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	// A difference within a word is the word's: 90 and 95 differ, not 0 and 5.
	for start > 0 && word(a[start-1]) {
		start--
	}
	for end > 0 && word(a[len(a)-end]) {
		end--
	}
	cut := func(s []rune) []segment {
		var all []segment
		for _, part := range []segment{{string(s[:start]), false}, {string(s[start : len(s)-end]), true}, {string(s[len(s)-end:]), false}} {
			if part.Text != "" {
				all = append(all, part)
			}
		}
		return all
	}
	return cut(a), cut(b)
}

func word(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '.' || r == '-' || r == '_'
}

// common are the pairs of lines that two texts share, in order: a longest common subsequence.
func common(a, b []string) [][2]int {
	longest := make([][]int, len(a)+1)
	for i := range longest {
		longest[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	var pairs [][2]int
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch {
		case a[i] == b[j]:
			pairs = append(pairs, [2]int{i, j})
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return pairs
}
