package delivery_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/delivery"
	"github.com/storeship/storeship/constructs/environment"
	"github.com/storeship/storeship/constructs/internal/templatetest"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

// text is the stack's template as JSON, for tests that look for a value wherever it stands.
func text(t *testing.T, stack awscdk.Stack) string {
	t.Helper()
	data, err := json.Marshal(assertions.Template_FromStack(stack, nil).ToJSON())
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func wants(t *testing.T, template string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(template, part) {
			t.Errorf("the template lacks %s", part)
		}
	}
}

// A policy that names a role of a pipeline, of a deployer or of a bootstrap cannot be created before that role: IAM, S3 and
// KMS refuse it, and the very first deployment fails.
func TestPoliciesNameNoRoleThatComesLater(t *testing.T) {
	store := shop()
	app := awscdk.NewApp(nil)
	access := stackIn(app, "Access", "222222222222", "us-west-2")
	delivery.NewAccess(access, "Access", &delivery.AccessProps{Store: store, Environment: store.Environments[0]})
	artifacts := stackIn(app, "Artifacts", "111111111111", "us-east-1")
	delivery.NewArtifacts(artifacts, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: "us-east-1"})

	wants(t, text(t, access),
		`"Principal":{"AWS":"arn:aws:iam::111111111111:root"}`,
		`"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::111111111111:role/shop-*-pipeline"]}`,
		`"ArnLike":{"aws:PrincipalArn":["arn:aws:iam::111111111111:role/shop-*-check"]}`)
	template := text(t, artifacts)
	wants(t, template,
		`"aws:PrincipalArn":["arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-*","arn:aws:iam::222222222222:role/shop-beta-deployer","arn:aws:iam::222222222222:role/shop-beta-*-tests"]`,
		`"aws:PrincipalArn":["arn:aws:iam::444444444444:role/cdk-hnb659fds-deploy-role-444444444444-*","arn:aws:iam::444444444444:role/shop-prod-deployer"]`)
	if strings.Contains(template, `"AWS":"arn:aws:iam::222222222222:role/`) {
		t.Error("a resource policy names a role of another account as its principal")
	}
}

// Approvals' topics exist once: a second one in another region would ask nobody.
func TestApprovalsAreInTheToolsRegionOnly(t *testing.T) {
	store := shop()
	app := awscdk.NewApp(nil)
	home, away := stackIn(app, "Home", "111111111111", "us-west-2"), stackIn(app, "Away", "111111111111", "us-east-1")
	delivery.NewArtifacts(home, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: "us-west-2"})
	delivery.NewArtifacts(away, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: "us-east-1"})
	assertions.Template_FromStack(home, nil).HasResourceProperties(jsii.String("AWS::SNS::Topic"), map[string]any{
		"TopicName": "shop-prod-approval",
	})
	assertions.Template_FromStack(away, nil).ResourceCountIs(jsii.String("AWS::SNS::Topic"), jsii.Number(0))
}

// Catches: an alarm of the delivery metrics that cannot publish to the notifications' topic, which this key encrypts; a key that alarms
// of others, or of regions without the topic, may use.
func TestAlarmsMayUseTheKey(t *testing.T) {
	store := shop()
	app := awscdk.NewApp(nil)
	home, away := stackIn(app, "Home", "111111111111", "us-west-2"), stackIn(app, "Away", "111111111111", "us-east-1")
	delivery.NewArtifacts(home, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: "us-west-2"})
	delivery.NewArtifacts(away, "Artifacts", &delivery.ArtifactsProps{Store: store, Region: "us-east-1"})
	wants(t, text(t, home), `{"Action":["kms:Decrypt","kms:GenerateDataKey*"],"Condition":{`+
		`"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:us-west-2:111111111111:alarm:shop-operations-metrics-*"},"StringEquals":{"aws:SourceAccount":"111111111111"}},`+
		`"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Resource":"*","Sid":"Alarms"}`)
	if strings.Contains(text(t, away), "cloudwatch.amazonaws.com") {
		t.Error("an alarm may use the key of a region that has no topic")
	}
}

// Every mistake in the props is told at once, with the construct's path.
func TestPropsProblems(t *testing.T) {
	app := awscdk.NewApp(nil)
	stack := stackIn(app, "Tools", "111111111111", "us-west-2")
	made := delivery.NewPipeline(stack, "Made", &delivery.PipelineProps{Store: shop(), Service: "catalog"})
	for name, tc := range map[string]struct {
		construct func()
		want      []string
	}{
		"pipeline":           {func() { delivery.NewPipeline(stack, "P", nil) }, []string{"delivery.Pipeline Tools/P:", "Store: required", "Service: required"}},
		"access":             {func() { delivery.NewAccess(stack, "A", nil) }, []string{"delivery.Access Tools/A:", "Store: required", "Environment: required"}},
		"artifacts":          {func() { delivery.NewArtifacts(stack, "B", nil) }, []string{"delivery.Artifacts Tools/B:", "Store: required", "Region: required"}},
		"no environment":     {func() { made.Approval(nil) }, []string{"delivery.Pipeline Tools/Made:", "Approval: needs an environment"}},
		"open nothing":       {func() { made.Open(nil, 0, nil) }, []string{"delivery.Pipeline Tools/Made:", "Open: needs an environment"}},
		"no step":            {func() { made.Synthesize(nil) }, []string{"Synthesize: needs the step that writes the cloud assembly"}},
		"too early":          {func() { made.Build() }, []string{"Build: needs the pipeline, which Synthesize makes; call that before"}},
		"no target":          {func() { made.BlueGreen([]environment.Target{{}}, "catalog", nil) }, []string{"Target.Store: required\n", "Target.Environment: required"}},
		"tests of no target": {func() { made.Tests([]environment.Target{{}}, "catalog", nil, nil, nil) }, []string{"Target.Store: required\n", "Target.Environment: required"}},
		"pipeline elsewhere": {func() {
			delivery.NewPipeline(stackIn(app, "PipelineElsewhere", "222222222222", "eu-west-1"), "P", &delivery.PipelineProps{Store: shop(), Service: "catalog"})
		}, []string{"Store.Tools.Account: must be that of the stack, 222222222222, got 111111111111\n",
			"Store.Tools.Region: must be that of the stack, eu-west-1, got us-west-2"}},
		"access elsewhere": {func() {
			delivery.NewAccess(stackIn(app, "AccessElsewhere", "999999999999", "us-west-2"), "A", &delivery.AccessProps{Store: shop(), Environment: shop().Environments[0]})
		}, []string{"Environment.Account: must be that of the stack, 999999999999, got 222222222222"}},
		"artifacts elsewhere": {func() {
			delivery.NewArtifacts(stackIn(app, "ArtifactsElsewhere", "222222222222", "us-west-2"), "B", &delivery.ArtifactsProps{Store: shop(), Region: "us-east-1"})
		}, []string{"Store.Tools.Account: must be that of the stack, 222222222222, got 111111111111\n", "Region: must be that of the stack, us-west-2, got us-east-1"}},
		"artifacts of no region": {func() {
			delivery.NewArtifacts(stack, "C", &delivery.ArtifactsProps{Store: shop(), Region: "mars"})
		}, []string{"Region: must be one of the store's, us-west-2, us-east-1 or eu-west-1, got mars"}},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				err, _ := recover().(error)
				if err == nil {
					t.Fatal("no error")
				}
				for _, want := range tc.want {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("got %q, want %q in it", err, want)
					}
				}
			}()
			tc.construct()
		})
	}
}
