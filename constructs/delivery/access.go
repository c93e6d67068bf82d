package delivery

import (
	"errors"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/constructs/internal/where"
)

// AccessProps configures [Access].
type AccessProps struct {
	// Store whose pipelines are let in. Required.
	Store *environment.Store
	// Environment whose account this is, and the stack's. Required.
	Environment *environment.Environment
}

// Validate reports every problem, joined.
func (p *AccessProps) Validate() error {
	var problems problem.List
	if p.Store == nil {
		problems.Addf("Store", "required")
	}
	if p.Environment == nil {
		problems.Addf("Environment", "required")
	}
	return problems.Err()
}

// fits checks that the stack is in the environment's account; its region may be any.
func (p *AccessProps) fits(scope constructs.Construct) error {
	if p.Environment == nil {
		return nil
	}
	var l problem.List
	where.Check(&l, scope, where.Said{Field: "Environment.Account", Value: p.Environment.Account}, where.Said{})
	return l.Err()
}

// Access is what an environment's account lets the pipelines of the tools account do. It costs nothing.
type Access struct {
	node.Construct
	// Deployer starts blue/green deployments of this store's services in this environment, and tests of them, and nothing else.
	Deployer awsiam.Role
	// Inspector reads what a target has: its platform contract, and whether its services are healthy.
	Inspector awsiam.Role
}

// NewAccess creates the two roles. They trust the tools account's root bounded by the names of the pipelines' roles,
// because those come later than this stack, and IAM refuses to trust a role that does not exist.
func NewAccess(scope constructs.Construct, id string, props *AccessProps) *Access {
	if props == nil {
		props = &AccessProps{}
	}
	node.Must("delivery.Access", scope, id, errors.Join(props.Validate(), props.fits(scope)))
	a := &Access{}
	node.Init(a, scope, id)
	store, env := props.Store, props.Environment
	a.Deployer = a.role("Deployer", store, env.DeployerRoleName(store), store.PipelineRolePattern(),
		"Starts deployments and tests for the pipelines of "+store.Name, deployerStatements(store, env))
	a.Inspector = a.role("Inspector", store, env.InspectorRoleName(store), store.CheckRolePattern(),
		"Reads the state of targets for the pipelines of "+store.Name, inspectorStatements(store, env))
	var tests []string
	for _, project := range testProjects(store, env) {
		tests = append(tests, "Resource::"+project)
	}
	policy.AcknowledgeFirst(a.Deployer,
		policy.Finding{
			Rule:   "AwsSolutions-IAM5",
			Reason: "Services come and go without this stack: the patterns are the names of this store in this environment only.",
			AppliesTo: append(tests,
				"Resource::"+arnOf("codedeploy", env, "application:"+store.Name+"-"+env.Name+"-*"),
				"Resource::"+arnOf("codedeploy", env, "deploymentgroup:"+store.Name+"-"+env.Name+"-*"),
				"Resource::"+arnOf("codedeploy", env, "deploymentconfig:"+store.Name+"-"+env.Name+"-*"),
				"Resource::"+arnOf("codedeploy", env, "deploymentconfig:CodeDeployDefault.*"),
				"Resource::"+arnOf("ecs", env, "task-definition/"+store.Name+"-"+env.Name+"-*:*"),
				"Resource::"+env.RoleARN(store.Name+"-"+env.Name+"-*-execution"),
				"Resource::"+env.RoleARN(store.Name+"-"+env.Name+"-*-task"),
			),
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "ecs:RegisterTaskDefinition has no resource level; what may be registered is bounded by the roles that may be passed.",
			AppliesTo: []string{"Resource::*"},
		},
		policy.Finding{
			Rule:   "AwsSolutions-IAM5",
			Reason: "Artifacts have generated object names and there is a bucket and key per region, all of this store's tools account; the key is usable through S3 only.",
			AppliesTo: []string{
				"Action::s3:GetObject*", "Action::s3:GetBucket*", "Action::s3:List*",
				"Resource::arn:aws:s3:::" + store.ArtifactBucketName("*"),
				"Resource::arn:aws:s3:::" + store.ArtifactBucketName("*") + "/*",
				"Resource::arn:aws:kms:*:" + store.Tools.Account + ":key/*",
			},
		},
	)
	read := []string{
		"Resource::" + arnOf("ssm", env, "parameter/"+store.Name+"/platform/"+env.Name+"/*"),
		"Resource::" + arnOf("ecs", env, "service/"+store.Name+"-"+env.Name+"/*"),
		"Resource::" + arnOf("ecs", env, "task-set/"+store.Name+"-"+env.Name+"/*"),
	}
	if env.Kind == environment.Preproduction {
		read = append(read, "Resource::"+canaries(store, env))
	}
	policy.AcknowledgeFirst(a.Inspector,
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Read only, and bounded by the names of this store in this environment; regions and services come and go.",
			AppliesTo: read,
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "ecs:DescribeTaskDefinition and elasticloadbalancing:DescribeTargetHealth have no resource level, and cloudwatch:DescribeAlarms none for several alarms in one call; all only read.",
			AppliesTo: []string{"Resource::*"},
		},
	)
	return a
}

// role is a role with one inline policy that roles of the tools account matching pattern may assume.
func (a *Access) role(id string, store *environment.Store, name, pattern, description string, statements []any) awsiam.Role {
	return awsiam.NewRole(a, jsii.String(id), &awsiam.RoleProps{
		RoleName:           jsii.String(name),
		Description:        jsii.String(description),
		AssumedBy:          rolesOf(store.Tools.Account, pattern),
		MaxSessionDuration: awscdk.Duration_Hours(jsii.Number(1)),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			id: awsiam.PolicyDocument_FromJson(map[string]any{"Statement": statements}),
		},
	})
}

// arnOf is an ARN of a service in every region of the environment's account.
func arnOf(service string, env *environment.Environment, resource string) string {
	return "arn:aws:" + service + ":*:" + env.Account + ":" + resource
}

// deployerStatements are the calls of CodePipeline's actions CodeDeployToECS and CodeBuild, which run as this role.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-ECSbluegreen.html
// https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeBuild.html
func deployerStatements(store *environment.Store, env *environment.Environment) []any {
	prefix := store.Name + "-" + env.Name + "-*"
	application := arnOf("codedeploy", env, "application:"+prefix)
	group := arnOf("codedeploy", env, "deploymentgroup:"+prefix)
	buckets := "arn:aws:s3:::" + store.ArtifactBucketName("*")
	statements := []any{
		allow([]string{"codedeploy:GetApplication", "codedeploy:GetApplicationRevision", "codedeploy:RegisterApplicationRevision"},
			[]string{application}, nil),
		allow([]string{"codedeploy:CreateDeployment", "codedeploy:GetDeployment"}, []string{group}, nil),
		allow([]string{"codedeploy:GetDeploymentConfig"}, []string{
			arnOf("codedeploy", env, "deploymentconfig:CodeDeployDefault.*"),
			arnOf("codedeploy", env, "deploymentconfig:"+prefix),
		}, nil),
		allow([]string{"ecs:RegisterTaskDefinition"}, []string{"*"}, nil),
		allow([]string{"ecs:TagResource"}, []string{arnOf("ecs", env, "task-definition/"+prefix+":*")},
			map[string]any{"StringEquals": map[string]any{"ecs:CreateAction": "RegisterTaskDefinition"}}),
		allow([]string{"iam:PassRole"}, []string{
			env.RoleARN(prefix + "-execution"),
			env.RoleARN(prefix + "-task"),
		}, map[string]any{"StringEquals": map[string]any{"iam:PassedToService": []string{"ecs.amazonaws.com", "ecs-tasks.amazonaws.com"}}}),
		allow([]string{"s3:GetObject*", "s3:GetBucket*", "s3:List*"}, []string{buckets, buckets + "/*"}, nil),
		allow([]string{"kms:Decrypt", "kms:DescribeKey"}, []string{"arn:aws:kms:*:" + store.Tools.Account + ":key/*"},
			map[string]any{"StringLike": map[string]any{"kms:ViaService": "s3.*.amazonaws.com"}}),
	}
	if projects := testProjects(store, env); len(projects) > 0 {
		statements = append(statements, allow([]string{"codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"}, projects, nil))
	}
	return statements
}

// testProjects are the patterns of the ARNs of the projects that test services in the environment.
func testProjects(store *environment.Store, env *environment.Environment) []string {
	var all []string
	for _, pattern := range env.TestProjectPatterns(store) {
		all = append(all, arnOf("codebuild", env, "project/"+pattern))
	}
	return all
}

// canaries are those of this store in the environment.
func canaries(store *environment.Store, env *environment.Environment) string {
	return arnOf("synthetics", env, "canary:"+store.Name+"-"+env.Name+"-*")
}

// inspectorStatements are the calls of the pipelines' contract checks and smoke tests, and of the synthetic tests before production.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchsynthetics.html
func inspectorStatements(store *environment.Store, env *environment.Environment) []any {
	cluster := store.Name + "-" + env.Name
	statements := []any{
		allow([]string{"ssm:GetParameter", "ssm:GetParameters"},
			[]string{arnOf("ssm", env, "parameter/"+store.Name+"/platform/"+env.Name+"/*")}, nil),
		allow([]string{"ecs:DescribeServices", "ecs:DescribeTaskSets"}, []string{
			arnOf("ecs", env, "service/"+cluster+"/*"),
			arnOf("ecs", env, "task-set/"+cluster+"/*"),
		}, nil),
		allow([]string{"cloudwatch:DescribeAlarms", "ecs:DescribeTaskDefinition", "elasticloadbalancing:DescribeTargetHealth"}, []string{"*"}, nil),
	}
	if env.Kind == environment.Preproduction {
		statements = append(statements, allow([]string{"synthetics:GetCanaryRuns"}, []string{canaries(store, env)}, nil))
	}
	return statements
}
