package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Count is a number with its noun: "1 service", "2 services".
func Count(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return strconv.Itoa(n) + " " + noun
}

// List joins values with commas: "a, b, c".
func List[T any](values []T) string {
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = fmt.Sprint(v)
	}
	return strings.Join(words, ", ")
}

// Or joins values as alternatives: "a, b or c".
func Or[T any](values []T) string {
	if len(values) < 2 {
		return List(values)
	}
	last := len(values) - 1
	return List(values[:last]) + " or " + fmt.Sprint(values[last])
}

// Quote quotes a value that a user wrote, shortened so that a message stays one readable line.
func Quote(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return strconv.Quote(string(r[:most])) + "…"
	}
	return strconv.Quote(s)
}

// Line makes s one line: names that a user wrote may hold anything.
func Line(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, s)
}

// Suggest says what a user may have meant by word: the nearest known word, or all of them where none is near.
func Suggest(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return "did you mean " + strconv.Quote(n) + "?"
	}
	if len(known) == 0 {
		return "there is none"
	}
	return "known: " + List(known)
}

// Nearest is the known word that word was probably meant to be, or "".
func Nearest(word string, known []string) string {
	const longest = 64 // what no one mistypes need not be compared
	if word == "" || len(word) > longest {
		return ""
	}
	w, best, nearest := fold(word), -1, ""
	for _, k := range slices.Sorted(slices.Values(known)) {
		f := fold(k)
		d := distance(w, f)
		switch shorter := min(len(w), len(f)); {
		case d <= max(1, shorter/3):
		case shorter >= 3 && (strings.HasPrefix(f, w) || strings.HasPrefix(w, f)):
			d = shorter // far, but better than nothing: "memory" is "memoryMiB"
		default:
			continue
		}
		if best < 0 || d < best {
			best, nearest = d, k
		}
	}
	return nearest
}

var separators = strings.NewReplacer("-", "", "_", "", " ", "")

// fold removes what people confuse first: case, hyphens, underscores.
func fold(s string) string { return separators.Replace(strings.ToLower(s)) }

// distance counts the letters to insert, remove, replace, or swap with their neighbour, to make b of a.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	before, last := []int(nil), make([]int, len(t)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(s); i++ {
		row := make([]int, len(t)+1)
		row[0] = i
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(t)]
}

// Number is a number as a message shows it.
func Number(i int64) string { return strconv.FormatInt(i, 10) }

// Duration is a duration as a person writes it: "30m", not "30m0s".
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
