package notify

import "github.com/storeship/storeship/constructs/internal/eventrule"

// What CodePipeline and Parameter Store call their events.
// https://docs.aws.amazon.com/codepipeline/latest/userguide/detect-state-changes-cloudwatch-events.html
// https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-cwe.html
const (
	actionEvents    = "CodePipeline Action Execution State Change"
	stageEvents     = "CodePipeline Stage Execution State Change"
	executionEvents = "CodePipeline Pipeline Execution State Change"
	parameterEvents = "Parameter Store Change"
)

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
	to := &eventrule.Target{ID: "Message", Function: n.Function.FunctionArn()}
	for _, k := range kinds {
		names := pipelines
		if k.names == "name" {
			names = p.parameters()
		}
		n.Rules = append(n.Rules, to.At(n, &eventrule.Pattern{
			ID: k.id, Description: "Tells the people of " + p.Name + " of " + k.description,
			Source: k.source, Type: k.events, Key: k.names, Detail: k.detail,
		}, names)...)
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
