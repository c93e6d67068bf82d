package config

import (
	"regexp"
	"testing"
)

// The snippets of docs/sources.md are configurations, complete but for tools and environments. Catches one that a reader
// copies and the program refuses.
func TestSourcesPage(t *testing.T) {
	const rest = "tools: {account: \"111111111111\", region: us-west-2}\n" +
		"environments: {beta: {kind: test, account: \"222222222222\", domain: none, waves: [{regions: [us-west-2]}]}}\n"
	snippets := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(read(t, "../../docs/sources.md")), -1)
	for _, s := range snippets {
		c, err := Parse("sources.md", []byte(s[1]+rest))
		if err != nil {
			t.Errorf("%s\n%v", s[1], err)
			continue
		}
		if ws := c.Warnings(); len(ws) > 0 {
			t.Errorf("%s\nwarns: %v", s[1], ws)
		}
	}
	if len(snippets) != 5 {
		t.Errorf("found %d snippets", len(snippets))
	}
}
