package source

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// Connection is a branch of a repository of GitHub, GitLab or Bitbucket, reached through a connection of AWS
// CodeConnections. The repository and the branch must exist when the pipeline is created.
func Connection(props *ConnectionProps) Provider {
	c := &connection{}
	if props != nil {
		c.ConnectionProps = *props
	}
	return c
}

type connection struct{ ConnectionProps }

// Source creates nothing: pushes reach CodePipeline through the connection.
func (c *connection) Source(scope constructs.Construct, id string, trigger bool) *Source {
	node.Must("source.Connection", scope, id, c.Validate())
	filtered := trigger && !c.FilePaths.None()
	code := environment.Source{Provider: environment.GitHub, Owner: c.Owner, Repository: c.Repository}
	action := code.ActionName()
	s := &Source{
		Step: pipelines.CodePipelineSource_Connection(jsii.String(code.FullName()), &c.Branch, &pipelines.ConnectionSourceOptions{
			ConnectionArn: &c.ARN,
			ActionName:    &action,
			// A clone, not an archive, as of CodeCommit.
			CodeBuildCloneOutput: jsii.Bool(true),
			// It detects every push to the branch: with a filter the trigger does that, and this would start the others too.
			// https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
			TriggerOnPush: jsii.Bool(trigger && !filtered),
		}),
		clone:  c.use(),
		cloned: c.ARN,
	}
	s.complete = func(pipeline awscodepipeline.Pipeline) {
		// CDK Pipelines allows the action of the older name only.
		if c.renamed() {
			pipeline.Role().AddToPrincipalPolicy(c.allow("codeconnections:UseConnection"))
		}
		if filtered {
			c.addTrigger(pipeline, action)
		}
	}
	return s
}

// use allows builds to clone. The action's prefix must be that of the ARN, and connections made in the console may want the
// older one as well.
// https://docs.aws.amazon.com/dtconsole/latest/userguide/security-iam.html
// https://docs.aws.amazon.com/dtconsole/latest/userguide/security_iam_id-based-policy-examples-connections.html
func (c *connection) use() []string {
	if c.renamed() {
		return []string{"codeconnections:UseConnection", "codestar-connections:UseConnection"}
	}
	return []string{"codestar-connections:UseConnection"}
}

// renamed says whether the connection has the service's newer name.
func (c *connection) renamed() bool { return !strings.Contains(c.ARN, ":codestar-connections:") }

func (c *connection) allow(actions ...string) awsiam.PolicyStatement {
	return awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
		Actions: jsii.Strings(actions...), Resources: jsii.Strings(c.ARN),
	})
}

// addTrigger starts the pipeline at pushes to the branch that change files of FilePaths. The other sources of the pipeline
// stay without a trigger: this one is of the named action only.
func (c *connection) addTrigger(pipeline awscodepipeline.Pipeline, action string) {
	for _, source := range *pipeline.Stage(jsii.String("Source")).Actions() {
		if *source.ActionProperties().ActionName != action {
			continue
		}
		pipeline.AddTrigger(&awscodepipeline.TriggerProps{
			ProviderType: awscodepipeline.ProviderType_CODE_STAR_SOURCE_CONNECTION,
			GitConfiguration: &awscodepipeline.GitConfiguration{
				SourceAction: source,
				PushFilter: &[]*awscodepipeline.GitPushFilter{{
					BranchesIncludes:  &[]*string{&c.Branch},
					FilePathsIncludes: jsii.Strings(c.FilePaths.Includes...),
					FilePathsExcludes: jsii.Strings(c.FilePaths.Excludes...),
				}},
			},
		})
	}
}
