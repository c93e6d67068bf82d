package policy_test

import (
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/policy"
	"github.com/storeship/storeship/constructs/internal/templatetest"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

// A second acknowledgement that replaces the first opens the first finding again; one on another resource hides a finding
// that nobody looked at.
func TestAcknowledge(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Shop"), nil)
	queue := awssqs.NewQueue(stack, jsii.String("Queue"), nil)
	awssqs.NewQueue(stack, jsii.String("Other"), nil)
	policy.AcknowledgeFirst(queue, policy.Finding{Rule: "A", Reason: "first", AppliesTo: []string{"Resource::*"}})
	policy.Acknowledge(queue, policy.Finding{Rule: "B", Reason: "second"})
	for range 2 {
		star, more := policy.Finding{Rule: "A", Reason: "again", AppliesTo: []string{"Resource::*"}}, policy.Finding{Rule: "A", Reason: "third", AppliesTo: []string{"Resource::a*"}}
		policy.AcknowledgeOnce(queue.Node().DefaultChild().(awscdk.CfnResource), star, more, more)
	}

	resources := (*assertions.Template_FromStack(stack, nil).ToJSON())["Resources"].(map[string]any)
	for id, r := range resources {
		metadata, _ := r.(map[string]any)["Metadata"].(map[string]any)
		got := templatetest.Text(metadata["cdk_nag"])
		want := "null"
		if id == *stack.GetLogicalId(queue.Node().DefaultChild().(awscdk.CfnElement)) {
			want = `{"rules_to_suppress":[{"applies_to":["Resource::*"],"id":"A","reason":"first"},{"id":"B","reason":"second"},` +
				`{"applies_to":["Resource::a*"],"id":"A","reason":"third"}]}`
		}
		if got != want {
			t.Errorf("%s has %s, want %s", id, got, want)
		}
	}
	if len(resources) != 2 {
		t.Errorf("%d resources, want 2", len(resources))
	}
}
