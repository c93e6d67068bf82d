package test

import (
	"fmt"
	"regexp"
	"sort"
	"strings"
)

// fold makes golden files of the logs. A block that is another one's, but for the service, or for the environment, account and
// region of its target, is said to be so, and so a golden file has what a person must read once.
func (c *buildCollection) fold() map[string][]byte {
	sort.Slice(c.logs, func(i, j int) bool {
		a, b := c.logs[i], c.logs[j]
		return a.place() < b.place()
	})
	seen := map[string]string{}
	for _, l := range c.logs {
		var b strings.Builder
		stage := ""
		for _, block := range blocks(l.text) {
			name, rest, _ := strings.Cut(block, "\n")
			if s, ok := strings.CutPrefix(name, "== "); ok {
				stage = s
			}
			if rest == "" {
				b.WriteString(block)
				continue
			}
			general := generalize(l, stage, name, rest)
			at := l.pipeline + " " + l.name + ", " + stage + " " + name
			if first, ok := seen[general]; ok {
				fmt.Fprintf(&b, "%s\n    as in %s\n", name, first)
				continue
			}
			seen[general] = at
			b.WriteString(block)
		}
		c.golden[l.store+"/"+l.pipeline+"-"+l.name+".txt"] = []byte(b.String())
	}
	return c.golden
}

// place of a log among others: catalog is what the others are compared with.
func (l buildLog) place() string {
	first := "1"
	if l.pipeline == "catalog" {
		first = "0"
	}
	return l.store + " " + first + " " + l.pipeline + " " + l.name
}

// blocks are lines that begin a block, with the indented ones behind them.
func blocks(text string) []string {
	var list []string
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case line == "":
		case strings.HasPrefix(line, " "):
			list[len(list)-1] += line
		default:
			list = append(list, line)
		}
	}
	return list
}

var (
	targetName  = regexp.MustCompile(`\b(beta|gamma|prod)-([a-z]+-[a-z]+-[0-9])\b`)
	accountName = regexp.MustCompile(`\b[2-4]{12}\b`)
)

func generalize(l buildLog, stage, name, text string) string {
	text = regexp.MustCompile(`\b`+regexp.QuoteMeta(l.pipeline)+`\b`).ReplaceAllString(text, "<service>")
	m := targetName.FindStringSubmatch(name)
	if m == nil {
		m = targetName.FindStringSubmatch(stage)
	}
	action := name[strings.LastIndex(name, ".")+1:]
	if m == nil {
		return l.store + " " + action + "\n" + text
	}
	text = strings.ReplaceAll(text, m[2], "<region>")
	text = regexp.MustCompile(`\b`+m[1]+`\b`).ReplaceAllString(text, "<environment>")
	return l.store + " " + action + "\n" + accountName.ReplaceAllString(text, "<account>")
}
