package source_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/source"
)

const (
	arn    = "arn:aws:codeconnections:eu-west-1:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
	oldARN = "arn:aws:codestar-connections:us-west-2:111111111111:connection/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0"
)

// toolsStack is a stack of a tools account.
func toolsStack() awscdk.Stack {
	app := awscdk.NewApp(&awscdk.AppProps{Context: &map[string]any{"@aws-cdk/aws-iam:minimizePolicies": true}})
	return awscdk.NewStack(app, jsii.String("Pipe"), &awscdk.StackProps{Env: &awscdk.Environment{
		Account: jsii.String("111111111111"), Region: jsii.String("us-west-2"),
	}})
}

// pipe is a pipeline with a source of code, which starts it, and one of the program, which does not, under a role of its own.
func pipe(stack awscdk.Stack, code, program source.Provider, trigger bool) (role awsiam.Role) {
	c, p := code.Source(stack, "Code", trigger), program.Source(stack, "Program", false)
	role = awsiam.NewRole(stack, jsii.String("BuildRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("codebuild.amazonaws.com"), nil),
	})
	c.GrantClone(role)
	pipeline := pipelines.NewCodePipeline(stack, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineType: awscodepipeline.PipelineType_V2,
		Role: awsiam.NewRole(stack, jsii.String("PipelineRole"), &awsiam.RoleProps{
			AssumedBy: awsiam.NewServicePrincipal(jsii.String("codepipeline.amazonaws.com"), nil),
		}),
		UsePipelineRoleForActions: jsii.Bool(true),
		Synth: pipelines.NewCodeBuildStep(jsii.String("Synth"), &pipelines.CodeBuildStepProps{
			Input: p.Step, Commands: jsii.Strings("true"), PrimaryOutputDirectory: jsii.String("cdk.out"),
			AdditionalInputs: &map[string]pipelines.IFileSetProducer{"../code": c.Step},
			Env:              &map[string]*string{"COMMIT_ID": jsii.String(c.CommitID())},
		}),
	})
	pipeline.BuildPipeline()
	c.Complete(pipeline.Pipeline())
	p.Complete(pipeline.Pipeline())
	return role
}

// sourceAction is the configuration of the named source action.
func sourceAction(t *testing.T, template templatetest.Template, name string) map[string]any {
	t.Helper()
	stages := template.Only(t, "AWS::CodePipeline::Pipeline").Properties["Stages"].([]any)
	for _, a := range stages[0].(map[string]any)["Actions"].([]any) {
		if a := a.(map[string]any); a["Name"] == name {
			return a["Configuration"].(map[string]any)
		}
	}
	t.Fatalf("no action %s", name)
	return nil
}

// policyOf is the text of the policy of the role whose logical id begins so.
func policyOf(template templatetest.Template, role string) string {
	for _, id := range template.IDs("AWS::IAM::Policy") {
		if strings.HasPrefix(id, role) {
			return templatetest.Text(template.Resources[id].Properties["PolicyDocument"])
		}
	}
	return ""
}

// Catches a push to the delivery repository that starts every service's pipeline; a pipeline that no push starts; archives in
// place of clones; and roles that may not use the connection, or any other.
func TestConnection(t *testing.T) {
	stack := toolsStack()
	pipe(stack,
		source.Connection(&source.ConnectionProps{ARN: arn, Owner: "acme", Repository: "shop.catalog", Branch: "main"}),
		source.Connection(&source.ConnectionProps{ARN: oldARN, Owner: "acme/group", Repository: "delivery", Branch: "trunk"}), true)
	template := templatetest.Synth(stack)
	for name, want := range map[string]string{
		"acme_shop.catalog":   `{"BranchName":"main","ConnectionArn":"` + arn + `","DetectChanges":true,"FullRepositoryId":"acme/shop.catalog","OutputArtifactFormat":"CODEBUILD_CLONE_REF"}`,
		"acme_group_delivery": `{"BranchName":"trunk","ConnectionArn":"` + oldARN + `","DetectChanges":false,"FullRepositoryId":"acme/group/delivery","OutputArtifactFormat":"CODEBUILD_CLONE_REF"}`,
	} {
		if got := templatetest.Text(sourceAction(t, template, name)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	pipeline := template.Only(t, "AWS::CodePipeline::Pipeline").Properties
	if triggers := pipeline["Triggers"]; triggers != nil {
		t.Errorf("triggers without a filter: %v", triggers)
	}
	templatetest.WantText(t, pipeline, `.CommitId}`)
	build, own := policyOf(template, "BuildRole"), policyOf(template, "PipelineRole")
	if want := `"Action":["codeconnections:UseConnection","codestar-connections:UseConnection"],"Effect":"Allow","Resource":"` + arn + `"`; !strings.Contains(build, want) {
		t.Errorf("the build may not use the connection: %s", build)
	}
	for _, want := range []string{
		`"Action":"codeconnections:UseConnection","Effect":"Allow","Resource":"` + arn + `"`,
		`"Action":"codestar-connections:UseConnection","Effect":"Allow","Resource":["` + arn + `","` + oldARN + `"]`,
	} {
		if !strings.Contains(own, want) {
			t.Errorf("the pipeline lacks %s: %s", want, own)
		}
	}
	if strings.Contains(build, oldARN) {
		t.Errorf("the build may use the connection of another repository: %s", build)
	}
}

// Catches a filter that AWS never sees, one beside the detection of all changes, and one on the delivery repository.
func TestConnectionFilter(t *testing.T) {
	stack := toolsStack()
	pipe(stack,
		source.Connection(&source.ConnectionProps{
			ARN: arn, Owner: "acme", Repository: "mono", Branch: "main",
			FilePaths: environment.FilePaths{Includes: []string{"services/catalog/**", "lib/**"}, Excludes: []string{"**.md"}},
		}),
		source.CodeCommit("delivery", "main"), true)
	template := templatetest.Synth(stack)
	if got := sourceAction(t, template, "acme_mono")["DetectChanges"]; got != false {
		t.Errorf("DetectChanges is %v", got)
	}
	want := `[{"GitConfiguration":{"Push":[{"Branches":{"Includes":["main"]},"FilePaths":{"Excludes":["**.md"],` +
		`"Includes":["services/catalog/**","lib/**"]}}],"SourceActionName":"acme_mono"},"ProviderType":"CodeStarSourceConnection"}]`
	if got := templatetest.Text(template.Only(t, "AWS::CodePipeline::Pipeline").Properties["Triggers"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if rules := template.IDs("AWS::Events::Rule"); len(rules) != 0 {
		t.Errorf("something else starts the pipeline, too: %v", rules)
	}
}

// Catches a filter that starts a pipeline which is not to be started.
func TestConnectionWithoutTrigger(t *testing.T) {
	stack := toolsStack()
	pipe(stack, source.Connection(&source.ConnectionProps{
		ARN: arn, Owner: "acme", Repository: "mono", Branch: "main", FilePaths: environment.FilePaths{Includes: []string{"a"}},
	}), source.CodeCommit("delivery", "main"), false)
	template := templatetest.Synth(stack)
	if got := sourceAction(t, template, "acme_mono")["DetectChanges"]; got != false || template.Only(t, "AWS::CodePipeline::Pipeline").Properties["Triggers"] != nil {
		t.Error("it has a trigger")
	}
}

// Catches a mistake of which a user hears only after another is repaired.
func TestConnectionProblems(t *testing.T) {
	defer func() {
		want := `source.Connection Pipe/Code:
  ARN: must be arn:aws:codeconnections:… or arn:aws:codestar-connections:… of a connection, got ""
  Owner: must be a user, organization, group or workspace, got "acme/"
  Repository: required
  Branch: must be the name of one branch, got ""
  FilePaths.Includes: at most 8 patterns, got 9
  FilePaths.Excludes[0]: must have 1 to 255 characters, got 0`
		if err, ok := recover().(*node.Error); !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	source.Connection(&source.ConnectionProps{
		Owner: "acme/", FilePaths: environment.FilePaths{Includes: strings.Split("123456789", ""), Excludes: []string{""}},
	}).Source(toolsStack(), "Code", true)
}
