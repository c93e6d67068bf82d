package ingress

import (
	"net/url"
	"path"
	"regexp"
	"strings"
	"testing"
)

// transformed is the path as the web ACL's rules see it: decoded, normalized, in lower case.
func transformed(t *testing.T, raw string) string {
	p, err := url.PathUnescape(raw)
	if err != nil {
		t.Fatal(err)
	}
	clean := path.Clean(p)
	if strings.HasSuffix(p, "/") && clean != "/" {
		clean += "/"
	}
	return strings.ToLower(clean)
}

// Catches ways of writing a path that reach the application and pass the rule, and rules that block what they should not.
func TestPathRegex(t *testing.T) {
	for pattern, c := range map[string]struct{ blocked, allowed []string }{
		"/utility/*": {
			[]string{
				"/utility/stress", "/utility/", "/%75tility/stress", "/UTILITY/stress", "//utility//stress", "/./utility/stress",
				"/a/../utility/stress", "/utility;x=1/stress", "/utility%2Fstress", "/a/..;/utility/stress", "/;/utility/stress",
				"/%2e%2e;x/utility/stress",
			},
			[]string{"/", "/utility", "/utilitys/x", "/my/utility/stress", "/cart;jsessionid=1", "/;jsessionid=1", "/a.b/c..;d"},
		},
		"/actuator/metrics": {
			[]string{
				"/actuator/metrics", "/actuator/metrics/", "/actuator;a/metrics;b", "/actuator/%6Detrics", "/actuator/x/../metrics",
				"/actuator/x/..;/metrics", "/actuator/;x/metrics", "/actuator/.;/metrics",
			},
			[]string{"/actuator", "/actuator/metrics/jvm", "/actuator/metricsx", "/x/actuator/metrics"},
		},
		"/admin*": {[]string{"/admin", "/administrator", "/admin;x", "/admin/users"}, []string{"/adm", "/x/admin"}},
		"/*":      {[]string{"/", "/anything", "/a/b"}, nil},
		"/":       {[]string{"/", "/;x", "//"}, []string{"/a"}},
		"/a.b+c":  {[]string{"/a.b+c"}, []string{"/axb+c", "/a.bbc"}},
		"/Mixed":  {[]string{"/mixed", "/MIXED"}, nil},
	} {
		block, hidden := regexp.MustCompile(pathRegex(pattern)), regexp.MustCompile(hiddenStep)
		matches := func(raw string) bool {
			p := transformed(t, raw)
			return block.MatchString(p) || hidden.MatchString(p)
		}
		for _, raw := range c.blocked {
			if !matches(raw) {
				t.Errorf("%s, as %s, lets %s pass", pattern, block, raw)
			}
		}
		for _, raw := range c.allowed {
			if matches(raw) {
				t.Errorf("%s, as %s, blocks %s", pattern, block, raw)
			}
		}
	}
}

// Catches a contract value that changes with the order of a list that has none.
func TestBlockValue(t *testing.T) {
	b := Block{Service: "ui", Paths: []string{"/utility/*", "/proxy/*"}}
	if got := b.Value(); got != "/proxy/*,/utility/*" {
		t.Errorf("got %s", got)
	}
	if b.Paths[0] != "/utility/*" {
		t.Error("the caller's list changed")
	}
}
