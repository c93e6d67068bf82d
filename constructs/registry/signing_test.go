package registry_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/registry"
)

// Catches: a registry that signs what is not the store's, or with another platform than container images have; and a profile that goes
// with its stack.
func TestSigning(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Registry"), nil)
	registry.NewSigning(stack, "Signing", &registry.SigningProps{Profile: "shop_images", Repositories: []string{"shop/*", "base"}})
	template := app.Synth(nil).GetStackArtifact(stack.ArtifactId()).Template().(map[string]any)
	got := map[string]any{}
	for _, r := range template["Resources"].(map[string]any) {
		r := r.(map[string]any)
		delete(r, "Metadata")
		got[r["Type"].(string)] = r
	}
	text, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	profile := template["Resources"].(map[string]any)
	id := ""
	for name, r := range profile {
		if r.(map[string]any)["Type"] == "AWS::Signer::SigningProfile" {
			id = name
		}
	}
	want := `{"AWS::ECR::SigningConfiguration":{"Properties":{"Rules":[{"RepositoryFilters":[{"Filter":"shop/*","FilterType":"WILDCARD_MATCH"},` +
		`{"Filter":"base","FilterType":"WILDCARD_MATCH"}],"SigningProfileArn":{"Fn::GetAtt":["` + id + `","Arn"]}}]},"Type":"AWS::ECR::SigningConfiguration"},` +
		`"AWS::Signer::SigningProfile":{"DeletionPolicy":"RetainExceptOnCreate","Properties":{"PlatformId":"Notation-OCI-SHA384-ECDSA","ProfileName":"shop_images",` +
		`"SignatureValidityPeriod":{"Type":"MONTHS","Value":135}},"Type":"AWS::Signer::SigningProfile","UpdateReplacePolicy":"Retain"}}`
	if string(text) != want {
		t.Errorf("got:\n%s\nwant:\n%s", text, want)
	}
}

// Catches: a profile that AWS Signer refuses, and a configuration that signs every image of the account.
func TestSigningProblems(t *testing.T) {
	for want, p := range map[string]registry.SigningProps{
		"Profile: required\nRepositories: must be 1 to 100, got 0": {},
		`Profile: must be 2 to 64 letters, digits and underscores, got "shop-images"` + "\n" +
			`Repositories[1]: must be the name of a repository, with * for any characters, got "Shop/*"`: {
			Profile: "shop-images", Repositories: []string{"shop/*", "Shop/*"},
		},
		"Repositories: must be 1 to 100, got 101": {Profile: "shop_images", Repositories: strings.Split(strings.Repeat("a,", 100)+"a", ",")},
	} {
		if err := p.Validate(); err == nil || err.Error() != want {
			t.Errorf("got:\n%v\nwant:\n%s", err, want)
		}
	}
	ok := registry.SigningProps{Profile: "a1", Repositories: []string{"*", "shop/catalog", "a*b"}}
	if err := ok.Validate(); err != nil {
		t.Error(err)
	}
}
