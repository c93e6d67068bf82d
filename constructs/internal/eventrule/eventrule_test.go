package eventrule_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/eventrule"
	"github.com/storeship/storeship/constructs/internal/templatetest"
)

func TestMain(m *testing.M) { templatetest.Main(m) }

func newPattern() *eventrule.Pattern {
	return &eventrule.Pattern{
		ID: "Failed", Description: "what fails", Source: "aws.codepipeline", Type: "CodePipeline Pipeline Execution State Change", Key: "pipeline",
		Detail: map[string]any{"state": []string{"FAILED"}, "note": []string{"<&>"}},
	}
}

// names are n names, the first of which are longer than the last.
func names(n int) []string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprint(strings.Repeat("x", n-i), "-", i))
	}
	return all
}

// Catches: a pattern that EventBridge refuses, by a character too many; a rule more than it takes; a name that is lost between two rules,
// that two have, or that is alone because nothing is short enough; a rule of no names, which every event of the account would match.
func TestParts(t *testing.T) {
	p := newPattern()
	for n := range 150 {
		all := names(n)
		parts := p.Parts(all)
		if got := slices.Concat(parts...); !slices.Equal(got, all) {
			t.Errorf("%d names: got %v", n, got)
		}
		for i, part := range parts {
			text, err := json.Marshal(p.Of(part))
			if err != nil {
				t.Fatal(err)
			}
			exact := len(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">", `\u0026`, "&").Replace(string(text)))
			if p.Len(part) != exact || exact > eventrule.MaxPattern {
				t.Errorf("%d names: part %d has %d characters, Len says %d", n, i, exact, p.Len(part))
			}
			if i+1 < len(parts) && p.Len(append(slices.Clone(part), parts[i+1][0])) <= eventrule.MaxPattern {
				t.Errorf("%d names: part %d has room for %s", n, i, parts[i+1][0])
			}
		}
	}
	long := strings.Repeat("x", eventrule.MaxPattern)
	if got := p.Parts([]string{"a", long, "b"}); !reflect.DeepEqual(got, [][]string{{"a"}, {long}, {"b"}}) {
		t.Errorf("got %d parts", len(got))
	}
}

// Catches: a rule that may not call the function, one that calls it with something else than its events, and ids that change when names are
// added at the end.
func TestAt(t *testing.T) {
	stack := awscdk.NewStack(awscdk.NewApp(nil), jsii.String("Stack"), nil)
	to := &eventrule.Target{ID: "Message", Function: jsii.String("arn:aws:lambda:us-west-2:111111111111:function:f")}
	if rules := to.At(stack, newPattern(), names(80)); len(rules) != 2 {
		t.Errorf("%d rules, want 2", len(rules))
	}
	if rules := to.At(stack, newPattern(), nil); len(rules) != 0 {
		t.Errorf("%d rules of no names", len(rules))
	}
	template := templatetest.Synth(stack)
	for _, id := range []string{"Failed", "Failed2"} {
		rule := template.One(t, id)
		templatetest.WantText(t, rule.Properties, `"Description":"what fails"`, `"detail-type":["CodePipeline Pipeline Execution State Change"]`,
			`"state":["FAILED"]`, `"Targets":[{"Arn":"arn:aws:lambda:us-west-2:111111111111:function:f","Id":"Message"}]`)
		templatetest.WantText(t, template.One(t, id+"Permission").Properties, `"Action":"lambda:InvokeFunction"`,
			`"FunctionName":"arn:aws:lambda:us-west-2:111111111111:function:f"`, `"Principal":"events.amazonaws.com"`,
			`"SourceArn":{"Fn::GetAtt":["`+id+`","Arn"]}`)
	}
}
