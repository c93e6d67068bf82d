package environment

import (
	"slices"
	"testing"
)

// Catches: a person who is asked for an approval twice, or not at all, because somebody else is.
func TestApprovalsOf(t *testing.T) {
	s := &Store{Environments: []*Environment{
		{Name: "beta"},
		{Name: "gamma", Approval: &Approval{Notify: []string{"ann@example.com"}}},
		{Name: "prod", Approval: &Approval{Notify: []string{"bob@example.com", "ann@example.com"}}},
	}}
	for address, want := range map[string][]string{
		"ann@example.com": {"gamma", "prod"}, "bob@example.com": {"prod"}, "eve@example.com": nil,
	} {
		if got := s.ApprovalsOf(address); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", address, got, want)
		}
	}
}
