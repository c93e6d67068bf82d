package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodecommit"
	cpactions "github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
)

// CodeCommit is a branch of a CodeCommit repository in the account and region of the pipeline. The repository need not
// exist when the pipeline is created, but the pipeline's first execution fails without it, and on an empty one.
func CodeCommit(repository, branch string) Provider {
	return &codeCommit{repository: repository, branch: branch}
}

type codeCommit struct{ repository, branch string }

// Source creates the EventBridge rule and its role where trigger is set, and nothing else: the repository is referred to
// by name.
func (c *codeCommit) Source(scope constructs.Construct, id string, trigger bool) *Source {
	node.Must("source.CodeCommit", scope, id, c.validate())
	repository := awscodecommit.Repository_FromRepositoryName(scope, &id, &c.repository)
	on := cpactions.CodeCommitTrigger_NONE
	if trigger {
		on = cpactions.CodeCommitTrigger_EVENTS
	}
	return &Source{
		// A clone, not an archive: symbolic links, file modes and the history come with it.
		// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
		Step: pipelines.CodePipelineSource_CodeCommit(repository, &c.branch, &pipelines.CodeCommitSourceOptions{
			Trigger:              on,
			CodeBuildCloneOutput: jsii.Bool(true),
		}),
		clone:  []string{"codecommit:GitPull"},
		cloned: *repository.RepositoryArn(),
	}
}
