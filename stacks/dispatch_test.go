package stacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/stacks"
)

// platform synthesizes the platform's scope of a plan and returns the stack of its pipeline.
func platform(t *testing.T, changes ...func(*environment.Plan)) *assembly.Stack {
	t.Helper()
	app := newApp(t, nil)
	stacks.NewStorefront(app, &stacks.StorefrontProps{Plan: newPlan(changes...), Scope: stacks.ScopePlatform})
	a, err := assembly.Open(*app.Synth(nil).Directory())
	if err != nil {
		t.Fatal(err)
	}
	return a.Own()[0]
}

// actionsOf lists the actions of the pipeline in a stack as "stage/action", in the order in which they run.
func actionsOf(t *testing.T, s *assembly.Stack) (names []string, byName map[string]map[string]any) {
	t.Helper()
	byName = map[string]map[string]any{}
	for _, stage := range s.Resources("AWS::CodePipeline::Pipeline")[0].Properties["Stages"].([]any) {
		stage := stage.(map[string]any)
		actions := slices.Clone(stage["Actions"].([]any))
		slices.SortStableFunc(actions, func(a, b any) int { return int(order(a) - order(b)) })
		for _, a := range actions {
			name := fmt.Sprint(stage["Name"], "/", a.(map[string]any)["Name"])
			names, byName[name] = append(names, name), a.(map[string]any)
		}
	}
	return names, byName
}

func order(action any) float64 { return action.(map[string]any)["RunOrder"].(float64) }

// Catches a dispatch that starts services before the platform is what they need, or beside its last deployment, in a stage
// of one target and in one of several.
func TestDispatchIsLast(t *testing.T) {
	for stage, regions := range map[string][]string{"prod-us-east-1": {"us-east-1"}, "prod-2": {"us-east-1", "eu-west-1"}} {
		names, actions := actionsOf(t, platform(t, func(p *environment.Plan) { p.Store.Environments[1].Waves[1].Regions = regions }))
		last := names[len(names)-1]
		if last != stage+"/Dispatch" {
			t.Errorf("the last action is %s: %v", last, names)
			continue
		}
		for name, a := range actions {
			if strings.HasPrefix(name, stage+"/") && name != last && order(a) >= order(actions[last]) {
				t.Errorf("%s does not run before the dispatch", name)
			}
		}
		if got := fmt.Sprint(actions[last]["InputArtifacts"]); got != "[map[Name:Synth_dispatch]]" {
			t.Errorf("the dispatch reads %s", got)
		}
		if got := fmt.Sprint(actions["Build/Synth"]["OutputArtifacts"]); got != "[map[Name:Synth_Output] map[Name:Synth_review] map[Name:Synth_dispatch]]" {
			t.Errorf("the synth writes %s", got)
		}
	}
}

// Catches a dispatch that leaves a service out, or whose role may start or write anything besides.
func TestDispatchKnowsTheServices(t *testing.T) {
	s := platform(t)
	_, actions := actionsOf(t, s)
	configuration := actions["prod-us-east-1/Dispatch"]["Configuration"].(map[string]any)
	project, ok := s.Resource(fmt.Sprint(configuration["ProjectName"].(map[string]any)["Ref"]))
	if !ok {
		t.Fatalf("no project: %v", configuration)
	}
	variables := fmt.Sprint(project.Properties["Environment"].(map[string]any)["EnvironmentVariables"])
	if variables != "[map[Name:REGION Type:PLAINTEXT Value:us-west-2]]" {
		t.Errorf("variables are %s", variables)
	}
	spec := fmt.Sprint(project.Properties["Source"].(map[string]any)["BuildSpec"])
	want := `PIPELINES='shop-catalog /shop/platform/tools/dispatch/v1/catalog shop-catalog-pipeline\n` +
		`shop-mailer /shop/platform/tools/dispatch/v1/mailer shop-mailer-pipeline'\n`
	if !strings.Contains(spec, want) {
		t.Errorf("%s\nis not in %s", want, spec)
	}
	role := fmt.Sprint(project.Properties["ServiceRole"].(map[string]any)["Fn::GetAtt"].([]any)[0])
	var statements []string
	for _, policy := range s.Resources("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy") {
		if !strings.Contains(fmt.Sprint(policy.Properties["Roles"]), "map[Ref:"+role+"]") {
			continue
		}
		for _, statement := range policy.Properties["PolicyDocument"].(map[string]any)["Statement"].([]any) {
			statement := statement.(map[string]any)
			statements = append(statements, fmt.Sprint(statement["Effect"], " ", statement["Action"], " ", statement["Resource"]))
		}
	}
	slices.Sort(statements)
	const parameter = "arn:aws:ssm:us-west-2:111111111111:parameter/shop/platform/tools/dispatch/v1/"
	for i, want := range []string{
		"Allow [kms:Decrypt kms:DescribeKey] ",
		"Allow [logs:CreateLogStream logs:PutLogEvents] ",
		"Allow [s3:GetBucketAcl s3:GetBucketLocation] ",
		"Allow [s3:GetObject s3:GetObjectVersion] ",
		"Allow [ssm:GetParameter ssm:PutParameter] [" + parameter + "catalog " + parameter + "mailer]",
		"Allow codepipeline:StartPipelineExecution [arn:aws:codepipeline:us-west-2:111111111111:shop-catalog arn:aws:codepipeline:us-west-2:111111111111:shop-mailer]",
	} {
		if len(statements) != 6 || !strings.HasPrefix(statements[i], want) {
			t.Fatalf("the role's statements are\n%s\nwant %s", strings.Join(statements, "\n"), want)
		}
	}
	// A role of its own: nothing else runs with it.
	for _, other := range s.Resources("AWS::CodeBuild::Project") {
		if other.LogicalID != project.LogicalID && strings.Contains(fmt.Sprint(other.Properties["ServiceRole"]), role) {
			t.Errorf("%s has the role of the dispatch", other.LogicalID)
		}
	}
}
