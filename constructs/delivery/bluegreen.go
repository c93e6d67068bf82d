package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/release"
)

// BlueGreen is the step that releases a service in one target: CodePipeline's own CodeDeployToECS action, as the
// environment's deployer, with the taskdef.json and appspec.yaml that were rendered into the assembly.
type BlueGreen struct {
	pipelines.Step
	releases pipelines.FileSet
	folder   string
	group    awscodedeploy.IEcsDeploymentGroup
	role     awsiam.IRole
}

// BlueGreen makes the step for a service in a target. releases is the assembly's releases folder as an artifact of its
// own: the action takes no artifact over 3 MB.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
func (p *Pipeline) BlueGreen(t environment.Target, service string, releases pipelines.FileSet) *BlueGreen {
	scope := constructs.NewConstruct(p, jsii.String("Release-"+t.ID()))
	name := t.ServiceName(service)
	application := awscodedeploy.EcsApplication_FromEcsApplicationArn(scope, jsii.String("Application"),
		jsii.String("arn:aws:codedeploy:"+t.Region+":"+t.Environment.Account+":application:"+name))
	step := &BlueGreen{
		releases: releases,
		folder:   release.Path(t.Environment.Name, t.Region, service),
		group: awscodedeploy.EcsDeploymentGroup_FromEcsDeploymentGroupAttributes(scope, jsii.String("Group"),
			&awscodedeploy.EcsDeploymentGroupAttributes{Application: application, DeploymentGroupName: jsii.String(name)}),
		role: awsiam.Role_FromRoleArn(scope, jsii.String("Deployer"),
			jsii.String(t.Environment.RoleARN(t.Environment.DeployerRoleName(t.Store))),
			&awsiam.FromRoleArnOptions{Mutable: jsii.Bool(false)}),
	}
	pipelines.NewStep_Override(step, jsii.String("BlueGreen"))
	return step
}

// ProduceAction adds the CodeDeployToECS action; CDK Pipelines calls it while the pipeline is built.
func (s *BlueGreen) ProduceAction(stage awscodepipeline.IStage, o *pipelines.ProduceActionOptions) *pipelines.CodePipelineActionFactoryResult {
	releases := o.Artifacts.ToCodePipeline(s.releases)
	stage.AddAction(awscodepipelineactions.NewCodeDeployEcsDeployAction(&awscodepipelineactions.CodeDeployEcsDeployActionProps{
		ActionName:                 o.ActionName,
		RunOrder:                   o.RunOrder,
		DeploymentGroup:            s.group,
		Role:                       s.role,
		AppSpecTemplateFile:        releases.AtPath(jsii.String(s.folder + "/appspec.yaml")),
		TaskDefinitionTemplateFile: releases.AtPath(jsii.String(s.folder + "/taskdef.json")),
	}))
	return &pipelines.CodePipelineActionFactoryResult{RunOrdersConsumed: jsii.Number(1)}
}
