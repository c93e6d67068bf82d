package review_test

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/review"
)

// templates compares two single templates.
func templates(t *testing.T, old, renewed string) *review.Report {
	t.Helper()
	var opened [2]*assembly.Assembly
	for i, content := range []string{old, renewed} {
		file := filepath.Join(t.TempDir(), "t.json")
		write(t, file, content)
		var err error
		if opened[i], err = assembly.OpenTemplate(file, "t"); err != nil {
			t.Fatalf("%v: %s", err, content)
		}
	}
	return review.New(opened[0], opened[1])
}

// resource is a template of one resource R of a type, with properties; other sections and resources follow.
func resource(typ, properties string, more ...string) string {
	return fmt.Sprintf(`{"Resources": {"R": {"Type": "AWS::%s", "Properties": %s}%s}}`, typ, properties, strings.Join(more, ""))
}

// pipelined is a pipeline of a commit, a test, and a deployment, with what is replaced by the pairs old, new.
func pipelined(replace ...string) string {
	action := func(name, category, provider string, order int) string {
		return fmt.Sprintf(`{"Name": %q, "ActionTypeId": {"Category": %q, "Provider": %q}, "RunOrder": %d, "Configuration": {"X": "%s"}}`, name, category, provider, order, name)
	}
	stages := fmt.Sprintf(`[{"Name": "Source", "Actions": [%s]}, {"Name": "Test", "Actions": [%s]}, {"Name": "Prod", "BeforeEntry": {"Conditions": [{"Rules": [{"Name": "Window", "Configuration": {"Cron": "* 9 * * *"}}]}]},
		"OnSuccess": {"Conditions": [{"Result": "ROLLBACK", "Rules": [{"Name": "Bake", "Configuration": {"WaitTime": "30"}}]}]}, "Actions": [%s, %s]}]`,
		action("Code", "Source", "CodeCommit", 1), action("Unit", "Build", "CodeBuild", 1), action("Agree", "Approval", "Manual", 1), action("Deploy", "Deploy", "CloudFormation", 2))
	return resource("CodePipeline::Pipeline", `{"ExecutionMode": "QUEUED", "Stages": `+strings.NewReplacer(replace...).Replace(stages)+`}`)
}

// Catches: a rule that says nothing of a change, something of none, or takes one direction for the other.
func TestKinds(t *testing.T) {
	const group, alarm, service, canary = "CodeDeploy::DeploymentGroup", "CloudWatch::Alarm", "ECS::Service", "Synthetics::Canary"
	routes := func(pair string) string { return `{"LoadBalancerInfo": {"TargetGroupPairInfoList": [{` + pair + `}]}}` }
	const root = `{"Effect": "Allow", "Principal": {"AWS": {"Fn::Sub": "arn:aws:iam::${AWS::AccountId}:root"}}, "Action": "kms:*", "Resource": "*"}`
	key := func(statements ...string) string {
		return `{"KeyPolicy": {"Statement": [` + strings.Join(statements, ", ") + `]}}`
	}
	for _, c := range []struct {
		name, old, renewed string
		want               []string
	}{
		// Of a table.
		{"off", resource("RDS::DBCluster", `{"DeletionProtection": true}`), resource("RDS::DBCluster", `{}`), []string{"data-loss watched R DeletionProtection"}},
		{"on", resource("RDS::DBCluster", `{}`), resource("RDS::DBCluster", `{"DeletionProtection": true}`), []string{"harmless update R DeletionProtection"}},
		{"off as a text", resource("RDS::DBCluster", `{"DeletionProtection": "true"}`), resource("RDS::DBCluster", `{"DeletionProtection": "false"}`), []string{"data-loss watched R DeletionProtection"}},
		{"off in one case", resource("RDS::DBCluster", `{"DeletionProtection": {"Fn::If": ["C", true, false]}}`), resource("RDS::DBCluster", `{"DeletionProtection": {"Fn::If": ["C", false, false]}}`), []string{"data-loss watched R DeletionProtection"}},
		{"off where it was told apart", resource("RDS::DBCluster", `{"DeletionProtection": {"Fn::If": ["C", true, false]}}`), resource("RDS::DBCluster", `{"DeletionProtection": false}`), []string{"data-loss watched R DeletionProtection"}},
		{"no value", resource("Logs::LogGroup", `{"KmsKeyId": "k"}`), resource("Logs::LogGroup", `{"KmsKeyId": {"Ref": "AWS::NoValue"}}`), []string{"safety-lost watched R KmsKeyId"}},
		{"logs for ever", resource("Logs::LogGroup", `{"RetentionInDays": 30}`), resource("Logs::LogGroup", `{}`), []string{"cost watched R RetentionInDays"}},
		{"logs no longer for ever", resource("Logs::LogGroup", `{}`), resource("Logs::LogGroup", `{"RetentionInDays": 30}`), []string{"safety-lost watched R RetentionInDays"}},
		{"weaker TLS", resource("ElasticLoadBalancingV2::Listener", `{"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}`), resource("ElasticLoadBalancingV2::Listener", `{"SslPolicy": "ELBSecurityPolicy-2016-08"}`), []string{"safety-lost watched R SslPolicy"}},
		{"stronger TLS", resource("ElasticLoadBalancingV2::Listener", `{"SslPolicy": "ELBSecurityPolicy-2016-08"}`), resource("ElasticLoadBalancingV2::Listener", `{"SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06"}`), []string{"traffic update R SslPolicy"}},
		{"a larger instance", resource("EC2::Instance", `{"InstanceType": "t3.large"}`), resource("EC2::Instance", `{"InstanceType": "t3.2xlarge"}`), []string{"interruption update R InstanceType"}},
		{"a larger build", resource("CodeBuild::Project", `{"Environment": {"ComputeType": "BUILD_GENERAL1_SMALL"}}`), resource("CodeBuild::Project", `{"Environment": {"ComputeType": "BUILD_GENERAL1_LARGE"}}`), []string{"cost watched R Environment.ComputeType"}},
		{"a smaller build", resource("CodeBuild::Project", `{"Environment": {"ComputeType": "BUILD_GENERAL1_LARGE"}}`), resource("CodeBuild::Project", `{"Environment": {"ComputeType": "BUILD_GENERAL1_SMALL"}}`), []string{"harmless update R Environment.ComputeType"}},
		{"another role", resource("StepFunctions::StateMachine", `{"RoleArn": "a"}`), resource("StepFunctions::StateMachine", `{"RoleArn": "b"}`), []string{"access-widened watched R RoleArn"}},
		{"circuit breaker", resource(service, `{"DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": true, "Rollback": true}}}`), resource(service, `{"DeploymentConfiguration": {"DeploymentCircuitBreaker": {"Enable": true, "Rollback": false}}}`), []string{"safety-lost watched R DeploymentConfiguration.DeploymentCircuitBreaker.Rollback"}},
		{"a canary to all at once", resource(service, `{"DeploymentConfiguration": {"Strategy": "CANARY"}}`), resource(service, `{"DeploymentConfiguration": {"Strategy": "BLUE_GREEN"}}`), []string{"safety-lost watched R DeploymentConfiguration.Strategy"}},
		{"a hook of ECS", resource(service, `{"DeploymentConfiguration": {"LifecycleHooks": [{"HookTargetArn": "a"}]}}`), resource(service, `{"DeploymentConfiguration": {"LifecycleHooks": []}}`), []string{"safety-lost watched R DeploymentConfiguration.LifecycleHooks"}},
		{"a container as root", resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a", "User": "1000"}]}`), resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a", "User": "root"}]}`), []string{"access-widened watched R ContainerDefinitions[a].User"}},
		{"a container of its image's user as root", resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a"}]}`), resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a", "User": "0:1000"}]}`), []string{"access-widened watched R ContainerDefinitions[a].User"}},
		{"a container that comes as root", resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a"}]}`), resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a"}, {"Name": "b", "User": "0"}]}`), []string{"harmless update R ContainerDefinitions[b]"}},
		{"a container no longer as root", resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a", "User": "root"}]}`), resource("ECS::TaskDefinition", `{"ContainerDefinitions": [{"Name": "a"}]}`), []string{"harmless update R ContainerDefinitions[a].User"}},
		{"a canary that asks less often", resource(canary, `{"Schedule": {"Expression": "rate(3 minutes)"}}`), resource(canary, `{"Schedule": {"Expression": "rate(1 hour)"}}`), []string{"safety-lost watched R Schedule.Expression"}},
		{"a canary that asks more often", resource(canary, `{"Schedule": {"Expression": "rate(1 hour)"}}`), resource(canary, `{"Schedule": {"Expression": "rate(3 minutes)"}}`), []string{"harmless update R Schedule.Expression"}},
		{"a canary that does not start", resource(canary, `{"StartCanaryAfterCreation": true}`), resource(canary, `{"StartCanaryAfterCreation": false}`), []string{"safety-lost watched R StartCanaryAfterCreation"}},
		{"events of another branch", resource("Events::Rule", `{"EventPattern": {"detail": {"referenceName": ["main"]}}}`), resource("Events::Rule", `{"EventPattern": {"detail": {"referenceName": ["develop"]}}}`), []string{"safety-lost watched R EventPattern.detail.referenceName"}},
		{"events of one pipeline more", resource("Events::Rule", `{"EventPattern": {"detail": {"pipeline": ["a"]}}}`), resource("Events::Rule", `{"EventPattern": {"detail": {"pipeline": ["b", "a"]}}}`), []string{"harmless update R EventPattern.detail.pipeline"}},
		{"events that must have more", resource("Events::Rule", `{"EventPattern": {"source": ["a"]}}`), resource("Events::Rule", `{"EventPattern": {"source": ["a"], "account": ["1"]}}`), []string{"safety-lost watched R EventPattern.account"}},
		{"messages that are filtered", resource("SNS::Subscription", `{}`), resource("SNS::Subscription", `{"FilterPolicy": {"a": ["b"]}}`), []string{"safety-lost watched R FilterPolicy"}},
		{"messages that are filtered no more", resource("SNS::Subscription", `{"FilterPolicy": {"a": ["b"]}}`), resource("SNS::Subscription", `{}`), []string{"harmless update R FilterPolicy"}},
		{"customers held back", resource("WAFv2::WebACL", `{"DefaultAction": {"Allow": {}}}`), resource("WAFv2::WebACL", `{"DefaultAction": {"Block": {}}}`), []string{"traffic web-acl R DefaultAction"}},

		// Alarms.
		{"a threshold below", resource(alarm, `{"ComparisonOperator": "LessThanThreshold", "Threshold": 9}`), resource(alarm, `{"ComparisonOperator": "LessThanThreshold", "Threshold": 5}`), []string{"safety-lost alarm R Threshold"}},
		{"a threshold below, tighter", resource(alarm, `{"ComparisonOperator": "LessThanThreshold", "Threshold": 5}`), resource(alarm, `{"ComparisonOperator": "LessThanThreshold", "Threshold": 9}`), []string{"harmless update R Threshold"}},
		{"silence", resource(alarm, `{"TreatMissingData": "breaching"}`), resource(alarm, `{"TreatMissingData": "ignore"}`), []string{"safety-lost alarm R TreatMissingData"}},
		{"silence as health", resource(alarm, `{}`), resource(alarm, `{"TreatMissingData": "notBreaching"}`), []string{"safety-lost alarm R TreatMissingData"}},
		{"silence as a failure", resource(alarm, `{"TreatMissingData": "missing"}`), resource(alarm, `{"TreatMissingData": "breaching"}`), []string{"harmless update R TreatMissingData"}},
		{"no actions", resource(alarm, `{}`), resource(alarm, `{"ActionsEnabled": false}`), []string{"safety-lost alarm R ActionsEnabled"}},
		{"fewer to tell", resource(alarm, `{"AlarmActions": ["a", "b"]}`), resource(alarm, `{"AlarmActions": ["b"]}`), []string{"safety-lost alarm R AlarmActions"}},
		{"another number in its expression", resource(alarm, `{"Metrics": [{"Id": "e", "Expression": "IF(m > 3, 1)"}]}`), resource(alarm, `{"Metrics": [{"Id": "e", "Expression": "IF(m > 4, 1)"}]}`), []string{"harmless alarm R Metrics[e].Expression"}},
		{"another expression", resource(alarm, `{"Metrics": [{"Id": "e", "Expression": "IF(m > 3, 1)"}]}`), resource(alarm, `{"Metrics": [{"Id": "e", "Expression": "0"}]}`), []string{"safety-lost alarm R Metrics[e].Expression"}},

		// Releases.
		{"a faster canary", resource(group, `{"DeploymentConfigName": "CodeDeployDefault.ECSCanary10Percent15Minutes"}`), resource(group, `{"DeploymentConfigName": "CodeDeployDefault.ECSCanary10Percent5Minutes"}`), []string{"safety-lost release R DeploymentConfigName"}},
		{"a slower one", resource(group, `{"DeploymentConfigName": "CodeDeployDefault.ECSAllAtOnce"}`), resource(group, `{"DeploymentConfigName": "CodeDeployDefault.ECSLinear10PercentEvery3Minutes"}`), []string{"harmless update R DeploymentConfigName"}},
		{"alarms that cannot be read", resource(group, `{}`), resource(group, `{"AlarmConfiguration": {"IgnorePollAlarmFailure": true}}`), []string{"safety-lost release R AlarmConfiguration"}},
		{"another service", resource(group, `{"ECSServices": [{"ServiceName": "a"}]}`), resource(group, `{"ECSServices": [{"ServiceName": "b"}]}`), []string{"will-fail release R ECSServices[0].ServiceName"}},
		{"no traffic control", resource(group, `{"DeploymentStyle": {"DeploymentOption": "WITH_TRAFFIC_CONTROL"}}`), resource(group, `{"DeploymentStyle": {"DeploymentOption": "WITHOUT_TRAFFIC_CONTROL"}}`), []string{"will-fail release R DeploymentStyle.DeploymentOption"}},
		{"no test listener", resource(group, routes(`"ProdTrafficRoute": {"ListenerArns": ["p"]}, "TestTrafficRoute": {"ListenerArns": ["t"]}`)), resource(group, routes(`"ProdTrafficRoute": {"ListenerArns": ["p"]}`)), []string{"safety-lost release R LoadBalancerInfo.TargetGroupPairInfoList[0].TestTrafficRoute"}},
		{"another listener", resource(group, routes(`"ProdTrafficRoute": {"ListenerArns": ["p"]}`)), resource(group, routes(`"ProdTrafficRoute": {"ListenerArns": ["q"]}`)), []string{"traffic release R LoadBalancerInfo.TargetGroupPairInfoList[0].ProdTrafficRoute.ListenerArns"}},

		// Pipelines.
		{"a window", pipelined(), pipelined("* 9 *", "* * *"), []string{"safety-lost gate R Stages[Prod].BeforeEntry.Conditions[0].Rules[Window].Configuration.Cron"}},
		{"a shorter bake", pipelined(), pipelined(`"30"`, `"5"`), []string{"safety-lost gate R Stages[Prod].OnSuccess.Conditions[0].Rules[Bake].Configuration.WaitTime"}},
		{"a longer bake", pipelined(), pipelined(`"30"`, `"60"`), []string{"harmless gate R Stages[Prod].OnSuccess.Conditions[0].Rules[Bake].Configuration.WaitTime"}},
		{"a condition that goes", pipelined(), pipelined(`"OnSuccess"`, `"Ignored"`), []string{"safety-lost gate R Stages[Prod].OnSuccess"}},
		{"an approval that comes too late", pipelined(), pipelined(`"Manual"}, "RunOrder": 1`, `"Manual"}, "RunOrder": 3`), []string{"safety-lost gate R Stages[Prod].Agree", "harmless gate R Stages[Prod].Agree.RunOrder"}},
		{"executions side by side", pipelined(), strings.Replace(pipelined(), "QUEUED", "PARALLEL", 1), []string{"safety-lost gate R ExecutionMode"}},
		{"pushes of another branch", strings.Replace(pipelined(), `"QUEUED"`, `"QUEUED", "Triggers": [{"ProviderType": "CodeStarSourceConnection", "GitConfiguration": {"SourceActionName": "Code", "Push": [{"Branches": {"Includes": ["main"]}}]}}]`, 1),
			strings.Replace(pipelined(), `"QUEUED"`, `"QUEUED", "Triggers": [{"ProviderType": "CodeStarSourceConnection", "GitConfiguration": {"SourceActionName": "Code", "Push": [{"Branches": {"Includes": ["develop"]}}]}}]`, 1), []string{"safety-lost gate R Triggers[0].GitConfiguration.Push[0].Branches.Includes"}},
		{"another action", pipelined(), pipelined(`{"Name": "Deploy"`, `{"Name": "Extra", "ActionTypeId": {"Category": "Build", "Provider": "CodeBuild"}, "RunOrder": 1}, {"Name": "Deploy"`), []string{"harmless gate R Stages[Prod].Extra"}},

		// Access.
		{"an S3 policy in words", resource("S3::BucketPolicy", `{"Bucket": "b", "PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Principal": {"AWS": "1"}, "Resource": "x"}]}}`),
			resource("S3::BucketPolicy", `{"Bucket": "b", "PolicyDocument": {"Statement": {"Effect": "Allow", "Action": ["s3:GetObject"], "Principal": {"AWS": ["arn:aws:iam::1:root"]}, "Resource": ["x"]}}}`), nil},
		{"a policy written as a text", resource("Logs::ResourcePolicy", `{"PolicyName": "p", "PolicyDocument": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"logs:PutLogEvents\", \"Principal\": {\"Service\": \"es.amazonaws.com\"}, \"Resource\": \"x\"}]}"}`),
			resource("Logs::ResourcePolicy", `{"PolicyName": "p", "PolicyDocument": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"logs:*\", \"Principal\": {\"Service\": \"es.amazonaws.com\"}, \"Resource\": \"x\"}]}"}`), []string{"access-widened policy R PolicyDocument"}},
		{"a new role of no consequence", resource("SNS::Topic", `{}`), resource("SNS::Topic", `{}`, `, "N": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}]}, "Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "x"}]}}]}}`), []string{"harmless created N "}},
		{"a new role that may do all", resource("SNS::Topic", `{}`), resource("SNS::Topic", `{}`, `, "N": {"Type": "AWS::IAM::Role", "Properties": {"Policies": [{"PolicyDocument": {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}}]}}`), []string{"access-widened policy N Policies", "harmless created N "}},
		{"a function that everyone may call", resource("SNS::Topic", `{}`), resource("SNS::Topic", `{}`, `, "P": {"Type": "AWS::Lambda::Permission", "Properties": {"Principal": "*", "FunctionName": "f"}}`), []string{"access-widened permission P "}},
		{"a function that a topic may call", resource("SNS::Topic", `{}`), resource("SNS::Topic", `{}`, `, "P": {"Type": "AWS::Lambda::Permission", "Properties": {"Principal": "sns.amazonaws.com", "SourceArn": "a", "FunctionName": "f"}}`), []string{"harmless permission P "}},

		{"a key that nobody manages", resource("KMS::Key", key(root)), resource("KMS::Key", key()), []string{"will-fail policy R KeyPolicy"}},
		{"a key that a denial closes", resource("KMS::Key", key(root)), resource("KMS::Key", key(root, `{"Effect": "Deny", "Principal": "*", "Action": "kms:Put*", "Resource": "*"}`)), []string{"will-fail policy R KeyPolicy"}},
		{"a key that one role manages", resource("KMS::Key", key(root)), resource("KMS::Key", key(`{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::111111111111:role/a"}, "Action": "kms:*", "Resource": "*"}`)),
			[]string{"data-loss policy R KeyPolicy", "access-widened policy R KeyPolicy"}},
		{"a key that a service no longer uses", resource("KMS::Key", key(root, `{"Effect": "Allow", "Principal": {"Service": "sns.amazonaws.com"}, "Action": "kms:Decrypt", "Resource": "*"}`)), resource("KMS::Key", key(root)), []string{"harmless policy R KeyPolicy"}},

		// What comes, goes and moves.
		{"a table under another id", `{"Resources": {"A": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST", "KeySchema": []}}}}`, `{"Resources": {"B": {"Type": "AWS::DynamoDB::Table", "Properties": {"BillingMode": "PAY_PER_REQUEST", "KeySchema": []}}}}`, []string{"data-loss state-removed A "}},
		{"a kept table under another id", `{"Resources": {"A": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {"BillingMode": "PAY_PER_REQUEST", "KeySchema": []}}}}`, `{"Resources": {"B": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {"BillingMode": "PAY_PER_REQUEST", "KeySchema": []}}}}`, []string{"data-loss state-removed A "}},
		{"a kept table and another", `{"Resources": {"A": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {"KeySchema": []}}}}`, `{"Resources": {"B": {"Type": "AWS::DynamoDB::Table", "Properties": {"KeySchema": [1]}}}}`, []string{"data-loss state-removed A ", "harmless created B "}},
		{"a kept table", `{"Resources": {"A": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {"TableName": "t"}}}}`, `{"Resources": {}}`, []string{"harmless state-removed A "}},
		{"a function under another id", `{"Resources": {"A": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "r", "Role": "x"}}}}`, `{"Resources": {"B": {"Type": "AWS::Lambda::Function", "Properties": {"Runtime": "r", "Role": "x"}}}}`, []string{"interruption moved B "}},
		{"a version of a function", `{"Resources": {"A": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": "r", "Description": "x"}}}}`, `{"Resources": {"B": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": "r", "Description": "x"}}}}`, []string{"harmless moved B "}},
		{"a condition", `{"Resources": {"A": {"Type": "AWS::SNS::Topic"}}}`, `{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Condition": "C"}}}`, []string{"interruption attribute A Condition"}},
		{"a name that is taken", resource("Events::EventBus", `{"Name": "n", "EventSourceName": "a"}`), resource("Events::EventBus", `{"Name": "n", "EventSourceName": "b"}`), []string{"will-fail update R EventSourceName"}},
		{"the CDK's own", `{"Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/a"}}, "Rules": {"CheckBootstrapVersion": 1}, "Resources": {"A": {"Type": "AWS::CDK::Metadata"}}}`, `{"Resources": {}}`, nil},
		{"an asset", resource("Lambda::Function", `{"Code": {"S3Key": "`+strings.Repeat("a", 64)+`.zip"}}`), resource("Lambda::Function", `{"Code": {"S3Key": "`+strings.Repeat("b", 64)+`.zip"}}`), nil},
		{"a custom resource", `{"Resources": {"A": {"Type": "Custom::X", "Properties": {"A": 1}}}}`, `{"Resources": {"A": {"Type": "Custom::X", "Properties": {"A": 2}}}}`, []string{"harmless update A A"}},
		{"a bucket that is emptied", `{"Resources": {}}`, `{"Resources": {"A": {"Type": "Custom::S3AutoDeleteObjects"}}}`, []string{"data-loss created A "}},
		{"a construct of several resources", `{}`, `{"Resources": {"A": {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "t/Gate/Topic/Resource"}}, "B": {"Type": "AWS::IAM::Role", "Metadata": {"aws:cdk:path": "t/Gate/Role/Resource"}},
			"C": {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "t/Gate/Other/Resource"}}, "D": {"Type": "AWS::SNS::Topic", "Metadata": {"aws:cdk:path": "t/Alone/Resource"}}, "E": {"Type": "AWS::EC2::NatGateway", "Metadata": {"aws:cdk:path": "t/Gate/Nat"}}}}`,
			[]string{"cost cost Gate/Nat ", "harmless created Gate ", "harmless created Alone "}},
		{"a deny that comes", resource("S3::BucketPolicy", `{"Bucket": "b", "PolicyDocument": {"Statement": []}}`), resource("S3::BucketPolicy", `{"Bucket": "b", "PolicyDocument": {"Statement": [{"Effect": "Deny", "Action": "s3:*", "Principal": "*", "Resource": "*"}]}}`), []string{"harmless policy R PolicyDocument"}},
		{"an output", `{"Outputs": {"O": {"Value": "a"}}}`, `{"Outputs": {"O": {"Value": "b"}}}`, []string{"harmless template  Outputs.O.Value"}},
	} {
		var got []string
		for _, f := range templates(t, c.old, c.renewed).Findings {
			got = append(got, fmt.Sprintf("%s %s %s %s", f.Level, f.Rule, f.Path, f.Property))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got\n  %s\nwant\n  %s", c.name, strings.Join(got, "\n  "), strings.Join(c.want, "\n  "))
		}
	}
}

// Catches: a change that is missing in one place, and one that is only made in one.
func TestDiffers(t *testing.T) {
	regions := []string{"us-west-2", "us-east-1", "eu-west-1", "eu-central-1"}
	shop := func(days map[string]int) stacks {
		s := stacks{}
		for _, r := range regions {
			n := 30
			if d, ok := days[r]; ok {
				n = d
			}
			s["ui "+r] = fmt.Sprintf(`{"Resources": {"L": {"Type": "AWS::Logs::LogGroup", "Properties": {"RetentionInDays": %d}}}}`, n)
		}
		return s
	}
	for _, c := range []struct {
		name string
		days map[string]int
		want []string
	}{
		{"everywhere", map[string]int{"us-west-2": 7, "us-east-1": 7, "eu-west-1": 7, "eu-central-1": 7}, []string{"safety-lost watched L RetentionInDays 4"}},
		{"everywhere but one", map[string]int{"us-west-2": 7, "us-east-1": 7, "eu-west-1": 7}, []string{"safety-lost watched L RetentionInDays 3", "safety-lost differs L RetentionInDays 1"}},
		{"in one", map[string]int{"us-west-2": 7}, []string{"safety-lost watched L RetentionInDays 1"}},
		{"in half", map[string]int{"us-west-2": 7, "us-east-1": 7}, []string{"safety-lost watched L RetentionInDays 2"}},
		{"otherwise in one", map[string]int{"us-west-2": 7, "us-east-1": 7, "eu-west-1": 7, "eu-central-1": 5}, []string{"safety-lost watched L RetentionInDays 1", "safety-lost watched L RetentionInDays 3"}},
	} {
		r := compare(t, shop(nil), shop(c.days))
		var got []string
		for _, f := range r.Findings {
			got = append(got, briefly(f))
			if f.Rule == "differs" && (f.Where[0].Region != "eu-central-1" || f.Old != "30" || f.New != "7") {
				t.Errorf("%s: got %+v", c.name, f)
			}
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

// Catches: an export that is changed under a stack that imports it, and one that nobody imports any more taken for it.
func TestExports(t *testing.T) {
	producer := func(value string) string {
		return fmt.Sprintf(`{"Outputs": {"V": {"Value": %q, "Export": {"Name": "vpc"}}}}`, value)
	}
	const consumer, free = `{"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": {"Fn::ImportValue": "vpc"}}}}}`, `{"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": "v"}}}}`
	for _, c := range []struct {
		name         string
		old, renewed stacks
		want         string
	}{
		{"changed", stacks{"a r": producer("1"), "b r": consumer}, stacks{"a r": producer("2"), "b r": consumer}, "will-fail"},
		{"gone", stacks{"a r": producer("1"), "b r": consumer}, stacks{"a r": `{}`, "b r": consumer}, "will-fail"},
		{"let go too late", stacks{"a r": producer("1"), "b r": consumer}, stacks{"a r": `{}`, "b r": free}, "will-fail"},
		{"let go before", stacks{"b r": producer("1"), "a r": consumer}, stacks{"b r": `{}`, "a r": free}, "harmless"},
		{"imported in another region", stacks{"a r": producer("1"), "b q": consumer}, stacks{"a r": `{}`, "b q": consumer}, "harmless"},
		{"imported by nobody", stacks{"a r": producer("1")}, stacks{"a r": `{}`}, "harmless"},
	} {
		r := compare(t, c.old, c.renewed)
		if len(r.Findings) == 0 || string(r.Findings[0].Level) != c.want {
			t.Errorf("%s: got %+v", c.name, r.Findings)
		}
	}
}
