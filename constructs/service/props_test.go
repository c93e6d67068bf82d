package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsecs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awselasticloadbalancingv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/service"
)

// Stand-ins for constructs: validation needs no kernel.
var (
	aCluster      = struct{ awsecs.ICluster }{}
	aVpc          = struct{ awsec2.IVpc }{}
	aGroup        = struct{ awsec2.ISecurityGroup }{}
	aLoadBalancer = struct {
		awselasticloadbalancingv2.IApplicationLoadBalancer
	}{}
	aListener = struct {
		awselasticloadbalancingv2.IApplicationListener
	}{}
	anAlarm = struct{ awscloudwatch.IAlarm }{}
)

func valid() *service.FargateProps {
	return &service.FargateProps{
		Name:                  "shop-beta-catalog",
		Account:               account,
		Region:                region,
		Image:                 repository + "@" + digest,
		ImageRepositoryARN:    "arn:aws:ecr:us-west-2:111111111111:repository/shop/catalog",
		Cluster:               aCluster,
		Vpc:                   aVpc,
		WorkloadSecurityGroup: aGroup,
		Runtime:               environment.Runtime{HTTP: &environment.HTTP{Port: 8080, Health: "/health"}},
		Route:                 &service.InternalRoute{LoadBalancer: aLoadBalancer, SecurityGroup: aGroup, Port: 20080},
	}
}

func onPublic(change func(*service.PublicRoute)) func(*service.FargateProps) {
	return func(p *service.FargateProps) {
		r := &service.PublicRoute{Listener: aListener, TestListener: aListener, SecurityGroup: aGroup, Path: "/*", Priority: 1}
		change(r)
		p.Route = r
	}
}

func onInternal(change func(*service.InternalRoute)) func(*service.FargateProps) {
	return func(p *service.FargateProps) { change(p.Route.(*service.InternalRoute)) }
}

func release(r environment.Release) func(*service.FargateProps) {
	return func(p *service.FargateProps) { p.Runtime.Release = r }
}

// watched is a Watch that makes nothing and returns the alarms.
func watched(alarms ...interfacesawscloudwatch.IAlarmRef) func(*service.Fargate) []interfacesawscloudwatch.IAlarmRef {
	return func(*service.Fargate) []interfacesawscloudwatch.IAlarmRef { return alarms }
}

const badName = "a variable's name must be letters, digits and underscores, no digit first, got "

const byName = "which takes its alarms before it creates what they watch; remove it, and give Alarms by name: observe.Named"

const badSecret = "must be a literal secretsmanager:<name>/credentials#<key> or ssm:/<parameter>; the secret itself never stands here"

// Catches: a mistake that only the deployment finds, and a message that does not say what is allowed.
func TestFargatePropsProblems(t *testing.T) {
	late := "is known only at deployment, and what runs must be known before: put the value into an SSM parameter or a secret and " +
		"name that in Runtime.Secrets"
	long := strings.Repeat("n", 100)
	for _, c := range []struct {
		change func(*service.FargateProps)
		want   []string
	}{
		{func(p *service.FargateProps) { p.Name = "" }, []string{"Name: required"}},
		{func(p *service.FargateProps) { p.Name = "1st" },
			[]string{`Name: must be 2 to 100 letters, digits and hyphens, a letter first, got "1st"`}},
		{func(p *service.FargateProps) { p.Account = "" }, []string{"Account: required"}},
		{func(p *service.FargateProps) { checked(p); p.TestURL = "" }, []string{"TestURL: required"}},
		{func(p *service.FargateProps) { checked(p); p.TestURL, p.GateName = "catalog.internal/x", long },
			[]string{`TestURL: must be a scheme, a host and a port without a path, such as https://catalog.internal.shop.example.com:31234, got "catalog.internal/x"`,
				`GateName: must be 1 to 64 letters, digits, hyphens and underscores, got "` + long + `"`}},
		{func(p *service.FargateProps) { checked(p); p.TestURL = "http://${Token[TOKEN.1]}" },
			[]string{`TestURL: must end in a literal port, such as :9443, got "http://${Token[TOKEN.1]}"`}},
		{func(p *service.FargateProps) { checked(p); p.TestURL = "https://catalog.internal:20080" },
			[]string{`TestURL: must have the port of the route's test listener, 30080, got "https://catalog.internal:20080"`}},
		{func(p *service.FargateProps) { checked(p); p.Runtime.Checks[0].Path = "" },
			[]string{"Runtime.checks[0].path: is required: what is asked, such as /health"}},
		{func(p *service.FargateProps) { p.Account = "2222" }, []string{`Account: must be 12 digits, got "2222"`}},
		{func(p *service.FargateProps) { p.Region = "" }, []string{"Region: required"}},
		{func(p *service.FargateProps) { p.Region = "mars" }, []string{`Region: must be a region's name such as us-west-2, got "mars"`}},
		{func(p *service.FargateProps) { p.ImageRepositoryARN = "shop/catalog" },
			[]string{"ImageRepositoryARN: must be the ARN of a repository, such as arn:aws:ecr:us-west-2:111111111111:repository/shop/catalog, " +
				`got "shop/catalog"`}},
		{func(p *service.FargateProps) { p.LogGroupName = "has space" },
			[]string{`LogGroupName: must be 1 to 512 letters, digits and _-./#, got "has space"`}},
		{func(p *service.FargateProps) { checked(p); p.LogGroupName = "has space" },
			[]string{`LogGroupName: must be 1 to 512 letters, digits and _-./#, got "has space"`}},
		{func(p *service.FargateProps) { checked(p); p.GateLogGroupName = "has:colon" },
			[]string{`GateLogGroupName: must be 1 to 512 letters, digits and _-./#, got "has:colon"`}},
		{func(p *service.FargateProps) { checked(p); p.LogGroupName = strings.Repeat("g", 512) },
			[]string{`GateLogGroupName: must be 1 to 512 letters, digits and _-./#, got "` + strings.Repeat("g", 512) + `/gate"`}},
		{onInternal(func(r *service.InternalRoute) { r.CertificateARN = "garbage" }),
			[]string{"Route.CertificateARN: must be the ARN of a certificate, such as " +
				`arn:aws:acm:us-west-2:222222222222:certificate/11111111-2222-3333-4444-555555555555, got "garbage"`}},
		{onInternal(func(r *service.InternalRoute) {
			r.CertificateARN = "arn:aws:iam::222222222222:server-certificate/shop/catalog"
		}), nil},
		{func(p *service.FargateProps) {
			p.Runtime.Variables = map[string]string{"": "x", "a=b": "c", "AWS_REGION": "eu-west-1"}
			p.Runtime.Secrets = map[string]string{"1st": "ssm:/shop/key"}
		}, []string{`Runtime.variables[""]: ` + badName + `""`, `Runtime.variables["a=b"]: ` + badName + `"a=b"`, "Runtime.secrets.1st: " + badName + `"1st"`}},
		{func(p *service.FargateProps) { p.Image = "catalog:1.0" },
			[]string{`Image: must be a literal repository@sha256:… with 64 hexadecimal digits, got "catalog:1.0"`}},
		{func(p *service.FargateProps) { p.Image = "${Token[Image.1]}@" + digest },
			[]string{`Image: must be a literal repository@sha256:… with 64 hexadecimal digits, got "${Token[Image.1]}@` + digest + `"`}},
		{func(p *service.FargateProps) { p.ImageRepositoryARN = "" },
			[]string{"ImageRepositoryARN: required with an image of ECR, which ECS may not pull otherwise"}},
		{func(p *service.FargateProps) {
			p.Image, p.ImageRepositoryARN = "public.ecr.aws/shop/catalog@"+digest, ""
		}, nil},
		{func(p *service.FargateProps) { p.Cluster, p.Vpc, p.WorkloadSecurityGroup = nil, nil, nil },
			[]string{"Cluster: required", "Vpc: required", "WorkloadSecurityGroup: required"}},
		{func(p *service.FargateProps) { p.Architecture = "riscv" }, []string{`Architecture: must be x86_64 or arm64, got "riscv"`}},
		{func(p *service.FargateProps) { p.Architecture = environment.Arm64 }, nil},
		{func(p *service.FargateProps) { p.Runtime.HTTP.Port = 0 },
			[]string{"Runtime.http.port: is required: the port that the container listens on"}},
		{func(p *service.FargateProps) {
			p.Runtime.Variables = map[string]string{"C": "c", "B": "{{resolve:ssm:b}}", "A": "a-${Token[TOKEN.1]}"}
		}, []string{"Runtime.Variables.A: " + late, "Runtime.Variables.B: " + late}},
		{func(p *service.FargateProps) {
			p.Runtime.Variables = map[string]string{"KEY": "k"}
			p.Runtime.Secrets = map[string]string{"KEY": "ssm:/shop/key"}
		}, []string{"Runtime.Variables.KEY: stands in Runtime.Secrets, too; a container has one value of a name"}},
		{func(p *service.FargateProps) {
			p.Runtime.Secrets = map[string]string{
				"A": "hunter2", "B": "secretsmanager:shop-orders", "C": "ssm:key", "D": "ssm:${Token[TOKEN.1]}",
				"E": "secretsmanager:shop/credentials", "F": "secretsmanager:shop/credentials#key", "G": "ssm:/shop/key",
				"H": "secretsmanager:shop/credentials#",
			}
		}, []string{"Runtime.Secrets.A: " + badSecret, "Runtime.Secrets.B: " + badSecret, "Runtime.Secrets.C: " + badSecret,
			"Runtime.Secrets.D: " + badSecret, "Runtime.Secrets.H: " + badSecret}},
		{func(p *service.FargateProps) {
			p.SecretKeyARNs = []string{"arn:aws:kms:us-west-2:222222222222:key/1", "alias/shop", "${Token[TOKEN.1]}"}
		}, []string{`SecretKeyARNs[1]: must be the ARN of a key, for that of an alias gives no permission, got "alias/shop"`}},
		{func(p *service.FargateProps) { p.Bake = 49 * time.Hour },
			[]string{"Bake: must be 0 to 48h in whole minutes, got 49h0m0s"}},
		{func(p *service.FargateProps) { p.Bake = -time.Minute }, []string{"Bake: must be 0 to 48h in whole minutes, got -1m0s"}},
		{func(p *service.FargateProps) { p.Bake = 90 * time.Second }, []string{"Bake: must be 0 to 48h in whole minutes, got 1m30s"}},
		{func(p *service.FargateProps) { p.Bake = 48 * time.Hour }, nil},
		{func(p *service.FargateProps) { rolling(p); p.Bake = time.Hour },
			[]string{"Bake: goes with engine codedeploy or ecs only, got 1h0m0s with rolling; remove it"}},
		{func(p *service.FargateProps) { worker(p); p.Bake = time.Hour },
			[]string{"Bake: goes with engine codedeploy or ecs only, got 1h0m0s with rolling; remove it"}},
		{func(p *service.FargateProps) { p.Alarms = make([]awscloudwatch.IAlarm, 1) }, []string{"Alarms[0]: must not be nil"}},
		{func(p *service.FargateProps) {
			for range 11 {
				p.Alarms = append(p.Alarms, anAlarm)
			}
		}, []string{"Alarms: may be at most 10, got 11"}},
		{func(p *service.FargateProps) { p.Watch = watched(anAlarm) }, nil},
		{func(p *service.FargateProps) { ecs(p); p.Watch = watched(anAlarm) }, []string{"Watch: goes with engine codedeploy only, got ecs, " + byName}},
		{func(p *service.FargateProps) { rolling(p); p.Watch = watched(anAlarm) }, []string{"Watch: goes with engine codedeploy only, got rolling, " + byName}},
		{func(p *service.FargateProps) { worker(p); p.Watch = watched(anAlarm) }, []string{"Watch: goes with engine codedeploy only, got rolling, " + byName}},
		{func(p *service.FargateProps) {
			p.ExecutionRoleName = "a b"
			p.TaskRoleName = "a/b"
			p.CodeDeployRoleName = long
		},
			[]string{`ExecutionRoleName: must be 1 to 64 letters, digits and +=,.@_-, got "a b"`,
				`TaskRoleName: must be 1 to 64 letters, digits and +=,.@_-, got "a/b"`,
				`CodeDeployRoleName: must be 1 to 64 letters, digits and +=,.@_-, got "` + long + `"`}},
		{func(p *service.FargateProps) {
			p.Name = strings.Repeat("n", 45)
			p.TaskRoleName, p.CodeDeployRoleName = "t", "c"
		},
			[]string{`ExecutionRoleName: must be 1 to 64 letters, digits and +=,.@_-, got "` + strings.Repeat("n", 45) +
				`-us-west-2-execution"`}},
		{func(p *service.FargateProps) { p.Route = nil }, []string{"Route: required with Runtime.HTTP: an InternalRoute or a PublicRoute"}},
		{func(p *service.FargateProps) { p.Runtime.HTTP = nil }, []string{"Runtime.HTTP: required with Route"}},
		{worker, nil},
		{onInternal(func(r *service.InternalRoute) { *r = service.InternalRoute{} }),
			[]string{"Route.LoadBalancer: required", "Route.SecurityGroup: required", "Route.Port: must be 20000 to 29999, got 0"}},
		{func(p *service.FargateProps) { p.Route = (*service.InternalRoute)(nil) },
			[]string{"Route.LoadBalancer: required", "Route.SecurityGroup: required", "Route.Port: must be 20000 to 29999, got 0"}},
		{func(p *service.FargateProps) { p.Route = (*service.PublicRoute)(nil); rolling(p) },
			[]string{"Route.Listener: required", "Route.SecurityGroup: required", "Route.Path: required", "Route.Priority: must be 1 to 50000, got 0"}},
		{onInternal(func(r *service.InternalRoute) { r.Port = 30000 }), []string{"Route.Port: must be 20000 to 29999, got 30000"}},
		{onInternal(func(r *service.InternalRoute) { r.Port = 19999 }), []string{"Route.Port: must be 20000 to 29999, got 19999"}},
		{func(p *service.FargateProps) { p.Runtime.HTTP.Protocol, p.Runtime.HTTP.Health = environment.GRPC, "" },
			[]string{"Route.CertificateARN: required with protocol grpc, which load balancers speak over HTTPS only"}},
		{func(p *service.FargateProps) { p.Runtime.HTTP.Protocol = environment.HTTP2 },
			[]string{"Route.CertificateARN: required with protocol http2, which load balancers speak over HTTPS only"}},
		{onPublic(func(r *service.PublicRoute) { *r = service.PublicRoute{} }),
			[]string{"Route.Listener: required", "Route.SecurityGroup: required", "Route.TestListener: required with the engine codedeploy",
				"Route.Path: required", "Route.Priority: must be 1 to 50000, got 0"}},
		{func(p *service.FargateProps) {
			rolling(p)
			onPublic(func(r *service.PublicRoute) { r.TestListener = nil })(p)
		}, nil},
		{onPublic(func(r *service.PublicRoute) { r.Priority = 50001 }), []string{"Route.Priority: must be 1 to 50000, got 50001"}},
		{onPublic(func(r *service.PublicRoute) { r.Host = "admin.shop.example.com" }), nil},
		{onPublic(func(r *service.PublicRoute) { r.Host = "admin" }),
			[]string{`Route.Host: must be a full name of at most 128 characters, such as admin.shop.example.com, got "admin"`}},
	} {
		p := valid()
		c.change(p)
		problems(t, p.Validate(), c.want)
	}
}

// Catches: a service that is reached otherwise than its runtime says, because only the route is followed: with /admin open, say.
func TestExposeAgreesWithRoute(t *testing.T) {
	expose := func(x environment.Expose, changes ...func(*service.FargateProps)) func(*service.FargateProps) {
		return func(p *service.FargateProps) {
			for _, change := range changes {
				change(p)
			}
			p.Runtime.Expose = &x
		}
	}
	admin := onPublic(func(r *service.PublicRoute) { r.Path, r.Host = "/shop/*", "admin.shop.example.com" })
	const blocks = "Runtime.Expose.Block: blocks nothing here, the web ACL of the load balancer does: give it to ingress.PublicProps.Blocks, and leave it out"
	for _, c := range []struct {
		change func(*service.FargateProps)
		want   []string
	}{
		{expose(environment.Expose{Internal: true}), nil},
		{expose(environment.Expose{Internal: true, Port: 20080}), nil},
		{expose(environment.Expose{Internal: true, Port: 25000}), []string{"Runtime.Expose.Port: must be that of Route, 20080, or left out, got 25000"}},
		{expose(environment.Expose{Internal: true, Path: "/cart/*", Host: "admin", Priority: 7}), []string{
			"Runtime.Expose.Path: goes with a PublicRoute only; remove it", "Runtime.Expose.Host: goes with a PublicRoute only; remove it",
			"Runtime.Expose.Priority: goes with a PublicRoute only; remove it"}},
		{expose(environment.Expose{}), []string{"Runtime.Expose.Internal: must be true with an InternalRoute; or leave Expose out"}},
		{expose(environment.Expose{Path: "/shop/*", Host: "admin", Priority: 1}, admin), nil},
		{expose(environment.Expose{}, admin), nil},
		{expose(environment.Expose{Path: "/*", Host: "adm", Priority: 7, Block: []string{"/admin/*"}}, admin), []string{blocks,
			"Runtime.Expose.Path: must be that of Route, /shop/*, or left out, got /*",
			"Runtime.Expose.Priority: must be that of Route, 1, or left out, got 7",
			"Runtime.Expose.Host: must be the first label of Route.Host, admin.shop.example.com, or left out, got adm"}},
		{expose(environment.Expose{Host: "admin"}, onPublic(func(*service.PublicRoute) {})),
			[]string{"Runtime.Expose.Host: must be left out where Route has no Host, got admin"}},
		{expose(environment.Expose{Internal: true, Port: 20080}, admin), []string{"Runtime.Expose.Internal: goes with an InternalRoute only; remove it",
			"Runtime.Expose.Port: goes with an InternalRoute only; remove it"}},
		{expose(environment.Expose{Path: "/*"}, worker),
			[]string{"Runtime.Expose: goes with Runtime.HTTP and Route only, without which the service is a worker; remove it"}},
	} {
		p := valid()
		c.change(p)
		problems(t, p.Validate(), c.want)
	}
}

// Catches: a path that a load balancer refuses, and one that it takes and we do not.
func TestPublicRoutePath(t *testing.T) {
	for path, ok := range map[string]bool{
		"/": true, "/*": true, "/admin*": true, "/admin/*": true, "/a": true, "/" + strings.Repeat("a", 127): true,
		"/" + strings.Repeat("a", 126) + "*": true, "/" + strings.Repeat("a", 128): false,
		"admin": false, "*": false, "/*/a": false, "/a?": false, "/a b": false, "/é": false, "/**": false,
	} {
		p := valid()
		onPublic(func(r *service.PublicRoute) { r.Path = path })(p)
		var want []string
		if !ok {
			want = []string{`Route.Path: must be 1 to 128 letters, digits and _-.$/~"'@:+&, with a slash first and at most one *, at the end, got "` +
				path + `"`}
		}
		problems(t, p.Validate(), want)
	}
}

// Catches: a deployment configuration whose name CodeDeploy refuses, at the end of the first deployment.
func TestDeploymentConfigName(t *testing.T) {
	name := strings.Repeat("n", 87)
	for _, c := range []struct {
		name    string
		release environment.Release
		want    []string
	}{
		{name, environment.Release{Strategy: environment.Canary, Percent: 25}, nil}, // "-canary-25-5m" has 13 characters
		{name + "n", environment.Release{Strategy: environment.Canary, Percent: 25},
			[]string{"Name: must be at most 87 characters with this release, whose deployment configuration is " + name + "n-canary-25-5m, got 88"}},
		{name + "n", environment.Release{Strategy: environment.Canary}, nil},
		{name + "n", environment.Release{Engine: environment.Rolling}, nil},
	} {
		p := valid()
		p.Name, p.Runtime.Release = c.name, c.release
		p.ExecutionRoleName, p.TaskRoleName, p.CodeDeployRoleName = "e", "t", "c"
		problems(t, p.Validate(), c.want)
	}
}

// Catches: a check that takes a value which only the deployment knows for a wrong one.
func TestTokensAreNotChecked(t *testing.T) {
	const token = "${Token[TOKEN.1]}"
	p := valid()
	p.Name, p.Account, p.Region, p.ExecutionRoleName = token, token, token, token
	onPublic(func(r *service.PublicRoute) { r.Path, r.Host = token, token })(p)
	problems(t, p.Validate(), nil)
	problems(t, (&service.ClusterProps{Name: token, Vpc: aVpc}).Validate(), nil)
}

// Catches: a user who mends one mistake after the other, because only the first is reported.
func TestEveryProblemAtOnce(t *testing.T) {
	p := &service.FargateProps{Route: &service.InternalRoute{}, Runtime: environment.Runtime{HTTP: &environment.HTTP{}, CPU: 300}}
	problems(t, p.Validate(), []string{
		"Name: required",
		"Account: required",
		"Region: required",
		`Image: must be a literal repository@sha256:… with 64 hexadecimal digits, got ""`,
		"Cluster: required",
		"Vpc: required",
		"WorkloadSecurityGroup: required",
		"Runtime.cpu: Fargate offers 256, 512, 1024, 2048, 4096, 8192 or 16384 (1024 is one vCPU), got 300",
		"Runtime.http.port: is required: the port that the container listens on",
		"Runtime.http.health: is required: the path that the load balancer asks, such as /health",
		"Route.LoadBalancer: required",
		"Route.SecurityGroup: required",
		"Route.Port: must be 20000 to 29999, got 0",
	})
}

// Catches: a value that says more than its reader may know, in a message that pipelines log.
func TestNoSecretInMessages(t *testing.T) {
	p := valid()
	p.Runtime.Secrets = map[string]string{"KEY": "hunter2"}
	if err := p.Validate(); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("got %v", err)
	}
}

// Catches: defaults written into the caller's props, which then meet the next service that is made of them.
func TestValidateChangesNothing(t *testing.T) {
	p := valid()
	problems(t, p.Validate(), nil)
	if p.TaskRoleName != "" || p.Runtime.CPU != 0 || p.Runtime.HTTP.GraceSeconds != 0 || p.Runtime.Release.Engine != "" {
		t.Errorf("Validate changed the props: %+v", p)
	}
}

// Catches: a cluster or its logs that the deployment refuses.
func TestClusterPropsProblems(t *testing.T) {
	problems(t, (&service.ClusterProps{}).Validate(), []string{"Name: required", "Vpc: required"})
	problems(t, (&service.ClusterProps{Name: "shop beta", Vpc: aVpc, LogRetentionDays: 8}).Validate(), []string{
		`Name: must be 1 to 255 letters, digits, hyphens and underscores, got "shop beta"`,
		"LogRetentionDays: CloudWatch Logs offers 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, " +
			"2557, 2922, 3288 or 3653, got 8",
	})
	problems(t, (&service.ClusterProps{Name: "shop_beta-1", Vpc: aVpc, LogRetentionDays: 365}).Validate(), nil)
}

// problems compares the lines of err; no lines mean no error.
func problems(tb testing.TB, err error, want []string) {
	tb.Helper()
	got := ""
	if err != nil {
		got = err.Error()
	}
	if w := strings.Join(want, "\n"); got != w {
		tb.Errorf("got\n%s\nwant\n%s", got, w)
	}
}
