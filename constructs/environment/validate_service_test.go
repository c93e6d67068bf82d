package environment

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// asked gives a service what asks it for a path: a check, and a load that the web ACL of a public service would block.
func asked(s *Service) {
	s.Runtime.Checks = []Check{{Path: "/api/products"}}
	s.Runtime.Tests.Performance = &TargetTest{Load: &Load{Path: "/api/products", RequestsPerSecond: 500, P99: time.Second}}
}

// Each case catches its mistake in a service going unnoticed until a build or a deployment fails.
func TestServiceProblems(t *testing.T) {
	refuse(t, []refusal{
		{"service name with an umlaut, which no repository may have", func(p *Plan) { mailer(p).Name = "börse" }, "services[\"börse\"]: must be lower-case"},
		{"service name with an umlaut, which no ZIP file may have", func(p *Plan) { mailer(p).Name, mailer(p).Source.Provider = "börse", S3 },
			"services[\"börse\"]: must be lower-case"},
		{"more tasks than ECS allows, of which the most derives", func(p *Plan) { mailer(p).Runtime.Scale.Min = 6000 },
			"services.mailer.scale.min: must be 1 to 5000, got 6000"},
		{"service name of one letter", func(p *Plan) { mailer(p).Name = "m" }, "services.m: must have 2 to 20 characters, got 1"},
		{"service name with an underscore", func(p *Plan) { mailer(p).Name = "mail_er" }, "services.mail_er: must be lower-case"},
		{"nameless service", func(p *Plan) { mailer(p).Name = "" }, "services[2]: a name is required"},
		{"service called platform", func(p *Plan) { mailer(p).Name = "platform" }, "services.platform: the name is reserved: the platform's own pipeline"},
		{"service called network", func(p *Plan) { mailer(p).Name = "network" }, "services.network: the name is reserved"},
		{"two services of one name", func(p *Plan) {
			catalog(p).Runtime.Expose.Port = 20001
			mailer(p).Name = "catalog"
		}, "services.catalog: another service has this name"},
		{"override of no environment", func(p *Plan) {
			mailer(p).Overrides = map[string]func(*Runtime){"prd": func(*Runtime) {}}
		}, `services.mailer.overrides.prd: no environment has this name; did you mean "prod"?`},
		{"repository with .git", func(p *Plan) { mailer(p).Source.Repository = "mailer.git" }, "services.mailer.source.repository: must not end in .git"},
		{"service in the delivery repository", func(p *Plan) { mailer(p).Source.Repository = p.DeliverySource().Repository },
			"is the delivery repository, whose pushes start the platform's pipeline"},
		{"bake that no build can watch", func(p *Plan) { prod(p).Waves[0].Bake = 20 * time.Hour },
			"environments.prod.waves[0].bake: must be at most 16h where a service has the engine rolling"},
		{"branch as a ref", func(p *Plan) { mailer(p).Source.Branch = "refs/heads/main" }, "services.mailer.source.branch: must be a branch's name"},
		{"path out of the repository", func(p *Plan) { mailer(p).Source.Path = "../other" }, "services.mailer.source.path: must be a path within the repository"},
		{"absolute path", func(p *Plan) { mailer(p).Source.Path = "/src" }, "must be relative to the repository"},
		{"neither preset nor commands", func(p *Plan) { mailer(p).Build.TestCommands = nil },
			"services.mailer.build.preset: is required without testCommands: go, java-maven, node or python"},
		{"unknown preset", func(p *Plan) { ui(p).Build.Preset = "java" }, `services.ui.build.preset: must be go, java-maven, node or python, got "java"; did you mean java-maven?`},
		{"unknown architecture", func(p *Plan) { ui(p).Build.Architecture = "arm" }, `services.ui.build.architecture: must be x86_64 or arm64, got "arm"; did you mean arm64?`},
		{"Dockerfile with a shell command", func(p *Plan) { ui(p).Build.Dockerfile = "$(id)" }, "services.ui.build.dockerfile: must be a path"},
		{"empty test command", func(p *Plan) { mailer(p).Build.TestCommands = []string{" "} }, "services.mailer.build.testCommands[0]: must not be empty"},
		{"absolute reports", func(p *Plan) { ui(p).Build.TestReports = "/reports/*.xml" }, "services.ui.build.testReports: must be relative"},
		{"unknown coverage format", func(p *Plan) { ui(p).Build.CoverageFormat = "JACOCO" }, "did you mean JACOCOXML?"},
		{"coverage without format", func(p *Plan) { mailer(p).Build.CoverageReport = "cover.xml" },
			"services.mailer.build.coverageFormat: is required with coverageReport"},
		{"format without coverage", func(p *Plan) { mailer(p).Build.CoverageFormat = "CLOVERXML" },
			"services.mailer.build.coverageReport: is required with coverageFormat"},
		{"CPU that Fargate does not offer", func(p *Plan) { mailer(p).Runtime.CPU = 300 },
			"services.mailer.cpu: Fargate offers 256, 512, 1024, 2048, 4096, 8192 or 16384 (1024 is one vCPU), got 300"},
		{"memory that Fargate does not offer with a CPU", func(p *Plan) { mailer(p).Runtime.CPU, mailer(p).Runtime.MemoryMiB = 256, 4096 },
			"services.mailer.memoryMiB: with cpu 256 Fargate offers memoryMiB 512, 1024 or 2048, got 4096; or cpu 512, 1024 or 2048 for that memory"},
		{"memory that goes with no CPU", func(p *Plan) { mailer(p).Runtime.CPU, mailer(p).Runtime.MemoryMiB = 1024, 2500 },
			"with cpu 1024 Fargate offers memoryMiB 2048 to 8192 in steps of 1024, got 2500"},
		{"large memory with a CPU that is rounded up", func(p *Plan) { mailer(p).Runtime.CPU, mailer(p).Runtime.MemoryMiB = 128, 4096 },
			"services.mailer.memoryMiB: with cpu 256, the least, Fargate offers memoryMiB 512, 1024 or 2048, got 4096"},
		{"negative CPU", func(p *Plan) { mailer(p).Runtime.CPU = -1 }, "services.mailer.cpu: Fargate offers"},
		{"negative memory", func(p *Plan) { mailer(p).Runtime.MemoryMiB = -1 }, "services.mailer.memoryMiB: with cpu 512 Fargate offers"},
		{"memory between steps", func(p *Plan) { mailer(p).Runtime.CPU, mailer(p).Runtime.MemoryMiB = 8192, 17000 },
			"with cpu 8192 Fargate offers memoryMiB 16384 to 61440 in steps of 4096, got 17000"},
		{"memory of 1.5 GiB with a quarter vCPU", func(p *Plan) { mailer(p).Runtime.CPU, mailer(p).Runtime.MemoryMiB = 256, 1536 }, "got 1536"},
		{"no port", func(p *Plan) { ui(p).Runtime.HTTP.Port = 0 }, "services.ui.http.port: is required"},
		{"port over 65535", func(p *Plan) { ui(p).Runtime.HTTP.Port = 65536 }, "services.ui.http.port: must be 1 to 65535, got 65536"},
		{"no health path", func(p *Plan) { ui(p).Runtime.HTTP.Health = "" }, "services.ui.http.health: is required"},
		{"health path without a slash", func(p *Plan) { ui(p).Runtime.HTTP.Health = "health" },
			`services.ui.http.health: must begin with a slash, got "health"; write "/health"`},
		{"health path with a space", func(p *Plan) { ui(p).Runtime.HTTP.Health = "/he alth" }, "services.ui.http.health: must be a path"},
		{"unknown protocol", func(p *Plan) { ui(p).Runtime.HTTP.Protocol = "https" }, `must be http, http2 or grpc, got "https"`},
		{"path of a gRPC health check", func(p *Plan) { ui(p).Runtime.HTTP.Protocol = GRPC },
			`services.ui.http.health: must be a method with grpc, /package.Service/Method, got "/health"; leave it out for /grpc.health.v1.Health/Check`},
		{"gRPC health check without a method", func(p *Plan) {
			ui(p).Runtime.HTTP.Protocol, ui(p).Runtime.HTTP.Health = GRPC, "/shop.v1.Ui/"
		}, "services.ui.http.health: must be a method with grpc"},
		{"gRPC health check of AWS's default", func(p *Plan) {
			ui(p).Runtime.HTTP.Protocol, ui(p).Runtime.HTTP.Health = GRPC, "/AWS.ALB/healthcheck"
		}, `services.ui.http.health: "/AWS.ALB/healthcheck" is a method that no server has`},
		{"empty health command", func(p *Plan) { mailer(p).Runtime.HealthCommand = []string{} }, "services.mailer.healthCommand: must name a program"},
		{"health command without a program", func(p *Plan) { mailer(p).Runtime.HealthCommand = []string{"", "-q"} },
			"services.mailer.healthCommand[0]: must not be empty"},
		{"health command as Docker writes it", func(p *Plan) { mailer(p).Runtime.HealthCommand = []string{"CMD-SHELL", "curl -f localhost"} },
			`services.mailer.healthCommand[0]: must be the program itself, got "CMD-SHELL"`},
		{"health command in one word", func(p *Plan) { mailer(p).Runtime.HealthCommand = []string{"curl -f localhost"} },
			"is run as one program, without a shell: write [curl, -f, localhost]"},
		{"health grace beyond ECS's", func(p *Plan) {
			mailer(p).Runtime.HealthCommand, mailer(p).Runtime.HealthGraceSeconds = []string{"/healthy"}, 301
		}, "services.mailer.healthGraceSeconds: must be 1 to 300, got 301"},
		{"health grace without a command", func(p *Plan) { mailer(p).Runtime.HealthGraceSeconds = 120 },
			"services.mailer.healthGraceSeconds: needs a healthCommand"},
		{"gRPC without a domain", func(p *Plan) {
			catalog(p).Runtime.Variables = nil
			catalog(p).Runtime.HTTP.Protocol, catalog(p).Runtime.HTTP.Health = GRPC, ""
			beta(p).Domain = nil
		}, "services.catalog.http.protocol: grpc needs an HTTPS listener, and the environment has no domain: give it one, or speak http (in beta)"},
		{"HTTP/2 without a domain", func(p *Plan) {
			catalog(p).Runtime.Variables = nil
			ui(p).Runtime.HTTP.Protocol = HTTP2
			beta(p).Domain = nil
		}, "services.ui.http.protocol: http2 needs an HTTPS listener"},
		{"http without expose, to which another service refers", func(p *Plan) { ui(p).Runtime.Expose = nil }, "services.ui.expose: is required with http"},
		{"neither internal nor public, with what asks for a path", func(p *Plan) {
			beta(p).Domain = nil
			asked(ui(p))
			ui(p).Runtime.Expose = &Expose{}
		}, "services.ui.expose.path: is required for a public service"},
		{"path without a slash, with what asks for a path", func(p *Plan) {
			asked(ui(p))
			ui(p).Runtime.Expose = &Expose{Path: "api/*"}
		}, `services.ui.expose.path: must begin with a slash, got "api/*"`},
		{"expose without http", func(p *Plan) { mailer(p).Runtime.Expose = &Expose{Internal: true} }, "services.mailer.expose: needs http"},
		{"internal and public", func(p *Plan) { ui(p).Runtime.Expose.Internal = true }, "services.ui.expose: must be either internal or a public path"},
		{"neither internal nor public", func(p *Plan) { ui(p).Runtime.Expose = &Expose{} }, "services.ui.expose.path: is required for a public service"},
		{"internal with blocked paths", func(p *Plan) { catalog(p).Runtime.Expose.Block = []string{"/x"} }, "services.catalog.expose: host, block and priority are for public"},
		{"port outside the range", func(p *Plan) { catalog(p).Runtime.Expose.Port = 8080 },
			"services.catalog.expose.internal.port: must be 20000 to 29999, got 8080"},
		{"port of a public service", func(p *Plan) { ui(p).Runtime.Expose.Port = 20000 }, "services.ui.expose.internal.port: is for internal services"},
		{"wildcard within a path", func(p *Plan) { ui(p).Runtime.Expose.Path = "/*/api/*" },
			`services.ui.expose.path: may have the wildcard * at its end only, got "/*/api/*"`},
		{"question mark in a path", func(p *Plan) { ui(p).Runtime.Expose.Path = "/a?"; ui(p).Runtime.Expose.Block = nil }, "wildcard * at its end only"},
		{"path without a slash", func(p *Plan) { ui(p).Runtime.Expose.Path = "api/*"; ui(p).Runtime.Expose.Block = nil }, "must begin with a slash"},
		{"path with a space", func(p *Plan) { ui(p).Runtime.Expose.Path = "/a b"; ui(p).Runtime.Expose.Block = nil }, "may have letters, digits"},
		{"path too long", func(p *Plan) {
			ui(p).Runtime.Expose.Path = "/" + strings.Repeat("a", 128)
			ui(p).Runtime.Expose.Block = nil
		},
			"services.ui.expose.path: must have at most 128 characters, got 129"},
		{"priority over 50000", func(p *Plan) { ui(p).Runtime.Expose.Priority = 50001 }, "services.ui.expose.priority: must be 1 to 50000"},
		{"blocked path elsewhere", func(p *Plan) { ui(p).Runtime.Expose.Path = "/shop/*" },
			`services.ui.expose.block[0]: "/utility/*" is not under the service's path "/shop/*"`},
		{"blocked path twice", func(p *Plan) { ui(p).Runtime.Expose.Block = []string{"/a", "/a"} }, `services.ui.expose.block[1]: "/a" stands twice`},
		{"too many blocked paths", func(p *Plan) {
			for i := range 100 {
				ui(p).Runtime.Expose.Block = append(ui(p).Runtime.Expose.Block, fmt.Sprintf("/%d/%s", i, strings.Repeat("x", 60)))
			}
		}, "services.ui.expose.block: must have at most 4096 characters in all"},
		{"host with the domain", func(p *Plan) {
			ui(p).Overrides = map[string]func(*Runtime){"prod": func(r *Runtime) { r.Expose.Host = "admin.shop.example.com" }}
		}, "services.ui.expose.host: must be without the environment's domain, got \"admin.shop.example.com\""},
		{"host of two labels", func(p *Plan) { ui(p).Runtime.Expose.Host = "a.b" }, "services.ui.expose.host: must be one lower-case label"},
		{"host of a region", func(p *Plan) { ui(p).Runtime.Expose.Host = "us-west-2" }, "services.ui.expose.host: us-west-2 is reserved"},
		{"host of another environment", func(p *Plan) { ui(p).Runtime.Expose.Host = "beta" },
			"services.ui.expose.host: beta.shop.example.com is the domain of environment beta (in prod)"},
		{"host without a domain", func(p *Plan) {
			catalog(p).Runtime.Variables = nil
			beta(p).Domain = nil
			ui(p).Runtime.Expose.Host = "admin"
		}, "services.ui.expose.host: needs a domain, and the environment has none (in beta)"},
		{"max below min", func(p *Plan) { mailer(p).Runtime.Scale.Max = 2 }, "services.mailer.scale.max: must be at least min, which is 3, got 2 (in prod)"},
		{"negative min", func(p *Plan) { mailer(p).Runtime.Scale = Scale{Min: -1, Max: 1} }, "services.mailer.scale.min: must be 1 to 5000, got -1"},
		{"max over the quota", func(p *Plan) { mailer(p).Runtime.Scale.Max = 5001 }, "services.mailer.scale.max: must be at most 5000"},
		{"CPU target of 95", func(p *Plan) { mailer(p).Runtime.Scale.CPUPercent = 95 }, "services.mailer.scale.cpuPercent: must be 10 to 90, got 95"},
		{"memory target of 5", func(p *Plan) { mailer(p).Runtime.Scale.MemoryPercent = 5 }, "services.mailer.scale.memoryPercent: must be 10 to 95, got 5"},
		{"retention that CloudWatch does not offer", func(p *Plan) { mailer(p).Runtime.LogRetentionDays = 31 },
			"services.mailer.logRetentionDays: CloudWatch Logs offers 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, got 31"},
		{"empty argument", func(p *Plan) { mailer(p).Runtime.Command = []string{"run", ""} }, "services.mailer.command[1]: must not be empty"},
		{"relative writable path", func(p *Plan) { ui(p).Runtime.WritablePaths = []string{"tmp"} }, `services.ui.writablePaths[0]: must be an absolute path`},
		{"writable path with a slash at its end", func(p *Plan) { ui(p).Runtime.WritablePaths = []string{"/tmp/"} }, "without a slash at its end"},
		{"writable root", func(p *Plan) { ui(p).Runtime.WritablePaths = []string{"/"} }, "services.ui.writablePaths[0]: the whole file system"},
		{"writable /proc", func(p *Plan) { ui(p).Runtime.WritablePaths = []string{"/proc/x"} }, "/proc/x is the kernel's"},
		{"writable path twice", func(p *Plan) { ui(p).Runtime.WritablePaths = []string{"/tmp", "/tmp"} }, "writablePaths[1]: /tmp stands twice"},
	})
}

// Each case catches a release setting that would do nothing, or that CodeDeploy refuses.
func TestReleaseProblems(t *testing.T) {
	zero := 0
	tooMany := 101
	refuse(t, []refusal{
		{"unknown engine", func(p *Plan) { ui(p).Runtime.Release.Engine = "code-deploy" }, `must be codedeploy, ecs or rolling, got "code-deploy"; did you mean codedeploy?`},
		{"codedeploy for a worker", func(p *Plan) { mailer(p).Runtime.Release.Engine = CodeDeploy }, "services.mailer.release.engine: codedeploy shifts the traffic of a load balancer"},
		{"strategy with rolling", func(p *Plan) { mailer(p).Runtime.Release.Strategy = Canary }, "services.mailer.release.strategy: goes with engine codedeploy or ecs only, and this service has rolling; remove it"},
		{"percent with rolling", func(p *Plan) { mailer(p).Runtime.Release.Percent = 5 }, "services.mailer.release.percent: goes with engine codedeploy or ecs only"},
		{"interval with rolling", func(p *Plan) { mailer(p).Runtime.Release.Interval = time.Minute }, "services.mailer.release.interval: goes with engine codedeploy or ecs only"},
		{"minimum with codedeploy", func(p *Plan) { ui(p).Runtime.Release.MinHealthyPercent = &zero }, "services.ui.release.minHealthyPercent: goes with engine rolling only"},
		{"maximum with codedeploy", func(p *Plan) { ui(p).Runtime.Release.MaxHealthyPercent = 150 }, "services.ui.release.maxHealthyPercent: goes with engine rolling only"},
		{"minimum over 100", func(p *Plan) { mailer(p).Runtime.Release.MinHealthyPercent = &tooMany }, "services.mailer.release.minHealthyPercent: must be 0 to 100, got 101"},
		{"maximum of 100", func(p *Plan) { mailer(p).Runtime.Release.MaxHealthyPercent = 100 }, "services.mailer.release.maxHealthyPercent: must be 101 to 200, got 100"},
		{"unknown strategy", func(p *Plan) { ui(p).Runtime.Release.Strategy = "blue-green" }, `must be all-at-once, canary or linear, got "blue-green"`},
		{"percent with all at once", func(p *Plan) { ui(p).Runtime.Release = Release{Strategy: AllAtOnce, Percent: 5} }, "services.ui.release.percent: has no use with strategy all-at-once"},
		{"percent without a strategy", func(p *Plan) { ui(p).Runtime.Release.Percent = 5 },
			"services.ui.release.percent: needs a strategy: without one, test environments shift all at once; say canary or linear (in beta)"},
		{"interval without a strategy", func(p *Plan) { ui(p).Runtime.Release.Interval = 20 * time.Minute }, "services.ui.release.interval: needs a strategy"},
		{"percent of 100", func(p *Plan) { ui(p).Runtime.Release = Release{Strategy: Canary, Percent: 100} }, "services.ui.release.percent: must be 1 to 99, got 100"},
		{"interval of seconds", func(p *Plan) { ui(p).Runtime.Release = Release{Strategy: Canary, Interval: 90 * time.Second} }, "must be whole minutes, got 1m30s"},
		{"interval below a minute", func(p *Plan) { ui(p).Runtime.Release = Release{Strategy: Canary, Interval: time.Second} }, "must be 1m to 48h, got 1s"},
		{"linear over 48 hours", func(p *Plan) { ui(p).Runtime.Release = Release{Strategy: Linear, Percent: 1, Interval: time.Hour} },
			"shifting 1% every 1h takes 99h, and CodeDeploy allows 48h"},
	})
}

// Each case catches a variable or secret with which the container would not start, or start with nonsense.
func TestVariableProblems(t *testing.T) {
	variable := func(name, value string) func(*Plan) {
		return func(p *Plan) { mailer(p).Runtime.Variables = map[string]string{name: value} }
	}
	secret := func(name, value string) func(*Plan) {
		return func(p *Plan) { mailer(p).Runtime.Secrets = map[string]string{name: value} }
	}
	refuse(t, []refusal{
		{"variable with a hyphen", variable("A-B", ""), "services.mailer.variables.A-B: a variable's name must be"},
		{"variable with a digit first", variable("1A", ""), "services.mailer.variables.1A: a variable's name must be"},
		{"secret with a dot", secret("a.b", "ssm:/x"), `services.mailer.secrets["a.b"]: a variable's name must be`},
		{"variable and secret", func(p *Plan) {
			mailer(p).Runtime.Variables = map[string]string{"KEY": "1"}
			mailer(p).Runtime.Secrets = map[string]string{"KEY": "ssm:/x"}
		}, "services.mailer.variables.KEY: stands in secrets, too"},
		{"CDK token", variable("DB", "jdbc:${Token[TOKEN.42]}"), "services.mailer.variables.DB: holds a value that only the deployment knows"},
		{"dynamic reference", variable("DB", "{{resolve:ssm:/db}}"), "hand it over as a secret, ssm:/<parameter> or secretsmanager:<name>/credentials#<key>"},
		{"reference to nothing", variable("A", "${services.orders.url}"), "services.mailer.variables.A: ${services.orders.url} refers to no service; known: catalog, ui"},
		{"mistyped reference", variable("A", "${services.catalogue.url}"), `did you mean "catalog"?`},
		{"reference to a worker", variable("A", "${services.mailer.url}"), "refers to a worker, which has no address; these have one: catalog, ui"},
		{"reference to no part", variable("A", "${services.ui.uri}"), `asks for "uri", and a service has url, host, port or address`},
		{"shell variable", variable("A", "${HOME}/x"), `"${HOME}" is no reference: ${services.NAME.url} is one, with url, host, port or address; write $${ for a literal ${`},
		{"open brace", variable("A", "x${services.ui.url"), `"${services.ui.url" is no reference`},
		{"public service without a domain", func(p *Plan) { beta(p).Domain = nil },
			"services.catalog.variables.UI: ${services.ui.url} is known only at deployment, for the environment has no domain: give it one, or expose ui internally (in beta)"},
		{"unknown secret service", secret("A", "vault:x"), "services.mailer.secrets.A: must be secretsmanager:<name>/credentials#<key> or ssm:/<parameter>"},
		{"secret name that ECS cannot find", secret("A", "secretsmanager:shop-orders"), `the secret's name must end in /credentials, got "shop-orders": ECS finds a secret`},
		{"no secret name", secret("A", "secretsmanager:"), "must name a secret"},
		{"secret named credentials only", secret("A", "secretsmanager:/credentials"), "must end in /credentials"},
		{"empty key", secret("A", "secretsmanager:x/credentials#"), "the key after # must have at least one character"},
		{"key with a colon", secret("A", "secretsmanager:x/credentials#a:b"), "no colon or space"},
		{"parameter without a slash", secret("A", "ssm:x"), "must name a parameter with a slash first"},
	})
}

// Catches props of an importer's service that its constructor takes, for they are checked without a plan.
func TestRuntimeAlone(t *testing.T) {
	r := Runtime{CPU: 300, HTTP: &HTTP{Port: 80, Health: "health"}, WritablePaths: []string{"tmp"}}
	got := fmt.Sprint(r.Validate("Runtime").Err())
	for _, want := range []string{"Runtime.cpu: Fargate offers", "Runtime.http.health: must begin with a slash", "Runtime.writablePaths[0]: must be an absolute"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
	if err := (Runtime{HTTP: &HTTP{Port: 80, Health: "/"}}).Validate("Runtime").Err(); err != nil {
		t.Error(err)
	}
}

// Catches a secret in the wrong place that an error message carries into the logs of a build.
func TestProblemKeepsTheSecret(t *testing.T) {
	err := newPlan(func(p *Plan) { mailer(p).Runtime.Secrets = map[string]string{"A": "sk-live-4242"} }).Validate().Err()
	if err == nil || strings.Contains(err.Error(), "4242") {
		t.Errorf("got %v", err)
	}
}

// Catches a size that the CDK's own table has and ours lacks, or the other way round: the corners of each CPU.
func TestSizes(t *testing.T) {
	for _, c := range []struct {
		cpu, memory int
		want        bool
	}{
		{256, 512, true}, {256, 2048, true}, {256, 3072, false}, {512, 512, false}, {512, 4096, true}, {1024, 8192, true}, {1024, 9216, false},
		{2048, 4096, true}, {2048, 16384, true}, {4096, 30720, true}, {4096, 31744, false}, {8192, 16384, true}, {8192, 17408, false},
		{8192, 61440, true}, {16384, 32768, true}, {16384, 122880, true}, {16384, 126976, false},
	} {
		for _, z := range Sizes {
			if z.CPU == c.cpu && z.Offers(c.memory) != c.want {
				t.Errorf("cpu %d, memory %d: got %v", c.cpu, c.memory, !c.want)
			}
		}
	}
}
