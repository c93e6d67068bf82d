package delivery

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodedeploy"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipelineactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/internal/release"
)

// BlueGreen releases a service in the targets of a wave: CodePipeline's own CodeDeployToECS action in each, as the environment's
// deployer, with the taskdef.json and appspec.yaml that were rendered into the assembly. It is a part of a step; see [build.InOrder].
type BlueGreen struct {
	releases pipelines.FileSet
	targets  []blueGreenTarget
}

// blueGreenTarget is one target of a BlueGreen.
type blueGreenTarget struct {
	id     string
	folder string
	group  awscodedeploy.IEcsDeploymentGroup
	role   awsiam.IRole
}

// BlueGreen are the releases of a service in the targets of a wave. releases is the assembly's releases folder as an artifact
// of its own: the action takes no artifact over 3 MB. They belong after the wave.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
func (p *Pipeline) BlueGreen(targets []environment.Target, service string, releases pipelines.FileSet) *BlueGreen {
	b := &BlueGreen{releases: releases}
	for _, t := range targets {
		node.MustBe("delivery.Pipeline", p, t.Validate())
		name := t.ServiceName(service)
		application := awscodedeploy.EcsApplication_FromEcsApplicationArn(p, jsii.String("Application-"+t.ID()),
			jsii.String("arn:aws:codedeploy:"+t.Region+":"+t.Environment.Account+":application:"+name))
		b.targets = append(b.targets, blueGreenTarget{
			id:     t.ID(),
			folder: release.Path(t.Environment.Name, t.Region, service),
			group: awscodedeploy.EcsDeploymentGroup_FromEcsDeploymentGroupAttributes(p, jsii.String("DeploymentGroup-"+t.ID()),
				&awscodedeploy.EcsDeploymentGroupAttributes{Application: application, DeploymentGroupName: jsii.String(name)}),
			role: p.deployer(t.Environment),
		})
	}
	return b
}

// ID is what the actions are called.
func (b *BlueGreen) ID() string { return "BlueGreen" }

// Inputs is the releases folder.
func (b *BlueGreen) Inputs() []pipelines.FileSet { return []pipelines.FileSet{b.releases} }

// Variables is none: an action of CodeDeploy has no variables.
func (b *BlueGreen) Variables() map[string]string { return nil }

// Add adds the CodeDeployToECS actions to a stage, all with the same run order.
func (b *BlueGreen) Add(stage awscodepipeline.IStage, runOrder float64, o *pipelines.ProduceActionOptions) (orders int) {
	releases := build.Artifact(o, b.releases)
	for _, t := range b.targets {
		stage.AddAction(awscodepipelineactions.NewCodeDeployEcsDeployAction(&awscodepipelineactions.CodeDeployEcsDeployActionProps{
			ActionName:                 jsii.String(build.TargetActionName(b.ID(), t.id, len(b.targets))),
			RunOrder:                   &runOrder,
			DeploymentGroup:            t.group,
			Role:                       t.role,
			AppSpecTemplateFile:        releases.AtPath(jsii.String(t.folder + "/appspec.yaml")),
			TaskDefinitionTemplateFile: releases.AtPath(jsii.String(t.folder + "/taskdef.json")),
		}))
	}
	return 1
}
