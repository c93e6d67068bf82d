package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
)

// Tests runs the tests of a service in the targets of a wave, one kind after the other, in all targets at once: the projects that
// [build.TargetTests] makes there, as the environment's deployer. It is a part of a step; see [build.InOrder].
type Tests struct {
	source    pipelines.FileSet
	variables map[string]string
	tests     []environment.NamedTest
	targets   []testedTarget
}

// testedTarget is one target of Tests, with a project for each test.
type testedTarget struct {
	id       string
	role     awsiam.IRole
	projects []awscodebuild.IProject
}

// Tests are those of a service in the targets of a wave. source is the packed source of [build.Package]: CodePipeline copies it
// to the region of each target, and a project of another account writes no artifact. variables are what only the running pipeline knows.
// They belong after the release.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html
func (p *Pipeline) Tests(targets []environment.Target, service string, tests []environment.NamedTest, source pipelines.FileSet,
	variables map[string]string) *Tests {
	all := &Tests{source: source, tests: tests, variables: variables}
	for _, t := range targets {
		node.MustBe("delivery.Pipeline", p, t.Validate())
		target := testedTarget{id: t.ID(), role: p.deployer(t.Environment)}
		for _, test := range tests {
			// Imported by its ARN, which tells CDK the account and the region of the action.
			target.projects = append(target.projects, awscodebuild.Project_FromProjectArn(p, jsii.String(test.Kind.Step()+"-"+t.ID()),
				jsii.String("arn:aws:codebuild:"+t.Region+":"+t.Environment.Account+":project/"+t.TestName(service, test.Kind))))
		}
		all.targets = append(all.targets, target)
	}
	return all
}

// ID is what the actions are called together.
func (s *Tests) ID() string { return "Tests" }

// Inputs is the packed source.
func (s *Tests) Inputs() []pipelines.FileSet { return []pipelines.FileSet{s.source} }

// Variables of all the actions.
func (s *Tests) Variables() map[string]string { return s.variables }

// Add adds the CodeBuild actions to a stage, those of a kind with the same run order.
func (s *Tests) Add(stage awscodepipeline.IStage, runOrder float64, o *pipelines.ProduceActionOptions) (orders int) {
	source := build.Artifact(o, s.source)
	variables := map[string]*awscodebuild.BuildEnvironmentVariable{}
	for name, value := range s.variables {
		variables[name] = &awscodebuild.BuildEnvironmentVariable{Value: value}
	}
	for i, test := range s.tests {
		order := runOrder + float64(i)
		for _, t := range s.targets {
			stage.AddAction(awscodepipelineactions.NewCodeBuildAction(&awscodepipelineactions.CodeBuildActionProps{
				ActionName:           jsii.String(build.TargetActionName(test.Action(), t.id, len(s.targets))),
				RunOrder:             &order,
				Type:                 awscodepipelineactions.CodeBuildActionType_TEST,
				Project:              t.projects[i],
				Role:                 t.role,
				Input:                source,
				EnvironmentVariables: &variables,
			}))
		}
	}
	return len(s.tests)
}
