package environment

import (
	"regexp"
	"strings"

	"github.com/storeship/storeship/internal/text"
)

// SigningMode is who has ECR sign the store's images.
type SigningMode string

// The modes of signing.
const (
	// SigningManaged has the registry stacks create the signing profile and the registry's signing configuration.
	SigningManaged SigningMode = "managed"
	// SigningExternal is for a tools account whose signing is configured elsewhere: ECR has one configuration an account and
	// region. Signatures are verified all the same.
	SigningExternal SigningMode = "external"
	// SigningNone signs and verifies nothing.
	SigningNone SigningMode = "none"
)

// SigningModes lists all modes.
var SigningModes = []SigningMode{SigningManaged, SigningExternal, SigningNone}

// Signing is how images are signed when they are pushed. Nothing is deployed before every region has a signature of its image.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
type Signing struct {
	// Mode says who configures it. Default: [SigningManaged].
	Mode SigningMode
	// Profile is the name of the AWS Signer profile, the same in every region: 2 to 64 letters, digits and underscores. A name that
	// was canceled cannot be used again for two years. Required with SigningExternal. Default: the store's name and "_images".
	Profile string
	// Account is the 12-digit id of the account of the profiles. Only with SigningExternal. Default: the tools account.
	Account string
	// Reason why images are not signed. Required with SigningNone where an environment is of kind production.
	Reason string
}

// SigningProfile is the name of the profile that signs the store's images in every region; empty where none does.
func (s *Store) SigningProfile() string {
	switch {
	case s.Signing.Mode == SigningNone:
		return ""
	case s.Signing.Profile != "":
		return s.Signing.Profile
	}
	return strings.ReplaceAll(s.Name, "-", "_") + "_images"
}

// SigningAccount is the account of the signing profiles.
func (s *Store) SigningAccount() string {
	if s.Signing.Account != "" {
		return s.Signing.Account
	}
	return s.Tools.Account
}

// ManagesSigning says whether the registry stacks configure signing.
func (s *Store) ManagesSigning() bool {
	return s.Signing.Mode == "" || s.Signing.Mode == SigningManaged
}

// https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html
var profilePattern = regexp.MustCompile(`^[a-zA-Z0-9_]{2,64}$`)

func (c *checker) signing() {
	const at = "signing"
	s := c.plan.Store.Signing
	if s.Mode != "" && !oneOf(c, at+".mode", s.Mode, SigningModes) {
		return
	}
	if s.Profile != "" && !profilePattern.MatchString(s.Profile) {
		c.add(at+".profile", "must be 2 to 64 letters, digits and underscores, got %s", text.Quote(s.Profile))
	}
	if s.Account != "" {
		c.account(at+".account", s.Account)
	}
	switch s.Mode {
	case SigningExternal:
		if s.Profile == "" {
			c.related([]string{at + ".mode"}, at+".profile", "is required with mode external: the signing profile that the registry's configuration names, in every region")
		}
	case SigningNone:
		for _, extra := range []struct{ key, value string }{{"profile", s.Profile}, {"account", s.Account}} {
			if extra.value != "" {
				c.related([]string{at + ".mode"}, at+"."+extra.key, "is of no use with mode none: nothing is signed; remove it")
			}
		}
		if e := c.production(); e != nil && strings.TrimSpace(s.Reason) == "" {
			c.related([]string{at + ".mode"}, at+".reason", "is required: with mode none nothing proves that what runs in %s came from its pipeline; say why, or let images be signed", e.Name)
		}
	default:
		if s.Account != "" {
			c.related([]string{at + ".mode"}, at+".account", "goes with mode external only: the store's own profiles are in the tools account")
		}
	}
}

// signingWarning says that images are not signed.
func (c *checker) signingWarning() {
	if c.plan.Store.Signing.Mode == SigningNone {
		c.add("signing.mode", "images are not signed, and nothing verifies them")
	}
}
