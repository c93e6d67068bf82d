package delivery

import (
	"sort"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
)

// qualifier is the one of `cdk bootstrap` without --qualifier; the bootstrap's role names carry it.
const qualifier = "hnb659fds"

// bootstrapDeployRole is the ARN of the role that the bootstrap of an account creates in region for deployments; region
// may be the pattern *.
func bootstrapDeployRole(account, region string) string {
	return "arn:aws:iam::" + account + ":role/cdk-" + qualifier + "-deploy-role-" + account + "-" + region
}

// accountRoot is the ARN that stands for everything in an account that its own policies let.
func accountRoot(account string) string { return "arn:aws:iam::" + account + ":root" }

// reader is an account whose roles read artifacts.
type reader struct {
	account string
	// roles deploy, and tests run code of a service.
	roles, tests []string
}

// readers lists the environments' accounts with the role patterns that read artifacts there, by account. Policies name
// account roots bounded by patterns because S3 and KMS refuse a principal that does not exist yet, and the roles come
// after the bucket.
func readers(s *environment.Store) []reader {
	roles, tests := map[string][]string{}, map[string][]string{}
	for _, e := range s.Environments {
		if len(roles[e.Account]) == 0 {
			roles[e.Account] = append(roles[e.Account], bootstrapDeployRole(e.Account, "*"))
		}
		roles[e.Account] = append(roles[e.Account], e.RoleARN(e.DeployerRoleName(s)))
		if len(e.TestProjectPatterns(s)) > 0 {
			tests[e.Account] = append(tests[e.Account], e.RoleARN(e.TestRolePattern(s)))
		}
	}
	var out []reader
	for account, patterns := range roles {
		out = append(out, reader{account, patterns, tests[account]})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].account < out[j].account })
	return out
}

// like are the conditions under which an account's root stands for its roles that match one of the patterns.
func like(patterns []string) map[string]any {
	return map[string]any{"ArnLike": map[string]any{"aws:PrincipalArn": patterns}}
}

// rolesOf is the principal of the roles of account that match the pattern.
func rolesOf(account, pattern string) awsiam.PrincipalWithConditions {
	conditions := like([]string{pattern})
	return awsiam.NewPrincipalWithConditions(awsiam.NewArnPrincipal(jsii.String(accountRoot(account))), &conditions)
}

// allow is a statement of a role's policy, as JSON: the kernel hears of all of them at once, and not of one by one.
func allow(actions, resources []string, conditions map[string]any) map[string]any {
	return map[string]any{"Effect": "Allow", "Action": actions, "Resource": resources, "Condition": conditions}
}
