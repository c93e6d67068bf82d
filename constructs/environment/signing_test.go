package environment

import (
	"strings"
	"testing"
)

// Catches: images that are not signed and nobody knows why, a profile that cannot be found, and one that AWS Signer refuses.
func TestSigning(t *testing.T) {
	for name, c := range map[string]struct {
		signing Signing
		want    string
	}{
		"default":                  {Signing{}, ""},
		"own name":                 {Signing{Profile: "shop_images_2"}, ""},
		"hyphen":                   {Signing{Profile: "shop-images"}, `signing.profile: must be 2 to 64 letters, digits and underscores, got "shop-images"`},
		"long":                     {Signing{Profile: strings.Repeat("a", 65)}, "signing.profile: must be 2 to 64"},
		"unknown":                  {Signing{Mode: "manged"}, `signing.mode: must be managed, external or none, got "manged"; did you mean managed?`},
		"account of the own":       {Signing{Account: "999999999999"}, "signing.account: goes with mode external only"},
		"external without profile": {Signing{Mode: SigningExternal}, "signing.profile: is required with mode external"},
		"external":                 {Signing{Mode: SigningExternal, Profile: "acme", Account: "999999999999"}, ""},
		"external without digits":  {Signing{Mode: SigningExternal, Profile: "acme", Account: "x"}, "signing.account: must be the 12 digits"},
		"none":                     {Signing{Mode: SigningNone, Reason: " "}, "signing.reason: is required: with mode none"},
		"none with a profile":      {Signing{Mode: SigningNone, Reason: "why", Profile: "acme"}, "signing.profile: is of no use with mode none"},
		"none and why":             {Signing{Mode: SigningNone, Reason: "a registry without Signer"}, ""},
	} {
		err := newPlan(func(p *Plan) { p.Store.Signing = c.signing }).Validate().Err()
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
			t.Errorf("%s: got %v, want %s", name, err, c.want)
		}
	}
	without := newPlan(func(p *Plan) {
		p.Store.Environments, p.Store.Signing.Mode = p.Store.Environments[:1], SigningNone
	})
	if err := without.Validate().Err(); err != nil {
		t.Errorf("no production: %v", err)
	}
	if err := without.Warnings().Err(); err == nil || !strings.Contains(err.Error(), "signing.mode: images are not signed") {
		t.Errorf("warnings: %v", err)
	}
}

// Catches: a profile whose name AWS Signer refuses, that is another one in the pipelines than in the registries, or that a store has
// which signs nothing.
func TestSigningProfile(t *testing.T) {
	s := &Store{Name: "retail-store", Tools: Tools{Account: "111111111111"}}
	if got := s.SigningProfile(); got != "retail_store_images" || !profilePattern.MatchString(got) || !s.ManagesSigning() || s.SigningAccount() != "111111111111" {
		t.Errorf("default: %s of %s", got, s.SigningAccount())
	}
	s.Signing = Signing{Mode: SigningExternal, Profile: "acme", Account: "999999999999"}
	if got := s.SigningProfile(); got != "acme" || s.ManagesSigning() || s.SigningAccount() != "999999999999" {
		t.Errorf("external: %s of %s", got, s.SigningAccount())
	}
	s.Signing = Signing{Mode: SigningNone}
	if got := s.SigningProfile(); got != "" || s.ManagesSigning() {
		t.Errorf("none: %s", got)
	}
}
