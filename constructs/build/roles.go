package build

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/policy"
)

// NewRole creates a role that only CodeBuild projects of the stack's account can take. With an empty name
// CloudFormation makes one up.
func NewRole(scope constructs.Construct, id, name string) awsiam.Role {
	props := &awsiam.RoleProps{
		// https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("codebuild.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{
				"StringEquals": map[string]any{"aws:SourceAccount": awscdk.Stack_Of(scope).Account()},
			},
		}),
	}
	if name != "" {
		props.RoleName = &name
	}
	return awsiam.NewRole(scope, &id, props)
}

// AcknowledgePrivileged records why the project of a step that builds images runs in privileged mode. The project exists
// once the pipeline is built.
func AcknowledgePrivileged(step pipelines.CodeBuildStep) {
	project := step.Project().Node().DefaultChild().(awscdk.CfnResource)
	policy.Acknowledge(project, policy.Finding{
		Rule:   "AwsSolutions-CB3",
		Reason: "The step needs a Docker daemon, which CodeBuild offers in privileged mode only; the build has a host of its own.",
	})
}

// permission is one statement of a role's policy.
type permission struct {
	actions, resources []string
	// conditions bound the statement further.
	conditions map[string]any
	// reason says why a resource holds a wildcard, for those that read the findings of policy packs.
	reason string
}

// allow adds permissions to a role that several steps may share, and acknowledges the wildcards among them.
func allow(role awsiam.Role, permissions ...permission) {
	for _, p := range permissions {
		statement := &awsiam.PolicyStatementProps{Actions: jsii.Strings(p.actions...), Resources: jsii.Strings(p.resources...)}
		if p.conditions != nil {
			statement.Conditions = &p.conditions
		}
		role.AddToPolicy(awsiam.NewPolicyStatement(statement))
	}
	if found := wildcards(role, permissions); len(found) > 0 {
		statements := role.Node().FindChild(jsii.String("DefaultPolicy"))
		policy.AcknowledgeOnce(statements.Node().DefaultChild().(awscdk.CfnResource), found...)
	}
}

// allowFirst is allow for a role that was just created and that nothing is added to later: the same policy, which the kernel hears
// of in two calls and not in two for each statement. A pipeline has a dozen of them.
func allowFirst(role awsiam.Role, permissions ...permission) {
	statements := make([]any, len(permissions))
	for i, p := range permissions {
		statement := map[string]any{"Effect": "Allow", "Action": p.actions, "Resource": p.resources}
		if p.conditions != nil {
			statement["Condition"] = p.conditions
		}
		statements[i] = statement
	}
	made := awsiam.NewPolicy(role, jsii.String("DefaultPolicy"), &awsiam.PolicyProps{
		Document: awsiam.PolicyDocument_FromJson(map[string]any{"Version": "2012-10-17", "Statement": statements}),
		Roles:    &[]awsiam.IRole{role},
	})
	if found := wildcards(role, permissions); len(found) > 0 {
		policy.AcknowledgeFirst(made, found...)
	}
}

// wildcards are the findings of the resources among permissions that hold one, each once.
func wildcards(role awsiam.Role, permissions []permission) []policy.Finding {
	var found []policy.Finding
	seen := map[string]bool{}
	for _, p := range permissions {
		for _, resource := range p.resources {
			if !strings.Contains(resource, "*") || seen[resource] {
				continue
			}
			seen[resource] = true
			if token(resource) {
				resource = plain(awscdk.Stack_Of(role).Resolve(resource))
			}
			found = append(found, policy.Finding{
				Rule: "AwsSolutions-IAM5", Reason: p.reason, AppliesTo: []string{"Resource::" + resource},
			})
		}
	}
	return found
}

// plain writes a resolved value as cdk-nag does: references and attributes in angle brackets.
// https://github.com/cdklabs/cdk-nag#suppressing-a-rule
func plain(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case map[string]any:
		if ref, ok := v["Ref"].(string); ok {
			return "<" + ref + ">"
		}
		if list, ok := v["Fn::GetAtt"].([]any); ok && len(list) == 2 {
			return fmt.Sprintf("<%v.%v>", list[0], list[1])
		}
		if list, ok := v["Fn::Join"].([]any); ok && len(list) == 2 {
			parts, _ := list[1].([]any)
			var b []string
			for _, part := range parts {
				b = append(b, plain(part))
			}
			return strings.Join(b, fmt.Sprint(list[0]))
		}
	}
	return fmt.Sprint(value)
}
