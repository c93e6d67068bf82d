package build

import (
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/internal/node"
)

// https://docs.aws.amazon.com/codepipeline/latest/APIReference/API_StartPipelineExecution.html
var pipelineForm = regexp.MustCompile(`^[A-Za-z0-9.@_-]{1,100}$`)

var stackForm = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9/_-]*$`)

// DispatchProps configures [Dispatch].
type DispatchProps struct {
	// Project is what the steps have in common. Required.
	Project Project
	// Input is the output directory [Fingerprints] of a [Synth] step. Required.
	Input pipelines.IFileSetProducer
	// Account is the 12-digit id of the account of the pipelines and parameters, the one that the step runs in. Required.
	Account string
	// Region of the pipelines and parameters. Required.
	Region string
	// Pipelines that are started when their fingerprints change, in this order. At least one is required.
	Pipelines []DispatchedPipeline
}

// DispatchedPipeline is a pipeline that a [Dispatch] step starts.
type DispatchedPipeline struct {
	// Name of the pipeline. Required.
	Name string
	// Parameter is the SSM parameter that remembers the fingerprint with which the pipeline was started last. The step
	// creates it. Required.
	Parameter string
	// Stack is what `cdk deploy` calls the stack that creates the pipeline: what to deploy when it is not there. Required.
	Stack string
}

// Validate reports every problem in p.
func (p *DispatchProps) Validate() error {
	var c check
	c.project(p.Project)
	if p.Input == nil {
		c.Addf("Input", "required: the output directory build.Fingerprints of the synth step")
	}
	c.matches("Account", p.Account, accountForm, "12 digits")
	c.region("Region", p.Region)
	if len(p.Pipelines) == 0 {
		c.Addf("Pipelines", "at least one is required")
	}
	seen := map[[2]string]bool{}
	for i, it := range p.Pipelines {
		field := "Pipelines[" + itoa(i) + "]"
		c.matches(field+".Name", it.Name, pipelineForm, "1 to 100 letters, digits and . @ _ -")
		c.matches(field+".Parameter", it.Parameter, parameterForm, "a slash, and then letters, digits and . _ - /")
		c.matches(field+".Stack", it.Stack, stackForm, "a letter, and then letters, digits and / _ -")
		for _, key := range [][2]string{{".Name", it.Name}, {".Parameter", it.Parameter}} {
			if key[1] != "" && seen[key] {
				c.Addf(field+key[0], "%s is there twice", key[1])
			}
			seen[key] = true
		}
	}
	return c.Err()
}

func (p *DispatchProps) withDefaults() *DispatchProps {
	if p == nil {
		return &DispatchProps{}
	}
	d := *p
	return &d
}

// Dispatch returns the step that starts the pipelines whose fingerprints are not the recorded ones, and records what it
// started. It belongs after the last wave of the pipeline that has the delivery repository's pushes. A pipeline that is not
// there yet is said and recorded, because its creation starts it. Where a start fails, the step goes on with the others and
// fails at its end; repeated, it starts what is left. It costs build minutes of a small host.
func Dispatch(scope constructs.Construct, id string, props *DispatchProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.Dispatch", scope, id, p.Validate())
	var lines, names, parameters []string
	for _, it := range p.Pipelines {
		lines = append(lines, it.Name+" "+it.Parameter+" "+it.Stack)
		names = append(names, "arn:aws:codepipeline:"+p.Region+":"+p.Account+":"+it.Name)
		parameters = append(parameters, "arn:aws:ssm:"+p.Region+":"+p.Account+":parameter"+it.Parameter)
	}
	return newStep(scope, id, step{
		project: p.Project, input: p.Input, timeout: 30 * time.Minute,
		// In the script, for CodeBuild bounds the length of a variable.
		commands:  []string{compose("PIPELINES="+shellQuote(strings.Join(lines, "\n"))+"\n", "dispatch")},
		variables: map[string]string{"REGION": p.Region},
		permissions: []permission{
			{actions: []string{"codepipeline:StartPipelineExecution"}, resources: names},
			{actions: []string{"ssm:GetParameter", "ssm:PutParameter"}, resources: parameters},
		},
	})
}
