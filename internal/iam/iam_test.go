package iam_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/iam"
)

func parse(t *testing.T, statements string) []iam.Statement {
	t.Helper()
	var document any
	if err := json.Unmarshal([]byte(`{"Statement": [`+statements+`]}`), &document); err != nil {
		t.Fatalf("%v: %s", err, statements)
	}
	return iam.Parse(document, nil)
}

// Catches: a policy that says the same in other words taken for a change, and access that is wider though few letters differ.
func TestWidened(t *testing.T) {
	const get = `{"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:a/*", "arn:b/*"]}`
	const conditional = `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": {"StringEquals": {"aws:SourceAccount": "1"}}}`
	const trust = `{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "arn:aws:iam::1:root"}}`
	for _, c := range []struct {
		name, old, renewed string
		want               string // empty: means the same, or is narrower
	}{
		{"the same", get, get, ""},
		{"split", get, `{"Effect": "Allow", "Action": "s3:PutObject", "Resource": ["arn:b/*", "arn:a/*"]}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:b/*"}, {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a/*"}`, ""},
		{"joined", `{"Effect": "Allow", "Action": "a:B", "Resource": "x"}, {"Effect": "Allow", "Action": "a:C", "Resource": "x"}`, `{"Effect": "Allow", "Action": ["a:C", "a:B"], "Resource": "x"}`, ""},
		{"narrower", get, `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:a/x"}`, ""},
		{"a wildcard in the action", get, strings.Replace(get, "s3:GetObject", "s3:Get*", 1), "s3:Get* on arn:a/*, arn:b/*"},
		{"a wildcard in the resource", get, strings.Replace(get, "arn:a/*", "arn:*", 1), "s3:GetObject, s3:PutObject on arn:*"},
		{"another action", get, strings.Replace(get, "s3:PutObject", "s3:DeleteObject", 1), "s3:DeleteObject on arn:a/*, arn:b/*"},
		{"NotAction for an action", get, `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:a/*"}`, "everything but iam:* on arn:a/*"},
		{"NotAction with less", `{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}`, `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, "everything but iam:* on everything"},
		{"NotAction with more", `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, `{"Effect": "Allow", "NotAction": ["iam:*", "sts:*"], "Resource": "*"}`, ""},
		{"an action of a NotAction", `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`, ""},
		{"what NotAction left out", `{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}`, `{"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}`, "iam:PassRole on everything"},
		{"NotResource", get, `{"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:c"}`, "s3:GetObject on everything but arn:c"},
		{"a condition removed", conditional, `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`, "s3:GetObject on everything (before: if aws:SourceAccount StringEquals 1)"},
		{"a condition added", `{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}`, conditional, ""},
		{"a condition with another value", conditional, strings.Replace(conditional, `"1"`, `["1", "2"]`, 1), "s3:GetObject on everything if aws:SourceAccount StringEquals 1 or 2 (before: if aws:SourceAccount StringEquals 1)"},
		{"a condition with fewer values", strings.Replace(conditional, `"1"`, `["1", "2"]`, 1), conditional, ""},
		{"a condition with a pattern", conditional, strings.NewReplacer("StringEquals", "StringLike", `"1"`, `"1*"`).Replace(conditional), "s3:GetObject on everything if aws:SourceAccount StringLike 1* (before: if aws:SourceAccount StringEquals 1)"},
		{"a pattern that becomes a value", strings.NewReplacer("StringEquals", "StringLike", `"1"`, `"1*"`).Replace(conditional), conditional, ""},
		{"a condition that passes without the key", conditional, strings.Replace(conditional, "StringEquals", "StringEqualsIfExists", 1), "s3:GetObject on everything if aws:SourceAccount StringEqualsIfExists 1 (before: if aws:SourceAccount StringEquals 1)"},
		{"a negated condition with less", strings.NewReplacer("StringEquals", "StringNotEquals", `"1"`, `["1", "2"]`).Replace(conditional), strings.Replace(conditional, "StringEquals", "StringNotEquals", 1), "s3:GetObject on everything if aws:SourceAccount StringNotEquals 1 (before: if aws:SourceAccount StringNotEquals 1 or 2)"},
		{"a deny that goes", get + `, {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}`, get, "no longer denied: everything on everything if aws:SecureTransport Bool false"},
		{"a deny that comes", get, get + `, {"Effect": "Deny", "Action": "*", "Resource": "*"}`, ""},
		{"a deny that is narrower", get + `, {"Effect": "Deny", "Action": ["a:B", "a:C"], "Resource": "*"}`, get + `, {"Effect": "Deny", "Action": "a:B", "Resource": "*"}`, "no longer denied: a:C on everything"},
		{"the account in another way", trust, strings.Replace(trust, "arn:aws:iam::1:root", "1", 1), ""},
		{"another account", trust, strings.Replace(trust, "::1:", "::2:", 1), "sts:AssumeRole for AWS:2"},
		{"everyone", trust, strings.Replace(trust, `{"AWS": "arn:aws:iam::1:root"}`, `"*"`, 1), "sts:AssumeRole for everyone"},
		{"a service", trust, strings.Replace(trust, `"AWS": "arn:aws:iam::1:root"`, `"AWS": "1", "Service": "ec2.amazonaws.com"`, 1), "sts:AssumeRole for Service:ec2.amazonaws.com"},
		{"everyone but", trust, strings.Replace(trust, `"Principal"`, `"NotPrincipal"`, 1), "sts:AssumeRole for everything but AWS:1"},
		{"a function", `{"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::GetAtt": ["B", "Arn"]}}`, `{"Effect": "Allow", "Action": "s3:*", "Resource": [{"Fn::Sub": "${B.Arn}"}]}`, ""},
		{"all of a function", `{"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::GetAtt": ["B", "Arn"]}}`, `{"Effect": "Allow", "Action": "s3:*", "Resource": {"Fn::Join": ["", [{"Fn::GetAtt": ["B", "Arn"]}, "*"]]}}`, "s3:* on ${B.Arn}*"},
	} {
		var got []string
		for _, g := range iam.Widened(parse(t, c.old), parse(t, c.renewed)) {
			got = append(got, g.String())
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s:\ngot  %s\nwant %s", c.name, strings.Join(got, "; "), c.want)
		}
	}
}

// Catches: a pattern that is said to cover what it does not.
func TestCovers(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"*", "x", true}, {"a*", "ab", true}, {"a*", "a*", true}, {"a*", "*", false}, {"a?c", "abc", true}, {"a?c", "a*c", false},
		{"a*c", "a?c", true}, {"a*b*c", "axbyc", true}, {"a*b*c", "ab*c", true}, {"a", "a*", false}, {"", "a", false}, {"a*", "b", false},
		{"*a", "aab*a", true}, {"??", "a", false},
	} {
		if got := iam.Covers(c.a, c.b); got != c.want {
			t.Errorf("%s covers %s: %v", c.a, c.b, got)
		}
	}
}
