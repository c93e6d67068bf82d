package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodecommit"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
)

// Repository is a CodeCommit repository that outlives its stack.
type Repository struct {
	node.Construct
	// Repository is the repository.
	Repository awscodecommit.Repository
}

// NewRepository creates an empty CodeCommit repository. It costs nothing but users and storage beyond the free tier.
func NewRepository(scope constructs.Construct, id string, props *RepositoryProps) *Repository {
	if props == nil {
		props = &RepositoryProps{}
	}
	node.Must("source.Repository", scope, id, props.Validate())
	r := &Repository{}
	node.Init(r, scope, id)
	r.Repository = awscodecommit.NewRepository(r, jsii.String("Repository"), &awscodecommit.RepositoryProps{
		RepositoryName: &props.Name,
		Description:    optional(props.Description),
		KmsKey:         props.Key,
	})
	// Code is never deleted with a stack; but a failed first deployment can be repeated, because nothing is left behind.
	r.Repository.ApplyRemovalPolicy(awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE)
	return r
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
