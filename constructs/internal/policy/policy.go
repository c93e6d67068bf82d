package policy

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/internal/once"
)

// metadataKey is where cdk-nag looks for acknowledged findings in a template.
// https://github.com/cdklabs/cdk-nag#suppressing-a-rule
const metadataKey = "cdk_nag"

// Finding is one rule that a resource breaks on purpose.
type Finding struct {
	// Rule is the rule's id, "AwsSolutions-IAM5". Required.
	Rule string
	// Reason that a security reviewer would accept, in a sentence. Required.
	Reason string
	// AppliesTo limits the acknowledgement to the exact finding, "Resource::*". Required for rules that report one
	// finding per statement. Default: the whole rule, on this resource only.
	AppliesTo []string
}

// Acknowledge records the findings on the one CloudFormation resource that c is or has as its default child, after those that
// were recorded before.
func Acknowledge(c constructs.IConstruct, findings ...Finding) {
	resource := Resource(c)
	record(resource, recorded(resource), findings)
}

// AcknowledgeOnce is Acknowledge for findings of which each applies to one thing, without those that are recorded already.
func AcknowledgeOnce(resource awscdk.CfnResource, findings ...Finding) {
	rules := recorded(resource)
	said := fmt.Sprint(rules...)
	var fresh []Finding
	for _, f := range findings {
		if mark := fmt.Sprint(f.AppliesTo); !strings.Contains(said, mark) {
			said += mark
			fresh = append(fresh, f)
		}
	}
	if len(fresh) > 0 {
		record(resource, rules, fresh)
	}
}

// AcknowledgeFirst is Acknowledge for a resource that nothing was recorded on yet, such as one that was just created: it need
// not ask, and a store has hundreds of them.
func AcknowledgeFirst(c constructs.IConstruct, findings ...Finding) {
	record(Resource(c), nil, findings)
}

// recorded are the rules of the findings that were recorded on a resource.
func recorded(resource awscdk.CfnResource) []any {
	old, _ := resource.GetMetadata(jsii.String(metadataKey)).(map[string]any)
	rules, _ := old["rules_to_suppress"].([]any)
	return rules
}

// Resource is the one CloudFormation resource that c is or has as its default child. It asks the kernel once, where a node and its
// default child are two questions, and a store has hundreds of resources.
func Resource(c constructs.IConstruct) awscdk.CfnResource {
	if resource, ok := c.(awscdk.CfnResource); ok {
		return resource
	}
	resources := once.Of("ConstructSelector.cfnResource", awscdk.ConstructSelector_CfnResource)
	return (*resources.Select(c))[0].(awscdk.CfnResource)
}

// LogicalID is the logical id of a resource for a text of a finding, which a policy pack reads before tokens are resolved.
func LogicalID(resource awscdk.CfnResource) string {
	return *once.StackOf(resource).GetLogicalId(resource)
}

func record(resource awscdk.CfnResource, rules []any, findings []Finding) {
	for _, f := range findings {
		rule := map[string]any{"id": f.Rule, "reason": f.Reason}
		if len(f.AppliesTo) > 0 {
			list := make([]any, len(f.AppliesTo))
			for i, a := range f.AppliesTo {
				list[i] = a
			}
			rule["applies_to"] = list
		}
		rules = append(rules, rule)
	}
	resource.AddMetadata(jsii.String(metadataKey), map[string]any{"rules_to_suppress": rules})
}
