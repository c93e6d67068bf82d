package text

import (
	"strings"
	"testing"
	"time"
)

// Each case catches a mistyped word that finds no neighbour, or a strange word that finds one.
func TestNearest(t *testing.T) {
	keys := []string{"cpu", "memoryMiB", "http", "health", "region", "regions", "account", "dockerfile", "secretsmanager"}
	for word, want := range map[string]string{
		"memory": "memoryMiB", "memoryMib": "memoryMiB", "memory_mib": "memoryMiB", "cpus": "cpu", "CPU": "cpu", "htpp": "http",
		"helath": "health", "acount": "account", "regoin": "region", "Dockerfile": "dockerfile", "secretmanager": "secretsmanager",
		"replicas": "", "x": "", "": "", "image": "", strings.Repeat("memory", 20): "",
	} {
		if got := Nearest(word, keys); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

// Catches a distance that counts a swap of neighbours as two mistakes, or that is not symmetric.
func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"abc", "ab", 1}, {"abc", "", 3}, {"kitten", "sitting", 3}, {"größe", "grösse", 2}} {
		if got, back := distance(c.a, c.b), distance(c.b, c.a); got != c.want || back != c.want {
			t.Errorf("%s, %s: got %d and %d, want %d", c.a, c.b, got, back, c.want)
		}
	}
}

// Each case catches a message that a person would stumble over.
func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		Count(1, "service"):                "1 service",
		Count(0, "service"):                "0 services",
		Or([]int{1, 2, 3}):                 "1, 2 or 3",
		Or([]string{"a"}):                  "a",
		Or([]string{}):                     "",
		Suggest("a", nil):                  "there is none",
		Suggest("zzz", []string{"b", "a"}): "known: b, a",
		Suggest("betta", []string{"beta"}): `did you mean "beta"?`,
		Duration(30 * time.Minute):         "30m",
		Duration(48 * time.Hour):           "48h",
		Duration(90 * time.Minute):         "1h30m",
		Duration(90 * time.Second):         "1m30s",
		Duration(0):                        "0s",
		Line("a\nb\tc\u2028d"):             "a b c d",
		Quote(strings.Repeat("é", 81)):     `"` + strings.Repeat("é", 80) + `"…`,
		Under("", "a"):                     "a",
		Under("services", "a-b"):           "services.a-b",
		Under("services", "a.b"):           `services["a.b"]`,
		Item(Under("", "waves"), 2):        "waves[2]",
		Under("services", ""):              `services[""]`,
		Under("x", "a\nb"):                 `x["a\nb"]`,
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
