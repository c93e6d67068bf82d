package build

import (
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/pipelines"
	"github.com/aws/constructs-go/constructs/v10"

	"github.com/storeship/storeship/constructs/internal/node"
)

// ContractCheck returns the step that looks for the platform's parameters in a target, before anything is deployed that
// reads them. It says which are missing or have another value, and which pipeline to release first.
func ContractCheck(scope constructs.Construct, id string, props *ContractCheckProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.ContractCheck", scope, id, p.Validate())
	var names, expected []string
	for _, parameter := range p.Parameters {
		names = append(names, parameter.Name)
		if parameter.Value != "" {
			expected = append(expected, parameter.Name+"="+parameter.Value)
		}
	}
	return newStep(scope, id, step{
		project: p.Project, input: p.Input, timeout: 10 * time.Minute,
		commands: []string{script("inspector", "contract-check")},
		variables: map[string]string{
			"INSPECTOR_ROLE_ARN": p.InspectorRoleARN,
			"TARGET_REGION":      p.Region,
			"PARAMETERS":         strings.Join(names, " "),
			"EXPECTED":           strings.Join(expected, "\n"),
			"PLATFORM_PIPELINE":  p.Pipeline,
		},
		permissions: inspect(p.InspectorRoleARN),
	})
}

// SmokeTest returns the step that looks whether a released service runs the image that was released, and whether it
// answers. The inspector role needs ecs:DescribeServices, ecs:DescribeTaskDefinition and
// elasticloadbalancing:DescribeTargetHealth for Cluster, and ssm:GetParameter for AddressParameter.
func SmokeTest(scope constructs.Construct, id string, props *SmokeTestProps) pipelines.CodeBuildStep {
	p := props.withDefaults()
	node.Must("build.SmokeTest", scope, id, p.Validate())
	// All attempts of both checks at their slowest, and the start of the build.
	longest := 2*time.Duration(p.Attempts)*(p.Interval+10*time.Second) + 2*p.Bake
	return newStep(scope, id, step{
		project: p.Project, input: p.Input, timeout: (longest + 10*time.Minute).Round(time.Minute),
		commands: []string{script("inspector", "smoke-test")},
		variables: map[string]string{
			"INSPECTOR_ROLE_ARN": p.InspectorRoleARN,
			"TARGET_REGION":      p.Region,
			"CLUSTER":            p.Cluster,
			"SERVICE":            p.Service,
			"ENGINE":             string(p.Engine),
			"IMAGE_DIGEST":       p.ImageDigest,
			"REQUEST_URL":        p.URL,
			"ADDRESS_PARAMETER":  p.AddressParameter,
			"REQUEST_PATH":       p.Path,
			"REQUEST_HOST":       p.Host,
			"ATTEMPTS":           strconv.Itoa(p.Attempts),
			"INTERVAL_SECONDS":   strconv.Itoa(int(p.Interval / time.Second)),
			"BAKE_MINUTES":       minutes(p.Bake),
		},
		permissions: inspect(p.InspectorRoleARN),
	})
}

func inspect(role string) []permission {
	if role == "" {
		return nil
	}
	return []permission{{actions: []string{"sts:AssumeRole"}, resources: []string{role}}}
}

// minutes is a time in whole minutes; empty for none.
func minutes(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return strconv.Itoa(int(d / time.Minute))
}
