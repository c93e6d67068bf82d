// Package release writes what CodeDeploy needs to release a service: taskdef.json and appspec.yaml.
//
// CloudFormation creates the first task definition of a service; CodePipeline's CodeDeployToECS action registers every
// later one from taskdef.json. [Render] derives that file from the template's own AWS::ECS::TaskDefinition, so that both
// say the same, and so that what will run can be read in the cloud assembly:
//
//	taskdef, err := release.Render(template, "TaskDefinitionB36D86D9", release.Env{Account: "222222222222", Region: "us-west-2"})
//	appspec, err := release.AppSpec("catalog", 8080, nil)
//	err = release.Write(assembly, release.Path("beta", "us-west-2", "catalog"), taskdef, appspec)
//
// It is plain Go over parsed JSON and needs no CDK.
package release
