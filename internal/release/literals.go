package release

import (
	"regexp"
)

// literals says how CloudFormation's Ref and Fn::GetAtt of a resource follow from its own literal properties. {Name} is a
// property of the resource; {account} and {region} are the stack's. A type or attribute that is missing here is known only
// at deployment. The return values are those of each resource's page in the template reference:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var literals = map[string]map[string]string{
	"AWS::DynamoDB::GlobalTable": {
		"Ref": "{TableName}",
		"Arn": "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
	},
	"AWS::DynamoDB::Table": {
		"Ref": "{TableName}",
		"Arn": "arn:aws:dynamodb:{region}:{account}:table/{TableName}",
	},
	"AWS::ECR::Repository": {
		"Ref":           "{RepositoryName}",
		"Arn":           "arn:aws:ecr:{region}:{account}:repository/{RepositoryName}",
		"RepositoryUri": "{account}.dkr.ecr.{region}.amazonaws.com/{RepositoryName}",
	},
	"AWS::ECS::Cluster": {
		"Ref": "{ClusterName}",
		"Arn": "arn:aws:ecs:{region}:{account}:cluster/{ClusterName}",
	},
	"AWS::Events::EventBus": {
		"Ref":  "{Name}",
		"Name": "{Name}",
		"Arn":  "arn:aws:events:{region}:{account}:event-bus/{Name}",
	},
	"AWS::IAM::Role": {
		"Ref": "{RoleName}",
		"Arn": "arn:aws:iam::{account}:role{Path}{RoleName}",
	},
	"AWS::KMS::Alias": {
		"Ref": "{AliasName}",
	},
	"AWS::Logs::LogGroup": {
		"Ref": "{LogGroupName}",
		"Arn": "arn:aws:logs:{region}:{account}:log-group:{LogGroupName}:*",
	},
	"AWS::S3::Bucket": {
		"Ref":                "{BucketName}",
		"Arn":                "arn:aws:s3:::{BucketName}",
		"DomainName":         "{BucketName}.s3.amazonaws.com",
		"RegionalDomainName": "{BucketName}.s3.{region}.amazonaws.com",
	},
	"AWS::SNS::Topic": {
		"Ref":       "arn:aws:sns:{region}:{account}:{TopicName}",
		"TopicArn":  "arn:aws:sns:{region}:{account}:{TopicName}",
		"TopicName": "{TopicName}",
	},
	"AWS::SQS::Queue": {
		"Ref":       "https://sqs.{region}.amazonaws.com/{account}/{QueueName}",
		"Arn":       "arn:aws:sqs:{region}:{account}:{QueueName}",
		"QueueName": "{QueueName}",
		"QueueUrl":  "https://sqs.{region}.amazonaws.com/{account}/{QueueName}",
	},
	"AWS::SSM::Parameter": {
		"Ref":   "{Name}",
		"Type":  "{Type}",
		"Value": "{Value}",
	},
	// The partial ARN, without the hyphen and six characters that Secrets Manager adds.
	secretType: {
		"Ref": "arn:aws:secretsmanager:{region}:{account}:secret:{Name}",
		"Id":  "arn:aws:secretsmanager:{region}:{account}:secret:{Name}",
	},
}

const secretType = "AWS::SecretsManager::Secret"

// partialTrap matches secret names of which Secrets Manager cannot tell a partial ARN from a full one.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/troubleshoot.html#ARN_secretnamehyphen
var partialTrap = regexp.MustCompile(`-.{6}$`)

// optional are properties that a template may leave out, with the value that counts then.
var optional = map[string]string{"Path": "/"}

var placeholder = regexp.MustCompile(`\{\w+\}`)

// attribute resolves a Ref or Fn::GetAtt of a resource through [literals].
func (r *resolver) attribute(id, attribute string) (any, *unresolved) {
	resource, ok := r.resources[id].(map[string]any)
	if !ok {
		return nil, unresolvedf("refers to the parameter %s of the template, known only at deployment", id)
	}
	typ, _ := resource["Type"].(string)
	what := typ + " " + id
	if attribute != "Ref" {
		what = attribute + " of " + what
	}
	pattern, ok := literals[typ][attribute]
	if !ok {
		return nil, unresolvedf("refers to %s, known only at deployment", what)
	}
	for _, o := range r.open {
		if o == id {
			return nil, unresolvedf("refers to %s in a circle", what)
		}
	}
	r.open = append(r.open, id)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	properties, _ := resource["Properties"].(map[string]any)
	var failed *unresolved
	out := placeholder.ReplaceAllStringFunc(pattern, func(p string) string {
		name := p[1 : len(p)-1]
		switch name {
		case "account", "region":
			v := map[string]string{"account": r.env.Account, "region": r.env.Region}[name]
			if v == "" && failed == nil {
				failed = unresolvedf("refers to %s, and the stack names no %s", what, name)
			}
			return v
		}
		value, ok := properties[name]
		if !ok {
			value, ok = optional[name]
		}
		s, err := r.text(value)
		switch {
		case failed != nil:
		case !ok || err == nil && s == "":
			failed = unresolvedf("refers to %s, which gets its name only at deployment", what)
			failed.fix = "give it a " + name
		case err != nil:
			failed = unresolvedf("refers to %s, whose %s %s", what, name, err.message)
		case typ == secretType && partialTrap.MatchString(s):
			failed = unresolvedf("refers to %s, whose name %q ends in a hyphen and six characters, so that its partial ARN finds nothing", what, s)
			failed.fix = `choose another name, such as one that ends in "/credentials"`
		}
		return s
	})
	if failed != nil {
		return nil, failed
	}
	return out, nil
}
