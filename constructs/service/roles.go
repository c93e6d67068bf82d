package service

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
)

// addRoles creates the roles of the tasks. They have names, because another account's policies and the task definition
// that CodeDeploy registers refer to them by name.
func (f *Fargate) addRoles(p *FargateProps) {
	f.TaskRole = awsiam.NewRole(f, jsii.String("TaskRole"), &awsiam.RoleProps{
		RoleName:    jsii.String(p.TaskRoleName),
		Description: jsii.String("Containers of " + p.Name),
		AssumedBy:   tasksOf(p),
	})
	execution := &awsiam.RoleProps{
		RoleName:    jsii.String(p.ExecutionRoleName),
		Description: jsii.String("Starts the tasks of " + p.Name),
		// AWS documents conditions on the caller for task roles only, and with a wrong one here no task would start.
		// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
		AssumedBy: once.Service("ecs-tasks.amazonaws.com"),
	}
	if p.ImageRepositoryARN != "" {
		execution.InlinePolicies = inline("Pull",
			allow(nil, []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, p.ImageRepositoryARN),
			allow(nil, []string{"ecr:GetAuthorizationToken"}, "*"))
	}
	f.ExecutionRole = awsiam.NewRole(f, jsii.String("ExecutionRole"), execution)
	if p.ImageRepositoryARN != "" {
		policy.AcknowledgeFirst(f.ExecutionRole, policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "ecr:GetAuthorizationToken has no resource level; what the token can pull is limited to the service's own repository.",
			AppliesTo: []string{"Resource::*"},
		})
	}
	if len(p.SecretKeyARNs) > 0 {
		via := []string{"secretsmanager." + p.Region + ".amazonaws.com", "ssm." + p.Region + ".amazonaws.com"}
		f.ExecutionRole.AddToPolicy(awsiam.PolicyStatement_FromJson(allow(
			map[string]any{"StringEquals": map[string]any{"kms:ViaService": via}}, []string{"kms:Decrypt"}, p.SecretKeyARNs...)))
	}
}

// tasksOf is ECS acting for tasks of this account and region.
// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
func tasksOf(p *FargateProps) awsiam.IPrincipal {
	all := "arn:aws:ecs:" + p.Region + ":" + p.Account + ":*"
	return once.Of("ServicePrincipal.ecs-tasks of "+all, func() awsiam.IPrincipal {
		return awsiam.NewServicePrincipal(jsii.String("ecs-tasks.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
				"ArnLike":      map[string]any{"aws:SourceArn": all},
			},
		})
	})
}

// codeDeployRole is what CodeDeploy may do: what the managed policy AWSCodeDeployRoleForECS allows, on this service alone,
// and without what this service has no use for (notifications, revisions in S3).
// https://docs.aws.amazon.com/codedeploy/latest/userguide/security-iam-awsmanpol.html
func (f *Fargate) codeDeployRole(p *FargateProps, way connection) awsiam.Role {
	ecs := "arn:aws:ecs:" + p.Region + ":" + p.Account + ":"
	name := *p.Cluster.ClusterName() + "/" + p.Name
	role := awsiam.NewRole(f, jsii.String("CodeDeployRole"), &awsiam.RoleProps{
		RoleName:    jsii.String(p.CodeDeployRoleName),
		Description: jsii.String("Shifts the traffic of " + p.Name),
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("codedeploy.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			// https://docs.aws.amazon.com/codedeploy/latest/userguide/security_confused_deputy.html
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": p.Account},
				"StringLike":   map[string]any{"aws:SourceArn": "arn:aws:codedeploy:" + p.Region + ":" + p.Account + ":deploymentgroup:" + p.Name + "/*"},
			},
		}),
		InlinePolicies: inline("Shift", f.asking(p,
			allow(nil, []string{"ecs:CreateTaskSet", "ecs:DeleteTaskSet", "ecs:DescribeServices", "ecs:UpdateServicePrimaryTaskSet"},
				ecs+"service/"+name, ecs+"task-set/"+name+"/*"),
			allow(nil, []string{way.modify}, way.routes...),
			allow(nil, []string{
				"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetGroups",
				"cloudwatch:DescribeAlarms",
			}, "*"),
			allow(map[string]any{"StringEquals": map[string]any{"iam:PassedToService": "ecs-tasks.amazonaws.com"}},
				[]string{"iam:PassRole"}, *f.ExecutionRole.RoleArn(), *f.TaskRole.RoleArn()))...),
	})
	policy.AcknowledgeFirst(role,
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Describe calls of Elastic Load Balancing have no resource level, and CodeDeploy describes all alarms of a group in one call; they only read.",
			AppliesTo: []string{"Resource::*"},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "Task sets get random names when CodeDeploy creates them; the pattern is this service's own.",
			AppliesTo: []string{"Resource::" + ecs + "task-set/" + name + "/*"},
		})
	return role
}

// shiftRole is what ECS may do for a release: what the managed policy AmazonECSInfrastructureRolePolicyForLoadBalancers
// allows, on this service's rules and target groups alone, and without ModifyListener, which is for network load balancers
// and default rules.
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
func (f *Fargate) shiftRole(p *FargateProps, way connection) awsiam.Role {
	role := awsiam.NewRole(f, jsii.String("ShiftRole"), &awsiam.RoleProps{
		RoleName:    jsii.String(p.ShiftRoleName),
		Description: jsii.String("Releases " + p.Name),
		// AWS documents no condition on the caller here, and with a wrong one no release would begin.
		// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
		AssumedBy: once.Service("ecs.amazonaws.com"),
		InlinePolicies: inline("Shift", f.asking(p,
			allow(nil, []string{way.modify}, way.routes...),
			allow(nil, []string{"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"},
				*f.Blue.TargetGroupArn(), *f.Green.TargetGroupArn()),
			allow(nil, []string{
				"elasticloadbalancing:DescribeListeners", "elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeTargetGroups",
				"elasticloadbalancing:DescribeTargetHealth",
			}, "*"))...),
	})
	policy.AcknowledgeFirst(role, policy.Finding{
		Rule:      "AwsSolutions-IAM5",
		Reason:    "Describe calls of Elastic Load Balancing have no resource level; they only read.",
		AppliesTo: []string{"Resource::*"},
	})
	return role
}

// asking adds to what shifts the traffic that it may ask the gate, where there is one.
func (f *Fargate) asking(p *FargateProps, statements ...map[string]any) []map[string]any {
	if f.Gate == nil {
		return statements
	}
	return append(statements, allow(nil, []string{"lambda:InvokeFunction"}, p.gateARN()))
}

// allow is a statement of a policy, as IAM writes it.
func allow(conditions map[string]any, actions []string, resources ...string) map[string]any {
	statement := map[string]any{"Effect": "Allow", "Action": actions, "Resource": resources}
	if conditions != nil {
		statement["Condition"] = conditions
	}
	return statement
}

// inline is a policy within a role: what is known when the role is made is one document, not a resource of its own.
func inline(name string, statements ...map[string]any) *map[string]awsiam.PolicyDocument {
	return &map[string]awsiam.PolicyDocument{name: awsiam.PolicyDocument_FromJson(map[string]any{"Statement": statements})}
}

// usesCodeDeploy says whether CodeDeploy replaces the tasks.
func usesCodeDeploy(p *FargateProps) bool {
	return p.Runtime.Release.Engine == environment.CodeDeploy
}
