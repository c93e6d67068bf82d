package network

import "strings"

// token says whether s holds a value that is known only when CloudFormation deploys.
func token(s string) bool { return strings.Contains(s, "${Token[") }

// optional is nil for the empty string, which CDK would take for a value.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
