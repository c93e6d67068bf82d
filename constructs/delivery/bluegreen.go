package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/release"
)

// BlueGreen is the step that releases a service in the targets of a wave: CodePipeline's own CodeDeployToECS action in each,
// as the environment's deployer, with the taskdef.json and appspec.yaml that were rendered into the assembly; and then a test
// of what was released.
type BlueGreen struct {
	pipelines.Step
	releases pipelines.FileSet
	targets  []blueGreenTarget
	smoke    *build.TargetActions
}

// blueGreenTarget is one target of the step.
type blueGreenTarget struct {
	id     string
	folder string
	group  awscodedeploy.IEcsDeploymentGroup
	role   awsiam.IRole
}

// BlueGreen makes the step for a service in the targets of a wave. releases is the assembly's releases folder as an artifact
// of its own: the action takes no artifact over 3 MB. smoke follows the releases; nil is no test. It belongs after the wave.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
func (p *Pipeline) BlueGreen(targets []environment.Target, service string, releases pipelines.FileSet, smoke *build.TargetActions) *BlueGreen {
	step := &BlueGreen{releases: releases, smoke: smoke}
	for _, t := range targets {
		scope := constructs.NewConstruct(p, jsii.String("Release-"+t.ID()))
		name := t.ServiceName(service)
		application := awscodedeploy.EcsApplication_FromEcsApplicationArn(scope, jsii.String("Application"),
			jsii.String("arn:aws:codedeploy:"+t.Region+":"+t.Environment.Account+":application:"+name))
		step.targets = append(step.targets, blueGreenTarget{
			id:     t.ID(),
			folder: release.Path(t.Environment.Name, t.Region, service),
			group: awscodedeploy.EcsDeploymentGroup_FromEcsDeploymentGroupAttributes(scope, jsii.String("Group"),
				&awscodedeploy.EcsDeploymentGroupAttributes{Application: application, DeploymentGroupName: jsii.String(name)}),
			role: awsiam.Role_FromRoleArn(scope, jsii.String("Deployer"),
				jsii.String(t.Environment.RoleARN(t.Environment.DeployerRoleName(t.Store))),
				&awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)}),
		})
	}
	pipelines.NewStep_Override(step, jsii.String("BlueGreen"))
	if smoke != nil {
		smoke.Join(step)
	}
	return step
}

// ProduceAction adds the CodeDeployToECS actions and the tests; CDK Pipelines calls it while the pipeline is built.
func (s *BlueGreen) ProduceAction(stage awscodepipeline.IStage, o *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	releases := o.Artifacts.ToCodePipeline(s.releases)
	for _, t := range s.targets {
		stage.AddAction(awscodepipelineactions.NewCodeDeployEcsDeployAction(&awscodepipelineactions.CodeDeployEcsDeployActionProps{
			ActionName:                 jsii.String(build.TargetActionName("BlueGreen", t.id, len(s.targets))),
			RunOrder:                   o.RunOrder,
			DeploymentGroup:            t.group,
			Role:                       t.role,
			AppSpecTemplateFile:        releases.AtPath(jsii.String(t.folder + "/appspec.yaml")),
			TaskDefinitionTemplateFile: releases.AtPath(jsii.String(t.folder + "/taskdef.json")),
		}))
	}
	if s.smoke == nil {
		return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(1)}
	}
	s.smoke.Add(stage, *o.RunOrder+1, o)
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(2)}
}
