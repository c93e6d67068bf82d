package metrics_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/metrics"
	"github.com/storeship/storeship/internal/deliverymetrics/measure"
)

// Catches: a history that goes with its stack, that grows for ever, or that others can read.
func TestTable(t *testing.T) {
	table := newDelivery(t).Only(t, "AWS::DynamoDB::Table")
	templatetest.WantText(t, table.Properties,
		`"KeySchema":[{"AttributeName":"pipeline","KeyType":"HASH"},{"AttributeName":"execution","KeyType":"RANGE"}]`,
		`"TimeToLiveSpecification":{"AttributeName":"expires","Enabled":true}`, `"DeletionProtectionEnabled":true`,
		`"PointInTimeRecoveryEnabled":true`, `"KMSMasterKeyId":"arn:aws:kms:us-west-2:111111111111:key/k"`)
	if table.DeletionPolicy != "Retain" || table.UpdateReplacePolicy != "Retain" || table.Properties["TableName"] != nil {
		t.Errorf("%+v", table)
	}
}

// Catches: a function that may do more than it does, or less.
func TestRole(t *testing.T) {
	template := newDelivery(t)
	policies := templatetest.Text(template.Only(t, "AWS::IAM::Role").Properties["Policies"])
	for _, want := range []string{
		`{"Action":["dynamodb:Query","dynamodb:UpdateItem"],"Effect":"Allow","Resource":{"Fn::GetAtt":["MetricsTable30109399","Arn"]}}`,
		`{"Action":"codecommit:GetCommit","Effect":"Allow","Resource":["arn:aws:codecommit:us-west-2:111111111111:shop-catalog","arn:aws:codecommit:us-west-2:111111111111:shop-delivery"]}`,
		`{"Action":["logs:CreateLogStream","logs:PutLogEvents"],"Effect":"Allow","Resource":"arn:aws:logs:us-west-2:111111111111:log-group:/shop/metrics:*"}`,
		`"Condition":{"StringEquals":{"kms:ViaService":"dynamodb.us-west-2.amazonaws.com"}},"Effect":"Allow","Resource":"arn:aws:kms:us-west-2:111111111111:key/k"`,
		`"Condition":{"StringEquals":{"kms:ViaService":"sqs.us-west-2.amazonaws.com"}},"Effect":"Allow","Resource":"arn:aws:kms:us-west-2:111111111111:key/k"`,
	} {
		if !strings.Contains(policies, want) {
			t.Errorf("want %s in %s", want, policies)
		}
	}
	if n := strings.Count(policies, `"Effect"`); n != 5 {
		t.Errorf("%d statements: %s", n, policies)
	}
	templatetest.WantText(t, template.Only(t, "AWS::IAM::Policy").Properties,
		`"Statement":[{"Action":"sqs:SendMessage","Effect":"Allow","Resource":{"Fn::GetAtt":["MetricsLost40982C39","Arn"]}}]`)
	without := newDelivery(t, func(p *metrics.DeliveryProps) {
		for i := range p.Pipelines {
			p.Pipelines[i].Repository = ""
		}
	})
	if text := templatetest.Text(without.Resources); strings.Contains(text, "codecommit") {
		t.Errorf("asks CodeCommit: %s", text)
	}
}

// Catches: a function that Lambda cannot start, an event that is lost without anybody knowing, and a log that is kept for ever.
func TestFunction(t *testing.T) {
	template := newDelivery(t)
	templatetest.WantText(t, template.Only(t, "AWS::Lambda::Function").Properties, `"Architectures":["arm64"]`, `"Runtime":"provided.al2023"`,
		`"Handler":"bootstrap"`, `"DeadLetterConfig":{"TargetArn":{"Fn::GetAtt":["MetricsLost40982C39","Arn"]}}`, `"Variables":{"TABLE":{"Ref":"MetricsTable30109399"}}`)
	templatetest.WantText(t, template.Only(t, "AWS::SQS::Queue").Properties, `"KmsMasterKeyId":"arn:aws:kms:us-west-2:111111111111:key/k"`, `"MessageRetentionPeriod":1209600`)
	templatetest.WantText(t, template.Only(t, "AWS::CloudWatch::Alarm").Properties, `"Dimensions":[{"Name":"QueueName","Value":{"Fn::GetAtt":["MetricsLost40982C39","QueueName"]}}]`,
		`"Threshold":0`, `"ComparisonOperator":"GreaterThanThreshold"`)
	templatetest.WantText(t, template.Only(t, "AWS::Logs::LogGroup").Properties, `"RetentionInDays":365`, `"KmsKeyId":"arn:aws:kms:us-west-2:111111111111:key/k"`)
}

// Catches: an alarm that nobody hears of, since CloudWatch may not publish to the topic, a topic that other alarms may publish to, and an
// action of an alarm that has no topic.
func TestLostEventsAreTold(t *testing.T) {
	template := newDelivery(t, func(p *metrics.DeliveryProps) {
		p.Topic = awssns.NewTopic(p.Key.Stack(), jsii.String("Told"), &awssns.TopicProps{MasterKey: p.Key, EnforceSSL: jsii.Bool(true)})
	})
	topic := template.IDs("AWS::SNS::Topic")[0]
	templatetest.WantText(t, template.Only(t, "AWS::CloudWatch::Alarm").Properties, `"AlarmActions":[{"Ref":"`+topic+`"}]`, `"AlarmName":"shop-metrics-lost"`)
	templatetest.WantText(t, template.Only(t, "AWS::SNS::TopicPolicy").Properties, `{"Action":"sns:Publish","Condition":{`+
		`"ArnLike":{"aws:SourceArn":"arn:aws:cloudwatch:us-west-2:111111111111:alarm:shop-metrics-lost"},"StringEquals":{"aws:SourceAccount":"111111111111"}},`+
		`"Effect":"Allow","Principal":{"Service":"cloudwatch.amazonaws.com"},"Resource":{"Ref":"`+topic+`"},"Sid":"LostMetrics"}`)
	if actions := newDelivery(t).Only(t, "AWS::CloudWatch::Alarm").Properties["AlarmActions"]; actions != nil {
		t.Errorf("without a topic the alarm has the actions %v", actions)
	}
}

// matches says whether an event has what a pattern asks for: in each field one of the values.
func matches(pattern, event any) bool {
	switch p := pattern.(type) {
	case map[string]any:
		e, ok := event.(map[string]any)
		if !ok {
			return false
		}
		for field, want := range p {
			if !matches(want, e[field]) {
				return false
			}
		}
		return true
	case []any:
		return slices.Contains(p, event)
	}
	return false
}

// called are the ids of the rules that call the function at an event.
func called(t *testing.T, template templatetest.Template, event string) string {
	t.Helper()
	var e any
	if err := json.Unmarshal([]byte(event), &e); err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, id := range template.IDs("AWS::Events::Rule") {
		if pattern := template.Resources[id].Properties["EventPattern"]; pattern != nil && matches(pattern, e) {
			ids = append(ids, strings.TrimPrefix(id[:len(id)-8], "Metrics"))
		}
	}
	return strings.Join(ids, " ")
}

// Catches: events that never reach the function, those of other pipelines that do, and a rule that may not call it.
func TestRules(t *testing.T) {
	template := newDelivery(t)
	event := func(kind, detail string) string {
		return `{"source": "aws.codepipeline", "detail-type": "CodePipeline ` + kind + ` Execution State Change", "detail": {"pipeline": "shop-orders", ` + detail + `}}`
	}
	for event, want := range map[string]string{
		event("Pipeline", `"state": "SUPERSEDED"`):                                                                           "Executions",
		event("Stage", `"stage": "prod-2", "state": "FAILED"`):                                                               "Production",
		event("Stage", `"stage": "prod-1", "state": "SUCCEEDED"`):                                                            "Production",
		event("Stage", `"stage": "prod-1", "state": "STARTED"`):                                                              "",
		event("Stage", `"stage": "beta", "state": "SUCCEEDED"`):                                                              "",
		event("Action", `"stage": "prod-1", "state": "STARTED", "type": {"category": "Deploy", "provider": "CodeDeploy"}`):   "Deployments",
		event("Action", `"stage": "prod-1", "state": "STARTED", "type": {"category": "Build"}`):                              "",
		event("Action", `"stage": "beta", "state": "STARTED", "type": {"category": "Deploy"}`):                               "",
		event("Action", `"stage": "Source", "state": "SUCCEEDED", "type": {"category": "Source", "provider": "CodeCommit"}`): "Revisions",
		strings.ReplaceAll(event("Pipeline", `"state": "FAILED"`), "shop-orders", "shop-orders-eu"):                          "",
		strings.ReplaceAll(event("Pipeline", `"state": "FAILED"`), "aws.codepipeline", "aws.codebuild"):                      "",
	} {
		if got := called(t, template, event); got != want {
			t.Errorf("%s: called by %q, want %q", event, got, want)
		}
	}
	rules := template.IDs("AWS::Events::Rule")
	permissions := templatetest.Text(template.Resources)
	for _, id := range rules {
		if !strings.Contains(permissions, `"Principal":"events.amazonaws.com","SourceArn":{"Fn::GetAtt":["`+id+`","Arn"]}`) {
			t.Errorf("rule %s may not call the function", id)
		}
	}
	if clock := template.Resources[rules[0]].Properties; len(rules) != 5 || clock["ScheduleExpression"] != "rate(15 minutes)" {
		t.Errorf("%v, %v", rules, clock)
	}
	// Without production there is nothing to tell of its stages.
	if got := newDelivery(t, func(p *metrics.DeliveryProps) {
		for i := range p.Pipelines {
			p.Pipelines[i].Production = nil
		}
	}).IDs("AWS::Events::Rule"); len(got) != 3 {
		t.Errorf("got %v", got)
	}
}

// Catches: a pattern that EventBridge refuses, and a pipeline that falls between two rules.
func TestManyPipelines(t *testing.T) {
	template := newDelivery(t, func(p *metrics.DeliveryProps) {
		for i := range metrics.MaxPipelines - len(p.Pipelines) {
			p.Pipelines = append(p.Pipelines, metrics.Pipeline{
				Name: fmt.Sprintf("a-store-of-20-letters-%s-%d", strings.Repeat("s", 20), i), Service: fmt.Sprint("s", i), Production: []string{"prod-1"},
			})
		}
	})
	seen := map[string]int{}
	for _, id := range template.IDs("AWS::Events::Rule") {
		pattern := template.Resources[id].Properties["EventPattern"]
		if pattern == nil {
			continue
		}
		if n := len(templatetest.Text(pattern)); n > 2048 {
			t.Errorf("%s has %d characters", id, n)
		}
		for _, name := range pattern.(map[string]any)["detail"].(map[string]any)["pipeline"].([]any) {
			seen[name.(string)]++
		}
	}
	for name, n := range seen {
		if n != 4 {
			t.Errorf("%s is in %d rules, want 4", name, n)
		}
	}
	if len(seen) != metrics.MaxPipelines {
		t.Errorf("%d pipelines in rules", len(seen))
	}
}

type dashboard struct {
	Widgets []struct {
		Type                string
		X, Y, Width, Height int
		Properties          struct {
			Markdown, Title, View, Region, Stat, Start string
			Period                                     int
			Metrics                                    [][]any
			Alarms                                     []string
		}
	}
}

func bodyOf(t *testing.T, template templatetest.Template) (text string, d dashboard) {
	t.Helper()
	text = template.Only(t, "AWS::CloudWatch::Dashboard").Properties["DashboardBody"].(string)
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		t.Fatal(err)
	}
	return text, d
}

// Catches: a number or a line on the dashboard that no function writes, and a metric that is written and not shown.
func TestDashboardShowsWhatIsWritten(t *testing.T) {
	_, d := bodyOf(t, newDelivery(t))
	// As the function writes them, see its test TestWritten.
	want := map[string]int{}
	for _, dimensions := range []string{"Store shop", "Store shop Service catalog", "Store shop Service orders", "Store shop Service platform"} {
		for _, m := range measure.Metrics {
			want["Storeship/Delivery "+m.Name+" "+dimensions] = 2
		}
	}
	got := map[string]int{}
	for _, w := range d.Widgets {
		ids := map[string]bool{}
		var expressions []string
		for _, line := range w.Properties.Metrics {
			options := line[len(line)-1].(map[string]any)
			id := options["id"].(string)
			if ids[id] {
				t.Errorf("%s: two lines are called %s", w.Properties.Title, id)
			}
			ids[id] = true
			if e, ok := options["expression"]; ok {
				expressions = append(expressions, strings.TrimSuffix(e.(string), "/3600"))
				continue
			}
			var words []string
			for _, w := range line[:len(line)-1] {
				words = append(words, w.(string))
			}
			got[strings.Join(words, " ")]++
		}
		for _, of := range expressions {
			if !ids[of] {
				t.Errorf("%s: an expression of %s, which is not there", w.Properties.Title, of)
			}
		}
		if len(w.Properties.Metrics) > 500 || w.Properties.Metrics != nil && w.Properties.Region != "us-west-2" {
			t.Errorf("%+v", w)
		}
	}
	if !maps.Equal(got, want) {
		t.Errorf("shows\n%v\nwritten are\n%v", got, want)
	}
}

// The body as a person reviews it, with UPDATE_GOLDEN=1 written anew. Catches: widgets that lie over each other or beside the grid.
func TestDashboardBody(t *testing.T) {
	text, d := bodyOf(t, newDelivery(t))
	var indented strings.Builder
	var document any
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		t.Fatal(err)
	}
	e := json.NewEncoder(&indented)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(document); err != nil {
		t.Fatal(err)
	}
	golden := filepath.Join("testdata", "dashboard.json")
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(golden, []byte(indented.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(golden); err != nil || string(want) != indented.String() {
		t.Errorf("%s differs (%v); UPDATE_GOLDEN=1 writes it anew", golden, err)
	}
	taken := map[[2]int]string{}
	for _, w := range d.Widgets {
		for x := w.X; x < w.X+w.Width; x++ {
			for y := w.Y; y < w.Y+w.Height; y++ {
				if other := taken[[2]int{x, y}]; other != "" || x > 23 {
					t.Fatalf("%s lies over %q or beside the grid", w.Properties.Title, other)
				}
				taken[[2]int{x, y}] = w.Type + w.Properties.Title
			}
		}
	}
	for _, m := range measure.Metrics {
		if !strings.Contains(d.Widgets[0].Properties.Markdown, m.Definition) {
			t.Errorf("does not say what %s is", m.Title)
		}
	}
}
