package notify

import (
	"regexp"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/problem"
	"github.com/storeship/storeship/constructs/internal/where"
)

// NotificationsProps configures [Notifications].
type NotificationsProps struct {
	// Name is what messages call all of it: the store's. Their subjects begin with it. 1 to 30 letters, digits and hyphens.
	// Required.
	Name string
	// Account is the 12-digit id of the account of the pipelines, and of the stack. Required.
	Account string
	// Region of the pipelines, and of the stack. Required.
	Region string
	// TopicName is the topic's name. Whoever wants the messages elsewhere, in a chat, subscribes to it. Required.
	TopicName string
	// FunctionName is the name of the function that writes the messages. Required.
	FunctionName string
	// RoleName is the name of that function's role. IAM is global: let it carry the region. Required.
	RoleName string
	// LogGroupName is the name of that function's log group. Key must let CloudWatch Logs encrypt it. Required.
	LogGroupName string
	// Key encrypts the topic and the log group. Its policy must leave permissions to IAM, as that of a new key of the CDK does, and let
	// CloudWatch Logs use it, as that of a new key does not: that of network.NewLogKey does both. Required.
	// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
	Key awskms.IKey
	// Pipelines whose events are told. At least one is required.
	Pipelines []Pipeline
	// Environments that stages of the pipelines release to. What a stage that stands in none of them does is told as the build's.
	// Default: none.
	Environments []Environment
	// Addresses hear of it by e-mail, each after its owner has confirmed the subscription. Default: nobody, until somebody subscribes
	// to the topic.
	Addresses []Address
}

// Pipeline is one whose events are told.
type Pipeline struct {
	// Name of the pipeline. It need not exist yet. Required.
	Name string
	// Service is what messages call it. Required.
	Service string
	// BreakGlass is the SSM parameter that lets one of its executions into a closed environment, "/shop/break-glass/catalog". Default:
	// none.
	BreakGlass string
}

// Environment is what stages of the pipelines release to.
type Environment struct {
	// Name is what messages call it. Required.
	Name string
	// Kind says what it is for: what happens to production may wake a person. Required.
	Kind environment.Kind
	// Account is the 12-digit id of its account. Required.
	Account string
	// StopSwitch is the SSM parameter that closes it for releases, "/shop/stop/prod". Default: it cannot be closed.
	StopSwitch string
	// Stages that release to it, in all pipelines. Required.
	Stages []Stage
}

// Stage is one of the pipelines' stages.
type Stage struct {
	// Name of the stage. Required.
	Name string
	// Targets that the stage releases to. An action for one of several begins with its id and a dot, "prod-us-west-2.Smoke". Required.
	Targets []Target
}

// Target is what a stage releases to.
type Target struct {
	// ID of the target. Required.
	ID string `json:"id"`
	// Region of the target. Required.
	Region string `json:"region"`
}

// Address is who hears of it.
type Address struct {
	// Email of a person or a list. Required.
	Email string
	// Urgent limits it to what may wake a person: production fails, is rolled back, stopped, closed, opened or entered. Default: everything.
	Urgent bool
	// Asked are the environments whose approvals it hears of already, from the approval's own topic. Default: none.
	Asked []string
}

var (
	nameForm    = regexp.MustCompile(`^[A-Za-z0-9-]{1,30}$`)
	accountForm = regexp.MustCompile(`^[0-9]{12}$`)
	regionForm  = regexp.MustCompile(`^[a-z]{2}(-[a-z]+)+-[0-9]$`)
	// What SNS allows, without .fifo: e-mail goes from standard topics only.
	topicForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
	// https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html
	// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
	short64Form  = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)
	logGroupForm = regexp.MustCompile(`^[A-Za-z0-9_./#-]{1,512}$`)
	// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_PipelineDeclaration.html
	pipelineForm = regexp.MustCompile(`^[A-Za-z0-9.@_-]{1,100}$`)
	// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_PutParameter.html
	parameterForm = regexp.MustCompile(`^(/[A-Za-z0-9._-]+)+$`)
	emailForm     = regexp.MustCompile(`^[^@\s,;<>"]+@[^@\s,;<>"]+\.[^@\s,;<>".]+$`)
)

// Validate reports every problem in p, joined.
func (p *NotificationsProps) Validate() error {
	c := &check{seen: map[[2]string]bool{}}
	c.matches("Name", p.Name, nameForm, "1 to 30 letters, digits and hyphens")
	c.matches("Account", p.Account, accountForm, "12 digits")
	c.matches("Region", p.Region, regionForm, "a region")
	c.matches("TopicName", p.TopicName, topicForm, "1 to 256 letters, digits, _ and -")
	c.matches("FunctionName", p.FunctionName, short64Form, "1 to 64 letters, digits, _ and -")
	c.matches("RoleName", p.RoleName, short64Form, "1 to 64 letters, digits, _ and -")
	c.matches("LogGroupName", p.LogGroupName, logGroupForm, "1 to 512 letters, digits and . _ / # -")
	if p.Key == nil {
		c.Addf("Key", "required")
	}
	if len(p.Pipelines) == 0 {
		c.Addf("Pipelines", "at least one is required")
	}
	for i, it := range p.Pipelines {
		field := item("Pipelines", i)
		c.matches(field+".Name", it.Name, pipelineForm, "1 to 100 letters, digits and . @ _ -")
		c.once(field+".Name", "pipeline", it.Name)
		if it.Service == "" {
			c.Addf(field+".Service", "required")
		}
		c.parameter(field+".BreakGlass", it.BreakGlass)
	}
	for i, it := range p.Environments {
		c.environment(item("Environments", i), it)
	}
	for i, it := range p.Addresses {
		field := item("Addresses", i)
		c.matches(field+".Email", it.Email, emailForm, "an e-mail address")
		c.once(field+".Email", "address", it.Email)
	}
	return c.Err()
}

// fits checks that the stack is where the props say.
func (p *NotificationsProps) fits(scope constructs.Construct) error {
	var l problem.List
	where.Check(&l, scope, where.Said{Field: "Account", Value: p.Account}, where.Said{Field: "Region", Value: p.Region})
	return l.Err()
}

// check collects problems.
type check struct {
	problem.List
	seen map[[2]string]bool
}

func (c *check) environment(field string, e Environment) {
	if e.Name == "" {
		c.Addf(field+".Name", "required")
	}
	c.once(field+".Name", "environment", e.Name)
	if !slices.Contains(environment.Kinds, e.Kind) {
		c.Addf(field+".Kind", "must be one of %v, got %q", environment.Kinds, e.Kind)
	}
	c.matches(field+".Account", e.Account, accountForm, "12 digits")
	c.parameter(field+".StopSwitch", e.StopSwitch)
	if len(e.Stages) == 0 {
		c.Addf(field+".Stages", "at least one is required")
	}
	for i, s := range e.Stages {
		at := item(field+".Stages", i)
		if s.Name == "" {
			c.Addf(at+".Name", "required")
		}
		c.once(at+".Name", "stage", s.Name)
		if len(s.Targets) == 0 {
			c.Addf(at+".Targets", "at least one is required")
		}
		for j, t := range s.Targets {
			if t.ID == "" {
				c.Addf(item(at+".Targets", j)+".ID", "required")
			}
			c.matches(item(at+".Targets", j)+".Region", t.Region, regionForm, "a region")
		}
	}
}

// parameter checks the name of an SSM parameter, if there is one.
func (c *check) parameter(field, name string) {
	if name == "" {
		return
	}
	c.matches(field, name, parameterForm, "the name of a parameter, a slash first")
	c.once(field, "parameter", name)
}

func (c *check) matches(field, value string, form *regexp.Regexp, want string) {
	switch {
	case value == "":
		c.Addf(field, "required")
	case !form.MatchString(value) && !strings.Contains(value, "${Token["):
		c.Addf(field, "must be %s, got %q", want, value)
	}
}

// once refuses what stands twice.
func (c *check) once(field, kind, value string) {
	key := [2]string{kind, value}
	if value != "" && c.seen[key] {
		c.Addf(field, "%s is there twice", value)
	}
	c.seen[key] = true
}
