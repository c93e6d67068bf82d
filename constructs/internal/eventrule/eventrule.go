package eventrule

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
)

// MaxPattern is how many characters EventBridge allows in the pattern of a rule.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html
const MaxPattern = 2048

// Pattern chooses events of things by their names.
type Pattern struct {
	// ID of the construct of the rule. Those of names that do not fit into it end in a number, from 2. Required.
	ID string
	// Description of the rule. Required.
	Description string
	// Source of the events, "aws.codepipeline". Required.
	Source string
	// Type of the events. Required.
	Type string
	// Key of the detail that has the name. Required.
	Key string
	// Detail is what else the events must have. Default: nothing.
	Detail map[string]any
}

// Of is the pattern of the events of what has these names.
func (p *Pattern) Of(names []string) map[string]any {
	detail := map[string]any{p.Key: names}
	maps.Copy(detail, p.Detail)
	return map[string]any{"source": []string{p.Source}, "detail-type": []string{p.Type}, "detail": detail}
}

// Len is how many characters the pattern of these names has.
func (p *Pattern) Len(names []string) int {
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	if err := e.Encode(p.Of(names)); err != nil {
		panic(err) // strings
	}
	return text.Len() - len("\n")
}

// Parts divides names, in their order, so that the pattern of each part is short enough; a name that is too long by itself is a part.
func (p *Pattern) Parts(names []string) [][]string {
	var parts [][]string
	for _, name := range names {
		last := len(parts) - 1
		if last < 0 || p.Len(append(slices.Clone(parts[last]), name)) > MaxPattern {
			parts = append(parts, []string{name})
			continue
		}
		parts[last] = append(parts[last], name)
	}
	return parts
}

// Target is the function that is called.
type Target struct {
	// Function is the ARN of what is called. Required.
	Function *string
	// ID of the target in its rules. Required.
	ID string
	// Input that it is called with. Default: the event.
	Input *string
}

// At calls the target at the events of what has these names, by as many rules as it takes, and by none without names.
func (t *Target) At(scope constructs.Construct, p *Pattern, names []string) []awsevents.CfnRule {
	var rules []awsevents.CfnRule
	for i, part := range p.Parts(names) {
		id := p.ID
		if i > 0 {
			id += strconv.Itoa(i + 1)
		}
		rules = append(rules, t.By(scope, id, &awsevents.CfnRuleProps{Description: &p.Description, EventPattern: p.Of(part)}))
	}
	return rules
}

// By calls the target by a rule, which it makes of props. The rule is an L1 construct: the L2 takes several calls to the kernel for what
// is known, and a pattern not as it is.
func (t *Target) By(scope constructs.Construct, id string, props *awsevents.CfnRuleProps) awsevents.CfnRule {
	props.Targets = []any{&awsevents.CfnRule_TargetProperty{Id: &t.ID, Arn: t.Function, Input: t.Input}}
	rule := awsevents.NewCfnRule(scope, &id, props)
	awslambda.NewCfnPermission(scope, jsii.String(id+"Permission"), &awslambda.CfnPermissionProps{
		Action: jsii.String("lambda:InvokeFunction"), FunctionName: t.Function, Principal: jsii.String("events.amazonaws.com"), SourceArn: rule.AttrArn(),
	})
	return rule
}
