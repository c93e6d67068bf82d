package build

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/once"
)

// ChangeFilterProps configures a [ChangeFilter].
type ChangeFilterProps struct {
	// Account is the 12-digit id of the account of the repository and the pipelines. Required.
	Account string
	// Region of the repository and the pipelines. Required.
	Region string
	// Repository is the CodeCommit repository's name. Required.
	Repository string
	// Branch whose pushes are looked at. Required.
	Branch string
	// Pipelines that pushes start. At least one is required.
	Pipelines []FilteredPipeline
	// LogGroup takes the logs of the builds. Required.
	LogGroup awslogs.ILogGroup
	// Key is the project's; nothing is kept that it would encrypt. Required.
	Key awskms.IKey
}

// FilteredPipeline is a pipeline that a [ChangeFilter] starts.
type FilteredPipeline struct {
	// Name of the pipeline. It need not exist yet. Required.
	Name string
	// Stack is what `cdk deploy` calls the stack that creates the pipeline: what to deploy when it is not there. Required.
	Stack string
	// FilePaths of the files that start the pipeline. Required.
	FilePaths environment.FilePaths
}

// Validate reports every problem in p.
func (p *ChangeFilterProps) Validate() error {
	var c check
	c.matches("Account", p.Account, accountForm, "12 digits")
	c.region("Region", p.Region)
	if p.Repository == "" {
		c.Addf("Repository", "required")
	}
	if p.Branch == "" || strings.ContainsAny(p.Branch, " *?[~^:\\") {
		c.Addf("Branch", "must be the name of one branch, got %q", p.Branch)
	}
	if len(p.Pipelines) == 0 {
		c.Addf("Pipelines", "at least one is required")
	}
	for i, it := range p.Pipelines {
		field := "Pipelines[" + itoa(i) + "]"
		c.matches(field+".Name", it.Name, pipelineForm, "1 to 100 letters, digits and . @ _ -")
		c.matches(field+".Stack", it.Stack, stackForm, "a letter, and then letters, digits and / _ -")
		if it.FilePaths.None() {
			c.Addf(field+".FilePaths", "required: without them every push starts the pipeline, which needs no filter")
		}
		for _, list := range [][]string{it.FilePaths.Includes, it.FilePaths.Excludes} {
			for _, pattern := range list {
				if _, err := environment.GlobExpression(pattern); err != nil || strings.ContainsAny(pattern, "\n\r\t") {
					c.Addf(field+".FilePaths", "%q is no pattern: %v", pattern, err)
				}
			}
		}
	}
	if p.LogGroup == nil {
		c.Addf("LogGroup", "required")
	}
	if p.Key == nil {
		c.Addf("Key", "required")
	}
	return c.Err()
}

// ChangeFilter starts those pipelines of a CodeCommit monorepo whose files a push changes.
type ChangeFilter struct {
	node.Construct
	// Project compares the commits.
	Project awscodebuild.Project
	// Rule starts Project at every push to the branch.
	Rule awsevents.Rule
}

// NewChangeFilter creates the rule, the project and its role. Every push costs about a minute of a small host, and the
// pipelines start that much later; a large repository takes as long as its clone. Where the filter cannot tell what changed
// (the branch is new, somebody rewrote it, a push changes thousands of files), it starts every pipeline: a push may release
// a service too much, and never one too little.
func NewChangeFilter(scope constructs.Construct, id string, props *ChangeFilterProps) *ChangeFilter {
	if props == nil {
		props = &ChangeFilterProps{}
	}
	p := props
	node.Must("build.ChangeFilter", scope, id, p.Validate())
	f := &ChangeFilter{}
	node.Init(f, scope, id)
	repository := "arn:aws:codecommit:" + p.Region + ":" + p.Account + ":" + p.Repository
	role := f.role(p, repository)
	f.Project = awscodebuild.NewProject(f, jsii.String("Project"), &awscodebuild.ProjectProps{
		Description: jsii.String("Starts the pipelines whose files a push to " + p.Branch + " of " + p.Repository + " changes"),
		BuildSpec: awscodebuild.BuildSpec_FromObject(&map[string]any{
			"version": "0.2",
			"env":     map[string]any{"shell": "bash"},
			"phases":  map[string]any{"build": map[string]any{"commands": []string{p.script()}}},
		}),
		Environment: &awscodebuild.BuildEnvironment{
			BuildImage:  once.BuildImage(Image),
			ComputeType: awscodebuild.ComputeType_SMALL,
		},
		EnvironmentVariables: &map[string]*awscodebuild.BuildEnvironmentVariable{
			"REGION":         {Value: p.Region},
			"BRANCH":         {Value: p.Branch},
			"REPOSITORY_URL": {Value: "https://git-codecommit." + p.Region + ".amazonaws.com/v1/repos/" + p.Repository},
			"COMMITS":        {Value: "none"}, // A build that a person starts starts everything.
		},
		Role:                        role,
		EncryptionKey:               p.Key,
		GrantReportGroupPermissions: jsii.Bool(false),
		Timeout:                     once.Minutes(30),
		Logging: &awscodebuild.LoggingOptions{CloudWatch: &awscodebuild.CloudWatchLoggingOptions{
			Enabled: jsii.Bool(true), LogGroup: p.LogGroup, Prefix: jsii.String(p.Repository),
		}},
	})
	f.addRule(p, repository)
	return f
}

// script has the pipelines in it, for CodeBuild bounds the length of a variable.
func (p *ChangeFilterProps) script() string {
	var lines []string
	for _, it := range p.Pipelines {
		lines = append(lines, it.Name+" "+it.Stack, either(it.FilePaths.Includes, "^.*$"), either(it.FilePaths.Excludes, "^$"))
	}
	return compose("PIPELINES="+shellQuote(strings.Join(lines, "\n"))+"\n", "revision", "changes")
}

// either is the expression of all patterns together. They have been validated.
func either(patterns []string, none string) string {
	if len(patterns) == 0 {
		return none
	}
	all := make([]string, len(patterns))
	for i, pattern := range patterns {
		expression, err := environment.GlobExpression(pattern)
		if err != nil {
			panic(fmt.Sprintf("%q: %v", pattern, err))
		}
		all[i] = expression
	}
	return "(" + strings.Join(all, "|") + ")"
}

func (f *ChangeFilter) role(p *ChangeFilterProps, repository string) awsiam.IRole {
	var pipelines []string
	for _, it := range p.Pipelines {
		pipelines = append(pipelines, "arn:aws:codepipeline:"+p.Region+":"+p.Account+":"+it.Name)
	}
	role := NewRole(f, "Role", "")
	role.allow(
		permission{actions: []string{"codecommit:GitPull"}, resources: []string{repository}},
		permission{actions: []string{"codepipeline:StartPipelineExecution"}, resources: pipelines},
		permission{
			actions:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			resources: []string{*p.LogGroup.LogGroupArn()},
			reason:    "The streams of a log group are named by build ids.",
		},
	)
	return role.fixed
}

// addRule starts the project with both commits in one variable: the event of a new branch has no old one, and EventBridge
// leaves out what is not there, which may leave a variable short, but no JSON broken.
// https://docs.aws.amazon.com/codecommit/latest/userguide/monitoring-events.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
func (f *ChangeFilter) addRule(p *ChangeFilterProps, repository string) {
	commits := *awsevents.EventField_FromPath(jsii.String("$.detail.commitId")) + " " +
		*awsevents.EventField_FromPath(jsii.String("$.detail.oldCommitId"))
	f.Rule = awsevents.NewRule(f, jsii.String("Push"), &awsevents.RuleProps{
		Description: jsii.String("Pushes to " + p.Branch + " of " + p.Repository),
		EventPattern: &awsevents.EventPattern{
			Source:     jsii.Strings("aws.codecommit"),
			DetailType: jsii.Strings("CodeCommit Repository State Change"),
			Resources:  jsii.Strings(repository),
			Detail: &map[string]any{
				"event":         []string{"referenceCreated", "referenceUpdated"},
				"referenceType": []string{"branch"},
				"referenceName": []string{p.Branch},
			},
		},
		Targets: &[]awsevents.IRuleTarget{awseventstargets.NewCodeBuildProject(f.Project, &awseventstargets.CodeBuildProjectProps{
			Event: awsevents.RuleTargetInput_FromObject(map[string]any{
				"environmentVariablesOverride": []any{
					map[string]any{"name": "COMMITS", "type": "PLAINTEXT", "value": commits},
				},
			}),
		})},
	})
}
