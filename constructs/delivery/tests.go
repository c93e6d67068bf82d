package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
)

// Tests is the step that runs the tests of a service in the targets of a wave, one kind after the other, in all targets at once: the
// projects that [build.TargetTests] makes there, as the environment's deployer. One step has them all, for CDK Pipelines asks a step
// that is written in Go for its actions, and that takes its time.
type Tests struct {
	pipelines.Step
	source    pipelines.FileSet
	variables map[string]*awscodebuild.BuildEnvironmentVariable
	tests     []environment.NamedTest
	targets   []testedTarget
}

// testedTarget is one target of the step, with a project for each test.
type testedTarget struct {
	id       string
	role     awsiam.IRole
	projects []awscodebuild.IProject
}

// Tests makes the step of a service's tests in the targets of a wave. source is the packed source of [build.Package]: CodePipeline copies it
// to the region of each target, and a project of another account writes no artifact. variables are what only the running pipeline knows.
// It belongs after the release.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html
func (p *Pipeline) Tests(targets []environment.Target, service string, tests []environment.NamedTest, source pipelines.FileSet,
	variables map[string]string) *Tests {
	step := &Tests{source: source, tests: tests, variables: map[string]*awscodebuild.BuildEnvironmentVariable{}}
	for name, value := range variables {
		step.variables[name] = &awscodebuild.BuildEnvironmentVariable{Value: value}
	}
	for _, t := range targets {
		scope := constructs.NewConstruct(p, jsii.String("Tests-"+t.ID()))
		target := testedTarget{
			id: t.ID(),
			role: awsiam.Role_FromRoleArn(scope, jsii.String("Deployer"),
				jsii.String(t.Environment.RoleARN(t.Environment.DeployerRoleName(t.Store))),
				&awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)}),
		}
		for _, test := range tests {
			// Imported by its ARN, which tells CDK the account and the region of the action.
			target.projects = append(target.projects, awscodebuild.Project_FromProjectArn(scope, jsii.String(test.Kind.Step()),
				jsii.String("arn:aws:codebuild:"+t.Region+":"+t.Environment.Account+":project/"+t.TestName(service, test.Kind))))
		}
		step.targets = append(step.targets, target)
	}
	pipelines.NewStep_Override(step, jsii.String("Tests"))
	step.AddDependencyFileSet(source)
	step.DiscoverReferencedOutputs(variables)
	return step
}

// ProduceAction adds the CodeBuild actions; CDK Pipelines calls it while the pipeline is built.
func (s *Tests) ProduceAction(stage awscodepipeline.IStage, o *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	source := o.Artifacts.ToCodePipeline(s.source)
	for i, test := range s.tests {
		order := *o.RunOrder + float64(i)
		for _, t := range s.targets {
			stage.AddAction(awscodepipelineactions.NewCodeBuildAction(&awscodepipelineactions.CodeBuildActionProps{
				ActionName:           jsii.String(build.TargetActionName(test.Action(), t.id, len(s.targets))),
				RunOrder:             &order,
				Type:                 awscodepipelineactions.CodeBuildActionType_TEST,
				Project:              t.projects[i],
				Role:                 t.role,
				Input:                source,
				EnvironmentVariables: &s.variables,
			}))
		}
	}
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(float64(len(s.tests)))}
}
