package notify_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/notify"
)

func newStack() awscdk.Stack {
	return awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Stack"), &awscdk.StackProps{
		Env: &awscdk.Environment{Account: jsii.String("111111111111"), Region: jsii.String("us-west-2")},
	})
}

func newNotifications(changes ...func(*notify.NotificationsProps)) templatetest.Template {
	stack := newStack()
	p := newProps(stack)
	for _, change := range changes {
		change(p)
	}
	notify.NewNotifications(stack, "Notifications", p)
	return templatetest.Synth(stack)
}

// Catches: a topic that anybody may read in transit or at rest, or that chats cannot find by its name.
func TestTopic(t *testing.T) {
	template := newNotifications()
	topic := template.Only(t, "AWS::SNS::Topic").Properties
	templatetest.WantText(t, topic["TopicName"], `"retail-store-notifications"`)
	templatetest.WantText(t, topic["KmsMasterKeyId"], keyARN)
	templatetest.WantText(t, template.Only(t, "AWS::SNS::TopicPolicy").Properties["PolicyDocument"], `"Effect":"Deny"`, `"aws:SecureTransport":"false"`)
}

// Catches: a person who is woken for beta, one who is asked for every approval twice, and one who does not hear of an event that no
// message could be made of, which Lambda sends without attributes.
func TestSubscriptions(t *testing.T) {
	template := newNotifications()
	filters := map[string]string{}
	for _, id := range template.IDs("AWS::SNS::Subscription") {
		p := template.One(t, id).Properties
		templatetest.WantText(t, p["Protocol"], `"email"`)
		filters[fmt.Sprint(p["Endpoint"])] = templatetest.Text(p["FilterPolicy"])
	}
	for address, want := range map[string]string{
		"team@shop.example.com":     "null",
		"managers@shop.example.com": `{"asks":[{"anything-but":["prod"]},{"exists":false}]}`,
		"oncall@shop.example.com":   `{"urgent":["yes",{"exists":false}]}`,
	} {
		if filters[address] != want {
			t.Errorf("%s has the filter %s, want %s", address, filters[address], want)
		}
	}
	if none := newNotifications(func(p *notify.NotificationsProps) { p.Addresses = nil }); len(none.IDs("AWS::SNS::Subscription")) != 0 || len(none.IDs("AWS::SNS::Topic")) != 1 {
		t.Error("without addresses there must be a topic, and nobody subscribed to it")
	}
}

// Catches: a function that may do more than read what its own pipelines did and its own parameters say, and publish; one that cannot
// do that; one whose failures nobody hears of.
func TestFunction(t *testing.T) {
	template := newNotifications()
	role := template.Only(t, "AWS::IAM::Role").Properties
	var document struct {
		Statement []struct {
			Effect           string
			Action, Resource any
		}
	}
	b, err := json.Marshal(role["Policies"].([]any)[0].(map[string]any)["PolicyDocument"])
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &document); err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, s := range document.Statement {
		got[templatetest.Text(s.Action)] = templatetest.Text(s.Resource)
	}
	pipeline, parameter := "arn:aws:codepipeline:us-west-2:111111111111:retail-store-", "arn:aws:ssm:us-west-2:111111111111:parameter/retail-store/platform/tools/"
	for action, want := range map[string]string{
		`"sns:Publish"`:                                `"arn:aws:sns:us-west-2:111111111111:retail-store-notifications"`,
		`["kms:Decrypt","kms:GenerateDataKey"]`:        `"` + keyARN + `"`,
		`["logs:CreateLogStream","logs:PutLogEvents"]`: `"arn:aws:logs:us-west-2:111111111111:log-group:/retail-store/pipelines/operations/notifications:*"`,
		`"codepipeline:ListActionExecutions"`:          `["` + pipeline + `platform","` + pipeline + `catalog","` + pipeline + `orders"]`,
		`"ssm:GetParameterHistory"`: `["` + parameter + `stop/v1/prod","` + parameter + `break-glass/v1/platform","` + parameter +
			`break-glass/v1/catalog","` + parameter + `break-glass/v1/orders"]`,
	} {
		if got[action] != want {
			t.Errorf("%s on\n%s, want\n%s", action, got[action], want)
		}
	}
	if len(got) != 5 || len(template.IDs("AWS::IAM::Policy")) != 0 {
		t.Errorf("the role may do more: %v", got)
	}
	templatetest.WantText(t, role["AssumeRolePolicyDocument"], `"lambda.amazonaws.com"`)
	unwritten := template.Only(t, "AWS::Lambda::EventInvokeConfig").Properties
	templatetest.WantText(t, unwritten["DestinationConfig"], `{"OnFailure":{"Destination":{"Ref":"`+template.IDs("AWS::SNS::Topic")[0]+`"}}}`)
	function := template.Only(t, "AWS::Lambda::Function").Properties
	templatetest.WantText(t, function["Environment"], `"TOPIC"`)
	templatetest.WantText(t, function["LoggingConfig"], template.IDs("AWS::Logs::LogGroup")[0])
}

// pattern is what a rule lets through.
type pattern map[string]any

// matches says whether an event is let through, for the operators that the rules use.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
func (p pattern) matches(t *testing.T, event map[string]any) bool {
	t.Helper()
	for key, want := range p {
		switch want := want.(type) {
		case map[string]any:
			within, ok := event[key].(map[string]any)
			if !ok || !pattern(want).matches(t, within) {
				return false
			}
		case []any:
			if !slices.ContainsFunc(want, func(w any) bool { return allows(t, w, event[key]) }) {
				return false
			}
		default:
			t.Fatalf("EventBridge wants a list or an object at %s, got %v", key, want)
		}
	}
	return true
}

func allows(t *testing.T, want, got any) bool {
	t.Helper()
	operator, ok := want.(map[string]any)
	if !ok {
		return want == got
	}
	but, ok := operator["anything-but"].([]any)
	if !ok || len(operator) != 1 {
		t.Fatalf("an operator that this test does not know: %v", want)
	}
	return got != nil && !slices.Contains(but, got)
}

// Catches: an event that no rule lets through, that two do, so that people are told twice, and events of another store whose names begin
// alike; a rule that may not call the function.
func TestRules(t *testing.T) {
	template := newNotifications()
	var permitted []string
	for _, id := range template.IDs("AWS::Lambda::Permission") {
		p := template.One(t, id).Properties
		templatetest.WantText(t, p["Principal"], `"events.amazonaws.com"`)
		permitted = append(permitted, templatetest.Text(p["SourceArn"]))
	}
	patterns := map[string]pattern{}
	for _, id := range template.IDs("AWS::Events::Rule") {
		p := template.One(t, id).Properties
		patterns[id] = p["EventPattern"].(map[string]any)
		templatetest.WantText(t, p["Targets"], template.IDs("AWS::Lambda::Function")[0])
		if !slices.Contains(permitted, `{"Fn::GetAtt":["`+id+`","Arn"]}`) {
			t.Errorf("%s may not call the function: %v", id, permitted)
		}
	}
	used := map[string]bool{}
	for name, sample := range samples(t) {
		var s struct{ Event map[string]any }
		if err := json.Unmarshal([]byte(sample), &s); err != nil {
			t.Fatal(err)
		}
		var by []string
		for id, p := range patterns {
			if p.matches(t, s.Event) {
				by, used[id] = append(by, id), true
			}
		}
		want := 1
		if slices.Contains(unmatched, name) {
			want = 0
		}
		if len(by) != want {
			t.Errorf("%s is let through by %v, want %d rules", name, by, want)
		}
	}
	if len(used) != len(patterns) {
		t.Errorf("there are %d rules, and samples for %d", len(patterns), len(used))
	}
}

// Catches: a store whose services outgrow what EventBridge allows in a pattern, at the deployment that adds one too many; a service
// that falls between two rules.
func TestManyPipelines(t *testing.T) {
	const pipelines = 120
	template := newNotifications(func(p *notify.NotificationsProps) {
		p.Pipelines = nil
		for i := range pipelines {
			p.Pipelines = append(p.Pipelines, notify.Pipeline{
				Name: fmt.Sprintf("a-store-of-20-letters-service%d", i), Service: fmt.Sprint(i), BreakGlass: fmt.Sprintf("/a-store-of-20-letters/platform/tools/break-glass/v1/service%d", i),
			})
		}
	})
	said := map[string]int{}
	for _, id := range template.IDs("AWS::Events::Rule") {
		p := template.One(t, id).Properties["EventPattern"].(map[string]any)
		if n := len(templatetest.Text(p)); n > 2048 {
			t.Errorf("%s has a pattern of %d characters", id, n)
		}
		detail := p["detail"].(map[string]any)
		for _, key := range []string{"pipeline", "name"} {
			names, _ := detail[key].([]any)
			for _, name := range names {
				said[fmt.Sprint(p["detail-type"], detail["state"], detail["type"], " ", name)]++
			}
		}
	}
	// Five kinds of events of every pipeline, and its broken glass; and the stop switch.
	if want := pipelines*6 + 1; len(said) != want {
		t.Errorf("%d names in all rules, want %d", len(said), want)
	}
	for name, n := range said {
		if n != 1 {
			t.Errorf("%s stands in %d rules", name, n)
		}
	}
}

// Catches: a mistake that is found by AWS, in the middle of a deployment, or one at a time.
func TestValidate(t *testing.T) {
	p := newProps(newStack())
	if err := p.Validate(); err != nil {
		t.Error(err)
	}
	p.Pipelines = append(p.Pipelines, notify.Pipeline{Name: "retail-store-catalog", BreakGlass: "glass"})
	p.Environments = append(p.Environments, notify.Environment{
		Name: "beta", Kind: "live", Account: "2", StopSwitch: p.Environments[2].StopSwitch,
		Stages: []notify.Stage{{Name: "prod-1"}, {Targets: []notify.Target{{Region: "west"}}}},
	}, notify.Environment{})
	p.Addresses = []notify.Address{{}, {Email: "oncall"}, {Email: "a@b.example"}, {Email: "a@b.example", Urgent: true}}
	p.Name, p.TopicName = "retail store", "topic.fifo"
	want := `Name: must be 1 to 30 letters, digits and hyphens, got "retail store"
TopicName: must be 1 to 256 letters, digits, _ and -, got "topic.fifo"
Pipelines[3].Name: retail-store-catalog is there twice
Pipelines[3].Service: required
Pipelines[3].BreakGlass: must be the name of a parameter, a slash first, got "glass"
Environments[3].Name: beta is there twice
Environments[3].Kind: must be one of [test preproduction production], got "live"
Environments[3].Account: must be 12 digits, got "2"
Environments[3].StopSwitch: /retail-store/platform/tools/stop/v1/prod is there twice
Environments[3].Stages[0].Name: prod-1 is there twice
Environments[3].Stages[0].Targets: at least one is required
Environments[3].Stages[1].Name: required
Environments[3].Stages[1].Targets[0].ID: required
Environments[3].Stages[1].Targets[0].Region: must be a region, got "west"
Environments[4].Name: required
Environments[4].Kind: must be one of [test preproduction production], got ""
Environments[4].Account: required
Environments[4].Stages: at least one is required
Addresses[0].Email: required
Addresses[1].Email: must be an e-mail address, got "oncall"
Addresses[3].Email: a@b.example is there twice`
	if err := p.Validate(); err == nil || err.Error() != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	empty := `Name: required
Account: required
Region: required
TopicName: required
FunctionName: required
RoleName: required
LogGroupName: required
Key: required
Pipelines: at least one is required`
	if err := (&notify.NotificationsProps{}).Validate(); err == nil || err.Error() != empty {
		t.Errorf("got\n%v\nwant\n%s", err, empty)
	}
}
