package source

import "github.com/aws/aws-cdk-go/awscdk/v2/awskms"

// RepositoryProps configures a [Repository].
type RepositoryProps struct {
	// Name of the repository: 1 to 100 letters, digits, periods, hyphens and underscores. Required.
	// https://docs.aws.amazon.com/codecommit/latest/userguide/limits.html
	Name string
	// Description for people, at most 1000 characters. Default: none.
	Description string
	// Key encrypts the repository. Everyone who reads or writes it then needs permissions on the key as well, and so do
	// the pipeline's role and the builds. Default: the AWS managed key of CodeCommit.
	// https://docs.aws.amazon.com/codecommit/latest/userguide/encryption.html
	Key awskms.IKey
}
