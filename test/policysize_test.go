package test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// maxInline is how many characters all inline policies of a role may have together, and maxTrust its trust policy.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	maxInline = 10240
	maxTrust  = 2048
)

// Catches: a role whose policy grows with the services and targets of a store until IAM refuses it, at the update that adds one
// too many. A fifth of what is allowed is left for what comes.
func TestPoliciesOfRolesFit(t *testing.T) {
	t.Parallel()
	for _, in := range []harness.Input{store, minimal, {Config: monorepo}} {
		c := deploy(t, in)
		sizes, most := map[string]int{}, 0
		size := func(document any) int {
			b, err := json.Marshal(document)
			require.NoError(t, err)
			return len(b)
		}
		for _, r := range c.Of("AWS::IAM::Role") {
			if r.Stack == "CDKToolkit" {
				continue
			}
			require.LessOrEqual(t, size(r.Properties["AssumeRolePolicyDocument"]), maxTrust, "%s %s", r.Stack, r.LogicalID)
			policies, _ := r.Properties["Policies"].([]any)
			for _, p := range policies {
				sizes[r.Account+" "+r.Name] += size(p.(map[string]any)["PolicyDocument"])
			}
		}
		for _, r := range c.Of("AWS::IAM::Policy") {
			for _, role := range r.Properties["Roles"].([]any) {
				sizes[r.Account+" "+role.(string)] += size(r.Properties["PolicyDocument"])
			}
		}
		for role, n := range sizes {
			require.LessOrEqual(t, n, maxInline*8/10, "%s %s", in.Config, role)
			most = max(most, n)
		}
		t.Logf("%s: %d roles, the largest has %d of %d characters", in.Config, len(sizes), most, maxInline)
	}
}
