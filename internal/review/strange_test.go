package review_test

import (
	"strings"
	"testing"
)

// strange are templates that CloudFormation would refuse, or that nobody writes.
var strange = []string{
	`{}`,
	`{"Resources": []}`,
	`{"Resources": {"R": []}}`,
	`{"Resources": {"R": {"Type": 3}}}`,
	`{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": []}}}`,
	`{"Resources": {"R": {"Type": "AWS::IAM::Role", "Metadata": "m", "Properties": {"Policies": "p", "AssumeRolePolicyDocument": {"Statement": ["x", {"Action": 3, "Resource": {"a": []}, "Condition": ["c"], "Principal": [null]}]}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::IAM::Role", "Properties": {"ManagedPolicyArns": {"Ref": "P"}, "Policies": [{"PolicyDocument": {"Statement": {"Fn::If": ["C", {"Effect": "Allow"}, 1]}}}]}}}}`,
	`{"Resources": {"R": {"Type": "AWS::IAM::Policy", "Properties": {"Roles": "r", "PolicyDocument": "{\"Statement\": 3}"}}}}`,
	`{"Resources": {"R": {"Type": "AWS::EC2::SecurityGroup", "Properties": {"SecurityGroupIngress": [3, {"FromPort": "x", "CidrIp": ["a"]}], "SecurityGroupEgress": {"Ref": "X"}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": {"GroupId": [], "IpProtocol": null}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": [{"Name": ["n"]}, {"Actions": [3, {"Name": {"Ref": "X"}, "RunOrder": "2", "ActionTypeId": []}], "OnSuccess": 3}, {"Name": "a"}, {"Name": "a"}]}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": {"Fn::If": ["C", [], []]}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CodePipeline::Pipeline", "Properties": {"Stages": [{"Name": "a", "Actions": [{"Name": "x"}, 3, {"Name": "x", "RunOrder": 2}]}]}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CloudWatch::Alarm", "Properties": {"Metrics": [{"Id": 3}], "Threshold": "x", "Dimensions": {}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CodeBuild::Project", "Properties": {"Source": "s"}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CodeBuild::Project", "Properties": {"Source": {"BuildSpec": {"Fn::Join": [1, 2]}}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::CodeDeploy::DeploymentGroup", "Properties": {"DeploymentConfigName": {"Ref": "Nothing"}, "AlarmConfiguration": []}}}}`,
	`{"Resources": {"R": {"Type": "AWS::WAFv2::WebACL", "Properties": {"Rules": [{"Name": 3}, null], "DefaultAction": []}}}}`,
	`{"Resources": {"R": {"Type": "AWS::ECR::Repository", "Properties": {"LifecyclePolicy": {"LifecyclePolicyText": "{\"rules\": 3}"}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::S3::Bucket", "Properties": {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", "ExpirationInDays": {"Ref": "X"}}]}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::Lambda::Function", "Properties": {"Environment": {"Variables": {"CHECKS": "{"}}}}}}`,
	`{"Resources": {"R": {"Type": "AWS::ECS::Service", "Properties": {"DeploymentController": "CODE_DEPLOY", "LoadBalancers": 3, "A": {"Fn::GetAtt": []}, "B": {"Fn::Sub": []}, "C": {"Fn::If": "x"}, "D": {"Fn::Select": [9]}}}}}`,
	`{"Resources": {"": {"Type": ""}, "R": {"Type": "AWS::SNS::Topic", "DeletionPolicy": {"Ref": "X"}, "Condition": 3, "DependsOn": {"a": 1}}}}`,
	`{"Parameters": 3, "Mappings": [], "Conditions": "x", "Outputs": {"O": 3, "P": {"Export": "e"}, "Q": {"Export": {"Name": {"Fn::Sub": "${"}}, "Value": []}}, "Transform": [1]}`,
	`{"Parameters": {"P": 3, "Q": {"Type": 3, "Default": []}}, "Resources": {"R": {"Type": "AWS::SSM::Parameter", "Properties": {"Name": {"Ref": "P"}, "Value": {"Ref": "Q"}}}}}`,
	`{"Resources": {"R": {"Type": "Custom::X", "Properties": ` + strings.Repeat(`{"a": [`, 400) + "1" + strings.Repeat(`]}`, 400) + `}}}`,
}

// Catches: a template that ends the review with a stack trace. Each is compared with each.
func TestStrangeTemplates(t *testing.T) {
	for i, old := range strange {
		for j, renewed := range strange {
			r := templates(t, old, renewed)
			if i == j && !r.Same() {
				t.Errorf("%s differs from itself: %+v", old, r.Findings)
			}
			for _, f := range r.Findings {
				if f.Effect == "" || len(f.Where) == 0 || f.Rule == "" {
					t.Errorf("%s → %s: an empty finding %+v", old, renewed, f)
				}
			}
		}
	}
}
