package build

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscodebuild"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/internal/node"
)

// ContractCheck looks for the platform's parameters in targets, before anything is deployed there that reads them. It says
// which are missing or have another value, and which pipeline to release first. One project serves all targets of a
// pipeline; [ContractCheck.In] is the check of those of a wave.
type ContractCheck struct {
	node.Construct
	// Project runs the check.
	Project awscodebuild.PipelineProject

	targets targetProject
}

// NewContractCheck creates the project. It costs build minutes of a small host. The inspector roles need
// ssm:GetParameters.
func NewContractCheck(scope constructs.Construct, id string, props *ContractCheckProps) *ContractCheck {
	p := props.withDefaults()
	node.Must("build.ContractCheck", scope, id, p.Validate())
	c := &ContractCheck{}
	node.Init(c, scope, id)
	var targets []targetVariables
	var roles []string
	for _, t := range p.Targets {
		var names, expected []string
		for _, parameter := range t.Parameters {
			names = append(names, parameter.Name)
			if parameter.Value != "" {
				expected = append(expected, parameter.Name+"="+parameter.Value)
			}
		}
		roles = append(roles, t.InspectorRoleARN)
		targets = append(targets, targetVariables{t.ID, [][2]string{
			{"INSPECTOR_ROLE_ARN", t.InspectorRoleARN},
			{"TARGET_REGION", t.Region},
			{"PARAMETERS", strings.Join(names, " ")},
			{"EXPECTED", strings.Join(expected, "\n")},
		}})
	}
	c.Project = newProject(c, id, step{
		project: p.Project, timeout: 10 * time.Minute,
		commands:    []string{scriptFor(targets, "inspector", "contract-check")},
		variables:   map[string]string{"PLATFORM_PIPELINE": p.Pipeline},
		permissions: inspect(roles...),
	})
	c.targets = targetProject{id: id, project: c.Project, input: p.Input, targets: ids(targets)}
	return c
}

// In is the check of the targets of those IDs, of the props'.
func (c *ContractCheck) In(targets ...string) *TargetActions { return c.targets.in(targets, nil) }

// SmokeTest looks whether a released service runs the image that was released, and whether it answers. One project serves
// all targets of a pipeline; [SmokeTest.In] is the test of those of a wave.
type SmokeTest struct {
	node.Construct
	// Project runs the test.
	Project awscodebuild.PipelineProject

	targets targetProject
	digest  string
}

// NewSmokeTest creates the project. It costs build minutes of a small host, for as long as a bake lasts that it watches.
// The inspector roles need ecs:DescribeServices, ecs:DescribeTaskDefinition and elasticloadbalancing:DescribeTargetHealth
// for Cluster, ssm:GetParameter for AddressParameter, and cloudwatch:DescribeAlarms for Alarms.
func NewSmokeTest(scope constructs.Construct, id string, props *SmokeTestProps) *SmokeTest {
	p := props.withDefaults()
	node.Must("build.SmokeTest", scope, id, p.Validate())
	s := &SmokeTest{digest: p.ImageDigest}
	node.Init(s, scope, id)
	var targets []targetVariables
	var roles []string
	var bake time.Duration
	for _, t := range p.Targets {
		bake = max(bake, t.Bake)
		roles = append(roles, t.InspectorRoleARN)
		targets = append(targets, targetVariables{t.ID, [][2]string{
			{"INSPECTOR_ROLE_ARN", t.InspectorRoleARN},
			{"TARGET_REGION", t.Region},
			{"CLUSTER", t.Cluster},
			{"SERVICE", t.Service},
			{"ENGINE", string(t.Engine)},
			{"REQUEST_URL", t.URL},
			{"ADDRESS_PARAMETER", t.AddressParameter},
			{"REQUEST_PATH", t.Path},
			{"REQUEST_HOST", t.Host},
			{"BAKE_MINUTES", minutes(t.Bake)},
			{"ALARMS", strings.Join(t.Alarms, " ")},
		}})
	}
	// All attempts of both checks at their slowest, and the start of the build.
	longest := 2*time.Duration(p.Attempts)*(p.Interval+10*time.Second) + 2*bake
	s.Project = newProject(s, id, step{
		project: p.Project, timeout: (longest + 10*time.Minute).Round(time.Minute),
		commands: []string{scriptFor(targets, "inspector", "smoke-test")},
		variables: map[string]string{
			"ATTEMPTS":         strconv.Itoa(p.Attempts),
			"INTERVAL_SECONDS": strconv.Itoa(int(p.Interval / time.Second)),
		},
		permissions: inspect(roles...),
	})
	s.targets = targetProject{id: id, project: s.Project, input: p.Input, targets: ids(targets)}
	return s
}

// In is the test of the targets of those IDs, of the props'.
func (s *SmokeTest) In(targets ...string) *TargetActions {
	if s.digest == "" {
		return s.targets.in(targets, nil)
	}
	return s.targets.in(targets, map[string]string{"IMAGE_DIGEST": s.digest})
}

// inspect lets a build take the inspectors' roles.
func inspect(roles ...string) []permission {
	var resources []string
	seen := map[string]bool{"": true}
	for _, role := range roles {
		if !seen[role] {
			seen[role] = true
			resources = append(resources, role)
		}
	}
	if len(resources) == 0 {
		return nil
	}
	return []permission{{actions: []string{"sts:AssumeRole"}, resources: resources}}
}

// minutes is a time in whole minutes; empty for none.
func minutes(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.Itoa(int(d / time.Minute))
}
