package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"

	"github.com/storeship/storeship/constructs/environment"
)

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

// ConnectionProps configures [Connection].
type ConnectionProps struct {
	// ARN of the connection, of AWS CodeConnections or with its older name, codestar-connections. It must be AVAILABLE, which
	// a person makes it in the console; and shared with the pipeline's account, if it is another's. Its region does not
	// matter. Required. https://docs.aws.amazon.com/dtconsole/latest/userguide/welcome-connections-how-it-works-global.html
	ARN string
	// Owner of the repository: a user or organization, a group with its subgroups ("acme/shop"), a workspace. Required.
	Owner string
	// Repository is the repository's name without the owner. Required.
	Repository string
	// Branch that the pipeline follows. Required.
	Branch string
	// FilePaths limits the pushes that start the pipeline. CodePipeline looks at them itself, at no cost. Default: every push.
	FilePaths environment.FilePaths
}

// S3Props configures [S3].
type S3Props struct {
	// Bucket in the account and region of the pipeline; versioned, and with EventBridge notifications: see [Bucket]. Its
	// encryption key must be known, for the pipeline's role needs it. Required.
	Bucket awss3.IBucket
	// Key of the object, a ZIP file. Required.
	Key string
}

// BucketProps configures a [Bucket].
type BucketProps struct {
	// Name of the bucket. Required.
	Name string
	// LogsName is the name of the bucket with the access logs. Required.
	LogsName string
	// Key encrypts the objects. Whoever uploads needs kms:GenerateDataKey on it, and kms:Decrypt for large files. Required.
	Key awskms.IKey
}
