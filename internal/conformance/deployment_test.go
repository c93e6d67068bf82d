package conformance_test

import (
	"strings"
	"testing"

	"github.com/storeship/storeship/internal/conformance"
)

// Catches: a service that only CodeDeploy releases, and no action asks it to: its stack is deployed, and the old tasks go on. And one that is
// taken for such because what releases it is another service's group, a command, or something that cannot be seen.
func TestDeploymentByCodeDeploy(t *testing.T) {
	act := func(region, name, provider, configuration string) string {
		return strings.NewReplacer("ECS", provider, "ServiceName: s", configuration).Replace(ordered(deploy(name, "444444444444", region), "2"))
	}
	stack := func(region, file string) string {
		return act(region, "Stack-"+region, "CloudFormation", "StackName: shop, TemplatePath: 'C::"+file+"'")
	}
	group := func(region, name string) string {
		return act(region, "Release-"+region, "CodeDeployToECS", "ApplicationName: a, DeploymentGroupName: "+name)
	}
	const (
		service = "  S: {Type: AWS::ECS::Service, Properties: {ServiceName: shop, DeploymentController: {Type: CODE_DEPLOY}}}\n"
		other   = "  O: {Type: AWS::ECS::Service, Properties: {DeploymentController: {Type: CODE_DEPLOY}}}\n"
		named   = "  G: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {DeploymentGroupName: g, ECSServices: [{ServiceName: !GetAtt S.Name}]}}\n"
		others  = "  H: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {DeploymentGroupName: h, ECSServices: [{ServiceName: !GetAtt O.Name}]}}\n"
		noName  = "  G: {Type: AWS::CodeDeploy::DeploymentGroup, Properties: {ECSServices: [{ServiceName: shop}]}}\n"
		rolling = "  S: {Type: AWS::ECS::Service}\n"
		west    = "only in some targets of prod; not in 444444444444 us-west-2, where CodeDeploy releases S there"
	)
	all := group("us-west-2", "g")
	for name, c := range map[string]struct {
		template string
		actions  []string
		state    conformance.State
		reason   string
	}{
		"released":            {service + named, []string{all}, conformance.Present, ""},
		"by a generated name": {service + noName, []string{group("us-west-2", "!Ref Group")}, conformance.Present, ""},
		"a group elsewhere":   {service, []string{all}, conformance.Present, ""},
		"not released":        {service + named, nil, conformance.Hollow, west},
		"another group":       {service + named, []string{group("us-west-2", "h")}, conformance.Hollow, west},
		"one of two":          {service + named + other + others, []string{group("us-west-2", "h")}, conformance.Hollow, west},
		"both":                {service + named + other + others, []string{all, strings.Replace(group("us-west-2", "h"), "Release", "Other", 1)}, conformance.Present, ""},
		"by ECS itself":       {rolling, nil, conformance.Present, ""},
		"by a command":        {service + named, []string{commands("Shift", "3", "aws deploy create-deployment --application-name a")}, conformance.Present, ""},
		"by a script":         {service + named, []string{commands("Shift", "3", "./ci/release.sh")}, conformance.NotVisible, "whether Prod/Shift asks it to cannot be seen"},
		"by a script of the tests": {
			service + named, []string{commands("Smoke", "3", "./ci/smoke.sh")}, conformance.Hollow, west,
		},
		"by a function": {
			service + named, []string{"{Name: Shift, RunOrder: 3, ActionTypeId: {Category: Invoke, Owner: AWS, Provider: Lambda}, Configuration: {FunctionName: f}}"},
			conformance.NotVisible, "whether Prod/Shift asks it to cannot be seen",
		},
	} {
		t.Run(name, func(t *testing.T) {
			actions := append([]string{stack("us-west-2", "west.yaml"), stack("us-east-1", "east.yaml")}, c.actions...)
			files := stages("", stage("Prod", actions...))
			files["west.yaml"], files["east.yaml"] = "Resources:\n"+c.template, "Resources:\n"+rolling
			judge(t, files, nil).is("production-deploy", c.state, c.reason)
		})
	}
}
