package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/storeship/storeship/constructs/environment"
)

// Catches: tests that cannot start in their VPC, cannot read the source that the pipeline hands them in another account and region, or
// write their log and reports; and tests that do more, or whose pipelines may start others' builds.
func TestTargetTestsMay(t *testing.T) {
	t.Parallel()
	a, p := simulate(t)
	found := 0
	for _, target := range p.Store.Targets() {
		e := target.Environment
		deployer := e.RoleARN(e.DeployerRoleName(p.Store))
		codebuild := "arn:aws:codebuild:" + target.Region + ":" + e.Account + ":"
		bucket := "arn:aws:s3:::" + p.Store.ArtifactBucketName(target.Region)
		for _, s := range p.Services {
			tests := s.In(e).Tests.List()
			role := e.RoleARN(target.TestRoleName(s.Name))
			if len(tests) == 0 {
				require.Nil(t, a.cloud.Find(role), role)
				continue
			}
			for _, test := range tests {
				found++
				name := target.TestName(s.Name, test.Kind)
				project := a.cloud.Find(codebuild + "project/" + name)
				require.NotNil(t, project, name)
				require.Equal(t, role, project.Properties["ServiceRole"])
				a.can(deployer, "codebuild:StartBuild codebuild:BatchGetBuilds codebuild:StopBuild", project.ARN, nil)
				a.cannot(deployer, "codebuild:UpdateProject codebuild:DeleteProject", project.ARN, nil)
				if test.Reports != "" || test.Load != nil {
					a.can(role, "codebuild:CreateReport codebuild:UpdateReport codebuild:BatchPutTestCases", codebuild+"report-group/"+name, nil)
				}
				network := project.Properties["VpcConfig"].(map[string]any)
				ec2 := "arn:aws:ec2:" + target.Region + ":" + e.Account + ":"
				for _, subnet := range network["Subnets"].([]any) {
					arn := ec2 + "subnet/" + subnet.(string)
					a.can(role, "ec2:CreateNetworkInterface", arn, nil)
					a.can(role, "ec2:CreateNetworkInterfacePermission", ec2+"network-interface/eni-1", keys("ec2:AuthorizedService", "codebuild.amazonaws.com", "ec2:Subnet", arn))
					a.cannot(role, "ec2:CreateNetworkInterfacePermission", ec2+"network-interface/eni-1", keys("ec2:AuthorizedService", "ec2.amazonaws.com", "ec2:Subnet", arn))
				}
				for _, group := range network["SecurityGroupIds"].([]any) {
					a.can(role, "ec2:CreateNetworkInterface", ec2+"security-group/"+group.(string), nil)
				}
				a.can(role, "ec2:CreateNetworkInterface ec2:DeleteNetworkInterface", ec2+"network-interface/eni-1", nil)
				a.can(role, "ec2:DescribeNetworkInterfaces ec2:DescribeSubnets ec2:DescribeSecurityGroups ec2:DescribeDhcpOptions ec2:DescribeVpcs", "*", nil)
				a.cannot(role, "ec2:CreateNetworkInterface", ec2+"subnet/subnet-0", nil)
				a.cannot(role, "ec2:CreateNetworkInterfacePermission", ec2+"network-interface/eni-1", keys("ec2:AuthorizedService", "codebuild.amazonaws.com", "ec2:Subnet", ec2+"subnet/subnet-0"))
			}
			a.can("codebuild.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", e.Account))
			a.cannot("codebuild.amazonaws.com", "sts:AssumeRole", role, keys("aws:SourceAccount", "999999999999"))
			logs := "arn:aws:logs:" + target.Region + ":" + e.Account + ":log-group:"
			a.can(role, "logs:CreateLogStream logs:PutLogEvents", logs+target.TestLogGroupName(s.Name)+":log-stream:integration/1", nil)
			a.cannot(role, "logs:CreateLogStream logs:PutLogEvents", logs+target.LogGroupName(s.Name)+":log-stream:1", nil)
			// The bucket and the key are the tools account's: both sides must let the role in.
			a.can(role, "s3:GetObject s3:GetObjectVersion", bucket+"/"+p.Store.PipelineName(s.Name)+"/Package_Ou/x", nil)
			a.can(role, "s3:GetBucketAcl s3:GetBucketLocation", bucket, nil)
			a.can(role, "kms:Decrypt", a.artifactKey(p, target.Region), viaS3(target.Region))
			a.cannot(role, "kms:Decrypt", a.artifactKey(p, target.Region), nil)
			// What was released is at keys that can be known, with production's templates in it.
			a.cannot(role, "s3:GetObject", bucket+"/_released/"+p.Store.PipelineName(s.Name)+"/assembly.tar.gz", nil)
			a.cannot(role, "s3:PutObject s3:DeleteObject", bucket+"/"+p.Store.PipelineName(s.Name)+"/x", nil)
			a.cannot(role, "iam:PassRole", e.RoleARN(target.TaskRoleName(s.Name)), keys("iam:PassedToService", "ecs-tasks.amazonaws.com"))
			a.cannot(role, "sts:AssumeRole", deployer, nil)
			a.cannot(role, "codedeploy:CreateDeployment ecs:UpdateService", "*", nil)
		}
		if e.Kind == environment.Production {
			a.cannot(deployer, "codebuild:StartBuild", codebuild+"project/"+target.TestName("ui", environment.Performance), nil)
		}
	}
	require.Equal(t, 5*2+5*2, found, "integration and acceptance in one target, performance in two, of five services")
}

// Catches: a test that runs beside what it tests or in some targets only, that another wave does not wait for, or that knows nothing of
// what is released; and a test in production.
func TestTargetTestsStandAfterTheRelease(t *testing.T) {
	t.Parallel()
	c, p := deploy(t, store), plan(t)
	for _, s := range p.Services {
		for _, e := range p.Store.Environments {
			for i := range e.Waves {
				var stage *stage
				all := pipeline(t, c, p.Store.PipelineName(s.Name))
				for k := range all {
					if all[k].name == e.StageID(i) {
						stage = &all[k]
					}
				}
				require.NotNil(t, stage, "%s %s", s.Name, e.StageID(i))
				order := 0
				var tests []string
				for _, x := range stage.actions {
					if x.category != "Test" && x.category != "Approval" {
						order = max(order, x.order)
					}
				}
				for k, test := range s.In(e).Tests.List() {
					for _, region := range e.Waves[i].Regions {
						name := test.Action()
						if len(e.Waves[i].Regions) > 1 {
							name = e.Name + "-" + region + "." + name
						}
						tests = append(tests, name)
						at := slices.IndexFunc(stage.actions, func(x action) bool { return x.name == name })
						require.GreaterOrEqual(t, at, 0, "%s %s", s.Name, name)
						x := stage.actions[at]
						require.Equal(t, order+1+k, x.order, "%s %s", s.Name, name)
						require.Equal(t, []string{"Package_Output"}, x.inputs)
						require.Empty(t, x.outputs, "an action in another account writes no artifact")
						var variables []struct{ Name, Value string }
						require.NoError(t, json.Unmarshal([]byte(x.configuration["EnvironmentVariables"].(string)), &variables))
						require.Len(t, variables, 2)
						require.True(t, strings.HasSuffix(variables[0].Value, ".CommitId}"), variables)
						require.True(t, strings.HasSuffix(variables[1].Value, ".IMAGE_DIGEST}"), variables)
					}
				}
				for _, x := range stage.actions {
					if x.category == "Test" {
						require.Contains(t, tests, x.name)
					}
				}
			}
		}
	}
}
