package ingress

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Value is the block's paths as the contract parameter has them: sorted and joined by commas, so that it changes only
// with what is blocked.
func (b Block) Value() string { return strings.Join(sorted(b.Paths), ",") }

func sortedBlocks(blocks []Block) []Block {
	blocks = slices.Clone(blocks)
	for i := range blocks {
		blocks[i].Paths = sorted(blocks[i].Paths)
	}
	slices.SortFunc(blocks, func(a, b Block) int { return cmp.Compare(a.Service, b.Service) })
	return blocks
}

// pathRegex matches every way of writing path that reaches the application as path, after the web ACL has decoded and
// normalized it and made it lower case. What it adds are path parameters: many Java servers take "/a;x=1/b" for "/a/b".
//
//	/utility/*    ^/utility(;[^/]*)?/
//	/metrics      ^/metrics(;[^/]*)?/?$
func pathRegex(path string) string {
	const parameters = "(;[^/]*)?"
	prefix, open := strings.CutSuffix(strings.ToLower(path), "*")
	var re strings.Builder
	re.WriteString("^")
	parts := strings.Split(prefix[1:], "/")
	for i, part := range parts {
		re.WriteString("/" + regexp.QuoteMeta(part))
		last := i == len(parts)-1
		// The * may go on within the last part: nothing stands between it and that part.
		if !last || !open {
			re.WriteString(parameters)
		}
	}
	if !open {
		re.WriteString("/?$")
	}
	return re.String()
}

// hiddenStep matches an empty or dotted part with path parameters and more behind it, "/..;/" and its kin. Servers that
// drop the parameters see a step there which normalization did not see, and no browser sends it. At the end of a path such a
// part hides nothing: "/;jsessionid=1" is a link to the home page, as Tomcat writes it for a visitor without cookies.
const hiddenStep = `/\.{0,2};[^/]*/`
