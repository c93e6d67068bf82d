package service

import (
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/constructs/internal/where"
	"github.com/storeship/storeship/internal/text"
)

// What CodeDeploy allows.
// https://docs.aws.amazon.com/codedeploy/latest/userguide/limits.html
const (
	// maxAlarms is how many alarms a deployment group can have.
	maxAlarms = 10
	// maxConfigName is how long the name of a deployment configuration can be.
	maxConfigName = 100
)

var (
	namePattern    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{1,99}$`)
	clusterPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
	accountPattern = regexp.MustCompile(`^[0-9]{12}$`)
	regionPattern  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	rolePattern    = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)
	// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	functionPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	testPortPattern = regexp.MustCompile(`:[1-9][0-9]{0,4}$`)
	testURLPattern  = regexp.MustCompile(`^https?://[A-Za-z0-9.-]+:[1-9][0-9]{0,4}$`)
	// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html
	logGroupPattern = regexp.MustCompile(`^[A-Za-z0-9_./#-]{1,512}$`)
	// https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
	repositoryPattern = regexp.MustCompile(`^arn:[a-z-]+:ecr:[a-z0-9-]+:[0-9]{12}:repository/[a-z0-9]+([._/-]+[a-z0-9]+)*$`)
	// What a listener takes, of ACM or IAM.
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_Certificate.html
	certificatePattern = regexp.MustCompile(`^arn:[a-z-]+:(acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+|iam::[0-9]{12}:server-certificate/[A-Za-z0-9/+=,.@_-]+)$`)
	digestPattern      = regexp.MustCompile(`^[^@\s]+@sha256:[0-9a-f]{64}$`)
	keyPattern         = regexp.MustCompile(`^arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+$`)
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
	pathPattern = regexp.MustCompile(`^/[A-Za-z0-9_.$/~"'@:+&-]{0,126}[A-Za-z0-9_.$/~"'@:+&*-]?$`)
	hostPattern = regexp.MustCompile(`^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$`)
	// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
	secretPattern = regexp.MustCompile(`^(secretsmanager:[A-Za-z0-9/_+=.@-]+/credentials(#[^:#\s]+)?|ssm:(/[A-Za-z0-9_.-]+)+)$`)
)

const mustLogGroup = "must be 1 to 512 letters, digits and _-./#"

// maxHost is how long the host of a listener rule can be.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/rule-condition-types.html
const maxHost = 128

func token(s string) bool { return strings.Contains(s, "${Token[") }

// Validate reports every problem in p, joined.
func (p *FargateProps) Validate() error {
	var l problem.List
	matches(&l, "Name", p.Name, namePattern, "must be 2 to 100 letters, digits and hyphens, a letter first")
	matches(&l, "Account", p.Account, accountPattern, "must be 12 digits")
	matches(&l, "Region", p.Region, regionPattern, "must be a region's name such as us-west-2")
	if token(p.Image) || !digestPattern.MatchString(p.Image) {
		l.Addf("Image", "must be a literal repository@sha256:… with 64 hexadecimal digits, got %q", p.Image)
	}
	for _, r := range []struct {
		field string
		given bool
	}{{"Cluster", p.Cluster != nil}, {"Vpc", p.Vpc != nil}, {"WorkloadSecurityGroup", p.WorkloadSecurityGroup != nil}} {
		if !r.given {
			l.Addf(r.field, "required")
		}
	}
	switch {
	case p.ImageRepositoryARN != "":
		matches(&l, "ImageRepositoryARN", p.ImageRepositoryARN, repositoryPattern,
			"must be the ARN of a repository, such as arn:aws:ecr:us-west-2:111111111111:repository/shop/catalog")
	case strings.Contains(p.Image, ".dkr.ecr."):
		l.Addf("ImageRepositoryARN", "required with an image of ECR, which ECS may not pull otherwise")
	}
	if p.Architecture != "" && p.Architecture != environment.X8664 && p.Architecture != environment.Arm64 {
		l.Addf("Architecture", "must be %s or %s, got %q", environment.X8664, environment.Arm64, p.Architecture)
	}
	l.Add(p.Runtime.Validate("Runtime").Err())
	p.validateVariables(&l)
	p.validateRoute(&l)
	p.validateExpose(&l)
	full := p.withDefaults()
	p.validateRelease(&l, full)
	for _, r := range [][2]string{
		{"ExecutionRoleName", full.ExecutionRoleName}, {"TaskRoleName", full.TaskRoleName}, {"CodeDeployRoleName", full.CodeDeployRoleName},
	} {
		matches(&l, r[0], r[1], rolePattern, "must be 1 to 64 letters, digits and +=,.@_-")
	}
	if p.LogGroupName != "" {
		matches(&l, "LogGroupName", p.LogGroupName, logGroupPattern, mustLogGroup)
	}
	if full.Runtime.Gated() {
		p.validateGate(&l, full)
	}
	if full.Runtime.Release.Engine == environment.ECS {
		matches(&l, "ShiftRoleName", full.ShiftRoleName, rolePattern, "must be 1 to 64 letters, digits and +=,.@_-")
	}
	return l.Err()
}

// validateGate checks what asks a new version its checks; full has the defaults as well.
func (p *FargateProps) validateGate(l *problem.List, full *FargateProps) {
	internal, _ := p.Route.(*InternalRoute)
	switch {
	case p.TestURL == "", !token(p.TestURL) && !testURLPattern.MatchString(p.TestURL):
		matches(l, "TestURL", p.TestURL, testURLPattern, "must be a scheme, a host and a port without a path, such as https://catalog.internal.shop.example.com:31234")
	case !testPortPattern.MatchString(p.TestURL):
		l.Addf("TestURL", "must end in a literal port, such as :9443, got %q", p.TestURL)
	case internal != nil && !strings.HasSuffix(p.TestURL, fmt.Sprintf(":%d", internal.Port+environment.TestPortOffset)):
		l.Addf("TestURL", "must have the port of the route's test listener, %d, got %q", internal.Port+environment.TestPortOffset, p.TestURL)
	}
	matches(l, "GateName", full.GateName, functionPattern, "must be 1 to 64 letters, digits, hyphens and underscores")
	// The default is as good as the name that it begins with, but longer.
	if p.GateLogGroupName != "" || token(full.LogGroupName) || logGroupPattern.MatchString(full.LogGroupName) {
		matches(l, "GateLogGroupName", full.GateLogGroupName, logGroupPattern, mustLogGroup)
	}
	matches(l, "GateRoleName", full.GateRoleName, rolePattern, "must be 1 to 64 letters, digits and +=,.@_-")
}

// validateVariables checks what the container finds in its environment.
func (p *FargateProps) validateVariables(l *problem.List) {
	for _, name := range slices.Sorted(maps.Keys(p.Runtime.Variables)) {
		if v := p.Runtime.Variables[name]; token(v) || strings.Contains(v, "{{resolve:") {
			l.Addf("Runtime.Variables."+name, "is known only at deployment, and what runs must be known before: put the value into an SSM parameter "+
				"or a secret and name that in Runtime.Secrets")
		}
		if _, both := p.Runtime.Secrets[name]; both {
			l.Addf("Runtime.Variables."+name, "stands in Runtime.Secrets, too; a container has one value of a name")
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Runtime.Secrets)) {
		// What stands here may be the secret itself: it must not reach a log.
		if s := p.Runtime.Secrets[name]; token(s) || !secretPattern.MatchString(s) {
			l.Addf("Runtime.Secrets."+name, "must be a literal secretsmanager:<name>/credentials#<key> or ssm:/<parameter>; the secret itself "+
				"never stands here")
		}
	}
	for i, arn := range p.SecretKeyARNs {
		if !token(arn) && !keyPattern.MatchString(arn) {
			l.Addf(text.Item("SecretKeyARNs", i), "must be the ARN of a key, for that of an alias gives no permission, got %q", arn)
		}
	}
}

// validateRelease checks what replaces the tasks; full has the defaults as well.
func (p *FargateProps) validateRelease(l *problem.List, full *FargateProps) {
	release := full.Runtime.Release
	longest := environment.MaxBake
	if release.Engine == environment.ECS {
		longest = environment.MaxECSBake
	}
	switch {
	case p.Bake < 0 || p.Bake > longest || p.Bake%time.Minute != 0:
		l.Addf("Bake", "must be 0 to %s in whole minutes, got %s", text.Duration(longest), p.Bake)
	case p.Bake != 0 && !release.Engine.Shifts():
		l.Addf("Bake", "goes with engine codedeploy or ecs only, got %s with %s; remove it", p.Bake, release.Engine)
	case release.Engine == environment.ECS && release.Shift() <= environment.MaxECSRelease && p.Bake+release.Shift() > environment.MaxECSRelease:
		l.Addf("Bake", "%s after shifts of %s take longer than %s, which CloudFormation allows with the engine ecs; shorten the bake or the shifts",
			text.Duration(p.Bake), text.Duration(release.Shift()), text.Duration(environment.MaxECSRelease))
	}
	if n := len(p.Alarms); n > maxAlarms {
		l.Addf("Alarms", "may be at most %d, got %d", maxAlarms, n)
	}
	for i, a := range p.Alarms {
		if a == nil {
			l.Addf(text.Item("Alarms", i), "must not be nil")
		}
	}
	if p.Watch != nil && release.Engine != environment.CodeDeploy {
		l.Addf("Watch", "goes with engine codedeploy only, got %s, which takes its alarms before it creates what they watch; remove it, and give "+
			"Alarms by name: observe.Named", release.Engine)
	}
	if config := configName(full); usesCodeDeploy(full) && !token(p.Name) && len(config) > maxConfigName {
		l.Addf("Name", "must be at most %d characters with this release, whose deployment configuration is %s, got %d",
			maxConfigName-len(config)+len(p.Name), config, len(p.Name))
	}
}

// fits checks that the service is created where its props say: in that account and region, and in the VPC of its cluster.
func (p *FargateProps) fits(scope constructs.Construct) error {
	var l problem.List
	where.Check(&l, scope, where.Said{Field: "Account", Value: p.Account}, where.Said{Field: "Region", Value: p.Region})
	if p.Cluster != nil && p.Vpc != nil {
		p.validateVpc(&l, scope)
	}
	return l.Err()
}

// validateVpc compares the VPC with the cluster's: the tasks run in the subnets of the one, with a security group in the other.
func (p *FargateProps) validateVpc(l *problem.List, scope constructs.Construct) {
	vpc := func() (v awsec2.IVpc) {
		defer func() { _ = recover() }() // the CDK throws where a cluster is imported without
		return p.Cluster.Vpc()
	}()
	if vpc == nil {
		l.Addf("Cluster", "must know its VPC; import it with awsecs.Cluster_FromClusterAttributes, and give that Vpc")
		return
	}
	id := func(v awsec2.IVpc) string { return *once.Property(v, "VpcId", v.VpcId) }
	own, clusters := id(p.Vpc), id(vpc)
	switch {
	case own == clusters:
	case !token(own) && !token(clusters):
		l.Addf("Vpc", "must be that of Cluster, %s, in whose subnets the tasks run, got %s", clusters, own)
	case token(own) && token(clusters):
		// One import of a value may be another token than the next.
		stack := once.StackOf(scope)
		if !reflect.DeepEqual(stack.Resolve(own), stack.Resolve(clusters)) {
			l.Addf("Vpc", "must be that of Cluster, in whose subnets the tasks run, got another")
		}
	}
}

func (p *FargateProps) validateRoute(l *problem.List) {
	switch {
	case p.Runtime.HTTP != nil && p.Route == nil:
		l.Addf("Route", "required with Runtime.HTTP: an InternalRoute or a PublicRoute")
	case p.Runtime.HTTP == nil && p.Route != nil:
		l.Addf("Runtime.HTTP", "required with Route")
	case p.Route != nil:
		l.Under("Route", p.Route.validate(p))
	}
}

func (r *InternalRoute) validate(p *FargateProps) error {
	var l problem.List
	if r == nil {
		r = &InternalRoute{}
	}
	if r.LoadBalancer == nil {
		l.Addf("LoadBalancer", "required")
	}
	if r.SecurityGroup == nil {
		l.Addf("SecurityGroup", "required")
	}
	if r.Port < environment.InternalPortBase || r.Port >= environment.InternalPortBase+environment.InternalPortCount {
		l.Addf("Port", "must be %d to %d, got %d", environment.InternalPortBase,
			environment.InternalPortBase+environment.InternalPortCount-1, r.Port)
	}
	if r.CertificateARN != "" {
		matches(&l, "CertificateARN", r.CertificateARN, certificatePattern,
			"must be the ARN of a certificate, such as arn:aws:acm:us-west-2:222222222222:certificate/11111111-2222-3333-4444-555555555555")
	} else if protocol := p.Runtime.HTTP.Protocol; protocol == environment.GRPC || protocol == environment.HTTP2 {
		l.Addf("CertificateARN", "required with protocol %s, which load balancers speak over HTTPS only", protocol)
	}
	return l.Err()
}

func (r *PublicRoute) validate(p *FargateProps) error {
	var l problem.List
	if r == nil {
		r = &PublicRoute{}
	}
	if r.Listener == nil {
		l.Addf("Listener", "required")
	}
	if r.SecurityGroup == nil {
		l.Addf("SecurityGroup", "required")
	}
	if engine := p.withDefaults().Runtime.Release.Engine; r.TestListener == nil && engine.Shifts() {
		l.Addf("TestListener", "required with the engine %s", engine)
	}
	matches(&l, "Path", r.Path, pathPattern, "must be 1 to 128 letters, digits and _-.$/~\"'@:+&, with a slash first and at most one *, at the end")
	if r.Host != "" && !token(r.Host) && (len(r.Host) > maxHost || !hostPattern.MatchString(r.Host)) {
		l.Addf("Host", "must be a full name of at most %d characters, such as admin.shop.example.com, got %q", maxHost, r.Host)
	}
	if r.Priority < 1 || r.Priority > 50000 {
		l.Addf("Priority", "must be 1 to 50000, got %d", r.Priority)
	}
	return l.Err()
}

// Validate reports every problem in p, joined.
func (p *ClusterProps) Validate() error {
	var l problem.List
	matches(&l, "Name", p.Name, clusterPattern, "must be 1 to 255 letters, digits, hyphens and underscores")
	if p.Vpc == nil {
		l.Addf("Vpc", "required")
	}
	if d := p.withDefaults().LogRetentionDays; !slices.Contains(environment.LogRetentions, d) {
		l.Addf("LogRetentionDays", "CloudWatch Logs offers %s, got %d", text.Or(environment.LogRetentions), d)
	}
	return l.Err()
}

// matches checks a text that must be given, unless it is a token, whose value nobody knows yet.
func matches(l *problem.List, field, s string, pattern *regexp.Regexp, must string) {
	switch {
	case s == "":
		l.Addf(field, "required")
	case !token(s) && !pattern.MatchString(s):
		l.Addf(field, "%s, got %q", must, s)
	}
}

func (p *FargateProps) withDefaults() *FargateProps {
	c := *p
	c.Runtime = p.Runtime.WithDefaults(environment.Production)
	set(&c.ExecutionRoleName, p.Name+"-"+p.Region+"-execution")
	set(&c.TaskRoleName, p.Name+"-"+p.Region+"-task")
	set(&c.CodeDeployRoleName, p.Name+"-"+p.Region+"-codedeploy")
	set(&c.ShiftRoleName, p.Name+"-"+p.Region+"-shift")
	set(&c.GateName, p.Name+"-gate")
	set(&c.GateRoleName, p.Name+"-"+p.Region+"-gate")
	set(&c.LogGroupName, "/ecs/"+p.Name)
	set(&c.GateLogGroupName, c.LogGroupName+"/gate")
	return &c
}

func (p *ClusterProps) withDefaults() *ClusterProps {
	c := *p
	if c.LogRetentionDays == 0 {
		c.LogRetentionDays = DefaultInsightsRetentionDays
	}
	return &c
}

func set(field *string, value string) {
	if *field == "" {
		*field = value
	}
}
