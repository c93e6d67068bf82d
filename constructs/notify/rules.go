package notify

import (
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/jsii-runtime-go"
)

// What CodePipeline and Parameter Store call their events.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
const (
	actionEvents    = "CodePipeline Action Execution State Change"
	stageEvents     = "CodePipeline Stage Execution State Change"
	executionEvents = "CodePipeline Pipeline Execution State Change"
	parameterEvents = "Parameter Store Change"
)

// maxNames is how many characters the names of pipelines or parameters may take in a pattern: EventBridge allows 2,048 for all of it.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const maxNames = 1600

// releasers are the providers of actions that change what runs, and set it back where they fail.
var releasers = []string{"CodeDeployToECS", "CloudFormation"}

// kind is one kind of event that is told.
type kind struct {
	id, description string
	source, events  string
	// names is the key of the pipeline or the parameter.
	names string
	// detail is what else the event must have.
	detail map[string]any
}

// kinds are all of them. An execution that a newer one supersedes, and one that begins anew because its pipeline changed, are none: they
// are how releases go.
var kinds = []kind{
	{"RolledBack", "a release that is rolled back", "aws.codepipeline", actionEvents, "pipeline",
		map[string]any{"state": []string{"FAILED"}, "type": map[string]any{"provider": releasers}}},
	{"Failed", "an action that fails", "aws.codepipeline", actionEvents, "pipeline",
		map[string]any{"state": []string{"FAILED"}, "type": map[string]any{"provider": []any{map[string]any{"anything-but": releasers}}}}},
	{"FailedStage", "a stage that fails", "aws.codepipeline", stageEvents, "pipeline", map[string]any{"state": []string{"FAILED"}}},
	{"Stopped", "an execution that a person stops", "aws.codepipeline", executionEvents, "pipeline", map[string]any{"state": []string{"STOPPED"}}},
	{"Waiting", "an approval that waits", "aws.codepipeline", actionEvents, "pipeline",
		map[string]any{"state": []string{"STARTED"}, "type": map[string]any{"category": []string{"Approval"}}}},
	{"Switched", "a stop switch, or broken glass", "aws.ssm", parameterEvents, "name",
		map[string]any{"operation": []string{"Create", "Update", "Delete"}}},
}

// addRules has EventBridge hand the function every event of every kind, by the exact names of pipelines and parameters: names of
// another store may begin alike.
func (n *Notifications) addRules(p *NotificationsProps) {
	var pipelines []string
	for _, it := range p.Pipelines {
		pipelines = append(pipelines, it.Name)
	}
	function := n.Function.FunctionArn()
	for _, k := range kinds {
		names := pipelines
		if k.names == "name" {
			names = p.parameters()
		}
		for i, some := range chunks(names) {
			id := k.id
			if i > 0 {
				id += strconv.Itoa(i + 1)
			}
			detail := map[string]any{k.names: some}
			for key, value := range k.detail {
				detail[key] = value
			}
			// L1, because the L2 takes several calls to the kernel for what is known.
			rule := awsevents.NewCfnRule(n, jsii.String(id), &awsevents.CfnRuleProps{
				Description:  jsii.String("Tells the people of " + p.Name + " of " + k.description),
				EventPattern: map[string]any{"source": []string{k.source}, "detail-type": []string{k.events}, "detail": detail},
				Targets:      []any{&awsevents.CfnRule_TargetProperty{Id: jsii.String("Message"), Arn: function}},
			})
			awslambda.NewCfnPermission(n, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
				Action: jsii.String("lambda:InvokeFunction"), FunctionName: function, Principal: jsii.String("events.amazonaws.com"), SourceArn: rule.AttrArn(),
			})
			n.Rules = append(n.Rules, rule)
		}
	}
}

// parameters are the stop switches, then what breaks the glass.
func (p *NotificationsProps) parameters() []string {
	var names []string
	for _, e := range p.Environments {
		if e.StopSwitch != "" {
			names = append(names, e.StopSwitch)
		}
	}
	for _, it := range p.Pipelines {
		if it.BreakGlass != "" {
			names = append(names, it.BreakGlass)
		}
	}
	return names
}

// chunks divides names into lists that fit into a pattern.
func chunks(names []string) [][]string {
	var all [][]string
	size := maxNames + 1
	for _, name := range names {
		const quotes = len(`"",`)
		if size+len(name)+quotes > maxNames {
			all, size = append(all, nil), 0
		}
		all[len(all)-1] = append(all[len(all)-1], name)
		size += len(name) + quotes
	}
	return all
}
