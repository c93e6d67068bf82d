package review

import "math"

// Where several types are alike.
var (
	databases  = []string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"}
	tables     = []string{"AWS::DynamoDB::Table", "AWS::DynamoDB::GlobalTable"}
	balancers  = []string{"AWS::ElasticLoadBalancingV2::LoadBalancer"}
	listeners  = []string{"AWS::ElasticLoadBalancingV2::Listener"}
	caches     = []string{"AWS::ElastiCache::ReplicationGroup"}
	buckets    = []string{"AWS::S3::Bucket"}
	services   = []string{"AWS::ECS::Service"}
	tasks      = []string{"AWS::ECS::TaskDefinition"}
	registries = []string{"AWS::ECR::Repository"}
	scalers    = []string{"AWS::ApplicationAutoScaling::ScalableTarget"}
	groups     = []string{"AWS::AutoScaling::AutoScalingGroup"}
	trails     = []string{"AWS::CloudTrail::Trail"}
	streams    = []string{"AWS::Kinesis::Stream"}
	queues     = []string{"AWS::SQS::Queue"}
	projects   = []string{"AWS::CodeBuild::Project"}
	functions  = []string{"AWS::Lambda::Function"}
	canaries   = []string{"AWS::Synthetics::Canary"}
	rules      = []string{"AWS::Events::Rule"}

	subscriptions = []string{"AWS::SNS::Subscription"}
)

const (
	unprotected = "turns protection against deletion off"
	sooner      = "It can be restored from fewer backups, or from none."
	cleartext   = "What it holds or carries is no longer encrypted as it was."
	unlogged    = "Afterwards nobody can see what happened."
	fewerTasks  = "Less carries the requests until scaling catches up."
	billed      = "More of it is paid for."
	public      = "Whoever finds the address can try to get in."
)

// watches is the table of properties of which a change in one direction matters. The meaning of each, and its value where a
// template says nothing, are those of CloudFormation's reference:
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-template-resource-type-ref.html
var watches = []watch{
	// State.
	{databases, "DeletionProtection", off, DataLoss, unprotected, "One wrong deletion takes the data."},
	{tables, "DeletionProtectionEnabled", off, DataLoss, unprotected, "One wrong deletion takes the items."},
	{[]string{"AWS::Cognito::UserPool"}, "DeletionProtection", off, DataLoss, unprotected, "One wrong deletion takes the users."},
	{databases, "BackupRetentionPeriod", lower(1), DataLoss, "keeps backups for less time", sooner},
	{databases, "DeleteAutomatedBackups", on, DataLoss, "deletes the backups with the database", sooner},
	{caches, "SnapshotRetentionLimit", lower(0), DataLoss, "keeps snapshots for less time", sooner},
	{[]string{"AWS::DynamoDB::Table"}, "PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled", off, DataLoss, "turns point-in-time recovery off", sooner},
	{tables, "TimeToLiveSpecification.Enabled", on, DataLoss, "deletes items once their time is over", "Items with the attribute go without another word."},
	{buckets, "VersioningConfiguration.Status", off, DataLoss, "no longer keeps versions", "What is overwritten or deleted from then on is gone."},
	{buckets, "ReplicationConfiguration", dropped, DataLoss, "no longer copies objects elsewhere", "There is one copy less."},
	{buckets, "ObjectLockConfiguration", dropped, DataLoss, "no longer locks objects", "Objects can be deleted before their time."},
	{[]string{"AWS::EFS::FileSystem"}, "BackupPolicy.Status", off, DataLoss, "turns backups off", sooner},
	{streams, "RetentionPeriodHours", lower(24), DataLoss, "keeps records for less time", "Consumers that are late miss records."},
	{queues, "MessageRetentionPeriod", lower(345600), DataLoss, "keeps messages for less time", "Consumers that are late miss messages."},
	{queues, "RedrivePolicy", dropped, DataLoss, "no longer keeps messages that fail", "What cannot be handled is lost."},
	{[]string{"AWS::KMS::Key"}, "PendingWindowInDays", lower(30), DataLoss, "shortens the time in which a deletion can be taken back", "With the key goes all that it encrypts."},
	{registries, "EmptyOnDelete", on, DataLoss, "deletes the images with the repository", "One wrong deletion takes the images."},

	// Access.
	{[]string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::Redshift::Cluster", "AWS::DMS::ReplicationInstance", "AWS::AmazonMQ::Broker"}, "PubliclyAccessible", on, AccessWidened, "gets a public address", public},
	{buckets, "PublicAccessBlockConfiguration.BlockPublicAcls", off, AccessWidened, "may be made public", public},
	{buckets, "PublicAccessBlockConfiguration.BlockPublicPolicy", off, AccessWidened, "may be made public", public},
	{buckets, "PublicAccessBlockConfiguration.IgnorePublicAcls", off, AccessWidened, "may be made public", public},
	{buckets, "PublicAccessBlockConfiguration.RestrictPublicBuckets", off, AccessWidened, "may be made public", public},
	{buckets, "AccessControl", becomes("PublicRead", "PublicReadWrite", "AuthenticatedRead"), AccessWidened, "is public", public},
	{balancers, "Scheme", becomes("internet-facing"), AccessWidened, "faces the internet", public},
	{[]string{"AWS::Lambda::Url"}, "AuthType", becomes("NONE"), AccessWidened, "asks nobody who they are", public},
	{[]string{"AWS::ApiGateway::Method"}, "AuthorizationType", becomes("NONE"), AccessWidened, "asks nobody who they are", public},
	{[]string{"AWS::EC2::Subnet"}, "MapPublicIpOnLaunch", on, AccessWidened, "gives what stands in it public addresses", public},
	{services, "NetworkConfiguration.AwsvpcConfiguration.AssignPublicIp", on, AccessWidened, "gives tasks public addresses", public},
	{services, "EnableExecuteCommand", on, AccessWidened, "lets people open a shell in its tasks", "Whoever may call ExecuteCommand acts with the role of the tasks."},
	{projects, "Environment.PrivilegedMode", on, AccessWidened, "builds with all rights on its host", "Whoever can change what is built has them."},
	{tasks, "ContainerDefinitions[*].Privileged", on, AccessWidened, "runs the container with all rights on its host", "Whoever breaks into the container has them."},
	{[]string{"AWS::IAM::Role", "AWS::IAM::User"}, "PermissionsBoundary", dropped, AccessWidened, "is no longer bounded", "Its policies count in full."},
	{[]string{"AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group"}, "ManagedPolicyArns", more, AccessWidened, "gets another policy", "What that allows is not in the template."},
	{[]string{"AWS::EC2::Instance"}, "MetadataOptions.HttpTokens", off, AccessWidened, "answers requests for credentials without a token", "A request that is forged through the instance gets its role's credentials."},
	{[]string{"AWS::EKS::Cluster"}, "ResourcesVpcConfig.EndpointPublicAccess", on, AccessWidened, "has a public endpoint", public},
	{nil, "RoleArn", differs, AccessWidened, "works with another role", "What it may do is what that role may."},
	{nil, "TaskRoleArn", differs, AccessWidened, "works with another role", "What it may do is what that role may."},
	{nil, "ExecutionRoleArn", differs, AccessWidened, "works with another role", "What it may do is what that role may."},
	{nil, "ServiceRole", differs, AccessWidened, "works with another role", "What it may do is what that role may."},
	{functions, "Role", differs, AccessWidened, "works with another role", "What it may do is what that role may."},

	// Ways back.
	{services, "DeploymentConfiguration.DeploymentCircuitBreaker.Enable", off, SafetyLost, "a failed release no longer stops by itself", "ECS goes on to start tasks that fail."},
	{services, "DeploymentConfiguration.DeploymentCircuitBreaker.Rollback", off, SafetyLost, "a failed release is no longer rolled back", "Somebody has to."},
	{services, "DeploymentConfiguration.Alarms.Enable", off, SafetyLost, "alarms no longer stop a release", "Somebody has to notice."},
	{services, "DeploymentConfiguration.Alarms.Rollback", off, SafetyLost, "alarms no longer roll a release back", "Somebody has to."},
	{services, "DeploymentConfiguration.Alarms.AlarmNames", fewer, SafetyLost, "fewer alarms stop a release", "What they watched may go wrong unnoticed."},
	{services, "DeploymentConfiguration.LifecycleHooks", fewer, SafetyLost, "asks fewer hooks before it goes on", "What they checked may be wrong, and the release goes on."},
	{services, "DeploymentConfiguration.BakeTimeInMinutes", lower(0), SafetyLost, "shortens the bake", "There is less time in which the release before can be gone back to at once."},
	{services, "DeploymentConfiguration.MinimumHealthyPercent", lower(100), SafetyLost, "lets a release stop more tasks before new ones run", fewerTasks},
	{services, "DeploymentConfiguration.Strategy", leaves("CANARY", "LINEAR"), SafetyLost, "releases in fewer steps", "More customers meet a bad release before it stops."},
	{tasks, "ContainerDefinitions[*].HealthCheck", dropped, SafetyLost, "no longer asks the container how it is", "A container that hangs keeps running."},
	{tasks, "ContainerDefinitions[*].ReadonlyRootFilesystem", off, SafetyLost, "lets the container write to its own files", "Whoever breaks in can leave something behind."},
	{[]string{"AWS::ElasticLoadBalancingV2::TargetGroup"}, "HealthCheckEnabled", offUnsaid, SafetyLost, "no longer asks targets how they are", "Requests go to targets that do not answer."},
	{balancers, "LoadBalancerAttributes[deletion_protection.enabled].Value", off, SafetyLost, unprotected, "One wrong deletion takes the traffic."},
	{balancers, "LoadBalancerAttributes[routing.http.drop_invalid_header_fields.enabled].Value", off, SafetyLost, "lets malformed headers through", "Requests can be smuggled past it."},
	{[]string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"}, "MultiAZ", off, SafetyLost, "has no standby in another zone", "When the zone fails, so does the database."},
	{caches, "MultiAZEnabled", off, SafetyLost, "has no standby in another zone", "When the zone fails, so does the cache."},
	{caches, "AutomaticFailoverEnabled", off, SafetyLost, "no longer fails over by itself", "Somebody has to."},
	{[]string{"AWS::Events::Rule", "AWS::Scheduler::Schedule"}, "State", becomes("DISABLED"), SafetyLost, "is turned off", "What it starts does not happen."},
	{rules, "EventPattern", hearsLess, SafetyLost, "hears of fewer events, or of others", "What it started or told of, it may no longer."},
	{subscriptions, "FilterPolicy", hearsLess, SafetyLost, "hears of fewer messages, or of others", "What it told of, it may no longer."},
	{subscriptions, "Endpoint", differs, SafetyLost, "tells somebody else", "Whoever was told no longer hears of it."},
	{canaries, "Schedule.Expression", slower, SafetyLost, "asks less often, or at other times", "What goes wrong is noticed later."},
	{canaries, "StartCanaryAfterCreation", off, SafetyLost, "no longer runs by itself", "What it asked nobody asks until somebody starts it."},

	// Encryption.
	{databases, "StorageEncrypted", off, SafetyLost, "turns encryption off", cleartext},
	{nil, "Encrypted", off, SafetyLost, "turns encryption off", cleartext},
	{caches, "AtRestEncryptionEnabled", off, SafetyLost, "turns encryption off", cleartext},
	{caches, "TransitEncryptionEnabled", off, SafetyLost, "turns encryption on the way off", cleartext},
	{tables, "SSESpecification.SSEEnabled", off, SafetyLost, "drops the customer's key", cleartext},
	{queues, "SqsManagedSseEnabled", off, SafetyLost, "turns encryption off", cleartext},
	{buckets, "BucketEncryption.ServerSideEncryptionConfiguration[*].ServerSideEncryptionByDefault.SSEAlgorithm", off, SafetyLost, "encrypts with a weaker key", cleartext},
	{buckets, "BucketEncryption", dropped, SafetyLost, "encrypts with a weaker key", cleartext},
	{registries, "EncryptionConfiguration.EncryptionType", off, SafetyLost, "encrypts with a weaker key", cleartext},
	{nil, "KmsKeyId", dropped, SafetyLost, "drops the customer's key", cleartext},
	{nil, "KmsKeyArn", dropped, SafetyLost, "drops the customer's key", cleartext},
	{nil, "KmsMasterKeyId", dropped, SafetyLost, "drops the customer's key", cleartext},
	{nil, "KMSMasterKeyId", dropped, SafetyLost, "drops the customer's key", cleartext},
	{nil, "KMSKeyId", dropped, SafetyLost, "drops the customer's key", cleartext},
	{nil, "EncryptionKey", dropped, SafetyLost, "drops the customer's key", cleartext},
	{[]string{"AWS::KMS::Key"}, "EnableKeyRotation", off, SafetyLost, "no longer renews the key", "A key that leaks stays good for ever."},
	{listeners, "Protocol", leaves("HTTPS", "TLS"), SafetyLost, "no longer encrypts requests", cleartext},
	{listeners, "SslPolicy", weakerTLS, SafetyLost, "accepts weaker encryption", "Old protocols and ciphers can be broken."},
	{[]string{"AWS::CloudFront::Distribution"}, "DistributionConfig.DefaultCacheBehavior.ViewerProtocolPolicy", becomes("allow-all"), SafetyLost, "accepts requests without encryption", cleartext},

	// Logs and scans.
	{[]string{"AWS::Logs::LogGroup"}, "RetentionInDays", lower(math.Inf(1)), SafetyLost, "keeps logs for less time", "Older ones are deleted at once."},
	{buckets, "LoggingConfiguration", dropped, SafetyLost, "no longer logs who reads and writes", unlogged},
	{balancers, "LoadBalancerAttributes[access_logs.s3.enabled].Value", off, SafetyLost, "no longer logs requests", unlogged},
	{[]string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::DocDB::DBCluster", "AWS::Neptune::DBCluster"}, "EnableCloudwatchLogsExports", fewer, SafetyLost, "no longer sends all logs", unlogged},
	{[]string{"AWS::RDS::DBInstance"}, "MonitoringInterval", lower(0), SafetyLost, "measures less often", unlogged},
	{tasks, "ContainerDefinitions[*].LogConfiguration", dropped, SafetyLost, "no longer keeps the container's logs", unlogged},
	{[]string{"AWS::ECS::Cluster"}, "ClusterSettings[containerInsights].Value", off, SafetyLost, "measures less of its tasks", "Alarms that watch those measures go quiet."},
	{trails, "IsLogging", off, SafetyLost, "no longer records who did what", unlogged},
	{trails, "EnableLogFileValidation", off, SafetyLost, "no longer proves that its records are whole", unlogged},
	{trails, "IsMultiRegionTrail", off, SafetyLost, "no longer records what is done in other regions", unlogged},
	{projects, "LogsConfig.CloudWatchLogs.Status", becomes("DISABLED"), SafetyLost, "no longer keeps the logs of builds", unlogged},
	{registries, "ImageScanningConfiguration.ScanOnPush", off, SafetyLost, "no longer scans images", "Known holes go unnoticed."},
	{registries, "ImageTagMutability", off, SafetyLost, "lets a tag be moved to another image", "What was tested may not be what is released."},
	{[]string{"AWS::Lambda::Function"}, "TracingConfig.Mode", leaves("Active"), SafetyLost, "no longer traces requests", unlogged},

	// Interruptions.
	{services, "DesiredCount", lower(1), Interruption, "runs fewer tasks", fewerTasks},
	{scalers, "MinCapacity", lower(0), Interruption, "runs fewer tasks when there is little to do", fewerTasks},
	{scalers, "MaxCapacity", lower(0), Interruption, "runs fewer tasks when there is most to do", "What comes on top waits, or is refused."},
	{groups, "MinSize", lower(0), Interruption, "runs fewer instances when there is little to do", fewerTasks},
	{groups, "MaxSize", lower(0), Interruption, "runs fewer instances when there is most to do", "What comes on top waits, or is refused."},
	{tasks, "Cpu", lower(256), Interruption, "gives tasks less CPU", "Each carries fewer requests."},
	{tasks, "Memory", lower(512), Interruption, "gives tasks less memory", "A task that needs more is killed."},
	// CloudFormation's reference says of these "Some interruptions", which its specification does not.
	{nil, "DBInstanceClass", differs, Interruption, "restarts on another instance", "It does not answer while it does; one with a standby fails over."},
	{nil, "CacheNodeType", differs, Interruption, "restarts on other nodes", "Requests wait or fail while it does."},
	{nil, "NodeType", differs, Interruption, "restarts on other nodes", "Requests wait or fail while it does."},
	{[]string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster", "AWS::ElastiCache::ReplicationGroup"}, "EngineVersion", differs, Interruption, "restarts with another version of its engine", "It does not answer while it does, and there is no way back."},
	{functions, "Timeout", lower(3), Interruption, "ends calls sooner", "Those that take longer fail."},
	{functions, "MemorySize", lower(128), Interruption, "gives calls less memory and CPU", "A call that needs more fails."},

	// Cost.
	{services, "DesiredCount", higher(1), Cost, "runs more tasks", billed},
	{scalers, "MinCapacity", higher(0), Cost, "always runs more", billed},
	{scalers, "MaxCapacity", higher(0), Cost, "may run more", billed},
	{groups, "MinSize", higher(0), Cost, "always runs more instances", billed},
	{groups, "MaxSize", higher(0), Cost, "may run more instances", billed},
	{tasks, "Cpu", higher(256), Cost, "gives tasks more CPU", billed},
	{tasks, "Memory", higher(512), Cost, "gives tasks more memory", billed},
	{tasks, "EphemeralStorage.SizeInGiB", higher(20), Cost, "gives tasks more storage", billed},
	{functions, "MemorySize", higher(128), Cost, "gives calls more memory", billed},
	{[]string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"}, "AllocatedStorage", higher(0), Cost, "has more storage", billed},
	{[]string{"AWS::RDS::DBInstance", "AWS::RDS::DBCluster"}, "Iops", higher(0), Cost, "is given more operations a second", billed},
	{databases, "MultiAZ", on, Cost, "has a standby in another zone", billed},
	{databases, "BackupRetentionPeriod", higher(1), Cost, "keeps backups for longer", billed},
	{caches, "NumCacheClusters", higher(1), Cost, "has more nodes", billed},
	{caches, "NumNodeGroups", higher(1), Cost, "has more nodes", billed},
	{caches, "ReplicasPerNodeGroup", higher(0), Cost, "has more nodes", billed},
	{[]string{"AWS::DynamoDB::Table"}, "ProvisionedThroughput.ReadCapacityUnits", higher(0), Cost, "is given more capacity", billed},
	{[]string{"AWS::DynamoDB::Table"}, "ProvisionedThroughput.WriteCapacityUnits", higher(0), Cost, "is given more capacity", billed},
	{streams, "ShardCount", higher(1), Cost, "has more shards", billed},
	{[]string{"AWS::Logs::LogGroup"}, "RetentionInDays", higher(math.Inf(1)), Cost, "keeps logs for longer", billed},
	{[]string{"AWS::OpenSearchService::Domain"}, "ClusterConfig.InstanceCount", higher(1), Cost, "has more nodes", billed},
	{nil, "InstanceType", larger, Cost, "runs on a larger instance", billed},
	{nil, "DBInstanceClass", larger, Cost, "runs on a larger instance", billed},
	{nil, "CacheNodeType", larger, Cost, "runs on larger nodes", billed},
	{nil, "NodeType", larger, Cost, "runs on larger nodes", billed},
	{projects, "Environment.ComputeType", larger, Cost, "builds on a larger machine", billed},
}
