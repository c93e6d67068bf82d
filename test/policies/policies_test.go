package policies

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
)

const retailStore = "examples/retail-store/storeship.yaml"

// stores are the examples: between them every kind of service, source, network and engine.
var stores = []string{retailStore, "examples/monorepo/storeship.yaml", "examples/retail-store-minimal/storeship.yaml",
	"internal/config/testdata/good/sources.yaml", "internal/config/testdata/good/engines.yaml"}

// Catches: a finding of cdk-nag's AwsSolutions that nobody acknowledged.
func TestAwsSolutions(t *testing.T) {
	for _, file := range stores {
		for _, f := range check(t, file).findings {
			t.Errorf("%s: %s", file, f)
		}
	}
}

// Catches: a stack that no pack looked at, because it stands in a stage, and a pack that looks at nothing.
func TestEveryStackWasLookedAt(t *testing.T) {
	r := check(t, retailStore)
	rules, lines := map[string]bool{}, 0
	for _, s := range r.assembly.Stacks() {
		found := false
		for name := range r.reports {
			found = found || strings.HasSuffix(name, "-"+s.Name+"-NagReport.json")
		}
		require.True(t, found, "no report on %s", s.Name)
	}
	for _, report := range r.reports {
		for _, l := range report {
			rules[l.RuleID] = true
			lines++
		}
	}
	require.Greater(t, len(rules), 15)
	require.Greater(t, lines, 200)
}

// Catches: an acknowledgement that is no reason.
func TestAcknowledgementsHaveReasons(t *testing.T) {
	suppressed := 0
	for _, file := range stores {
		for name, report := range check(t, file).reports {
			for _, l := range report {
				if l.Compliance == "Suppressed" {
					suppressed++
					require.Greater(t, len(strings.Fields(l.ExceptionReason)), 5, "%s: %s %s: %q", name, l.RuleID, l.ResourceID, l.ExceptionReason)
				}
			}
		}
	}
	require.Positive(t, suppressed)
}

// Catches: an acknowledgement on more than the one resource that has the finding, or on every wildcard of a policy.
func TestAcknowledgementsAreExact(t *testing.T) {
	var all []*assembly.Stack
	for _, file := range stores {
		all = append(all, check(t, file).assembly.Stacks()...)
	}
	for _, s := range all {
		metadata, _ := s.Template["Metadata"].(map[string]any)
		require.NotContains(t, metadata, "cdk_nag", "%s acknowledges findings for the whole stack", s.Name)
		for _, r := range s.Resources() {
			nag, _ := r.Metadata["cdk_nag"].(map[string]any)
			rules, _ := nag["rules_to_suppress"].([]any)
			for _, rule := range rules {
				m := rule.(map[string]any)
				if m["id"] == "AwsSolutions-IAM5" {
					require.NotEmpty(t, m["applies_to"], "%s %s acknowledges wildcards without saying which", s.Name, r.LogicalID)
				}
			}
		}
	}
}
