package registry

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecr"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// Repository is a private image repository with immutable tags, which outlives its stack.
type Repository struct {
	node.Construct
	// Repository is the repository.
	Repository awsecr.Repository
}

// NewRepository creates an image repository that scans what is pushed, keeps tags from moving, and lets the pullers in.
// It costs storage by the gigabyte.
func NewRepository(scope constructs.Construct, id string, props *RepositoryProps) *Repository {
	if props == nil {
		props = &RepositoryProps{}
	}
	node.Must("registry.Repository", scope, id, props.Validate())
	r := &Repository{}
	node.Init(r, scope, id)
	r.Repository = awsecr.NewRepository(r, jsii.String("Repository"), &awsecr.RepositoryProps{
		RepositoryName:     &props.Name,
		Encryption:         once.Of("RepositoryEncryption.KMS", awsecr.RepositoryEncryption_KMS),
		EncryptionKey:      props.Key,
		ImageTagMutability: awsecr.TagMutability_IMMUTABLE,
		ImageScanOnPush:    jsii.Bool(true),
		LifecycleRules:     lifecycleRules(),
		// Images are never deleted with a stack; a failed first deployment leaves nothing behind and can be repeated.
		RemovalPolicy: awscdk.RemovalPolicy_RETAIN_ON_UPDATE_OR_DELETE,
	})
	if len(props.Pullers) > 0 {
		r.Repository.AddToResourcePolicy(pull(props.Pullers))
	}
	return r
}

// pull lets the roles pull. It names their accounts and bounds them by the roles' ARNs, for a policy that names a role
// itself is refused while the role does not exist. The accounts' own policies decide as well. No permission on the key
// is needed: ECR decrypts with a grant that it made with the repository.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/encryption-at-rest.html
func pull(pullers []Puller) awsiam.PolicyStatement {
	var principals []awsiam.IPrincipal
	var roles []string
	seen := map[string]bool{}
	for _, p := range pullers {
		if !seen[p.Account] {
			seen[p.Account] = true
			principals = append(principals, once.Account(p.Account))
		}
		roles = append(roles, "arn:aws:iam::"+p.Account+":role/"+p.RolePattern)
	}
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Principals: &principals,
		Actions: jsii.Strings(
			"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
		Conditions: &map[string]any{"ArnLike": map[string]any{"aws:PrincipalArn": roles}},
	})
}
