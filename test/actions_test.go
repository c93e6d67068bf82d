package test

import (
	"bufio"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
	"github.com/storeship/storeship/test/iam"
)

// resourcesOf reads testdata/actions.txt: the ARNs that an action of a policy has.
func resourcesOf(t *testing.T) map[string][]string {
	t.Helper()
	f, err := os.Open("testdata/actions.txt")
	require.NoError(t, err)
	defer f.Close()
	actions := map[string][]string{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := lines.Text(); !strings.HasPrefix(line, "#") {
			fields := strings.Fields(line)
			actions[fields[0]] = fields[1:]
		}
	}
	require.Greater(t, len(actions), 50)
	return actions
}

// Catches: an action with a typing error, and one that is allowed on a resource that it does not have: both allow nothing, and
// nobody hears of it before the call fails.
func TestActionsHaveTheirResources(t *testing.T) {
	t.Parallel()
	actions := resourcesOf(t)
	for _, s := range append(statements(t, deploy(t, store)), statements(t, deploy(t, harness.Input{Config: engines}))...) {
		if s.Effect != "Allow" || len(s.Resources) == 0 {
			continue
		}
		used := map[string]bool{}
		for _, action := range s.Actions {
			arns, ok := actions[action]
			if !assertKnown(t, ok, action, s.where) {
				continue
			}
			fits := false
			for _, resource := range s.Resources {
				if resource == "*" || slices.ContainsFunc(arns, func(arn string) bool { return arn != "*" && iam.Overlap(arn, resource) }) {
					fits, used[resource] = true, true
				}
			}
			require.True(t, fits, "%s: %s is allowed on %v, and has %v", s.where, action, s.Resources, arns)
		}
		for _, resource := range s.Resources {
			// The CDK grants the keys of other regions by the ARN of an alias, which allows nothing; package delivery adds what does.
			if strings.Contains(resource, ":alias/") {
				continue
			}
			require.True(t, used[resource], "%s: no action of %v has a resource like %s", s.where, s.Actions, resource)
		}
	}
}

func assertKnown(t *testing.T, ok bool, action, where string) bool {
	t.Helper()
	if !ok {
		t.Errorf("%s: %s is not in testdata/actions.txt; add it with the resources that AWS's Service Authorization Reference lists", where, action)
	}
	return ok
}
