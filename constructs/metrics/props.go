package metrics

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/internal/eventrule"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/constructs/internal/where"
)

// MaxPipelines is how many pipelines are measured at most: the names of their repositories stand in one policy of at most 10,240
// characters, and a dashboard shows at most 2,500 metrics, of which each has ten.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
const MaxPipelines = 100

// DeliveryProps configures [Delivery].
type DeliveryProps struct {
	// Store is the name under which the metrics of all services together stand, the dimension Store: 1 to 255 letters, digits, and ._-.
	// Required.
	Store string
	// Name of the function and the queue, with which the alarm's begins: 3 to 64 letters, digits, hyphens and underscores. Required.
	Name string
	// Dashboard is the dashboard's name, unique in the account whatever the region: 1 to 255 letters, digits, hyphens and underscores.
	// Required.
	Dashboard string
	// RoleName is the name of the function's role: 1 to 64 letters, digits and +=,.@_-. IAM is global: let it carry the region.
	// Required.
	RoleName string
	// LogGroupName is the name of the function's log group. Key must let CloudWatch Logs encrypt it. Required.
	LogGroupName string
	// Account is the 12-digit id of the account of the pipelines, and of the stack. Required.
	Account string
	// Region of the pipelines, and of the stack. Required.
	Region string
	// Key encrypts the table, the queue and the log group. Its policy must leave permissions to IAM, as that of a new key of the CDK does, and let
	// CloudWatch Logs use it, as that of a new key does not: that of network.NewLogKey does both. Required.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
	Key awskms.IKey
	// Topic is told by CloudWatch when events could not be kept; its policy gets a statement for that. Where a key of yours encrypts the topic, the
	// key's policy must let CloudWatch use it for alarms: kms:Decrypt and kms:GenerateDataKey*. Default: only the dashboard shows it.
	Topic awssns.ITopic
	// Pipelines that are measured, at most [MaxPipelines]. At least one is required.
	Pipelines []Pipeline
}

// Pipeline is a pipeline that is measured.
type Pipeline struct {
	// Name of the pipeline. It need not exist yet. Required.
	Name string
	// Service is the name under which its metrics stand, the dimension Service: 1 to 255 letters, digits, and ._-. Required.
	Service string
	// Apart keeps the pipeline out of the metrics of all services together. Default: it is in them.
	Apart bool
	// Source is the name of the action that takes the code whose commits are followed to production. Default: no lead time.
	Source string
	// Repository of CodeCommit that Source takes the code of, in the pipeline's account and region: it knows when a commit was made.
	// Default: a commit counts from when the pipeline took it.
	Repository string
	// Production lists the names of the stages that deploy to production, in their order. Default: nothing is deployed to production;
	// only the times between failures and to recovery are measured.
	Production []string
}

var (
	namePattern      = regexp.MustCompile(`^[A-Za-z0-9_-]{3,64}$`)
	dashboardPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)
	rolePattern      = regexp.MustCompile(`^[A-Za-z0-9+=,.@_-]{1,64}$`)
	groupPattern     = regexp.MustCompile(`^[A-Za-z0-9_/.#-]{1,512}$`)
	accountPattern   = regexp.MustCompile(`^[0-9]{12}$`)
	regionPattern    = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	dimensionPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,255}$`)
	// https://docs.aws.amazon.com/codepipeline/latest/userguide/limits.html
	pipelinePattern   = regexp.MustCompile(`^[A-Za-z0-9.@_-]{1,100}$`)
	repositoryPattern = regexp.MustCompile(`^[A-Za-z0-9._-]{1,100}$`)
)

const (
	dimensionShape = "1 to 255 letters, digits, and ._-"
	pipelineShape  = "1 to 100 letters, digits, and .@_-"
)

// Validate reports every problem in p, joined.
func (p *DeliveryProps) Validate() error {
	var l problem.List
	for _, f := range []struct {
		field, value, shape string
		pattern             *regexp.Regexp
	}{
		{"Store", p.Store, dimensionShape, dimensionPattern},
		{"Name", p.Name, "3 to 64 letters, digits, hyphens and underscores", namePattern},
		{"Dashboard", p.Dashboard, "1 to 255 letters, digits, hyphens and underscores", dashboardPattern},
		{"RoleName", p.RoleName, "1 to 64 letters, digits and +=,.@_-", rolePattern},
		{"LogGroupName", p.LogGroupName, "1 to 512 letters, digits and _-/.#", groupPattern},
		{"Account", p.Account, "12 digits", accountPattern},
		{"Region", p.Region, "a region such as us-west-2", regionPattern},
	} {
		text(&l, f.field, f.value, f.shape, f.pattern)
	}
	if p.Key == nil {
		l.Addf("Key", "required")
	}
	switch n := len(p.Pipelines); {
	case n == 0:
		l.Addf("Pipelines", "at least one is required")
	case n > MaxPipelines:
		l.Addf("Pipelines", "at most %d, got %d", MaxPipelines, n)
	}
	names, services := map[string]int{}, map[string]int{}
	for i := range p.Pipelines {
		pl := &p.Pipelines[i]
		var own problem.List
		pl.validate(&own)
		for _, unique := range []struct {
			seen         map[string]int
			field, value string
		}{{names, "Name", pl.Name}, {services, "Service", pl.Service}} {
			if other, ok := unique.seen[unique.value]; ok && unique.value != "" {
				own.Addf(unique.field, "%q is that of Pipelines[%d] already", unique.value, other)
			} else {
				unique.seen[unique.value] = i
			}
		}
		l.Under(index("Pipelines", i), own.Err())
	}
	for _, r := range p.patterns() {
		// The longest name that a pipeline can have fits, then.
		if n := r.Len([]string{strings.Repeat("x", 100)}); n > eventrule.MaxPattern {
			l.Addf("Pipelines", "the names of all stages of production are too long together: a rule with them has %d characters, EventBridge allows %d", n, eventrule.MaxPattern)
			break
		}
	}
	return l.Err()
}

// fits checks that the stack is where the props say.
func (p *DeliveryProps) fits(scope constructs.Construct) error {
	var l problem.List
	where.Check(&l, scope, where.Said{Field: "Account", Value: p.Account}, where.Said{Field: "Region", Value: p.Region})
	return l.Err()
}

func (p *Pipeline) validate(l *problem.List) {
	text(l, "Name", p.Name, pipelineShape, pipelinePattern)
	text(l, "Service", p.Service, dimensionShape, dimensionPattern)
	if p.Source != "" {
		text(l, "Source", p.Source, pipelineShape, pipelinePattern)
	}
	if p.Repository != "" {
		text(l, "Repository", p.Repository, "1 to 100 letters, digits, and ._-", repositoryPattern)
		if p.Source == "" {
			l.Addf("Repository", "needs Source, the action that takes its code")
		}
	}
	for i, stage := range p.Production {
		text(l, index("Production", i), stage, pipelineShape, pipelinePattern)
		if slices.Index(p.Production, stage) < i {
			l.Addf(index("Production", i), "%q is there already", stage)
		}
	}
}
