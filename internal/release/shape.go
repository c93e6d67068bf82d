package release

// shape is what a value of a template may look like, and what the API calls its parts. The shapes below are the whole of
// AWS::ECS::TaskDefinition, each property with its name in ecs:RegisterTaskDefinition, written out because they differ in
// more than the case of the first letter. A property that is missing here is an error: it would silently not be released.
//
// https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-ecs-taskdefinition.html
// https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
type shape interface {
	render(r *renderer, path string, value any) any
}

type (
	// text is a string, whatever the template writes it as.
	text struct{}
	// number is an integer.
	number struct{}
	// boolean is true or false.
	boolean struct{}
	// texts is a map with keys of the user's own, which stay as they are.
	texts struct{}
	// list holds elements of one shape.
	list struct{ of shape }
	// object has properties that the template and the API name differently.
	object map[string]property
)

// property is the API's name and the shape of a property of the template.
type property struct {
	name  string
	shape shape
}

// named lists hold elements that a reader knows by their name rather than by their place.
type named struct {
	of object
	// by is the property with the name.
	by string
}

var taskDefinition = object{
	"ContainerDefinitions":    {"containerDefinitions", list{containerDefinition}},
	"Cpu":                     {"cpu", text{}},
	"EnableFaultInjection":    {"enableFaultInjection", boolean{}},
	"EphemeralStorage":        {"ephemeralStorage", object{"SizeInGiB": {"sizeInGiB", number{}}}},
	"ExecutionRoleArn":        {"executionRoleArn", text{}},
	"Family":                  {"family", text{}},
	"InferenceAccelerators":   {"inferenceAccelerators", list{inferenceAccelerator}},
	"IpcMode":                 {"ipcMode", text{}},
	"Memory":                  {"memory", text{}},
	"NetworkMode":             {"networkMode", text{}},
	"PidMode":                 {"pidMode", text{}},
	"PlacementConstraints":    {"placementConstraints", list{placementConstraint}},
	"ProxyConfiguration":      {"proxyConfiguration", proxyConfiguration},
	"RequiresCompatibilities": {"requiresCompatibilities", list{text{}}},
	"RuntimePlatform":         {"runtimePlatform", runtimePlatform},
	"Tags":                    {"tags", named{tag, "Key"}},
	"TaskRoleArn":             {"taskRoleArn", text{}},
	"Volumes":                 {"volumes", named{volume, "Name"}},
}

var containerDefinition = object{
	"Command":                {"command", list{text{}}},
	"Cpu":                    {"cpu", number{}},
	"CredentialSpecs":        {"credentialSpecs", list{text{}}},
	"DependsOn":              {"dependsOn", list{containerDependency}},
	"DisableNetworking":      {"disableNetworking", boolean{}},
	"DnsSearchDomains":       {"dnsSearchDomains", list{text{}}},
	"DnsServers":             {"dnsServers", list{text{}}},
	"DockerLabels":           {"dockerLabels", texts{}},
	"DockerSecurityOptions":  {"dockerSecurityOptions", list{text{}}},
	"EntryPoint":             {"entryPoint", list{text{}}},
	"Environment":            {"environment", named{keyValuePair, "Name"}},
	"EnvironmentFiles":       {"environmentFiles", list{environmentFile}},
	"Essential":              {"essential", boolean{}},
	"ExtraHosts":             {"extraHosts", named{hostEntry, "Hostname"}},
	"FirelensConfiguration":  {"firelensConfiguration", firelensConfiguration},
	"HealthCheck":            {"healthCheck", healthCheck},
	"Hostname":               {"hostname", text{}},
	"Image":                  {"image", text{}},
	"Interactive":            {"interactive", boolean{}},
	"Links":                  {"links", list{text{}}},
	"LinuxParameters":        {"linuxParameters", linuxParameters},
	"LogConfiguration":       {"logConfiguration", logConfiguration},
	"Memory":                 {"memory", number{}},
	"MemoryReservation":      {"memoryReservation", number{}},
	"MountPoints":            {"mountPoints", list{mountPoint}},
	"Name":                   {"name", text{}},
	"PortMappings":           {"portMappings", list{portMapping}},
	"Privileged":             {"privileged", boolean{}},
	"PseudoTerminal":         {"pseudoTerminal", boolean{}},
	"ReadonlyRootFilesystem": {"readonlyRootFilesystem", boolean{}},
	"RepositoryCredentials":  {"repositoryCredentials", object{"CredentialsParameter": {"credentialsParameter", text{}}}},
	"ResourceRequirements":   {"resourceRequirements", list{resourceRequirement}},
	"RestartPolicy":          {"restartPolicy", restartPolicy},
	"Secrets":                {"secrets", named{secret, "Name"}},
	"StartTimeout":           {"startTimeout", number{}},
	"StopTimeout":            {"stopTimeout", number{}},
	"SystemControls":         {"systemControls", named{systemControl, "Namespace"}},
	"Ulimits":                {"ulimits", named{ulimit, "Name"}},
	"User":                   {"user", text{}},
	"VersionConsistency":     {"versionConsistency", text{}},
	"VolumesFrom":            {"volumesFrom", list{volumeFrom}},
	"WorkingDirectory":       {"workingDirectory", text{}},
}

var (
	containerDependency = object{
		"Condition":     {"condition", text{}},
		"ContainerName": {"containerName", text{}},
	}
	device = object{
		"ContainerPath": {"containerPath", text{}},
		"HostPath":      {"hostPath", text{}},
		"Permissions":   {"permissions", list{text{}}},
	}
	environmentFile = object{
		"Type":  {"type", text{}},
		"Value": {"value", text{}},
	}
	firelensConfiguration = object{
		"Options": {"options", texts{}},
		"Type":    {"type", text{}},
	}
	healthCheck = object{
		"Command":     {"command", list{text{}}},
		"Interval":    {"interval", number{}},
		"Retries":     {"retries", number{}},
		"StartPeriod": {"startPeriod", number{}},
		"Timeout":     {"timeout", number{}},
	}
	hostEntry = object{
		"Hostname":  {"hostname", text{}},
		"IpAddress": {"ipAddress", text{}},
	}
	inferenceAccelerator = object{
		"DeviceName": {"deviceName", text{}},
		"DeviceType": {"deviceType", text{}},
	}
	keyValuePair = object{
		"Name":  {"name", text{}},
		"Value": {"value", text{}},
	}
	linuxParameters = object{
		"Capabilities": {"capabilities", object{
			"Add":  {"add", list{text{}}},
			"Drop": {"drop", list{text{}}},
		}},
		"Devices":            {"devices", list{device}},
		"InitProcessEnabled": {"initProcessEnabled", boolean{}},
		"MaxSwap":            {"maxSwap", number{}},
		"SharedMemorySize":   {"sharedMemorySize", number{}},
		"Swappiness":         {"swappiness", number{}},
		"Tmpfs":              {"tmpfs", list{tmpfs}},
	}
	logConfiguration = object{
		"LogDriver":     {"logDriver", text{}},
		"Options":       {"options", texts{}},
		"SecretOptions": {"secretOptions", named{secret, "Name"}},
	}
	mountPoint = object{
		"ContainerPath": {"containerPath", text{}},
		"ReadOnly":      {"readOnly", boolean{}},
		"SourceVolume":  {"sourceVolume", text{}},
	}
	placementConstraint = object{
		"Expression": {"expression", text{}},
		"Type":       {"type", text{}},
	}
	portMapping = object{
		"AppProtocol":        {"appProtocol", text{}},
		"ContainerPort":      {"containerPort", number{}},
		"ContainerPortRange": {"containerPortRange", text{}},
		"HostPort":           {"hostPort", number{}},
		"Name":               {"name", text{}},
		"Protocol":           {"protocol", text{}},
	}
	proxyConfiguration = object{
		"ContainerName":                {"containerName", text{}},
		"ProxyConfigurationProperties": {"properties", named{keyValuePair, "Name"}},
		"Type":                         {"type", text{}},
	}
	resourceRequirement = object{
		"Type":  {"type", text{}},
		"Value": {"value", text{}},
	}
	restartPolicy = object{
		"Enabled":              {"enabled", boolean{}},
		"IgnoredExitCodes":     {"ignoredExitCodes", list{number{}}},
		"RestartAttemptPeriod": {"restartAttemptPeriod", number{}},
	}
	runtimePlatform = object{
		"CpuArchitecture":       {"cpuArchitecture", text{}},
		"OperatingSystemFamily": {"operatingSystemFamily", text{}},
	}
	secret = object{
		"Name":      {"name", text{}},
		"ValueFrom": {"valueFrom", text{}},
	}
	systemControl = object{
		"Namespace": {"namespace", text{}},
		"Value":     {"value", text{}},
	}
	tag = object{
		"Key":   {"key", text{}},
		"Value": {"value", text{}},
	}
	tmpfs = object{
		"ContainerPath": {"containerPath", text{}},
		"MountOptions":  {"mountOptions", list{text{}}},
		"Size":          {"size", number{}},
	}
	ulimit = object{
		"HardLimit": {"hardLimit", number{}},
		"Name":      {"name", text{}},
		"SoftLimit": {"softLimit", number{}},
	}
	volumeFrom = object{
		"ReadOnly":        {"readOnly", boolean{}},
		"SourceContainer": {"sourceContainer", text{}},
	}
)

var volume = object{
	"ConfiguredAtLaunch": {"configuredAtLaunch", boolean{}},
	"DockerVolumeConfiguration": {"dockerVolumeConfiguration", object{
		"Autoprovision": {"autoprovision", boolean{}},
		"Driver":        {"driver", text{}},
		"DriverOpts":    {"driverOpts", texts{}},
		"Labels":        {"labels", texts{}},
		"Scope":         {"scope", text{}},
	}},
	"EFSVolumeConfiguration": {"efsVolumeConfiguration", object{
		"AuthorizationConfig": {"authorizationConfig", object{
			"AccessPointId": {"accessPointId", text{}},
			"IAM":           {"iam", text{}},
		}},
		"FilesystemId":          {"fileSystemId", text{}},
		"RootDirectory":         {"rootDirectory", text{}},
		"TransitEncryption":     {"transitEncryption", text{}},
		"TransitEncryptionPort": {"transitEncryptionPort", number{}},
	}},
	"FSxWindowsFileServerVolumeConfiguration": {"fsxWindowsFileServerVolumeConfiguration", object{
		"AuthorizationConfig": {"authorizationConfig", object{
			"CredentialsParameter": {"credentialsParameter", text{}},
			"Domain":               {"domain", text{}},
		}},
		"FileSystemId":  {"fileSystemId", text{}},
		"RootDirectory": {"rootDirectory", text{}},
	}},
	"Host": {"host", object{"SourcePath": {"sourcePath", text{}}}},
	"Name": {"name", text{}},
	"S3FilesVolumeConfiguration": {"s3filesVolumeConfiguration", object{
		"AccessPointArn":        {"accessPointArn", text{}},
		"FileSystemArn":         {"fileSystemArn", text{}},
		"RootDirectory":         {"rootDirectory", text{}},
		"TransitEncryptionPort": {"transitEncryptionPort", number{}},
	}},
}
