package source

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// Provider is a place where code is kept: one branch of one repository.
type Provider interface {
	// Source makes that branch a source of the pipeline that scope holds. With trigger, every push to the branch starts
	// the pipeline; without, the pipeline takes the branch's head whenever something else starts it.
	Source(scope constructs.Construct, id string, trigger bool) *Source
}

// Source is a source of one pipeline.
type Source struct {
	// Step is the source as CDK Pipelines knows it: the input of build steps.
	Step pipelines.CodePipelineSource
	// clone is what a build needs to read the source.
	clone []awsiam.PolicyStatement
}

// CommitID is the id of the commit that the pipeline runs with, as a variable that only actions of that pipeline can
// read.
func (s *Source) CommitID() string { return *s.Step.SourceAttribute(jsii.String("CommitId")) }

// GrantClone allows role to clone the source. The builds that have the source as their input need it.
func (s *Source) GrantClone(role awsiam.IRole) {
	for _, statement := range s.clone {
		role.AddToPrincipalPolicy(statement)
	}
}
