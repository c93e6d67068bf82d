package cloud

import "strings"

// kind is how resources of a type are named.
type kind struct {
	// name is the property with the physical name; without it CloudFormation makes one up, and so do we.
	name string
	// arn is the ARN, with {name}, {account}, {region}, and {Property} for the last part of another property's value.
	arn string
	// refIsARN says that Ref returns the ARN and not the name.
	refIsARN bool
}

// kinds are the types whose names or ARNs matter to policies and references. Any other type gets an ARN of its service with
// its logical id.
var kinds = map[string]kind{
	"AWS::CertificateManager::Certificate":      {"", "arn:aws:acm:{region}:{account}:certificate/{name}", true},
	"AWS::CloudWatch::Alarm":                    {"AlarmName", "arn:aws:cloudwatch:{region}:{account}:alarm:{name}", false},
	"AWS::CodeBuild::Project":                   {"Name", "arn:aws:codebuild:{region}:{account}:project/{name}", false},
	"AWS::CodeBuild::ReportGroup":               {"Name", "arn:aws:codebuild:{region}:{account}:report-group/{name}", true},
	"AWS::CodeCommit::Repository":               {"RepositoryName", "arn:aws:codecommit:{region}:{account}:{name}", false},
	"AWS::CodeDeploy::Application":              {"ApplicationName", "arn:aws:codedeploy:{region}:{account}:application:{name}", false},
	"AWS::CodeDeploy::DeploymentConfig":         {"DeploymentConfigName", "arn:aws:codedeploy:{region}:{account}:deploymentconfig:{name}", false},
	"AWS::CodeDeploy::DeploymentGroup":          {"DeploymentGroupName", "arn:aws:codedeploy:{region}:{account}:deploymentgroup:{ApplicationName}/{name}", false},
	"AWS::CodePipeline::Pipeline":               {"Name", "arn:aws:codepipeline:{region}:{account}:{name}", false},
	"AWS::DynamoDB::Table":                      {"TableName", "arn:aws:dynamodb:{region}:{account}:table/{name}", false},
	"AWS::EC2::SecurityGroup":                   {"GroupName", "arn:aws:ec2:{region}:{account}:security-group/{name}", false},
	"AWS::ECR::Repository":                      {"RepositoryName", "arn:aws:ecr:{region}:{account}:repository/{name}", false},
	"AWS::ECS::Cluster":                         {"ClusterName", "arn:aws:ecs:{region}:{account}:cluster/{name}", false},
	"AWS::ECS::Service":                         {"ServiceName", "arn:aws:ecs:{region}:{account}:service/{Cluster}/{name}", true},
	"AWS::ECS::TaskDefinition":                  {"Family", "arn:aws:ecs:{region}:{account}:task-definition/{name}:1", true},
	"AWS::ElasticLoadBalancingV2::Listener":     {"", "arn:aws:elasticloadbalancing:{region}:{account}:listener/app/balancer/1/{name}", true},
	"AWS::ElasticLoadBalancingV2::ListenerRule": {"", "arn:aws:elasticloadbalancing:{region}:{account}:listener-rule/app/balancer/1/2/{name}", true},
	"AWS::ElasticLoadBalancingV2::LoadBalancer": {"Name", "arn:aws:elasticloadbalancing:{region}:{account}:loadbalancer/app/{name}/1", true},
	"AWS::ElasticLoadBalancingV2::TargetGroup":  {"Name", "arn:aws:elasticloadbalancing:{region}:{account}:targetgroup/{name}/1", true},
	"AWS::Events::Rule":                         {"Name", "arn:aws:events:{region}:{account}:rule/{name}", false},
	"AWS::IAM::ManagedPolicy":                   {"ManagedPolicyName", "arn:aws:iam::{account}:policy/{name}", true},
	"AWS::IAM::Role":                            {"RoleName", "arn:aws:iam::{account}:role/{name}", false},
	"AWS::KMS::Alias":                           {"AliasName", "arn:aws:kms:{region}:{account}:{name}", false},
	"AWS::KMS::Key":                             {"", "arn:aws:kms:{region}:{account}:key/{name}", false},
	"AWS::Lambda::Function":                     {"FunctionName", "arn:aws:lambda:{region}:{account}:function:{name}", false},
	"AWS::Logs::LogGroup":                       {"LogGroupName", "arn:aws:logs:{region}:{account}:log-group:{name}:*", false},
	"AWS::S3::Bucket":                           {"BucketName", "arn:aws:s3:::{name}", false},
	"AWS::SNS::Topic":                           {"TopicName", "arn:aws:sns:{region}:{account}:{name}", true},
	"AWS::SQS::Queue":                           {"QueueName", "arn:aws:sqs:{region}:{account}:{name}", false},
	"AWS::SSM::Parameter":                       {"Name", "arn:aws:ssm:{region}:{account}:parameter{name}", false},
	"AWS::SecretsManager::Secret":               {"Name", "arn:aws:secretsmanager:{region}:{account}:secret:{name}-AbCdEf", true},
	"AWS::Signer::SigningProfile":               {"ProfileName", "arn:aws:signer:{region}:{account}:/signing-profiles/{name}", true},
	"AWS::Synthetics::Canary":                   {"Name", "arn:aws:synthetics:{region}:{account}:canary:{name}", false},
	"AWS::WAFv2::WebACL":                        {"Name", "arn:aws:wafv2:{region}:{account}:regional/webacl/{name}", false},
}

func kindOf(typ string) kind {
	if k, ok := kinds[typ]; ok {
		return k
	}
	service := strings.ToLower(typ)
	if parts := strings.Split(typ, "::"); len(parts) == 3 {
		service = strings.ToLower(parts[1])
	}
	return kind{"", "arn:aws:" + service + ":{region}:{account}:{name}", false}
}
