package environment_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
)

// Each case catches a reference that is not seen, so that a service is removed under its caller, or a literal that is taken
// for one.
func TestReferences(t *testing.T) {
	for value, want := range map[string]string{
		"":                       "",
		"${services.orders.url}": "orders",
		"http://${services.a.host}:${services.b-c.port}/x": "a b-c",
		"$${services.orders.url}":                          "",
		"$${x} ${services.orders.url}":                     "orders",
		"${services.orders":                                "",
		"${Token[x.1]} ${services.orders.address}":         "orders",
		"{{resolve:ssm:x}}":                                "",
	} {
		if got := strings.Join(environment.References(value), " "); got != want {
			t.Errorf("%q: got %q, want %q", value, got, want)
		}
	}
}
