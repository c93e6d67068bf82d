package registry_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/registry"
)

// Catches a name that ECR refuses at deployment, a repository without its own key, and a door that is open to a whole
// account.
func TestRepositoryProblems(t *testing.T) {
	const key = "Key: required: a key of the repository's region, such as registry.NewKey makes"
	for want, p := range map[string]registry.RepositoryProps{
		"Name: required\n" + key: {},
		key:                      {Name: "shop/catalog"},
		`Name: must be lower-case letters and digits with single . _ - / between them, got "Shop/catalog"` + "\n" + key: {
			Name: "Shop/catalog",
		},
		"Name: may have 2 to 256 characters, got 257\n" + key: {Name: strings.Repeat("a", 257)},
		key + `
Pullers[0].Account: must be 12 digits, got "beta"
Pullers[0].RolePattern: required
Pullers[1].RolePattern: must name more than "*", which is every role of the account
Pullers[2].RolePattern: must be the name of a role, with * for any characters, got "arn:aws:iam::222222222222:role/x"`: {
			Name: "shop/catalog", Pullers: []registry.Puller{
				{Account: "beta"},
				{Account: "222222222222", RolePattern: "*"},
				{Account: "222222222222", RolePattern: "arn:aws:iam::222222222222:role/x"},
				{Account: "222222222222", RolePattern: "shop-beta-*-execution"},
			},
		},
	} {
		if err := p.Validate(); err == nil || err.Error() != want {
			t.Errorf("got:\n%v\nwant:\n%s", err, want)
		}
	}
}

// Catches an alias that KMS refuses at deployment.
func TestKeyProblems(t *testing.T) {
	for alias, want := range map[string]string{
		"":                    "Alias: required",
		"shop-registry":       `got "shop-registry"`,
		"alias/aws/ecr":       `got "alias/aws/ecr"`,
		"alias/shop-registry": "",
	} {
		err := (&registry.KeyProps{Alias: alias}).Validate()
		if (want == "") != (err == nil) || err != nil && !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%q: %v", alias, err)
		}
	}
}
