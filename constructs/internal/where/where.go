package where

import (
	"strings"

	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/problem"
)

// Said is an account or a region, and the field that says it.
type Said struct {
	// Field that says it: "Region".
	Field string
	// Value is what it says.
	Value string
}

// Check adds a problem for the account and for the region if it is another than that of scope's stack. What is empty, or known only
// at deployment, is not compared.
func Check(l *problem.List, scope constructs.Construct, account, region Said) {
	ownAccount, ownRegion := once.Place(scope)
	for _, c := range []struct {
		Said
		stack string
	}{{account, ownAccount}, {region, ownRegion}} {
		if c.Value != "" && !token(c.Value) && !token(c.stack) && c.Value != c.stack {
			l.Addf(c.Field, "must be that of the stack, %s, got %s", c.stack, c.Value)
		}
	}
}

func token(s string) bool { return strings.Contains(s, "${Token[") }
