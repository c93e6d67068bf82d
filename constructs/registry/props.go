package registry

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
)

// RepositoryProps configures a [Repository].
type RepositoryProps struct {
	// Name of the repository, "shop/catalog": 2 to 256 lower-case letters, digits, and single . _ - / between them.
	// Required.
	// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
	Name string
	// Key encrypts the images; of the repository's region. Required.
	Key awskms.IKey
	// Pullers may pull images from other accounts, or this one. Default: nobody outside the account.
	Pullers []Puller
}

// Puller is a group of roles of one account.
type Puller struct {
	// Account is the 12-digit account id. Required.
	Account string
	// RolePattern matches the names of the roles; * stands for any characters. The roles need not exist. Required.
	RolePattern string
}

// KeyProps configures a [Key].
type KeyProps struct {
	// Alias of the key, "alias/shop-registry". Required.
	Alias string
	// Description for people. Default: "Container images".
	Description string
}
