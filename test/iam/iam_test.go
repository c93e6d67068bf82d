package iam_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/test/iam"
)

const (
	role  = "arn:aws:iam::111111111111:role/shop-pipeline"
	other = "arn:aws:iam::222222222222:role/shop-deployer"
)

func statements(t *testing.T, text string) []iam.Statement {
	t.Helper()
	var document any
	require.NoError(t, json.Unmarshal([]byte(text), &document))
	s, err := iam.Parse(document)
	require.NoError(t, err)
	return s
}

// Catches: an evaluator that allows what AWS denies, or the reverse: the account boundary, explicit denies, root
// principals, and policies of resources that decide alone.
func TestEvaluate(t *testing.T) {
	allow := `{"Statement": {"Effect": "Allow", "Action": "s3:GetObject*", "Resource": "arn:aws:s3:::shop-*/*"}}`
	deny := `{"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}, {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::shop-a/*"}]}`
	none := `{"Statement": []}`
	names := `{"Statement": {"Effect": "Allow", "Principal": {"AWS": "` + role + `"}, "Action": "s3:GetObject", "Resource": "*"}}`
	root := `{"Statement": {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Action": "s3:GetObject", "Resource": "*"}}`
	everyone := `{"Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}}`
	for _, c := range []struct {
		name               string
		identity, resource string
		decides            bool
		owner              string
		allowed            bool
	}{
		{"own account, identity allows", allow, "", false, "111111111111", true},
		{"own account, nobody allows", none, "", false, "111111111111", false},
		{"own account, resource names the role", none, names, false, "111111111111", true},
		{"own account, resource names the root only", none, root, false, "111111111111", false},
		{"explicit deny", deny, names, false, "111111111111", false},
		{"a deny whose condition does not hold", allow, everyone, false, "111111111111", true},
		{"other account, identity only", allow, "", false, "222222222222", false},
		{"other account, resource only", none, names, false, "222222222222", false},
		{"other account, both, by name", allow, names, false, "222222222222", true},
		{"other account, both, by root", allow, root, false, "222222222222", true},
		{"key of the own account, identity only", allow, none, true, "111111111111", false},
		{"key of the own account, root and identity", allow, root, true, "111111111111", true},
		{"key of the own account, root alone", none, root, true, "111111111111", false},
		{"key of the own account, by name alone", none, names, true, "111111111111", true},
	} {
		p := iam.Policies{Identity: statements(t, c.identity), HasResource: c.resource != "", ResourceDecides: c.decides}
		if c.resource != "" {
			p.Resource = statements(t, c.resource)
		}
		d, err := iam.Evaluate(iam.Request{Principal: role, Action: "s3:GetObject", Resource: "arn:aws:s3:::shop-a/x", ResourceAccount: c.owner}, p)
		require.NoError(t, err, c.name)
		require.Equal(t, c.allowed, d.Allowed, "%s: %s", c.name, d.Why)
	}
}

// Catches: a service that is let in by a statement for somebody else.
func TestServices(t *testing.T) {
	trust := statements(t, `{"Statement": {"Effect": "Allow", "Principal": {"Service": "codepipeline.amazonaws.com"}, "Action": "sts:AssumeRole",
		"Condition": {"StringEquals": {"aws:SourceAccount": "111111111111"}}}}`)
	for _, c := range []struct {
		service, source string
		allowed         bool
	}{
		{"codepipeline.amazonaws.com", "111111111111", true},
		{"codepipeline.amazonaws.com", "999999999999", false},
		{"codebuild.amazonaws.com", "111111111111", false},
	} {
		d, err := iam.Evaluate(iam.Request{Principal: c.service, Action: "sts:AssumeRole", Resource: role, ResourceAccount: "111111111111",
			Context: map[string][]string{"aws:SourceAccount": {c.source}}}, iam.Policies{Resource: trust, HasResource: true, ResourceDecides: true})
		require.NoError(t, err)
		require.Equal(t, c.allowed, d.Allowed)
	}
}

// Catches: a condition operator that is read wrongly, above all where the key is missing.
func TestConditions(t *testing.T) {
	for _, c := range []struct {
		condition string
		context   map[string][]string
		holds     bool
	}{
		{`{"StringEquals": {"k": "a"}}`, map[string][]string{"k": {"a"}}, true},
		{`{"StringEquals": {"k": ["b", "a"]}}`, map[string][]string{"K": {"a"}}, true},
		{`{"StringEquals": {"k": "a"}}`, map[string][]string{"k": {"b"}}, false},
		{`{"StringEquals": {"k": "a*"}}`, map[string][]string{"k": {"ab"}}, false},
		{`{"StringEquals": {"k": "a"}}`, nil, false},
		{`{"StringEqualsIfExists": {"k": "a"}}`, nil, true},
		{`{"StringEqualsIfExists": {"k": "a"}}`, map[string][]string{"k": {"b"}}, false},
		{`{"StringNotEquals": {"k": "a"}}`, nil, true},
		{`{"StringNotEquals": {"k": ["a", "b"]}}`, map[string][]string{"k": {"b"}}, false},
		{`{"StringLike": {"k": "s3.*.amazonaws.com"}}`, map[string][]string{"k": {"s3.us-west-2.amazonaws.com"}}, true},
		{`{"ArnLike": {"k": "arn:aws:iam::111111111111:role/shop-*-pipeline"}}`, map[string][]string{"k": {"arn:aws:iam::111111111111:role/shop-ui-pipeline"}}, true},
		{`{"ArnLike": {"k": "arn:aws:iam::*:role/x"}}`, map[string][]string{"k": {"arn:aws:iam::1:2:role/x"}}, false},
		{`{"ArnLike": {"k": "arn:aws:iam::111111111111:role/shop-*-pipeline"}}`, map[string][]string{"k": {"arn:aws:iam::222222222222:role/shop-ui-pipeline"}}, false},
		{`{"ForAnyValue:StringEquals": {"k": "alias/a"}}`, map[string][]string{"k": {"alias/b", "alias/a"}}, true},
		{`{"ForAnyValue:StringEquals": {"k": "alias/a"}}`, map[string][]string{"k": {}}, false},
		{`{"ForAnyValue:StringEquals": {"k": "alias/a"}}`, nil, false},
		{`{"ForAllValues:StringEquals": {"k": "a"}}`, nil, true},
		{`{"ForAllValues:StringEquals": {"k": "a"}}`, map[string][]string{"k": {"a", "b"}}, false},
		{`{"Bool": {"k": true}}`, map[string][]string{"k": {"true"}}, true},
		{`{"Null": {"k": "true"}}`, nil, true},
		{`{"Null": {"k": "false"}}`, map[string][]string{"k": {"x"}}, true},
		{`{"NumericLessThan": {"k": "1.2"}}`, map[string][]string{"k": {"1.1"}}, true},
		{`{"StringEquals": {"k": "a", "l": "b"}}`, map[string][]string{"k": {"a"}}, false},
	} {
		s := statements(t, `{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": `+c.condition+`}}`)
		d, err := iam.Evaluate(iam.Request{Principal: role, Action: "a:b", Resource: "x", ResourceAccount: "111111111111", Context: c.context}, iam.Policies{Identity: s})
		require.NoError(t, err, c.condition)
		require.Equal(t, c.holds, d.Allowed, "%s with %v", c.condition, c.context)
	}
}

// Catches: an unknown operator or element that counts as met.
func TestUnknownIsAnError(t *testing.T) {
	for _, condition := range []string{
		`{"IpAddress": {"k": "10.0.0.0/8"}}`, `{"ForSome:StringEquals": {"k": "a"}}`, `{"StringEquals": {"k": "${aws:username}"}}`,
	} {
		s := statements(t, `{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": "*", "Condition": `+condition+`}}`)
		_, err := iam.Evaluate(iam.Request{Principal: role, Action: "a:b", Resource: "x", Context: map[string][]string{"k": {"a"}}}, iam.Policies{Identity: s})
		require.Error(t, err, condition)
	}
	for _, text := range []string{
		`[]`, `{"Statement": "x"}`, `{"Statement": {"Effect": "Maybe", "Action": "a:b"}}`, `{"Statement": {"Effect": "Allow"}}`,
		`{"Statement": {"Effect": "Allow", "Action": "a:b", "Resource": {"Ref": "X"}}}`, `{"Statement": {"Effect": "Allow", "Action": "a:b", "Actions": "c:d"}}`,
	} {
		var document any
		require.NoError(t, json.Unmarshal([]byte(text), &document))
		_, err := iam.Parse(document)
		require.Error(t, err, text)
	}
}

// Catches: wildcards that match too much or too little.
func TestMatching(t *testing.T) {
	for _, c := range []struct {
		statement        string
		action, resource string
		allowed          bool
	}{
		{`"Action": "S3:getobject", "Resource": "*"`, "s3:GetObject", "x", true},
		{`"Action": "s3:Get?bject", "Resource": "*"`, "s3:GetObject", "x", true},
		{`"Action": "s3:*", "Resource": "arn:aws:s3:::a"`, "s3:GetObject", "arn:aws:s3:::a/b", false},
		{`"Action": "s3:*", "Resource": "arn:aws:s3:::A/*"`, "s3:GetObject", "arn:aws:s3:::a/b", false},
		{`"Action": "s3:*", "Resource": "arn:aws:s3:::*b"`, "s3:GetObject", "arn:aws:s3:::abab", true},
		{`"NotAction": "iam:*", "Resource": "*"`, "s3:GetObject", "x", true},
		{`"NotAction": "s3:*", "Resource": "*"`, "s3:GetObject", "x", false},
		{`"Action": "*", "NotResource": "x"`, "s3:GetObject", "x", false},
		{`"Action": "secretsmanager:GetSecretValue", "Resource": "arn:aws:secretsmanager:r:1:secret:a/credentials-??????"`, "secretsmanager:GetSecretValue", "arn:aws:secretsmanager:r:1:secret:a/credentials-AbCdEf", true},
	} {
		s := statements(t, `{"Statement": {"Effect": "Allow", `+c.statement+`}}`)
		d, err := iam.Evaluate(iam.Request{Principal: other, Action: c.action, Resource: c.resource, ResourceAccount: "222222222222"}, iam.Policies{Identity: s})
		require.NoError(t, err)
		require.Equal(t, c.allowed, d.Allowed, c.statement)
	}
}

// Catches: two patterns that seem to have nothing in common, or everything.
func TestOverlap(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"abc", "abc", true}, {"abc", "abd", false}, {"a*", "abc", true}, {"*c", "ab*", true}, {"a*c", "*b", false}, {"a?c", "ab*", true},
		{"arn:aws:s3:::shop-*/*", "arn:aws:s3:::*/*", true}, {"arn:aws:ecs:*:1:service/a/*", "arn:aws:ecs:*:*:task-set/*/*/*", false}, {"*", "", true}, {"a", "", false},
	} {
		require.Equal(t, c.want, iam.Overlap(c.a, c.b), "%s %s", c.a, c.b)
		require.Equal(t, c.want, iam.Overlap(c.b, c.a), "%s %s", c.b, c.a)
	}
}
