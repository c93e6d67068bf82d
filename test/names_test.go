package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/harness"
	"github.com/storeship/storeship/test/iam"
)

// tools is the account of the retail store's pipelines.
const tools = "111111111111"

// deploy pretends to deploy a store. Bootstrap roles are those of the repository's own CLI.
func deploy(t *testing.T, in harness.Input) *cloud.Cloud {
	t.Helper()
	c, err := cloud.Deploy(harness.Synth(t, in).Assembly, cloud.Bootstrap{Template: harness.BootstrapTemplate(), Trust: tools})
	require.NoError(t, err)
	return c
}

// collisions lists names that two resources of one type have where names must differ: buckets in the world, what IAM has in an
// account, everything else in an account and region.
func collisions(resources []*cloud.Resource) []string {
	seen := map[string]string{}
	var found []string
	for _, r := range resources {
		if !r.Literal {
			continue
		}
		where := r.Account + " " + r.Region
		switch {
		case r.Type == "AWS::S3::Bucket":
			where = "the world"
		case strings.HasPrefix(r.Type, "AWS::IAM::"):
			where = r.Account
		}
		name := r.Name
		if r.Type == "AWS::CodeDeploy::DeploymentGroup" {
			name = r.ARN
		}
		key := fmt.Sprintf("%s %s in %s", r.Type, name, where)
		if other, ok := seen[key]; ok {
			found = append(found, fmt.Sprintf("%s: in the stacks %s and %s", key, other, r.Stack))
		}
		seen[key] = r.Stack
	}
	return found
}

// Catches: two stacks that create one name, of which the second fails; above all roles, which regions of an account share.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	require.Empty(t, collisions(c.Resources))
	literal := 0
	for _, r := range c.Of("AWS::IAM::Role", "AWS::S3::Bucket") {
		if r.Literal {
			literal++
		}
	}
	require.Greater(t, literal, 30, "hardly any names were looked at")
}

// Catches: a check of names that finds nothing.
func TestCollisions(t *testing.T) {
	t.Parallel()
	role := func(account, region, name, stack string) *cloud.Resource {
		return &cloud.Resource{Type: "AWS::IAM::Role", Account: account, Region: region, Name: name, Stack: stack, Literal: true}
	}
	require.Empty(t, collisions([]*cloud.Resource{role("1", "a", "x", "s"), role("2", "a", "x", "t"), role("1", "a", "y", "u")}))
	require.Equal(t, []string{"AWS::IAM::Role x in 1: in the stacks s and t"}, collisions([]*cloud.Resource{role("1", "a", "x", "s"), role("1", "b", "x", "t")}))
	bucket := func(account string) *cloud.Resource {
		return &cloud.Resource{Type: "AWS::S3::Bucket", Account: account, Name: "b", Stack: account, Literal: true}
	}
	require.Len(t, collisions([]*cloud.Resource{bucket("1"), bucket("2")}), 1)
	queue := func(region string) *cloud.Resource {
		return &cloud.Resource{Type: "AWS::SQS::Queue", Account: "1", Region: region, Name: "q", Literal: true}
	}
	require.Empty(t, collisions([]*cloud.Resource{queue("a"), queue("b")}))
	require.Len(t, collisions([]*cloud.Resource{queue("a"), queue("a")}), 1)
}

// Catches: a parameter of the platform contract that a stack reads and none writes, an import of another stack's output, and
// a reference to nothing.
func TestReferencesLeadSomewhere(t *testing.T) {
	t.Parallel()
	require.Empty(t, deploy(t, store).Problems)
}

// statement is a policy's statement with where it is.
type statement struct {
	iam.Statement
	where string
}

// statements lists those of all policies in the cloud that the store's own stacks make.
func statements(t *testing.T, c *cloud.Cloud) []statement {
	t.Helper()
	var all []statement
	add := func(r *cloud.Resource, what string, document any) {
		if document == nil || r.Stack == "CDKToolkit" {
			return
		}
		if text, ok := document.(string); ok {
			// CloudWatch Logs takes the policy as text.
			var parsed any
			require.NoError(t, json.Unmarshal([]byte(text), &parsed), "%s %s", r.Stack, r.LogicalID)
			document = parsed
		}
		parsed, err := iam.Parse(document)
		require.NoError(t, err, "%s %s", r.Stack, r.LogicalID)
		for _, s := range parsed {
			all = append(all, statement{s, fmt.Sprintf("%s %s %s", r.Stack, r.LogicalID, what)})
		}
	}
	for _, r := range c.Resources {
		for _, property := range []string{"PolicyDocument", "AssumeRolePolicyDocument", "KeyPolicy", "RepositoryPolicyText", "ResourcePolicy"} {
			add(r, property, r.Properties[property])
		}
		policies, _ := r.Properties["Policies"].([]any)
		for _, p := range policies {
			if m, ok := p.(map[string]any); ok {
				add(r, "Policies", m["PolicyDocument"])
			}
		}
	}
	return all
}

// existing says whether a pattern of a policy matches an ARN of the cloud, or something within what has that ARN.
func existing(arns []string, pattern string) bool {
	if strings.HasPrefix(pattern, "arn:aws:s3:::") {
		// A bucket makes its objects possible, whatever they are called.
		pattern, _, _ = strings.Cut(pattern, "/")
	}
	return slices.ContainsFunc(arns, func(arn string) bool {
		within := []string{arn, strings.TrimSuffix(arn, ":*")}
		for _, suffix := range []string{"/x", ":x", ":log-stream:x"} {
			within = append(within, strings.TrimSuffix(arn, ":*")+suffix)
		}
		if strings.Contains(arn, ":project/") {
			// A project makes its report groups itself, and names them after itself.
			within = append(within, strings.Replace(arn, ":project/", ":report-group/", 1)+"-x")
		}
		return slices.ContainsFunc(within, func(arn string) bool { return iam.Match(pattern, arn) })
	})
}

// looked are the services whose resources the store creates itself, so that a policy that names another is a mistake.
var looked = []string{"iam", "s3", "kms", "ecr", "codebuild", "codecommit", "codedeploy", "sns", "ssm", "ecs", "logs", "sqs", "lambda", "dynamodb"}

// elsewhere are ARNs that a policy may name though no stack creates them.
var elsewhere = []string{
	// CodeDeploy has configurations of its own, which is what most services use.
	":deploymentconfig:",
	// A task set is made by CodeDeploy.
	":task-set/",
	// Container Insights' own log groups.
	":log-group:/aws/ecs/containerinsights/",
	// What a CodeBuild project of the CDK may write to, whatever its log configuration is.
	":log-group:/aws/codebuild/",
	// The fingerprints of what was dispatched, which the platform's pipeline writes itself.
	"/platform/tools/dispatch/",
	// The id of a change that a person lets pass, which only a person writes.
	"/platform/tools/review/",
	// The stop switch and what lets one execution pass it, which only people write.
	"/platform/tools/stop/",
	"/platform/tools/break-glass/",
}

// Catches: a policy that allows something on a name with a typing error, so that the call fails at night.
func TestPoliciesNameWhatExists(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	var arns []string
	for _, r := range c.Resources {
		arns = append(arns, r.ARN)
		if name, ok := r.Properties["Name"].(string); ok && r.Type == "AWS::Synthetics::Canary" {
			// Lambda makes the log group of a canary's function, whose name has at most 64 characters: cwsyn-, 21 of the canary's name, a
			// hyphen, and an id.
			arns = append(arns, "arn:aws:logs:"+r.Region+":"+r.Account+":log-group:/aws/lambda/cwsyn-"+name[:min(21, len(name))]+"-4798075b-20e3-494b-85ed-97a9f180e6d0")
		}
	}
	checked := 0
	missing := map[string]bool{}
	for _, s := range statements(t, c) {
		if s.Effect != "Allow" {
			continue
		}
		for _, pattern := range s.Resources {
			parts := strings.SplitN(pattern, ":", 6)
			if len(parts) < 6 || !slices.Contains(looked, parts[2]) || slices.ContainsFunc(elsewhere, func(e string) bool { return strings.Contains(pattern, e) }) {
				continue
			}
			checked++
			if !existing(arns, pattern) {
				missing[fmt.Sprintf("%s: %s for %s", s.where, pattern, strings.Join(s.Actions, ", "))] = true
			}
		}
	}
	require.Empty(t, sorted(missing))
	require.Greater(t, checked, 100, "hardly any policies were looked at")
}

// Catches: a trust or resource policy for a role or account that the store does not have.
func TestPoliciesAdmitWhoExists(t *testing.T) {
	t.Parallel()
	c := deploy(t, store)
	var roles, accounts []string
	for _, r := range c.Of("AWS::IAM::Role") {
		roles, accounts = append(roles, r.ARN), append(accounts, r.Account)
	}
	strangers := map[string]bool{}
	checked := 0
	for _, s := range statements(t, c) {
		if s.Effect != "Allow" {
			continue
		}
		for _, p := range s.Principals["AWS"] {
			account := strings.TrimSuffix(strings.TrimPrefix(p, "arn:aws:iam::"), ":root")
			checked++
			if p != "*" && !slices.Contains(roles, p) && !slices.Contains(accounts, account) {
				strangers[s.where+": "+p] = true
			}
		}
		for _, condition := range s.Conditions {
			if condition.Key != "aws:PrincipalArn" {
				continue
			}
			for _, pattern := range condition.Values {
				checked++
				if !slices.ContainsFunc(roles, func(role string) bool { return iam.Match(pattern, role) }) {
					strangers[s.where+": "+pattern] = true
				}
			}
		}
	}
	require.Empty(t, sorted(strangers))
	require.Greater(t, checked, 20)
}

// Catches: a policy that admits everyone, or an action or resource that is everything, without a word in the table.
func TestNoPolicyIsOpen(t *testing.T) {
	t.Parallel()
	for _, s := range statements(t, deploy(t, store)) {
		if s.Effect != "Allow" {
			continue
		}
		require.NotContains(t, s.Actions, "*", s.where)
		require.Empty(t, s.NotActions, s.where)
		require.Empty(t, s.NotResources, s.where)
		if slices.Contains(s.Principals["AWS"], "*") {
			require.NotEmpty(t, s.Conditions, "%s admits everyone", s.where)
		}
	}
}

func sorted(set map[string]bool) []string {
	var list []string
	for s := range set {
		list = append(list, s)
	}
	sort.Strings(list)
	return list
}
