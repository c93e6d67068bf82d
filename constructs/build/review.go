package build

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
)

// Reviewed is the folder that [Synth] writes where its props ask for a review, for step.AddOutputDirectory; it is the input of
// [Review] and of [Baseline]. It has the templates that are compared, and the program that does.
const Reviewed = "review"

// BaselinePrefix begins the keys of what [Baseline] keeps in the artifact bucket. No pipeline's artifacts begin with it, for
// CodePipeline begins their keys with the pipeline's name; so a lifecycle rule can expire them and spare these.
const BaselinePrefix = "_released/"

// ReportPrefix begins the keys of the pages that [Review] leaves for people.
const ReportPrefix = "_review/"

// ReportVariable is the variable that [Review] exports.
const ReportVariable = "REPORT_URL"

// Report is where a person reads what a change does, known once the step has run: the page that [Review] left in the artifact
// bucket, or the step's log where nothing was released before.
func Report(review pipelines.CodeBuildStep) string {
	return *review.ExportedVariable(jsii.String(ReportVariable))
}

// baselineKey is the object with what a pipeline released last.
func baselineKey(pipeline string) string { return BaselinePrefix + pipeline + "/assembly.tar.gz" }

// ReviewProps configures [Review].
type ReviewProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is the output directory [Reviewed] of a [Synth] step. Required.
	Input pipelines.IFileSetProducer
	// Pipeline is the name of the pipeline whose last release is compared with. Required.
	Pipeline string
	// Account is the 12-digit id of the account of the parameter, the one that the step runs in. Required.
	Account string
	// Region of the artifact bucket and the parameter. Required.
	Region string
	// Parameter is the SSM parameter with the id of a change that a person lets pass. Nothing creates it but that person.
	// Required.
	Parameter string
}

// Validate reports every problem in p.
func (p *ReviewProps) Validate() error {
	var c check
	c.project(p.Project)
	c.reviewed(p.Input)
	c.matches("Pipeline", p.Pipeline, pipelineForm, "1 to 100 letters, digits and . @ _ -")
	c.matches("Account", p.Account, accountForm, "12 digits")
	c.region("Region", p.Region)
	c.matches("Parameter", p.Parameter, parameterForm, "a slash, and then letters, digits and . _ - /")
	return c.Err()
}

func (c *check) reviewed(input pipelines.IFileSetProducer) {
	if input == nil {
		c.Addf("Input", "required: the output directory build.Reviewed of the synth step")
	}
}

func (p *ReviewProps) withDefaults() *ReviewProps {
	if p == nil {
		return &ReviewProps{}
	}
	d := *p
	return &d
}

// Review returns the step that compares what is to be deployed with what the pipeline released last, and fails over what must
// not be deployed (`storeship review`). It belongs before everything of the first wave. Where nothing was released yet it
// passes and says so. A person lets one change pass by writing its id, which the step prints, into the parameter: it holds for
// that very change and no other, and CloudTrail and the parameter's history keep who did it. The report as a page is left in the
// artifact bucket, and [Report] is its address. It costs a build minute of a small host.
func Review(scope constructs.Construct, id string, props *ReviewProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.Review", scope, id, p.Validate())
	key, reports := baselineKey(p.Pipeline), ReportPrefix+p.Pipeline+"/"
	return newStep(scope, id, step{
		project: p.Project, input: p.Input, timeout: 15 * time.Minute,
		commands: []string{script("review"), `REPORT_URL="$(cat "$HOME/.storeship/report-url")" && export REPORT_URL`},
		variables: map[string]string{
			"REGION": p.Region, "BUCKET": p.Project.bucketName(), "BASELINE": key, "PARAMETER": p.Parameter, "REPORTS": reports,
		},
		permissions: append(p.Project.writes(reports+"*", "The pages of this pipeline's reviews, one for each build."), []permission{
			// Without it a key that is not there looks like one that may not be read, and a release without a review like a
			// first one. To read it every step is allowed, as artifacts.
			{
				actions: []string{"s3:ListBucket"}, resources: []string{p.Project.bucketARN()},
				conditions: map[string]any{"StringEquals": map[string]any{"s3:prefix": key}},
			},
			{actions: []string{"ssm:GetParameter"}, resources: []string{"arn:aws:ssm:" + p.Region + ":" + p.Account + ":parameter" + p.Parameter}},
		}...),
	})
}

// BaselineProps configures [Baseline].
type BaselineProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is the output directory [Reviewed] of the [Synth] step. Required.
	Input pipelines.IFileSetProducer
	// Pipeline is the name of the pipeline that released it. Required.
	Pipeline string
}

// Validate reports every problem in p.
func (p *BaselineProps) Validate() error {
	var c check
	c.project(p.Project)
	c.reviewed(p.Input)
	c.matches("Pipeline", p.Pipeline, pipelineForm, "1 to 100 letters, digits and . @ _ -")
	return c.Err()
}

func (p *BaselineProps) withDefaults() *BaselineProps {
	if p == nil {
		return &BaselineProps{}
	}
	d := *p
	return &d
}

// Baseline returns the step that keeps what was released in the artifact bucket, for the next [Review] to compare with. It
// belongs after all releases of the last wave, so that only what is everywhere is kept. It costs a build minute of a small
// host.
func Baseline(scope constructs.Construct, id string, props *BaselineProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.Baseline", scope, id, p.Validate())
	key := baselineKey(p.Pipeline)
	return newStep(scope, id, step{
		project: p.Project, input: p.Input, timeout: 15 * time.Minute,
		commands:    []string{script("baseline")},
		variables:   map[string]string{"BUCKET": p.Project.bucketName(), "BASELINE": key},
		permissions: p.Project.writes(key, ""),
	})
}

// writes lets a step write objects of that key, of which a wildcard has the reason, into the artifact bucket.
func (p *Project) writes(key, reason string) []permission {
	all := []permission{{actions: []string{"s3:PutObject"}, resources: []string{p.bucketARN() + "/" + key}, reason: reason}}
	if arn := p.keyARN(); arn != "" {
		all = append(all, permission{actions: []string{"kms:Encrypt", "kms:GenerateDataKey"}, resources: []string{arn}})
	}
	return all
}
