package frozen

import (
	"slices"
	"sync"
)

// Effect is what a change does when it is deployed.
type Effect string

// The effects, the worst first.
const (
	// Fails the deployment of the stack.
	Fails Effect = "fails the deployment"
	// Resets traffic to what the template says, which after a release may be the tasks of the version before.
	Resets Effect = "resets traffic"
	// Replaces the resource by a new one.
	Replaces Effect = "replaces the resource"
	// Live changes act on the tasks that serve customers, at once, before any new task exists.
	Live Effect = "acts on live tasks"
)

// Effects lists all effects, the worst first.
var Effects = []Effect{Fails, Resets, Replaces, Live}

// Entry is a property, or several, whose change has an effect that its author may not expect.
type Entry struct {
	// Type of the resource.
	Type string
	// Properties that the entry is about; none means every property that no other entry of the type names.
	Properties []string
	// Released limits the entry to what CodeDeploy releases: a service under its control, the target groups of that
	// service, and the listeners and rules that forward to them. With the engine ecs: the target groups and rules.
	Released bool
	// Effect of a change.
	Effect Effect
	// Why the change has it.
	Why string
	// Way to reach the same end.
	Way string
}

const (
	newService = "a service of another name beside the old one; move the callers, then remove the old"
	newEngine  = "in steps (docs/changing-a-plan.md): a service of another name with the new engine beside the old one; release it, move the callers, retire the old"
	elsewhere  = "a second one beside the first: write to both or copy, move the readers, then remove the first"
	noLive     = "nothing to do where an interruption is meant; else a service of another name beside the old one"
	twoSteps   = "expand and contract: release an image that answers the old and the new, change the setting, release an image without the old"
)

// Table is all that is known, ordered by type.
// Which properties replace a resource is the CloudFormation schema's word; the test module compares.
func Table() []Entry {
	return []Entry{
		{"AWS::CertificateManager::Certificate", []string{"CertificateAuthorityArn", "CertificateExport", "DomainName", "DomainValidationOptions", "KeyAlgorithm", "SubjectAlternativeNames", "ValidationMethod"}, false, Replaces,
			"The new certificate has another ARN, which listeners must take over: those of a service under CodeDeploy cannot.", "another environment with the domain that is wanted, then move the records of customers"},
		{"AWS::CodeDeploy::Application", []string{"ApplicationName", "ComputePlatform"}, false, Replaces,
			"The pipeline names the application; its history goes with it.", newService},
		{"AWS::CodeDeploy::DeploymentConfig", []string{"ComputePlatform", "DeploymentConfigName", "TrafficRoutingConfig"}, false, Replaces,
			"A deployment configuration is immutable.", "nothing to do: the name carries the content, so that a new content is a new configuration"},
		{"AWS::CodeDeploy::DeploymentGroup", []string{"ApplicationName", "DeploymentGroupName"}, false, Replaces,
			"The pipeline names the deployment group; its history goes with it.", newService},
		{"AWS::CodePipeline::Pipeline", []string{"Name"}, false, Replaces,
			"Its executions and their history go with it, and whoever starts it by name.", "nothing to do, if that is meant"},
		{"AWS::DynamoDB::Table", []string{"KeySchema", "TableName"}, false, Replaces,
			"The items stay behind in the old table, or are deleted with it.", elsewhere},
		{"AWS::EC2::SecurityGroup", []string{"GroupDescription", "GroupName", "VpcId"}, false, Replaces,
			"A new group has a new id, which whatever uses it must take over: a service under CodeDeploy cannot.", "change the group's rules, which are resources of their own"},
		{"AWS::EC2::Subnet", []string{"AvailabilityZone", "AvailabilityZoneId", "CidrBlock", "VpcId"}, false, Replaces,
			"Load balancers, tasks and databases stand in it.", "another environment, or another region of it, with the network that is wanted"},
		{"AWS::EC2::VPC", []string{"CidrBlock"}, false, Replaces,
			"Everything of the target stands in it.", "another environment, or another region of it, with the network that is wanted"},
		{"AWS::ECR::Repository", []string{"EncryptionConfiguration", "RepositoryName"}, false, Replaces,
			"The images stay behind in the old repository.", "a service of another name"},
		{"AWS::ECS::Cluster", []string{"ClusterName"}, false, Replaces,
			"Services stay behind in the old cluster.", "another environment"},
		{"AWS::ECS::Service", []string{"Cluster", "LaunchType", "Role", "SchedulingStrategy", "ServiceName"}, false, Replaces,
			"The new service starts beside the old one, which stops.", "a service of another name beside the old one; move the callers, then remove the old"},
		{"AWS::ECS::Service", []string{controller}, true, Fails,
			"Nobody can change in place who releases a service: CloudFormation would replace it, and its name is taken.", newEngine},
		{"AWS::ECS::Service", nil, true, Fails,
			"CloudFormation sends every property of the service, and ECS takes most of them from CodeDeploy only.", newService},
		{"AWS::EFS::FileSystem", []string{"AvailabilityZoneName", "Encrypted", "KmsKeyId", "PerformanceMode"}, false, Replaces,
			"The files stay behind in the old file system, or are deleted with it.", elsewhere},
		{"AWS::ElastiCache::ReplicationGroup", []string{"AtRestEncryptionEnabled", "CacheSubnetGroupName", "Engine", "KmsKeyId", "Port", "ReplicationGroupId"}, false, Replaces,
			"The cache begins empty, under another address.", elsewhere},
		{"AWS::ElasticLoadBalancingV2::Listener", []string{"LoadBalancerArn"}, false, Replaces,
			"The rules go with it, and it has another ARN.", "a second listener on another port; move the rules, then remove the first"},
		{"AWS::ElasticLoadBalancingV2::Listener", []string{"LoadBalancerArn"}, true, Replaces,
			"The port is taken until the old listener is gone, and with it traffic stops.", newService},
		{"AWS::ElasticLoadBalancingV2::Listener", nil, true, Resets,
			"CloudFormation sends the default actions with any change, and they name the target group of the first deployment.", newService},
		{"AWS::ElasticLoadBalancingV2::ListenerRule", []string{"ListenerArn"}, false, Replaces,
			"Requests reach the service through another listener.", "nothing to do, if that is meant"},
		{"AWS::ElasticLoadBalancingV2::ListenerRule", []string{"ListenerArn"}, true, Replaces,
			"The priority is taken until the old rule is gone, and with it traffic stops.", newService},
		{"AWS::ElasticLoadBalancingV2::ListenerRule", nil, true, Resets,
			"CloudFormation sends the actions with any change, and they name the target group that was live first; with the engine ecs it is empty after every second release, and requests fail.", newService},
		{"AWS::ElasticLoadBalancingV2::LoadBalancer", []string{"Name", "Scheme", "Type"}, false, Replaces,
			"Listeners, rules and DNS records go with it.", "another environment, or a second load balancer beside the first"},
		{"AWS::ElasticLoadBalancingV2::TargetGroup", []string{"IpAddressType", "Name", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"}, false, Replaces,
			"Requests fail until tasks are healthy in the new group.", noLive},
		{"AWS::ElasticLoadBalancingV2::TargetGroup", []string{"IpAddressType", "Name", "Port", "Protocol", "ProtocolVersion", "TargetType", "VpcId"}, true, Replaces,
			"Listeners, the service and the deployment group name the old target group, and none of them can be moved; rules of the engine ecs are set back to an empty one.", newService},
		{"AWS::ElasticLoadBalancingV2::TargetGroup", nil, true, Live,
			"Health checks and attributes change for the tasks that serve customers, which may not answer the new ones.", twoSteps},
		{"AWS::IAM::Role", []string{"Path", "RoleName"}, false, Replaces,
			"Trust and resource policies, and running tasks, name the role.", "a second role beside the first"},
		{"AWS::KMS::Alias", []string{"AliasName"}, false, Replaces,
			"Whoever names the key by its alias loses it.", "a second alias of the same key beside the first"},
		{"AWS::Logs::LogGroup", []string{"LogGroupName"}, false, Replaces,
			"The logs stay behind in the old group.", "nothing to do, if that is meant"},
		{"AWS::RDS::DBCluster", []string{"DBClusterIdentifier", "DBSubnetGroupName", "DatabaseName", "EngineMode", "KmsKeyId", "SnapshotIdentifier", "StorageEncrypted"}, false, Replaces,
			"The data stays behind in the old cluster, or is deleted with it.", elsewhere},
		{"AWS::RDS::DBInstance", []string{"DBInstanceIdentifier", "DBName", "DBSubnetGroupName", "KmsKeyId", "MasterUsername", "StorageEncrypted"}, false, Replaces,
			"The data stays behind in the old database, or is deleted with it.", elsewhere},
		{"AWS::Route53::HostedZone", []string{"DelegationSetId", "Name"}, false, Replaces,
			"The records go with it, and the new zone has other name servers.", "a second zone beside the first"},
		{"AWS::S3::Bucket", []string{"BucketName", "ObjectLockEnabled"}, false, Replaces,
			"The objects stay behind in the old bucket.", "a second bucket beside the first, and copy"},
		{"AWS::SNS::Topic", []string{"FifoTopic", "TopicName"}, false, Replaces,
			"Subscriptions go with it.", elsewhere},
		{"AWS::SQS::Queue", []string{"FifoQueue", "QueueName"}, false, Replaces,
			"Messages that wait are deleted with the old queue.", elsewhere},
		{"AWS::SSM::Parameter", []string{"Name"}, false, Replaces,
			"Stacks of other pipelines read it by name.", "write a second parameter, move the readers, remove the first"},
		{"AWS::SecretsManager::Secret", []string{"Name"}, false, Replaces,
			"Tasks read it by name, and the value stays behind.", "a second secret beside the first; release a task definition that reads it"},
		{"AWS::Synthetics::Canary", []string{"Name"}, false, Replaces,
			"Its alarm knows the canary by its name, and its results stay under the old one.", "nothing to do, if that is meant"},
		{"AWS::Synthetics::Canary", []string{"RunConfig"}, false, Live,
			"The canary asks the version that runs, as soon as the stack is deployed: with codedeploy before the release. If that version fails a new check, the canary's alarm stops the release.",
			"release what answers a new check first, then add the check"},
		{"AWS::WAFv2::WebACL", []string{"Name", "Scope"}, false, Replaces,
			"The load balancer is without its rules until the new one is associated.", "another web ACL beside the first"},
	}
}

// names are the properties with a literal physical name. CloudFormation cannot replace a resource that keeps its name, and
// fails: https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
var names = map[string]string{
	"AWS::CodeCommit::Repository":               "RepositoryName",
	"AWS::CodeDeploy::Application":              "ApplicationName",
	"AWS::CodeDeploy::DeploymentConfig":         "DeploymentConfigName",
	"AWS::CodeDeploy::DeploymentGroup":          "DeploymentGroupName",
	"AWS::CodePipeline::Pipeline":               "Name",
	"AWS::DynamoDB::Table":                      "TableName",
	"AWS::EC2::SecurityGroup":                   "GroupName",
	"AWS::ECR::Repository":                      "RepositoryName",
	"AWS::ECS::Cluster":                         "ClusterName",
	"AWS::ECS::Service":                         "ServiceName",
	"AWS::ElastiCache::ReplicationGroup":        "ReplicationGroupId",
	"AWS::ElasticLoadBalancingV2::LoadBalancer": "Name",
	"AWS::ElasticLoadBalancingV2::TargetGroup":  "Name",
	"AWS::IAM::Role":                            "RoleName",
	"AWS::KMS::Alias":                           "AliasName",
	"AWS::Logs::LogGroup":                       "LogGroupName",
	"AWS::RDS::DBCluster":                       "DBClusterIdentifier",
	"AWS::RDS::DBInstance":                      "DBInstanceIdentifier",
	"AWS::S3::Bucket":                           "BucketName",
	"AWS::SNS::Topic":                           "TopicName",
	"AWS::SQS::Queue":                           "QueueName",
	"AWS::SSM::Parameter":                       "Name",
	"AWS::SecretsManager::Secret":               "Name",
	"AWS::Synthetics::Canary":                   "Name",
	"AWS::WAFv2::WebACL":                        "Name",
}

// removed are the types of which a removal is worth a word, with the effect.
var removed = map[string]string{
	"AWS::ECS::Service":                         "The service stops.",
	"AWS::ElasticLoadBalancingV2::Listener":     "Traffic stops.",
	"AWS::ElasticLoadBalancingV2::ListenerRule": "Traffic stops.",
	"AWS::ElasticLoadBalancingV2::TargetGroup":  "Traffic stops.",
}

// entryOf is the entry for a property of a resource; released says whether CodeDeploy releases the resource: what the table
// says of such goes before what it says of all.
func entryOf(typ, property string, released bool) (Entry, bool) {
	if released {
		if e, ok := find(typ, property, true); ok {
			return e, true
		}
	}
	return find(typ, property, false)
}

// byType is the table for the many questions of a comparison.
var byType = sync.OnceValue(func() map[string][]Entry {
	entries := map[string][]Entry{}
	for _, e := range Table() {
		entries[e.Type] = append(entries[e.Type], e)
	}
	return entries
})

func find(typ, property string, released bool) (rest Entry, found bool) {
	for _, e := range byType()[typ] {
		if e.Released != released {
			continue
		}
		if len(e.Properties) == 0 {
			rest, found = e, true
		}
		if slices.Contains(e.Properties, property) {
			return e, true
		}
	}
	return rest, found
}
