package build

import (
	"encoding/json"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/retention"
	"github.com/storeship/storeship/internal/pinned"
)

// loadReport is what a load writes, beside the source.
const loadReport = "load.xml"

// TargetTests are the tests of a service where it runs: a build project for each, in the account and the VPC of the target, where
// they reach what nothing outside reaches. Actions of the pipeline run them, as a role of that account, with the packed source
// of [Package] as their input.
type TargetTests struct {
	node.Construct
	// Role of all the tests. Grant it what they need beside what HTTPS reaches.
	Role awsiam.Role
	// Projects by the kind of test.
	Projects map[environment.TestKind]awscodebuild.CfnProject
	// Logs of the tests.
	Logs awslogs.LogGroup
}

// NewTargetTests creates the projects with their report groups, the role and the log group. A test costs build minutes of a medium host,
// and what passes the NAT gateways; between releases it costs nothing. Logs and reports go with the tests when those are removed, so
// that they can be added again under the same names.
func NewTargetTests(scope constructs.Construct, id string, props *TargetTestsProps) *TargetTests {
	p := props.withDefaults()
	node.Must("build.TargetTests", scope, id, p.Validate())
	t := &TargetTests{Projects: map[environment.TestKind]awscodebuild.CfnProject{}}
	node.Init(t, scope, id)
	t.Logs = awslogs.NewLogGroup(t, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName:  &p.LogGroupName,
		EncryptionKey: p.LogKey,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		Retention:     retention.Of(p.LogRetentionDays),
	})
	network := &awscodebuild.CfnProject_VpcConfigProperty{VpcId: p.Vpc.VpcId()}
	var subnets, groups []*string
	for _, subnet := range *p.Vpc.PrivateSubnets() {
		subnets = append(subnets, subnet.SubnetId())
	}
	for _, group := range p.SecurityGroups {
		groups = append(groups, group.SecurityGroupId())
	}
	network.Subnets, network.SecurityGroupIds = &subnets, &groups
	t.addRole(p, subnets, groups)
	for _, test := range p.Tests {
		t.addProject(p, test, network)
	}
	return t
}

// addProject creates the project of a test, and the group of its reports.
func (t *TargetTests) addProject(p *TargetTestsProps, test environment.NamedTest, network *awscodebuild.CfnProject_VpcConfigProperty) {
	name := p.Name + "-" + string(test.Kind)
	spec, variables := p.buildSpec(test, name)
	if reports, ok := spec["reports"]; ok && reports != nil {
		awscodebuild.NewCfnReportGroup(t, jsii.String(test.Kind.Step()+"Reports"), &awscodebuild.CfnReportGroupProps{
			Name: &name, Type: jsii.String("TEST"), DeleteReports: jsii.Bool(true),
			ExportConfig: &awscodebuild.CfnReportGroup_ReportExportConfigProperty{ExportConfigType: jsii.String("NO_EXPORT")},
		})
	}
	var text strings.Builder
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false) // people read it
	encoder.SetIndent("", "  ")
	_ = encoder.Encode(spec) // a map of texts, and lists and maps of them: it cannot fail
	host := &awscodebuild.CfnProject_EnvironmentProperty{
		Type: jsii.String("LINUX_CONTAINER"), ComputeType: jsii.String("BUILD_GENERAL1_MEDIUM"),
		Image: jsii.String(Image), ImagePullCredentialsType: jsii.String("CODEBUILD"),
	}
	if test.Image != "" {
		// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
		host.Image, host.ImagePullCredentialsType = jsii.String(test.Image), jsii.String("SERVICE_ROLE")
	}
	list := []any{}
	for _, name := range slices.Sorted(maps.Keys(variables)) {
		list = append(list, &awscodebuild.CfnProject_EnvironmentVariableProperty{
			Name: jsii.String(name), Type: jsii.String("PLAINTEXT"), Value: jsii.String(variables[name]),
		})
	}
	host.EnvironmentVariables = &list
	// L1, because the L2 gives the role a policy of its own for the VPC, on everything.
	project := awscodebuild.NewCfnProject(t, jsii.String(test.Kind.Step()), &awscodebuild.CfnProjectProps{
		Name:             &name,
		Description:      jsii.String(test.Kind.Step() + " tests of " + p.Name + ", run by the pipeline " + p.Pipeline),
		ServiceRole:      t.Role.RoleArn(),
		Source:           &awscodebuild.CfnProject_SourceProperty{Type: jsii.String("CODEPIPELINE"), BuildSpec: jsii.String(text.String())},
		Artifacts:        &awscodebuild.CfnProject_ArtifactsProperty{Type: jsii.String("CODEPIPELINE")},
		Environment:      host,
		VpcConfig:        network,
		TimeoutInMinutes: jsii.Number(test.Timeout.Minutes()),
		LogsConfig: &awscodebuild.CfnProject_LogsConfigProperty{CloudWatchLogs: &awscodebuild.CfnProject_CloudWatchLogsConfigProperty{
			Status: jsii.String("ENABLED"), GroupName: t.Logs.LogGroupName(), StreamName: jsii.String(string(test.Kind)),
		}},
	})
	findings := []policy.Finding{{
		Rule:   "AwsSolutions-CB4",
		Reason: "The key of a project encrypts the artifacts that it writes, and a test writes none; its input is encrypted with the pipeline's key, its logs with the target's.",
	}}
	if test.Image != "" {
		findings = append(findings, policy.Finding{
			Rule: "AwsSolutions-CB5", Reason: "The test brings the tools that it needs, such as browsers, in an image of its own, with a fixed tag or digest.",
		})
	}
	policy.AcknowledgeFirst(project, findings...)
	t.Projects[test.Kind] = project
}

// buildSpec is what a test does, and the variables that it finds.
func (p *TargetTestsProps) buildSpec(test environment.NamedTest, name string) (spec map[string]any, variables map[string]string) {
	variables = merge(p.Variables, test.Variables, map[string]string{"REPORT_OF": "the " + string(test.Kind) + " tests"})
	s := step{runtimes: map[string]string{}, variables: variables}
	folder, reports := path.Join("source", p.Path), test.Reports
	if load := test.Load; load != nil {
		folder, reports = ".", loadReport
		s.runtimes = map[string]string{"golang": pinned.Go}
		s.install = []string{script("go-install", "tools-load")}
		s.commands = []string{script("load")}
		maps.Copy(variables, pins("VEGETA_VERSION"))
		maps.Copy(variables, map[string]string{
			"LOAD_PATH": load.Path, "LOAD_RATE": strconv.Itoa(load.RequestsPerSecond),
			"LOAD_SECONDS": strconv.Itoa(int(load.Duration / time.Second)), "LOAD_P99_MS": strconv.Itoa(int(load.P99 / time.Millisecond)),
			"LOAD_ERROR_PERCENT": strconv.Itoa(*load.ErrorPercent), "REPORT": loadReport,
		})
	} else {
		if test.Image == "" {
			s.setRuntime(p.Preset)
		}
		s.commands = strict(test.Commands)
		variables["SOURCE_PATH"] = path.Clean(p.Path)
	}
	if test.ReportsOnly() {
		s.commands = reportOnly(s.commands)
	}
	if test.Load == nil {
		s.commands = append([]string{script("unpack-source"), `cd "source/$SOURCE_PATH"`}, s.commands...)
	}
	if reports != "" {
		arn := "arn:aws:codebuild:" + p.Region + ":" + p.Account + ":report-group/" + name
		s.reports = map[string]any{arn: map[string]any{"base-directory": folder, "files": []string{reports}, "file-format": "JUNITXML"}}
		s.mustReport(reports)
	}
	spec = *s.buildSpec()
	phases := map[string]any{"build": map[string]any{"commands": s.commands}}
	install := map[string]any{}
	if len(s.runtimes) > 0 {
		install["runtime-versions"] = s.runtimes
	}
	if len(s.install) > 0 {
		install["commands"] = s.install
	}
	if len(install) > 0 {
		phases["install"] = install
	}
	spec["phases"] = phases
	return spec, variables
}

// addRole creates the role with its policy in one, for CodeBuild looks for the permissions on the VPC when a project is created.
// https://docs.aws.amazon.com/codebuild/latest/userguide/auth-and-access-control-iam-identity-based-access-control.html
func (t *TargetTests) addRole(p *TargetTestsProps, subnets, groups []*string) {
	ec2 := "arn:aws:ec2:" + p.Region + ":" + p.Account + ":"
	interfaces, logs := ec2+"network-interface/*", "arn:aws:logs:"+p.Region+":"+p.Account+":log-group:"+p.LogGroupName+":*"
	// CodePipeline begins the keys of artifacts with the first 20 characters of the pipeline's name: what else is in the bucket is
	// none of a test's business.
	artifacts := "arn:aws:s3:::" + p.ArtifactBucket + "/" + p.Pipeline[:min(20, len(p.Pipeline))] + "*"
	bucket, key := "arn:aws:s3:::"+p.ArtifactBucket, "arn:aws:kms:"+p.Region+":"+p.ToolsAccount+":key/*"
	created, within := []string{interfaces}, []string{}
	for _, id := range subnets {
		within = append(within, ec2+"subnet/"+*id)
	}
	created = append(created, within...)
	for _, id := range groups {
		created = append(created, ec2+"security-group/"+*id)
	}
	statement := func(conditions map[string]any, actions []string, resources ...string) map[string]any {
		s := map[string]any{"Effect": "Allow", "Action": actions, "Resource": resources}
		if conditions != nil {
			s["Condition"] = conditions
		}
		return s
	}
	statements := []any{
		statement(nil, []string{"ec2:CreateNetworkInterface"}, created...),
		statement(nil, []string{"ec2:DeleteNetworkInterface"}, interfaces),
		statement(map[string]any{
			"StringEquals": map[string]any{"ec2:AuthorizedService": "codebuild.amazonaws.com"},
			"ArnEquals":    map[string]any{"ec2:Subnet": within},
		}, []string{"ec2:CreateNetworkInterfacePermission"}, interfaces),
		statement(nil, []string{
			"ec2:DescribeDhcpOptions", "ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
		}, "*"),
		statement(nil, []string{"logs:CreateLogStream", "logs:PutLogEvents"}, logs),
		statement(nil, []string{"s3:GetObject", "s3:GetObjectVersion"}, artifacts),
		statement(nil, []string{"s3:GetBucketAcl", "s3:GetBucketLocation"}, bucket),
		statement(map[string]any{"StringEquals": map[string]any{"kms:ViaService": "s3." + p.Region + ".amazonaws.com"}}, []string{"kms:Decrypt"}, key),
	}
	if reports := p.reportGroups(); len(reports) > 0 {
		statements = append(statements, statement(nil, []string{"codebuild:BatchPutTestCases", "codebuild:CreateReport", "codebuild:UpdateReport"}, reports...))
	}
	everything := "ec2:Describe* calls have no resource level; they only read."
	if repositories := p.repositories(); len(repositories) > 0 {
		everything += " ecr:GetAuthorizationToken has none either; what the token can pull is limited to the tests' own images."
		statements = append(statements,
			statement(nil, []string{"ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"}, repositories...),
			statement(nil, []string{"ecr:GetAuthorizationToken"}, "*"))
	}
	t.Role = awsiam.NewRole(t, jsii.String("Role"), &awsiam.RoleProps{
		RoleName:       &p.RoleName,
		Description:    jsii.String("Tests " + p.Name + " where it runs"),
		AssumedBy:      builder(p.Account),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"Test": awsiam.PolicyDocument_FromJson(map[string]any{"Statement": statements})},
	})
	policy.AcknowledgeFirst(t.Role,
		policy.Finding{Rule: "AwsSolutions-IAM5", Reason: everything, AppliesTo: []string{"Resource::*"}},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "CodeBuild makes and removes the network interfaces of a build when it runs; their subnets and security groups are the tests' own.",
			AppliesTo: []string{"Resource::" + interfaces},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "The streams of the tests' own log group are named by build ids.",
			AppliesTo: []string{"Resource::" + logs},
		},
		policy.Finding{
			Rule:      "AwsSolutions-IAM5",
			Reason:    "CodePipeline names artifacts at random when it runs; the id of the artifacts' key in another account is not known here, and it is usable through S3 only.",
			AppliesTo: []string{"Resource::" + artifacts, "Resource::" + key},
		})
}

// reportGroups are the ARNs of the groups that the tests report to.
func (p *TargetTestsProps) reportGroups() []string {
	var all []string
	for _, test := range p.Tests {
		if test.Reports != "" || test.Load != nil {
			all = append(all, "arn:aws:codebuild:"+p.Region+":"+p.Account+":report-group/"+p.Name+"-"+string(test.Kind))
		}
	}
	return all
}

// OpenToHTTP creates a security group that lets plain HTTP out, for tests of what has no TLS: of a load balancer without a domain.
func OpenToHTTP(scope constructs.Construct, id string, vpc awsec2.IVpc) awsec2.SecurityGroup {
	group := awsec2.NewSecurityGroup(scope, &id, &awsec2.SecurityGroupProps{
		Vpc: vpc, Description: jsii.String("Tests: out to the public load balancer by HTTP"), AllowAllOutbound: jsii.Bool(false),
	})
	group.AddEgressRule(awsec2.Peer_AnyIpv4(), awsec2.Port_Tcp(jsii.Number(80)), jsii.String("HTTP, at its public addresses"), nil)
	return group
}

// mustReport fails where the commands before it wrote no report.
func (s *step) mustReport(files string) {
	s.variables["TEST_REPORTS"] = files
	s.variables["TEST_REPORTS_PATTERN"] = scripts.FindPattern(files)
	s.commands = append(s.commands, script("require-report"))
}
