package source_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscodepipeline"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/node"
	"github.com/storeship/storeship/constructs/source"
)

func synth(t *testing.T, app awscdk.App, stack awscdk.Stack) map[string][]map[string]any {
	t.Helper()
	template := app.Synth(nil).GetStackArtifact(stack.ArtifactId()).Template().(map[string]any)
	byType := map[string][]map[string]any{}
	for _, r := range template["Resources"].(map[string]any) {
		r := r.(map[string]any)
		byType[r["Type"].(string)] = append(byType[r["Type"].(string)], r)
	}
	return byType
}

// Catches a repository that goes with its stack and takes the code along, or whose failed creation cannot be repeated,
// and a customer's key that is not used.
func TestRepository(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Sources"), nil)
	key := awskms.Key_FromKeyArn(stack, jsii.String("Key"), jsii.String("arn:aws:kms:us-west-2:111111111111:key/abc"))
	source.NewRepository(stack, "Catalog", &source.RepositoryProps{Name: "shop-catalog", Description: "The catalog", Key: key})
	r := synth(t, app, stack)["AWS::CodeCommit::Repository"][0]
	if r["DeletionPolicy"] != "RetainExceptOnCreate" || r["UpdateReplacePolicy"] != "Retain" {
		t.Errorf("policies: %v, %v", r["DeletionPolicy"], r["UpdateReplacePolicy"])
	}
	want := "map[KmsKeyId:arn:aws:kms:us-west-2:111111111111:key/abc RepositoryDescription:The catalog RepositoryName:shop-catalog]"
	if got := fmt.Sprint(r["Properties"]); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// Catches a delivery repository that starts every service's pipeline, polling, archives in place of clones, and builds
// that may not read their source or may read others.
func TestCodeCommit(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := awscdk.NewStack(app, jsii.String("Pipe"), &awscdk.StackProps{Env: &awscdk.Environment{
		Account: jsii.String("111111111111"), Region: jsii.String("us-west-2"),
	}})
	code := source.CodeCommit("shop-catalog", "main").Source(stack, "Code", true)
	program := source.CodeCommit("shop-delivery", "trunk").Source(stack, "Program", false)
	role := awsiam.NewRole(stack, jsii.String("Role"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(jsii.String("codebuild.amazonaws.com"), nil),
	})
	code.GrantClone(role)
	pipelines.NewCodePipeline(stack, jsii.String("Pipeline"), &pipelines.CodePipelineProps{
		PipelineType: awscodepipeline.PipelineType_V2,
		Synth: pipelines.NewShellStep(jsii.String("Synth"), &pipelines.ShellStepProps{
			Input: program.Step, Commands: jsii.Strings("true"), PrimaryOutputDirectory: jsii.String("cdk.out"),
			AdditionalInputs: &map[string]pipelines.IFileSetProducer{"../code": code.Step},
			Env:              &map[string]*string{"COMMIT_ID": jsii.String(code.CommitID())},
		}),
	}).BuildPipeline()
	all := synth(t, app, stack)

	actions := map[string]string{}
	stages := all["AWS::CodePipeline::Pipeline"][0]["Properties"].(map[string]any)["Stages"].([]any)
	for _, stage := range stages[:2] {
		for _, a := range stage.(map[string]any)["Actions"].([]any) {
			a := a.(map[string]any)
			actions[a["Name"].(string)] = fmt.Sprint(a["Configuration"])
		}
	}
	for name, branch := range map[string]string{"shop-catalog": "main", "shop-delivery": "trunk"} {
		want := "map[BranchName:" + branch + " OutputArtifactFormat:CODEBUILD_CLONE_REF PollForSourceChanges:false RepositoryName:" + name + "]"
		if got := actions[name]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	if got := actions["Synth"]; !strings.Contains(got, "#{Source@shop-catalog.CommitId}") {
		t.Errorf("synth: %s", got)
	}
	if got := len(all["AWS::Events::Rule"]); got != 1 {
		t.Errorf("%d rules", got)
	}
	if got := fmt.Sprint(all["AWS::Events::Rule"]); !strings.Contains(got, ":shop-catalog]") || !strings.Contains(got, "referenceName:[main]") {
		t.Errorf("rule: %s", got)
	}
	for _, p := range all["AWS::IAM::Policy"] {
		properties := p["Properties"].(map[string]any)
		if strings.HasPrefix(fmt.Sprint(properties["PolicyName"]), "RoleDefaultPolicy") {
			got := fmt.Sprint(properties["PolicyDocument"])
			if !strings.Contains(got, "Action:codecommit:GitPull") || !strings.Contains(got, ":us-west-2:111111111111:shop-catalog") ||
				strings.Contains(got, "shop-delivery") {
				t.Errorf("role: %s", got)
			}
		}
	}
}

// Catches a source of no branch, and a panic that does not say where it comes from.
func TestCodeCommitPanics(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Pipe"), nil)
	defer func() {
		err, ok := recover().(*node.Error)
		want := "source.CodeCommit Pipe/Code:\n  repository: required\n  branch: must be the name of one branch, got \"feature/*\""
		if !ok || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}()
	source.CodeCommit("", "feature/*").Source(stack, "Code", true)
}
