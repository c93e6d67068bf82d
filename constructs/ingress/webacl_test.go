package ingress_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2/awskms"
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"

	"github.com/storeship/storeship/constructs/ingress"
	"github.com/storeship/storeship/constructs/internal/templatetest"
	"github.com/storeship/storeship/constructs/network"
)

// rules are the web ACL's rules by name.
func rules(tb testing.TB, t templatetest.Template) map[string]map[string]any {
	tb.Helper()
	byName := map[string]map[string]any{}
	seen := map[any]bool{}
	for _, r := range t.Only(tb, "AWS::WAFv2::WebACL").Properties["Rules"].([]any) {
		rule := r.(map[string]any)
		byName[rule["Name"].(string)] = rule
		if seen[rule["Priority"]] {
			tb.Errorf("two rules have priority %v", rule["Priority"])
		}
		seen[rule["Priority"]] = true
	}
	return byName
}

// Catches a managed group that was lost or turned to counting, and an ACL that is not in front of the load balancer.
func TestManagedRules(t *testing.T) {
	tmpl := newPublic(nil)
	byName := rules(t, tmpl)
	for _, name := range []string{
		"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet",
	} {
		templatetest.WantText(t, byName[name], `"OverrideAction":{"None":{}}`, `"VendorName":"AWS"`)
		if strings.Contains(templatetest.Text(byName[name]), "RuleActionOverrides") {
			t.Errorf("%s counts something", name)
		}
	}
	templatetest.WantText(t, byName["RateLimit"], `"AggregateKeyType":"IP"`, `"Limit":10000`, `"Action":{"Block":{}}`)
	acl := tmpl.IDs("AWS::WAFv2::WebACL")[0]
	templatetest.WantText(t, tmpl.Only(t, "AWS::WAFv2::WebACLAssociation").Properties,
		`"ResourceArn":{"Ref":"`+tmpl.IDs("AWS::ElasticLoadBalancingV2::LoadBalancer")[0]+`"}`, `"WebACLArn":{"Fn::GetAtt":["`+acl+`","Arn"]}`)
}

// Catches an exception for uploads that lets more through than the one rule, and a limit that cannot be taken off.
func TestExceptions(t *testing.T) {
	none := 0
	byName := rules(t, newPublic(func(p *ingress.PublicProps) {
		p.CountOnly, p.RateLimit = []string{"SizeRestrictions_BODY"}, &none
	}))
	templatetest.WantText(t, byName["AWSManagedRulesCommonRuleSet"], `"OverrideAction":{"None":{}}`,
		`"RuleActionOverrides":[{"ActionToUse":{"Count":{}},"Name":"SizeRestrictions_BODY"}]`)
	if byName["RateLimit"] != nil {
		t.Error("0 means no limit")
	}
}

// Catches a block that compares the path as it was sent, blocks another host's path, or moves other rules when it comes.
func TestBlocks(t *testing.T) {
	ui := ingress.Block{Service: "ui", Paths: []string{"/utility/*", "/proxy/*"}}
	admin := ingress.Block{Service: "admin", Host: "admin.beta.shop.example.com", Paths: []string{"/debug"}}
	without, with := rules(t, newPublic(nil)), rules(t, newPublic(func(p *ingress.PublicProps) { p.Blocks = []ingress.Block{ui, admin} }))
	for name, rule := range without {
		if templatetest.Text(rule) != templatetest.Text(with[name]) {
			t.Errorf("a block changes the rule %s", name)
		}
	}
	transformations := `"TextTransformations":[{"Priority":0,"Type":"URL_DECODE_UNI"},{"Priority":1,"Type":"NORMALIZE_PATH"},` +
		`{"Priority":2,"Type":"LOWERCASE"}]`
	for name, regexes := range map[string][]string{
		"Block-ui":    {`^/utility(;[^/]*)?/`, `^/proxy(;[^/]*)?/`},
		"Block-admin": {`^/debug(;[^/]*)?/?$`},
		"HiddenSteps": {`/\\.{0,2};[^/]*/`},
	} {
		templatetest.WantText(t, with[name], `"Action":{"Block":{}}`)
		for _, re := range regexes {
			templatetest.WantText(t, with[name], fmt.Sprintf(`{"RegexMatchStatement":{"FieldToMatch":{"UriPath":{}},"RegexString":"%s",%s}}`, re, transformations))
		}
	}
	templatetest.WantText(t, with["Block-ui"]["Statement"], `{"OrStatement":{"Statements":[`)
	templatetest.WantText(t, with["Block-admin"]["Statement"], `{"AndStatement":{"Statements":[{"ByteMatchStatement":{"FieldToMatch":{"SingleHeader":{"Name":"host"}},`+
		`"PositionalConstraint":"STARTS_WITH","SearchString":"admin.beta.shop.example.com"`)
}

// Catches a template that changes with the order of lists that have none.
func TestBlockOrderDoesNotMatter(t *testing.T) {
	a, b := ingress.Block{Service: "a", Paths: []string{"/1", "/2"}}, ingress.Block{Service: "b", Paths: []string{"/3"}}
	a2 := ingress.Block{Service: "a", Paths: []string{"/2", "/1"}}
	one := newPublic(func(p *ingress.PublicProps) { p.Blocks = []ingress.Block{a, b} })
	two := newPublic(func(p *ingress.PublicProps) { p.Blocks = []ingress.Block{b, a2} })
	if templatetest.Text(one) != templatetest.Text(two) {
		t.Error("the templates differ")
	}
}

// Catches logs that WAF refuses to write (a name or an ARN in the wrong form), that show customers' sessions, that are not
// encrypted with the given key, or whose name is taken when the stack is created again.
func TestWebACLLogs(t *testing.T) {
	tmpl := newPublic(func(p *ingress.PublicProps) {
		p.LogKey = awskms.NewKey(p.Logs, jsii.String("Key"), nil)
		p.LogRetentionDays = 30
	})
	group := tmpl.Only(t, "AWS::Logs::LogGroup")
	id := tmpl.IDs("AWS::Logs::LogGroup")[0]
	templatetest.WantText(t, group.Properties, `["aws-waf-logs-shop-beta-ingress-Public-",{"Fn::Select":`, `{"Ref":"AWS::StackId"}`,
		`"RetentionInDays":30`, `"KmsKeyId":{"Fn::GetAtt":["LogsKey`)
	if group.DeletionPolicy != "RetainExceptOnCreate" {
		t.Errorf("deletion policy %s", group.DeletionPolicy)
	}
	logging := tmpl.Only(t, "AWS::WAFv2::LoggingConfiguration")
	templatetest.WantText(t, logging.Properties,
		`"LogDestinationConfigs":[{"Fn::Join":["",["arn:`, `:logs:us-west-2:222222222222:log-group:",{"Ref":"`+id+`"}]]}]`,
		`"RedactedFields":[{"SingleHeader":{"Name":"authorization"}},{"SingleHeader":{"Name":"cookie"}}]`,
		`"DefaultBehavior":"DROP"`, `{"ActionCondition":{"Action":"BLOCK"}}`)
	if !dependsOn(tmpl, logging, "AWS::Logs::ResourcePolicy") {
		t.Error("the logging does not wait for its permission")
	}
	templatetest.WantText(t, tmpl.Only(t, "AWS::Logs::ResourcePolicy").Properties,
		`delivery.logs.amazonaws.com`, `\"aws:SourceAccount\":\"222222222222\"`, `"PolicyName":"shop-beta-ingress-Public-web-acl-logs"`)
}

func natAddresses(scope constructs.Construct, n int) []string {
	t := target(domain)
	t.Environment.Network.AvailabilityZones, t.Environment.Network.NatGateways = n, n
	return network.FromParameters(scope, "Addresses", t).NatAddresses()
}
