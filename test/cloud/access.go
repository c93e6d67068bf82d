package cloud

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/storeship/storeship/test/iam"
)

// known are the AWS managed policies that the bootstrap's roles have, as far as the pipelines use them.
var known = map[string]string{
	administrator: "*",
	"arn:aws:iam::aws:policy/AWSCloudFormationReadOnlyAccess": "cloudformation:Describe*",
	"arn:aws:iam::aws:policy/ReadOnlyAccess":                  "ssm:Describe*",
}

// Can says whether the principal, a role's ARN or the name of an AWS service, may do action on resource. The condition keys
// that follow from the resource are added to the given ones: its account, and the aliases of a key.
func (c *Cloud) Can(principal, action, resource string, context map[string][]string) (iam.Decision, error) {
	r := iam.Request{Principal: principal, Action: action, Resource: resource, Context: maps.Clone(context)}
	if r.Context == nil {
		r.Context = map[string][]string{}
	}
	var p iam.Policies
	if strings.HasPrefix(principal, "arn:") {
		role := c.Find(principal)
		if role == nil || role.Type != "AWS::IAM::Role" {
			return iam.Decision{}, fmt.Errorf("there is no role %s", principal)
		}
		var err error
		if p.Identity, err = c.Identity(role); err != nil {
			return iam.Decision{}, err
		}
		r.ResourceAccount = role.Account
	}
	if owner, err := c.resourcePolicy(&r, &p); err != nil {
		return iam.Decision{}, err
	} else if owner != "" {
		r.ResourceAccount = owner
	}
	r.Context["aws:ResourceAccount"] = []string{r.ResourceAccount}
	return iam.Evaluate(r, p)
}

// Identity lists the statements of all policies of a role.
func (c *Cloud) Identity(role *Resource) ([]iam.Statement, error) {
	var all []iam.Statement
	add := func(document any) error {
		s, err := iam.Parse(document)
		all = append(all, s...)
		if err != nil {
			return fmt.Errorf("%s: %w", role.ARN, err)
		}
		return nil
	}
	for _, p := range list(role.Properties["Policies"]) {
		if err := add(p.(map[string]any)["PolicyDocument"]); err != nil {
			return nil, err
		}
	}
	for _, r := range c.Of("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy") {
		if r.Account != role.Account {
			continue
		}
		attached := slices.Contains(list(r.Properties["Roles"]), any(role.Name)) || r.Properties["RoleName"] == role.Name ||
			r.Type == "AWS::IAM::ManagedPolicy" && slices.Contains(list(role.Properties["ManagedPolicyArns"]), any(r.ARN))
		if attached {
			if err := add(r.Properties["PolicyDocument"]); err != nil {
				return nil, err
			}
		}
	}
	for _, arn := range list(role.Properties["ManagedPolicyArns"]) {
		actions, ok := known[fmt.Sprint(arn)]
		if !ok && c.Find(fmt.Sprint(arn)) == nil {
			return nil, fmt.Errorf("%s has the policy %s, whose content is not known here", role.ARN, arn)
		}
		if ok {
			all = append(all, iam.Statement{Effect: "Allow", Actions: []string{actions}, Resources: []string{"*"}})
		}
	}
	return all, nil
}

// resourcePolicy adds the policy of the resource itself, and the condition keys that follow from it, and returns its account.
func (c *Cloud) resourcePolicy(r *iam.Request, p *iam.Policies) (string, error) {
	parts := strings.SplitN(r.Resource, ":", 6)
	if len(parts) < 6 {
		return "", nil
	}
	service, owner := parts[2], parts[4]
	var document any
	switch service {
	case "s3":
		bucket, _, _ := strings.Cut(parts[5], "/")
		b := c.Find("arn:aws:s3:::" + bucket)
		if b == nil {
			return "", fmt.Errorf("there is no bucket %s", bucket)
		}
		owner = b.Account
		r.Context["s3:ResourceAccount"] = []string{owner}
		document = c.policyOf("AWS::S3::BucketPolicy", "Bucket", b.Name, owner)
	case "kms":
		key := c.Find(r.Resource)
		if key == nil || key.Type != "AWS::KMS::Key" {
			return "", fmt.Errorf("there is no key %s; policies know keys by their own ARNs only", r.Resource)
		}
		for _, alias := range c.Of("AWS::KMS::Alias") {
			if t := alias.Properties["TargetKeyId"]; t == key.ARN || t == key.Name {
				r.Context["kms:ResourceAliases"] = append(r.Context["kms:ResourceAliases"], alias.Name)
			}
		}
		if account := strings.Split(r.Principal, ":"); len(account) > 4 {
			r.Context["kms:CallerAccount"] = []string{account[4]}
		}
		document, p.ResourceDecides = key.Properties["KeyPolicy"], true
	case "iam":
		if strings.HasPrefix(r.Action, "sts:") {
			role := c.Find(r.Resource)
			if role == nil {
				return "", fmt.Errorf("there is no role %s", r.Resource)
			}
			document, p.ResourceDecides = role.Properties["AssumeRolePolicyDocument"], true
			for _, tag := range list(role.Properties["Tags"]) {
				m := tag.(map[string]any)
				r.Context[fmt.Sprint("iam:ResourceTag/", m["Key"])] = []string{fmt.Sprint(m["Value"])}
			}
		}
	case "ecr":
		if repository := c.Find(r.Resource); repository != nil {
			document = repository.Properties["RepositoryPolicyText"]
		}
	case "sns":
		document = c.topicPolicy(r.Resource)
	case "secretsmanager":
		document = c.policyOf("AWS::SecretsManager::ResourcePolicy", "SecretId", r.Resource, owner)
	}
	if document == nil {
		return owner, nil
	}
	p.HasResource = true
	statements, err := iam.Parse(document)
	if err != nil {
		return "", fmt.Errorf("%s: %w", r.Resource, err)
	}
	// A topic's or repository's statement needs no resource: it speaks of its own.
	p.Resource = statements
	return owner, nil
}

func (c *Cloud) policyOf(typ, property, value, account string) any {
	for _, r := range c.Of(typ) {
		if r.Account == account && r.Properties[property] == value {
			if d, ok := r.Properties["PolicyDocument"]; ok {
				return d
			}
			return r.Properties["ResourcePolicy"]
		}
	}
	return nil
}

func (c *Cloud) topicPolicy(arn string) any {
	for _, r := range c.Of("AWS::SNS::TopicPolicy") {
		if slices.Contains(list(r.Properties["Topics"]), any(arn)) {
			return r.Properties["PolicyDocument"]
		}
	}
	return nil
}

func list(value any) []any {
	l, _ := value.([]any)
	return l
}
