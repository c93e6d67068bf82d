package config

// A field is a key of the file. Its tags, beside yaml:
//
//	required:"true"  the schema demands it; that it is missing is said by the plan's validation
//	min, max         bounds of a number or a duration, or of the length of a list
//	enum             the allowed values: a name in enums
//	pattern          the shape of a text, or of the names of a mapping: a name in patterns
//	below:"rounded"  smaller numbers than the least that enum allows are rounded up to it
//	default          what holds without it, for the schema's readers
//	empty:"allowed"  an empty text is a value of its own
//
// A pointer is nil, and a list or mapping is nil, where the file does not say it.

// Config is a storeship.yaml: one store, the environments that it is released to, and its services.
type Config struct {
	// Store is the store's name. It begins every derived name. 2 to 20 characters.
	Store *string `yaml:"store" required:"true" pattern:"name"`
	// Tools is the account and region of the pipelines.
	Tools *Tools `yaml:"tools" required:"true"`
	// Source is where the services' code is.
	Source *Provider `yaml:"source"`
	// Delivery is the repository of this file and of the program that synthesizes it.
	Delivery *DeliverySource `yaml:"delivery"`
	// Sandbox lets environments share an account with each other and with the tools: for a person with one account.
	Sandbox *bool `yaml:"sandbox" default:"false"`
	// Notifications say who hears of releases that fail, are rolled back, wait or are stopped. Without it: nobody.
	Notifications *Notifications `yaml:"notifications"`
	// Signing of the images. Without it: the store's own.
	Signing *Signing `yaml:"signing"`
	// Environments in the order of release.
	Environments Map[Environment] `yaml:"environments" required:"true" min:"1" pattern:"environment"`
	// Defaults hold for every service that does not say otherwise.
	Defaults *Defaults `yaml:"defaults" null:"allowed"`
	// Services of the store.
	Services Map[Service] `yaml:"services" required:"true" min:"1" pattern:"name"`

	file  string
	nodes positions
}

// Tools is where repositories, builds and pipelines live.
type Tools struct {
	// Account is the 12-digit account id, in quotes.
	Account *string `yaml:"account" required:"true" pattern:"account"`
	// Region is where the pipelines run. It stays for the life of the store.
	Region *string `yaml:"region" required:"true" enum:"region"`
}

// Provider is where the services' code is, and the delivery repository unless it says otherwise.
type Provider struct {
	// Provider of the code. github, gitlab and bitbucket are reached through a connection; s3 takes ZIP files that are
	// uploaded to the store's own bucket.
	Provider *string `yaml:"provider" required:"true" enum:"provider" default:"codecommit"`
	// Connection is the ARN of a connection of AWS CodeConnections. Required with github, gitlab and bitbucket.
	Connection *string `yaml:"connection" pattern:"connection"`
	// Owner of the repositories: a user or organization, a group with its subgroups, a workspace. Required with a connection.
	Owner *string `yaml:"owner" pattern:"owner"`
	// Filter looks at the files that pushes to CodeCommit change, which has no path filters of its own. Without it, every push
	// to a repository starts all services in it.
	Filter *string `yaml:"filter" enum:"filter"`
}

// DeliverySource is a branch of a repository.
type DeliverySource struct {
	// Provider of the repository. Without it: the store's, if that is not s3, and codecommit else.
	Provider *string `yaml:"provider" enum:"gitProvider"`
	// Connection is the ARN of a connection of AWS CodeConnections. Without it: the store's, if the provider is the same.
	Connection *string `yaml:"connection" pattern:"connection"`
	// Owner of the repository. Without it: the store's, if the provider is the same.
	Owner *string `yaml:"owner" pattern:"owner"`
	// Repository is the repository's name. Without it: "<store>-delivery".
	Repository *string `yaml:"repository" pattern:"repository"`
	// Branch whose commits are released.
	Branch *string `yaml:"branch" default:"main"`
}

// Source is a folder of a branch of a repository, or of a ZIP file.
type Source struct {
	// Provider of the code. Without it: the store's.
	Provider *string `yaml:"provider" enum:"provider"`
	// Connection is the ARN of a connection of AWS CodeConnections. Without it: the store's, if the provider is the same.
	Connection *string `yaml:"connection" pattern:"connection"`
	// Owner of the repository. Without it: the store's, if the provider is the same.
	Owner *string `yaml:"owner" pattern:"owner"`
	// Filter looks at the files that pushes to CodeCommit change. Without it: the store's, if the provider is the same.
	Filter *string `yaml:"filter" enum:"filter"`
	// Repository is the repository's name. Not with s3. Without it: "<store>-<service>".
	Repository *string `yaml:"repository" pattern:"repository"`
	// Branch whose commits are released. Not with s3.
	Branch *string `yaml:"branch" default:"main"`
	// Path is the folder of the service within the repository or the ZIP file.
	Path *string `yaml:"path" default:"."`
	// FilePaths limits the pushes that start the pipeline. Not with s3; with codecommit it needs a filter. Without it: every
	// push, and with a filter and a path pushes that change a file below the path.
	FilePaths *FilePaths `yaml:"filePaths"`
	// Key of the ZIP file in the source bucket. Only with s3. Without it: "<service>.zip".
	Key *string `yaml:"key" pattern:"key"`
}

// FilePaths are patterns of changed files: a push counts when it changes a file that an include matches and no exclude. *
// matches within a folder, ** across folders, ? one character, [a-z] one of a set, {a,b} one of several.
type FilePaths struct {
	// Includes: at most 8 patterns. Without it: every file.
	Includes []string `yaml:"includes" min:"1"`
	// Excludes: at most 8 patterns. Without it: none.
	Excludes []string `yaml:"excludes" min:"1"`
}

// Environment is one AWS account that services are released to.
type Environment struct {
	// Kind says what the environment is for. Defaults and approvals hang on it.
	Kind *string `yaml:"kind" required:"true" enum:"kind"`
	// Account is the 12-digit account id, in quotes.
	Account *string `yaml:"account" required:"true" pattern:"account"`
	// Domain is the environment's public DNS zone, or "none": then there is no TLS, no gRPC and no HTTP/2.
	Domain *Domain `yaml:"domain" required:"true"`
	// Approval asks a person before the first wave.
	Approval *Approval `yaml:"approval"`
	// Windows are the times of the week in which releases may begin, every wave of its own. Without it: always.
	Windows []Window `yaml:"windows" min:"1" max:"50"`
	// Freezes are times in which no release begins. Without it: none.
	Freezes []Freeze `yaml:"freezes" max:"50"`
	// Network sizes the VPC in every region.
	Network *Network `yaml:"network"`
	// Waves of regions, released one after the other.
	Waves []Wave `yaml:"waves" required:"true" min:"1"`
	// Dark lists regions of the waves that customers are not led to, yet or any more: they have their regional names only.
	// Needs a domain. Without it: every region has customers.
	Dark []string `yaml:"dark" enum:"region"`
}

// Domain is a public Route 53 hosted zone in the environment's account.
type Domain struct {
	// Name is the zone's name: "beta.shop.example.com".
	Name *string `yaml:"name" required:"true"`
	// ZoneID is the hosted zone's id: "Z0123456789ABCDEF".
	ZoneID *string `yaml:"zoneId" required:"true" pattern:"zone"`

	// none is set when the file says "none".
	none bool
}

// Approval is a manual approval in front of an environment.
type Approval struct {
	// Notify lists the e-mail addresses that hear of a waiting approval. Without it the approval waits in the console.
	Notify []string `yaml:"notify"`
}

// Notifications are who hears by e-mail what happens to releases.
type Notifications struct {
	// Notify lists the addresses that hear of everything: what fails, is rolled back, waits for an approval or is stopped, and what
	// changes a stop switch or breaks the glass. Without it: nobody.
	Notify []string `yaml:"notify" min:"1"`
	// OnCall lists the addresses that hear only of what may wake a person: production fails, is rolled back or stopped, is closed or
	// opened by its stop switch, or somebody breaks the glass. Without it: nobody.
	OnCall []string `yaml:"onCall" min:"1"`
}

// Network sizes the VPC of every region of an environment.
type Network struct {
	// AvailabilityZones is the number of zones. Without it: 2 in test environments, 3 elsewhere.
	AvailabilityZones *int `yaml:"availabilityZones" min:"2" max:"3"`
	// NatGateways is the number of NAT gateways, at most one a zone. Without it: 1 in test environments, one a zone
	// elsewhere.
	NatGateways *int `yaml:"natGateways" min:"1" max:"3"`
	// Cidr is the VPC's private address block, /16 to /20.
	Cidr *string `yaml:"cidr" default:"10.0.0.0/16" pattern:"cidr"`
	// Endpoints lists the AWS services that tasks reach without the NAT gateways, such as ecr.api; [] is none. Without it:
	// none in test environments, elsewhere what a task needs to start, to read its secrets and to log.
	Endpoints []string `yaml:"endpoints"`
}

// Wave is a list of regions that are released together.
type Wave struct {
	// Regions of the wave, at most 11.
	Regions []string `yaml:"regions" required:"true" min:"1" max:"9" enum:"region"`
	// Bake is how long the wave must stay healthy before the next may begin: whole minutes, up to 48h. Without it: none in
	// test environments, 10m elsewhere.
	Bake *Duration `yaml:"bake" min:"1m"`
}

// Defaults hold for every service that does not say otherwise.
type Defaults struct {
	// Build says how the code of a service becomes an image.
	Build   *Build `yaml:"build"`
	Runtime `yaml:",inline"`
}

// Service is one container image with its own pipeline.
type Service struct {
	// Source is where the service's code is.
	Source *Source `yaml:"source"`
	// Build says how the code becomes an image.
	Build   *Build `yaml:"build"`
	Runtime `yaml:",inline"`
	// Overrides by environment: mappings merge, lists replace.
	Overrides Map[Runtime] `yaml:"overrides"`
}

// Build says how the code of a service becomes an image.
type Build struct {
	// Preset chooses the commands and reports that the other keys leave out. Required without testCommands.
	Preset *string `yaml:"preset" enum:"preset"`
	// Architecture of the image, and of the tasks.
	Architecture *string `yaml:"architecture" enum:"architecture" default:"x86_64"`
	// Dockerfile relative to the source's path.
	Dockerfile *string `yaml:"dockerfile" default:"Dockerfile"`
	// Docker gives the unit tests a Docker daemon, in a privileged build.
	Docker *bool `yaml:"docker" default:"false"`
	// TestCommands run the unit tests, in the source's path. Without it: the preset's.
	TestCommands []string `yaml:"testCommands"`
	// TestReports is the JUnit XML file or pattern that the tests write. Without it: the preset's.
	TestReports *string `yaml:"testReports"`
	// CoverageReport is the coverage file that the tests write. Without it: the preset's.
	CoverageReport *string `yaml:"coverageReport"`
	// CoverageFormat is CodeBuild's name of the coverage file's format. Without it: the preset's.
	CoverageFormat *string `yaml:"coverageFormat" enum:"coverageFormat"`
	// CoverageMinimum is how many percent of the lines the tests must cover at least. 0 is no floor, whatever the defaults say.
	CoverageMinimum *int `yaml:"coverageMinimum" min:"0" max:"100" default:"0"`
	// TestTimeout is how long the unit tests of a build may take, in whole minutes.
	TestTimeout *Duration `yaml:"testTimeout" min:"5m" max:"1h" default:"10m"`
	// Gates are the other checks before an image is built. Without it: all of them, and what they find stops the pipeline.
	Gates *Gates `yaml:"gates"`
}

// Runtime is how a service runs.
type Runtime struct {
	// CPU in units of 1/1024 vCPU: one that Fargate offers. Less than 256 is rounded up to it.
	CPU *int `yaml:"cpu" enum:"cpu" below:"rounded" min:"1" default:"512"`
	// MemoryMiB of a task: one that Fargate offers with that CPU. Less than the least is rounded up to it, the default too.
	MemoryMiB *int `yaml:"memoryMiB" min:"1" default:"1024"`
	// HTTP is what the container serves. Without it the service is a worker.
	HTTP *HTTP `yaml:"http"`
	// Expose says who can reach the service. Required with http, not allowed without.
	Expose *Expose `yaml:"expose"`
	// Variables of the container's environment. ${services.NAME.url} refers to another service; host, port and address
	// (host:port, without a scheme) instead of url are parts of it. $${ is a literal ${. Only variables can refer to services.
	Variables map[string]string `yaml:"variables" pattern:"variable" empty:"allowed"`
	// Secrets of the container's environment: "secretsmanager:<name>/credentials#<key>" or "ssm:/<parameter>".
	Secrets map[string]string `yaml:"secrets" pattern:"variable"`
	// Command replaces the image's.
	Command []string `yaml:"command"`
	// HealthCommand is a program of the image with its arguments that says by its status whether the container is healthy; ECS
	// replaces the task of one that is not. It runs without a shell. Without it: none; a worker is healthy while it runs.
	HealthCommand []string `yaml:"healthCommand" min:"1"`
	// HealthGraceSeconds is how long a starting container may fail its healthCommand.
	HealthGraceSeconds *int `yaml:"healthGraceSeconds" min:"1" max:"300" default:"60"`
	// WritablePaths are the only folders that the container can write to.
	WritablePaths []string `yaml:"writablePaths"`
	// KeepVolumePermissions leaves writable paths as the image's VOLUME instructions made them, for images without a chmod.
	KeepVolumePermissions *bool `yaml:"keepVolumePermissions" default:"false"`
	// Scale is the number of tasks and what it follows.
	Scale *Scale `yaml:"scale"`
	// Release says how a new version replaces the old.
	Release *Release `yaml:"release"`
	// Alarms say what stops a release and rolls it back.
	Alarms *Alarms `yaml:"alarms"`
	// Checks are what a new version must answer before customers reach it, through the test listener; [] is none. Not with
	// grpc, for a worker, or for an internal service with the engine rolling. Without it: none.
	Checks []Check `yaml:"checks" max:"20"`
	// Synthetics says how the service is asked all the time, a public one from outside, an internal one from within the VPC; not
	// with grpc, or for a worker.
	Synthetics *Synthetics `yaml:"synthetics"`
	// Tests are what a release must pass where it runs, before the next wave.
	Tests *Tests `yaml:"tests"`
	// LogRetentionDays is how long logs are kept. Without it: 30 in test environments, 365 elsewhere.
	LogRetentionDays *int `yaml:"logRetentionDays" enum:"logRetentionDays" min:"1"`
}

// HTTP is what a container serves.
type HTTP struct {
	// Port that the container listens on. Required.
	Port *int `yaml:"port" min:"1" max:"65535"`
	// Health is the path that the load balancer asks, with a slash first. Required, except with grpc: there it is a method,
	// /package.Service/Method, and without it /grpc.health.v1.Health/Check.
	Health *string `yaml:"health" pattern:"health"`
	// Protocol is what the container speaks; http2 and grpc need a domain, for load balancers speak them over TLS only.
	Protocol *string `yaml:"protocol" enum:"protocol" default:"http"`
	// GraceSeconds is how long a starting task may fail its health checks.
	GraceSeconds *int `yaml:"graceSeconds" min:"1" max:"2147483647" default:"60"`
}

// Expose says who can reach a service: "internal" for the other services, or a path for everyone.
type Expose struct {
	// Internal services are reached by the store's other services, at a port of their own.
	Internal *Internal `yaml:"internal" null:"allowed"`
	// Path of a public service: exact, or with * as its last character.
	Path *string `yaml:"path" pattern:"path"`
	// Host of a public service: one label in front of the environment's domain. Without it: the domain itself.
	Host *string `yaml:"host" pattern:"host"`
	// Block lists paths that no one may ask for: exact, or with * as the last character.
	Block []string `yaml:"block"`
	// Priority of the listener rule. Without it: derived from the service.
	Priority *int `yaml:"priority" min:"1" max:"50000"`
}

// Internal is how the store's other services reach a service.
type Internal struct {
	// Port of the listener. Without it: derived from the service's name.
	Port *int `yaml:"port" min:"20000" max:"29999"`
}

// Scale is the number of tasks and what it follows.
type Scale struct {
	// Min tasks. Without it: 1 in test environments, 2 in preproduction, 3 in production.
	Min *int `yaml:"min" min:"1" max:"5000"`
	// Max tasks. Without it: twice min.
	Max *int `yaml:"max" min:"1" max:"5000"`
	// CPUPercent is the average CPU that scaling aims at.
	CPUPercent *int `yaml:"cpuPercent" min:"10" max:"90" default:"60"`
	// MemoryPercent is the average memory that scaling aims at.
	MemoryPercent *int `yaml:"memoryPercent" min:"10" max:"95" default:"75"`
	// Peaks are times of known load, once each, such as a sale; no two may overlap.
	Peaks []Peak `yaml:"peaks" max:"100"`
}

// Peak is a time in which a service has other bounds: from its beginning to its end min and max are the peak's.
type Peak struct {
	// Name of the peak: "black-friday".
	Name *string `yaml:"name" required:"true" pattern:"peak"`
	// From is when it begins, on the wall clock of its time zone: 2026-11-27T06:00.
	From *string `yaml:"from" required:"true" pattern:"moment"`
	// To is when it ends.
	To *string `yaml:"to" required:"true" pattern:"moment"`
	// TimeZone of both, by its canonical name: "America/New_York".
	TimeZone *string `yaml:"timeZone" default:"UTC"`
	// Min tasks, at least the service's own.
	Min *int `yaml:"min" required:"true" min:"1" max:"5000"`
	// Max tasks, at least the service's own. Without it: twice min, or the service's own if that is more.
	Max *int `yaml:"max" min:"1" max:"5000"`
}
