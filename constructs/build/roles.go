package build

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/policy"
)

// Role is a role of builds.
type Role struct {
	// Role is what CloudFormation makes.
	Role awsiam.Role
	// fixed is the role for CDK Pipelines, which adds nothing to it.
	fixed awsiam.IRole
	// given is what the role of several steps may do; nil for the role of one.
	given map[string]bool
}

// NewRole creates a role of one step, which gives it all that it may do, that only CodeBuild projects of the stack's account can
// take. With an empty name CloudFormation makes one up.
func NewRole(scope constructs.Construct, id, name string) *Role {
	account, _ := once.Place(scope)
	props := &awsiam.RoleProps{AssumedBy: builder(account)}
	if name != "" {
		props.RoleName = &name
	}
	role := awsiam.NewRole(scope, &id, props)
	return &Role{Role: role, fixed: role.WithoutPolicyUpdates(nil)}
}

// NewSharedRole is NewRole for several steps. Each of them gives the role what its commands need, unless another has.
func NewSharedRole(scope constructs.Construct, id, name string) *Role {
	role := NewRole(scope, id, name)
	role.given = map[string]bool{}
	return role
}

// builder is CodeBuild as the principal that takes a role of an account's projects.
// https://docs.aws.amazon.com/codebuild/latest/userguide/cross-service-confused-deputy-prevention.html
func builder(account string) awsiam.IPrincipal {
	return once.ServiceFor("codebuild.amazonaws.com", account)
}

// AcknowledgePrivileged records why the project of a step that builds images runs in privileged mode. The project exists
// once the pipeline is built.
func AcknowledgePrivileged(step pipelines.CodeBuildStep) {
	policy.Acknowledge(step.Project(), policy.Finding{
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

// statement is the permission in a policy's JSON.
func (p *permission) statement() map[string]any {
	statement := map[string]any{"Effect": "Allow", "Action": p.actions, "Resource": p.resources}
	if p.conditions != nil {
		statement["Condition"] = p.conditions
	}
	return statement
}

// allow gives the role permissions, and acknowledges the wildcards among them.
func (r *Role) allow(permissions ...permission) {
	if r.given == nil {
		r.allowOnce(permissions)
		return
	}
	var fresh []permission
	for _, p := range permissions {
		if said := fmt.Sprint(p.statement()); !r.given[said] {
			r.given[said] = true
			fresh = append(fresh, p)
			r.Role.AddToPolicy(awsiam.PolicyStatement_FromJson(p.statement()))
		}
	}
	if found := wildcards(r.Role, fresh); len(found) > 0 {
		statements := r.Role.Node().FindChild(jsii.String("DefaultPolicy"))
		policy.AcknowledgeOnce(policy.Resource(statements), found...)
	}
}

// allowOnce gives the role of one step all that it may do: the kernel hears of the policy in two calls, and not in two for each
// statement. A pipeline has a dozen of such roles.
func (r *Role) allowOnce(permissions []permission) {
	statements := make([]any, len(permissions))
	for i, p := range permissions {
		statements[i] = p.statement()
	}
	made := awsiam.NewPolicy(r.Role, jsii.String("DefaultPolicy"), &awsiam.PolicyProps{
		Document: awsiam.PolicyDocument_FromJson(map[string]any{"Version": "2012-10-17", "Statement": statements}),
		Roles:    &[]awsiam.IRole{r.Role},
	})
	if found := wildcards(r.Role, permissions); len(found) > 0 {
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
