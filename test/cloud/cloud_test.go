package cloud_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/test/cloud"
	"github.com/storeship/storeship/test/harness"
)

const manifest = `{"version": "54.0.0", "artifacts": {
	"Platform": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/us-west-2", "properties": {"templateFile": "platform.json", "stackName": "shop-platform"}},
	"Service": {"type": "aws:cloudformation:stack", "environment": "aws://222222222222/us-west-2", "properties": {"templateFile": "service.json", "stackName": "shop-ui"}},
	"Tools": {"type": "aws:cloudformation:stack", "environment": "aws://111111111111/us-west-2", "properties": {"templateFile": "tools.json", "stackName": "shop-tools"}}}}`

const platform = `{"Resources": {
	"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}},
	"Zones": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": "/shop/subnets", "Type": "StringList", "Value": {"Fn::Join": [",", ["a", "b"]]}}},
	"VpcId": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": {"Fn::Sub": "/${AWS::Region}/vpc"}, "Type": "String", "Value": {"Ref": "Vpc"}}}}}`

const service = `{"Parameters": {
		"Vpc": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/us-west-2/vpc"},
		"Subnets": {"Type": "AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>", "Default": "/shop/subnets"},
		"Nowhere": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/shop/nowhere"}},
	"Conditions": {"Never": {"Fn::Equals": ["a", {"Ref": "AWS::Region"}]}},
	"Resources": {
		"Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shop-ui", "AssumeRolePolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole",
			"Principal": {"AWS": "arn:aws:iam::111111111111:root"}, "Condition": {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::111111111111:role/shop-*-pipeline"}}}}}},
		"Policy": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": [{"Ref": "Role"}], "PolicyDocument": {"Statement": [
			{"Effect": "Allow", "Action": "s3:GetObject", "Resource": {"Fn::Sub": "arn:aws:s3:::shop-artifacts/*"}},
			{"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "arn:aws:kms:*:111111111111:key/*"}]}}},
		"Gone": {"Type": "AWS::SQS::Queue", "Condition": "Never"},
		"Group": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"VpcId": {"Ref": "Vpc"}, "Subnets": {"Ref": "Subnets"}, "First": {"Fn::Select": [0, {"Ref": "Subnets"}]},
			"No": {"Ref": "AWS::NoValue"}, "Yes": {"Fn::If": ["Never", 1, {"Fn::Join": ["-", ["x", {"Fn::GetAtt": ["Role", "Arn"]}]]}]}, "Lost": {"Ref": "Nowhere"}, "Import": {"Fn::ImportValue": "y"}}}}}`

const tools = `{"Resources": {
	"Key": {"Type": "AWS::KMS::Key", "Properties": {"KeyPolicy": {"Statement": {"Effect": "Allow", "Action": "kms:Decrypt", "Resource": "*",
		"Principal": {"AWS": "arn:aws:iam::222222222222:root"}, "Condition": {"StringEquals": {"kms:ViaService": "s3.us-west-2.amazonaws.com"}}}}}},
	"Alias": {"Type": "AWS::KMS::Alias", "Properties": {"AliasName": "alias/shop", "TargetKeyId": {"Fn::GetAtt": ["Key", "Arn"]}}},
	"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "shop-artifacts"}},
	"BucketPolicy": {"Type": "AWS::S3::BucketPolicy", "Properties": {"Bucket": {"Ref": "Bucket"}, "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "s3:GetObject*",
		"Resource": {"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}, "Principal": {"AWS": "arn:aws:iam::222222222222:root"}}}}},
	"Pipeline": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "shop-ui-pipeline", "AssumeRolePolicyDocument": {"Statement": []},
		"Policies": [{"PolicyDocument": {"Statement": {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}}}]}}}}`

func deploy(t *testing.T) *cloud.Cloud {
	t.Helper()
	dir := t.TempDir()
	for name, content := range map[string]string{"manifest.json": manifest, "platform.json": platform, "service.json": service, "tools.json": tools} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644))
	}
	a, err := assembly.Open(dir)
	require.NoError(t, err)
	c, err := cloud.Deploy(a, cloud.Bootstrap{Template: harness.BootstrapTemplate(), Trust: "111111111111"})
	require.NoError(t, err)
	return c
}

// Catches: a reference that is resolved to nothing, or to a stack of another account.
func TestDeploy(t *testing.T) {
	c := deploy(t)
	groups := c.Of("AWS::EC2::SecurityGroup")
	require.Len(t, groups, 1)
	require.Equal(t, map[string]any{
		"VpcId": "shop-platform-Vpc", "Subnets": []any{"a", "b"}, "First": "a", "Yes": "x-arn:aws:iam::222222222222:role/shop-ui", "Lost": "", "Import": "",
	}, groups[0].Properties)
	require.Empty(t, c.Of("AWS::SQS::Queue"))
	require.Equal(t, []string{
		"shop-ui in 222222222222 us-west-2: reads the SSM parameter /shop/nowhere, which no stack there writes",
		"shop-ui in 222222222222 us-west-2: uses Fn::ImportValue, which ties stacks together or is not known here",
	}, c.Problems)
}

// Catches: policies that are not found, or are found for the wrong role or resource. The bootstrap's roles are the CLI's own.
func TestCan(t *testing.T) {
	c := deploy(t)
	const role, pipeline = "arn:aws:iam::222222222222:role/shop-ui", "arn:aws:iam::111111111111:role/shop-ui-pipeline"
	const deployRole = "arn:aws:iam::222222222222:role/cdk-hnb659fds-deploy-role-222222222222-us-west-2"
	const exec = "arn:aws:iam::222222222222:role/cdk-hnb659fds-cfn-exec-role-222222222222-us-west-2"
	const key = "arn:aws:kms:us-west-2:111111111111:key/shop-tools-us-west-2-Key"
	via := map[string][]string{"kms:ViaService": {"s3.us-west-2.amazonaws.com"}}
	for _, x := range []struct {
		principal, action, resource string
		context                     map[string][]string
		allowed                     bool
	}{
		{role, "s3:GetObject", "arn:aws:s3:::shop-artifacts/x", nil, true},
		{role, "s3:PutObject", "arn:aws:s3:::shop-artifacts/x", nil, false},
		{role, "kms:Decrypt", key, via, true},
		{role, "kms:Decrypt", key, map[string][]string{"kms:ViaService": {"s3.us-east-1.amazonaws.com"}}, false},
		{pipeline, "s3:GetObject", "arn:aws:s3:::shop-artifacts/x", nil, false},
		{pipeline, "sts:AssumeRole", role, nil, true},
		{pipeline, "sts:AssumeRole", deployRole, nil, true},
		{pipeline, "sts:AssumeRole", exec, nil, false},
		{role, "sts:AssumeRole", role, nil, false},
		{deployRole, "s3:GetObject", "arn:aws:s3:::shop-artifacts/x", nil, true},
		{deployRole, "kms:Decrypt", key, via, true},
		{deployRole, "iam:PassRole", exec, nil, true},
		{deployRole, "iam:PassRole", role, nil, false},
		{exec, "iam:CreateRole", role, nil, true},
		{"cloudformation.amazonaws.com", "sts:AssumeRole", exec, nil, true},
		{"ecs.amazonaws.com", "sts:AssumeRole", exec, nil, false},
	} {
		d, err := c.Can(x.principal, x.action, x.resource, x.context)
		require.NoError(t, err)
		require.Equal(t, x.allowed, d.Allowed, "%s %s %s: %s", x.principal, x.action, x.resource, d.Why)
	}
	for _, x := range [][3]string{
		{"arn:aws:iam::222222222222:role/nobody", "s3:GetObject", "arn:aws:s3:::shop-artifacts/x"},
		{role, "s3:GetObject", "arn:aws:s3:::nowhere/x"},
		{role, "kms:Decrypt", "arn:aws:kms:us-west-2:111111111111:alias/shop"},
		{role, "sts:AssumeRole", "arn:aws:iam::222222222222:role/nobody"},
	} {
		_, err := c.Can(x[0], x[1], x[2], nil)
		require.Error(t, err, x)
	}
}
