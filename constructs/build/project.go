package build

import (
	"fmt"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/once"
	"github.com/storeship/storeship/constructs/source"
)

// step is everything that differs between the steps of this package.
type step struct {
	project      Project
	source       *source.Source
	input        pipelines.IFileSetProducer
	architecture environment.Architecture
	privileged   bool
	large        bool
	timeout      time.Duration
	runtimes     map[string]string
	install      []string
	commands     []string
	variables    map[string]string
	reports      map[string]any
	cache        bool
	output       string
	permissions  []permission
	reportGroups []reportGroup
	// suffix of the step's name, which its action gets; its resources do not.
	suffix string
}

// newStep makes the step and gives its role what it needs. CDK Pipelines sees the role without its policy: what it would
// add for every project (report groups and log groups by wildcard, artifacts with s3:GetObject* and the like) is more
// than a build needs, and for a role that many steps share it outgrows the 10,240 characters of a role's policies.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func newStep(scope constructs.Construct, id string, s step) pipelines.CodeBuildStep {
	role := s.role(scope, id+"Role")
	props := &pipelines.CodeBuildStepProps{
		Input:            s.input,
		InstallCommands:  jsii.Strings(s.install...),
		Commands:         jsii.Strings(s.commands...),
		Env:              pointers(s.variables),
		PartialBuildSpec: awscodebuild.BuildSpec_FromObject(s.buildSpec()),
		BuildEnvironment: s.environment(),
		Role:             role,
		Timeout:          once.Minutes(s.minutes()),
		Logging:          s.logging(id),
	}
	if s.source != nil {
		props.Input = s.source.Step
	}
	if s.output != "" {
		props.PrimaryOutputDirectory = &s.output
	}
	var modes []awscodebuild.LocalCacheMode
	if s.cache {
		modes = append(modes, awscodebuild.LocalCacheMode_CUSTOM)
	}
	if s.privileged {
		modes = append(modes, awscodebuild.LocalCacheMode_DOCKER_LAYER)
	}
	if len(modes) > 0 {
		props.Cache = once.Of(fmt.Sprint("Cache.local", modes), func() awscodebuild.Cache { return awscodebuild.Cache_Local(modes...) })
	}
	return pipelines.NewCodeBuildStep(jsii.String(id+s.suffix), props)
}

// newProject makes the project of steps that share one, and gives its role what it needs; see newStep.
func newProject(scope constructs.Construct, id string, s step) awscodebuild.PipelineProject {
	role := s.role(scope, "Role")
	spec := *s.buildSpec()
	spec["phases"] = map[string]any{"build": map[string]any{"commands": s.commands}}
	variables := map[string]*awscodebuild.BuildEnvironmentVariable{}
	for name, value := range s.variables {
		variables[name] = &awscodebuild.BuildEnvironmentVariable{Value: value}
	}
	return awscodebuild.NewPipelineProject(scope, jsii.String("Project"), &awscodebuild.PipelineProjectProps{
		BuildSpec:            awscodebuild.BuildSpec_FromObject(&spec),
		Environment:          s.environment(),
		EnvironmentVariables: &variables,
		Role:                 role,
		Timeout:              once.Minutes(s.minutes()),
		Logging:              s.logging(id),
	})
}

func (s *step) logging(id string) *awscodebuild.LoggingOptions {
	return &awscodebuild.LoggingOptions{CloudWatch: &awscodebuild.CloudWatchLoggingOptions{
		Enabled: jsii.Bool(true), LogGroup: s.project.LogGroup, Prefix: &id,
	}}
}

func (s *step) minutes() int {
	if s.project.Timeout != 0 {
		return int(s.project.Timeout / time.Minute)
	}
	return int(s.timeout / time.Minute)
}

func (s *step) environment() *awscodebuild.BuildEnvironment {
	e := &awscodebuild.BuildEnvironment{
		BuildImage:  once.BuildImage(Image),
		ComputeType: awscodebuild.ComputeType_SMALL,
		Privileged:  &s.privileged,
	}
	if s.architecture == environment.Arm64 {
		e.BuildImage = awscodebuild.LinuxArmBuildImage_FromCodeBuildImageId(jsii.String(imageArm64))
	}
	if s.large {
		e.ComputeType = awscodebuild.ComputeType_MEDIUM
	}
	if s.project.ComputeType != "" {
		e.ComputeType = s.project.ComputeType
	}
	return e
}

// buildSpec is what CDK Pipelines does not know. The shell is bash on every image, whatever sh is there.
func (s *step) buildSpec() *map[string]any {
	spec := map[string]any{
		"version": "0.2",
		"env":     map[string]any{"shell": "bash"},
	}
	if len(s.runtimes) > 0 {
		spec["phases"] = map[string]any{"install": map[string]any{"runtime-versions": s.runtimes}}
	}
	if len(s.reports) > 0 {
		spec["reports"] = s.reports
	}
	if s.cache {
		spec["cache"] = map[string]any{"paths": []string{cacheFolder + "/**/*"}}
	}
	return &spec
}

// role is the project's or a new one, with what the step needs, for CDK Pipelines to add nothing.
func (s *step) role(scope constructs.Construct, id string) awsiam.IRole {
	role := s.project.Role
	if role == nil {
		role = NewRole(scope, id, "")
	}
	role.allow(s.needs()...)
	return role.fixed
}

// needs are the permissions that every step needs, and those of this one.
func (s *step) needs() []permission {
	bucket := s.project.bucketARN()
	objects := permission{
		actions:   []string{"s3:GetObject", "s3:GetObjectVersion"},
		resources: []string{bucket + "/*"},
		reason:    "CodePipeline names artifacts at random when it runs.",
	}
	key := []string{"kms:Decrypt", "kms:DescribeKey"}
	if s.output != "" {
		objects.actions = append(objects.actions, "s3:PutObject")
		key = append(key, "kms:Encrypt", "kms:GenerateDataKey")
	}
	all := []permission{
		objects,
		{actions: []string{"s3:GetBucketAcl", "s3:GetBucketLocation"}, resources: []string{bucket}},
		{
			actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			resources: []string{s.project.logGroupARN()},
			reason:    "The streams of a log group are named by build ids.",
		},
	}
	if arn := s.project.keyARN(); arn != "" {
		all = append(all, permission{actions: key, resources: []string{arn}})
	}
	if s.source != nil && s.source.HasHistory() {
		actions, repository := s.source.CloneActions()
		all = append(all, permission{actions: actions, resources: []string{repository}})
	}
	for _, group := range s.reportGroups {
		all = append(all, group.permission())
	}
	return append(all, s.permissions...)
}

// The steps of a pipeline ask for the same names, which never change.

func (p *Project) bucketName() string {
	return *once.Property(p.Artifacts, "BucketName", p.Artifacts.BucketName)
}

func (p *Project) bucketARN() string {
	return *once.Property(p.Artifacts, "BucketArn", p.Artifacts.BucketArn)
}

func (p *Project) logGroupARN() string {
	return *once.Property(p.LogGroup, "LogGroupArn", p.LogGroup.LogGroupArn)
}

// keyARN is the ARN of the key of the artifact bucket; empty where S3 has the key.
func (p *Project) keyARN() string {
	return once.Property(p.Artifacts, "EncryptionKey.KeyArn", func() string {
		key := p.Artifacts.EncryptionKey()
		if key == nil {
			return ""
		}
		return *key.KeyArn()
	})
}

// pointers leaves out what is empty.
func pointers(m map[string]string) *map[string]*string {
	pointing := make(map[string]*string, len(m))
	for k, v := range m {
		if v != "" {
			pointing[k] = &v
		}
	}
	return &pointing
}
