package ingress

import (
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"
)

// commonRules are the rules of the AWSManagedRulesCommonRuleSet.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
var commonRules = []string{
	"NoUserAgent_HEADER", "UserAgent_BadBots_HEADER",
	"SizeRestrictions_QUERYSTRING", "SizeRestrictions_Cookie_HEADER", "SizeRestrictions_BODY", "SizeRestrictions_URIPATH",
	"EC2MetaDataSSRF_BODY", "EC2MetaDataSSRF_COOKIE", "EC2MetaDataSSRF_URIPATH", "EC2MetaDataSSRF_QUERYARGUMENTS",
	"GenericLFI_QUERYARGUMENTS", "GenericLFI_URIPATH", "GenericLFI_BODY",
	"RestrictedExtensions_URIPATH", "RestrictedExtensions_QUERYARGUMENTS",
	"GenericRFI_QUERYARGUMENTS", "GenericRFI_BODY", "GenericRFI_URIPATH",
	"CrossSiteScripting_COOKIE", "CrossSiteScripting_QUERYARGUMENTS", "CrossSiteScripting_BODY", "CrossSiteScripting_URIPATH",
}

// newWebACL creates the web ACL, which allows what no rule blocks.
//
// AWS counts its capacity in units (WCU), and charges for requests to one that has more than 1500; 5000 is the limit. The
// managed groups take 25 (reputation), 200 (known bad inputs) and 700 (common), the rate limit 2. A regular expression
// takes 3 and its three transformations 30, which AWS charges once for all rules that apply the same ones to the path:
// with the most paths, [maxBlockedPaths], that is some 1300. Were they charged every time, it would still be below 5000.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-waf-capacity-units.html
func (p *Public) newWebACL(props *PublicProps) awswafv2.CfnWebACL {
	// The order of the rules says only which of them gets the blame. The blocks come last, so that one more moves no other
	// rule. L1, because CDK has no L2 of web ACLs.
	rules := []any{
		managed(0, "AWSManagedRulesAmazonIpReputationList", nil),
		managed(1, "AWSManagedRulesKnownBadInputsRuleSet", nil),
		managed(2, "AWSManagedRulesCommonRuleSet", props.CountOnly),
		blocking(3, "HiddenSteps", pathStatement(hiddenStep)),
	}
	if *props.RateLimit > 0 {
		rules = append(rules, blocking(4, "RateLimit", &awswafv2.CfnWebACL_StatementProperty{
			RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{
				AggregateKeyType: jsii.String("IP"), Limit: jsii.Number(float64(*props.RateLimit)), EvaluationWindowSec: jsii.Number(300),
			},
		}))
	}
	for i, b := range props.Blocks {
		rules = append(rules, blocking(10+i, "Block-"+b.Service, blockStatement(b)))
	}
	return awswafv2.NewCfnWebACL(p, jsii.String("WebAcl"), &awswafv2.CfnWebACLProps{
		Description:      jsii.String("What the public load balancer lets through"),
		Scope:            jsii.String("REGIONAL"),
		DefaultAction:    &awswafv2.CfnWebACL_DefaultActionProperty{Allow: &awswafv2.CfnWebACL_AllowActionProperty{}},
		VisibilityConfig: visibility("WebAcl"),
		Rules:            &rules,
	})
}

// managed is a rule group of AWS in its default version, which AWS keeps current. The named rules of it only count.
func managed(priority int, name string, countOnly []string) *awswafv2.CfnWebACL_RuleProperty {
	group := &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{VendorName: jsii.String("AWS"), Name: &name}
	var overrides []any
	for _, rule := range countOnly {
		overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
			Name:        jsii.String(rule),
			ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: &awswafv2.CfnWebACL_CountActionProperty{}},
		})
	}
	if len(overrides) > 0 {
		group.RuleActionOverrides = &overrides
	}
	return &awswafv2.CfnWebACL_RuleProperty{
		Name:             &name,
		Priority:         jsii.Number(float64(priority)),
		OverrideAction:   &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
		Statement:        &awswafv2.CfnWebACL_StatementProperty{ManagedRuleGroupStatement: group},
		VisibilityConfig: visibility(name),
	}
}

// blocking answers with 403 what the statement matches.
func blocking(priority int, name string, statement *awswafv2.CfnWebACL_StatementProperty) *awswafv2.CfnWebACL_RuleProperty {
	return &awswafv2.CfnWebACL_RuleProperty{
		Name:             &name,
		Priority:         jsii.Number(float64(priority)),
		Action:           &awswafv2.CfnWebACL_RuleActionProperty{Block: &awswafv2.CfnWebACL_BlockActionProperty{}},
		Statement:        statement,
		VisibilityConfig: visibility(name),
	}
}

func blockStatement(b Block) *awswafv2.CfnWebACL_StatementProperty {
	var paths []any
	for _, path := range b.Paths {
		paths = append(paths, pathStatement(pathRegex(path)))
	}
	statement, _ := paths[0].(*awswafv2.CfnWebACL_StatementProperty)
	if len(paths) > 1 {
		statement = &awswafv2.CfnWebACL_StatementProperty{OrStatement: &awswafv2.CfnWebACL_OrStatementProperty{Statements: &paths}}
	}
	if b.Host == "" {
		return statement
	}
	// A host header may have a port or a dot behind the name.
	host := &awswafv2.CfnWebACL_StatementProperty{ByteMatchStatement: &awswafv2.CfnWebACL_ByteMatchStatementProperty{
		FieldToMatch:         &awswafv2.CfnWebACL_FieldToMatchProperty{SingleHeader: map[string]any{"Name": "host"}},
		PositionalConstraint: jsii.String("STARTS_WITH"),
		SearchString:         jsii.String(strings.ToLower(b.Host)),
		TextTransformations:  transformations("LOWERCASE"),
	}}
	return &awswafv2.CfnWebACL_StatementProperty{
		AndStatement: &awswafv2.CfnWebACL_AndStatementProperty{Statements: &[]any{host, statement}},
	}
}

// pathStatement compares the path as the application will see it: a listener rule compares it as it was sent, and
// "/%75tility/" would pass one that forbids "/utility/".
func pathStatement(regex string) *awswafv2.CfnWebACL_StatementProperty {
	return &awswafv2.CfnWebACL_StatementProperty{RegexMatchStatement: &awswafv2.CfnWebACL_RegexMatchStatementProperty{
		FieldToMatch:        &awswafv2.CfnWebACL_FieldToMatchProperty{UriPath: map[string]any{}},
		RegexString:         jsii.String(regex),
		TextTransformations: transformations("URL_DECODE_UNI", "NORMALIZE_PATH", "LOWERCASE"),
	}}
}

func transformations(types ...string) *[]any {
	var list []any
	for i, t := range types {
		list = append(list, &awswafv2.CfnWebACL_TextTransformationProperty{
			Priority: jsii.Number(float64(i)), Type: jsii.String(t),
		})
	}
	return &list
}

func visibility(metric string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
	return &awswafv2.CfnWebACL_VisibilityConfigProperty{
		MetricName: &metric, CloudWatchMetricsEnabled: jsii.Bool(true), SampledRequestsEnabled: jsii.Bool(true),
	}
}
