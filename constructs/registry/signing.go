package registry

import (
	"regexp"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssigner"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/internal/text"
)

// maxFilters of a rule.
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-ecr-signingconfiguration-rule.html
const maxFilters = 100

var (
	// https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html
	profileName = regexp.MustCompile(`^[a-zA-Z0-9_]{2,64}$`)
	// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SigningRepositoryFilter.html
	repositoryFilter = regexp.MustCompile(`^[a-z0-9*](?:[a-z0-9._/*-]*[a-z0-9*])?$`)
)

// SigningProps configures [Signing].
type SigningProps struct {
	// Profile is the name of the signing profile: 2 to 64 letters, digits and underscores. AWS Signer keeps the name of a profile that
	// was canceled for two years, and gives it to nobody. Required.
	Profile string
	// Repositories are the names of the repositories whose images are signed; * stands for any characters. At least one is required, at
	// most 100.
	Repositories []string
}

// Validate reports every problem in p.
func (p *SigningProps) Validate() error {
	var problems problem.List
	switch {
	case p.Profile == "":
		problems.Addf("Profile", "required")
	case !token(p.Profile) && !profileName.MatchString(p.Profile):
		problems.Addf("Profile", "must be 2 to 64 letters, digits and underscores, got %q", p.Profile)
	}
	if n := len(p.Repositories); n == 0 || n > maxFilters {
		problems.Addf("Repositories", "must be 1 to %d, got %d", maxFilters, n)
	}
	for i, name := range p.Repositories {
		if !token(name) && !repositoryFilter.MatchString(name) {
			problems.Addf(text.Item("Repositories", i), "must be the name of a repository, with * for any characters, got %q", name)
		}
	}
	return problems.Err()
}

// Signing has ECR sign every image that is pushed to some repositories of its region, as the role that pushes: that role needs
// signer:SignPayload on the profile. An account has one signing configuration a region, so there can be one Signing.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/managed-signing.html
type Signing struct {
	node.Construct
	// Profile signs.
	Profile awssigner.SigningProfile
	// Configuration of the registry. There is no L2 of it.
	Configuration awsecr.CfnSigningConfiguration
}

// NewSigning creates the signing profile and the registry's signing configuration. Neither costs anything; each signature is an
// artifact of some kilobytes in the repository, which goes with its image.
func NewSigning(scope constructs.Construct, id string, props *SigningProps) *Signing {
	if props == nil {
		props = &SigningProps{}
	}
	node.Must("registry.Signing", scope, id, props.Validate())
	s := &Signing{}
	node.Init(s, scope, id)
	s.Profile = awssigner.NewSigningProfile(s, jsii.String("Profile"), &awssigner.SigningProfileProps{
		SigningProfileName: &props.Profile,
		Platform:           awssigner.Platform_NOTATION_OCI_SHA384_ECDSA(),
	})
	// Without the feature flag @aws-cdk/aws-signer:signingProfileNamePassedToCfn the L2 keeps the name to itself.
	s.Profile.Node().DefaultChild().(awssigner.CfnSigningProfile).SetProfileName(&props.Profile)
	// A canceled profile signs nothing again, and its name is gone with it.
	s.Profile.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
	var filters []any
	for _, name := range props.Repositories {
		filters = append(filters, &awsecr.CfnSigningConfiguration_RepositoryFilterProperty{
			Filter: jsii.String(name), FilterType: jsii.String("WILDCARD_MATCH"),
		})
	}
	s.Configuration = awsecr.NewCfnSigningConfiguration(s, jsii.String("Configuration"), &awsecr.CfnSigningConfigurationProps{
		Rules: []any{&awsecr.CfnSigningConfiguration_RuleProperty{
			SigningProfileArn: s.Profile.SigningProfileArn(), RepositoryFilters: &filters,
		}},
	})
	return s
}
