package build

import (
	"regexp"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsec2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"

	"github.com/storeship/storeship/constructs/build/scripts"
	"github.com/storeship/storeship/constructs/environment"
)

// TargetTestsProps configures [TargetTests].
type TargetTestsProps struct {
	// Name begins the names of the projects and their report groups, "<name>-integration": 2 to 100 letters, digits and hyphens; unique
	// in the account and region. Required.
	Name string
	// RoleName is the name of the tests' role, at most 64 characters, unique in the account. Required.
	RoleName string
	// LogGroupName is the name of the tests' log group. Required.
	LogGroupName string
	// LogKey encrypts the logs; its policy must let CloudWatch Logs use it for LogGroupName. Required.
	LogKey awskms.IKey
	// LogRetentionDays is how long the logs are kept, one of the periods that CloudWatch Logs offers. Default: 30.
	LogRetentionDays int
	// Account is the 12-digit id of the account that the tests run in. Required.
	Account string
	// Region of the tests. Required.
	Region string
	// Tests with their defaults, as environment.Tests.List has them; the references in their variables are resolved. At least one is
	// required.
	Tests []environment.NamedTest
	// Variables that every test finds, beside those that the pipeline's actions give it. Default: none.
	Variables map[string]string
	// Path is the folder of the service within the source, where commands run. Default: ".", the whole source.
	Path string
	// Preset chooses the runtime of commands. Default: what the image has.
	Preset environment.Preset
	// Vpc whose private subnets the tests stand in; they must lead to the internet. Required.
	Vpc awsec2.IVpc
	// SecurityGroups of the tests, at most five. They must let HTTPS out. At least one is required.
	SecurityGroups []awsec2.ISecurityGroup
	// ToolsAccount is the 12-digit id of the account of the pipeline and its artifacts. Required.
	ToolsAccount string
	// ArtifactBucket is the pipeline's artifact bucket in Region. Required.
	ArtifactBucket string
	// Pipeline is the name of the pipeline that runs the tests, and whose artifacts they may read. Required.
	Pipeline string
}

var (
	roleNameForm = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)
	logGroupForm = regexp.MustCompile(`^[A-Za-z0-9_/.#-]{1,512}$`)
	bucketForm   = regexp.MustCompile(`^[a-z0-9.-]{3,63}$`)
)

// Validate reports every problem in p.
func (p *TargetTestsProps) Validate() error {
	var c check
	c.matches("Name", p.Name, reportGroupForm, "2 to 100 letters, digits and hyphens")
	c.matches("RoleName", p.RoleName, roleNameForm, "1 to 64 letters, digits and +=,.@_-")
	c.matches("LogGroupName", p.LogGroupName, logGroupForm, "1 to 512 letters, digits and _ / . # -")
	c.matches("Account", p.Account, accountForm, "12 digits")
	c.region("Region", p.Region)
	c.inside("Path", p.Path)
	c.matches("ToolsAccount", p.ToolsAccount, accountForm, "12 digits")
	c.matches("ArtifactBucket", p.ArtifactBucket, bucketForm, "3 to 63 lower-case letters, digits, periods and hyphens")
	c.matches("Pipeline", p.Pipeline, pipelineForm, "1 to 100 letters, digits and . @ _ -")
	if p.LogKey == nil {
		c.Addf("LogKey", "required")
	}
	if p.Vpc == nil {
		c.Addf("Vpc", "required")
	}
	// https://docs.aws.amazon.com/codebuild/latest/APIReference/API_VpcConfig.html
	if n := len(p.SecurityGroups); n == 0 || n > 5 {
		c.Addf("SecurityGroups", "must be 1 to 5, got %d", n)
	}
	c.some("Tests", len(p.Tests))
	seen := map[environment.TestKind]bool{}
	for i, t := range p.Tests {
		at := "Tests[" + itoa(i) + "]"
		switch {
		case t.Kind.Step() == "":
			c.Addf(at+".Kind", "must be one of %v, got %q", environment.TestKinds, string(t.Kind))
		case seen[t.Kind]:
			c.Addf(at+".Kind", "%s is there twice", t.Kind)
		}
		seen[t.Kind] = true
		switch {
		case len(t.Commands) == 0 && t.Load == nil:
			c.Addf(at+".Commands", "required without a Load")
		case len(t.Commands) > 0 && t.Load != nil:
			c.Addf(at+".Load", "goes without Commands only")
		}
		if t.Load != nil && t.Load.ErrorPercent == nil {
			c.Addf(at+".Load", "must have its defaults: environment.Runtime.WithDefaults")
		}
		if t.Load != nil && p.Variables["TARGET_URL"] == "" {
			c.Addf(at+".Load", "needs a TARGET_URL in Variables to ask")
		}
		if t.Timeout < environment.MinTestTimeout || t.Timeout > environment.MaxTestTimeout {
			c.Addf(at+".Timeout", "must be %s to %s, got %s", environment.MinTestTimeout, environment.MaxTestTimeout, t.Timeout)
		}
		c.mode(at+".Mode", t.Mode)
		c.inside(at+".Reports", t.Reports)
	}
	if p.Preset != "" && scripts.Of(p.Preset).Runtime == "" {
		c.Addf("Preset", "must be one of %v, got %q", environment.Presets, p.Preset)
	}
	return c.Err()
}

func (p *TargetTestsProps) withDefaults() *TargetTestsProps {
	d := TargetTestsProps{}
	if p != nil {
		d = *p
	}
	set(&d.Path, ".")
	set(&d.LogRetentionDays, 30)
	return &d
}

// privateImage is an image of an ECR repository, with its account, region and name.
var privateImage = regexp.MustCompile(`^([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)`)

// repositories are the ARNs of the ECR repositories that images of the tests come from.
func (p *TargetTestsProps) repositories() []string {
	var all []string
	seen := map[string]bool{}
	for _, t := range p.Tests {
		if m := privateImage.FindStringSubmatch(t.Image); m != nil {
			arn := "arn:aws:ecr:" + m[2] + ":" + m[1] + ":repository/" + strings.TrimSuffix(m[3], "/")
			if !seen[arn] {
				seen[arn] = true
				all = append(all, arn)
			}
		}
	}
	return all
}
