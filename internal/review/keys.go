package review

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/iam"
)

// keyTypes are the keys whose policies are the only word on who may change them: without the statement for the account, its
// administrators cannot, whatever their own policies allow.
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
var keyTypes = []string{"AWS::KMS::Key", "AWS::KMS::ReplicaKey"}

// putKeyPolicy is what nobody may be left without: whoever has it can give all else back.
const putKeyPolicy = "kms:PutKeyPolicy"

// lockedOut says what it means that the account no longer manages a key which it managed; nothing where it does, or never did.
func lockedOut(d *delta, before, after []iam.Statement) (verdict, bool) {
	if d.old == nil || d.new == nil || !slices.Contains(keyTypes, d.new.Type) {
		return verdict{}, false
	}
	was, _ := managers(before)
	is, others := managers(after)
	if !was || is {
		return verdict{}, false
	}
	const instead = "keep the statement that allows the account's root kms:*, and take rights away in the policies of roles"
	if !others && !truth(d.new.Properties["BypassPolicyLockoutSafetyCheck"]) {
		return verdict{"policy", WillFail, "fails the deployment", "Nobody could change the key's policy any more, and KMS refuses a policy that locks everybody out.", instead}, true
	}
	return verdict{"policy", DataLoss, "the account no longer manages the key", "When those that the policy still names are gone nobody can, and what it encrypts stays closed.", instead}, true
}

// managers says whether the account's root, and whether anybody else, may change the policy of a key.
func managers(statements []iam.Statement) (root, others bool) {
	for _, deny := range []bool{false, true} {
		for _, s := range statements {
			if s.Deny != deny || s.Principals == nil || len(s.Conditions) > 0 || !s.Actions.Has(putKeyPolicy) {
				continue
			}
			if s.Principals.Not {
				others = others || !deny
				continue
			}
			for _, p := range s.Principals.Patterns {
				switch {
				case p == "*":
					root, others = !deny, !deny
				case isAccount(p):
					root = !deny
				case !deny && !strings.HasPrefix(p, "Service:"):
					others = true
				}
			}
		}
	}
	return root, others
}

// isAccount says whether a principal is an account: its number, its root, or the one that the stack is in.
func isAccount(principal string) bool {
	name, ok := strings.CutPrefix(principal, "AWS:")
	if !ok {
		return false
	}
	return strings.HasSuffix(name, ":root") || name == "${AWS::AccountId}" || len(name) == 12 && strings.Trim(name, "0123456789") == ""
}
