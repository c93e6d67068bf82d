package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
)

// Provider is a place where code is kept: one branch of one repository, or one object of a bucket.
type Provider interface {
	// Source makes that code a source of the pipeline that scope holds. With trigger, every new version of it starts the
	// pipeline; without, the pipeline takes the newest whenever something else starts it. See [Source.Complete].
	Source(scope constructs.Construct, id string, trigger bool) *Source
}

// Source is a source of one pipeline.
type Source struct {
	// Step is the source as CDK Pipelines knows it: the input of build steps.
	Step pipelines.CodePipelineSource
	// clone are the actions on cloned that a build needs to read the source; none where it comes as an archive.
	clone  []string
	cloned string
	// attribute is the action's variable with the version, and prefix what stands before it where it is no commit's id.
	attribute, prefix string
	// complete does what can only be done to a pipeline that is there.
	complete func(pipeline awscodepipeline.Pipeline)
}

// CommitID is the id of the commit that the pipeline runs with, as a variable that only actions of that pipeline can
// read. Where the code comes from S3 it is [VersionPrefix] and the version of the object. Either can be an image's tag.
func (s *Source) CommitID() string {
	attribute := s.attribute
	if attribute == "" {
		attribute = "CommitId"
	}
	return s.prefix + *once.Property(s.Step, attribute, func() *string { return s.Step.SourceAttribute(&attribute) })
}

// GrantClone allows role to clone the source. The builds that have the source as their input need it.
func (s *Source) GrantClone(role awsiam.IRole) {
	if s.HasHistory() {
		role.AddToPrincipalPolicy(awsiam.NewPolicyStatement(&awsiam.PolicyStatementProps{
			Actions: jsii.Strings(s.clone...), Resources: jsii.Strings(s.cloned),
		}))
	}
}

// CloneActions are what [Source.GrantClone] allows, and on which resource. None where the source comes as an archive.
func (s *Source) CloneActions() (actions []string, resource string) { return s.clone, s.cloned }

// HasHistory says whether a build gets all commits before the one that it runs with, and not the files of that one only.
func (s *Source) HasHistory() bool { return len(s.clone) > 0 }

// Complete adds what CDK Pipelines has no place for: filters of a trigger, the rule that starts the pipeline at an upload,
// permissions. Call it once, when the pipeline is built.
func (s *Source) Complete(pipeline awscodepipeline.Pipeline) {
	if s.complete != nil {
		s.complete(pipeline)
	}
}
