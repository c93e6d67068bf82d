package report_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/internal/assembly"
	"github.com/storeship/storeship/internal/review"
	"github.com/storeship/storeship/test/harness"
)

// object is a part of a template.
type object = map[string]any

// seed is one change of one property, and what the review must say of it.
type seed struct {
	name string
	// in are the stacks that change: "retail-store-prod-ui eu-west-1".
	in []string
	// before makes both assemblies, where the store has nothing of the kind; edit makes the change in the new one.
	before, edit func(object)
	// want are the findings; none for what changes nothing.
	want []found
}

// found is a finding that is expected.
type found struct {
	level    review.Level
	typ      string // the last part of the type
	property string // what the property ends with
	places   int    // 0 for one in each stack
}

// one is a single finding.
func one(level review.Level, typ, property string) []found { return []found{{level, typ, property, 0}} }

// at names a stack of the retail store: "prod ui eu-west-1".
func at(places ...string) []string {
	var all []string
	for _, p := range places {
		f := strings.Fields(p)
		all = append(all, "retail-store-"+f[0]+"-"+f[1]+" "+f[2])
	}
	return all
}

// tooling names stacks of the tools account.
func tooling(name, region string) []string { return []string{"retail-store-" + name + " " + region} }

// in finds the one resource of a type whose logical id begins so, and gives its properties to edit.
func in(typ, id string, edit func(p object)) func(object) {
	return whole(typ, id, func(r object) { edit(r["Properties"].(object)) })
}

// whole is in for the whole resource.
func whole(typ, id string, edit func(r object)) func(object) {
	return func(t object) { edit(t["Resources"].(object)[idOf(t, typ, id)].(object)) }
}

func idOf(t object, typ, id string) string {
	var ids []string
	for key, r := range t["Resources"].(object) {
		if r.(object)["Type"] == "AWS::"+typ && strings.HasPrefix(key, id) {
			ids = append(ids, key)
		}
	}
	if len(ids) != 1 {
		panic(fmt.Sprintf("%d resources %s %s: %v", len(ids), typ, id, ids))
	}
	return ids[0]
}

// put sets the property that names and indices lead to.
func put(typ, id string, value any, path ...any) func(object) {
	return in(typ, id, func(p object) {
		var v any = p
		for i, step := range path {
			last := i == len(path)-1
			switch s := step.(type) {
			case string:
				m := v.(object)
				if last {
					if value == nil {
						delete(m, s)
						return
					}
					m[s] = value
					return
				}
				v = m[s]
			case int:
				list := v.([]any)
				if last {
					list[s] = value
					return
				}
				v = list[s]
			}
		}
	})
}

// gone removes a resource.
func gone(typ, id string) func(object) {
	return func(t object) { delete(t["Resources"].(object), idOf(t, typ, id)) }
}

// add adds a resource.
func add(id, typ string, properties string) func(object) {
	return func(t object) {
		t["Resources"].(object)[id] = object{"Type": "AWS::" + typ, "Properties": parsed(properties)}
	}
}

func parsed(text string) any {
	var v any
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		panic(err)
	}
	return v
}

// statements edits the statements of a policy.
func statements(typ, id, property string, edit func([]any) []any) func(object) {
	return in(typ, id, func(p object) {
		d := p[property].(object)
		d["Statement"] = edit(d["Statement"].([]any))
	})
}

// stages edits the stages of a pipeline.
func stages(edit func([]any) []any) func(object) {
	return in("CodePipeline::Pipeline", "", func(p object) { p["Stages"] = edit(p["Stages"].([]any)) })
}

// action finds an action of the stages.
func action(all []any, name string) object {
	for _, s := range all {
		for _, a := range s.(object)["Actions"].([]any) {
			if a.(object)["Name"] == name {
				return a.(object)
			}
		}
	}
	panic("no action " + name)
}

const database = `{"DBInstanceClass": "db.t4g.medium", "Engine": "postgres", "AllocatedStorage": "20", "StorageEncrypted": true, "BackupRetentionPeriod": 7,
	"DeletionProtection": true, "PubliclyAccessible": false, "MultiAZ": true, "DBParameterGroupName": "one"}`

const table = `{"TableName": "retail-store-items", "BillingMode": "PAY_PER_REQUEST", "KeySchema": [{"AttributeName": "id", "KeyType": "HASH"}],
	"PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": true}, "DeletionProtectionEnabled": true}`

// products are what every seed about data stands on.
func products(t object) {
	add("Products", "RDS::DBInstance", database)(t)
	add("Items", "DynamoDB::Table", table)(t)
}

// seeds is the table. Each is in a stack, or on a resource, of its own, so that all of them are one change of the store.
func seeds() []seed {
	logs := func(days float64) func(object) {
		return put("Logs::LogGroup", "ServiceLogs", days, "RetentionInDays")
	}
	product := func(value any, path ...any) func(object) { return put("RDS::DBInstance", "Products", value, path...) }
	item := func(value any, path ...any) func(object) { return put("DynamoDB::Table", "Items", value, path...) }
	const group, policy, role = "CodeDeploy::DeploymentGroup", "IAM::Policy", "IAM::Role"
	var wave []string
	for _, service := range []string{"ui", "catalog", "cart", "orders", "checkout"} {
		wave = append(wave, at("prod "+service+" ap-south-1", "prod "+service+" ap-southeast-2")...)
	}
	return []seed{
		// Will fail.
		{"grace of a service under CodeDeploy", at("gamma cart us-west-2"), nil, put("ECS::Service", "Service", 99.0, "HealthCheckGracePeriodSeconds"), one(review.WillFail, "ECS::Service", "HealthCheckGracePeriodSeconds")},
		{"priority of a live rule", at("beta ui us-west-2"), nil, put("ElasticLoadBalancingV2::ListenerRule", "ServiceProductionRule", 4711.0, "Priority"), one(review.WillFail, "ListenerRule", "Priority")},
		{"path of a role that keeps its name", tooling("beta-access", "us-west-2"), nil, put(role, "AccessDeployer", "/ops/", "Path"), one(review.WillFail, role, "Path")},
		{"log group under another logical id", at("beta orders us-west-2"), nil, func(t object) {
			all := t["Resources"].(object)
			id := idOf(t, "Logs::LogGroup", "ServiceLogs")
			all["Renamed"] = all[id]
			delete(all, id)
		}, []found{{review.WillFail, "LogGroup", "", 0}, {review.Harmless, "LogGroup", "", 0}}},
		{"export that another stack imports", at("gamma network us-west-2", "gamma ingress us-west-2"), func(t object) {
			if _, network := t["Resources"].(object)["NetworkVpc7FB7348F"]; network {
				t["Outputs"] = object{"Vpc": object{"Value": "v", "Export": object{"Name": "gamma-vpc"}}}
			} else {
				add("Imports", "SSM::Parameter", `{"Type": "String", "Value": {"Fn::ImportValue": "gamma-vpc"}}`)(t)
			}
		}, func(t object) { delete(t, "Outputs") }, []found{{review.WillFail, "", "Outputs.Vpc", 1}}},
		{"key schema of a table that keeps its name", at("prod cart us-west-2"), products, item(parsed(`[{"AttributeName": "other", "KeyType": "HASH"}]`), "KeySchema"), one(review.WillFail, "DynamoDB::Table", "KeySchema")},

		// Data loss.
		{"deletion policy of a bucket", at("prod ingress eu-central-1"), nil, whole("S3::Bucket", "LogsBucket", func(r object) { delete(r, "DeletionPolicy") }), one(review.DataLoss, "S3::Bucket", "DeletionPolicy")},
		{"a log group that goes with its logs", at("gamma network us-east-1"), nil, gone("Logs::LogGroup", "ClusterInsights"), one(review.DataLoss, "Logs::LogGroup", "")},
		{"a database that is replaced to lose its encryption", at("prod catalog us-west-2"), products, product(false, "StorageEncrypted"), one(review.DataLoss, "DBInstance", "StorageEncrypted")},
		{"backups of a database", at("prod catalog us-east-1"), products, product(1.0, "BackupRetentionPeriod"), one(review.DataLoss, "DBInstance", "BackupRetentionPeriod")},
		{"deletion protection of a database", at("prod orders us-east-1"), products, product(false, "DeletionProtection"), one(review.DataLoss, "DBInstance", "DeletionProtection")},
		{"a table that gets another name", at("prod cart us-east-1"), products, item("retail-store-goods", "TableName"), one(review.DataLoss, "DynamoDB::Table", "TableName")},
		{"point-in-time recovery", at("prod cart eu-west-1"), products, item(nil, "PointInTimeRecoverySpecification"), one(review.DataLoss, "DynamoDB::Table", "PointInTimeRecoverySpecification")},
		{"versions of a bucket", tooling("artifacts", "eu-west-1"), nil, put("S3::Bucket", "ArtifactsBucket", "Suspended", "VersioningConfiguration", "Status"), one(review.DataLoss, "S3::Bucket", "VersioningConfiguration.Status")},
		{"images that expire sooner", tooling("registry", "eu-central-1"), nil, in("ECR::Repository", "cart", func(p object) {
			l := p["LifecyclePolicy"].(object)
			l["LifecyclePolicyText"] = strings.Replace(l["LifecyclePolicyText"].(string), ":500}", ":5}", 1)
		}), one(review.DataLoss, "ECR::Repository", "LifecyclePolicyText")},
		{"objects that expire sooner", tooling("artifacts", "us-west-2"), nil, put("S3::Bucket", "ArtifactsBucket", 7.0, "LifecycleConfiguration", "Rules", 0, "ExpirationInDays"), one(review.DataLoss, "S3::Bucket", "ExpirationInDays")},

		// Access widened.
		{"a resource that becomes all", at("prod orders us-west-2"), nil, statements(policy, "ServiceExecutionRole", "PolicyDocument", func(s []any) []any {
			s[0].(object)["Resource"] = "*"
			return s
		}), one(review.AccessWidened, role, "Policies")},
		{"an action that becomes all of a service", at("prod orders eu-west-1"), nil, statements(policy, "ServiceExecutionRole", "PolicyDocument", func(s []any) []any {
			s[0].(object)["Action"] = "logs:*"
			return s
		}), one(review.AccessWidened, role, "Policies")},
		{"NotAction in place of actions", at("prod orders eu-central-1"), nil, statements(policy, "ServiceExecutionRole", "PolicyDocument", func(s []any) []any {
			delete(s[0].(object), "Action")
			s[0].(object)["NotAction"] = "iam:*"
			return s
		}), one(review.AccessWidened, role, "Policies")},
		{"a condition of a trust policy", at("prod checkout us-west-2"), nil, statements(role, "ServiceTaskRole", "AssumeRolePolicyDocument", func(s []any) []any {
			delete(s[0].(object), "Condition")
			return s
		}), one(review.AccessWidened, role, "AssumeRolePolicyDocument")},
		{"another account that is trusted", tooling("gamma-access", "us-west-2"), nil, statements(role, "AccessDeployer", "AssumeRolePolicyDocument", func(s []any) []any {
			s[0].(object)["Principal"] = parsed(`{"AWS": ["arn:aws:iam::111111111111:root", "arn:aws:iam::999999999999:root"]}`)
			return s
		}), one(review.AccessWidened, role, "AssumeRolePolicyDocument")},
		{"a managed policy", at("prod checkout us-east-1"), nil, put(role, "ServiceTaskRole", []any{"arn:aws:iam::aws:policy/AdministratorAccess"}, "ManagedPolicyArns"), one(review.AccessWidened, role, "ManagedPolicyArns")},
		{"a security group open to the internet", at("prod ingress us-west-2"), nil, add("Open", "EC2::SecurityGroupIngress", `{"GroupId": {"Fn::GetAtt": ["InternalSecurityGroup093B4002", "GroupId"]}, "IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "CidrIp": "0.0.0.0/0"}`), one(review.AccessWidened, "EC2::SecurityGroup", "rules")},
		{"a security group with more ports", at("prod ingress us-east-1"), nil, put("EC2::SecurityGroupIngress", "InternalSecurityGroupfrom", 30000.0, "ToPort"), one(review.AccessWidened, "EC2::SecurityGroup", "rules")},
		{"public access to a bucket", tooling("artifacts", "us-east-1"), nil, put("S3::Bucket", "ArtifactsBucket", false, "PublicAccessBlockConfiguration", "BlockPublicPolicy"), one(review.AccessWidened, "S3::Bucket", "BlockPublicPolicy")},
		{"a key that everyone may use", tooling("artifacts", "ap-south-1"), nil, statements("KMS::Key", "ArtifactsKey", "KeyPolicy", func(s []any) []any {
			return append(s, parsed(`{"Effect": "Allow", "Action": "kms:Decrypt", "Principal": "*", "Resource": "*"}`))
		}), one(review.AccessWidened, "KMS::Key", "KeyPolicy")},
		{"a bucket that takes requests without TLS", tooling("artifacts", "eu-central-1"), nil, statements("S3::BucketPolicy", "ArtifactsBucketPolicy", "PolicyDocument", func(s []any) []any { return s[1:] }), one(review.AccessWidened, "S3::BucketPolicy", "PolicyDocument")},
		{"builds with all rights", tooling("ui-pipeline", "us-west-2"), nil, put("CodeBuild::Project", "ContractProject28D0E913", true, "Environment", "PrivilegedMode"), one(review.AccessWidened, "CodeBuild::Project", "PrivilegedMode")},
		{"a load balancer that faces the internet", at("prod ingress eu-west-1"), nil, put("ElasticLoadBalancingV2::LoadBalancer", "InternalLoadBalancer", "internet-facing", "Scheme"),
			[]found{{review.AccessWidened, "LoadBalancer", "Scheme", 0}, {review.Traffic, "Listener", "LoadBalancerArn", 4}, {review.Traffic, "Listener", "LoadBalancerArn", 4}}},
		{"a database with a public address", at("prod orders ap-south-1"), products, product(true, "PubliclyAccessible"), one(review.AccessWidened, "DBInstance", "PubliclyAccessible")},

		// Means the same.
		{"statements in another order", at("prod ui us-west-2"), in(role, "ServiceExecutionRole", func(p object) {
			d := p["Policies"].([]any)[0].(object)["PolicyDocument"].(object)
			d["Statement"] = append([]any{parsed(`{"Effect": "Allow", "Action": ["a:One", "b:Two"], "Resource": ["x", "y"]}`)}, d["Statement"].([]any)...)
		}), in(role, "ServiceExecutionRole", func(p object) {
			d := p["Policies"].([]any)[0].(object)["PolicyDocument"].(object)
			s := d["Statement"].([]any)
			d["Statement"] = append(s[1:], parsed(`{"Effect": "Allow", "Action": ["b:Two", "a:One"], "Resource": ["y", "x"]}`))
		}), nil},
		{"a statement that is split", at("prod catalog eu-west-1"), nil, statements(policy, "ServiceExecutionRole", "PolicyDocument", func(s []any) []any {
			first := parsed(string(must(json.Marshal(s[0])))).(object)
			first["Action"] = "logs:PutLogEvents"
			s[0].(object)["Action"] = []any{"logs:CreateLogStream"}
			return append(s, first)
		}), nil},
		{"a statement that moves into a policy of its own", at("prod catalog eu-central-1"), nil, func(t object) {
			all := t["Resources"].(object)
			id := idOf(t, policy, "ServiceExecutionRole")
			p := all[id].(object)["Properties"].(object)
			inner := all[idOf(t, role, "ServiceExecutionRole")].(object)["Properties"].(object)
			inner["Policies"] = append(inner["Policies"].([]any), object{"PolicyName": "logs", "PolicyDocument": p["PolicyDocument"]})
			delete(all, id)
		}, nil},
		{"a security group's rule that moves into the group", at("prod network us-west-2"), nil, func(t object) {
			all := t["Resources"].(object)
			id := idOf(t, "EC2::SecurityGroupIngress", "NetworkEndpointsfrom")
			r := all[id].(object)["Properties"].(object)
			delete(r, "GroupId")
			all[idOf(t, "EC2::SecurityGroup", "NetworkEndpoints")].(object)["Properties"].(object)["SecurityGroupIngress"] = []any{r}
			delete(all, id)
		}, nil},
		{"another image", at("gamma orders us-west-2"), nil, in("ECS::TaskDefinition", "", func(p object) {
			text := digest.ReplaceAllString(string(must(json.Marshal(p["ContainerDefinitions"]))), "sha256:"+strings.Repeat("ab", 32))
			p["ContainerDefinitions"] = parsed(text)
		}), nil},
		{"metadata of the CDK", at("gamma orders us-east-1"), nil, whole("ECS::Service", "Service", func(r object) { r["Metadata"].(object)["aws:cdk:hint"] = "x" }), nil},
		{"a number written as a text", at("gamma cart us-east-1"), nil, put("ElasticLoadBalancingV2::TargetGroup", "ServiceBlue", "15", "HealthCheckIntervalSeconds"), nil},

		// Safety lost.
		{"an alarm's threshold", at("prod ui us-east-1"), nil, put("CloudWatch::Alarm", "Alarmscpu", 99.0, "Threshold"), one(review.SafetyLost, "Alarm", "Threshold")},
		{"an alarm's patience", at("prod ui eu-west-1"), nil, put("CloudWatch::Alarm", "Alarmsmemory", 10.0, "EvaluationPeriods"), one(review.SafetyLost, "Alarm", "EvaluationPeriods")},
		{"an alarm that watches something else", at("prod ui eu-central-1"), nil, put("CloudWatch::Alarm", "Alarmscpu", "Minimum", "Statistic"), one(review.SafetyLost, "Alarm", "Statistic")},
		{"an alarm that goes", at("prod checkout eu-west-1"), nil, func(t object) {
			id := idOf(t, "CloudWatch::Alarm", "Alarmscpu")
			in(group, "", func(p object) {
				c := p["AlarmConfiguration"].(object)
				c["Alarms"] = slices.DeleteFunc(c["Alarms"].([]any), func(a any) bool { return strings.Contains(fmt.Sprint(a), id) })
			})(t)
			gone("CloudWatch::Alarm", "Alarmscpu")(t)
		}, []found{{review.SafetyLost, "Alarm", "", 0}, {review.SafetyLost, "DeploymentGroup", "AlarmConfiguration.Alarms", 0}}},
		{"the approval before prod", tooling("cart-pipeline", "us-west-2"), nil, stages(func(all []any) []any {
			for _, s := range all {
				m := s.(object)
				m["Actions"] = slices.DeleteFunc(m["Actions"].([]any), func(a any) bool { return a.(object)["Name"] == "Approve-prod" })
			}
			return all
		}), one(review.SafetyLost, "Pipeline", "Stages[prod-1].Approve-prod")},
		{"a check that comes after what it checks", tooling("checkout-pipeline", "us-west-2"), nil, stages(func(all []any) []any {
			action(all, "Review")["RunOrder"] = 9.0
			return all
		}), []found{{review.SafetyLost, "Pipeline", "].Review", 0}, {review.Harmless, "Pipeline", "Review.RunOrder", 0}}},
		{"a stage that goes", tooling("catalog-pipeline", "us-west-2"), nil, stages(func(all []any) []any {
			return slices.DeleteFunc(all, func(s any) bool { return s.(object)["Name"] == "gamma" })
		}), []found{{review.SafetyLost, "Pipeline", "Stages[gamma]", 0}, {review.SafetyLost, "Pipeline", "Stages[gamma]", 0}}},
		{"another branch", tooling("orders-pipeline", "us-west-2"), nil, stages(func(all []any) []any {
			action(all, "retail-orders")["Configuration"].(object)["BranchName"] = "next"
			return all
		}), one(review.SafetyLost, "Pipeline", "Configuration.BranchName")},
		{"a build that runs fewer commands", tooling("platform-pipeline", "us-west-2"), nil, in("CodeBuild::Project", "DeliveryPipelinetoolsReview", func(p object) {
			source := p["Source"].(object)
			source["BuildSpec"] = strings.Replace(source["BuildSpec"].(string), `fail \"this change must not be deployed as it is\"\n`, "", 1)
		}), one(review.SafetyLost, "CodeBuild::Project", "Source.BuildSpec")},
		{"one wave without bake", wave, nil, put(group, "", 0.0, "BlueGreenDeploymentConfiguration", "TerminateBlueInstancesOnDeploymentSuccess", "TerminationWaitTimeInMinutes"), []found{{review.SafetyLost, "DeploymentGroup", "TerminationWaitTimeInMinutes", 10}}},
		{"all at once", at("prod checkout eu-central-1"), nil, put(group, "", "CodeDeployDefault.ECSAllAtOnce", "DeploymentConfigName"), one(review.SafetyLost, "DeploymentGroup", "DeploymentConfigName")},
		{"no rollback", at("gamma checkout us-west-2"), nil, put(group, "", false, "AutoRollbackConfiguration", "Enabled"), one(review.SafetyLost, "DeploymentGroup", "AutoRollbackConfiguration.Enabled")},
		{"a listener without encryption", at("gamma ingress us-east-1"), nil, put("ElasticLoadBalancingV2::Listener", "PublicHttps", "HTTP", "Protocol"), one(review.SafetyLost, "Listener", "Protocol")},
		{"a web ACL that counts", at("prod ingress ap-south-1"), nil, put("WAFv2::WebACL", "", parsed(`{"Count": {}}`), "Rules", 1, "OverrideAction"), one(review.SafetyLost, "WebACL", "OverrideAction")},
		{"a web ACL that is no longer asked", at("prod ingress ap-southeast-2"), nil, gone("WAFv2::WebACLAssociation", ""), one(review.SafetyLost, "WebACLAssociation", "")},
		{"a gate that asks less", at("prod ui ap-southeast-2"), nil, put("Lambda::Function", "ServiceGateFunction", "[]", "Environment", "Variables", "CHECKS"), one(review.SafetyLost, "Lambda::Function", "Variables.CHECKS")},
		{"flow logs", at("prod network us-east-1"), nil, gone("EC2::FlowLog", ""), one(review.SafetyLost, "FlowLog", "")},
		{"logs that are kept for less time", at("gamma catalog us-west-2"), nil, logs(3), one(review.SafetyLost, "LogGroup", "RetentionInDays")},
		{"rotation of a key", at("prod network eu-west-1"), nil, put("KMS::Key", "Key", false, "EnableKeyRotation"), one(review.SafetyLost, "KMS::Key", "EnableKeyRotation")},
		{"scans of images", tooling("registry", "eu-west-1"), nil, put("ECR::Repository", "ui", false, "ImageScanningConfiguration", "ScanOnPush"), one(review.SafetyLost, "ECR::Repository", "ScanOnPush")},
		{"tags that move", tooling("registry", "us-west-2"), nil, put("ECR::Repository", "ui", "MUTABLE", "ImageTagMutability"), one(review.SafetyLost, "ECR::Repository", "ImageTagMutability")},
		{"access logs of a load balancer", at("beta ingress us-west-2"), nil, put("ElasticLoadBalancingV2::LoadBalancer", "PublicLoadBalancer", "false", "LoadBalancerAttributes", 4, "Value"), one(review.SafetyLost, "LoadBalancer", "[access_logs.s3.enabled].Value")},
		{"a customer's key", at("gamma catalog us-east-1"), nil, put("Logs::LogGroup", "ServiceLogs", nil, "KmsKeyId"), one(review.SafetyLost, "LogGroup", "KmsKeyId")},

		// Traffic.
		{"health check of live tasks", at("prod cart eu-central-1"), nil, put("ElasticLoadBalancingV2::TargetGroup", "ServiceBlue", "/ready", "HealthCheckPath"), one(review.Traffic, "TargetGroup", "HealthCheckPath")},
		{"the way out of a subnet", at("prod network eu-central-1"), nil, gone("EC2::Route", "NetworkVpcPrivateSubnet1DefaultRoute"), one(review.Traffic, "EC2::Route", "")},
		{"a name that leads elsewhere", at("beta network us-west-2"), func(t object) {
			add("Name", "Route53::RecordSet", `{"HostedZoneId": "Z", "Name": "a.example.com", "Type": "CNAME", "TTL": "60", "ResourceRecords": ["one"]}`)(t)
		}, put("Route53::RecordSet", "Name", []any{"two"}, "ResourceRecords"), one(review.Traffic, "RecordSet", "ResourceRecords")},
		{"a security group's rule that goes", at("prod cart ap-southeast-2"), nil, gone("EC2::SecurityGroupIngress", "ServiceSecurityGroupfrom"), one(review.Traffic, "EC2::SecurityGroup", "rules")},

		// Interruption.
		{"fewer tasks", at("prod cart ap-south-1"), nil, put("ApplicationAutoScaling::ScalableTarget", "", 1.0, "MinCapacity"), one(review.Interruption, "ScalableTarget", "MinCapacity")},
		{"less memory", at("gamma ui us-west-2"), nil, put("ECS::TaskDefinition", "", "512", "Memory"), one(review.Interruption, "TaskDefinition", "Memory")},
		{"scaling that goes", at("gamma ui us-east-1"), nil, gone("ApplicationAutoScaling::ScalingPolicy", "ServiceTaskCountTargetCpu"), one(review.Interruption, "ScalingPolicy", "")},
		{"parameters of a database", at("prod orders ap-southeast-2"), products, product("two", "DBParameterGroupName"), one(review.Interruption, "DBInstance", "DBParameterGroupName")},

		// Cost.
		{"a NAT gateway more", at("prod network ap-south-1"), nil, add("Nat", "EC2::NatGateway", `{"SubnetId": "s"}`), one(review.Cost, "NatGateway", "")},
		{"an interface endpoint more", at("prod network ap-southeast-2"), nil, add("Endpoint", "EC2::VPCEndpoint", `{"VpcEndpointType": "Interface", "ServiceName": "s", "VpcId": "v"}`), one(review.Cost, "VPCEndpoint", "")},
		{"more tasks at most", at("prod checkout ap-south-1"), nil, put("ApplicationAutoScaling::ScalableTarget", "", 90.0, "MaxCapacity"), one(review.Cost, "ScalableTarget", "MaxCapacity")},
		{"larger tasks", at("prod checkout ap-southeast-2"), nil, put("ECS::TaskDefinition", "", "4096", "Cpu"), one(review.Cost, "TaskDefinition", "Cpu")},
		{"a larger database", at("prod catalog ap-south-1"), products, product("db.t4g.xlarge", "DBInstanceClass"), one(review.Interruption, "DBInstance", "DBInstanceClass")},
		{"logs that are kept for longer, in all regions but one", at("prod ui ap-south-1", "prod ui ap-southeast-2", "prod ui eu-central-1", "prod ui eu-west-1", "prod ui us-east-1"), nil, logs(731),
			[]found{{review.Cost, "LogGroup", "RetentionInDays", 5}, {review.Cost, "LogGroup", "RetentionInDays", 1}}},

		// Harmless.
		{"a variable", at("beta cart us-west-2"), nil, in("ECS::TaskDefinition", "", func(p object) {
			c := p["ContainerDefinitions"].([]any)[0].(object)
			variables, _ := c["Environment"].([]any)
			c["Environment"] = append(variables, object{"Name": "FEATURE", "Value": "on"})
		}), one(review.Harmless, "TaskDefinition", "[FEATURE]")},
		{"a description", at("beta catalog us-west-2"), nil, put("CloudWatch::Alarm", "Alarmscpu", "Busy.", "AlarmDescription"), one(review.Harmless, "Alarm", "AlarmDescription")},
		{"an alarm that fires sooner", at("beta checkout us-west-2"), nil, put("CloudWatch::Alarm", "Alarmscpu", 50.0, "Threshold"), one(review.Harmless, "Alarm", "Threshold")},
		{"a policy that allows less", at("prod catalog ap-southeast-2"), nil, statements(policy, "ServiceExecutionRole", "PolicyDocument", func(s []any) []any {
			s[0].(object)["Action"] = "logs:PutLogEvents"
			return s
		}), one(review.Harmless, role, "Policies")},
	}
}

func must(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}

// digest is what an image is named by.
var digest = regexp.MustCompile("sha256:[0-9a-f]{64}")

// seeded is the retail store before and after all seeds.
func seeded(t *testing.T, all []seed) (old, renewed *assembly.Assembly) {
	t.Helper()
	from := harness.Synth(t, store)
	var opened [2]*assembly.Assembly
	for i := range opened {
		dir := t.TempDir()
		require.NoError(t, os.CopyFS(dir, os.DirFS(from.Dir)))
		edits := map[string][]func(object){}
		for _, s := range all {
			for _, stack := range s.in {
				if s.before != nil {
					edits[stack] = append(edits[stack], s.before)
				}
				if i == 1 {
					edits[stack] = append(edits[stack], s.edit)
				}
			}
		}
		for _, s := range from.Assembly.Stacks() {
			key := s.Name + " " + s.Region
			if edits[key] == nil {
				continue
			}
			file := filepath.Join(dir, filepath.FromSlash(s.File))
			var template object
			require.NoError(t, json.Unmarshal(must(os.ReadFile(file)), &template))
			for _, edit := range edits[key] {
				edit(template)
			}
			delete(edits, key)
			require.NoError(t, os.WriteFile(file, must(json.MarshalIndent(template, "", " ")), 0o644))
		}
		require.Empty(t, edits, "no stacks of these names")
		var err error
		opened[i], err = assembly.Open(dir)
		require.NoError(t, err)
	}
	return opened[0], opened[1]
}

// matches says whether a finding is the one that a seed expects.
func (s seed) matches(f review.Finding, want found) bool {
	if f.Level != want.level || !strings.HasSuffix(f.Type, want.typ) || !strings.HasSuffix(f.Property, want.property) || want.property == "" && f.Property != "" {
		return false
	}
	places := want.places
	if places == 0 {
		places = len(s.in)
	}
	if len(f.Where) != places {
		return false
	}
	for _, p := range f.Where {
		if !slices.Contains(s.in, p.Name+" "+p.Region) && f.Rule != "differs" && p.Because == "" {
			return false
		}
	}
	return true
}

// Catches: a change that the review does not find, or ranks as something else; and one that drowns in findings nobody asked for.
// All seeds are one change of the store, as a large pull request would be.
func TestSeededChanges(t *testing.T) {
	all := seeds()
	require.GreaterOrEqual(t, len(all), 40)
	old, renewed := seeded(t, all)
	r := review.New(old, renewed)
	taken := make([]bool, len(r.Findings))
	wanted, hit := 0, 0
	levels := map[review.Level]int{}
	for _, s := range all {
		for _, want := range s.want {
			wanted++
			levels[want.level]++
			i := slices.IndexFunc(r.Findings, func(f review.Finding) bool { return s.matches(f, want) })
			for ; i >= 0 && taken[i]; i++ {
				if i+1 == len(r.Findings) {
					i = -1
					break
				}
				if s.matches(r.Findings[i+1], want) && !taken[i+1] {
					i++
					break
				}
			}
			if i < 0 {
				t.Errorf("%s: no finding %+v", s.name, want)
				continue
			}
			taken[i] = true
			hit++
		}
	}
	extra := 0
	for i, f := range r.Findings {
		if !taken[i] {
			extra++
			t.Errorf("nobody expects %s %s %s: %s: %s (%s) in %v", f.Level, f.Type, f.Path, f.Property, f.Effect, f.Rule, f.Where[0].Stack)
		}
	}
	for _, l := range review.Levels {
		require.NotZero(t, levels[l], "no seed is of the level %s", l)
	}
	t.Logf("%d seeds, %d findings expected: recall %.3f, precision %.3f", len(all), wanted, float64(hit)/float64(wanted), float64(hit)/float64(hit+extra))
}
