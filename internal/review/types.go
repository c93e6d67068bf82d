package review

import (
	"slices"
	"strings"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/cfn"
)

// lost says what is lost with a resource of the type; the empty string for those without state.
func lost(typ string) string {
	if what, ok := state[typ]; ok {
		return what
	}
	if cfn.Stateful(typ) {
		return "data"
	}
	return ""
}

// state says what is lost with a resource of the type, where "data" would say too little.
var state = map[string]string{
	"AWS::CodeCommit::Repository":        "commits",
	"AWS::Cognito::UserPool":             "users",
	"AWS::DocDB::DBCluster":              "data",
	"AWS::DynamoDB::GlobalTable":         "items",
	"AWS::DynamoDB::Table":               "items",
	"AWS::ECR::Repository":               "images",
	"AWS::EFS::FileSystem":               "files",
	"AWS::ElastiCache::ReplicationGroup": "cached data",
	"AWS::KMS::Key":                      "everything that it encrypts",
	"AWS::Kinesis::Stream":               "records",
	"AWS::Logs::LogGroup":                "logs",
	"AWS::MemoryDB::Cluster":             "data",
	"AWS::OpenSearchService::Domain":     "documents",
	"AWS::RDS::DBCluster":                "data",
	"AWS::RDS::DBInstance":               "data",
	"AWS::Route53::HostedZone":           "records",
	"AWS::S3::Bucket":                    "objects",
	"AWS::SQS::Queue":                    "waiting messages",
	"AWS::SecretsManager::Secret":        "the secret value",
}

// class is what kind of thing a type is, for what happens when one comes, goes or is replaced.
type class struct {
	// prefixes of the types.
	prefixes []string
	// level of a change, of a removal and of a replacement.
	changed, removed, replaced Level
	// gone says what a removal means.
	gone string
}

// classes are looked through in order; what none names is harmless to change and to remove, and its replacement an
// interruption.
var classes = []class{
	{[]string{ // Each change makes a new one by design; the old one stays until nothing runs on it.
		"AWS::ECS::TaskDefinition", "AWS::Lambda::Version", "AWS::Lambda::LayerVersion", "AWS::CodeDeploy::DeploymentConfig", "AWS::ApiGateway::Deployment",
		"AWS::EC2::LaunchTemplate", "AWS::AutoScaling::LaunchConfiguration", "AWS::Batch::JobDefinition", "AWS::IAM::Policy", "AWS::IAM::RolePolicy",
		"AWS::EC2::SecurityGroupIngress", "AWS::EC2::SecurityGroupEgress", "AWS::S3::BucketPolicy", "AWS::SSM::Document",
	}, Harmless, Harmless, Harmless, ""},
	{[]string{
		"AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm", "AWS::WAFv2::", "AWS::CloudTrail::", "AWS::EC2::FlowLog", "AWS::Config::", "AWS::GuardDuty::",
		"AWS::Backup::", "AWS::Synthetics::", "AWS::SNS::Subscription", "AWS::Shield::", "AWS::SecurityHub::", "AWS::Inspector", "AWS::AccessAnalyzer::", "AWS::Macie::",
		"AWS::ECR::SigningConfiguration", "AWS::ECR::RegistryScanningConfiguration", "AWS::Logs::MetricFilter", "AWS::Logs::SubscriptionFilter", "AWS::CloudFormation::GuardHook",
	}, Harmless, SafetyLost, SafetyLost, "It watched, guarded or recorded what is left"},
	{[]string{
		"AWS::ElasticLoadBalancingV2::", "AWS::ElasticLoadBalancing::", "AWS::Route53::", "AWS::CertificateManager::", "AWS::CloudFront::", "AWS::ApiGateway::",
		"AWS::ApiGatewayV2::", "AWS::ServiceDiscovery::", "AWS::GlobalAccelerator::", "AWS::VpcLattice::", "AWS::AppMesh::", "AWS::AppSync::",
		"AWS::EC2::Route", "AWS::EC2::SubnetRouteTableAssociation", "AWS::EC2::NetworkAcl", "AWS::EC2::SubnetNetworkAclAssociation", "AWS::EC2::InternetGateway",
		"AWS::EC2::NatGateway", "AWS::EC2::VPCGatewayAttachment", "AWS::EC2::VPCEndpoint", "AWS::EC2::TransitGateway", "AWS::EC2::VPCPeeringConnection", "AWS::EC2::EIP",
		"AWS::Lambda::EventSourceMapping", "AWS::Lambda::Alias", "AWS::Lambda::Url",
	}, Traffic, Traffic, Traffic, "Requests that went through it go another way, or nowhere"},
	{[]string{
		"AWS::ECS::", "AWS::EC2::Instance", "AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::AutoScaling::", "AWS::ApplicationAutoScaling::", "AWS::Lambda::Function", "AWS::EKS::",
		"AWS::AppRunner::", "AWS::Batch::", "AWS::StepFunctions::", "AWS::Events::", "AWS::Scheduler::", "AWS::SNS::Topic", "AWS::CodePipeline::", "AWS::CodeDeploy::",
		"AWS::MSK::", "AWS::AmazonMQ::", "AWS::Pipes::",
	}, Harmless, Interruption, Interruption, "What it ran, started or led on stops"},
}

func classOf(typ string) class {
	for _, c := range classes {
		for _, p := range c.prefixes {
			if typ == p || strings.HasSuffix(p, "::") && strings.HasPrefix(typ, p) || strings.HasPrefix(typ, p) && slices.Contains(families, p) {
				return c
			}
		}
	}
	return class{nil, Harmless, Harmless, Interruption, ""}
}

// families are prefixes that are no whole service.
var families = []string{"AWS::EC2::TransitGateway", "AWS::EC2::NetworkAcl", "AWS::EC2::Route", "AWS::Inspector"}

// priced says what costs money by the hour from its creation on. The direction is what matters here, not the price.
var priced = map[string]string{
	"AWS::AmazonMQ::Broker":                     "a broker",
	"AWS::DAX::Cluster":                         "a cache cluster",
	"AWS::DMS::ReplicationInstance":             "a replication instance",
	"AWS::DirectoryService::MicrosoftAD":        "a directory",
	"AWS::DocDB::DBInstance":                    "a database instance",
	"AWS::EC2::ClientVpnEndpoint":               "a VPN endpoint",
	"AWS::EC2::EIP":                             "a public address",
	"AWS::EC2::Instance":                        "an instance",
	"AWS::EC2::NatGateway":                      "a NAT gateway",
	"AWS::EC2::TransitGatewayAttachment":        "a transit gateway attachment",
	"AWS::EC2::VPNConnection":                   "a VPN connection",
	"AWS::EC2::Volume":                          "a volume",
	"AWS::ECS::Service":                         "tasks",
	"AWS::EKS::Cluster":                         "a cluster",
	"AWS::EKS::Nodegroup":                       "nodes",
	"AWS::ElastiCache::CacheCluster":            "a cache cluster",
	"AWS::ElastiCache::ReplicationGroup":        "a cache cluster",
	"AWS::ElasticLoadBalancing::LoadBalancer":   "a load balancer",
	"AWS::ElasticLoadBalancingV2::LoadBalancer": "a load balancer",
	"AWS::FSx::FileSystem":                      "a file system",
	"AWS::GlobalAccelerator::Accelerator":       "an accelerator",
	"AWS::KMS::Key":                             "a key",
	"AWS::Kinesis::Stream":                      "shards",
	"AWS::MSK::Cluster":                         "a cluster",
	"AWS::MemoryDB::Cluster":                    "a cluster",
	"AWS::Neptune::DBInstance":                  "a database instance",
	"AWS::NetworkFirewall::Firewall":            "a firewall",
	"AWS::OpenSearchService::Domain":            "a search domain",
	"AWS::RDS::DBInstance":                      "a database instance",
	"AWS::Redshift::Cluster":                    "a cluster",
	"AWS::SageMaker::Endpoint":                  "an endpoint",
	"AWS::Synthetics::Canary":                   "a canary",
	"AWS::WAFv2::WebACL":                        "a web ACL",
}

// price says what a new resource costs money for; empty for those that cost nothing while nobody uses them.
func price(r *assembly.Resource) string {
	if r.Type == "AWS::EC2::VPCEndpoint" {
		if r.Properties["VpcEndpointType"] == "Interface" {
			return "an interface endpoint"
		}
		return ""
	}
	return priced[r.Type]
}

// keeps says whether a deletion policy keeps the resource when it leaves its stack, or is replaced.
func keeps(policy string) bool { return policy == "Retain" || policy == "RetainExceptOnCreate" }

// policyOf is a policy of a resource: DeletionPolicy or UpdateReplacePolicy.
func policyOf(r *assembly.Resource, which string) string {
	m, _ := section(r.Stack, "Resources")[r.LogicalID].(map[string]any)
	policy, _ := m[which].(string)
	return policy
}
