package test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches: a blue/green action that fails for want of a permission, at any of the calls that CodePipeline makes as the
// environment's deployer; and a deployer that reaches further than its environment.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
func TestDeployers(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, target := range p.Store.Targets() {
		e := target.Environment
		deployer := e.RoleARN(e.DeployerRoleName(p.Store))
		codedeploy := "arn:aws:codedeploy:" + target.Region + ":" + e.Account + ":"
		ecs := "arn:aws:ecs:" + target.Region + ":" + e.Account + ":"
		bucket := "arn:aws:s3:::" + p.Store.ArtifactBucketName(target.Region)
		for _, s := range p.Services {
			name := target.ServiceName(s.Name)
			pipelineRole := toolsRole(p.Store.PipelineRoleName(s.Name))
			a.can(pipelineRole, "sts:AssumeRole", deployer, nil)
			a.can(deployer, "codedeploy:GetApplication codedeploy:GetApplicationRevision codedeploy:RegisterApplicationRevision", codedeploy+"application:"+name, nil)
			a.can(deployer, "codedeploy:CreateDeployment codedeploy:GetDeployment", codedeploy+"deploymentgroup:"+name+"/"+name, nil)
			for _, r := range a.cloud.Of("AWS::CodeDeploy::DeploymentGroup") {
				if r.Stack == target.ServiceStackName(s.Name) && r.Region == target.Region {
					a.can(deployer, "codedeploy:GetDeploymentConfig", codedeploy+"deploymentconfig:"+r.Properties["DeploymentConfigName"].(string), nil)
				}
			}
			a.can(deployer, "ecs:RegisterTaskDefinition", ecs+"task-definition/"+name+":*", nil)
			a.can(deployer, "ecs:TagResource", ecs+"task-definition/"+name+":7", keys("ecs:CreateAction", "RegisterTaskDefinition"))
			a.cannot(deployer, "ecs:TagResource", ecs+"task-definition/"+name+":7", keys("ecs:CreateAction", "RunTask"))
			for _, role := range []string{target.ExecutionRoleName(s.Name), target.TaskRoleName(s.Name)} {
				a.can(deployer, "iam:PassRole", e.RoleARN(role), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
				a.cannot(deployer, "iam:PassRole", e.RoleARN(role), keys("iam:PassedToService", "lambda.amazonaws.com"))
			}
			// What it must not: change the service past CodeDeploy, pass other roles, reach what is not an artifact.
			a.cannot(deployer, "ecs:UpdateService ecs:DeleteService", ecs+"service/"+target.ClusterName()+"/"+name, nil)
			a.cannot(deployer, "iam:PassRole", e.RoleARN(target.CodeDeployRoleName(s.Name)), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
		}
		// The action reads taskdef.json and appspec.yaml from the bucket of its own region.
		a.can(deployer, "s3:GetObject s3:GetObjectVersion", bucket+"/retail-store-ui/Synth_cdk/x.zip", nil)
		a.can(deployer, "s3:GetBucketVersioning", bucket, nil)
		a.can(deployer, "kms:Decrypt", a.artifactKey(p, target.Region), viaS3(target.Region))
		a.cannot(deployer, "kms:Decrypt", a.artifactKey(p, target.Region), nil)
		a.cannot(deployer, "kms:GenerateDataKey", a.artifactKey(p, target.Region), viaS3(target.Region))
		a.cannot(deployer, "s3:PutObject s3:DeleteObject", bucket+"/x", nil)
		a.cannot(deployer, "iam:PassRole", bootstrapRole("cfn-exec", e.Account, target.Region), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
		a.cannot(deployer, "sts:AssumeRole", bootstrapRole("deploy", e.Account, target.Region), nil)
		for _, other := range p.Store.Targets() {
			if other.Environment == e {
				continue
			}
			foreign := "arn:aws:codedeploy:" + other.Region + ":" + other.Environment.Account + ":"
			a.cannot(deployer, "codedeploy:CreateDeployment", foreign+"deploymentgroup:"+other.ServiceName("ui")+"/"+other.ServiceName("ui"), nil)
			// The same, were both environments in one account.
			a.cannot(deployer, "codedeploy:CreateDeployment", codedeploy+"deploymentgroup:"+other.ServiceName("ui")+"/"+other.ServiceName("ui"), nil)
			a.cannot(deployer, "iam:PassRole", other.Environment.RoleARN(other.TaskRoleName("ui")), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
			a.cannot(deployer, "iam:PassRole", e.RoleARN(other.TaskRoleName("ui")), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
		}
	}
	require.Greater(t, a.asked, 100)
}

// Catches: who may become a deployer or an inspector besides the pipelines' own roles.
func TestWhoAssumesWhat(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, e := range p.Store.Environments {
		deployer, inspector := e.RoleARN(e.DeployerRoleName(p.Store)), e.RoleARN(e.InspectorRoleName(p.Store))
		for _, name := range names(p) {
			pipelineRole, check := toolsRole(p.Store.PipelineRoleName(name)), toolsRole(p.Store.CheckRoleName(name))
			a.can(pipelineRole, "sts:AssumeRole", deployer, nil)
			a.cannot(pipelineRole, "sts:AssumeRole", inspector, nil)
			a.can(check, "sts:AssumeRole", inspector, nil)
			a.cannot(check, "sts:AssumeRole", deployer, nil)
			for _, project := range []string{"UnitTests", "BuildSecrets", "BuildSAST", "BuildQuality", "BuildSCA", "ImageScan", "VerifySignature", "Package", "Synth"} {
				role := a.projectRole(p.Store.PipelineStackName(name), project)
				a.cannot(role, "sts:AssumeRole", deployer, nil)
				a.cannot(role, "sts:AssumeRole", inspector, nil)
			}
		}
		a.cannot(toolsRole(p.Store.PipelineRoleName(environment.PlatformName)), "sts:AssumeRole", deployer, nil)
		for _, other := range p.Store.Environments {
			if other != e {
				a.cannot(other.RoleARN(other.DeployerRoleName(p.Store)), "sts:AssumeRole", deployer, nil)
			}
		}
	}
	for _, name := range names(p, environment.PlatformName) {
		role := toolsRole(p.Store.PipelineRoleName(name))
		a.can("codepipeline.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", tools))
		a.cannot("codepipeline.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", "999999999999"))
		a.cannot("codebuild.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", tools))
	}
}

// Catches: a check that cannot read what it checks, or can do more than read.
func TestInspectors(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, target := range p.Store.Targets() {
		e := target.Environment
		inspector := e.RoleARN(e.InspectorRoleName(p.Store))
		parameter := func(name string) string {
			return "arn:aws:ssm:" + target.Region + ":" + e.Account + ":parameter" + name
		}
		ecs := "arn:aws:ecs:" + target.Region + ":" + e.Account + ":"
		for _, s := range p.Services {
			for _, name := range target.ServiceContract(s.In(e)) {
				a.can(inspector, "ssm:GetParameter ssm:GetParameters", parameter(target.Parameter(name)), nil)
			}
			service := target.ClusterName() + "/" + target.ServiceName(s.Name)
			a.can(inspector, "ecs:DescribeServices", ecs+"service/"+service, nil)
			a.can(inspector, "ecs:DescribeTaskSets", ecs+"task-set/"+service+"/ecs-svc/1", nil)
			a.can(inspector, "ecs:DescribeTaskDefinition elasticloadbalancing:DescribeTargetHealth", "*", nil)
			canary := "arn:aws:synthetics:" + target.Region + ":" + e.Account + ":canary:" + target.CanaryName(s.Name)
			if e.Kind == environment.Preproduction {
				a.can(inspector, "synthetics:GetCanaryRuns", canary, nil)
			} else {
				a.cannot(inspector, "synthetics:GetCanaryRuns", canary, nil)
			}
			a.cannot(inspector, "synthetics:StartCanary synthetics:StopCanary", canary, nil)
			a.cannot(inspector, "ecs:UpdateService ecs:DeleteService", ecs+"service/"+service, nil)
			a.cannot(inspector, "iam:PassRole", e.RoleARN(target.TaskRoleName(s.Name)), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
		}
		a.cannot(inspector, "ssm:GetParameter", parameter("/retail-store/something/else"), nil)
		a.cannot(inspector, "ssm:PutParameter", parameter(target.Parameter(environment.VpcID)), nil)
		a.cannot(inspector, "ecs:RegisterTaskDefinition codedeploy:CreateDeployment", "*", nil)
		a.cannot(inspector, "s3:GetObject", "arn:aws:s3:::"+p.Store.ArtifactBucketName(target.Region)+"/x", nil)
	}
}

// Catches: a pipeline that cannot start its own builds, keep its artifacts in every region, read its sources, ask for its approval
// or hand its stacks to CloudFormation, each a call that CodePipeline makes as the pipeline's role.
func TestPipelines(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, name := range names(p, environment.PlatformName) {
		role, stack := toolsRole(p.Store.PipelineRoleName(name)), p.Store.PipelineStackName(name)
		for _, s := range pipeline(t, a.cloud, p.Store.PipelineName(name)) {
			for _, action := range s.actions {
				a.action(p, role, action)
			}
		}
		for _, region := range p.Store.Regions() {
			object := "arn:aws:s3:::" + p.Store.ArtifactBucketName(region) + "/" + p.Store.PipelineName(name) + "/x"
			a.can(role, "s3:GetObject s3:GetObjectVersion s3:PutObject", object, nil)
			a.can(role, "s3:GetBucketVersioning s3:GetBucketAcl s3:GetBucketLocation", "arn:aws:s3:::"+p.Store.ArtifactBucketName(region), nil)
			a.can(role, "kms:Decrypt kms:GenerateDataKey kms:Encrypt kms:DescribeKey", a.artifactKey(p, region), viaS3(region))
		}
		for _, other := range a.cloud.Of("AWS::CodeBuild::Project") {
			if other.Stack != stack {
				a.cannot(role, "codebuild:StartBuild", other.ARN, nil)
			}
		}
		events := a.one(stack, "AWS::IAM::Role", "EventsRole")
		a.can("events.amazonaws.com", "sts:AssumeRole", events, nil)
		a.can(events, "codepipeline:StartPipelineExecution", a.one(stack, "AWS::CodePipeline::Pipeline", ""), nil)
	}
}

// action asks for what CodePipeline does for one action.
func (a *access) action(p *environment.Plan, role string, x action) {
	a.t.Helper()
	region := x.region
	if region == "" {
		region = p.Store.Tools.Region
	}
	bucket := "arn:aws:s3:::" + p.Store.ArtifactBucketName(region)
	switch x.provider {
	case "CodeCommit":
		repository := "arn:aws:codecommit:" + region + ":" + tools + ":" + x.configuration["RepositoryName"].(string)
		a.can(role, "codecommit:GetBranch codecommit:GetCommit codecommit:UploadArchive codecommit:GetUploadArchiveStatus codecommit:GetRepository", repository, nil)
		a.cannot(role, "codecommit:GitPush", repository, nil)
	case "CodeBuild":
		account := tools
		if x.role != "" { // it tests what runs in another account, as a role of that account
			account = strings.Split(x.role, ":")[4]
			a.can(role, "sts:AssumeRole", x.role, nil)
			role = x.role
		}
		project := "arn:aws:codebuild:" + region + ":" + account + ":project/" + x.configuration["ProjectName"].(string)
		require.NotNil(a.t, a.cloud.Find(project), project)
		a.can(role, "codebuild:StartBuild codebuild:BatchGetBuilds", project, nil)
	case "Manual":
		a.can(role, "sns:Publish", x.configuration["NotificationArn"].(string), nil)
	case "CloudFormation":
		account := strings.Split(x.role, ":")[4]
		require.Equal(a.t, bootstrapRole("deploy", account, region), x.role)
		a.can(role, "sts:AssumeRole", x.role, nil)
		a.can(x.role, "cloudformation:CreateStack cloudformation:UpdateStack cloudformation:DescribeStacks", "*", nil)
		a.can(x.role, "s3:GetObject s3:GetObjectVersion", bucket+"/x", nil)
		a.can(x.role, "kms:Decrypt", a.artifactKey(p, region), viaS3(region))
		if exec, ok := x.configuration["RoleArn"].(string); ok {
			a.can(x.role, "iam:PassRole", exec, keys("iam:PassedToService", "cloudformation.amazonaws.com"))
			a.can("cloudformation.amazonaws.com", "sts:AssumeRole", exec, nil)
		}
	case "CodeDeployToECS":
		a.can(role, "sts:AssumeRole", x.role, nil)
	default:
		require.Fail(a.t, "nobody knows what CodePipeline does for "+x.provider)
	}
}

// Catches: a build that cannot read its input, write its log or push its image; and one that pushes another service's.
func TestBuilds(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	home := p.Store.Tools.Region
	for _, name := range names(p) {
		stack := p.Store.PipelineStackName(name)
		log := "arn:aws:logs:" + home + ":" + tools + ":log-group:" + p.Store.PipelineLogGroupName(name) + ":log-stream:x"
		bucket := "arn:aws:s3:::" + p.Store.ArtifactBucketName(home)
		for _, project := range a.cloud.Of("AWS::CodeBuild::Project") {
			if project.Stack != stack {
				continue
			}
			role := project.Properties["ServiceRole"].(string)
			a.can("codebuild.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", tools))
			a.can(role, "logs:CreateLogStream logs:PutLogEvents", log, nil)
			a.can(role, "s3:GetObject s3:GetObjectVersion", bucket+"/x", nil)
			a.can(role, "kms:Decrypt", a.artifactKey(p, home), viaS3(home))
			a.cannot(role, "s3:DeleteObject", bucket+"/x", nil)
		}
		synth := a.projectRole(stack, "BuildSynth")
		a.can(synth, "s3:PutObject", bucket+"/x", nil)
		a.can(synth, "kms:GenerateDataKey", a.artifactKey(p, home), viaS3(home))
		a.can(synth, "codecommit:GitPull", "arn:aws:codecommit:"+home+":"+tools+":"+p.DeliverySource().Repository, nil)
		source := "arn:aws:codecommit:" + home + ":" + tools + ":" + p.SourceOf(p.Service(name)).Repository
		for _, project := range []string{"UnitTests", "BuildSecrets", "BuildSAST", "BuildQuality", "BuildSCA", "ImageScan", "BuildPackage"} {
			a.can(a.projectRole(stack, project), "codecommit:GitPull", source, nil)
			a.cannot(a.projectRole(stack, project), "codecommit:GitPush", source, nil)
			if project != "BuildPackage" { // it packs the source for the tests
				a.cannot(a.projectRole(stack, project), "s3:PutObject", bucket+"/x", nil)
			}
		}
		a.can(a.projectRole(stack, "BuildPackage"), "s3:PutObject", bucket+"/x", nil)
		a.images(p, stack, name)
		// The pipeline updates itself: a deployment by the CLI, with the bootstrap's roles of the tools.
		mutation := a.projectRole(stack, "SelfMutation")
		a.can(mutation, "sts:AssumeRole", bootstrapRole("deploy", tools, home), nil)
		a.can(mutation, "sts:AssumeRole", bootstrapRole("file-publishing", tools, home), nil)
		a.cannot(mutation, "sts:AssumeRole", bootstrapRole("cfn-exec", tools, home), nil)
		a.cannot(mutation, "sts:AssumeRole", toolsRole(p.Store.PipelineRoleName(name)), nil)
	}
}

// images asks for what the steps do that push and mark images.
func (a *access) images(p *environment.Plan, stack, service string) {
	a.t.Helper()
	for _, project := range []string{"BuildPackage", "MarkReleased"} {
		role := a.projectRole(stack, project)
		a.can(role, "ecr:GetAuthorizationToken", "*", nil)
		for _, region := range p.Store.Regions() {
			repository := p.Store.RepositoryARN(service, region)
			require.NotNil(a.t, a.cloud.Find(repository), repository)
			a.can(role, "ecr:BatchCheckLayerAvailability ecr:InitiateLayerUpload ecr:UploadLayerPart ecr:CompleteLayerUpload ecr:PutImage ecr:BatchGetImage ecr:GetDownloadUrlForLayer", repository, nil)
			a.cannot(role, "ecr:DeleteRepository ecr:BatchDeleteImage ecr:SetRepositoryPolicy", repository, nil)
			for _, other := range p.Services {
				if other.Name != service {
					a.cannot(role, "ecr:PutImage", p.Store.RepositoryARN(other.Name, region), nil)
				}
			}
		}
	}
	for _, project := range []string{"UnitTests", "BuildSecrets", "BuildSAST", "BuildQuality", "BuildSCA", "ImageScan", "VerifySignature", "BuildSynth"} {
		a.cannot(a.projectRole(stack, project), "ecr:PutImage", p.Store.RepositoryARN(service, p.Store.Tools.Region), nil)
	}
}

// Catches: tasks that cannot start: no image from the tools' account, no log stream; and roles of tasks that can do anything
// that nobody granted.
func TestTasks(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, target := range p.Store.Targets() {
		e := target.Environment
		for _, s := range p.Services {
			execution, task := e.RoleARN(target.ExecutionRoleName(s.Name)), e.RoleARN(target.TaskRoleName(s.Name))
			source := "arn:aws:ecs:" + target.Region + ":" + e.Account + ":task/x"
			for _, role := range []string{execution, task} {
				a.can("ecs-tasks.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", e.Account, "aws:SourceArn", source))
				a.cannot("ec2.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", e.Account, "aws:SourceArn", source))
			}
			// The execution role's trust is AWS's documented one, without conditions.
			a.can("ecs-tasks.amazonaws.com", "sts:AssumeRole", execution, nil)
			a.cannot("ecs-tasks.amazonaws.com", "sts:AssumeRole", task, keys("aws:SourceAccount", "999999999999", "aws:SourceArn", source))
			a.can(execution, "ecr:GetAuthorizationToken", "*", nil)
			a.can(execution, "ecr:BatchGetImage ecr:GetDownloadUrlForLayer ecr:BatchCheckLayerAvailability", p.Store.RepositoryARN(s.Name, target.Region), nil)
			a.cannot(execution, "ecr:PutImage", p.Store.RepositoryARN(s.Name, target.Region), nil)
			a.cannot(task, "ecr:BatchGetImage", p.Store.RepositoryARN(s.Name, target.Region), nil)
			log := func(service string) string {
				return "arn:aws:logs:" + target.Region + ":" + e.Account + ":log-group:" + target.LogGroupName(service) + ":log-stream:x"
			}
			a.can(execution, "logs:CreateLogStream logs:PutLogEvents", log(s.Name), nil)
			for _, other := range p.Services {
				if other.Name != s.Name {
					a.cannot(execution, "ecr:BatchGetImage", p.Store.RepositoryARN(other.Name, target.Region), nil)
					a.cannot(execution, "logs:PutLogEvents", log(other.Name), nil)
				}
			}
			for _, role := range []string{execution, task} {
				a.cannot(role, "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:"+target.Region+":"+e.Account+":secret:other/credentials-AbCdEf", nil)
				a.cannot(role, "ssm:GetParameter ssm:GetParameters", "arn:aws:ssm:"+target.Region+":"+e.Account+":parameter/other", nil)
				a.cannot(role, "sts:AssumeRole", e.RoleARN(e.DeployerRoleName(p.Store)), nil)
				a.cannot(role, "iam:PassRole", task, keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
			}
		}
	}
}

// Catches: CodeDeploy stopping in the middle of a shift for want of a permission.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/codedeploy_IAM_role.html
func TestCodeDeploy(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, target := range p.Store.Targets() {
		e := target.Environment
		for _, s := range p.Services {
			stack, name := target.ServiceStackName(s.Name), target.ServiceName(s.Name)
			role := e.RoleARN(target.CodeDeployRoleName(s.Name))
			ecs := "arn:aws:ecs:" + target.Region + ":" + e.Account + ":"
			group := "arn:aws:codedeploy:" + target.Region + ":" + e.Account + ":deploymentgroup:" + name + "/" + name
			a.can("codedeploy.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", e.Account, "aws:SourceArn", group))
			a.cannot("codedeploy.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", "999999999999", "aws:SourceArn", group))
			a.can(role, "ecs:DescribeServices ecs:UpdateServicePrimaryTaskSet", ecs+"service/"+target.ClusterName()+"/"+name, nil)
			a.can(role, "ecs:CreateTaskSet ecs:DeleteTaskSet", ecs+"task-set/"+target.ClusterName()+"/"+name+"/x", nil)
			a.can(role, "elasticloadbalancing:DescribeTargetGroups elasticloadbalancing:DescribeListeners elasticloadbalancing:DescribeRules cloudwatch:DescribeAlarms", "*", nil)
			for _, passed := range []string{target.ExecutionRoleName(s.Name), target.TaskRoleName(s.Name)} {
				a.can(role, "iam:PassRole", e.RoleARN(passed), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
			}
			traffic := 0
			for _, r := range a.cloud.Of("AWS::ElasticLoadBalancingV2::Listener", "AWS::ElasticLoadBalancingV2::ListenerRule") {
				if r.Stack != stack || r.Region != target.Region {
					continue
				}
				traffic++
				action := "elasticloadbalancing:ModifyListener"
				if r.Type == "AWS::ElasticLoadBalancingV2::ListenerRule" {
					action = "elasticloadbalancing:ModifyRule"
				}
				a.can(role, action, r.ARN, nil)
			}
			require.Equal(t, 2, traffic, "%s has a production and a test way in", stack)
			for _, other := range p.Services {
				if other.Name != s.Name {
					a.cannot(role, "ecs:UpdateServicePrimaryTaskSet", ecs+"service/"+target.ClusterName()+"/"+target.ServiceName(other.Name), nil)
					a.cannot(role, "iam:PassRole", e.RoleARN(target.TaskRoleName(other.Name)), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
				}
			}
		}
	}
}

// Catches: a gate that nobody may ask, that cannot answer, or that answers for another service.
func TestGates(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	for _, target := range p.Store.Targets() {
		in := ":" + target.Region + ":" + target.Environment.Account + ":"
		for _, s := range p.Services {
			name := target.ServiceName(s.Name)
			role, shift := target.Environment.RoleARN(target.GateRoleName(s.Name)), target.Environment.RoleARN(target.CodeDeployRoleName(s.Name))
			function := "arn:aws:lambda" + in + "function:" + target.GateName(s.Name)
			if len(s.In(target.Environment).Checks) == 0 {
				a.cannot(shift, "lambda:InvokeFunction", function, nil)
				continue
			}
			a.can("lambda.amazonaws.com", "sts:AssumeRole", role, nil)
			a.can(shift, "lambda:InvokeFunction", function, nil)
			a.can(role, "codedeploy:PutLifecycleEventHookExecutionStatus", "arn:aws:codedeploy"+in+"deploymentgroup:"+name+"/"+name, nil)
			a.cannot(role, "codedeploy:PutLifecycleEventHookExecutionStatus", "arn:aws:codedeploy"+in+"deploymentgroup:other/other", nil)
			a.can(role, "logs:CreateLogStream logs:PutLogEvents", "arn:aws:logs"+in+"log-group:"+target.GateLogGroupName(s.Name)+":log-stream:x", nil)
			a.can(role, "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface", "arn:aws:ec2"+in+"network-interface/eni-1", nil)
			a.cannot(role, "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface", "arn:aws:ec2"+in+"network-interface/eni-1", keys("lambda:SourceFunctionArn", function))
			a.cannot(role, "codedeploy:CreateDeployment", "arn:aws:codedeploy"+in+"deploymentgroup:"+name+"/"+name, nil)
		}
	}
}
