package test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/harness"
)

// Catches: a stack in the wrong account or region.
func TestStacksAreWhereThePlanSays(t *testing.T) {
	t.Parallel()
	p := plan(t)
	where := map[string]string{}
	for _, s := range harness.Synth(t, store).Assembly.Stacks() {
		where[s.Name+" "+s.Region] = s.Account
	}
	for _, target := range p.Store.Targets() {
		stacks := []string{target.NetworkStackName(), target.IngressStackName()}
		for _, s := range p.Services {
			stacks = append(stacks, target.ServiceStackName(s.Name))
		}
		for _, name := range stacks {
			require.Equal(t, target.Environment.Account, where[name+" "+target.Region], name)
			delete(where, name+" "+target.Region)
		}
	}
	home := p.Store.Tools.Region
	for _, e := range p.Store.Environments {
		require.Equal(t, e.Account, where[e.AccessStackName(p.Store)+" "+home])
		delete(where, e.AccessStackName(p.Store)+" "+home)
	}
	// The rest is the tools'.
	for name, account := range where {
		require.Equal(t, tools, account, name)
	}
}
